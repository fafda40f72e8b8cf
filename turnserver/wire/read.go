package wire

import (
	"encoding/binary"
	"net/netip"
)

// Value returns the first attribute of a type; where a type appears twice the
// first one counts (RFC 8489 section 14).
func (m *Message) Value(kind Attribute) (value []byte, found bool) {
	for _, a := range m.attributes {
		if a.kind == kind {
			return a.value, true
		}
	}
	return nil, false
}

// Has tells whether an attribute of that type is there.
func (m *Message) Has(kind Attribute) bool {
	_, found := m.Value(kind)
	return found
}

// Text returns an attribute as a string, empty when it is missing.
func (m *Message) Text(kind Attribute) string {
	value, _ := m.Value(kind)
	return string(value)
}

// Number returns an attribute of four bytes as a number. An attribute that
// holds something shorter keeps it in the highest bytes: see Channel.
func (m *Message) Number(kind Attribute) (number uint32, found bool) {
	value, found := m.Value(kind)
	if !found || len(value) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(value), true
}

// Channel returns CHANNEL-NUMBER, 0 when it is missing.
func (m *Message) Channel() uint16 {
	number, _ := m.Number(ChannelNumber)
	return uint16(number >> 16)
}

// Transport returns the IP protocol of REQUESTED-TRANSPORT, 0 when it is missing.
func (m *Message) Transport() uint8 {
	number, _ := m.Number(RequestedTransport)
	return uint8(number >> 24)
}

// The values of REQUESTED-ADDRESS-FAMILY and of an address's family field.
const (
	FamilyIPv4 uint8 = 1
	FamilyIPv6 uint8 = 2
)

// Family returns REQUESTED-ADDRESS-FAMILY, 0 when it is missing.
func (m *Message) Family() uint8 {
	number, _ := m.Number(RequestedFamily)
	return uint8(number >> 24)
}

// Peers appends every XOR-PEER-ADDRESS to into. The second result is false
// when one of them is no address.
func (m *Message) Peers(into []netip.AddrPort) ([]netip.AddrPort, bool) {
	for _, a := range m.attributes {
		if a.kind != XORPeerAddress {
			continue
		}
		peer, ok := unmask(a.value, m.Transaction)
		if !ok {
			return into, false
		}
		into = append(into, peer)
	}
	return into, true
}

// Unknown lists the attributes that the sender needs to be understood and
// that are not; the answer to them is 420 (RFC 8489 section 6.3.1).
func (m *Message) Unknown() []Attribute {
	var unknown []Attribute
	for _, a := range m.attributes {
		if a.kind < requiredBoundary && !understood(a.kind) {
			unknown = append(unknown, a.kind)
		}
	}
	return unknown
}

// DONT-FRAGMENT is not understood: we do not set the DF bit, and RFC 8656
// section 7.2 wants it treated as unknown then.
func understood(kind Attribute) bool {
	switch kind {
	case Username, MessageIntegrity, ChannelNumber, Lifetime, XORPeerAddress, DataValue, Realm,
		Nonce, RequestedFamily, EvenPort, RequestedTransport, ReservationToken:
		return true
	}
	return false
}

// unmask reads a XOR-…-ADDRESS (RFC 8489 section 14.2).
func unmask(value []byte, t Transaction) (netip.AddrPort, bool) {
	if len(value) < 4 {
		return netip.AddrPort{}, false
	}
	port := binary.BigEndian.Uint16(value[2:]) ^ cookie>>16
	mask := addressMask(t)
	switch {
	case value[1] == FamilyIPv4 && len(value) == 8:
		var ip [4]byte
		xor(ip[:], value[4:], mask[:])
		return netip.AddrPortFrom(netip.AddrFrom4(ip), port), true
	case value[1] == FamilyIPv6 && len(value) == 20:
		var ip [16]byte
		xor(ip[:], value[4:], mask[:])
		return netip.AddrPortFrom(netip.AddrFrom16(ip), port), true
	}
	return netip.AddrPort{}, false
}

func addressMask(t Transaction) (mask [16]byte) {
	binary.BigEndian.PutUint32(mask[:], cookie)
	copy(mask[4:], t[:])
	return mask
}

func xor(into, a, b []byte) {
	for i := range into {
		into[i] = a[i] ^ b[i]
	}
}

// Relay returns XOR-RELAYED-ADDRESS.
func (m *Message) Relay() (netip.AddrPort, bool) {
	value, _ := m.Value(XORRelayedAddress)
	return unmask(value, m.Transaction)
}
