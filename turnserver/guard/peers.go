// Package guard holds the decisions that keep the TURN server from being
// misused: which peers may be reached, how many allocations and connections
// one source may have, how often a stranger is answered, and which nonces are
// ours. It opens no socket and reads no clock.
package guard

import "net/netip"

// Peers decides which addresses a client may reach through a relay. A relay
// stands inside our network, so whatever only our network can reach must stay
// out of its reach.
type Peers struct {
	// Public are the addresses that our relays advertise. They are admitted,
	// because two clients that both use a relay meet there; which ports may be
	// reached is for the relay's own table of live ports.
	Public []netip.Addr
	// Own are the other addresses of this machine. They are refused.
	Own []netip.Addr
	// Denied are ranges that the operator refuses besides.
	Denied []netip.Prefix
	// Allowed are special ranges that the operator admits, such as that of a
	// media server inside the network. Denied counts more, and link-local
	// addresses, where clouds have their metadata, are never admitted.
	Allowed []netip.Prefix
	// AllowPrivate admits loopback, private ranges and this machine's own
	// addresses. It is for development only.
	AllowPrivate bool
}

// Admits tells whether an address may be a peer. IPv4 in its IPv6 form is
// always refused: no honest client sends it.
func (p *Peers) Admits(ip netip.Addr) bool {
	ip = ip.WithZone("")
	switch {
	case ip.Is4In6():
		return false
	case within(p.Denied, ip):
		return false
	case contains(p.Public, ip):
		return true
	case contains(p.Own, ip):
		return p.AllowPrivate && !ip.IsLinkLocalUnicast()
	case p.AllowPrivate && within(private, ip):
		return true
	case within(p.Allowed, ip) && !within(never, ip):
		return true
	case ip.Is4():
		return !within(special4, ip)
	}
	return global6.Contains(ip) && !within(special6, ip)
}

// IsPublic tells whether an address is one that our relays advertise.
func (p *Peers) IsPublic(ip netip.Addr) bool { return contains(p.Public, ip) }

// never are the ranges that nobody can allow.
var never = prefixes("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "::ffff:0:0/96", "fd00:ec2::/32", "fe80::/10", "ff00::/8")

// private are the ranges that development needs.
var private = prefixes(
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
	"::1/128", "fc00::/7",
)

// special4 are the ranges of the IANA IPv4 Special-Purpose Address Registry
// that are not globally reachable, and multicast.
var special4 = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared, behind carriers' NAT
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local; cloud metadata
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.31.196.0/24", // AS112
	"192.52.193.0/24", // multicast tunnels
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"192.175.48.0/24", // AS112
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved; broadcast
)

// global6 is the only range from which IPv6 unicast is handed out. Loopback,
// private, link-local, multicast, NAT64 and mapped addresses lie outside.
var global6 = netip.MustParsePrefix("2000::/3")

// special6 are the exceptions inside global6. Those that carry an IPv4
// address would be a way around special4.
var special6 = prefixes(
	"2001::/23",     // protocol assignments: Teredo, benchmarks, ORCHID
	"2001:db8::/32", // documentation
	"2002::/16",     // 6to4
	"2620:4f:8000::/48",
	"3fff::/20", // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

func within(list []netip.Prefix, ip netip.Addr) bool {
	for _, prefix := range list {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

func contains(list []netip.Addr, ip netip.Addr) bool {
	for _, one := range list {
		if one == ip {
			return true
		}
	}
	return false
}
