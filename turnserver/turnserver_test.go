package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pion/turn/v3"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/relay"
)

// environmentOf looks variables up in a list of NAME=value.
func environmentOf(variables ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, one := range variables {
			if value, found := strings.CutPrefix(one, name+"="); found {
				return value, true
			}
		}
		return "", false
	}
}

const enough = "TURN_SECRET=a secret of enough bytes"

// E6: the relay ports are 49152-65535.
func TestASecretIsAllThatMustBeSaid(t *testing.T) {
	s, err := readEnvironment(environmentOf(enough))
	if err != nil {
		t.Fatal(err)
	}
	if s.relay.Listen[0].String() != "0.0.0.0:3478" || s.relay.Realm != "parley" || s.drain != 110*time.Second ||
		s.relay.MinPort != 49152 || s.relay.MaxPort != 65535 || s.relay.AllowPrivatePeers || s.healthListen != "" ||
		s.relay.Limits.Bandwidth != 2_500_000 || s.relay.DataPath != "auto" || s.relay.Pause != 300*time.Microsecond {
		t.Errorf("the defaults are %+v", s)
	}
}

func TestEverythingCanBeSaid(t *testing.T) {
	s, err := readEnvironment(environmentOf(
		"TURN_SECRET=the first secret of all, the second secret of all",
		"TURN_LISTEN=0.0.0.0:3478,[::]:3478", "TURN_REALM=example.com", "TURN_PUBLIC_IP=203.0.113.7,2001:db8::7",
		"TURN_MIN_PORT=50000", "TURN_MAX_PORT=50100", "TURN_ALLOW_PRIVATE_PEERS=true", "TURN_DENY_PEERS=8.8.8.0/24",
		"TURN_HEALTH_LISTEN=:8080", "TURN_DRAIN=30s", "TURN_USER_ALLOCATIONS=5", "TURN_LOG_LEVEL=debug",
		"TURN_DATA_PATH=portable", "TURN_PAUSE=0s", "TURN_SHARDS=3", "TURN_BANDWIDTH=250000",
		"TURN_ALLOW_PEERS=10.1.0.0/16", "TURN_SOFTWARE=parley"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.relay.Listen) != 2 || s.relay.Realm != "example.com" || s.relay.Public[1].String() != "2001:db8::7" ||
		s.relay.MinPort != 50000 || s.relay.MaxPort != 50100 || !s.relay.AllowPrivatePeers ||
		s.relay.DeniedPeers[0].String() != "8.8.8.0/24" || s.relay.Secrets[1] != "the second secret of all" ||
		s.relay.AllowedPeers[0].String() != "10.1.0.0/16" || s.relay.Software != "parley" || s.relay.DataPath != "portable" || s.relay.Pause != 0 || s.relay.Shards != 3 || s.relay.Limits.Bandwidth != 250000 ||
		s.healthListen != ":8080" || s.drain != 30*time.Second || s.relay.Limits.UserAllocations != 5 {
		t.Errorf("it was read as %+v", s)
	}
	if !s.relay.Log.Enabled(context.Background(), slog.LevelDebug) {
		t.Error("the log level was not read")
	}
}

func TestAWrongEnvironmentIsRefusedByName(t *testing.T) {
	for name, variables := range map[string][]string{
		"TURN_SECRET is missing":   {},
		"TURN_SECRET: a secret":    {"TURN_SECRET=short"},
		"TURN_LISTEN":              {enough, "TURN_LISTEN=3478"},
		"TURN_PUBLIC_IP":           {enough, "TURN_PUBLIC_IP=turn.example.com"},
		"TURN_MIN_PORT":            {enough, "TURN_MIN_PORT=0"},
		"TURN_MAX_PORT":            {enough, "TURN_MAX_PORT=65536"},
		"TURN_DRAIN":               {enough, "TURN_DRAIN=110"},
		"TURN_ALLOW_PRIVATE_PEERS": {enough, "TURN_ALLOW_PRIVATE_PEERS=perhaps"},
		"TURN_DENY_PEERS":          {enough, "TURN_DENY_PEERS=10.0.0.0"},
		"TURN_ALLOW_PEERS":         {enough, "TURN_ALLOW_PEERS=everybody"},
		"TURN_ALLOCATIONS":         {enough, "TURN_ALLOCATIONS=-1"},
		"TURN_PAUSE":               {enough, "TURN_PAUSE=1s"},
		"TURN_SHARDS":              {enough, "TURN_SHARDS=0"},
		"TURN_LOG_LEVEL":           {enough, "TURN_LOG_LEVEL=loud"},
		"TURN_TLS_CERT":            {enough, "TURN_TLS_LISTEN=0.0.0.0:5349"},
	} {
		_, err := readEnvironment(environmentOf(variables...))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "short") {
			t.Errorf("the secret is in the error: %v", err)
		}
	}
}

// running is a server as the command runs it, until a signal.
type running struct {
	turn, web string
	signals   chan os.Signal
	ended     chan error
}

func start(t *testing.T, drain time.Duration) *running {
	t.Helper()
	return startWith(t, drain, func(*settings) {})
}

// startWith starts with settings that are changed a little.
func startWith(t *testing.T, drain time.Duration, change func(*settings)) *running {
	t.Helper()
	r := &running{turn: freeAddress(t), web: freeAddress(t), signals: make(chan os.Signal, 2), ended: make(chan error, 1)}
	s := settings{healthListen: r.web, drain: drain, relay: relay.Config{
		Listen: []netip.AddrPort{netip.MustParseAddrPort(r.turn)}, Secrets: []string{"a secret of enough bytes"},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
	change(&s)
	go func() { r.ended <- serve(context.Background(), s, r.signals) }()
	return r
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (r *running) asks(path string) (status int, body string) {
	answer, err := http.Get("http://" + r.web + path)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}

// becomes waits until /healthz says a status.
func (r *running) becomes(t *testing.T, status int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(5 * time.Second); ; <-tick.C {
		now, body := r.asks("/healthz")
		if now == status {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("/healthz says %d, %s", now, body)
		}
	}
}

func (r *running) ends(t *testing.T) {
	t.Helper()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Errorf("it ends with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it does not end")
	}
}

func TestTheCommandServesUntilASignal(t *testing.T) {
	r := start(t, time.Minute)
	r.becomes(t, http.StatusOK)
	if err := askHealth(netip.MustParseAddrPort(r.turn)); err != nil {
		t.Errorf("-health says: %v", err)
	}
	if status, page := r.asks("/metrics"); status != http.StatusOK || !strings.Contains(page, "turn_allocations 0") {
		t.Errorf("/metrics is %d", status)
	}
	r.signals <- syscall.SIGTERM
	r.ends(t)
	if askHealth(netip.MustParseAddrPort(r.turn)) == nil {
		t.Error("-health says that a server runs that does not")
	}
}

// allocates makes an allocation with pion's client.
func (r *running) allocates(t *testing.T) {
	t.Helper()
	local, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	user, password := ice.Issue("a secret of enough bytes", "s1.p1", time.Now(), time.Minute)
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: r.turn, Conn: local, Username: user, Password: password, Realm: "parley",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); local.Close() })
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Allocate(); err != nil {
		t.Fatal(err)
	}
}

// Row 17.
func TestASignalDrainsAndASecondOneEnds(t *testing.T) {
	r := start(t, time.Minute)
	r.becomes(t, http.StatusOK)
	r.allocates(t)
	r.signals <- syscall.SIGTERM
	r.becomes(t, http.StatusServiceUnavailable)
	select {
	case <-r.ended:
		t.Fatal("it ends while an allocation is live")
	default:
	}
	r.signals <- syscall.SIGTERM
	r.ends(t)
}

// Row 17.
func TestDrainingHasALimit(t *testing.T) {
	r := start(t, 50*time.Millisecond)
	r.becomes(t, http.StatusOK)
	r.allocates(t)
	r.signals <- syscall.SIGTERM
	r.ends(t)
}

func TestAWildcardIsAskedOnLoopback(t *testing.T) {
	for listen, want := range map[string]string{
		"0.0.0.0:3478": "127.0.0.1:3478", "[::]:3478": "[::1]:3478", "10.0.0.1:3478": "10.0.0.1:3478",
	} {
		if got := reachable(netip.MustParseAddrPort(listen)).String(); got != want {
			t.Errorf("%s is asked on %s", listen, got)
		}
	}
}
