package relay_test

import (
	"net/netip"

	"github.com/pion/stun/v2"
)

// attribute sets an attribute to any bytes, which pion's own setters do not.
type attribute struct {
	kind  stun.AttrType
	value []byte
}

func (a attribute) AddTo(m *stun.Message) error {
	m.Add(a.kind, a.value)
	return nil
}

func requestedTransport(protocol byte) stun.Setter {
	return attribute{stun.AttrRequestedTransport, []byte{protocol, 0, 0, 0}}
}

func requestedFamily(family byte) stun.Setter {
	return attribute{stun.AttrRequestedAddressFamily, []byte{family, 0, 0, 0}}
}

func lifetime(seconds uint32) stun.Setter {
	return attribute{stun.AttrLifetime, []byte{byte(seconds >> 24), byte(seconds >> 16), byte(seconds >> 8), byte(seconds)}}
}

func channelNumber(number uint16) stun.Setter {
	return attribute{stun.AttrChannelNumber, []byte{byte(number >> 8), byte(number), 0, 0}}
}

type peerAddress netip.AddrPort

func (p peerAddress) AddTo(m *stun.Message) error {
	to := netip.AddrPort(p)
	return stun.XORMappedAddress{IP: to.Addr().AsSlice(), Port: int(to.Port())}.AddToAs(m, stun.AttrXORPeerAddress)
}
