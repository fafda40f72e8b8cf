package main

import (
	"errors"
	"net"
	"strconv"

	"golang.org/x/sys/unix"
)

// peer is the user id of who is at the other end, as the kernel says.
func peer(conn net.Conn) (string, error) {
	local, ok := conn.(*net.UnixConn)
	if !ok {
		return "", errors.New("no local socket")
	}
	raw, err := local.SyscallConn()
	if err != nil {
		return "", err
	}
	var who *unix.Xucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		who, failed = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	})
	if err := errors.Join(err, failed); err != nil {
		return "", err
	}
	return strconv.FormatUint(uint64(who.Uid), 10), nil
}
