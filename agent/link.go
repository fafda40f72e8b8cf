package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	rules "github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/proof"
	"github.com/parleychat/parley/shared/protocol"
)

// maxFrame is the most that API Gateway sends in one message.
const maxFrame = 128 << 10

// patience is how long the agent waits for an answer.
const patience = 20 * time.Second

// clock is the time as the service has it: a device whose own clock is wrong
// could prove nothing.
type clock struct{ ahead atomic.Int64 } // The service's, in nanoseconds.

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// heed sets the clock by what an HTTP server says, to the second.
func (c *clock) heed(r *http.Response) {
	if r == nil {
		return
	}
	if at, err := http.ParseTime(r.Header.Get("Date")); err == nil {
		c.ahead.Store(int64(time.Until(at)))
	}
}

// link is one connection.
type link struct {
	conn *websocket.Conn

	mu    sync.Mutex
	id    int64
	waits map[int64]chan frame
}

// frame is what the agent reads of the service's frames: answers, and sessions
// that begin or change.
type frame struct {
	ID    int64           `json:"id"`
	Push  string          `json:"push"`
	Data  json.RawMessage `json:"data"`
	Error *fault.Error    `json:"error"`
}

// dial connects and proves the device's key. A refusal sets the clock, since a
// wrong one may be why.
func dial(ctx context.Context, d *device, c *clock) (*link, error) {
	text, err := proof.Make(d.key(), d.Company, hostname(), d.Enrol, c.now())
	if err != nil {
		return nil, err
	}
	dialling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, response, err := websocket.Dial(dialling, d.URL, &websocket.DialOptions{
		Subprotocols: []string{protocol.Subprotocol, rules.ProofPrefix + text},
	})
	if err != nil {
		c.heed(response)
		if response != nil && response.StatusCode == http.StatusUnauthorized {
			return nil, errors.New("the service does not know this device: ask an administrator to enrol it")
		}
		return nil, fmt.Errorf("connect: %w", err)
	}
	conn.SetReadLimit(maxFrame)
	return &link{conn: conn, waits: map[int64]chan frame{}}, nil
}

// hostname is the device's name.
func hostname() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "unnamed device"
	}
	return name
}

func (l *link) close() {
	_ = l.conn.Close(websocket.StatusNormalClosure, "") // It may be closed already.
}

// asks sends a command and reads its answer into reply.
func (l *link) asks(ctx context.Context, command string, data, reply any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode %s: %w", command, err)
	}
	l.mu.Lock()
	l.id++
	id, wait := l.id, make(chan frame, 1)
	l.waits[id] = wait
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		delete(l.waits, id)
		l.mu.Unlock()
	}()
	noun, verb, _ := strings.Cut(command, ".")
	whole, err := json.Marshal(protocol.Frame{Action: noun, ID: id, Do: verb, Data: text})
	if err != nil {
		return fmt.Errorf("encode %s: %w", command, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := l.conn.Write(ctx, websocket.MessageText, whole); err != nil {
		return fmt.Errorf("send %s: %w", command, err)
	}
	select {
	case answer := <-wait:
		if answer.Error != nil {
			return fmt.Errorf("%s is refused: %w", command, answer.Error)
		}
		return json.Unmarshal(answer.Data, reply)
	case <-ctx.Done():
		return fmt.Errorf("%s has no answer: %w", command, ctx.Err())
	}
}

// read hands answers to who waits for them, and every session that a push tells
// of to hears, until the connection ends.
func (l *link) read(ctx context.Context, hears func(protocol.Session)) error {
	for {
		_, text, err := l.conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		l.take(text, hears)
	}
}

// take sorts one frame; what it does not know it passes over.
func (l *link) take(text []byte, hears func(protocol.Session)) {
	var f frame
	if json.Unmarshal(text, &f) != nil {
		return
	}
	if f.Push == "session.changed" {
		var changed protocol.SessionChanged
		if json.Unmarshal(f.Data, &changed) == nil {
			hears(changed.Session)
		}
		return
	}
	l.mu.Lock()
	wait := l.waits[f.ID]
	delete(l.waits, f.ID) // One answer only.
	l.mu.Unlock()
	if wait != nil && f.Push == "" {
		wait <- f
	}
}
