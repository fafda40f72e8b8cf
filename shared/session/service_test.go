package session_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// shelf is a store with one session, written to script races and memories that
// are old. Everything else about storage is tested on the real engine.
type shelf struct {
	session.Store // Panics where a test needs more.

	stored   session.Session
	memory   *session.Session
	races    int // Commits that somebody else still wins.
	loads    int
	commits  int
	tooLong  bool  // There are too many entries to load them from the first.
	loadErr  error // What every load fails with.
	writeErr error // What every commit fails with.
}

func (h *shelf) Recall(string) (session.Session, bool) {
	if h.memory == nil {
		return session.Session{}, false
	}
	return *h.memory, true
}

func (h *shelf) Load(_ context.Context, id string, after int64) (session.Session, error) {
	h.loads++
	switch {
	case h.loadErr != nil:
		return session.Session{}, h.loadErr
	case id != h.stored.ID:
		return session.Session{}, fault.New(fault.NotFound, "There is no such session.")
	case h.tooLong && after < h.stored.Seq:
		return session.Session{}, fault.New(fault.Conflict, "Too much was said since. Resume the session first.")
	}
	return h.stored, nil
}

func (h *shelf) Commit(_ context.Context, c session.Change) error {
	h.commits++
	old := c.Entry.Seq != h.stored.Seq+1 || c.Alters && c.Since != h.stored.Version
	switch {
	case h.writeErr != nil:
		return h.writeErr
	case h.races > 0 || old:
		h.races--
		return fmt.Errorf("commit: %w", session.ErrRaced)
	}
	h.stored = c.Next
	return nil
}

// do runs a rule through a service on the shelf.
func (h *shelf) do(after int64, rule func(session.Session) (session.Change, error)) (session.Change, error) {
	return session.Service{Store: h}.Do(context.Background(), id, after, rule)
}

// remembers is a shelf whose process remembers what a room was before.
func remembers(r *room, then func()) *shelf {
	old := r.Session
	then()
	return &shelf{stored: r.Session, memory: &old}
}

func posting(by identity.Principal, p protocol.Post) func(session.Session) (session.Change, error) {
	return func(s session.Session) (session.Change, error) { return s.Post(by, p, noon) }
}

func TestAGoodMemoryCostsOneWriteAndNoRead(t *testing.T) {
	h := remembers(started(t, nil), func() {})
	c, err := h.do(1, posting(carol, protocol.Post{Message: "m1", Text: "hello", After: 1}))
	if err != nil || c.Entry.Seq != 2 || h.commits != 1 || h.loads != 0 {
		t.Errorf("got %d, %v after %d writes and %d reads", c.Entry.Seq, err, h.commits, h.loads)
	}
}

func TestAnOldMemoryNeverGivesAWrongAnswer(t *testing.T) {
	const latest = 1 << 60
	for what, test := range map[string]struct {
		before func(*room) // What the process remembers,
		then   func(*room) // and what happened elsewhere since.
		rule   func(session.Session) (session.Change, error)
		came   string
	}{
		"refused what has been allowed since": {
			func(*room) {}, func(r *room) { r.as(bob).joins() },
			posting(bob, protocol.Post{Message: "m1", Text: "hello"}), "ok",
		},
		"allowed what has been forbidden since": {
			func(r *room) { r.as(bob).joins() }, func(r *room) { r.as(bob).leaves() },
			posting(bob, protocol.Post{Message: "m1", Text: "hello"}), "forbidden",
		},
		"said before the end, which has come": {
			func(*room) {}, func(r *room) { r.as(alice).ends() },
			posting(carol, protocol.Post{Message: "m1", Text: "hello"}), "conflict",
		},
		"posted, and again before we saw it": {
			func(*room) {}, func(r *room) { r.as(carol).posts(protocol.Post{Message: "m1", Text: "hello"}) },
			posting(carol, protocol.Post{Message: "m1", Text: "hello"}), "repeat",
		},
		"ended already": {
			func(*room) {}, func(r *room) { r.as(alice).ends() },
			func(s session.Session) (session.Change, error) {
				return s.End(alice, protocol.EndSession{}, true, noon)
			}, "repeat",
		},
		"in it, but has left": {
			func(r *room) { r.as(bob).joins() }, func(r *room) { r.as(bob).leaves() },
			func(s session.Session) (session.Change, error) { return s.Join(bob, protocol.JoinSession{}, noon) }, "ok",
		},
		"no call, but it rings": {
			func(*room) {}, func(r *room) { r.as(alice).rings() },
			func(s session.Session) (session.Change, error) { return s.HangUp(alice, hangingUp("c1", alice), noon) }, "ok",
		},
		"rings, but is declined": {
			func(r *room) { r.as(alice).rings() }, func(r *room) { r.as(carol).declines() },
			func(s session.Session) (session.Change, error) { return s.Ring(alice, ringing("c2", alice), noon) }, "ok",
		},
		"answered, but is over": {
			func(r *room) { r.as(alice).rings(); r.as(carol).accepts() }, func(r *room) { r.as(alice).hangsUp("") },
			func(s session.Session) (session.Change, error) {
				return s.Answer(carol, answering("c1", carol, true), noon)
			}, "conflict",
		},
	} {
		r := started(t, nil)
		test.before(r)
		h := remembers(r, func() { test.then(r) })
		was := h.stored.Seq
		c, err := h.do(latest, test.rule)
		if got := came(c, err); got != test.came {
			t.Errorf("%s: got %s, want %s", what, got, test.came)
		}
		if err == nil && text(c.Next) != text(h.stored) || h.stored.Seq-was > 1 {
			t.Errorf("%s: answered with %s, stored is %s", what, text(c.Next), text(h.stored))
		}
	}
}

func TestAMemoryThatIsTooShortIsNotAsked(t *testing.T) {
	r := started(t, nil)
	r.as(carol).posts(protocol.Post{Message: "m1", Text: "hello"})
	h := remembers(r, func() {})
	h.memory.Recent = nil // Forgotten, but for the state.
	c, err := h.do(1, posting(carol, protocol.Post{Message: "m1", Text: "hello", After: 1}))
	if err != nil || !c.Repeat || h.loads != 1 {
		t.Errorf("got %s, %v after %d reads", text(c), err, h.loads)
	}
}

func TestLostRacesAreRunAgainEightTimes(t *testing.T) {
	hello := posting(carol, protocol.Post{Message: "m1", Text: "hello"})

	h := &shelf{stored: started(t, nil).Session, races: 7}
	if _, err := h.do(1, hello); err != nil || h.commits != 8 || h.stored.Seq != 2 {
		t.Errorf("after 7 lost races: %v at %d after %d writes", err, h.stored.Seq, h.commits)
	}
	h = &shelf{stored: started(t, nil).Session, races: 8}
	_, err := h.do(1, hello)
	want(t, "after 8 lost races", err, fault.Unavailable)
	if h.commits != 8 || h.stored.Seq != 1 {
		t.Errorf("wrote %d times, at %d", h.commits, h.stored.Seq)
	}
}

func TestNoOtherFailureIsRunAgain(t *testing.T) {
	broken := errors.New("the disk is on fire")
	hello := posting(carol, protocol.Post{Message: "m1", Text: "hello"})
	for what, h := range map[string]*shelf{
		"write on a memory": {writeErr: broken, memory: &started(t, nil).Session},
		"write":             {writeErr: broken},
		"read":              {loadErr: broken},
	} {
		h.stored = started(t, nil).Session
		if _, err := h.do(1, hello); !errors.Is(err, broken) || h.commits > 1 || h.loads > 1 {
			t.Errorf("%s: %v after %d writes and %d reads", what, err, h.commits, h.loads)
		}
	}
}

func TestABadIDIsNotLookedFor(t *testing.T) {
	h := &shelf{}
	_, err := session.Service{Store: h}.Do(context.Background(), "acme/1", 0, posting(carol, protocol.Post{}))
	want(t, "a bad id", err, fault.NotFound)
	if h.loads != 0 {
		t.Errorf("read %d times", h.loads)
	}
}

func TestOnlyWhoTakesPartLearnsThatTooMuchWasSaid(t *testing.T) {
	r := started(t, nil)
	r.as(alice).says("and so on, and so on")
	h := &shelf{stored: r.Session, tooLong: true}
	_, missing := session.Company("")
	for who, by := range outsiders {
		if _, err := h.do(0, posting(by, protocol.Post{Message: "m1", Text: "hello"})); text(err) != text(missing) {
			t.Errorf("%s: got %v", who, err)
		}
	}
	_, err := h.do(0, posting(carol, protocol.Post{Message: "m1", Text: "hello"}))
	want(t, "the contact", err, fault.Conflict)
	if h.commits != 0 {
		t.Errorf("what may be a repeat was written %d times", h.commits)
	}
}

func TestASessionIsMadeOnceAndByOne(t *testing.T) {
	ask := func(by identity.Principal) session.Change {
		c, err := session.Request(by, protocol.RequestSession{Session: id, Problem: "help"}, session.Terms{Retention: 30 * days}, noon)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	h := &shelf{}
	create := func(by identity.Principal) (session.Change, error) {
		return session.Service{Store: h}.Create(context.Background(), by, ask(by))
	}
	if c, err := create(carol); err != nil || c.Repeat || h.stored.ID != id {
		t.Fatalf("first: %s, %v", text(c), err)
	}
	r := &room{Session: h.stored, t: t, now: noon}
	r.as(alice).joins()
	h.stored, h.tooLong = r.Session, true
	if c, err := create(carol); err != nil || !c.Repeat || text(c.Next) != text(r.Session) || c.Entry.Seq != r.Seq {
		t.Errorf("again, after the answer: %s, %v", text(c), err)
	}
	_, err := create(contact("dave", "acme"))
	_, missing := session.Company("")
	if text(err) != text(missing) {
		t.Errorf("by another with the same id: %v", err)
	}
	if h.stored.Seq != r.Seq {
		t.Errorf("written over: %s", text(h.stored))
	}
	h.writeErr = errors.New("the disk is on fire")
	if _, err := create(carol); !errors.Is(err, h.writeErr) {
		t.Errorf("got %v", err)
	}
}
