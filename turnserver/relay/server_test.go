package relay_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleychat/parley/turnserver/datagram"
	"github.com/parleychat/parley/turnserver/relay"
)

// dataPath is the one that servers under test take.
var dataPath string

// TestMain runs every test on every data path that there is here.
func TestMain(m *testing.M) {
	flag.Parse()
	paths := []string{"portable", "fast"}
	if _, err := datagram.New(datagram.Options{Path: "fast"}); err != nil {
		fmt.Println("without the fast data path:", err)
		paths = paths[:1]
	}
	if flag.Lookup("test.fuzz").Value.String() != "" {
		paths = paths[:1] // the fuzzers have a loop of their own
	}
	for _, dataPath = range paths {
		fmt.Println("on the data path:", dataPath)
		if code := m.Run(); code != 0 {
			os.Exit(code)
		}
	}
}

// serve starts a server on loopback that admits private peers, for a test to
// change.
func serve(t *testing.T, change ...func(*relay.Config)) *relay.Server {
	t.Helper()
	config := relay.Config{
		Listen:            []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
		Secrets:           []string{secret},
		AllowPrivatePeers: true,
		DataPath:          dataPath,
		Log:               slog.New(slog.NewJSONHandler(io.Discard, nil)),
	}
	for _, one := range change {
		one(&config)
	}
	server, err := relay.Start(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if server.Close(); server.AllocationCount() != 0 {
			t.Errorf("%d allocations outlive the server", server.AllocationCount())
		}
	})
	return server
}

func inProduction(c *relay.Config) { c.AllowPrivatePeers = false }

func withLimits(limits relay.Limits) func(*relay.Config) {
	return func(c *relay.Config) { c.Limits = limits }
}

// withTLS adds a TLS listener with a certificate of its own.
func withTLS(t *testing.T) func(*relay.Config) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	relay.WriteCertificate(t, certFile, keyFile)
	certificate, err := relay.LoadCertificate(certFile, keyFile, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return func(c *relay.Config) {
		c.TLSListen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}
		c.Certificate = certificate.Choose
	}
}

// clock is a clock that a test can put forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time         { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) passes(d time.Duration) { c.ahead.Add(int64(d)) }

func withClock(c *clock) func(*relay.Config) {
	return func(config *relay.Config) { config.Now = c.now }
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patient); !so(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("in %v it did not come true that %s", patient, what)
		}
	}
}

// peer is a UDP socket somewhere that knows nothing of TURN.
type peer struct {
	t    *testing.T
	conn *net.UDPConn
}

func newPeer(t *testing.T, on string) *peer {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(on)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &peer{t, conn}
}

func (p *peer) addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *peer) hears() (text string, from netip.AddrPort) {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patient))
	buf := make([]byte, 2000)
	n, from, err := p.conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		p.t.Fatalf("the peer hears nothing: %v", err)
	}
	return string(buf[:n]), from
}

func (p *peer) hearsNothing() {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(curt))
	buf := make([]byte, 2000)
	if n, from, err := p.conn.ReadFromUDPAddrPort(buf); err == nil {
		p.t.Fatalf("the peer hears %q from %v", buf[:n], from)
	}
}

func (p *peer) says(text string, to netip.AddrPort) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort([]byte(text), to); err != nil {
		p.t.Fatal(err)
	}
}
