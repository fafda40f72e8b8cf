package relay

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"

	"github.com/parleychat/parley/turnserver/guard"
	"github.com/parleychat/parley/turnserver/wire"
)

func network(protocol string, ip netip.Addr) string {
	if ip.Is4() {
		return protocol + "4"
	}
	return protocol + "6"
}

// ports is the range of relay ports, and those of them that are live.
type ports struct {
	min, max uint16
	families map[uint8]family
	peers    *guard.Peers

	mu   sync.RWMutex
	live map[place]*port
}

// family says where the relays of one address family are.
type family struct {
	bind   netip.Addr // where relays listen
	public netip.Addr // where clients and peers are told they are
	// inside is where one relay reaches another when the public address is on
	// no interface of this machine but on a NAT in front of it; the network
	// does not send such packets back to us (on AWS it never does). It is the
	// zero Addr when the public address is ours.
	inside netip.Addr
}

type place struct {
	family uint8
	number uint16
}

// port is one live relay port.
type port struct {
	ports  *ports
	at     place
	socket outlet
	owner  *allocation
	public netip.AddrPort
}

// attempts bounds how many ports another program may hold in a row.
const attempts = 64

var errNoPort = errors.New("every relay port is taken")

func (s *ports) serves(family uint8) bool {
	_, served := s.families[family]
	return served
}

// open binds a free port for an allocation, on request one with an even
// number. It begins at a random one, so that the next port cannot be guessed.
func (s *ports) open(a *allocation, even bool) error {
	where := s.families[a.family]
	size := int(s.max-s.min) + 1
	first := rand.IntN(size)
	var failure error
	for i, failures := 0, 0; i < size && failures < attempts; i++ {
		at := place{a.family, s.min + uint16((first+i)%size)}
		if s.isLive(at) || even && at.number%2 != 0 {
			continue
		}
		socket, err := a.front.transport.bind(netip.AddrPortFrom(where.bind, at.number), a)
		if err == nil {
			a.port = &port{s, at, socket, a, netip.AddrPortFrom(where.public, at.number)}
			s.add(a.port)
			return nil
		}
		failure = err
		failures++
	}
	if failure == nil {
		return errNoPort
	}
	return fmt.Errorf("open a relay port: %w", failure)
}

func (s *ports) isLive(at place) bool { return s.at(at) != nil }

// at returns the allocation at a place, nil if there is none.
func (s *ports) at(at place) *allocation {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if p := s.live[at]; p != nil {
		return p.owner
	}
	return nil
}

func (s *ports) add(p *port) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[p.at] = p
}

func (p *port) close() {
	p.ports.mu.Lock()
	if p.ports.live[p.at] == p {
		delete(p.ports.live, p.at)
	}
	p.ports.mu.Unlock()
	p.socket.Close()
}

// target is where a packet for a peer goes, and the allocation whose relay is
// there, if it is one of ours. Our own public address leads only to live
// relays; the last result is false for anything else there.
func (p *port) target(peer netip.AddrPort) (*allocation, netip.AddrPort, bool) {
	if !p.ports.peers.IsPublic(peer.Addr()) {
		return nil, peer, true
	}
	other := p.ports.at(place{familyOf(peer.Addr()), peer.Port()})
	if other == nil {
		return nil, peer, p.ports.peers.AllowPrivate
	}
	if inside := p.ports.families[p.at.family].inside; inside.IsValid() {
		return other, netip.AddrPortFrom(inside, peer.Port()), true
	}
	return other, peer, true
}

// source is whom a packet is from: what target turned inward, it turns back.
func (p *port) source(from netip.AddrPort) netip.AddrPort {
	where := p.ports.families[p.at.family]
	if from.Addr() == where.inside && p.ports.isLive(place{p.at.family, from.Port()}) {
		return netip.AddrPortFrom(where.public, from.Port())
	}
	return from
}

func familyOf(ip netip.Addr) uint8 {
	if ip.Is4() {
		return wire.FamilyIPv4
	}
	return wire.FamilyIPv6
}
