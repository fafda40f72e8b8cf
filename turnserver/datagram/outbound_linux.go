package datagram

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	queue      = 256 // datagrams that wait to be sent
	none       = -1
	lookBack   = 8     // how many runs to look through for one to continue
	runLength  = 64    // UDP_MAX_SEGMENTS of older kernels
	runBytes   = 60000 // of one run; the kernel's limit is 65,507
	pieceCount = 3     // head, body, padding
)

// queued is a datagram that waits to be sent.
type queued struct {
	head    [MaxHead]byte
	headLen int
	body    []byte
	pad     int
	next    int32 // of its run
}

// run is datagrams of one socket to one place, all of the same size but for
// the last, which may be shorter. The kernel takes them as one message.
type run struct {
	socket      *fastSocket
	to          netip.AddrPort
	size        int
	count       int
	bytes       int
	ended       bool
	first, last int32 // in queued
	older, next int32 // of its socket
}

// outbound is what waits to be sent.
type outbound struct {
	queued  [queue]queued
	runs    [queue]run
	waiting int // in queued
	begun   int // in runs
	dirty   []*fastSocket

	messages  [queue]message
	sent      [queue]int32 // the run of each message
	pieces    [queue * pieceCount]unix.Iovec
	addresses [queue][addressSize]byte
	controls  [queue][controlSize]byte
}

func (o *outbound) prepare() {
	for i := range o.messages {
		h := &o.messages[i].header
		h.Name = &o.addresses[i][0]
		head := (*unix.Cmsghdr)(unsafe.Pointer(&o.controls[i]))
		head.Level, head.Type = unix.SOL_UDP, unix.UDP_SEGMENT
		head.SetLen(unix.CmsgLen(2))
	}
}

// Send implements Socket.
func (s *fastSocket) Send(head, body []byte, pad int, to netip.AddrPort) {
	l, o := s.loop, &s.loop.out
	if to.Addr().Is6() != s.is6 {
		l.options.Dropped.Add(1)
		return
	}
	if o.waiting == queue {
		o.flush(l)
	}
	q := &o.queued[o.waiting]
	q.headLen, q.body, q.pad, q.next = copy(q.head[:], head), body, pad, none
	size := len(head) + len(body) + pad
	r := o.runFor(s, to, size, l.offload)
	if r.last == none {
		r.first = int32(o.waiting)
	} else {
		o.queued[r.last].next = int32(o.waiting)
	}
	r.last = int32(o.waiting)
	r.count++
	r.bytes += size
	r.ended = size < r.size
	o.waiting++
}

// runFor finds the run that a datagram continues, or begins one. Only the last
// run to a place may go on, so that nothing overtakes.
func (o *outbound) runFor(s *fastSocket, to netip.AddrPort, size int, offload bool) *run {
	for at, looked := s.last, 0; offload && at != none && looked < lookBack; looked++ {
		r := &o.runs[at]
		if r.to == to {
			if size > 0 && size <= r.size && !r.ended && r.count < runLength && r.bytes+size <= runBytes {
				return r
			}
			break
		}
		at = r.older
	}
	at := int32(o.begun)
	o.begun++
	o.runs[at] = run{socket: s, to: to, size: size, first: none, last: none, older: s.last, next: none}
	if s.last == none {
		s.first = at
		o.dirty = append(o.dirty, s)
	} else {
		o.runs[s.last].next = at
	}
	s.last = at
	return &o.runs[at]
}

// flush sends everything that waits.
func (o *outbound) flush(l *fast) {
	if o.waiting == 0 {
		return
	}
	for _, s := range o.dirty {
		n := o.compose(s)
		o.send(l, s, n)
		s.first, s.last = none, none
	}
	clear(o.dirty)
	o.dirty = o.dirty[:0]
	o.waiting, o.begun = 0, 0
}

// compose makes a message of each run of a socket, and returns their number.
func (o *outbound) compose(s *fastSocket) int {
	n, piece := 0, 0
	for at := s.first; at != none; at = o.runs[at].next {
		r, h := &o.runs[at], &o.messages[n].header
		begin := piece
		for i := r.first; i != none; i = o.queued[i].next {
			piece = o.cut(&o.queued[i], piece)
		}
		h.Iov = &o.pieces[begin]
		h.SetIovlen(piece - begin)
		h.Namelen = writeAddress(&o.addresses[n], r.to)
		h.Control = nil
		h.SetControllen(0)
		if r.count > 1 {
			h.Control = &o.controls[n][0]
			h.SetControllen(unix.CmsgSpace(2))
			binary.NativeEndian.PutUint16(o.controls[n][unix.SizeofCmsghdr:], uint16(r.size))
		}
		o.sent[n] = at
		n++
	}
	return n
}

// cut lays out a datagram in pieces, and returns the next free one.
func (o *outbound) cut(q *queued, piece int) int {
	for _, part := range [pieceCount][]byte{q.head[:q.headLen], q.body, zeros[:q.pad]} {
		if len(part) > 0 {
			o.pieces[piece].Base = &part[0]
			o.pieces[piece].SetLen(len(part))
			piece++
		}
	}
	return piece
}

// send gives the kernel the first n messages. One that it refuses is skipped.
func (o *outbound) send(l *fast, s *fastSocket, n int) {
	for done := 0; done < n; {
		count, _, failure := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&o.messages[done])),
			uintptr(n-done), 0, 0, 0)
		switch failure {
		case 0:
			done += int(count)
		case unix.EINTR:
		default:
			o.refused(l, &o.runs[o.sent[done]], failure)
			done++
		}
	}
}

// refused sends the datagrams of a run one by one, if it is the run that the
// kernel refused and not a datagram. Some interfaces cannot cut at all.
func (o *outbound) refused(l *fast, r *run, failure unix.Errno) {
	if r.count == 1 || failure == unix.EAGAIN {
		l.options.Dropped.Add(int64(r.count))
		return
	}
	if failure == unix.EIO {
		l.offload = false
	}
	for i := r.first; i != none; i = o.queued[i].next {
		q := &o.queued[i]
		whole := append(append(append([]byte{}, q.head[:q.headLen]...), q.body...), zeros[:q.pad]...)
		r.socket.Write(whole, r.to)
	}
}
