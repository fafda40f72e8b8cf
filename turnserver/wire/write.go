package wire

import (
	"encoding/binary"
	"net/netip"
)

// Builder writes one message, attribute by attribute. Its methods return it,
// so that a message reads as one line:
//
//	wire.Build(buf, wire.Allocate, wire.Failure, t).Failure(437).Seal(key).Raw()
type Builder struct {
	raw []byte
}

// Build begins a message in the memory of buf, which it overwrites.
func Build(buf []byte, method Method, class Class, t Transaction) Builder {
	raw := binary.BigEndian.AppendUint16(buf[:0], joinType(method, class))
	raw = binary.BigEndian.AppendUint16(raw, 0)
	raw = binary.BigEndian.AppendUint32(raw, cookie)
	return Builder{append(raw, t[:]...)}
}

// Raw returns the message.
func (b Builder) Raw() []byte { return b.raw }

// Bytes adds an attribute.
func (b Builder) Bytes(kind Attribute, value []byte) Builder {
	b.raw = binary.BigEndian.AppendUint16(b.raw, uint16(kind))
	b.raw = binary.BigEndian.AppendUint16(b.raw, uint16(len(value)))
	b.raw = append(b.raw, value...)
	return b.pad()
}

// Text adds an attribute of text.
func (b Builder) Text(kind Attribute, value string) Builder {
	return b.Bytes(kind, []byte(value))
}

// Number adds an attribute of four bytes.
func (b Builder) Number(kind Attribute, value uint32) Builder {
	return b.Bytes(kind, binary.BigEndian.AppendUint32(nil, value))
}

// Address adds a XOR-…-ADDRESS.
func (b Builder) Address(kind Attribute, to netip.AddrPort) Builder {
	var memory [20]byte
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	return b.Bytes(kind, appendMasked(memory[:0], to, Transaction(b.raw[8:headerSize])))
}

// DataHead is the longest head of a Data indication in bytes.
const DataHead = headerSize + attributeHeader + 20 + attributeHeader

// AppendDataHead appends what a Data indication has before its data: header,
// XOR-PEER-ADDRESS, and the header of DATA. The data follow, and zeros up to a
// multiple of four.
func AppendDataHead(into []byte, t Transaction, peer netip.AddrPort, length int) []byte {
	address := 8
	if peer.Addr().Is6() {
		address = 20
	}
	whole := attributeHeader + address + attributeHeader + (length+3)&^3
	into = binary.BigEndian.AppendUint16(into, joinType(Data, Indication))
	into = binary.BigEndian.AppendUint16(into, uint16(whole))
	into = binary.BigEndian.AppendUint32(into, cookie)
	into = append(into, t[:]...)
	into = binary.BigEndian.AppendUint16(into, uint16(XORPeerAddress))
	into = binary.BigEndian.AppendUint16(into, uint16(address))
	into = appendMasked(into, peer, t)
	into = binary.BigEndian.AppendUint16(into, uint16(DataValue))
	return binary.BigEndian.AppendUint16(into, uint16(length))
}

// appendMasked appends the value of a XOR-…-ADDRESS.
func appendMasked(into []byte, to netip.AddrPort, t Transaction) []byte {
	mask := addressMask(t)
	if to.Addr().Is4() {
		into = append(into, 0, FamilyIPv4)
		into = binary.BigEndian.AppendUint16(into, to.Port()^cookie>>16)
		ip := to.Addr().As4()
		xor(ip[:], ip[:], mask[:])
		return append(into, ip[:]...)
	}
	into = append(into, 0, FamilyIPv6)
	into = binary.BigEndian.AppendUint16(into, to.Port()^cookie>>16)
	ip := to.Addr().As16()
	xor(ip[:], ip[:], mask[:])
	return append(into, ip[:]...)
}

// Failure adds ERROR-CODE with the reason that its document gives it.
func (b Builder) Failure(code int) Builder {
	value := []byte{0, 0, byte(code / 100), byte(code % 100)}
	return b.Bytes(ErrorCode, append(value, reasons[code]...))
}

// Unknown adds UNKNOWN-ATTRIBUTES.
func (b Builder) Unknown(kinds []Attribute) Builder {
	var value []byte
	for _, kind := range kinds {
		value = binary.BigEndian.AppendUint16(value, uint16(kind))
	}
	return b.Bytes(UnknownAttributes, value)
}

// Seal adds MESSAGE-INTEGRITY under a key.
func (b Builder) Seal(key []byte) Builder {
	at := len(b.raw)
	return b.Bytes(MessageIntegrity, integrity(b.raw[:at], key))
}

// Fingerprint adds FINGERPRINT, which must come last.
func (b Builder) Fingerprint() Builder {
	const size = attributeHeader + 4
	binary.BigEndian.PutUint16(b.raw[2:], uint16(len(b.raw)-headerSize+size))
	return b.Number(Fingerprint, checksum(b.raw))
}

func (b Builder) pad() Builder {
	for len(b.raw)%4 != 0 {
		b.raw = append(b.raw, 0)
	}
	binary.BigEndian.PutUint16(b.raw[2:], uint16(len(b.raw)-headerSize))
	return b
}

// The reasons of RFC 8489 section 14.8 and RFC 8656 section 19.
var reasons = map[int]string{
	400: "Bad Request",
	401: "Unauthenticated",
	403: "Forbidden",
	420: "Unknown Attribute",
	437: "Allocation Mismatch",
	438: "Stale Nonce",
	440: "Address Family not Supported",
	441: "Wrong Credentials",
	442: "Unsupported Transport Protocol",
	443: "Peer Address Family Mismatch",
	486: "Allocation Quota Reached",
	508: "Insufficient Capacity",
}
