// Package relay is Parley's TURN server: pion/turn v3 does the relaying, and
// stands behind guards of ours.
//
//	client ─ datagrams ┐          ┌ decode (wire) ─ authenticate ─ rule ┐
//	         stream    ┴ front ───┤                                     ├─ pion ─ allocation ─ peer
//	                              └ ChannelData, as it is ──────────────┘
//
// pion v3.0.3 is the last v3 and gets no fixes, so it is given only what is
// known to be harmless: whole frames, from clients that have proved who they
// are, written anew by us. What goes wrong without that is in
// docs/decisions/0003-turn-server.md.
package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/turnserver/datagram"
	"github.com/parleychat/parley/turnserver/guard"
)

const nonceLifetime = time.Hour // RFC 8656 section 5

// Server is a running TURN server.
type Server struct {
	config  Config
	log     *slog.Logger
	pionLog *pionLog
	started time.Time

	peers       guard.Peers
	nonces      *guard.Nonces
	answers     *guard.Buckets
	allocations *guard.Quota[string]       // by bind
	sources     *guard.Quota[netip.Prefix] // allocations, by address
	connections *guard.Quota[netip.Prefix]
	ports       *ports
	ledger      *ledger
	streams     streams
	counters    *counters

	addr, tlsAddr netip.AddrPort
	dataPath      string
	open          []interface{ Close() error }
	draining      atomic.Bool
	closing       chan struct{}
	once          sync.Once
}

// Start runs a server until ctx ends or it is closed. It fails when the
// configuration is incomplete or an address cannot be listened on.
func Start(ctx context.Context, config Config) (*Server, error) {
	config, err := config.complete()
	if err != nil {
		return nil, err
	}
	s := newServer(config)
	families, err := s.locate()
	if err != nil {
		return nil, err
	}
	s.ports.families = families
	if err := s.listen(); err != nil {
		s.Close()
		return nil, err
	}
	context.AfterFunc(ctx, func() { s.Close() })
	return s, nil
}

func newServer(config Config) *Server {
	limits, now := config.Limits, time.Now()
	s := &Server{
		config: config, log: config.Log, started: now,
		pionLog:     &pionLog{log: config.Log, start: now},
		nonces:      guard.NewNonces(nonceLifetime),
		answers:     guard.NewBuckets(limits.Answers, limits.AnswerBurst),
		allocations: guard.NewQuota[string](limits.UserAllocations, limits.Allocations),
		sources:     guard.NewQuota[netip.Prefix](limits.SourceAllocations, limits.Allocations),
		connections: guard.NewQuota[netip.Prefix](limits.SourceConnections, limits.Connections),
		ledger:      newLedger(),
		streams:     streams{open: make(map[*stream]struct{})},
		counters:    newCounters(),
		closing:     make(chan struct{}),
		peers:       guard.Peers{Denied: config.DeniedPeers, Allowed: config.AllowedPeers, AllowPrivate: config.AllowPrivatePeers},
	}
	s.ports = &ports{
		min: config.MinPort, max: config.MaxPort, peers: &s.peers, live: make(map[place]*port),
	}
	return s
}

func (s *Server) listen() error {
	for _, on := range s.config.Listen {
		bound, err := s.listenBoth(on)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", on, err)
		}
		s.addr = either(s.addr, bound)
	}
	for _, on := range s.config.TLSListen {
		secure := &tls.Config{GetCertificate: s.config.Certificate, MinVersion: tls.VersionTLS12}
		bound, err := s.listenTCP(on, secure)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", on, err)
		}
		s.tlsAddr = either(s.tlsAddr, bound)
	}
	return nil
}

// listenBoth listens by UDP and TCP on the same port. Where any port will do,
// the one that UDP gets may be taken for TCP, so it tries a few.
func (s *Server) listenBoth(on netip.AddrPort) (netip.AddrPort, error) {
	var failure error
	for range 16 {
		first, err := s.newUDP(on)
		if err != nil {
			return netip.AddrPort{}, err
		}
		bound := first.listener.LocalAddr()
		if _, failure = s.listenTCP(bound, nil); failure == nil {
			return bound, s.serveShards(first, bound)
		}
		if err := first.discard(); err != nil || on.Port() != 0 {
			return netip.AddrPort{}, failure
		}
	}
	return netip.AddrPort{}, failure
}

func (s *Server) newUDP(on netip.AddrPort) (*datagrams, error) {
	loop, err := datagram.New(datagram.Options{
		Path: s.config.DataPath, Pause: s.config.Pause, Dropped: &s.counters.dropped,
	})
	if err != nil {
		return nil, err
	}
	s.dataPath = loop.Name()
	return newDatagrams(s, loop, on, s.config.Shards > 1)
}

// serveShards serves an address with the first listener and as many more as
// there are to be. The kernel spreads the clients over them.
func (s *Server) serveShards(first *datagrams, bound netip.AddrPort) error {
	if err := s.serveUDP(first); err != nil {
		return err
	}
	for range s.config.Shards - 1 {
		another, err := s.newUDP(bound)
		if err != nil {
			return err
		}
		if err := s.serveUDP(another); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) serveUDP(d *datagrams) error {
	if _, err := d.front.serve(d); err != nil {
		return errors.Join(err, d.discard())
	}
	s.open = append(s.open, d)
	return nil
}

func (s *Server) listenTCP(on netip.AddrPort, secure *tls.Config) (netip.AddrPort, error) {
	listener, err := net.Listen(network("tcp", on.Addr()), on.String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	s.open = append(s.open, listener)
	go s.accept(listener, secure)
	return listener.Addr().(*net.TCPAddr).AddrPort(), nil
}

// Addr is where the server listens by UDP and TCP: the first, if several.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// TLSAddr is where the server listens by TLS, the zero value if nowhere.
func (s *Server) TLSAddr() netip.AddrPort { return s.tlsAddr }

// DataPath says how UDP is read and written, for the log.
func (s *Server) DataPath() string { return s.dataPath }

// AllocationCount is the number of live allocations.
func (s *Server) AllocationCount() int { return s.ledger.count() }

// Draining tells whether the server has stopped making allocations.
func (s *Server) Draining() bool { return s.draining.Load() }

// Drain refuses new allocations from now on and waits until the live ones
// have ended. It returns the error of ctx when that ends first; the server
// then still serves them, until it is closed.
func (s *Server) Drain(ctx context.Context) error {
	s.draining.Store(true)
	return s.ledger.wait(ctx)
}

// Close stops listening, ends all allocations and returns when they have ended.
func (s *Server) Close() error {
	var failures []error
	s.once.Do(func() {
		s.draining.Store(true)
		close(s.closing)
		for _, one := range s.open {
			failures = append(failures, one.Close())
		}
		s.streams.closeAll()
	})
	s.ledger.wait(context.Background())
	return errors.Join(failures...)
}
