package relay_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/turnserver/relay"
)

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
