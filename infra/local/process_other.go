//go:build !linux

package main

import "syscall"

// ownGroup keeps a terminal's Ctrl-C from the child, which is stopped in its
// turn.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
