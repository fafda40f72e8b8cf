package datagram

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// portable is the loop without system calls of its own.
type portable struct {
	options Options
	in      chan arrival
	last    *portableSocket // whose packet Next has returned
	closed  chan struct{}
	once    sync.Once

	mu      sync.Mutex
	sockets map[*portableSocket]struct{} // nil once the loop is closed
}

type arrival struct {
	socket *portableSocket
	packet Packet
}

func newPortable(o Options) *portable {
	return &portable{
		options: o,
		in:      make(chan arrival), closed: make(chan struct{}),
		sockets: make(map[*portableSocket]struct{}),
	}
}

// Name implements Loop.
func (l *portable) Name() string { return "portable" }

// Listen implements Loop.
func (l *portable) Listen(on netip.AddrPort, shared bool, tag any) (Socket, error) {
	conn, err := listenConn(on, shared)
	if err != nil {
		return nil, err
	}
	s := &portableSocket{loop: l, conn: conn, tag: tag, taken: make(chan struct{}, 1), ended: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sockets == nil {
		conn.Close()
		return nil, net.ErrClosed
	}
	l.sockets[s] = struct{}{}
	go s.read()
	return s, nil
}

// ListenUDP binds a socket that belongs to no loop, for one family of
// addresses only, so that none is ever in its mapped form.
func ListenUDP(on netip.AddrPort) (*net.UDPConn, error) { return listenConn(on, false) }

func listenConn(on netip.AddrPort, shared bool) (*net.UDPConn, error) {
	network := "udp6"
	switch {
	case on.Addr().Is4():
		network = "udp4"
	case !on.Addr().Is6():
		return nil, errFamily
	}
	config := net.ListenConfig{}
	if shared {
		config.Control = sharePort
	}
	conn, err := config.ListenPacket(context.Background(), network, on.String())
	if err != nil {
		return nil, err
	}
	udp := conn.(*net.UDPConn)
	udp.SetReadBuffer(bufferSize) // the kernel caps it; what it gives will do
	udp.SetWriteBuffer(bufferSize)
	return udp, nil
}

// Next implements Loop.
func (l *portable) Next() (Packet, error) {
	if l.last != nil {
		l.last.taken <- struct{}{}
		l.last = nil
	}
	select {
	case <-l.closed:
		return Packet{}, net.ErrClosed
	default:
	}
	select {
	case came := <-l.in:
		l.last = came.socket
		return came.packet, nil
	case <-l.closed:
		return Packet{}, net.ErrClosed
	}
}

// Close implements Loop.
func (l *portable) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.mu.Lock()
		open := l.sockets
		l.sockets = nil
		l.mu.Unlock()
		for s := range open {
			s.Close()
		}
	})
	return nil
}

// portableSocket is a socket with a goroutine that reads it.
type portableSocket struct {
	loop  *portable
	conn  reader
	tag   any
	frame []byte        // memory of what is sent
	taken chan struct{} // when Next wants another packet than this one's
	ended chan struct{}
	once  sync.Once
}

// reader is what a portable socket needs of a net.UDPConn.
type reader interface {
	ReadFromUDPAddrPort([]byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error)
	LocalAddr() net.Addr
	Close() error
}

func (s *portableSocket) read() {
	p := make([]byte, MaxSize+1)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(p)
		switch {
		case err != nil && Ended(err, s.ended):
			return
		case err != nil:
			continue
		case n > MaxSize:
			s.loop.options.Dropped.Add(1)
			continue
		}
		select {
		case s.loop.in <- arrival{s, Packet{Tag: s.tag, From: from, Data: p[:n]}}:
			select {
			case <-s.taken:
			case <-s.ended:
				return
			}
		case <-s.ended:
			return
		}
	}
}

// Send implements Socket.
func (s *portableSocket) Send(head, body []byte, pad int, to netip.AddrPort) {
	s.frame = append(append(append(s.frame[:0], head...), body...), zeros[:pad]...)
	s.Write(s.frame, to)
}

var zeros [4]byte

// Write implements Socket.
func (s *portableSocket) Write(datagram []byte, to netip.AddrPort) {
	if _, err := s.conn.WriteToUDPAddrPort(datagram, to); err != nil {
		s.loop.options.Dropped.Add(1)
	}
}

// LocalAddr implements Socket.
func (s *portableSocket) LocalAddr() netip.AddrPort {
	return s.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// Close implements Socket.
func (s *portableSocket) Close() error {
	s.once.Do(func() {
		close(s.ended)
		s.conn.Close()
		s.loop.mu.Lock()
		defer s.loop.mu.Unlock()
		delete(s.loop.sockets, s)
	})
	return nil
}

// breather is how long to wait after an error that will pass, so that one
// that does not pass costs little.
const breather = 5 * time.Millisecond

// Ended tells whether an error is the end of a socket or a listener. If it is
// not, such as a lack of memory or of file descriptors, it waits a little, or
// until the channel is closed, which is an end too.
func Ended(err error, closed <-chan struct{}) bool {
	if errors.Is(err, net.ErrClosed) {
		return true
	}
	select {
	case <-closed:
		return true
	case <-time.After(breather):
		return false
	}
}
