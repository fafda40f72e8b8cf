package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// ErrRaced says that somebody else added the entry first, or changed the head.
var ErrRaced = errors.New("somebody else was first")

// Listener is one connection that hears a session.
type Listener struct {
	Connection string
	Principal  string
}

// Heard is a session without its entries, who listens, and how far its
// participants have come.
type Heard struct {
	Session
	Listeners []Listener
	Marks     []protocol.Mark
}

// Attends reports whether some connection of a principal listens.
func (h Heard) Attends(principal string) bool {
	return slices.ContainsFunc(h.Listeners, func(l Listener) bool { return l.Principal == principal })
}

// Hearers are the connections of participants that listen; not nil where there
// are none.
func (h Heard) Hearers() []string {
	connections := []string{}
	for _, l := range h.Listeners {
		if h.Audible(identity.Principal{ID: l.Principal}) == nil {
			connections = append(connections, l.Connection)
		}
	}
	return connections
}

// Marked is how far the principal has come with what one of their pages tells,
// and whether that is further than was known. Of two pages one may have
// received more, the other shown more, and one may be heard where the other
// shows only a dot.
func (h Heard) Marked(by identity.Principal, r protocol.Read, now time.Time) (protocol.Mark, bool, error) {
	if err := h.Reads(by, r); err != nil {
		return protocol.Mark{}, false, err
	}
	known := protocol.Mark{Participant: by.ID}
	for _, m := range h.Marks {
		if m.Participant == by.ID {
			known = m
		}
	}
	m := known
	m.Delivered, m.Read = max(m.Delivered, r.Delivered), max(m.Read, r.Read)
	if r.Notified > m.Notified || r.Notified == m.Notified && rank(r.Rung) > rank(m.Rung) {
		m.Notified, m.Rung, m.NotifiedAt = r.Notified, r.Rung, protocol.At(now)
	}
	return m, m != known, nil
}

// Waiting is a request that nobody has answered.
type Waiting struct {
	ID   string
	Gone time.Time // Since when its contact has been gone; zero where they are there.
}

// Store keeps sessions.
type Store interface {
	// Recall returns what this process remembers of a session. It may be old,
	// but a change built on it is committed only if it is not.
	Recall(id string) (Session, bool)

	// Load reads a session with the entries after a seq, and at least the last
	// ones. It returns fault.NotFound where there is none, and fault.Conflict
	// where too much has been said since.
	Load(ctx context.Context, id string, after int64) (Session, error)

	// Hear reads a session without its entries, and who listens.
	Hear(ctx context.Context, id string) (Heard, error)

	// Commit makes one conditional write. It returns ErrRaced, having written
	// nothing, unless the entry is still the next one.
	Commit(ctx context.Context, c Change) error

	// Entries reads a page of at most limit entries after a seq, oldest first,
	// and whether more follow. It never returns what is past its retention.
	Entries(ctx context.Context, s Session, after int64, limit int) ([]protocol.Entry, bool, error)

	// Listen adds a connection to those who hear the session, until a time.
	Listen(ctx context.Context, id string, l Listener, until time.Time) error

	// Ignore takes a connection out.
	Ignore(ctx context.Context, id, connection string) error

	// Mark keeps how far somebody has come; it never goes back.
	Mark(ctx context.Context, s Session, m protocol.Mark) error

	// Image reads the bytes of the image that somebody sent with a message. It
	// returns fault.NotFound where there is none or it is past its retention.
	Image(ctx context.Context, s Session, by, message string) (protocol.Image, error)

	// Hidden reads a secret by the seq of its entry; the zero Secret where there
	// is none any more.
	Hidden(ctx context.Context, id string, seq int64) (Secret, error)

	// Destroy deletes every secret of a session, shown or not.
	Destroy(ctx context.Context, id string) error

	// DestroyDue deletes the secrets of all sessions that are past their time,
	// and counts them.
	DestroyDue(ctx context.Context) (int, error)

	// Waiting reads the requests of every company that nobody has answered.
	Waiting(ctx context.Context) ([]Waiting, error)

	// Gone notes since when the contact of a request has been gone, or with the
	// zero time that they are back.
	Gone(ctx context.Context, id string, since time.Time) error

	// Mine reads the sessions that somebody takes part in and that are not over.
	Mine(ctx context.Context, home, principal string) ([]Session, error)

	// Standing reads the ids of these sessions, perhaps a moment late.
	Standing(ctx context.Context, home, principal string) ([]string, error)

	// InCompany reads the sessions of a company that are not over, and
	// those that wait to be followed up.
	InCompany(ctx context.Context, company string) ([]Session, error)
}

// Service decides and writes.
type Service struct {
	Store Store
}

// tries is how often a lost race is run again. Each loss means that somebody
// else won.
const tries = 8

// latest asks for no more of a session than its last entries.
const latest = math.MaxInt64

// Create commits a new session, or finds that the same principal has made it. It
// returns ErrRaced where the ticket that it is tied to has changed meanwhile.
func (v Service) Create(ctx context.Context, by identity.Principal, c Change) (Change, error) {
	err := v.Store.Commit(ctx, c)
	if !errors.Is(err, ErrRaced) {
		return c, err
	}
	there, err := v.Store.Load(ctx, c.Next.ID, latest)
	if fault.Is(err, fault.NotFound) && c.Ticket != nil {
		return Change{}, fmt.Errorf("create: %w", ErrRaced)
	}
	return there.begun(by, err)
}

// Again finds a session that the principal has begun before.
func (v Service) Again(ctx context.Context, by identity.Principal, id string) (Change, error) {
	there, err := v.Store.Load(ctx, id, latest)
	return there.begun(by, err)
}

// begun answers the one who began the session as before, and nobody else.
func (s Session) begun(by identity.Principal, err error) (Change, error) {
	switch {
	case err != nil:
		return Change{}, err
	case len(s.Participants) > 0 && s.Participants[0].ID == by.ID:
		return s.repeats(), nil
	}
	return Change{}, errNoSuch
}

// Do loads a session, asks the rule and commits its change; a lost race is run
// again on the newer state. Only a commit proves that a memory is not old: what
// the rule refuses on it, or holds for done, it is asked again on what is stored.
func (v Service) Do(ctx context.Context, id string, after int64, rule func(Session) (Change, error)) (Change, error) {
	if _, err := Company(id); err != nil {
		return Change{}, err
	}
	if s, ok := v.Store.Recall(id); ok && s.covers(after) {
		if c, err := rule(s); err == nil && !c.Repeat {
			if err = v.Store.Commit(ctx, c); !errors.Is(err, ErrRaced) {
				return c, err
			}
		}
	}
	for range tries {
		s, err := v.Store.Load(ctx, id, after)
		if fault.Is(err, fault.Conflict) {
			return v.tooMuch(ctx, id, err, rule)
		}
		if err != nil {
			return Change{}, err
		}
		c, err := rule(s)
		if err != nil || c.Repeat {
			return c, err
		}
		if err = v.Store.Commit(ctx, c); !errors.Is(err, ErrRaced) {
			return c, err
		}
	}
	return Change{}, fault.New(fault.Unavailable, "Too many people write at once. Please try again.")
}

// tooMuch answers where more was said than a load reads. That is only for those
// to know whom the rule allows to write, so it is asked on the last entries.
func (v Service) tooMuch(ctx context.Context, id string, why error, rule func(Session) (Change, error)) (Change, error) {
	s, err := v.Store.Load(ctx, id, latest)
	if err != nil {
		return Change{}, err
	}
	if c, err := rule(s); err != nil || c.Repeat {
		return c, err
	}
	return Change{}, why
}

// covers reports whether every entry after a seq is among the recent ones.
func (s Session) covers(after int64) bool {
	return after >= s.Seq || len(s.Recent) > 0 && s.Recent[0].Seq <= after+1
}
