package relay

import (
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/turnserver/guard"
	"github.com/parleychat/parley/turnserver/wire"
)

// allocation is one client's relay. pion sees it as the relay's socket, and
// by its Close lets us know that the allocation has ended.
type allocation struct {
	front  *front
	client netip.AddrPort
	addr   net.Addr // the client, as pion wants it
	user   string
	bind   string
	key    []byte
	family uint8
	born   time.Time
	port   *port

	// Only the goroutine of the front touches these.
	expires time.Time

	mu          sync.RWMutex
	permissions map[netip.Addr]time.Time // until when
	channels    map[uint16]channel
	numbers     map[netip.AddrPort]uint16 // of the channels, by peer

	up, down way
	memory   [wire.DataHead]byte // of what goes before a peer's data
	once     sync.Once
	ended    chan struct{}
}

type channel struct {
	peer    netip.AddrPort
	expires time.Time
}

// way is what went one way, and how much more may. Each has one goroutine
// that writes it.
type way struct {
	packets, bytes atomic.Int64
	meter          guard.Meter
}

// open opens a relay for a request, within the quotas.
func (f *front) open(r *request, family uint8, even bool) int {
	s := f.server
	if s.draining.Load() || !s.takeAllocation(r) {
		return quotaReached
	}
	a := &allocation{
		front: f, client: r.client, addr: f.transport.addr(r.client),
		user: r.user, bind: r.bind, key: r.key,
		family: family, born: r.at, ended: make(chan struct{}),
	}
	a.up.meter, a.down.meter = s.meter(), s.meter()
	if err := s.ports.open(a, even); err != nil {
		s.giveAllocation(a)
		s.log.Error("no relay port could be opened", "error", err)
		return insufficientCapacity
	}
	r.opened = a
	s.ledger.add(a)
	return granted
}

func (s *Server) meter() guard.Meter {
	return guard.NewMeter(s.config.Limits.Bandwidth, time.Second)
}

// takeAllocation counts an allocation for its participant, its address and all.
func (s *Server) takeAllocation(r *request) bool {
	if !s.allocations.Take(r.bind) {
		return false
	}
	if !s.sources.Take(guard.Source(r.client.Addr())) {
		s.allocations.Give(r.bind)
		return false
	}
	return true
}

func (s *Server) giveAllocation(a *allocation) {
	s.allocations.Give(a.bind)
	s.sources.Give(guard.Source(a.client.Addr()))
}

// begin makes the allocation the client's.
func (a *allocation) begin() {
	a.front.mu.Lock()
	defer a.front.mu.Unlock()
	a.front.allocations[a.client] = a
}

// end gives back everything that the allocation holds, once.
func (a *allocation) end() {
	a.once.Do(func() {
		close(a.ended)
		a.port.close()
		a.front.forget(a)
		a.front.server.giveAllocation(a)
		a.front.server.log.Info("allocation ended", "bind", a.bind, "seconds", int64(time.Since(a.born).Seconds()),
			"bytesUp", a.up.bytes.Load(), "bytesDown", a.down.bytes.Load())
		a.front.server.ledger.remove(a)
	})
}

func (f *front) forget(a *allocation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.allocations[a.client] == a {
		delete(f.allocations, a.client)
	}
}

// permit notes permissions for the peers, and tells whether the limit allows them.
func (a *allocation) permit(peers []netip.AddrPort, now time.Time, limits Limits) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.permissions == nil {
		a.permissions = make(map[netip.Addr]time.Time)
	}
	for _, peer := range peers {
		if _, known := a.permissions[peer.Addr()]; !known && len(a.permissions) >= limits.Permissions {
			a.expirePermissions(now)
			if len(a.permissions) >= limits.Permissions {
				return false
			}
		}
		a.permissions[peer.Addr()] = now.Add(permissionLifetime)
	}
	return true
}

func (a *allocation) expirePermissions(now time.Time) {
	for ip, until := range a.permissions {
		if !now.Before(until) {
			delete(a.permissions, ip)
		}
	}
}

// bindChannel notes a channel. A number and a peer belong to each other for as
// long as the binding lives (RFC 8656 section 12.2).
func (a *allocation) bindChannel(number uint16, peer netip.AddrPort, now time.Time, limits Limits) int {
	if code := a.mayBind(number, peer, now, limits); code != granted {
		return code
	}
	if !a.permit([]netip.AddrPort{peer}, now, limits) {
		return insufficientCapacity
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.channels == nil {
		a.channels, a.numbers = make(map[uint16]channel), make(map[netip.AddrPort]uint16)
	}
	a.channels[number] = channel{peer, now.Add(channelLifetime)}
	a.numbers[peer] = number
	return granted
}

func (a *allocation) mayBind(number uint16, peer netip.AddrPort, now time.Time, limits Limits) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	for other, bound := range a.channels {
		switch {
		case !now.Before(bound.expires):
			delete(a.channels, other)
			delete(a.numbers, bound.peer)
		case (other == number) != (bound.peer == peer):
			return badRequest
		}
	}
	if _, known := a.channels[number]; !known && len(a.channels) >= limits.Channels {
		return insufficientCapacity
	}
	return granted
}

// ReadFrom is called by pion for what peers send, in a goroutine for each
// allocation. What is to do it does itself, and ends the goroutine then. Were
// it to return an error, pion would end the allocation that the client has by
// then, which may be its next.
func (a *allocation) ReadFrom([]byte) (int, net.Addr, error) {
	a.front.transport.relay(a)
	runtime.Goexit()
	return 0, nil, net.ErrClosed
}

// WriteTo is not called: pion is given no data to send.
func (a *allocation) WriteTo(p []byte, _ net.Addr) (int, error) { return len(p), nil }

// Close ends the allocation. It returns no error: pion would leave other
// allocations open after one.
func (a *allocation) Close() error {
	a.end()
	return nil
}

// LocalAddr is the address that the relay advertises.
func (a *allocation) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(a.port.public) }

// SetDeadline, SetReadDeadline and SetWriteDeadline do nothing; pion sets none.
func (a *allocation) SetDeadline(time.Time) error      { return nil }
func (a *allocation) SetReadDeadline(time.Time) error  { return nil }
func (a *allocation) SetWriteDeadline(time.Time) error { return nil }
