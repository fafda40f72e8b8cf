package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/table/tabletest"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/ice"
)

// lists is a table in which servers list themselves.
func lists(t *testing.T) dynamo.Relays {
	t.Helper()
	table, endpoint := tabletest.Open(t, "../template.yaml")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	return dynamo.Relays{Table: table}
}

func TestAServerIsListedAtItsPublicAddressUntilItDrains(t *testing.T) {
	list := lists(t)
	world := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "127.0.0.1\n") // The server says so if it does not arrive.
	}))
	defer world.Close()
	r := startWith(t, time.Minute, func(s *settings) {
		s.registerTable, s.publicFrom = "parley", world.URL
	})
	r.becomes(t, http.StatusOK)
	alive := func() []ice.Relay {
		relays, err := list.Relays(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return relays
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(5 * time.Second)
	for len(alive()) == 0 && time.Now().Before(deadline) {
		<-tick.C
	}
	if relays := alive(); len(relays) != 1 || relays[0].Address != r.turn {
		t.Errorf("listed are %v, want %s", relays, r.turn)
	}
	r.allocates(t)
	r.signals <- syscall.SIGTERM
	r.becomes(t, http.StatusServiceUnavailable)
	if relays := alive(); len(relays) != 0 {
		t.Errorf("a draining server is listed: %v", relays)
	}
	r.signals <- syscall.SIGTERM
	r.ends(t)
}

func TestAServerWithoutAPublicAddressIsNotListed(t *testing.T) {
	lists(t)
	r := startWith(t, time.Minute, func(s *settings) { s.registerTable = "parley" })
	if err := <-r.ended; err == nil || !strings.Contains(err.Error(), "TURN_PUBLIC_IP") {
		t.Errorf("it ends with %v", err)
	}
}
