package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/parleychat/parley/turnserver/relay"
)

// settings is what the environment says. Lists are separated by commas.
//
//	TURN_LISTEN               addresses for UDP and TCP; default 0.0.0.0:3478
//	TURN_REALM                default parley
//	TURN_SECRET               shared with whoever issues credentials, 16 bytes or
//	                          more; several while one replaces another; required
//	TURN_PUBLIC_IP            addresses to advertise; default the listening or
//	                          the machine's primary address
//	TURN_PUBLIC_IP_FROM       URL that answers with the address to advertise
//	TURN_REGISTER_TABLE       DynamoDB table in which to be listed; default none
//	TURN_MIN_PORT, _MAX_PORT  relay ports; default 49152 to 65535
//	TURN_ALLOW_PRIVATE_PEERS  "true" admits private peers; development only
//	TURN_DENY_PEERS           ranges to refuse besides the special ones
//	TURN_ALLOW_PEERS          special ranges to admit, such as a media server's
//	TURN_SOFTWARE             named to clients; default nothing
//	TURN_TLS_LISTEN           addresses for TLS; needs the two below
//	TURN_TLS_CERT, _KEY       PEM files, read again when they change
//	TURN_HEALTH_LISTEN        HTTP address of /healthz and /metrics; default none
//	TURN_DRAIN                how long SIGTERM waits for allocations; default 110s
//	TURN_LOG_LEVEL            debug, info, warn or error; default info
//	TURN_DATA_PATH            fast, portable or auto; default auto
//	TURN_PAUSE                how long the fast path gathers packets under load,
//	                          0s for never; default 300us
//	TURN_SHARDS               goroutines for each UDP address; default one for
//	                          each processor on Linux, else 1
//	TURN_USER_ALLOCATIONS, TURN_SOURCE_ALLOCATIONS, TURN_ALLOCATIONS,
//	TURN_PERMISSIONS, TURN_CHANNELS, TURN_SOURCE_CONNECTIONS, TURN_CONNECTIONS,
//	TURN_ANSWERS, TURN_ANSWER_BURST
//	                          see relay.Limits
//	TURN_BANDWIDTH            bytes a second that an allocation may carry each
//	                          way; default 2500000
type settings struct {
	relay         relay.Config
	publicFrom    string
	registerTable string
	healthListen  string
	drain         time.Duration
}

const (
	defaultDrain = 110 * time.Second
	defaultPause = 300 * time.Microsecond
	// 20 Mbit/s each way is more than a shared screen and a camera take.
	defaultBandwidth = 2_500_000
)

// environment reads variables and keeps the first error.
type environment struct {
	lookup func(string) (string, bool)
	err    error
}

func readEnvironment(lookup func(string) (string, bool)) (settings, error) {
	e := &environment{lookup: lookup}
	s := settings{
		publicFrom:    e.text("TURN_PUBLIC_IP_FROM", ""),
		registerTable: e.text("TURN_REGISTER_TABLE", ""),
		healthListen:  e.text("TURN_HEALTH_LISTEN", ""),
		drain:         parse(e, "TURN_DRAIN", defaultDrain, time.ParseDuration),
		relay: relay.Config{
			Listen:            list(e, "TURN_LISTEN", "0.0.0.0:3478", netip.ParseAddrPort),
			TLSListen:         list(e, "TURN_TLS_LISTEN", "", netip.ParseAddrPort),
			Realm:             e.text("TURN_REALM", "parley"),
			Secrets:           list(e, "TURN_SECRET", "", parseSecret),
			Public:            list(e, "TURN_PUBLIC_IP", "", netip.ParseAddr),
			MinPort:           parse(e, "TURN_MIN_PORT", 49152, parsePort),
			MaxPort:           parse(e, "TURN_MAX_PORT", 65535, parsePort),
			AllowPrivatePeers: parse(e, "TURN_ALLOW_PRIVATE_PEERS", false, strconv.ParseBool),
			DeniedPeers:       list(e, "TURN_DENY_PEERS", "", netip.ParsePrefix),
			DataPath:          e.text("TURN_DATA_PATH", "auto"),
			Pause:             parse(e, "TURN_PAUSE", defaultPause, parsePause),
			Shards:            parse(e, "TURN_SHARDS", defaultShards(), parseCount),
			AllowedPeers:      list(e, "TURN_ALLOW_PEERS", "", netip.ParsePrefix),
			Software:          e.text("TURN_SOFTWARE", ""),
			Limits: relay.Limits{
				UserAllocations:   e.count("TURN_USER_ALLOCATIONS"),
				SourceAllocations: e.count("TURN_SOURCE_ALLOCATIONS"),
				Allocations:       e.count("TURN_ALLOCATIONS"),
				Bandwidth:         parse(e, "TURN_BANDWIDTH", defaultBandwidth, parseCount),
				Permissions:       e.count("TURN_PERMISSIONS"),
				Channels:          e.count("TURN_CHANNELS"),
				SourceConnections: e.count("TURN_SOURCE_CONNECTIONS"),
				Connections:       e.count("TURN_CONNECTIONS"),
				Answers:           e.count("TURN_ANSWERS"),
				AnswerBurst:       e.count("TURN_ANSWER_BURST"),
			},
		},
	}
	level := parse(e, "TURN_LOG_LEVEL", slog.LevelInfo, parseLevel)
	s.relay.Log = slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	cert, key := e.text("TURN_TLS_CERT", ""), e.text("TURN_TLS_KEY", "")
	switch {
	case e.err != nil:
		return settings{}, e.err
	case len(s.relay.Secrets) == 0:
		return settings{}, fmt.Errorf("TURN_SECRET is missing")
	case len(s.relay.Listen) == 0:
		return settings{}, fmt.Errorf("TURN_LISTEN is empty")
	case len(s.relay.TLSListen) == 0:
		return s, nil
	}
	certificate, err := relay.LoadCertificate(cert, key, s.relay.Log)
	if err != nil {
		return settings{}, fmt.Errorf("TURN_TLS_CERT and TURN_TLS_KEY: %w", err)
	}
	s.relay.Certificate = certificate.Choose
	return s, nil
}

func (e *environment) text(name, fallback string) string {
	if value, set := e.lookup(name); set && value != "" {
		return value
	}
	return fallback
}

// count reads a positive number; unset is 0, which takes relay's default.
func (e *environment) count(name string) int { return parse(e, name, 0, parseCount) }

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && n <= 0 {
		err = fmt.Errorf("%d is not positive", n)
	}
	return n, err
}

// maxPause keeps the delay of a packet, of which the pause is the greater part,
// below what a call notices.
const maxPause = 5 * time.Millisecond

func parsePause(text string) (time.Duration, error) {
	pause, err := time.ParseDuration(text)
	if err == nil && (pause < 0 || pause > maxPause) {
		err = fmt.Errorf("%s is not between 0 and %s", pause, maxPause)
	}
	return pause, err
}

// defaultShards is one for each processor where the kernel spreads clients
// over listeners that share an address.
func defaultShards() int {
	if runtime.GOOS == "linux" {
		return runtime.GOMAXPROCS(0)
	}
	return 1
}

func parse[T any](e *environment, name string, fallback T, read func(string) (T, error)) T {
	text := e.text(name, "")
	if text == "" {
		return fallback
	}
	value, err := read(text)
	if err != nil && e.err == nil {
		e.err = fmt.Errorf("%s: %w", name, err)
	}
	return value
}

func list[T any](e *environment, name, fallback string, read func(string) (T, error)) []T {
	var values []T
	for text := range strings.SplitSeq(e.text(name, fallback), ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		value, err := read(text)
		if err != nil && e.err == nil {
			e.err = fmt.Errorf("%s: %w", name, err)
		}
		values = append(values, value)
	}
	return values
}

// parseSecret names no part of the secret in its error.
func parseSecret(text string) (string, error) {
	if len(text) < relay.MinSecret {
		return "", fmt.Errorf("a secret has at least %d bytes", relay.MinSecret)
	}
	return text, nil
}

func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err == nil && n == 0 {
		err = fmt.Errorf("0 is no port")
	}
	return uint16(n), err
}

func parseLevel(text string) (level slog.Level, err error) {
	err = level.UnmarshalText([]byte(text))
	return level, err
}
