package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/parleychat/parley/shared/protocol"
)

// The pace of reconnecting: at once, then slower up to a minute, always drawn
// at random so that many agents do not come back together.
const (
	firstWait = time.Second
	mostWait  = time.Minute
	steady    = 30 * time.Second // A connection that held this long was a good one.
)

// maxFrame is the most that API Gateway sends in one message.
const maxFrame = 128 << 10

// agent is one user's part in Parley while no page is open.
type agent struct {
	url, tokenFile, page, opener string

	log    *slog.Logger
	opened string // The session for which the page was opened last.
}

// run stays connected until the context ends.
func (a *agent) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := a.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > steady {
			failures = 0
		}
		wait := rand.N(min(firstWait<<min(failures, 10), mostWait))
		a.log.Warn("not connected", "error", err, "wait", wait.Round(time.Millisecond).String())
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// connect holds one connection as long as it lasts.
func (a *agent) connect(ctx context.Context) error {
	token, err := os.ReadFile(a.tokenFile)
	if err != nil {
		return fmt.Errorf("read the token: %w", err)
	}
	conn, _, err := websocket.Dial(ctx, a.url, &websocket.DialOptions{
		Subprotocols: []string{protocol.Subprotocol, strings.TrimSpace(string(token))},
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxFrame)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := send(ctx, conn, protocol.Frame{Action: "presence", ID: 1, Do: "hello"}); err != nil {
		return err
	}
	go beat(ctx, cancel, conn)
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if err := a.hears(ctx, text); err != nil {
			return err
		}
	}
}

// interval is how often the lease is renewed; the service's own pace is 4 minutes.
const interval = 4 * time.Minute

// beat renews the lease until the context ends, which it makes end where it
// cannot.
func beat(ctx context.Context, cancel context.CancelFunc, conn *websocket.Conn) {
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for id := int64(2); ; id++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if send(ctx, conn, protocol.Frame{Action: "presence", ID: id, Do: "beat"}) != nil {
			return
		}
	}
}

func send(ctx context.Context, conn *websocket.Conn, f protocol.Frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode %s: %w", f.Command(), err)
	}
	if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
		return fmt.Errorf("send %s: %w", f.Command(), err)
	}
	return nil
}

// frame is what the agent reads of the service's frames: the answer to hello,
// and sessions that begin.
type frame struct {
	Push  string `json:"push"`
	Error *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Data struct {
		Session  protocol.Session   `json:"session"`
		Sessions []protocol.Session `json:"sessions"`
	} `json:"data"`
}

// hears opens the page for a session that begins with the user. It returns an
// error where the service refuses to go on.
func (a *agent) hears(ctx context.Context, text []byte) error {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		return nil // Of a shape that this agent need not know.
	}
	if f.Error != nil {
		return fmt.Errorf("refused: %s", f.Error.Message)
	}
	for _, s := range append(f.Data.Sessions, f.Data.Session) {
		if begins(s) && s.ID != a.opened {
			a.opened = s.ID
			a.log.Info("open the page", "session", s.ID)
			if err := open(ctx, a.opener, a.page); err != nil {
				a.log.Error("page not opened", "error", err)
			}
		}
	}
	return nil
}

// begins reports whether a session waits for the user at their page.
func begins(s protocol.Session) bool {
	return s.State == protocol.Connecting || s.State == protocol.Active
}
