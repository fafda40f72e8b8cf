package datagram

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// slots is how many messages one round reads at most. Joined by the kernel, a
// message may hold up to 64 datagrams of one sender.
const slots = 64

// message is the kernel's struct mmsghdr.
type message struct {
	header unix.Msghdr
	length uint32
	_      [(unsafe.Sizeof(uintptr(0)) - 4) % 8]byte
}

// inbound is what a round has read.
type inbound struct {
	messages  [slots]message
	pieces    [slots]unix.Iovec
	addresses [slots][addressSize]byte
	controls  [slots][controlSize]byte
	sockets   [slots]*fastSocket
	size      int // of a slot's memory

	filled, at int    // slots read, and handed out
	full       bool   // they were once since the last look: there is more to read
	open       bool   // the slot at `at` is being handed out
	rest       []byte // what is left of it
	segment    int    // the size of its datagrams
	from       netip.AddrPort
}

// controlSize holds one control message with a number of four bytes.
const controlSize = 32

// joined is the longest message that the kernel joins.
const joined = 65535

func (in *inbound) prepare(offload bool) {
	in.size = MaxSize
	if offload {
		in.size = joined
	}
	// Memory that is never written to is none: a slot takes as much as the
	// longest message that it has ever held.
	memory := make([]byte, slots*in.size)
	for i := range in.messages {
		in.pieces[i].Base = &memory[i*in.size]
		in.pieces[i].SetLen(in.size)
		h := &in.messages[i].header
		h.Iov = &in.pieces[i]
		h.SetIovlen(1)
		h.Name = &in.addresses[i][0]
		h.Control = &in.controls[i][0]
	}
	in.filled = slots
	in.reset()
}

// reset makes the slots that were filled free again.
func (in *inbound) reset() {
	for i := range in.messages[:in.filled] {
		in.messages[i].header.Namelen = addressSize
		in.messages[i].header.SetControllen(controlSize)
	}
	in.filled, in.at, in.open = 0, 0, false
}

// receive reads what a socket has into the free slots. An error passes: the
// socket will be ready again if there is more.
func (in *inbound) receive(s *fastSocket) {
	free := in.messages[in.filled:]
	n, _, failure := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&free[0])),
		uintptr(len(free)), 0, 0, 0)
	if failure != 0 {
		return
	}
	for i := range int(n) {
		in.sockets[in.filled+i] = s
	}
	in.filled += int(n)
	in.full = in.full || in.filled == slots
}

// pop returns the next datagram that was read.
func (in *inbound) pop(l *fast) (Packet, bool) {
	for in.at < in.filled {
		if !in.open && !in.begin() {
			l.options.Dropped.Add(1)
			in.at++
			continue
		}
		data := in.rest[:min(in.segment, len(in.rest))]
		in.rest = in.rest[len(data):]
		packet := Packet{Tag: in.sockets[in.at].tag, From: in.from, Data: data}
		if len(in.rest) == 0 {
			in.open = false
			in.at++
		}
		return packet, true
	}
	return Packet{}, false
}

// begin opens a slot, and returns false if what it holds was cut or is too long.
func (in *inbound) begin() bool {
	m := &in.messages[in.at]
	length := int(m.length)
	in.segment = segmentSize(&m.header, &in.controls[in.at])
	if in.segment == 0 {
		in.segment = length
	}
	if m.header.Flags&unix.MSG_TRUNC != 0 || in.segment > MaxSize {
		return false
	}
	in.rest = unsafe.Slice(in.pieces[in.at].Base, length)
	in.from = readAddress(&in.addresses[in.at])
	in.open = true
	return true
}

// segmentSize reads UDP_GRO: how long the joined datagrams are, 0 if a message
// is a single one.
func segmentSize(h *unix.Msghdr, control *[controlSize]byte) int {
	if h.Controllen < unix.SizeofCmsghdr+4 {
		return 0
	}
	head := (*unix.Cmsghdr)(unsafe.Pointer(control))
	if head.Level != unix.SOL_UDP || head.Type != unix.UDP_GRO {
		return 0
	}
	return int(binary.NativeEndian.Uint32(control[unix.SizeofCmsghdr:]))
}
