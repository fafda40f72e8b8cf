package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	engine "github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/ice"
)

// lists is a table in which servers list themselves.
func lists(t *testing.T) dynamo.Relays {
	t.Helper()
	server, err := engine.Open(t.TempDir(), engine.Options{TTLInterval: -1})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(func() {
		listening.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	described, err := template.Load("../template.yaml", template.Options{Parameters: map[string]string{
		"TokenIssuers": `[{"issuer":"https://id.example.com","audience":"parley"}]`, "AllowedOrigins": "https://desk.example.com",
	}})
	if err != nil {
		t.Fatal(err)
	}
	client := table.Client(listening.URL)
	if err := table.Create(t.Context(), client, described.Tables[0], "parley"); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": listening.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	return dynamo.Relays{Table: dynamo.Table{Client: client, Name: "parley", Now: time.Now}}
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
