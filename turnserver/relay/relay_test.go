package relay_test

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v2"
	"github.com/pion/turn/v3"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/relay"
)

// J3; N19 over TLS.
func TestAClientAndAPeerHearEachOther(t *testing.T) {
	server := serve(t, withTLS(t))
	for _, over := range []string{"udp", "tcp", "tls"} {
		t.Run(over, func(t *testing.T) {
			peer := newPeer(t, "127.0.0.1:0")
			client := connect(t, server, over).allocates()

			if code := client.permits(peer.addr()); code != 0 {
				t.Fatalf("the permission is refused with %d", code)
			}
			client.says("hello", peer.addr())
			if text, from := peer.hears(); text != "hello" || from != client.relay {
				t.Errorf("the peer hears %q from %v, the relay is %v", text, from, client.relay)
			}
			peer.says("good day", client.relay)
			if text, from := client.hears(); text != "good day" || from != peer.addr() {
				t.Errorf("the client hears %q from %v", text, from)
			}

			if code := client.binds(0x4001, peer.addr()); code != 0 {
				t.Fatalf("the channel is refused with %d", code)
			}
			client.saysOn(0x4001, "shorter")
			if text, _ := peer.hears(); text != "shorter" {
				t.Errorf("the peer hears %q", text)
			}
			peer.says("likewise", client.relay)
			if text := client.hearsOn(0x4001); text != "likewise" {
				t.Errorf("the client hears %q", text)
			}
			if client.refreshes(0) != 0 {
				t.Error("the allocation cannot be ended")
			}
		})
	}
	eventually(t, "no allocation is left", func() bool { return server.AllocationCount() == 0 })
}

func TestPionsOwnClientRelays(t *testing.T) {
	server := serve(t)
	local, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	user, password := ice.Issue(secret, "s1.p1", time.Now(), time.Minute)
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: server.Addr().String(), TURNServerAddr: server.Addr().String(),
		Conn: local, Username: user, Password: password, Realm: "parley",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	if mapped, err := client.SendBindingRequest(); err != nil || mapped.String() != local.LocalAddr().String() {
		t.Errorf("Binding tells %v, %v", mapped, err)
	}
	relayed, err := client.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	peer := newPeer(t, "127.0.0.1:0")
	if _, err := relayed.WriteTo([]byte("hello"), peer.conn.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if text, from := peer.hears(); text != "hello" || from.String() != relayed.LocalAddr().String() {
		t.Errorf("the peer hears %q from %v", text, from)
	}
	relayed.Close()
	eventually(t, "its allocation ends", func() bool { return server.AllocationCount() == 0 })
}

// E7: relays are told and reached at the address outside the NAT.
func TestTwoClientsMeetAtTheirRelays(t *testing.T) {
	for name, public := range map[string][]netip.Addr{
		"whose address is the machine's": nil,
		"whose address is a NAT's":       {netip.MustParseAddr("203.0.113.77")},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, inProduction, func(c *relay.Config) { c.Public = public })
			a, b := connect(t, server, "udp").allocates(), connect(t, server, "tcp").allocates()
			if public != nil && a.relay.Addr() != public[0] {
				t.Fatalf("the relay is at %v", a.relay)
			}
			if code := a.permits(b.relay); code != 0 {
				t.Fatalf("the permission is refused with %d", code)
			}
			if code := b.binds(0x4000, a.relay); code != 0 {
				t.Fatalf("the channel is refused with %d", code)
			}
			a.says("hello", b.relay)
			if text := b.hearsOn(0x4000); text != "hello" {
				t.Errorf("b hears %q", text)
			}
			b.saysOn(0x4000, "good day")
			if text, from := a.hears(); text != "good day" || from != b.relay {
				t.Errorf("a hears %q from %v", text, from)
			}
		})
	}
}

// In one shard a packet from relay to relay never leaves the server; from one
// shard to another it goes through the kernel. Clients see no difference.
func TestRelaysMeetInOneShardAndInSeveral(t *testing.T) {
	for _, shards := range []int{1, 3} {
		for name, public := range map[string][]netip.Addr{"": nil, " behind a NAT": {netip.MustParseAddr("203.0.113.77")}} {
			t.Run(fmt.Sprint(shards, name), func(t *testing.T) {
				server := serve(t, inProduction, func(c *relay.Config) { c.Shards, c.Public = shards, public })
				for range 8 { // the kernel spreads them over the shards
					a, b := connect(t, server, "udp").allocates(), connect(t, server, "udp").allocates()
					a.saysOn(0x4000, "before there is a channel")
					a.binds(0x4000, b.relay)
					if shards == 1 { // else who is first is not certain
						a.saysOn(0x4000, "before there is a permission")
						b.expects(437, stun.MethodAllocate, requestedTransport(17)) // and not that text
					}
					b.permits(a.relay)
					a.saysOn(0x4000, "hello")
					if text, from := b.hears(); text != "hello" || from != a.relay {
						t.Errorf("b hears %q from %v", text, from)
					}
					b.says("good day", a.relay)
					if text := a.hearsOn(0x4000); text != "good day" {
						t.Errorf("a hears %q", text)
					}
				}
			})
		}
	}
}

func TestAnAnswerThatWasLostIsRepeated(t *testing.T) {
	server := serve(t)
	client := connect(t, server, "udp")
	client.learns()
	request := client.sealed(stun.MethodAllocate, requestedTransport(17))
	client.sends(request.Raw)
	first := client.gets()
	client.sends(request.Raw)
	if second := client.gets(); codeOf(first) != 0 || !first.Equal(second) {
		t.Errorf("first %v, then %v", first, second)
	}
	if code := client.requests(stun.MethodAllocate, requestedTransport(17)); code != 437 {
		t.Errorf("a second allocation from the same address gets %d", code)
	}
	if server.AllocationCount() != 1 {
		t.Errorf("there are %d allocations", server.AllocationCount())
	}
}

func TestACallOutlivesItsCredential(t *testing.T) {
	var clock clock
	server := serve(t, withClock(&clock))
	client, late := connect(t, server, "udp"), connect(t, server, "udp")
	client.user, client.password = ice.Issue(secret, "s1.p1", time.Now(), 5*time.Minute)
	late.user, late.password = client.user, client.password
	client.allocates()
	clock.passes(6 * time.Minute)

	if code := client.refreshes(600); code != 0 {
		t.Errorf("the call that runs is cut off with %d", code)
	}
	if code := late.requests(stun.MethodAllocate, requestedTransport(17)); code != 401 {
		t.Errorf("the credential still allocates: %d", code)
	}
}

func TestAnAllocationCannotBeRefreshedForEver(t *testing.T) {
	client := connect(t, serve(t, withLimits(relay.Limits{Age: time.Nanosecond})), "udp").allocates()
	if code := client.refreshes(600); code != 403 {
		t.Errorf("an allocation past its age gets %d", code)
	}
	if code := client.refreshes(0); code != 0 {
		t.Errorf("ending it gets %d", code)
	}
}

func TestAnAllocationLivesBetweenTenMinutesAndAnHour(t *testing.T) {
	server := serve(t)
	for asked, want := range map[uint32]uint32{0: 600, 1: 600, 601: 601, 3600: 3540, 4294967295: 3540} {
		client := connect(t, server, "udp")
		client.learns()
		client.sends(client.sealed(stun.MethodAllocate, requestedTransport(17), lifetime(asked)).Raw)
		value, err := client.gets().Get(stun.AttrLifetime)
		if got := (attribute{stun.AttrLifetime, value}); err != nil || string(got.value) != string(lifetime(want).(attribute).value) {
			t.Errorf("for %d seconds it gets %x", asked, value)
		}
	}
}

func TestAServerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	config := relay.Config{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Secrets: []string{secret}, AllowPrivatePeers: true,
	}
	server, err := relay.Start(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	udp, tcp := connect(t, server, "udp").allocates(), connect(t, server, "tcp").allocates()
	cancel()
	tcp.getsClosed()
	eventually(t, "every allocation has ended", func() bool { return server.AllocationCount() == 0 })
	if server.Close() != nil {
		t.Error("closing it again fails")
	}
	udp.conn.Close()
}

func TestWhatTheServerDoesIsMeasured(t *testing.T) {
	server := serve(t)
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "udp").allocates()
	client.permits(peer.addr())
	client.says("hello", peer.addr())
	peer.hears()

	handler := server.Metrics()
	for _, line := range []string{
		"turn_allocations 1", "turn_allocations_total 1", "turn_relayed_up_packets_total 1",
		"turn_relayed_up_bytes_total 5", "turn_relayed_down_bytes_total 0", `turn_refused_total{code="401"} 1`, "turn_draining 0",
	} {
		eventually(t, "the page says "+line, func() bool {
			page := httptest.NewRecorder()
			handler.ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
			return strings.Contains(page.Body.String(), "\n"+line+"\n")
		})
	}
}

func TestAServerThatCannotBeSafeDoesNotStart(t *testing.T) {
	good := relay.Config{Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Secrets: []string{secret}}
	for want, change := range map[string]func(*relay.Config){
		"an address":     func(c *relay.Config) { c.Listen = nil },
		"needs a secret": func(c *relay.Config) { c.Secrets = nil },
		"16 bytes":       func(c *relay.Config) { c.Secrets = []string{secret, "short"} },
		"at most 32":     func(c *relay.Config) { c.Software = strings.Repeat("x", 33) },
		"data path":      func(c *relay.Config) { c.DataPath = "quick" },
		"no range":       func(c *relay.Config) { c.MinPort, c.MaxPort = 50000, 49999 },
		"a certificate":  func(c *relay.Config) { c.TLSListen = c.Listen },
		"no address to":  func(c *relay.Config) { c.Public = []netip.Addr{netip.IPv4Unspecified()} },
		"a second public": func(c *relay.Config) {
			c.Public = []netip.Addr{netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("203.0.113.2")}
		},
		"listen on 192.0": func(c *relay.Config) { c.Listen = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.254:0")} },
	} {
		config := good
		change(&config)
		server, err := relay.Start(context.Background(), config)
		if err == nil {
			server.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
