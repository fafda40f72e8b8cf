package datagram

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fast is the loop for Linux. Its sockets are raw descriptors in an epoll set
// of its own, out of Go's poller, which would wake a thread for every packet.
//
// A round is: look which sockets have something, read from them until all
// slots are full or nothing is left, hand that out packet by packet, send what
// was queued meanwhile.
type fast struct {
	options Options
	offload bool // the kernel cuts and joins runs of equal datagrams

	set   int             // the epoll set of the sockets
	wake  int             // an eventfd in it
	gate  int             // an epoll set with that set in it, unless it is shut
	armed bool            // it is not
	file  *os.File        // the gate
	wait  syscall.RawConn // for the gate
	poll  func(fd uintptr) bool

	ready   [maxReady]unix.EpollEvent
	readies int // in ready
	next    int // the first of them that was not read from yet

	in   inbound
	out  outbound
	pace pace

	sockets []*fastSocket // by their number in the epoll set
	free    []int32

	mu      sync.Mutex
	closing []*fastSocket
	closed  bool
	done    chan struct{}
}

const (
	maxReady = 64
	wakeup   = -1 // the number of the eventfd in the epoll set
)

func newFast(o Options) (Loop, error) {
	l := &fast{options: o, done: make(chan struct{}), pace: newPace(o.Pause)}
	if err := l.prepare(); err != nil {
		return nil, err
	}
	l.poll = func(uintptr) bool {
		n, err := unix.EpollWait(l.set, l.ready[:], 0)
		l.readies, l.next = max(n, 0), 0
		return n > 0 || err != nil && err != unix.EINTR
	}
	l.offload = offers(unix.UDP_SEGMENT) && offers(unix.UDP_GRO)
	l.in.prepare(l.offload)
	l.out.prepare()
	return l, nil
}

// prepare opens the three descriptors of the loop itself.
func (l *fast) prepare() (err error) {
	if l.set, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll_create1: %w", err)
	}
	if l.gate, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		unix.Close(l.set)
		return fmt.Errorf("epoll_create1: %w", err)
	}
	if l.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		unix.Close(l.set)
		unix.Close(l.gate)
		return fmt.Errorf("eventfd: %w", err)
	}
	if err = unix.SetNonblock(l.gate, true); err == nil { // for Go's poller
		err = unix.EpollCtl(l.set, unix.EPOLL_CTL_ADD, l.wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: wakeup})
	}
	if err == nil {
		err = unix.EpollCtl(l.gate, unix.EPOLL_CTL_ADD, l.set, &unix.EpollEvent{})
	}
	l.file = os.NewFile(uintptr(l.gate), "epoll")
	if err == nil {
		l.wait, err = l.file.SyscallConn()
	}
	if err != nil {
		l.release()
		return fmt.Errorf("prepare epoll: %w", err)
	}
	return nil
}

func (l *fast) release() {
	l.file.Close() // the gate
	unix.Close(l.set)
	unix.Close(l.wake)
}

// offers tells whether the kernel knows an option of UDP sockets.
func offers(option int) bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	_, err = unix.GetsockoptInt(fd, unix.SOL_UDP, option)
	return err == nil
}

// Name implements Loop.
func (l *fast) Name() string {
	if l.offload {
		return "fast: recvmmsg, sendmmsg, segmentation offload"
	}
	return "fast: recvmmsg, sendmmsg"
}

// Listen implements Loop.
func (l *fast) Listen(on netip.AddrPort, shared bool, tag any) (Socket, error) {
	fd, err := bind(on, shared)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "udp", Addr: net.UDPAddrFromAddrPort(on), Err: err}
	}
	if l.offload {
		unix.SetsockoptInt(fd, unix.SOL_UDP, unix.UDP_GRO, 1) // without it, datagrams come one by one
	}
	s := &fastSocket{loop: l, fd: fd, is6: on.Addr().Is6(), tag: tag, first: none, last: none}
	if err := l.add(s); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return s, nil
}

func (l *fast) add(s *fastSocket) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	if last := len(l.free) - 1; last >= 0 {
		s.number, l.free = l.free[last], l.free[:last]
		l.sockets[s.number] = s
	} else {
		s.number = int32(len(l.sockets))
		l.sockets = append(l.sockets, s)
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: s.number}
	if err := unix.EpollCtl(l.set, unix.EPOLL_CTL_ADD, s.fd, &event); err != nil {
		l.forget(s)
		return fmt.Errorf("watch a socket: %w", err)
	}
	return nil
}

func (l *fast) forget(s *fastSocket) {
	l.sockets[s.number] = nil
	l.free = append(l.free, s.number)
}

// Next implements Loop.
func (l *fast) Next() (Packet, error) {
	for {
		if packet, found := l.in.pop(l); found {
			l.pace.packets++
			return packet, nil
		}
		l.out.flush(l)
		l.in.reset()
		for l.next < l.readies && l.in.filled < slots {
			l.read()
		}
		if l.in.filled > 0 {
			continue
		}
		if !l.bury() {
			return Packet{}, net.ErrClosed
		}
		if err := l.await(); err != nil {
			time.Sleep(breather) // it cannot be: this goroutine alone closes the set
		}
	}
}

// await waits until a socket has something. While there is little to do that
// is left to Go's poller. While there is much, waking by way of Go's scheduler
// would cost as much as carrying the packet, so this thread waits in the
// kernel itself; that is not for long, and a signal of Go's ends it.
func (l *fast) await() error {
	l.pace.measure()
	if l.pace.resting && !l.in.full {
		l.pace.rest()
	}
	l.in.full = false
	if err := l.arm(!l.pace.busy); err != nil {
		return err
	}
	if !l.pace.busy {
		return l.wait.Read(l.poll)
	}
	n, _, _ := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.set), uintptr(unsafe.Pointer(&l.ready[0])),
		maxReady, patience, 0, 0)
	l.readies, l.next = max(int(n), 0), 0 // -1 for an error, which a signal is
	return nil
}

// arm opens or shuts the gate. While it is shut, what comes to a socket does
// not wake a thread in Go's poller, in which the gate is.
func (l *fast) arm(open bool) error {
	if l.armed == open {
		return nil
	}
	event := unix.EpollEvent{}
	if open {
		event.Events = unix.EPOLLIN
	}
	if err := unix.EpollCtl(l.gate, unix.EPOLL_CTL_MOD, l.set, &event); err != nil {
		return fmt.Errorf("turn the gate: %w", err)
	}
	l.armed = open
	return nil
}

// patience is how many milliseconds the kernel is waited in.
const patience = 100

// read reads from the next socket that has something.
func (l *fast) read() {
	number := l.ready[l.next].Fd
	l.next++
	if number == wakeup {
		var count [8]byte
		unix.Read(l.wake, count[:])
		return
	}
	if s := l.sockets[number]; s != nil {
		l.in.receive(s)
	}
}

// bury closes what is to be closed. It is called when no socket is ready, so
// that no number means another socket than it did. The result is false when
// the loop itself is closed.
func (l *fast) bury() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		l.closing = l.closing[:0]
		for _, s := range l.sockets {
			if s != nil {
				l.closing = append(l.closing, s)
			}
		}
	}
	for _, s := range l.closing {
		unix.Close(s.fd) // which takes it out of the epoll set
		l.forget(s)
	}
	clear(l.closing)
	l.closing = l.closing[:0]
	if !l.closed {
		return true
	}
	select {
	case <-l.done:
	default:
		l.release()
		close(l.done)
	}
	return false
}

// Close implements Loop.
func (l *fast) Close() error {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		l.rouse()
	}
	l.mu.Unlock()
	<-l.done
	return nil
}

// rouse ends the waiting in Next. It is called with the lock held, so that
// the eventfd is open.
func (l *fast) rouse() {
	unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
}
