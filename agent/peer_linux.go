package main

import (
	"errors"
	"net"
	"strconv"
	"syscall"
)

// peer is the user id of who is at the other end, as the kernel says.
func peer(conn net.Conn) (string, error) {
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return "", errors.New("no local socket")
	}
	raw, err := unix.SyscallConn()
	if err != nil {
		return "", err
	}
	var who *syscall.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		who, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err := errors.Join(err, failed); err != nil {
		return "", err
	}
	return strconv.FormatUint(uint64(who.Uid), 10), nil
}
