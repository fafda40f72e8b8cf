package relay_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/relay"
	"github.com/parleychat/parley/turnserver/wire"
)

const (
	secret  = "a secret of enough bytes"
	patient = 5 * time.Second        // for what must come
	curt    = 150 * time.Millisecond // for what must not
)

// serve starts a server on loopback that admits private peers, for a test to
// change.
func serve(t *testing.T, change ...func(*relay.Config)) *relay.Server {
	t.Helper()
	config := relay.Config{
		Listen:            []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
		Secrets:           []string{secret},
		AllowPrivatePeers: true,
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

// client is a TURN client that does exactly what a test tells it to, built on
// pion's STUN messages and not on ours.
type client struct {
	t      *testing.T
	conn   net.Conn
	stream *bufio.Reader // nil for UDP

	user, password string
	realm, nonce   string
	relay          netip.AddrPort
}

// connect opens a client of "udp", "tcp" or "tls" with a fresh credential.
func connect(t *testing.T, server *relay.Server, over string) *client {
	t.Helper()
	c := &client{t: t}
	var err error
	switch over {
	case "tls":
		c.conn, err = tls.Dial("tcp", server.TLSAddr().String(), &tls.Config{InsecureSkipVerify: true})
	default:
		c.conn, err = net.Dial(over, server.Addr().String())
	}
	if err != nil {
		t.Fatal(err)
	}
	if over != "udp" {
		c.stream = bufio.NewReader(c.conn)
	}
	t.Cleanup(func() { c.conn.Close() })
	c.is("s1.p1", secret)
	return c
}

// is takes the credential of a participant.
func (c *client) is(bind, secret string) {
	c.user, c.password = ice.Issue(secret, bind, time.Now(), time.Hour)
}

func (c *client) key() stun.MessageIntegrity {
	return stun.NewLongTermIntegrity(c.user, c.realm, c.password)
}

// sends writes bytes as they are.
func (c *client) sends(raw []byte) {
	c.t.Helper()
	if _, err := c.conn.Write(raw); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// next returns the next frame, and false when none comes in time.
func (c *client) next(within time.Duration) ([]byte, bool) {
	c.conn.SetReadDeadline(time.Now().Add(within))
	p := make([]byte, wire.MaxFrame)
	var n int
	var err error
	if c.stream != nil {
		n, err = wire.ReadFrame(c.stream, p)
	} else {
		n, err = c.conn.Read(p)
	}
	return p[:n], err == nil
}

// gets returns the next message, which must come.
func (c *client) gets() *stun.Message {
	c.t.Helper()
	raw, ok := c.next(patient)
	if !ok {
		c.t.Fatal("no answer came")
	}
	m := &stun.Message{Raw: raw}
	if err := m.Decode(); err != nil {
		c.t.Fatalf("the answer %x is no STUN message: %v", raw, err)
	}
	return m
}

// getsNothing fails when anything comes.
func (c *client) getsNothing() {
	c.t.Helper()
	if raw, ok := c.next(curt); ok {
		c.t.Fatalf("%x came", raw)
	}
}

// getsClosed fails unless the server closes the connection.
func (c *client) getsClosed() {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(patient))
	_, err := io.Copy(io.Discard, c.conn)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		c.t.Fatal("the connection stays open")
	}
}

// asks sends a request without credentials and returns the answer.
func (c *client) asks(method stun.Method, with ...stun.Setter) *stun.Message {
	c.t.Helper()
	setters := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, with...)
	request := stun.MustBuild(setters...)
	c.sends(request.Raw)
	answer := c.gets()
	if answer.TransactionID != request.TransactionID {
		c.t.Fatal("the answer is to something else")
	}
	return answer
}

// learns makes the first round, which ends in 401, for realm and nonce.
func (c *client) learns() {
	c.t.Helper()
	answer := c.asks(stun.MethodAllocate, requestedTransport(17))
	var realm stun.Realm
	var nonce stun.Nonce
	if codeOf(answer) != 401 || realm.GetFrom(answer) != nil || nonce.GetFrom(answer) != nil {
		c.t.Fatalf("the first round ends with %v", answer)
	}
	c.realm, c.nonce = realm.String(), nonce.String()
}

// sealed is a message with the client's credentials.
func (c *client) sealed(method stun.Method, with ...stun.Setter) *stun.Message {
	setters := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, with...)
	return stun.MustBuild(append(setters, stun.NewUsername(c.user), stun.NewRealm(c.realm), stun.NewNonce(c.nonce), c.key())...)
}

// requests sends a request with credentials and returns the answer's code, 0
// for success.
func (c *client) requests(method stun.Method, with ...stun.Setter) int {
	c.t.Helper()
	if c.nonce == "" {
		c.learns()
	}
	request := c.sealed(method, with...)
	c.sends(request.Raw)
	answer := c.gets()
	if answer.TransactionID != request.TransactionID {
		c.t.Fatalf("%v is no answer to %v", answer, request)
	}
	c.notes(answer)
	return codeOf(answer)
}

func (c *client) notes(answer *stun.Message) {
	c.t.Helper()
	var relayed stun.XORMappedAddress
	if answer.Type.Class == stun.ClassSuccessResponse {
		if err := c.key().Check(answer); err != nil {
			c.t.Errorf("the answer's integrity: %v", err)
		}
		if relayed.GetFromAs(answer, stun.AttrXORRelayedAddress) == nil {
			ip, _ := netip.AddrFromSlice(relayed.IP)
			c.relay = netip.AddrPortFrom(ip, uint16(relayed.Port))
		}
	}
}

// allocates makes an allocation, which must succeed.
func (c *client) allocates() *client {
	c.t.Helper()
	if code := c.requests(stun.MethodAllocate, requestedTransport(17)); code != 0 {
		c.t.Fatalf("Allocate is refused with %d", code)
	}
	return c
}

func (c *client) permits(peers ...netip.AddrPort) int {
	c.t.Helper()
	var setters []stun.Setter
	for _, one := range peers {
		setters = append(setters, peerAddress(one))
	}
	return c.requests(stun.MethodCreatePermission, setters...)
}

func (c *client) binds(number uint16, to netip.AddrPort) int {
	c.t.Helper()
	return c.requests(stun.MethodChannelBind, channelNumber(number), peerAddress(to))
}

func (c *client) refreshes(seconds uint32) int {
	c.t.Helper()
	return c.requests(stun.MethodRefresh, lifetime(seconds))
}

// says sends data to a peer in a Send indication.
func (c *client) says(text string, to netip.AddrPort) {
	c.t.Helper()
	c.sends(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodSend, stun.ClassIndication),
		peerAddress(to), attribute{stun.AttrData, []byte(text)}).Raw)
}

// saysOn sends data on a channel.
func (c *client) saysOn(number uint16, text string) {
	c.t.Helper()
	raw := append([]byte{byte(number >> 8), byte(number), byte(len(text) >> 8), byte(len(text))}, text...)
	for c.stream != nil && len(raw)%4 != 0 {
		raw = append(raw, 0)
	}
	c.sends(raw)
}

// hears returns the data of the next Data indication and whose it is.
func (c *client) hears() (text string, from netip.AddrPort) {
	c.t.Helper()
	m := c.gets()
	data, _ := m.Get(stun.AttrData)
	var peer stun.XORMappedAddress
	if err := peer.GetFromAs(m, stun.AttrXORPeerAddress); err != nil {
		c.t.Fatalf("%v is no Data indication", m)
	}
	ip, _ := netip.AddrFromSlice(peer.IP)
	return string(data), netip.AddrPortFrom(ip, uint16(peer.Port))
}

// hearsOn returns the data of the next frame on a channel.
func (c *client) hearsOn(number uint16) string {
	c.t.Helper()
	raw, ok := c.next(patient)
	if !ok || len(raw) < 4 || raw[0] != byte(number>>8) || raw[1] != byte(number) {
		c.t.Fatalf("%x is no data on channel %x", raw, number)
	}
	return string(raw[4 : 4+int(raw[2])<<8+int(raw[3])])
}

func codeOf(m *stun.Message) int {
	var code stun.ErrorCodeAttribute
	if m.Type.Class == stun.ClassSuccessResponse {
		return 0
	}
	if code.GetFrom(m) != nil {
		return -1
	}
	return int(code.Code)
}

// attribute sets an attribute to any bytes, which pion's own setters do not.
type attribute struct {
	kind  stun.AttrType
	value []byte
}

func (a attribute) AddTo(m *stun.Message) error {
	m.Add(a.kind, a.value)
	return nil
}

func requestedTransport(protocol byte) stun.Setter {
	return attribute{stun.AttrRequestedTransport, []byte{protocol, 0, 0, 0}}
}

func requestedFamily(family byte) stun.Setter {
	return attribute{stun.AttrRequestedAddressFamily, []byte{family, 0, 0, 0}}
}

func lifetime(seconds uint32) stun.Setter {
	return attribute{stun.AttrLifetime, []byte{byte(seconds >> 24), byte(seconds >> 16), byte(seconds >> 8), byte(seconds)}}
}

func channelNumber(number uint16) stun.Setter {
	return attribute{stun.AttrChannelNumber, []byte{byte(number >> 8), byte(number), 0, 0}}
}

type peerAddress netip.AddrPort

func (p peerAddress) AddTo(m *stun.Message) error {
	to := netip.AddrPort(p)
	return stun.XORMappedAddress{IP: to.Addr().AsSlice(), Port: int(to.Port())}.AddToAs(m, stun.AttrXORPeerAddress)
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
