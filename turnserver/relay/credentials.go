package relay

import (
	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/wire"
)

// authenticate checks who sent the request in f.message, in the order of RFC
// 8489 section 9.2.4, and notes user and key in r. The nonce comes before any
// secret: only a client that received it at its own address gets that far.
func (f *front) authenticate(r *request) int {
	m, s := &f.message, f.server
	user, nonce := m.Text(wire.Username), m.Text(wire.Nonce)
	switch {
	case !m.Sealed():
		return unauthenticated
	case user == "" || nonce == "" || !m.Has(wire.Realm):
		return badRequest
	case m.Text(wire.Realm) != s.config.Realm:
		return unauthenticated
	case !s.nonces.Valid(nonce, r.client, r.at):
		return staleNonce
	case r.held != nil:
		return f.authenticateOwner(r, user)
	}
	grant, err := ice.Check(s.config.Secrets, user, r.at)
	if err != nil {
		return unauthenticated
	}
	for _, credential := range grant.Credentials {
		if key := wire.Key(user, s.config.Realm, credential); m.SealedWith(key) {
			r.user, r.bind, r.key = user, grant.Bind, key
			return granted
		}
	}
	return unauthenticated
}

// authenticateOwner admits only who made the allocation to what concerns it
// (RFC 8656 section 5). The expiry of the credential is not asked again: it
// bounds when an allocation can be made, not how long a call may last. For
// that there is Limits.Age.
func (f *front) authenticateOwner(r *request, user string) int {
	switch {
	case user != r.held.user && f.message.Method == wire.Allocate:
		return allocationMismatch
	case user != r.held.user:
		return wrongCredentials
	case !f.message.SealedWith(r.held.key):
		return unauthenticated
	}
	r.user, r.bind, r.key = user, r.held.bind, r.held.key
	return granted
}
