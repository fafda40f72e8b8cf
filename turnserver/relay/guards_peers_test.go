package relay_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/turnserver/relay"
)

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
func TestAnAddressHasOnlySoManyAllocations(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{SourceAllocations: 2}))
	for n, want := range []int{0, 0, 486} {
		client := connect(t, server, "udp")
		client.is(fmt.Sprint("s1.p", n), secret)
		if code := client.requests(stun.MethodAllocate, requestedTransport(17)); code != want {
			t.Errorf("number %d of an address gets %d", n, code)
		}
		if want == 0 {
			defer client.refreshes(0)
		}
	}
}

func TestAnAllocationCarriesOnlySoMuch(t *testing.T) {
	noon := time.Now()
	server := serve(t, withLimits(relay.Limits{Bandwidth: 2000}), func(c *relay.Config) { c.Now = func() time.Time { return noon } })
	for _, over := range []string{"udp", "tcp"} {
		peer := newPeer(t, "127.0.0.1:0")
		client := connect(t, server, over).allocates()
		client.binds(0x4000, peer.addr())
		for _, size := range []int{900, 1200, 1000} { // the second is too much
			client.saysOn(0x4000, strings.Repeat("x", size))
			peer.says(strings.Repeat("x", size), client.relay)
		}
		for _, size := range []int{900, 1000} {
			if text, _ := peer.hears(); len(text) != size {
				t.Errorf("over %s the peer hears %d bytes in place of %d", over, len(text), size)
			}
			if text := client.hearsOn(0x4000); len(text) != size {
				t.Errorf("over %s the client hears %d bytes in place of %d", over, len(text), size)
			}
		}
	}
	page := httptest.NewRecorder()
	server.Metrics().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	if !strings.Contains(page.Body.String(), "\nturn_capped_total 4\n") {
		t.Error("what is dropped for it is not counted")
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
