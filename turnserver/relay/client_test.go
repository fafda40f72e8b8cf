package relay_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
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
	var conn net.Conn
	var err error
	switch over {
	case "tls":
		conn, err = tls.Dial("tcp", server.TLSAddr().String(), &tls.Config{InsecureSkipVerify: true})
	default:
		conn, err = net.Dial(over, server.Addr().String())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return newClient(t, conn, over)
}

func newClient(t *testing.T, conn net.Conn, over string) *client {
	c := &client{t: t, conn: conn}
	if over != "udp" {
		c.stream = bufio.NewReader(conn)
	}
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
