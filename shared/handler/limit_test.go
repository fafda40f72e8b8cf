package handler_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/protocol"
)

// limited are frames with limits, whose commands do nothing.
func limited(now *time.Time) handler.Frames {
	nothing := func(context.Context, handler.Caller, protocol.Frame) (handler.Outcome, error) {
		return handler.Outcome{Reply: protocol.Empty{}}, nil
	}
	return handler.Frames{Log: quiet, Now: func() time.Time { return *now }, Limits: handler.NewLimits(), Commands: handler.Commands{
		"message.post": nothing, "message.type": nothing, "message.list": nothing,
		"presence.notify": nothing,
	}}
}

// floods sends a command many times at once and says how many were let through.
func floods(t *testing.T, h handler.Frames, who, connection, frame string, times int) int {
	t.Helper()
	passed := 0
	for range times {
		e := events.APIGatewayWebsocketProxyRequest{Body: frame}
		e.RequestContext.ConnectionID = connection
		e.RequestContext.Authorizer = map[string]any{"principal": `{"id":"` + who + `","role":"contact","name":"A","company":"acme"}`}
		reply := asked(t, h, e)
		switch {
		case reply.Error == nil:
			passed++
		case reply.Error.Code != fault.RateLimited:
			t.Fatalf("got %+v", reply.Error)
		}
	}
	return passed
}

const (
	post   = `{"action":"message","id":1,"do":"post"}`
	typ    = `{"action":"message","id":1,"do":"type"}`
	list   = `{"action":"message","id":1,"do":"list"}`
	notify = `{"action":"presence","id":1,"do":"notify"}`
)

func TestAFloodIsRefusedAndCostsNobodyElse(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	h := limited(&now)
	if n := floods(t, h, "a", "c1", post, 100); n != 40 {
		t.Errorf("%d messages passed at once, want 40", n)
	}
	if n := floods(t, h, "a", "c1", typ, 100); n != 5 {
		t.Errorf("%d times typing passed at once, want 5", n)
	}
	if n := floods(t, h, "a", "c1", notify, 100); n != 5 {
		t.Errorf("%d notices passed at once, want 5", n)
	}
	if n := floods(t, h, "a", "c1", list, 1) + floods(t, h, "b", "c2", post, 10); n != 11 {
		t.Errorf("of others %d passed, want 11", n)
	}
	now = now.Add(time.Second)
	if n := floods(t, h, "a", "c1", post, 100); n != 10 {
		t.Errorf("%d messages passed a second later, want 10", n)
	}
}

func TestManyConnectionsOfOnePersonAreOnePerson(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	h, passed := limited(&now), 0
	for c := range 50 {
		passed += floods(t, h, "a", string(rune('A'+c)), post, 40)
	}
	if passed != 600 {
		t.Errorf("%d passed, want 600", passed)
	}
}
