package guard_test

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/parleychat/parley/turnserver/guard"
)

var (
	internet = []string{"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
		"2001:4860:4860::8888", "2600::1", "2a00:1450::1"}
	// Row 7. One address of each range, and both ends of some.
	special = []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
		"169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.31.196.1",
		"192.52.193.1", "192.88.99.1", "192.168.1.1", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
		"64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
		"2002:a00:1::1", "2620:4f:8000::1", "3fff::1", "5f00::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
	}
)

func TestTheInternetIsAdmittedAndSpecialRangesAreNot(t *testing.T) {
	peers := guard.Peers{}
	for _, ip := range internet {
		if !peers.Admits(netip.MustParseAddr(ip)) {
			t.Errorf("%s is refused", ip)
		}
	}
	for _, ip := range special {
		if peers.Admits(netip.MustParseAddr(ip)) {
			t.Errorf("%s is admitted", ip)
		}
	}
	if peers.Admits(netip.Addr{}) {
		t.Error("no address is admitted")
	}
}

func TestOurRelaysAreAdmittedAndThisMachineIsNot(t *testing.T) {
	public, own := netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("8.8.4.4")
	peers := guard.Peers{Public: []netip.Addr{public}, Own: []netip.Addr{public, own}}
	if !peers.Admits(public) || !peers.IsPublic(public) {
		t.Error("two relays cannot meet")
	}
	if peers.Admits(own) || peers.IsPublic(own) {
		t.Error("this machine can be reached at another of its addresses")
	}
}

func TestWhatTheOperatorDeniesIsRefusedEvenIfItIsOurs(t *testing.T) {
	ip := netip.MustParseAddr("8.8.8.8")
	peers := guard.Peers{Public: []netip.Addr{ip}, Denied: []netip.Prefix{netip.MustParsePrefix("8.8.0.0/16")}, AllowPrivate: true}
	if peers.Admits(ip) {
		t.Error("a denied range is admitted")
	}
}

func TestTheOperatorMayAdmitSpecialRangesButNotMetadata(t *testing.T) {
	p := guard.Peers{
		Allowed: []netip.Prefix{
			netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("169.254.0.0/16"),
			netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("224.0.0.0/4"), netip.MustParsePrefix("fe80::/10"),
		},
		Denied: []netip.Prefix{netip.MustParsePrefix("10.1.9.0/24")},
		Own:    []netip.Addr{netip.MustParseAddr("10.1.0.1")},
	}
	for address, want := range map[string]bool{
		"10.1.2.3": true, "fd00::1": true, "8.8.8.8": true,
		"10.2.0.1": false, "10.1.9.1": false, "10.1.0.1": false, "::ffff:10.1.2.3": false,
		"169.254.169.254": false, "169.254.170.2": false, "fd00:ec2::254": false, "224.0.0.1": false, "fe80::1": false,
	} {
		if got := p.Admits(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is admitted: %v", address, got)
		}
	}
}

func TestAMeterLetsItsRateAndItsBurstPass(t *testing.T) {
	now := time.Unix(1000, 0)
	m := guard.NewMeter(1000, 2*time.Second)
	if !m.Takes(1500, now) || !m.Takes(500, now) || m.Takes(1, now) {
		t.Error("it does not let two seconds' worth pass at once, and no more")
	}
	if now = now.Add(100 * time.Millisecond); m.Takes(101, now) || !m.Takes(100, now) {
		t.Error("it does not let a tenth of a second's worth pass after a tenth of a second")
	}
	if now = now.Add(time.Hour); !m.Takes(2000, now) || m.Takes(1, now) {
		t.Error("what is not used adds up past the burst")
	}
	free := guard.NewMeter(0, time.Second)
	if !free.Takes(1<<40, now) {
		t.Error("a meter without a rate holds something up")
	}
}

func TestDevelopmentAdmitsPrivatePeersButNotMetadata(t *testing.T) {
	peers := guard.Peers{AllowPrivate: true, Own: []netip.Addr{netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("fe80::2")}}
	for _, ip := range []string{"127.0.0.1", "10.0.0.1", "192.168.0.9", "100.64.0.1", "::1", "fd00::1", "192.0.2.2"} {
		if !peers.Admits(netip.MustParseAddr(ip)) {
			t.Errorf("%s is refused", ip)
		}
	}
	for _, ip := range []string{"169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.3", "fe80::1", "fe80::2", "ff02::1"} {
		if peers.Admits(netip.MustParseAddr(ip)) {
			t.Errorf("%s is admitted", ip)
		}
	}
}

var (
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	client = netip.MustParseAddrPort("198.51.100.7:4000")
)

func TestANonceIsGoodForItsClientUntilItIsOld(t *testing.T) {
	nonces := guard.NewNonces(time.Hour)
	nonce := nonces.Issue(client, noon)
	if len(nonce) != 24 {
		t.Errorf("%q has %d characters", nonce, len(nonce))
	}
	for name, valid := range map[string]bool{
		"at once":                nonces.Valid(nonce, client, noon),
		"in its last second":     nonces.Valid(nonce, client, noon.Add(time.Hour-time.Second)),
		"after an hour":          !nonces.Valid(nonce, client, noon.Add(time.Hour)),
		"after a year":           !nonces.Valid(nonce, client, noon.AddDate(1, 0, 0)),
		"before it was made":     !nonces.Valid(nonce, client, noon.Add(-time.Second)),
		"from another port":      !nonces.Valid(nonce, netip.AddrPortFrom(client.Addr(), 4001), noon),
		"from another address":   !nonces.Valid(nonce, netip.MustParseAddrPort("198.51.100.8:4000"), noon),
		"in another process":     !guard.NewNonces(time.Hour).Valid(nonce, client, noon),
		"with another character": !nonces.Valid("B"+nonce[1:], client, noon),
		"empty":                  !nonces.Valid("", client, noon),
		"not base64":             !nonces.Valid("!"+nonce[1:], client, noon),
		"cut":                    !nonces.Valid(nonce[:20], client, noon),
	} {
		if !valid {
			t.Errorf("wrong %s", name)
		}
	}
}

func FuzzANonceThatWasNotIssuedIsRefused(f *testing.F) {
	nonces := guard.NewNonces(time.Hour)
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, nonce string) {
		if nonces.Valid(nonce, client, noon) {
			t.Errorf("%q is valid", nonce)
		}
	})
}

func TestABucketServesItsBurstAndThenItsRate(t *testing.T) {
	buckets := guard.NewBuckets(10, 5)
	source, at := client.Addr(), time.Duration(0)
	taken := func() (n int) {
		for n < 100 && buckets.Take(source, at) {
			n++
		}
		return n
	}
	if n := taken(); n != 5 {
		t.Errorf("at once: %d", n)
	}
	at += 200 * time.Millisecond
	if n := taken(); n != 2 {
		t.Errorf("in 200 ms more: %d", n)
	}
	at += time.Hour
	if n := taken(); n != 5 {
		t.Errorf("an hour later: %d", n)
	}
	at -= time.Minute
	if n := taken(); n != 0 {
		t.Errorf("when the clock seems to run backwards: %d", n)
	}
}

func TestSourcesHaveTheirOwnBuckets(t *testing.T) {
	buckets := guard.NewBuckets(1, 1)
	served := 0
	for i := range 200 {
		if buckets.Take(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), 0) {
			served++
		}
	}
	if served < 195 { // two of 200 share one of 65,536 buckets in 30 % of runs
		t.Errorf("%d of 200 sources were served", served)
	}
}

func TestAnIPv6HostIsOneSourceWhateverAddressItTakes(t *testing.T) {
	for a, b := range map[string]string{
		"2001:db8:1:2::1": "2001:db8:1:2:ffff::9",
		"::ffff:10.0.0.1": "10.0.0.1",
		"fe80::1%eth0":    "fe80::1%eth1",
	} {
		if guard.Source(netip.MustParseAddr(a)) != guard.Source(netip.MustParseAddr(b)) {
			t.Errorf("%s and %s are two sources", a, b)
		}
	}
	if guard.Source(netip.MustParseAddr("10.0.0.1")) == guard.Source(netip.MustParseAddr("10.0.0.2")) {
		t.Error("two IPv4 hosts are one source")
	}
}

func TestAQuotaBoundsEachAndAll(t *testing.T) {
	quota := guard.NewQuota[string](2, 3)
	for n, want := range []bool{true, true, false} {
		if quota.Take("a") != want {
			t.Errorf("one holder may hold 2; number %d is wrong", n+1)
		}
	}
	if !quota.Take("b") || quota.Take("c") || quota.Total() != 3 {
		t.Error("all may hold 3")
	}
	quota.Give("a")
	if !quota.Take("c") || quota.Take("a") {
		t.Error("what is given back is for anybody")
	}
}

func TestAQuotaHoldsUnderMany(t *testing.T) {
	quota := guard.NewQuota[string](1000, 1000)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 500 {
				if holder := fmt.Sprint(i); quota.Take(holder) {
					quota.Give(holder)
				}
			}
		})
	}
	all.Wait()
	if quota.Total() != 0 {
		t.Errorf("%d are left", quota.Total())
	}
}

func BenchmarkPeers(b *testing.B) {
	peers, ip := guard.Peers{}, netip.MustParseAddr("8.8.8.8")
	for b.Loop() {
		peers.Admits(ip)
	}
}
