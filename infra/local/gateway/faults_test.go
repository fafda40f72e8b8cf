package gateway

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/coder/websocket"
)

func TestBareGoneIsOnlyAStatus(t *testing.T) {
	w := newWorld(t, nil)
	w.gateway.SetFaults(Faults{BareGone: true})
	err := w.sdk().posts("AAAAAAAAAAAAAAA=", "x")
	var exception *types.GoneException
	if errors.As(err, &exception) || statusOf(err) != http.StatusGone {
		t.Errorf("got %v, want 410 that is no GoneException", err)
	}
}

func TestShareOfPushesFails(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	for name, row := range map[string]struct {
		faults Faults
		failed int
		status int
	}{
		"none":            {Faults{}, 0, 0},
		"a quarter":       {Faults{PushFailShare: 0.25}, 5, 429},
		"all with a 500":  {Faults{PushFailShare: 1, PushFailStatus: 500}, 20, 500},
		"a tenth by 503s": {Faults{PushFailShare: 0.1, PushFailStatus: 503}, 2, 503},
	} {
		t.Run(name, func(t *testing.T) {
			w.gateway.SetFaults(row.faults)
			failed := 0
			for range 20 {
				err := w.sdk().posts(c.id, "x")
				if err == nil {
					c.gets()
					continue
				}
				failed++
				var limit *types.LimitExceededException
				if statusOf(err) != row.status || errors.As(err, &limit) != (row.status == 429) {
					t.Errorf("failed with %v, want status %d", err, row.status)
				}
			}
			if failed != row.failed {
				t.Errorf("%d of 20 failed, want %d", failed, row.failed)
			}
		})
	}
}

func TestLostDisconnectIsNeverRun(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.LoseDisconnect = true })
	w.join().conn.Close(websocket.StatusNormalClosure, "")
	eventually(t, "the connection is over and done with", func() bool {
		w.gateway.mu.Lock()
		defer w.gateway.mu.Unlock()
		return w.gateway.held == 0
	})
	w.gateway.SetFaults(Faults{})
	stays := w.join()
	stays.conn.Close(websocket.StatusNormalClosure, "")
	if got := w.hears("disconnect").Context.ConnectionID; got != stays.id {
		t.Errorf("$disconnect was run for %s", got)
	}
}

func TestCutLeavesNoCloseFrame(t *testing.T) {
	w := newWorld(t, nil)
	c, other := w.join(), w.join()
	if !w.gateway.Cut(c.id) || w.gateway.Cut("AAAAAAAAAAAAAAA=") {
		t.Error("Cut must tell whether the connection was there")
	}
	if e := w.hears("disconnect").Context; e.ConnectionID != c.id || e.DisconnectStatusCode != 1006 {
		t.Errorf("$disconnect of %s says %d, want 1006", e.ConnectionID, e.DisconnectStatusCode)
	}
	_, _, err := c.conn.Read(t.Context())
	if err == nil || websocket.CloseStatus(err) != -1 {
		t.Errorf("the client saw %v, want a broken socket", err)
	}
	other.gotNothing(w)
}

func TestDelayHoldsPushesAndFrames(t *testing.T) {
	const delay = 20 * time.Millisecond
	w := newWorld(t, nil)
	c := w.join()
	w.gateway.SetFaults(Faults{Delay: delay})
	for name, act := range map[string]func(){
		"a push":  func() { w.sdk().posts(c.id, "x") },
		"a frame": func() { c.says("x"); w.hears("other") },
	} {
		start := time.Now()
		act()
		if took := time.Since(start); took < delay {
			t.Errorf("%s took %s, want %s at least", name, took, delay)
		}
	}
}

func TestConfigIsCheckedInSentences(t *testing.T) {
	good := []Route{{Key: "$connect", Function: "f"}}
	for want, cfg := range map[string]Config{
		"a route has no key":             {Routes: []Route{{Function: "f"}}},
		"route x has no function":        {Routes: []Route{{Key: "x"}}},
		"route x is there twice":         {Routes: []Route{{Key: "x", Function: "f"}, {Key: "x", Function: "g"}}},
		"the authorizer has no function": {Routes: good, Authorizer: &Authorizer{}},
		"an authorizer needs a $connect route": {
			Authorizer: &Authorizer{Function: "a"}},
		"route x has a timeout of 30s; it must be 50ms to 29s": {
			Routes: []Route{{Key: "x", Function: "f", Timeout: 30 * time.Second}}},
		`route selection expression "request.body.action" must be $request.body.NAME`: {
			Selection: "request.body.action"},
		`identity source "$request.querystring.token" must be route.request.querystring.NAME or route.request.header.NAME`: {
			Routes: good, Authorizer: &Authorizer{Function: "a", IdentitySources: []string{"$request.querystring.token"}}},
	} {
		if err := cfg.Check(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := (Config{}).Check(); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
}
