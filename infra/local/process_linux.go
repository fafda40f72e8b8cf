package main

import "syscall"

// ownGroup keeps a terminal's Ctrl-C from the child, which is stopped in its
// turn, and has the kernel end it when this process dies.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
