package gateway

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestFrameFindsItsRoute(t *testing.T) {
	w := newWorld(t, func(cfg *Config) {
		cfg.Routes = append(cfg.Routes, Route{Key: "7", Function: "seven"}, Route{Key: "true", Function: "yes"})
	})
	c := w.join()
	for name, row := range map[string]struct{ frame, function, key string }{
		"by its action":              {`{"action":"tell","x":1}`, "tell", "tell"},
		"by a number as text":        {`{"action":7}`, "seven", "7"},
		"by a boolean as text":       {`{"action": true }`, "yes", "true"},
		"an unknown action":          {`{"action":"shout"}`, "other", "$default"},
		"another case":               {`{"action":"Tell"}`, "other", "$default"},
		"another field's case":       {`{"Action":"tell"}`, "other", "$default"},
		"no action":                  {`{"do":"tell"}`, "other", "$default"},
		"a null action":              {`{"action":null}`, "other", "$default"},
		"an object as action":        {`{"action":{"action":"tell"}}`, "other", "$default"},
		"not JSON":                   {`tell`, "other", "$default"},
		"a JSON list":                {`["tell"]`, "other", "$default"},
		"JSON with a tail":           {`{"action":"tell"} x`, "other", "$default"},
		"nothing at all":             {``, "other", "$default"},
		"reaching for $connect":      {`{"action":"$connect"}`, "other", "$default"},
		"reaching for $disconnect":   {`{"action":"$disconnect"}`, "other", "$default"},
		"naming $default by its key": {`{"action":"$default"}`, "other", "$default"},
	} {
		t.Run(name, func(t *testing.T) {
			c.says(row.frame)
			e := w.hears(row.function)
			if e.Context.RouteKey != row.key || e.Body != row.frame {
				t.Errorf("%s got routeKey %q and body %q, want %q and the frame", row.function, e.Context.RouteKey, e.Body, row.key)
			}
		})
	}
}

func TestSelectionMayLieDeeper(t *testing.T) {
	for _, expression := range []string{"$request.body.message.kind", "${request.body.message.kind}"} {
		s, err := parseSelection(expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.key([]byte(`{"message":{"kind":"tell"}}`)); got != "tell" {
			t.Errorf("%s finds %q, want tell", expression, got)
		}
	}
}

func TestUnmatchedFrameWithoutDefaultIsForbiddenAndStaysOpen(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.Routes = append(cfg.Routes[:2:2], cfg.Routes[3]) })
	c := w.join()
	c.says(`{"action":"shout"}`)
	c.getsFrame("Forbidden", "")
	c.gotNothing(w)
}

// getsFrame wants a frame by the service itself, byte for byte.
func (c *client) getsFrame(message, request string) {
	c.t.Helper()
	got := c.gets()
	head := fmt.Sprintf(`{"message": "%s", "connectionId":"%s", "requestId":"`, message, c.id)
	id, ok := strings.CutPrefix(got, head)
	id, tail := strings.CutSuffix(id, `"}`)
	if !ok || !tail || len(id) != 16 || (request != "" && id != request) {
		c.t.Fatalf("got %s, want %s…", got, head)
	}
}

func TestFailingFunctionIsAnInternalServerErrorFrame(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.Routes[4].Timeout = 50 * time.Millisecond })
	c := w.join()
	for name, arrange := range map[string]func(function string){
		"it throws":              func(f string) { w.throws(f, "boom") },
		"it cannot be run":       func(f string) { w.unreachable(f) },
		"it answers no response": func(f string) { w.answers(f, `"ok"`) },
		"it runs out of time": func(f string) {
			w.when(f, func(ctx context.Context, _ received) (Result, error) {
				<-ctx.Done()
				return Result{}, ctx.Err()
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			arrange("tell")
			c.says(`{"action":"tell"}`)
			c.getsFrame("Internal server error", w.hears("tell").Context.RequestID)
		})
	}
	c.gotNothing(w)
}

func TestOneWayFunctionIsNeverHeardOf(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	for name, payload := range map[string]string{
		"its body is dropped":   `{"statusCode":200,"body":"hello"}`,
		"its 400 is ignored":    `{"statusCode":400,"body":"bad"}`,
		"its 500 is ignored":    `{"statusCode":500,"body":"worse"}`,
		"its huge body as well": `{"statusCode":200,"body":"` + strings.Repeat("x", maxPush+1) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			w.answers("tell", payload)
			c.says(`{"action":"tell"}`)
			w.hears("tell")
			c.gotNothing(w)
		})
	}
}

func TestTwoWayFunctionRepliesWithItsBody(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	long := strings.Repeat("x", maxPush)
	for name, row := range map[string]struct{ payload, want string }{
		"text":           {`{"statusCode":200,"body":"{\"id\":1}"}`, `{"id":1}`},
		"base64":         {`{"statusCode":200,"body":"aGVsbG8=","isBase64Encoded":true}`, "hello"},
		"128 KB of text": {`{"statusCode":200,"body":"` + long + `"}`, long},
	} {
		t.Run(name, func(t *testing.T) {
			w.answers("ask", row.payload)
			c.says(`{"action":"ask"}`)
			if got := c.gets(); got != row.want {
				t.Errorf("got %.80q, want %.80q", got, row.want)
			}
		})
	}
	for name, payload := range map[string]string{
		"a 400":       `{"statusCode":400,"body":"bad"}`,
		"a 500":       `{"statusCode":500}`,
		"over 128 KB": `{"statusCode":200,"body":"` + long + `x"}`,
	} {
		t.Run(name+" is replaced", func(t *testing.T) {
			w.answers("ask", payload)
			c.says(`{"action":"ask"}`)
			c.getsFrame("Internal server error", "")
		})
	}
	w.answers("ask", `{"statusCode":200}`)
	c.says(`{"action":"ask"}`)
	w.hears("ask")
	c.gotNothing(w)
}

func TestFramesOfOneConnectionRunAtOnceButNotAllOfThem(t *testing.T) {
	const atOnce = 4
	w := newWorld(t, func(cfg *Config) { cfg.MaxInFlight = atOnce })
	var running, most atomic.Int32
	release := make(chan struct{})
	w.when("tell", func(context.Context, received) (Result, error) {
		now := running.Add(1)
		defer running.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		<-release
		return Result{Payload: []byte(`{"statusCode":200}`)}, nil
	})
	c := w.join()
	for range 20 {
		c.says(`{"action":"tell"}`)
	}
	eventually(t, "four functions run", func() bool { return running.Load() == atOnce })
	close(release)
	for range 20 {
		w.hears("tell")
	}
	if most.Load() != atOnce {
		t.Errorf("%d functions ran at once, want %d", most.Load(), atOnce)
	}
}

func TestSpreadMakesFramesOvertakeEachOther(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.MaxInFlight = 50 })
	w.gateway.SetFaults(Faults{Spread: 20 * time.Millisecond})
	c := w.join()
	var sent, ran string
	for i := range 50 {
		c.says(fmt.Sprintf(`{"action":"tell","n":%d}`, i))
		sent += fmt.Sprintf(`{"action":"tell","n":%d}`, i)
	}
	for range 50 {
		ran += w.hears("tell").Body
	}
	if ran == sent {
		t.Error("50 frames ran in order")
	}
}

// BenchmarkEcho is the gateway's own share of a round trip: one client, a
// two-way function that costs nothing.
func BenchmarkEcho(b *testing.B) {
	w := newWorld(b, nil)
	w.answers("ask", `{"statusCode":200,"body":"{\"id\":1}"}`)
	c := w.join()
	for b.Loop() {
		c.says(`{"action":"ask","id":1}`)
		c.gets()
	}
}

// BenchmarkPush is one push through the SDK to one client.
func BenchmarkPush(b *testing.B) {
	w := newWorld(b, nil)
	c, api := w.join(), w.sdk()
	for b.Loop() {
		if err := api.posts(c.id, "hello"); err != nil {
			b.Fatal(err)
		}
		c.gets()
	}
}
