package relay

import (
	"net/netip"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// granted means that no rule refuses; the others are the error codes of RFC
// 8489 section 14.8 and RFC 8656 section 19.
const (
	granted               = 0
	badRequest            = 400
	unauthenticated       = 401
	forbidden             = 403
	unknownAttribute      = 420
	allocationMismatch    = 437
	staleNonce            = 438
	familyNotSupported    = 440
	wrongCredentials      = 441
	transportNotSupported = 442
	familyMismatch        = 443
	quotaReached          = 486
	insufficientCapacity  = 508
)

const (
	udp = 17 // IANA protocol number

	// An allocation lives at least 10 minutes, whatever its client asks for
	// (RFC 8656 section 7.2), and less than the hour from which on pion would
	// fall back to 10 minutes.
	minLifetime = 10 * time.Minute
	maxLifetime = 59 * time.Minute

	permissionLifetime = 5 * time.Minute  // as pion has it
	channelLifetime    = 10 * time.Minute // as pion has it

	// lastMoment is how long before its expiry an allocation counts as gone.
	// pion must not be given a request while its own timer ends the
	// allocation: it would stop timers that are not there yet.
	lastMoment = time.Second
)

// rule applies a method's rules to an authenticated request. It returns an
// error code, or granted with the message for pion in r.
type rule func(f *front, r *request) int

var rules = map[wire.Method]rule{
	wire.Allocate:         (*front).allocate,
	wire.Refresh:          (*front).refresh,
	wire.CreatePermission: (*front).createPermission,
	wire.ChannelBind:      (*front).channelBind,
}

// allocate follows RFC 8656 section 7.2. No port is ever reserved for a second
// allocation: no browser asks for it, and it would bind ports for nobody.
func (f *front) allocate(r *request) int {
	m := &f.message
	family := either(m.Family(), wire.FamilyIPv4)
	even, wantsEven := m.Value(wire.EvenPort)
	hasToken := m.Has(wire.ReservationToken)
	switch {
	case r.held != nil: // pion repeats its answer or says 437
	case !m.Has(wire.RequestedTransport), hasToken && (wantsEven || m.Has(wire.RequestedFamily)):
		return badRequest
	case m.Transport() != udp:
		return transportNotSupported
	case hasToken, wantsEven && even[0] != 0:
		return insufficientCapacity
	case !f.server.ports.serves(family):
		return familyNotSupported
	default:
		if code := f.open(r, family, wantsEven); code != granted {
			return code
		}
	}
	lifetime := f.lifetime(r)
	if r.opened != nil {
		r.opened.expires = r.at.Add(lifetime)
	}
	r.message = f.toPion(wire.Allocate).
		Number(wire.RequestedTransport, udp<<24).
		Number(wire.Lifetime, uint32(lifetime.Seconds()))
	return granted
}

func (f *front) refresh(r *request) int {
	m := &f.message
	lifetime := f.lifetime(r)
	seconds, asked := m.Number(wire.Lifetime)
	ends := asked && seconds == 0
	switch {
	case !r.holds():
		return allocationMismatch
	case m.Has(wire.RequestedFamily) && m.Family() != r.held.family:
		return familyMismatch
	case !ends && r.at.Sub(r.held.born) > f.server.config.Limits.Age:
		return forbidden
	case ends:
		lifetime = 0
	default:
		r.held.expires = r.at.Add(lifetime)
	}
	r.message = f.toPion(wire.Refresh).Number(wire.Lifetime, uint32(lifetime.Seconds()))
	return granted
}

func (f *front) createPermission(r *request) int {
	peers, ok := f.message.Peers(f.peers[:0])
	f.peers = peers
	switch {
	case !r.holds():
		return allocationMismatch
	case !ok || len(peers) == 0:
		return badRequest
	}
	for _, peer := range peers {
		if code := f.judgePeer(r.held, peer.Addr()); code != granted {
			return code
		}
	}
	if !r.held.permit(peers, r.at, f.server.config.Limits) {
		return insufficientCapacity
	}
	r.message = f.toPion(wire.CreatePermission)
	for _, peer := range peers {
		r.message = r.message.Address(wire.XORPeerAddress, peer)
	}
	return granted
}

func (f *front) channelBind(r *request) int {
	peers, ok := f.message.Peers(f.peers[:0])
	f.peers = peers
	number := f.message.Channel()
	switch {
	case !r.holds():
		return allocationMismatch
	case !ok || len(peers) != 1 || peers[0].Port() == 0,
		number < wire.MinChannel || number > wire.MaxChannel:
		return badRequest
	}
	if code := f.judgePeer(r.held, peers[0].Addr()); code != granted {
		return code
	}
	if code := r.held.bindChannel(number, peers[0], r.at, f.server.config.Limits); code != granted {
		return code
	}
	r.message = f.toPion(wire.ChannelBind).
		Number(wire.ChannelNumber, uint32(number)<<16).
		Address(wire.XORPeerAddress, peers[0])
	return granted
}

// judgePeer decides whether an allocation may reach an address.
func (f *front) judgePeer(held *allocation, peer netip.Addr) int {
	switch {
	case peer.Is4() != (held.family == wire.FamilyIPv4):
		return familyMismatch
	case !f.server.peers.Admits(peer):
		return forbidden
	}
	return granted
}

// lifetime is what the request asks for, within bounds.
func (f *front) lifetime(r *request) time.Duration {
	seconds, _ := f.message.Number(wire.Lifetime)
	return min(max(time.Duration(seconds)*time.Second, minLifetime), maxLifetime)
}

// holds tells whether the client has an allocation that is not about to end.
func (r *request) holds() bool {
	return r.held != nil && r.held.expires.Sub(r.at) > lastMoment
}

func (f *front) toPion(method wire.Method) wire.Builder {
	return wire.Build(f.forPion, method, wire.Request, f.message.Transaction)
}
