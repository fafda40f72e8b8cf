package relay_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/turnserver/relay"
)

// The rows are those of docs/decisions/0003-turn-server.md. Each test here
// fails when the guard of its row is taken away.

// Row 1.
func TestAnEmptyPeerAddressDoesNotCrashTheServer(t *testing.T) {
	server := serve(t)
	for _, over := range []string{"udp", "tcp"} {
		client := connect(t, server, over).allocates()
		for _, value := range [][]byte{nil, {0}, {0, 1}, {0, 1, 0, 0}, {0, 9, 1, 2, 3, 4, 5, 6}} {
			empty := attribute{stun.AttrXORPeerAddress, value}
			client.sends(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodSend, stun.ClassIndication),
				attribute{stun.AttrData, nil}, empty).Raw)
			if code := client.requests(stun.MethodCreatePermission, empty); code != 400 {
				t.Errorf("CreatePermission for the peer %x gets %d", value, code)
			}
			if code := client.requests(stun.MethodChannelBind, channelNumber(0x4000), empty); code != 400 {
				t.Errorf("ChannelBind to the peer %x gets %d", value, code)
			}
		}
		if code := client.refreshes(600); code != 0 {
			t.Errorf("after that the server answers %d", code)
		}
	}
}

// Row 2.
func TestALengthThatOverflowsEndsTheConnection(t *testing.T) {
	server := serve(t)
	for name, raw := range map[string]string{
		"the length of the known attack": "0001ffec2112a442000102030405060708090a0b",
		"ChannelData that overflows":     "4000ffff0000000000",
		"no TURN at all":                 "1603010200010001fc0303",
	} {
		client := connect(t, server, "tcp")
		bytes, _ := hex.DecodeString(raw)
		client.sends(bytes)
		client.getsClosed()
		if connect(t, server, "tcp").allocates().refreshes(0) != 0 {
			t.Errorf("after %s the server does not serve", name)
		}
	}
}

// Row 4.
func TestAConnectionThatDoesNothingIsClosed(t *testing.T) {
	server := serve(t, withTLS(t), withLimits(relay.Limits{Opening: 100 * time.Millisecond, Idle: 200 * time.Millisecond}))
	silent := connect(t, server, "tcp")
	halfway := connect(t, server, "tcp")
	halfway.sends([]byte{0x00, 0x03, 0x00})
	stranger := connect(t, server, "tcp")
	stranger.learns()
	idle := connect(t, server, "tcp").allocates()
	unshaken, err := net.Dial("tcp", server.TLSAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []*client{silent, halfway, stranger, idle, {t: t, conn: unshaken}} {
		client.getsClosed()
	}
	eventually(t, "their allocations end", func() bool { return server.AllocationCount() == 0 })
}

// Row 4.
func TestAConnectionWithAnAllocationOutlivesTheOpening(t *testing.T) {
	client := connect(t, serve(t, withLimits(relay.Limits{Opening: 200 * time.Millisecond, Idle: time.Minute})), "tcp").allocates()
	client.getsNothing()
	client.getsNothing()
	if code := client.refreshes(600); code != 0 {
		t.Errorf("it gets %d", code)
	}
}

// Row 4.
func TestAClientThatDoesNotReadLosesItsConnection(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{Write: 100 * time.Millisecond}))
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "tcp")
	client.conn.(*net.TCPConn).SetReadBuffer(4096)
	client.allocates().permits(peer.addr())
	packet := strings.Repeat("x", 1400)
	eventually(t, "the allocation ends", func() bool {
		for range 500 {
			peer.says(packet, client.relay)
		}
		return server.AllocationCount() == 0
	})
}

// Row 4.
func TestASourceHasOnlySoManyConnections(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{SourceConnections: 2}))
	first, second := connect(t, server, "tcp").allocates(), connect(t, server, "tcp").allocates()
	connect(t, server, "tcp").getsClosed()
	first.conn.Close()
	eventually(t, "the first is gone", func() bool { return server.AllocationCount() == 1 })
	connect(t, server, "tcp").allocates()
	if second.refreshes(600) != 0 {
		t.Error("the second has suffered")
	}
}

// Row 5.
func TestBadPacketsFillNoLog(t *testing.T) {
	var lines lockedBuffer
	server := serve(t, func(c *relay.Config) {
		c.Log = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "udp").allocates()
	for i := range 500 {
		client.sends([]byte{0, 1, 2, 3, byte(i)})
		client.saysOn(0x4000, "a channel that is not bound")
		client.says("a peer without a permission", peer.addr())
	}
	client.refreshes(0)
	text := lines.String()
	if n := strings.Count(text, "\n"); n > 5 {
		t.Errorf("1,500 bad packets made %d lines", n)
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, `"INFO"`) && strings.Contains(line, "127.0.0.1") {
			t.Errorf("an address at info level: %s", line)
		}
	}
}

// Row 6.
func TestAStrangerGetsOnlySoManyAnswers(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{Answers: 1, AnswerBurst: 5}))
	friend := connect(t, server, "udp").allocates() // takes one answer
	stranger := connect(t, server, "udp")
	for range 20 {
		stranger.sends(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw)
		stranger.sends(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	}
	answers := 0
	for answered := true; answered; {
		if _, answered = stranger.next(curt); answered {
			answers++
		}
	}
	if answers < 3 || answers > 6 {
		t.Errorf("40 requests got %d answers", answers)
	}
	for range 20 {
		if code := friend.refreshes(600); code != 0 {
			t.Fatalf("who is known gets %d", code)
		}
	}
}

// Row 7.
func TestNoPrivateAddressIsReachable(t *testing.T) {
	server := serve(t, inProduction, func(c *relay.Config) { c.Public = []netip.Addr{netip.MustParseAddr("203.0.113.77")} })
	inside := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "udp").allocates()
	for _, address := range []string{
		inside.addr().String(), "10.0.0.1:80", "169.254.169.254:80", "192.168.1.1:53", "100.64.0.1:80", "0.0.0.0:80",
		"224.0.0.1:80", "255.255.255.255:80", "192.0.2.1:80", "198.18.0.1:80", "127.8.9.1:53",
	} {
		to := netip.MustParseAddrPort(address)
		if code := client.permits(to); code != 403 {
			t.Errorf("a permission for %s gets %d", to, code)
		}
		if code := client.permits(netip.MustParseAddrPort("8.8.8.8:53"), to); code != 403 {
			t.Errorf("a permission for %s behind a good one gets %d", to, code)
		}
		if code := client.binds(0x4000, to); code != 403 {
			t.Errorf("a channel to %s gets %d", to, code)
		}
	}
	client.says("hello", inside.addr())
	client.saysOn(0x4000, "hello")
	inside.hearsNothing()
	for _, address := range []string{"[::1]:80", "[2001:db8::1]:80"} {
		if code := client.binds(0x4000, netip.MustParseAddrPort(address)); code != 443 {
			t.Errorf("an IPv4 relay may reach %s: %d", address, code)
		}
	}
}

// Row 7.
func TestOnOurOwnAddressOnlyRelaysAreReachable(t *testing.T) {
	server := serve(t, inProduction)
	service := newPeer(t, "127.0.0.1:0") // at the relays' address, and no relay
	client := connect(t, server, "udp").allocates()
	if code := client.permits(service.addr()); code != 0 {
		t.Fatalf("relays cannot meet: %d", code)
	}
	client.says("hello", service.addr())
	client.binds(0x4000, service.addr())
	client.saysOn(0x4000, "hello")
	client.says("hello", server.Addr())
	service.hearsNothing()
	client.getsNothing()
}

// Row 8.
func TestQuotasAreKeptForEachParticipantAndForAll(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{UserAllocations: 2, Allocations: 3}))
	first := connect(t, server, "udp").allocates()
	connect(t, server, "tcp").allocates()
	refused := func(bind string) int {
		client := connect(t, server, "udp")
		client.is(bind, secret)
		return client.requests(stun.MethodAllocate, requestedTransport(17))
	}
	if code := refused("s1.p1"); code != 486 {
		t.Errorf("the participant's third gets %d", code)
	}
	another := connect(t, server, "udp")
	another.user, another.password = first.user, first.password
	another.is("s1.p2", secret)
	another.allocates()
	if code := refused("s1.p3"); code != 486 {
		t.Errorf("the fourth of all gets %d", code)
	}
	first.refreshes(0)
	if code := refused("s1.p1"); code != 0 {
		t.Errorf("in place of one that ended it gets %d", code)
	}
}

// Row 8.
func TestWithoutAFreePortThereIsNoCapacity(t *testing.T) {
	taken := newPeer(t, "127.0.0.1:0")
	port := taken.addr().Port()
	server := serve(t, func(c *relay.Config) { c.MinPort, c.MaxPort = port, port })
	if code := connect(t, server, "udp").requests(stun.MethodAllocate, requestedTransport(17)); code != 508 {
		t.Errorf("it gets %d", code)
	}
	if server.AllocationCount() != 0 {
		t.Error("an allocation is counted")
	}
}

// Row 9.
func TestPermissionsAndChannelsAreLimited(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{Permissions: 3, Channels: 2}))
	client := connect(t, server, "udp").allocates()
	at := func(n int) netip.AddrPort { return netip.MustParseAddrPort(fmt.Sprintf("127.0.0.%d:9", n)) }
	if code := client.permits(at(1), at(2), at(3), at(4)); code != 508 {
		t.Errorf("four permissions at once get %d", code)
	}
	client = connect(t, server, "udp").allocates()
	for n, want := range []int{0, 0, 508} {
		if code := client.binds(0x4000+uint16(n), at(n+1)); code != want {
			t.Errorf("channel %d gets %d", n, code)
		}
	}
	if code := client.permits(at(3)); code != 0 {
		t.Errorf("the third permission gets %d", code)
	}
	if code := client.permits(at(4)); code != 508 {
		t.Errorf("the fourth permission gets %d", code)
	}
	if code := client.binds(0x4000, at(1)); code != 0 {
		t.Errorf("a channel's refresh gets %d", code)
	}
}

// Row 10.
func TestAnAllocationObeysOnlyWhoMadeIt(t *testing.T) {
	server := serve(t)
	client := connect(t, server, "udp").allocates()
	client.is("s1.p2", secret)
	for _, method := range []stun.Method{stun.MethodRefresh, stun.MethodCreatePermission, stun.MethodChannelBind} {
		if code := client.requests(method, lifetime(0), channelNumber(0x4000), peerAddress(server.Addr())); code != 441 {
			t.Errorf("%v of another participant gets %d", method, code)
		}
	}
	if code := client.requests(stun.MethodAllocate, requestedTransport(17)); code != 437 {
		t.Errorf("Allocate of another participant gets %d", code)
	}
	if server.AllocationCount() != 1 {
		t.Error("the allocation is gone")
	}
}

// Row 11.
func TestEverySecretInUseIsHonoured(t *testing.T) {
	const old = "the secret before this one"
	server := serve(t, func(c *relay.Config) { c.Secrets = []string{secret, old} })
	for given, want := range map[string]int{secret: 0, old: 0, "a secret of somebody else's": 401} {
		client := connect(t, server, "udp")
		client.is("s1.p1", given)
		if code := client.requests(stun.MethodAllocate, requestedTransport(17)); code != want {
			t.Errorf("with %q it gets %d", given, code)
		}
		if want == 0 && client.refreshes(0) != 0 {
			t.Errorf("with %q the allocation cannot be ended", given)
		}
	}
}

// Row 12.
func TestANonceIsOfNoUseElsewhereOrLater(t *testing.T) {
	var clock clock
	server := serve(t, withClock(&clock))
	client, thief := connect(t, server, "udp"), connect(t, server, "udp")
	client.learns()
	thief.realm, thief.nonce = client.realm, client.nonce
	if code := thief.requests(stun.MethodAllocate, requestedTransport(17)); code != 438 {
		t.Errorf("from elsewhere it gets %d", code)
	}
	clock.passes(time.Hour)
	if code := client.requests(stun.MethodAllocate, requestedTransport(17)); code != 438 {
		t.Errorf("an hour later it gets %d", code)
	}
}

// Row 13.
func TestOnlyUDPIsRelayed(t *testing.T) {
	server := serve(t)
	for name, test := range map[string]struct {
		with []stun.Setter
		code int
	}{
		"a TCP relay":         {[]stun.Setter{requestedTransport(6)}, 442},
		"protocol 0":          {[]stun.Setter{requestedTransport(0)}, 442},
		"no transport":        {nil, 400},
		"DONT-FRAGMENT":       {[]stun.Setter{requestedTransport(17), attribute{stun.AttrDontFragment, nil}}, 420},
		"an unknown demand":   {[]stun.Setter{requestedTransport(17), attribute{0x7001, nil}}, 420},
		"an unknown wish":     {[]stun.Setter{requestedTransport(17), attribute{0xC001, nil}}, 0},
		"an unknown family":   {[]stun.Setter{requestedTransport(17), requestedFamily(3)}, 440},
		"a family not served": {[]stun.Setter{requestedTransport(17), requestedFamily(2)}, 440},
	} {
		if code := connect(t, server, "udp").requests(stun.MethodAllocate, test.with...); code != test.code {
			t.Errorf("%s gets %d", name, code)
		}
	}
}

// Row 14.
func TestNoPortIsReserved(t *testing.T) {
	server := serve(t)
	even := attribute{stun.AttrEvenPort, []byte{0}}
	evenAndNext := attribute{stun.AttrEvenPort, []byte{0x80}}
	token := attribute{stun.AttrReservationToken, make([]byte, 8)}
	for name, test := range map[string]struct {
		with []stun.Setter
		code int
	}{
		"a port and the next":    {[]stun.Setter{requestedTransport(17), evenAndNext}, 508},
		"a reserved port":        {[]stun.Setter{requestedTransport(17), token}, 508},
		"both of them":           {[]stun.Setter{requestedTransport(17), even, token}, 400},
		"an even port and other": {[]stun.Setter{requestedTransport(17), even}, 0},
	} {
		client := connect(t, server, "udp")
		if code := client.requests(stun.MethodAllocate, test.with...); code != test.code || client.relay.Port()%2 != 0 {
			t.Errorf("%s gets %d and the relay %v", name, code, client.relay)
		}
	}
}

// Row 15.
func TestIPv6IsRelayedWhereItIsServed(t *testing.T) {
	server := serve(t, func(c *relay.Config) {
		c.Listen = append(c.Listen, netip.MustParseAddrPort("[::1]:0"))
	})
	peer := newPeer(t, "[::1]:0")
	client := connect(t, server, "udp")
	if code := client.requests(stun.MethodAllocate, requestedTransport(17), requestedFamily(2)); code != 0 {
		t.Fatalf("an IPv6 relay is refused with %d", code)
	}
	if client.relay.Addr() != netip.IPv6Loopback() {
		t.Errorf("the relay is at %v", client.relay)
	}
	if code := client.binds(0x4000, peer.addr()); code != 0 {
		t.Fatalf("the channel is refused with %d", code)
	}
	client.saysOn(0x4000, "hello")
	if text, from := peer.hears(); text != "hello" || from != client.relay {
		t.Errorf("the peer hears %q from %v", text, from)
	}
	peer.says("good day", client.relay)
	if text := client.hearsOn(0x4000); text != "good day" {
		t.Errorf("the client hears %q", text)
	}
	if code := client.permits(netip.MustParseAddrPort("127.0.0.1:9")); code != 443 {
		t.Errorf("an IPv6 relay may reach IPv4: %d", code)
	}
	if code := client.requests(stun.MethodRefresh, requestedFamily(1)); code != 443 {
		t.Errorf("a refresh of the other family gets %d", code)
	}
}

// Row 16.
func TestEveryRefusalHasACode(t *testing.T) {
	server := serve(t)
	client := connect(t, server, "udp")
	somewhere := netip.MustParseAddrPort("127.0.0.1:9")
	if code := client.refreshes(600); code != 437 {
		t.Errorf("Refresh without an allocation gets %d", code)
	}
	if code := client.permits(somewhere); code != 437 {
		t.Errorf("CreatePermission without an allocation gets %d", code)
	}
	if code := client.binds(0x4000, somewhere); code != 437 {
		t.Errorf("ChannelBind without an allocation gets %d", code)
	}
	client.allocates()
	if code := client.permits(); code != 400 {
		t.Errorf("CreatePermission for nobody gets %d", code)
	}
	for number, want := range map[uint16]int{0: 400, 0x3FFF: 400, 0x7FFF: 400, 0x8000: 400} {
		if code := client.binds(number, somewhere); code != want {
			t.Errorf("channel %x gets %d", number, code)
		}
	}
	if code := client.binds(0x4000, somewhere); code != 0 {
		t.Fatalf("the channel gets %d", code)
	}
	if code := client.binds(0x4001, somewhere); code != 400 {
		t.Errorf("a second channel to the same peer gets %d", code)
	}
	if code := client.binds(0x4000, netip.MustParseAddrPort("127.0.0.1:10")); code != 400 {
		t.Errorf("another peer on the same channel gets %d", code)
	}
}

// Row 17.
func TestADrainingServerServesWhatItHas(t *testing.T) {
	server := serve(t)
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "udp").allocates()
	client.permits(peer.addr())

	short, cancel := context.WithCancel(context.Background())
	cancel()
	if server.Drain(short) == nil || !server.Draining() {
		t.Error("an allocation is live, and the server says that it has drained")
	}
	if code := connect(t, server, "udp").requests(stun.MethodAllocate, requestedTransport(17)); code != 486 {
		t.Errorf("a new allocation gets %d", code)
	}
	client.says("hello", peer.addr())
	if text, _ := peer.hears(); text != "hello" || client.refreshes(600) != 0 {
		t.Error("the live allocation is not served")
	}
	drained := make(chan error)
	go func() { drained <- server.Drain(context.Background()) }()
	client.refreshes(0)
	select {
	case err := <-drained:
		if err != nil {
			t.Errorf("draining ends with %v", err)
		}
	case <-time.After(patient):
		t.Error("the server does not notice that it has drained")
	}
}

// Row 18.
func TestDTLSGetsNoAnswer(t *testing.T) {
	client := connect(t, serve(t), "udp")
	hello, _ := hex.DecodeString("16feff000000000000000000360100002a000000000000002afefd" + strings.Repeat("00", 60))
	client.sends(hello)
	client.getsNothing()
}

func TestAnAnswerIsOnlyForWhoAsks(t *testing.T) {
	client := connect(t, serve(t), "udp").allocates()
	for name, raw := range map[string][]byte{
		"a Binding indication":     stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodBinding, stun.ClassIndication)).Raw,
		"a response":               stun.MustBuild(stun.TransactionID, stun.BindingSuccess).Raw,
		"a Connect request":        stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodConnect, stun.ClassRequest)).Raw,
		"a Data indication":        stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodData, stun.ClassIndication)).Raw,
		"an unknown method":        stun.MustBuild(stun.TransactionID, stun.NewType(0x123, stun.ClassRequest)).Raw,
		"nothing":                  {},
		"ChannelData of no length": {0x40, 0x00},
		"a datagram too long":      bytes.Repeat([]byte{0x40}, 1700),
	} {
		client.sends(raw)
		if raw, ok := client.next(curt / 3); ok {
			t.Errorf("%s is answered with %x", name, raw)
		}
	}
	if code := client.refreshes(600); code != 0 {
		t.Errorf("after that the server answers %d", code)
	}
}

func TestAPacketThatDoesNotFitIsNotCut(t *testing.T) {
	server := serve(t)
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "udp").allocates()
	client.binds(0x4000, peer.addr())
	peer.says(strings.Repeat("x", 1700), client.relay)
	peer.says("after", client.relay)
	if text := client.hearsOn(0x4000); text != "after" {
		t.Errorf("the client hears %d bytes of 1,700", len(text))
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
