package fleet_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/fleet"
)

// register is a list that notes what happens to it.
type register struct {
	mu    sync.Mutex
	notes []string
	err   error
	until time.Time
}

func (r *register) Enlist(_ context.Context, relay ice.Relay, until time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes, r.until = append(r.notes, "enlist "+relay.ID), until
	return r.err
}

func (r *register) Dismiss(ctx context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, "dismiss "+id)
	return ctx.Err()
}

func (r *register) noted() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.notes, ", ")
}

func TestAServerIsListedWithEveryBeatUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &register{err: errors.New("the table is busy")} // Which ends nothing.
		ctx, end := context.WithCancel(t.Context())
		m := fleet.Member{Relay: ice.Relay{ID: "a"}, List: list, Every: fleet.Beat, Log: slog.New(slog.DiscardHandler)}
		var living sync.WaitGroup
		living.Go(func() { m.Live(ctx) })
		<-time.After(2*fleet.Beat + time.Second)
		end()
		living.Wait()
		if got := time.Until(list.until); got != 3*fleet.Beat-time.Second {
			t.Errorf("it counts as alive for another %v", got)
		}
		if got := list.noted(); got != "enlist a, enlist a, enlist a, dismiss a" {
			t.Errorf("noted is %s", got)
		}
	})
}

func TestATaskThatCarriesCallsIsProtected(t *testing.T) {
	asked := make(chan string, 1)
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		asked <- r.Method + " " + r.URL.Path + " " + string(body)
	}))
	defer agent.Close()
	for allocations, want := range map[int]string{
		0: `PUT /api/task-protection/v1/state {"ProtectionEnabled":false}`,
		1: `PUT /api/task-protection/v1/state {"ExpiresInMinutes":2,"ProtectionEnabled":true}`,
	} {
		ctx, end := context.WithCancel(t.Context())
		m := fleet.Member{
			List: &register{}, Allocations: func() int { return allocations }, Agent: agent.URL + "/api",
			Every: time.Hour, Log: slog.New(slog.DiscardHandler),
		}
		var living sync.WaitGroup
		living.Go(func() { m.Live(ctx) })
		if got := <-asked; got != want {
			t.Errorf("with %d allocations it asks %s", allocations, got)
		}
		end()
		living.Wait()
	}
}

func TestTheWorldSaysWhichAddressWeHave(t *testing.T) {
	for what, test := range map[string]struct {
		status     int
		text, want string
	}{
		"an address":   {http.StatusOK, "192.0.2.7\n", "192.0.2.7"},
		"a page":       {http.StatusOK, "<html>", ""},
		"a refusal":    {http.StatusForbidden, "192.0.2.7", ""},
		"far too much": {http.StatusOK, strings.Repeat("1", 1<<20), ""},
		"nothing":      {http.StatusOK, "", ""},
	} {
		world := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.text) // The client says so if it does not arrive.
		}))
		got, err := fleet.Address(t.Context(), world.URL)
		if (err == nil) != (test.want != "") || err == nil && got.String() != test.want {
			t.Errorf("%s: the address is %v (%v)", what, got, err)
		}
		world.Close()
	}
}
