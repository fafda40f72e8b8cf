package lambda

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// processGroup puts a process into a group of its own, so that its children end
// with it, and has the kernel kill it when the host dies without Close. The
// kernel means the thread that started the process; Go ends a thread only with a
// goroutine that is locked to it, which the host has none of.
func processGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// residentMemory is the memory of a process in bytes, from the second field of
// /proc/PID/statm (pages).
func residentMemory(pid int) (int64, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := bytes.Fields(text)
	if err != nil || len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
