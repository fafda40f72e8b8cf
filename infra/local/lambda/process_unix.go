//go:build unix && !linux

package lambda

import "syscall"

// processGroup puts a process into a group of its own, so that its children end
// with it.
func processGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// residentMemory is known on Linux only; elsewhere functions may use as much as
// the machine has.
func residentMemory(int) (int64, bool) { return 0, false }
