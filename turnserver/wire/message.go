// Package wire reads and writes what travels between TURN clients and the
// server: STUN messages (RFC 8489) and ChannelData (RFC 8656 section 12.4).
//
// The decoder is the only one in the server that sees bytes from outside. It
// admits a message only when every length agrees with every other, so that
// nothing behind it has to think of bounds:
//
//	 0                   1                   2                   3
//	|0 0|    type, 14 bits          |  length, without these 20     |
//	|                  magic cookie 0x2112A442                      |
//	|                  transaction, 96 bits                         |
//	| attribute type | length | value, padded to 4 bytes | ...      |
package wire

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// MaxFrame is the longest frame in bytes that the server reads or relays. It
// leaves room for TURN's own header around a packet of an Ethernet path.
const MaxFrame = 1600

const (
	headerSize       = 20
	cookie           = 0x2112A442
	integritySize    = 20
	fingerprintXOR   = 0x5354554e // RFC 8489 section 14.7
	maxAttributes    = 160        // a frame holds at most 133 peer addresses
	attributeHeader  = 4
	requiredBoundary = 0x8000 // types below must be understood
)

// Method says what a message is about (RFC 8489 section 18.2, RFC 8656 section 17).
type Method uint16

// The methods that a TURN server meets.
const (
	Binding          Method = 0x001
	Allocate         Method = 0x003
	Refresh          Method = 0x004
	Send             Method = 0x006
	Data             Method = 0x007
	CreatePermission Method = 0x008
	ChannelBind      Method = 0x009
)

// Class says which part of an exchange a message is.
type Class uint8

// The classes of RFC 8489 section 5.
const (
	Request Class = iota
	Indication
	Success
	Failure
)

// Transaction ties a response to its request.
type Transaction [12]byte

// Attribute is the type of an attribute.
type Attribute uint16

// The attributes that the server understands (RFC 8489 section 18.3, RFC 8656 section 18).
const (
	Username           Attribute = 0x0006
	MessageIntegrity   Attribute = 0x0008
	ErrorCode          Attribute = 0x0009
	UnknownAttributes  Attribute = 0x000A
	ChannelNumber      Attribute = 0x000C
	Lifetime           Attribute = 0x000D
	XORPeerAddress     Attribute = 0x0012
	DataValue          Attribute = 0x0013
	Realm              Attribute = 0x0014
	Nonce              Attribute = 0x0015
	XORRelayedAddress  Attribute = 0x0016
	RequestedFamily    Attribute = 0x0017
	EvenPort           Attribute = 0x0018
	RequestedTransport Attribute = 0x0019
	DontFragment       Attribute = 0x001A
	XORMappedAddress   Attribute = 0x0020
	ReservationToken   Attribute = 0x0022
	Software           Attribute = 0x8022
	Fingerprint        Attribute = 0x8028
)

// ErrMalformed means that bytes are no STUN message.
var ErrMalformed = errors.New("not a well-formed STUN message")

// Message is one decoded STUN message. It points into the bytes that it was
// decoded from and is valid for as long as those are. Decoding into the same
// Message again reuses its memory.
type Message struct {
	Method      Method
	Class       Class
	Transaction Transaction

	raw         []byte
	attributes  []attribute
	integrityAt int // offset of MESSAGE-INTEGRITY in raw; 0 when there is none
	fingerprint bool
}

type attribute struct {
	kind  Attribute
	value []byte
}

// Decode reads raw, which must be exactly one message. The only error is
// ErrMalformed. Attributes behind MESSAGE-INTEGRITY are left out, because
// nothing vouches for them (RFC 8489 section 14.5).
func (m *Message) Decode(raw []byte) error {
	*m = Message{raw: raw, attributes: m.attributes[:0]}
	switch {
	case len(raw) < headerSize || len(raw) > MaxFrame,
		raw[0]>>6 != 0,
		binary.BigEndian.Uint32(raw[4:]) != cookie,
		len(raw)%4 != 0,
		int(binary.BigEndian.Uint16(raw[2:])) != len(raw)-headerSize:
		return ErrMalformed
	}
	m.Method, m.Class = splitType(binary.BigEndian.Uint16(raw))
	copy(m.Transaction[:], raw[8:])
	for at := headerSize; at < len(raw); {
		next, ok := m.decodeAttribute(at)
		if !ok {
			return ErrMalformed
		}
		at = next
	}
	return nil
}

// decodeAttribute reads the attribute at an offset and returns the next one's.
func (m *Message) decodeAttribute(at int) (next int, ok bool) {
	kind := Attribute(binary.BigEndian.Uint16(m.raw[at:]))
	size := int(binary.BigEndian.Uint16(m.raw[at+2:]))
	begin := at + attributeHeader
	next = begin + padded(size)
	if next > len(m.raw) || m.fingerprint || len(m.attributes) == maxAttributes {
		return 0, false
	}
	value := m.raw[begin : begin+size]
	switch {
	case kind == Fingerprint:
		m.fingerprint = true
		return next, size == 4 && binary.BigEndian.Uint32(value) == checksum(m.raw[:at])
	case m.integrityAt != 0:
		return next, true
	case kind == MessageIntegrity:
		m.integrityAt = at
		return next, size == integritySize
	case fixedSize(kind) != 0 && size != fixedSize(kind):
		return 0, false
	}
	m.attributes = append(m.attributes, attribute{kind, value})
	return next, true
}

// fixedSize is the only length in bytes that an attribute may have, 0 when
// its length varies.
func fixedSize(kind Attribute) int {
	switch kind {
	case ChannelNumber, Lifetime, RequestedFamily, RequestedTransport:
		return 4
	case EvenPort:
		return 1
	case ReservationToken:
		return 8
	}
	return 0
}

// checksum is the FINGERPRINT of a message that ends before that attribute.
func checksum(head []byte) uint32 {
	return crc32.ChecksumIEEE(head) ^ fingerprintXOR
}

func padded(n int) int { return (n + 3) &^ 3 }

// The class's two bits stand between the method's (RFC 8489 section 5).
func splitType(t uint16) (Method, Class) {
	class := t>>4&1 | t>>7&2
	method := t&0xF | t>>1&0x70 | t>>2&0xF80
	return Method(method), Class(class)
}

func joinType(m Method, c Class) uint16 {
	method, class := uint16(m), uint16(c)
	return method&0xF | method&0x70<<1 | method&0xF80<<2 | class&1<<4 | class&2<<7
}
