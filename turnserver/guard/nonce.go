package guard

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"time"
)

const (
	stampSize = 4
	macSize   = 14
)

// Nonces issues nonces and knows its own again, without keeping any. A nonce
// is bound to the client's transport address: one that was overheard is of no
// use elsewhere, and one with a right MAC proves that its sender can be
// reached where it claims to be.
type Nonces struct {
	key      []byte
	lifetime time.Duration
}

// NewNonces makes a source of nonces that are valid for lifetime, counted in
// whole seconds. Its key lives as long as the process.
func NewNonces(lifetime time.Duration) *Nonces {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails
	return &Nonces{key: key, lifetime: lifetime}
}

// Issue makes a nonce of 24 characters for a client.
func (n *Nonces) Issue(client netip.AddrPort, now time.Time) string {
	stamp := binary.BigEndian.AppendUint32(nil, uint32(now.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(stamp, n.mac(stamp, client)...))
}

// Valid tells whether a nonce was issued to that client and is still fresh.
func (n *Nonces) Valid(nonce string, client netip.AddrPort, now time.Time) bool {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(raw) != stampSize+macSize {
		return false
	}
	stamp := raw[:stampSize]
	age := uint32(now.Unix()) - binary.BigEndian.Uint32(stamp)
	return hmac.Equal(raw[stampSize:], n.mac(stamp, client)) && time.Duration(age)*time.Second < n.lifetime
}

func (n *Nonces) mac(stamp []byte, client netip.AddrPort) []byte {
	mac := hmac.New(sha256.New, n.key)
	mac.Write(stamp)
	ip := client.Addr().As16()
	mac.Write(ip[:])
	mac.Write(binary.BigEndian.AppendUint16(nil, client.Port()))
	return mac.Sum(nil)[:macSize]
}
