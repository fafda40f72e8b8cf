// Package fanout delivers one push to every connection of an audience.
//
// Fan-out is a hint; the transcript is the truth. A push that does not arrive
// costs nothing but time: the client sees the gap in seq, or resumes. So every
// audience has a deadline, one slow or dead connection delays nobody else, and
// a connection that is gone is forgotten, never the sender's.
package fanout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/shared/protocol"
)

// Kind says of what an audience is.
type Kind string

// The kinds of audiences.
const (
	Listeners Kind = "listeners" // Of the session with id Key.
	Devices   Kind = "devices"   // All the connections of principal Sub at home Key.
	Watchers  Kind = "watchers"  // Technicians who watch the company Key.
)

// Audience is who must hear.
type Audience struct {
	Kind     Kind
	Key, Sub string
}

// Push is a push and who must hear it, but for one connection.
type Push struct {
	To     Audience
	Except string
	Known  []string // The connections, where the command has read them; otherwise nil, and they are read.
	protocol.Push
}

// ErrGone says that a connection no longer exists.
var ErrGone = errors.New("the connection is gone")

// Directory knows the connections of audiences.
type Directory interface {
	// Connections reads an audience.
	Connections(ctx context.Context, a Audience) ([]string, error)
	// Forget takes a connection that is gone out of an audience.
	Forget(ctx context.Context, a Audience, connection string) error
}

// Sender sends a frame to a connection, retrying what can pass within the
// context. It returns ErrGone where there is no such connection.
type Sender interface {
	Send(ctx context.Context, connection string, frame []byte) error
}

// The bounds of one fan-out.
const (
	Deadline = time.Second            // Of all pushes of a frame together, for which the sender's reply waits.
	Patience = 250 * time.Millisecond // With one connection, so that silent ones do not hold every place.
	Parallel = 32                     // Frames under way at once.
)

// Fan delivers.
type Fan struct {
	Directory Directory
	Sender    Sender
	Log       *slog.Logger
}

// Out delivers the pushes, all at once, and returns when each has arrived,
// failed or run out of time. It returns how many arrived, each connection
// counted for each push, and no error: what is stored does not depend on it.
func (f Fan) Out(ctx context.Context, pushes []Push) int {
	if len(pushes) == 0 {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	way := way{slots: make(chan struct{}, Parallel)}
	var all sync.WaitGroup
	unread := map[Audience][]Push{}
	for _, p := range pushes {
		if p.Known == nil {
			unread[p.To] = append(unread[p.To], p)
			continue
		}
		all.Go(func() { f.deliver(ctx, p, &way) })
	}
	for a, list := range unread {
		all.Go(func() { f.toAudience(ctx, a, list, &way) })
	}
	all.Wait()
	return int(way.arrived.Load())
}

// way is what the pushes of one fan-out share.
type way struct {
	slots   chan struct{}
	arrived atomic.Int64
}

// toAudience reads an audience once and delivers all that it hears.
func (f Fan) toAudience(ctx context.Context, a Audience, pushes []Push, w *way) {
	connections, err := f.Directory.Connections(ctx, a)
	if err != nil {
		f.Log.WarnContext(ctx, "audience cannot be read", "push", pushes[0].Name, "error", err)
		return
	}
	var all sync.WaitGroup
	for _, p := range pushes {
		p.Known = connections
		all.Go(func() { f.deliver(ctx, p, w) })
	}
	all.Wait()
}

func (f Fan) deliver(ctx context.Context, p Push, w *way) {
	frame, err := json.Marshal(p.Push)
	if err != nil {
		f.Log.ErrorContext(ctx, "push cannot be encoded", "push", p.Name, "error", err)
		return
	}
	var all sync.WaitGroup
	for _, connection := range p.Known {
		if connection == p.Except {
			continue
		}
		if !take(ctx, w.slots) {
			f.Log.WarnContext(ctx, "push cut at the deadline", "push", p.Name)
			break
		}
		all.Go(func() {
			defer func() { <-w.slots }()
			arrived, err := f.one(ctx, p.To, connection, frame)
			if err != nil {
				f.Log.WarnContext(ctx, "push not delivered", "push", p.Name, "error", err)
			}
			if arrived {
				w.arrived.Add(1)
			}
		})
	}
	all.Wait()
}

// take waits for a slot, and reports whether there is still time to use it.
func take(ctx context.Context, slots chan<- struct{}) bool {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// one sends to a connection, and reports whether it arrived there.
func (f Fan) one(ctx context.Context, a Audience, connection string, frame []byte) (bool, error) {
	sending, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	err := f.Sender.Send(sending, connection, frame)
	if !errors.Is(err, ErrGone) {
		return err == nil, err
	}
	if err := f.Directory.Forget(ctx, a, connection); err != nil {
		return false, fmt.Errorf("forget a connection that is gone: %w", err)
	}
	return false, nil
}
