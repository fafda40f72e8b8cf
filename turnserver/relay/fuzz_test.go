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
	"github.com/parleychat/parley/turnserver/datagram"
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
	t    *testing.T
	at   netip.AddrPort
	loop *memoryLoop

	user, realm, nonce string
	key                []byte
}

func newFuzzClient(t *testing.T) *fuzzClient {
	s := aServer(t)
	c := &fuzzClient{t: t, at: netip.MustParseAddrPort("198.51.100.7:4000"), loop: newMemoryLoop()}
	d, err := newDatagrams(s, c.loop, netip.AddrPort{}, false)
	if err == nil {
		err = s.serveUDP(d)
	}
	if err != nil {
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
	c.loop.in <- append(append([]byte{}, head...), body...)
	message := stun.MustBuild(stun.TransactionID)
	copy(message.Raw, head)
	message.Raw = append(message.Raw, body...)
	for len(message.Raw)%4 != 0 {
		message.Raw = append(message.Raw, 0)
	}
	message.Length = uint32(len(message.Raw) - 20)
	message.WriteLength()
	c.loop.in <- bytes.Clone(message.Raw)
	for _, s := range []stun.Setter{stun.NewUsername(c.user), stun.NewRealm(c.realm), stun.NewNonce(c.nonce), stun.MessageIntegrity(c.key)} {
		if err := s.AddTo(message); err != nil {
			return
		}
	}
	c.loop.in <- message.Raw
}

func (c *fuzzClient) mustAnswer() {
	var m wire.Message
	last := wire.Transaction{9, 9}
	c.loop.in <- c.seal(wire.Build(nil, wire.Refresh, wire.Request, last))
	for m.Transaction != last {
		if m.Decode(c.loop.sent(c.t)) != nil {
			m = wire.Message{} // data of a peer, or nothing that we know
		}
	}
}

func (c *fuzzClient) ask(raw []byte) []byte {
	c.loop.in <- raw
	return c.loop.sent(c.t)
}

// memoryLoop is a loop without a network: what goes to its listener is dropped
// unless somebody waits for it, and what goes to a peer always.
type memoryLoop struct {
	in, out  chan []byte
	listener *memorySocket
	closed   chan struct{}
	once     sync.Once
}

func newMemoryLoop() *memoryLoop {
	return &memoryLoop{in: make(chan []byte, 16), out: make(chan []byte, 64), closed: make(chan struct{})}
}

func (l *memoryLoop) Listen(_ netip.AddrPort, _ bool, tag any) (datagram.Socket, error) {
	s := &memorySocket{loop: l, listens: tag == nil}
	if s.listens {
		l.listener = s
	}
	return s, nil
}

func (l *memoryLoop) Next() (datagram.Packet, error) {
	select {
	case raw := <-l.in:
		return datagram.Packet{Data: raw, From: netip.MustParseAddrPort("198.51.100.7:4000")}, nil
	case <-l.closed:
		return datagram.Packet{}, net.ErrClosed
	}
}

func (l *memoryLoop) sent(t *testing.T) []byte {
	select {
	case raw := <-l.out:
		return raw
	case <-time.After(10 * time.Second):
		t.Fatal("no answer came")
		return nil
	}
}

func (l *memoryLoop) Name() string { return "memory" }

func (l *memoryLoop) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// memorySocket counts what was to be sent.
type memorySocket struct {
	loop    *memoryLoop
	listens bool
	sent    int
}

func (s *memorySocket) Send(_, _ []byte, _ int, _ netip.AddrPort) { s.sent++ }

func (s *memorySocket) Write(p []byte, _ netip.AddrPort) {
	if s.listens {
		select {
		case s.loop.out <- bytes.Clone(p):
		default:
		}
	}
}

func (s *memorySocket) LocalAddr() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:3478") }
func (s *memorySocket) Close() error              { return nil }
