//go:build unix

package lambda

import "syscall"

// A process that is gone cannot be signalled, which is as good as done.

// killGroup kills a process and its children.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// suspend stops a process and its children until resume.
func suspend(pid int) { _ = syscall.Kill(-pid, syscall.SIGSTOP) }

// resume lets them go on.
func resume(pid int) { _ = syscall.Kill(-pid, syscall.SIGCONT) }
