package relay

import (
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/parleychat/parley/turnserver/wire"
)

// locate finds where relays listen and what they advertise, for each address
// family that the configuration names.
func (s *Server) locate() (map[uint8]family, error) {
	own, err := ownAddresses()
	if err != nil {
		return nil, err
	}
	families := make(map[uint8]family)
	for _, on := range s.config.Listen {
		s.offer(families, on.Addr(), own)
	}
	for _, public := range s.config.Public {
		if _, known := families[familyOf(public)]; !known {
			s.offer(families, wildcard(public), own)
		}
	}
	if len(families) == 0 {
		return nil, fmt.Errorf("no address is known at which clients could reach a relay; name one")
	}
	for _, where := range families {
		s.peers.Public = append(s.peers.Public, where.public)
	}
	s.peers.Own = own
	return families, nil
}

// offer adds a family whose relays listen on bind, if it can be advertised.
func (s *Server) offer(families map[uint8]family, bind netip.Addr, own []netip.Addr) {
	where := family{bind: bind, public: s.advertised(bind)}
	if !where.public.IsValid() {
		return
	}
	if !slices.Contains(own, where.public) {
		where.inside = bind
		if bind.IsUnspecified() {
			where.inside = loopback(bind)
		}
	}
	families[familyOf(bind)] = where
}

// advertised is the address that clients are told for relays that listen on bind.
func (s *Server) advertised(bind netip.Addr) netip.Addr {
	for _, public := range s.config.Public {
		if public.Is4() == bind.Is4() {
			return public
		}
	}
	if !bind.IsUnspecified() {
		return bind
	}
	return primary(bind)
}

// primary is the address from which this machine would send to the internet.
// Connecting a UDP socket asks the routing table and sends nothing.
func primary(like netip.Addr) netip.Addr {
	far := "198.51.100.1:9" // documentation addresses
	if like.Is6() {
		far = "[2001:db8::1]:9"
	}
	conn, err := net.Dial(network("udp", like), far)
	if err != nil {
		return netip.Addr{}
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

func ownAddresses() ([]netip.Addr, error) {
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list this machine's addresses: %w", err)
	}
	var own []netip.Addr
	for _, one := range nets {
		if prefix, err := netip.ParsePrefix(one.String()); err == nil {
			own = append(own, prefix.Addr())
		}
	}
	return own, nil
}

func wildcard(like netip.Addr) netip.Addr {
	if familyOf(like) == wire.FamilyIPv4 {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}

func loopback(like netip.Addr) netip.Addr {
	if familyOf(like) == wire.FamilyIPv4 {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}
