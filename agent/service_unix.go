//go:build !windows

package main

import "context"

// asService runs in the foreground: systemd and launchd want it so.
func asService(ctx context.Context, do func(context.Context) error) error { return do(ctx) }
