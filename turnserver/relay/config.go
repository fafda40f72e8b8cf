package relay

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"
)

// MinSecret is the shortest secret in bytes with which Start begins.
const MinSecret = 16

// MaxSoftware is the longest name of the software in bytes. It makes answers
// to strangers longer, so it is far below what RFC 8489 allows.
const MaxSoftware = 32

// Config says how a Server runs. Listen and Secrets must be set; everything
// else has a default.
type Config struct {
	// Listen are the addresses to serve on, each by UDP and by TCP. Port 0
	// picks a port that is free for both.
	Listen []netip.AddrPort
	// TLSListen are the addresses to serve TLS over TCP on. They need Certificate.
	TLSListen []netip.AddrPort
	// Certificate chooses the certificate of a TLS handshake.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)

	// Realm is named to clients; the default is "parley".
	Realm string
	// Software is named to clients in answers to Binding and in refusals; the
	// default is to say nothing. It has at most MaxSoftware bytes.
	Software string
	// Secrets are shared with whoever issues credentials (see shared/ice). All
	// of them are honoured, so that one can replace another.
	Secrets []string

	// Public are the addresses that clients are told to reach relays at, at
	// most one of each family. The default is the listening address or, where
	// that is a wildcard, the machine's primary address.
	Public []netip.Addr
	// MinPort and MaxPort bound the relays' ports; the default is 49152-65535.
	MinPort, MaxPort uint16

	// AllowPrivatePeers admits private and loopback peers. For development only.
	AllowPrivatePeers bool
	// DeniedPeers are refused besides the special ranges.
	DeniedPeers []netip.Prefix
	// AllowedPeers are admitted though they are special, unless they are denied.
	AllowedPeers []netip.Prefix

	// DataPath is how UDP is read and written: "fast" is for Linux, "portable"
	// for every system, and "auto", the default, is the faster that there is.
	DataPath string
	// Pause is how long the fast path rests before it reads again, while enough
	// packets come that it finds several then; 0 is never.
	Pause time.Duration
	// Shards is how many goroutines serve each UDP address; the default is one.
	// More than one helps only where there are more processors, and needs Linux.
	Shards int

	// Limits bound what clients can take; zero fields take their defaults.
	Limits Limits
	// Log gets the server's lines; the default is slog.Default().
	Log *slog.Logger
	// Now is the clock for credentials and nonces; the default is time.Now.
	Now func() time.Time
}

// Limits bound what clients can take.
type Limits struct {
	// UserAllocations is how many allocations one bind of shared/ice may hold.
	// A browser makes one for each of its interfaces and each URL. Default 32.
	UserAllocations int
	// SourceAllocations is how many one IPv4 address or one IPv6 /64 may hold.
	// Default 512, for offices behind one NAT.
	SourceAllocations int
	// Allocations is how many there may be in all. Default 4,000.
	Allocations int
	// Permissions and Channels are for one allocation. Default 64 each.
	Permissions, Channels int

	// Bandwidth is how many bytes of data a second one allocation may carry
	// each way. What is beyond is dropped. The default is no limit.
	Bandwidth int

	// SourceConnections is how many TCP and TLS connections one IPv4 address
	// or one IPv6 /64 may have. Default 128, for offices behind one NAT.
	SourceConnections int
	// Connections is how many there may be in all. Default 4,000.
	Connections int

	// Answers is how many answers a second one source gets before it has
	// authenticated, and AnswerBurst how many at once. Defaults 50 and 250.
	Answers, AnswerBurst int

	// Opening is how long a connection may take from its accept to its first
	// allocation, TLS handshake included. Default 30 s.
	Opening time.Duration
	// Idle is how long a connection with an allocation may send nothing.
	// Default 11 minutes: a client refreshes at least every 10.
	Idle time.Duration
	// Write is how long a client may take to accept a frame. Default 5 s.
	Write time.Duration
	// Age is how long an allocation may be refreshed; its credential is
	// checked only when it begins. Default 12 hours.
	Age time.Duration
}

func (c Config) complete() (Config, error) {
	switch {
	case len(c.Listen) == 0:
		return c, errors.New("a TURN server needs an address to listen on")
	case len(c.Secrets) == 0:
		return c, errors.New("a TURN server needs a secret")
	case len(c.Software) > MaxSoftware:
		return c, fmt.Errorf("the name of the software has at most %d bytes", MaxSoftware)
	case len(c.TLSListen) > 0 && c.Certificate == nil:
		return c, errors.New("a TLS listener needs a certificate")
	}
	for _, secret := range c.Secrets {
		if len(secret) < MinSecret {
			return c, fmt.Errorf("a TURN secret has at least %d bytes", MinSecret)
		}
	}
	if err := checkPublic(c.Public); err != nil {
		return c, err
	}
	c.Realm = either(c.Realm, "parley")
	c.MinPort = either(c.MinPort, 49152)
	c.MaxPort = either(c.MaxPort, 65535)
	if c.MinPort > c.MaxPort {
		return c, fmt.Errorf("the relay ports %d-%d are no range", c.MinPort, c.MaxPort)
	}
	c.DataPath = either(c.DataPath, "auto")
	c.Shards = either(c.Shards, 1)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	c.Log = slog.New(&slowHandler{Handler: c.Log.Handler(), rate: newLineRate()})
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Limits = c.Limits.complete()
	return c, nil
}

// checkPublic refuses addresses that nobody could reach a relay at, and a
// second one of a family, which would never be told to anybody.
func checkPublic(public []netip.Addr) error {
	seen := make(map[uint8]bool)
	for _, ip := range public {
		switch {
		case ip.IsUnspecified(), ip.Is4In6(), ip.IsMulticast():
			return fmt.Errorf("%s is no address to reach a relay at", ip)
		case seen[familyOf(ip)]:
			return fmt.Errorf("%s is a second public address of its family", ip)
		}
		seen[familyOf(ip)] = true
	}
	return nil
}

func (l Limits) complete() Limits {
	return Limits{
		UserAllocations:   either(l.UserAllocations, 32),
		SourceAllocations: either(l.SourceAllocations, 512),
		Allocations:       either(l.Allocations, 4000),
		Permissions:       either(l.Permissions, 64),
		Channels:          either(l.Channels, 64),
		Bandwidth:         l.Bandwidth,
		SourceConnections: either(l.SourceConnections, 128),
		Connections:       either(l.Connections, 4000),
		Answers:           either(l.Answers, 50),
		AnswerBurst:       either(l.AnswerBurst, 250),
		Opening:           either(l.Opening, 30*time.Second),
		Idle:              either(l.Idle, 11*time.Minute),
		Write:             either(l.Write, 5*time.Second),
		Age:               either(l.Age, 12*time.Hour),
	}
}

// either returns the value that was set, or else its default.
func either[T comparable](set, fallback T) T {
	var unset T
	if set == unset {
		return fallback
	}
	return set
}
