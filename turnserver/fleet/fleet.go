// Package fleet makes a TURN server one of several behind no load balancer: it
// learns the address at which the world reaches it, lists itself in the table
// while it lives, so that calls are given it, and asks ECS not to stop it while
// it carries any.
package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/ice"
)

// Beat is how often a server lists itself, and missed after how many beats it
// counts as gone: nobody is given one that ended without a word for longer.
const (
	Beat   = 30 * time.Second
	missed = 3
)

// protection is how long ECS lets a task alone that carries calls, in minutes,
// unless it is asked again.
const protection = 2

// patience is how long one request to a neighbour may take.
const patience = 5 * time.Second

// List is where live relays are listed.
type List interface {
	Enlist(ctx context.Context, r ice.Relay, until time.Time) error
	Dismiss(ctx context.Context, id string) error
}

// Member is this server among the others.
type Member struct {
	Relay       ice.Relay
	List        List
	Allocations func() int // That are live now.
	Agent       string     // URL of ECS's agent, from ECS_AGENT_URI; empty elsewhere.
	Every       time.Duration
	Log         *slog.Logger
}

// Live lists the server until the context is done, and then takes it off, so
// that no new call is given it while the old ones are carried on. An error is
// logged and tried again with the next beat.
func (m Member) Live(ctx context.Context) {
	beat := time.NewTicker(m.Every)
	defer beat.Stop()
	for {
		m.beat(ctx)
		select {
		case <-beat.C:
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
			defer cancel()
			if err := m.List.Dismiss(ctx, m.Relay.ID); err != nil {
				m.Log.Error("leaving the list of relays", "error", err)
			}
			return
		}
	}
}

func (m Member) beat(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := m.List.Enlist(ctx, m.Relay, time.Now().Add(missed*m.Every)); err != nil && ctx.Err() == nil {
		m.Log.Error("entering the list of relays", "error", err)
	}
	if m.Agent == "" {
		return
	}
	if err := m.protect(ctx, m.Allocations() > 0); err != nil && ctx.Err() == nil {
		m.Log.Error("asking ECS for protection", "error", err)
	}
}

// protect asks ECS not to stop the task, neither to scale in nor to deploy, for
// as long as a beat may be late.
func (m Member) protect(ctx context.Context, busy bool) error {
	asked := map[string]any{"ProtectionEnabled": busy}
	if busy {
		asked["ExpiresInMinutes"] = protection
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, m.Agent+"/task-protection/v1/state", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	_, err = answer(request)
	return err
}

// Address asks a service at a URL for the address that our requests come from.
// A Fargate task knows only its private one.
func Address(ctx context.Context, url string) (netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return netip.Addr{}, err
	}
	text, err := answer(request)
	if err != nil {
		return netip.Addr{}, err
	}
	address, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%s answers with no address: %w", url, err)
	}
	return address, nil
}

// answer is the text with which a request is answered, at most 1 KiB of it.
func answer(request *http.Request) (string, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", request.URL.Host, response.Status)
	}
	return string(text), err
}
