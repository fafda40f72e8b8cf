package relay

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// allocation is one client's relay. pion sees it as the relay's socket: pion
// reads from it what peers send, writes to it what the client sends, and
// closes it when the allocation ends.
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

	// Only the goroutine of the front touches these. They follow what pion
	// keeps, which gives no account of it.
	expires     time.Time
	permissions map[netip.Addr]time.Time // until when
	channels    map[uint16]channel

	// sender is the address that ReadFrom returns, and senderIP its memory.
	// pion looks at it only until its next read.
	sender   net.UDPAddr
	senderIP [16]byte

	up, down tally
	once     sync.Once
	ended    chan struct{}
}

type channel struct {
	peer    netip.AddrPort
	expires time.Time
}

// tally counts what went one way.
type tally struct{ packets, bytes atomic.Int64 }

func (t *tally) add(bytes int) {
	t.packets.Add(1)
	t.bytes.Add(int64(bytes))
}

// open opens a relay for a request, within the quotas.
func (f *front) open(r *request, family uint8, even bool) int {
	s := f.server
	if s.draining.Load() || !s.allocations.Take(r.bind) {
		return quotaReached
	}
	port, err := s.ports.open(family, even)
	if err != nil {
		s.allocations.Give(r.bind)
		s.log.Error("no relay port could be opened", "error", err)
		return insufficientCapacity
	}
	r.opened = &allocation{
		front: f, client: r.client, addr: f.addr(r.client),
		user: r.user, bind: r.bind, key: r.key,
		family: family, born: r.at, port: port,
		permissions: make(map[netip.Addr]time.Time),
		channels:    make(map[uint16]channel),
		ended:       make(chan struct{}),
	}
	s.ledger.add(r.opened)
	return granted
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
		a.front.server.allocations.Give(a.bind)
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
		if now.After(until) {
			delete(a.permissions, ip)
		}
	}
}

// bindChannel notes a channel. A number and a peer belong to each other for as
// long as the binding lives (RFC 8656 section 12.2).
func (a *allocation) bindChannel(number uint16, peer netip.AddrPort, now time.Time, limits Limits) int {
	for other, bound := range a.channels {
		switch {
		case now.After(bound.expires):
			delete(a.channels, other)
		case (other == number) != (bound.peer == peer):
			return badRequest
		}
	}
	if _, known := a.channels[number]; !known && len(a.channels) >= limits.Channels {
		return insufficientCapacity
	}
	if !a.permit([]netip.AddrPort{peer}, now, limits) {
		return insufficientCapacity
	}
	a.channels[number] = channel{peer, now.Add(channelLifetime)}
	return granted
}

// ReadFrom reads what a peer sends. It returns an error only once the
// allocation has ended: for pion any error is the end. A packet that fills p
// was cut by it and is dropped.
func (a *allocation) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := a.port.socket.ReadFromUDPAddrPort(p)
		switch {
		case err != nil && a.pause(err):
			return 0, nil, net.ErrClosed
		case err != nil || n >= min(len(p), wire.MaxFrame):
			a.front.server.counters.dropped.Add(1)
			continue
		}
		a.down.add(n)
		return n, a.senderAddr(a.port.source(from)), nil
	}
}

// pause waits a little after an error that will pass, so that one that does
// not pass costs little. It returns true when the allocation has ended.
func (a *allocation) pause(err error) bool {
	return pause(err, a.ended)
}

func (a *allocation) senderAddr(from netip.AddrPort) net.Addr {
	a.senderIP = from.Addr().As16()
	a.sender.IP = a.senderIP[:]
	if from.Addr().Is4() {
		a.sender.IP = a.senderIP[12:]
	}
	a.sender.Port = int(from.Port())
	return &a.sender
}

// WriteTo sends what the client sends on to a peer. A packet that cannot be
// sent is lost, as any may be on the way; that is no error to pion.
func (a *allocation) WriteTo(p []byte, to net.Addr) (int, error) {
	peer, ok := to.(*net.UDPAddr)
	if !ok {
		return len(p), nil
	}
	target, ok := a.port.target(peer.AddrPort())
	if ok {
		_, err := a.port.socket.WriteToUDPAddrPort(p, target)
		ok = err == nil
	}
	if !ok {
		a.front.server.counters.dropped.Add(1)
		return len(p), nil
	}
	a.up.add(len(p))
	return len(p), nil
}

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
