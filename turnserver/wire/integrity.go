package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"encoding/binary"
)

// Key is the key of the long-term credential mechanism (RFC 8489 section 9.2.2).
func Key(username, realm, password string) []byte {
	sum := md5.Sum([]byte(username + ":" + realm + ":" + password))
	return sum[:]
}

// Sealed tells whether the message has a MESSAGE-INTEGRITY at all.
func (m *Message) Sealed() bool { return m.integrityAt != 0 }

// SealedWith tells whether the message's MESSAGE-INTEGRITY was made with key.
func (m *Message) SealedWith(key []byte) bool {
	if m.integrityAt == 0 {
		return false
	}
	begin := m.integrityAt + attributeHeader
	return hmac.Equal(m.raw[begin:begin+integritySize], integrity(m.raw[:m.integrityAt], key))
}

// integrity is the MESSAGE-INTEGRITY of a message that ends before that
// attribute. The header's length counts the attribute in, and nothing that
// may follow it (RFC 8489 section 14.5).
func integrity(head, key []byte) []byte {
	var length [2]byte
	binary.BigEndian.PutUint16(length[:], uint16(len(head)-headerSize+attributeHeader+integritySize))
	mac := hmac.New(sha1.New, key)
	mac.Write(head[:2])
	mac.Write(length[:])
	mac.Write(head[4:])
	return mac.Sum(nil)
}
