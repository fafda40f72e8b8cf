package relay_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/turnserver/relay"
)

var mutations = flag.Int("mutations", 8_000, "how many mutated messages the running server gets on each data path")

// The running server gets messages that are nearly right, over UDP and TCP,
// from strangers and from clients with allocations. It must answer a right one
// after every few of them, a client beside them must not notice, and when they
// are gone nothing may be left: no allocation, no goroutine, no busy core.
func TestMutatedMessagesHarmNobody(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("the seed is %d", seed)
	server := serve(t, onlyTo("127.77.0.0/16"), withLimits(relay.Limits{
		SourceConnections: 1000, Answers: 1 << 20, AnswerBurst: 1 << 20,
	}))
	friend := newFriend(t, server)
	before := runtime.NumGoroutine()

	var attacks sync.WaitGroup
	for i, over := range []string{"udp", "udp", "tcp", "tcp"} {
		attacks.Go(func() {
			a := &attacker{server: server, over: over, known: i%2 == 0, rand: rand.New(rand.NewPCG(seed, uint64(i)))}
			if err := a.attack(*mutations / 4); err != nil {
				t.Errorf("over %s: %v", over, err)
			}
		})
	}
	over := make(chan struct{})
	go func() { attacks.Wait(); close(over) }()
	friend.talksUntil(over)
	eventually(t, "only the friend's allocation is left", func() bool { return server.AllocationCount() == 1 })
	eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before+2 })
	used := processorTime(t)
	friend.client.getsNothing()
	if used = processorTime(t) - used; used > curt/2 {
		t.Errorf("with nothing to do the server uses %v of the processor in %v", used, curt)
	}
}

// onlyTo denies every IPv4 peer outside a prefix, so that no mutated address
// leads anywhere else.
func onlyTo(prefix string) func(*relay.Config) {
	in := netip.MustParsePrefix(prefix)
	return func(c *relay.Config) {
		for bits := 1; bits <= in.Bits(); bits++ {
			ip := in.Addr().As4()
			binary.BigEndian.PutUint32(ip[:], binary.BigEndian.Uint32(ip[:])^1<<(32-bits))
			c.DeniedPeers = append(c.DeniedPeers, netip.PrefixFrom(netip.AddrFrom4(ip), bits).Masked())
		}
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// friend is a client that talks with a peer all the time.
type friend struct {
	client *client
	peer   *peer
}

func newFriend(t *testing.T, server *relay.Server) *friend {
	t.Helper()
	f := &friend{connect(t, server, "udp").allocates(), newPeer(t, "127.77.0.1:0")}
	if code := f.client.binds(0x4000, f.peer.addr()); code != 0 {
		t.Fatalf("the friend's channel gets %d", code)
	}
	return f
}

// talksUntil sends a word there and back, again and again; none may be lost.
func (f *friend) talksUntil(over <-chan struct{}) {
	f.client.t.Helper()
	for n := 0; ; n++ {
		word := fmt.Sprint("word ", n)
		f.client.saysOn(0x4000, word)
		if text, _ := f.peer.hears(); text != word {
			f.client.t.Errorf("the peer hears %q in place of %q", text, word)
		}
		f.peer.says(word, f.client.relay)
		if text := f.client.hearsOn(0x4000); text != word {
			f.client.t.Errorf("the friend hears %q in place of %q", text, word)
		}
		if n%1000 == 0 && f.client.refreshes(600) != 0 {
			f.client.t.Error("the friend cannot refresh")
		}
		select {
		case <-over:
			return
		default:
		}
	}
}

// attacker sends mutated messages.
type attacker struct {
	server *relay.Server
	over   string
	known  bool // has a credential
	rand   *rand.Rand
	client *client
}

// Every so many messages the attacker asks something that must be answered.
const between = 32

func (a *attacker) attack(messages int) (err error) {
	defer func() {
		if a.client != nil {
			a.client.conn.Close()
		}
		if failure := recover(); failure != nil {
			err = fmt.Errorf("%v", failure)
		}
	}()
	if err := a.reconnect(); err != nil {
		return err
	}
	for n := range messages {
		_, failure := a.client.conn.Write(a.mutated())
		if n%between == between-1 || failure != nil {
			if err := a.recover(); err != nil {
				return fmt.Errorf("after %d messages: %w", n, err)
			}
		}
	}
	return a.end()
}

// recover sees to it that the server answers, over a new connection if it has
// closed this one, as it must after what is no TURN.
func (a *attacker) recover() error {
	if a.answers() {
		return nil
	}
	if a.over == "udp" {
		return errors.New("the server answers nothing")
	}
	return a.reconnect()
}

func (a *attacker) reconnect() error {
	if a.client != nil {
		a.client.conn.Close()
	}
	var quiet testing.T // the client's own complaints are not wanted
	conn, err := net.Dial(a.over, a.server.Addr().String())
	if err != nil {
		return err
	}
	a.client = newClient(&quiet, conn, a.over)
	if !a.answers() {
		return errors.New("the server does not answer a new connection")
	}
	return nil
}

// answers makes a request that is right and waits for its answer, whatever
// it is. Who is known gets an allocation if it has none.
func (a *attacker) answers() bool {
	c := a.client
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	if a.known && c.nonce != "" {
		request = c.sealed(stun.MethodAllocate, requestedTransport(17))
	} else if a.known {
		request = stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest), requestedTransport(17))
	}
	if _, err := c.conn.Write(request.Raw); err != nil {
		return false
	}
	for {
		raw, came := c.next(patient)
		if !came {
			return false
		}
		m := &stun.Message{Raw: raw}
		if m.Decode() != nil || m.TransactionID != request.TransactionID {
			continue
		}
		var realm stun.Realm
		var nonce stun.Nonce
		if realm.GetFrom(m) == nil && nonce.GetFrom(m) == nil {
			c.realm, c.nonce = realm.String(), nonce.String()
			return a.answers()
		}
		return true
	}
}

// end gives the attacker's allocation back.
func (a *attacker) end() error {
	if a.known {
		a.client.conn.Write(a.client.sealed(stun.MethodRefresh, lifetime(0)).Raw)
	}
	return nil
}

// mutated makes a message that is nearly right. What is changed before it is
// sealed reaches what stands behind the integrity check.
func (a *attacker) mutated() []byte {
	c, r := a.client, a.rand
	somewhere := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 77, 0, byte(r.IntN(4))}), uint16(1+r.IntN(65535)))
	number := channelNumber(0x4000 + uint16(r.IntN(4)))
	data := attribute{stun.AttrData, bytes.Repeat([]byte{byte(r.Uint32())}, r.IntN(64))}
	kinds := []struct {
		method stun.Method
		class  stun.MessageClass
		with   []stun.Setter
	}{
		{stun.MethodBinding, stun.ClassRequest, nil},
		{stun.MethodAllocate, stun.ClassRequest, []stun.Setter{requestedTransport(17), lifetime(r.Uint32())}},
		{stun.MethodRefresh, stun.ClassRequest, []stun.Setter{lifetime(uint32(r.IntN(3)) * 600)}},
		{stun.MethodCreatePermission, stun.ClassRequest, []stun.Setter{peerAddress(somewhere), peerAddress(somewhere)}},
		{stun.MethodChannelBind, stun.ClassRequest, []stun.Setter{number, peerAddress(somewhere)}},
		{stun.MethodSend, stun.ClassIndication, []stun.Setter{peerAddress(somewhere), data}},
		{stun.Method(r.IntN(16)), stun.MessageClass(r.IntN(4)), []stun.Setter{data, number}},
	}
	pick := r.IntN(len(kinds) + 1)
	if pick == len(kinds) {
		return a.change(append([]byte{0x40, byte(r.IntN(4)), 0, byte(len(data.value))}, data.value...))
	}
	kind := kinds[pick]
	m := stun.MustBuild(append([]stun.Setter{stun.TransactionID, stun.NewType(kind.method, kind.class)}, kind.with...)...)
	if !a.known || r.IntN(4) == 0 {
		return a.change(m.Raw)
	}
	m.Raw = a.change(m.Raw)
	for len(m.Raw) < 20 || len(m.Raw)%4 != 0 {
		m.Raw = append(m.Raw, 0)
	}
	m.Length = uint32(len(m.Raw) - 20)
	m.WriteLength()
	for _, one := range []stun.Setter{stun.NewUsername(c.user), stun.NewRealm(c.realm), stun.NewNonce(c.nonce), c.key()} {
		if one.AddTo(m) != nil {
			break
		}
	}
	return m.Raw
}

// change changes a message in one to three places.
func (a *attacker) change(raw []byte) []byte {
	r := a.rand
	for range 1 + r.IntN(3) {
		if len(raw) == 0 {
			return raw
		}
		at := r.IntN(len(raw))
		switch r.IntN(7) {
		case 0:
			raw[at] ^= 1 << r.IntN(8)
		case 1:
			raw[at] = byte(r.Uint32())
		case 2:
			raw = raw[:at]
		case 3:
			raw = append(raw, raw[at:]...)
		case 4:
			raw = append(raw[:at:at], raw[min(len(raw), at+1+r.IntN(8)):]...)
		case 5: // a length, often
			if at |= 2; at < len(raw) {
				raw[at] = 0xff
			}
		case 6:
			raw[at] = []byte{0, 1, 3, 4, 0x7f, 0x80, 0xff}[r.IntN(7)]
		}
	}
	return raw[:min(len(raw), 1500)]
}
