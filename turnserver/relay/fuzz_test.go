package relay

import (
	"bytes"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/wire"
)

// FuzzPionBehindTheFront gives a whole server, pion included, what a client
// with a valid credential and an allocation may send: any bytes, and any
// attributes in a message that is sealed as it should be. Nothing of it may
// crash pion or stop it from answering. No network is involved.
func FuzzPionBehindTheFront(f *testing.F) {
	f.Add(uint16(0x0016), []byte("\x00\x13\x00\x04\x01\x02\x03\x04\x00\x12\x00\x00")) // row 1
	f.Add(uint16(0x0008), []byte("\x00\x12\x00\x00"))                                 // row 1
	f.Add(uint16(0x0009), []byte("\x00\x0c\x00\x04\x40\x00\x00\x00\x00\x12\x00\x00")) // row 1
	f.Add(uint16(0x0004), []byte("\x00\x0d\x00\x04\x00\x00\x00\x00"))
	f.Add(uint16(0x0003), []byte("\x00\x19\x00\x04\x11\x00\x00\x00\x00\x18\x00\x01\x80\x00\x00\x00"))
	f.Add(uint16(0x4000), []byte("hello"))
	f.Add(uint16(0xffff), []byte("\x00\x01\xff\xec\x21\x12\xa4\x42"))
	f.Fuzz(func(t *testing.T, kind uint16, body []byte) {
		if len(body) > 1000 {
			return
		}
		c := newFuzzClient(t)
		c.allocate()
		c.attack(kind, body)
		c.attack(kind, body)
		c.mustAnswer()
	})
}

// fuzzClient is a client of a UDP listener that exists in memory only.
type fuzzClient struct {
	t      *testing.T
	at     netip.AddrPort
	socket *memory

	user, realm, nonce string
	key                []byte
}

func newFuzzClient(t *testing.T) *fuzzClient {
	s := aServer(t)
	s.ports.listen = func(netip.AddrPort) (socket, error) { return newMemory(), nil }
	c := &fuzzClient{t: t, at: netip.MustParseAddrPort("198.51.100.7:4000"), socket: newMemory()}
	if err := s.serveUDP(c.socket); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *fuzzClient) allocate() {
	answer := c.ask(wire.Build(nil, wire.Allocate, wire.Request, wire.Transaction{1}).Raw())
	var m wire.Message
	if m.Decode(answer) != nil {
		c.t.Fatalf("the first round ends with %x", answer)
	}
	credential := ""
	c.user, credential = ice.Issue(testSecret, "s1.p1", time.Now(), time.Hour)
	c.realm, c.nonce = m.Text(wire.Realm), m.Text(wire.Nonce)
	c.key = wire.Key(c.user, c.realm, credential)
	request := wire.Build(nil, wire.Allocate, wire.Request, wire.Transaction{2}).Number(wire.RequestedTransport, udp<<24)
	if answer = c.ask(c.seal(request)); m.Decode(answer) != nil || m.Class != wire.Success {
		c.t.Fatalf("Allocate ends with %x", answer)
	}
}

func (c *fuzzClient) seal(b wire.Builder) []byte {
	return b.Text(wire.Username, c.user).Text(wire.Realm, c.realm).Text(wire.Nonce, c.nonce).Seal(c.key).Raw()
}

// attack sends body behind the type kind in three ways: as it is, as a STUN
// message without credentials, and as one with them.
func (c *fuzzClient) attack(kind uint16, body []byte) {
	head := []byte{byte(kind >> 8), byte(kind)}
	c.socket.in <- append(append([]byte{}, head...), body...)
	message := stun.MustBuild(stun.TransactionID)
	copy(message.Raw, head)
	message.Raw = append(message.Raw, body...)
	for len(message.Raw)%4 != 0 {
		message.Raw = append(message.Raw, 0)
	}
	message.Length = uint32(len(message.Raw) - 20)
	message.WriteLength()
	c.socket.in <- bytes.Clone(message.Raw)
	for _, s := range []stun.Setter{stun.NewUsername(c.user), stun.NewRealm(c.realm), stun.NewNonce(c.nonce), stun.MessageIntegrity(c.key)} {
		if err := s.AddTo(message); err != nil {
			return
		}
	}
	c.socket.in <- message.Raw
}

func (c *fuzzClient) mustAnswer() {
	var m wire.Message
	last := wire.Transaction{9, 9}
	c.socket.in <- c.seal(wire.Build(nil, wire.Refresh, wire.Request, last))
	for m.Transaction != last {
		if m.Decode(c.socket.sent(c.t)) != nil {
			m = wire.Message{} // data of a peer, or nothing that we know
		}
	}
}

func (c *fuzzClient) ask(raw []byte) []byte {
	c.socket.in <- raw
	return c.socket.sent(c.t)
}

// memory is a socket without a network. What is sent to it is dropped unless
// somebody waits for it.
type memory struct {
	in, out chan []byte
	closed  chan struct{}
	once    sync.Once
}

func newMemory() *memory {
	return &memory{in: make(chan []byte, 16), out: make(chan []byte, 64), closed: make(chan struct{})}
}

func (m *memory) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	select {
	case raw := <-m.in:
		return copy(p, raw), netip.MustParseAddrPort("198.51.100.7:4000"), nil
	case <-m.closed:
		return 0, netip.AddrPort{}, net.ErrClosed
	}
}

func (m *memory) WriteToUDPAddrPort(p []byte, _ netip.AddrPort) (int, error) {
	select {
	case m.out <- bytes.Clone(p):
	default:
	}
	return len(p), nil
}

func (m *memory) sent(t *testing.T) []byte {
	select {
	case raw := <-m.out:
		return raw
	case <-time.After(10 * time.Second):
		t.Fatal("no answer came")
		return nil
	}
}

func (m *memory) LocalAddr() net.Addr { return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 3478} }

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}
