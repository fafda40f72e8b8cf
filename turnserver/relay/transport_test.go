package relay

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/pion/stun/v2"
)

const testSecret = "a secret of enough bytes"

// aServer is a server that listens nowhere.
func aServer(t testing.TB) *Server {
	t.Helper()
	config, err := Config{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Secrets: []string{testSecret},
		AllowPrivatePeers: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}.complete()
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(config)
	if s.ports.families, err = s.locate(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// script is a socket that reads what it was told to.
type script struct {
	packetConn
	steps []any // error or []byte
}

func (s *script) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	if len(s.steps) == 0 {
		return 0, netip.AddrPort{}, net.ErrClosed
	}
	step := s.steps[0]
	s.steps = s.steps[1:]
	if err, failed := step.(error); failed {
		return 0, netip.AddrPort{}, err
	}
	return copy(p, step.([]byte)), netip.MustParseAddrPort("127.0.0.1:4000"), nil
}

var passing = []any{
	&net.OpError{Op: "read", Err: syscall.ENOBUFS}, &net.OpError{Op: "read", Err: syscall.ECONNREFUSED}, os.ErrDeadlineExceeded,
}

// Row 3: for pion the first error of a relay is the end of its allocation.
func TestAnErrorThatPassesDoesNotEndAnAllocation(t *testing.T) {
	s := aServer(t)
	ours, theirs := net.Pipe()
	defer theirs.Close()
	st := &stream{raw: ours, conn: ours}
	st.front = newFront(s, st)
	steps := append(append([]any{}, passing...), []byte("hello"))
	a := &allocation{
		front: st.front, ended: make(chan struct{}),
		port: &port{ports: s.ports, socket: &ownSocket{&script{steps: steps}, &s.counters.dropped}},
	}
	a.permit([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:4000")}, time.Now(), s.config.Limits)
	over := make(chan struct{})
	go func() {
		defer close(over)
		a.ReadFrom(nil)
		t.Error("pion gets an error, and ends whatever allocation the client has by then")
	}()
	theirs.SetReadDeadline(time.Now().Add(5 * time.Second))
	p := make([]byte, 100)
	if n, err := theirs.Read(p); err != nil || !bytes.Contains(p[:n], []byte("hello")) {
		t.Errorf("after the errors comes %q, %v", p[:n], err)
	}
	<-over
}

// emptyHanded is a listener that has no file descriptor left, twice.
type emptyHanded struct {
	net.Listener
	failures int
}

func (l *emptyHanded) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// Row 3.
func TestALackOfFileDescriptorsDoesNotEndAListener(t *testing.T) {
	s := aServer(t)
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.open = append(s.open, listener)
	go s.accept(&emptyHanded{listener, 2}, nil)

	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	conn.Write(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	if n, err := conn.Read(make([]byte, 100)); err != nil || n == 0 {
		t.Errorf("it answers %d bytes, %v", n, err)
	}
}

// Near its expiry an allocation counts as gone: pion must not work on one
// that its own timer is closing.
func TestAnAllocationInItsLastMomentIsGone(t *testing.T) {
	now := time.Now()
	r := request{at: now, held: &allocation{expires: now.Add(lastMoment)}}
	if r.holds() {
		t.Error("pion is given a request for an allocation that it may be closing")
	}
	r.held.expires = now.Add(lastMoment + time.Millisecond)
	if !r.holds() {
		t.Error("an allocation with time left counts as gone")
	}
}

func TestPermissionsThatHaveEndedDoNotCount(t *testing.T) {
	now := time.Now()
	a := &allocation{}
	limits := Limits{Permissions: 1, Channels: 1}
	one, two := netip.MustParseAddrPort("8.8.8.8:1"), netip.MustParseAddrPort("8.8.4.4:1")
	if a.bindChannel(0x4000, one, now, limits) != granted {
		t.Error("the first is refused")
	}
	if a.bindChannel(0x4001, two, now, limits) != insufficientCapacity {
		t.Error("the second is granted while the first lives")
	}
	if a.bindChannel(0x4001, two, now.Add(channelLifetime+time.Second), limits) != granted {
		t.Error("the second is refused though the first has ended")
	}
}

func TestACertificateIsReadAgainWhenItsFilesChange(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	WriteCertificate(t, certFile, keyFile)
	c, err := LoadCertificate(certFile, keyFile, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	first := c.at(now)
	now = now.Add(certificateCheck)
	if c.at(now) != first {
		t.Error("it changed by itself")
	}
	os.WriteFile(certFile, []byte("half a file"), 0o600)
	now = now.Add(certificateCheck)
	if c.at(now) != first {
		t.Error("a certificate that cannot be read has replaced a good one")
	}
	WriteCertificate(t, certFile, keyFile)
	if c.at(now.Add(certificateCheck/2)) != first {
		t.Error("the files are looked at at every handshake")
	}
	if c.at(now.Add(certificateCheck)) == first {
		t.Error("the new certificate is not used")
	}
	if _, err := LoadCertificate(filepath.Join(dir, "none"), keyFile, nil); err == nil {
		t.Error("a certificate that is not there was loaded")
	}
}

// The way of every media packet allocates nothing.
func TestDataIsCarriedWithoutAllocating(t *testing.T) {
	loop := newMemoryLoop()
	d, err := newDatagrams(aServer(t), loop, netip.AddrPort{}, false)
	if err != nil {
		t.Fatal(err)
	}
	client, peer := netip.MustParseAddrPort("127.0.0.1:4000"), netip.MustParseAddrPort("198.51.100.9:5000")
	relay := &memorySocket{loop: loop}
	held := &allocation{front: d.front, client: client, port: &port{ports: d.front.server.ports, socket: relay}}
	d.front.allocations[client] = held
	held.bindChannel(0x4000, peer, time.Now(), d.front.server.config.Limits)

	frame := []byte{0x40, 0, 0, 4, 1, 2, 3, 4}
	if n := testing.AllocsPerRun(100, func() { d.front.admit(nil, frame, client) }); n != 0 || relay.sent == 0 {
		t.Errorf("on the way up %v allocations, %d datagrams", n, relay.sent)
	}
	if n := testing.AllocsPerRun(100, func() { held.fromPeer(peer, frame) }); n != 0 || loop.listener.sent == 0 {
		t.Errorf("on the way down %v allocations, %d datagrams", n, loop.listener.sent)
	}
	before := relay.sent
	d.front.admit(nil, frame, netip.MustParseAddrPort("127.0.0.1:4001"))
	if relay.sent != before {
		t.Error("ChannelData of a stranger goes to a peer")
	}
}
