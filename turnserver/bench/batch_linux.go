package main

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchSize is how many datagrams one system call moves at most.
const batchSize = 32

// message is the kernel's struct mmsghdr.
type message struct {
	header unix.Msghdr
	length uint32
	_      [4]byte
}

// batch is memory for datagrams that one system call moves.
type batch struct {
	messages [batchSize]message
	pieces   [batchSize]unix.Iovec
	buffers  [batchSize][2048]byte
}

func newBatch() *batch {
	b := &batch{}
	for i := range b.messages {
		b.pieces[i].Base = &b.buffers[i][0]
		b.messages[i].header.Iov = &b.pieces[i]
		b.messages[i].header.SetIovlen(1)
	}
	return b
}

// datagram returns the memory of the datagram at i, for it to be written.
func (b *batch) datagram(i, size int) []byte {
	b.pieces[i].SetLen(size)
	return b.buffers[i][:size]
}

// endpoint is a raw UDP socket that does not block. With to set it sends
// there, and else wherever it is connected to.
type endpoint struct {
	fd int
	on netip.AddrPort
	to *unix.RawSockaddrInet4
}

func newEndpoint() (*endpoint, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	e := &endpoint{fd: fd}
	if err := bindNext(fd); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("bind a socket: %w", err)
	}
	for _, option := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, 8<<20) // the kernel caps it
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		return nil, fmt.Errorf("ask for a socket's name: %w", err)
	}
	in := bound.(*unix.SockaddrInet4)
	e.on = netip.AddrPortFrom(netip.AddrFrom4(in.Addr), uint16(in.Port))
	return e, nil
}

const firstPort, lastPort = 10000, 32000

var lastBound = lastPort

// bindNext binds to a port that was not used for long: a server may remember
// for a while who was there.
func bindNext(fd int) error {
	for {
		if lastBound++; lastBound > lastPort {
			lastBound = firstPort
		}
		err := unix.Bind(fd, &unix.SockaddrInet4{Port: lastBound, Addr: [4]byte{127, 0, 0, 1}})
		if err != unix.EADDRINUSE {
			return err
		}
	}
}

func (e *endpoint) connect(to netip.AddrPort) error {
	return unix.Connect(e.fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
}

func rawAddress(to netip.AddrPort) *unix.RawSockaddrInet4 {
	raw := &unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: to.Addr().As4()}
	raw.Port = to.Port()<<8 | to.Port()>>8
	return raw
}

// send sends the first n datagrams of a batch and returns how many it could.
func (e *endpoint) send(b *batch, n int) int {
	for i := range n {
		h := &b.messages[i].header
		h.Name, h.Namelen = (*byte)(unsafe.Pointer(e.to)), 0
		if e.to != nil {
			h.Namelen = unix.SizeofSockaddrInet4
		}
	}
	sent, _, failure := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(e.fd), uintptr(unsafe.Pointer(&b.messages[0])), uintptr(n), 0, 0, 0)
	if failure != 0 {
		return 0
	}
	return int(sent)
}

// receive returns how many datagrams it read.
func (e *endpoint) receive(b *batch) int {
	for i := range b.messages {
		b.messages[i].header.Name, b.messages[i].header.Namelen = nil, 0
		b.pieces[i].SetLen(len(b.buffers[i]))
	}
	got, _, failure := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(e.fd), uintptr(unsafe.Pointer(&b.messages[0])), batchSize, 0, 0, 0)
	if failure != 0 {
		return 0
	}
	return int(got)
}

func (b *batch) received(i int) []byte { return b.buffers[i][:b.messages[i].length] }

func (e *endpoint) close() { unix.Close(e.fd) }
