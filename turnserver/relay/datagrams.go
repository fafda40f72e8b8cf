package relay

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// datagrams is a UDP listener as pion sees it.
type datagrams struct {
	front  *front
	socket socket
	local  net.Addr
	closed chan struct{}
	once   sync.Once
}

func newDatagrams(s *Server, conn socket) *datagrams {
	d := &datagrams{front: newFront(s), socket: conn, local: conn.LocalAddr(), closed: make(chan struct{})}
	d.front.addr = func(client netip.AddrPort) net.Addr { return net.UDPAddrFromAddrPort(client) }
	d.front.send = func(frame []byte, to netip.AddrPort) { conn.WriteToUDPAddrPort(frame, to) }
	return d
}

// ReadFrom returns the next frame that pion is to handle. It returns an error
// only once the listener is closed: for pion any error is the end.
func (d *datagrams) ReadFrom(p []byte) (int, net.Addr, error) {
	if n, client := d.front.resume(p); n > 0 {
		return n, client, nil
	}
	for {
		n, from, err := d.socket.ReadFromUDPAddrPort(p)
		if err != nil {
			if pause(err, d.closed) {
				return 0, nil, net.ErrClosed
			}
			continue
		}
		if n > wire.MaxFrame {
			d.front.server.counters.dropped.Add(1)
			continue
		}
		if n, client := d.front.admit(p, n, from); n > 0 {
			return n, client, nil
		}
	}
}

// WriteTo sends a frame of pion's to a client. One that cannot be sent is
// lost, as any may be on the way.
func (d *datagrams) WriteTo(p []byte, to net.Addr) (int, error) {
	client, ok := to.(*net.UDPAddr)
	if ok && d.front.answered(p) {
		d.socket.WriteToUDPAddrPort(p, client.AddrPort())
	}
	return len(p), nil
}

// Close closes the listener and ends its allocations.
func (d *datagrams) Close() error {
	var err error
	d.once.Do(func() {
		close(d.closed)
		err = d.socket.Close()
	})
	return err
}

// LocalAddr is the address of the listener.
func (d *datagrams) LocalAddr() net.Addr { return d.local }

// SetDeadline, SetReadDeadline and SetWriteDeadline do nothing; pion sets none.
func (d *datagrams) SetDeadline(time.Time) error      { return nil }
func (d *datagrams) SetReadDeadline(time.Time) error  { return nil }
func (d *datagrams) SetWriteDeadline(time.Time) error { return nil }

// breather is how long to wait after an error that will pass.
const breather = 5 * time.Millisecond

// pause tells whether an error is the end of a socket. If it is not, it waits
// a breather, or until the socket is closed.
func pause(err error, closed <-chan struct{}) (ended bool) {
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
