package relay

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"

	"github.com/parleychat/parley/turnserver/guard"
	"github.com/parleychat/parley/turnserver/wire"
)

// bufferSize is what every UDP socket asks for to receive into. A burst of
// video must wait in the kernel while its reader is busy; Linux's default of
// 208 KiB loses 15 % at saturation.
const bufferSize = 4 << 20

// socket is what the server needs of a UDP socket.
type socket interface {
	ReadFromUDPAddrPort([]byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error)
	LocalAddr() net.Addr
	Close() error
}

// listenUDP binds one address family only, so that addresses are never in
// their mapped form.
func listenUDP(on netip.AddrPort) (socket, error) {
	conn, err := net.ListenUDP(network("udp", on.Addr()), net.UDPAddrFromAddrPort(on))
	if err != nil {
		return nil, err
	}
	conn.SetReadBuffer(bufferSize) // the kernel caps it; what it gives will do
	conn.SetWriteBuffer(bufferSize)
	return conn, nil
}

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
	listen   func(netip.AddrPort) (socket, error)

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
	socket socket
	public netip.AddrPort
}

// attempts bounds how many ports another program may hold in a row.
const attempts = 64

var errNoPort = errors.New("every relay port is taken")

func (s *ports) serves(family uint8) bool {
	_, served := s.families[family]
	return served
}

// open binds a free port, on request one with an even number. It begins at a
// random one, so that the next port cannot be guessed.
func (s *ports) open(number uint8, even bool) (*port, error) {
	where := s.families[number]
	size := int(s.max-s.min) + 1
	first := rand.IntN(size)
	var failure error
	for i, failures := 0, 0; i < size && failures < attempts; i++ {
		at := place{number, s.min + uint16((first+i)%size)}
		if s.isLive(at) || even && at.number%2 != 0 {
			continue
		}
		conn, err := s.listen(netip.AddrPortFrom(where.bind, at.number))
		if err == nil {
			return s.add(&port{s, at, conn, netip.AddrPortFrom(where.public, at.number)}), nil
		}
		failure = err
		failures++
	}
	if failure == nil {
		return nil, errNoPort
	}
	return nil, fmt.Errorf("open a relay port: %w", failure)
}

func (s *ports) isLive(at place) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.live[at] != nil
}

func (s *ports) add(p *port) *port {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[p.at] = p
	return p
}

func (p *port) close() {
	p.ports.mu.Lock()
	if p.ports.live[p.at] == p {
		delete(p.ports.live, p.at)
	}
	p.ports.mu.Unlock()
	p.socket.Close()
}

// target is where a packet for a peer goes. Our own public address leads only
// to live relays; the second result is false for anything else there.
func (p *port) target(peer netip.AddrPort) (netip.AddrPort, bool) {
	if !p.ports.peers.IsPublic(peer.Addr()) {
		return peer, true
	}
	if !p.ports.isLive(place{familyOf(peer.Addr()), peer.Port()}) {
		return peer, p.ports.peers.AllowPrivate
	}
	if inside := p.ports.families[p.at.family].inside; inside.IsValid() {
		return netip.AddrPortFrom(inside, peer.Port()), true
	}
	return peer, true
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
