//go:build !linux

package datagram

import (
	"errors"
	"syscall"
)

func newFast(Options) (Loop, error) {
	return nil, errors.New("it is for Linux alone")
}

// sharePort cannot be had; a second shared socket fails to bind.
func sharePort(string, string, syscall.RawConn) error { return nil }
