package relay

import (
	"net"
	"net/netip"

	"github.com/parleychat/parley/turnserver/wire"
)

// transport is the clients' side of a front: a UDP listener, or one TCP or TLS
// connection. pion sees it as a net.PacketConn.
type transport interface {
	net.PacketConn
	// addr is a client's address as pion wants it.
	addr(client netip.AddrPort) net.Addr
	// answer sends a frame to a client.
	answer(frame []byte, client netip.AddrPort)
	// forward sends what a peer has sent, with a head before it, to a client.
	forward(head, data []byte, client netip.AddrPort)
	// bind opens the socket of a relay.
	bind(on netip.AddrPort, a *allocation) (outlet, error)
	// relay carries what peers send until the allocation ends, unless the
	// transport does so anyway. It is called in a goroutine of its own.
	relay(a *allocation)
}

// outlet is the socket of a relay.
type outlet interface {
	// Send sends a datagram to a peer, at once or soon; the body must stay as
	// it is until the transport's next read.
	Send(head, body []byte, pad int, to netip.AddrPort)
	Close() error
}

// padding is how many zeros follow a frame of a length in a stream, and behind
// the data of a Data indication everywhere.
func padding(length int) int { return -length & 3 }

// pads tells whether a head is that of a message whose data is padded on UDP
// too. ChannelData is not.
func pads(head []byte) bool { return !wire.LooksLikeChannel(head) }
