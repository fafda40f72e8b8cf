package relay

import (
	"net"
	"net/netip"
	"time"

	"github.com/parleychat/parley/turnserver/datagram"
)

// datagrams is a UDP listener, or one of several on the same address, and the
// relays of its clients. All of them are served by the goroutine of its pion.
type datagrams struct {
	front    *front
	loop     datagram.Loop
	listener datagram.Socket
	local    net.Addr
}

// newDatagrams listens on an address. A shared listener leaves room for others.
func newDatagrams(s *Server, loop datagram.Loop, on netip.AddrPort, shared bool) (*datagrams, error) {
	d := &datagrams{loop: loop}
	listener, err := loop.Listen(on, shared, nil)
	if err != nil {
		d.discard()
		return nil, err
	}
	d.listener, d.local = listener, net.UDPAddrFromAddrPort(listener.LocalAddr())
	d.front = newFront(s, d)
	return d, nil
}

// discard closes a listener that pion does not serve.
func (d *datagrams) discard() error {
	go func() {
		for {
			if _, err := d.loop.Next(); err != nil {
				return
			}
		}
	}()
	return d.loop.Close()
}

// ReadFrom returns the next frame that pion is to handle, and carries all data
// that comes before it. It returns an error only once the listener is closed:
// for pion any error is the end.
func (d *datagrams) ReadFrom(p []byte) (int, net.Addr, error) {
	if n, client := d.front.resume(p); n > 0 {
		return n, client, nil
	}
	for {
		packet, err := d.loop.Next()
		if err != nil {
			return 0, nil, net.ErrClosed
		}
		if relay, ok := packet.Tag.(*allocation); ok {
			relay.fromPeer(relay.port.source(packet.From), packet.Data)
			continue
		}
		if n, client := d.front.admit(p, packet.Data, packet.From); n > 0 {
			return n, client, nil
		}
	}
}

// WriteTo sends a frame of pion's to a client.
func (d *datagrams) WriteTo(p []byte, to net.Addr) (int, error) {
	client, ok := to.(*net.UDPAddr)
	if ok && d.front.answered(p) {
		d.answer(p, client.AddrPort())
	}
	return len(p), nil
}

// Close closes the listener and ends its allocations.
func (d *datagrams) Close() error { return d.loop.Close() }

// LocalAddr is the address of the listener.
func (d *datagrams) LocalAddr() net.Addr { return d.local }

// SetDeadline, SetReadDeadline and SetWriteDeadline do nothing; pion sets none.
func (d *datagrams) SetDeadline(time.Time) error      { return nil }
func (d *datagrams) SetReadDeadline(time.Time) error  { return nil }
func (d *datagrams) SetWriteDeadline(time.Time) error { return nil }

func (d *datagrams) addr(client netip.AddrPort) net.Addr { return net.UDPAddrFromAddrPort(client) }

func (d *datagrams) answer(frame []byte, client netip.AddrPort) { d.listener.Write(frame, client) }

func (d *datagrams) forward(head, data []byte, client netip.AddrPort) {
	pad := 0
	if pads(head) {
		pad = padding(len(data))
	}
	d.listener.Send(head, data, pad, client)
}

func (d *datagrams) bind(on netip.AddrPort, a *allocation) (outlet, error) {
	return d.loop.Listen(on, false, a)
}

// relay has nothing to do: the loop carries what peers send.
func (d *datagrams) relay(*allocation) {}
