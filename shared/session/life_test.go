package session_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// crowded is a session with 20 people in it.
func crowded(t *testing.T) *room {
	t.Helper()
	r := started(t, nil)
	for n := len(r.Participants); n < session.MaxParticipants; n++ {
		r.as(helper(n)).joins()
	}
	return r
}

func helper(n int) identity.Principal { return technician(fmt.Sprint("helper", n), "acme") }

func TestASessionIsFullAtTwenty(t *testing.T) {
	r := crowded(t)
	_, err := r.Join(bob, protocol.JoinSession{}, noon)
	want(t, "the one too many", err, fault.Conflict)

	r.as(helper(7)).joins() // Is in it already.
	r.as(helper(7)).leaves()
	r.as(bob).joins()
	_, err = r.Join(helper(7), protocol.JoinSession{}, noon)
	want(t, "whose place is taken", err, fault.Conflict)
}

func TestACallGoesThroughTheTranscript(t *testing.T) {
	r := started(t, nil)
	ended := func(what string, c session.Change, kind protocol.EntryKind, log protocol.CallLog) {
		t.Helper()
		if c.Entry.Kind != kind || c.Entry.Call == nil || *c.Entry.Call != log || !c.Alters {
			t.Errorf("%s: stands as %s", what, text(c))
		}
	}
	voice := protocol.CallLog{ID: "c1", Media: protocol.Voice}
	ended("rung", r.as(alice).rings(), protocol.EntryCallRang, voice)
	ended("declined", r.as(carol).declines(), protocol.EntryCallDeclined, voice)
	if r.Call != nil {
		t.Errorf("it rings on: %s", text(r.Call))
	}

	r.as(alice).rings()
	ended("answered", r.as(carol).accepts(), protocol.EntryCallAnswered, voice)
	r.now = r.Call.AnsweredAt.Time().Add(75 * time.Second)
	voice.Seconds, voice.Path = 75, protocol.PathRelayed
	ended("ended", r.as(carol).hangsUp(protocol.PathRelayed), protocol.EntryCallEnded, voice)
	if again := r.as(alice).hangsUp(""); !again.Repeat || r.Call != nil {
		t.Errorf("after the other has hung up: %s", text(again))
	}
}

func TestACallThatEverybodyHasDeclinedRingsNoMore(t *testing.T) {
	r := started(t, nil)
	r.as(bob).joins()
	r.as(alice).rings()
	r.as(carol).declines()
	if again := r.as(carol).declines(); !again.Repeat || r.Call == nil {
		t.Errorf("declined by one of two, twice: %s", text(again))
	}
	r.as(bob).declines()
	if r.Call != nil {
		t.Errorf("declined by both it rings on: %s", text(r.Call))
	}
}

func TestNobodyIsInTheirOwnCallTwice(t *testing.T) {
	r := started(t, nil)
	r.as(alice).rings()
	if again := r.as(alice).rings(); !again.Repeat {
		t.Errorf("rung twice: %s", text(again))
	}
	r.as(carol).accepts()
	if again := r.as(carol).accepts(); !again.Repeat {
		t.Errorf("accepted twice: %s", text(again))
	}
	_, err := r.Answer(carol, protocol.Answer{Call: "c1", Peer: "a second tab", Accept: true}, noon)
	want(t, "in a second tab", err, fault.Conflict)
}

func TestWhoLeavesASessionLeavesItsCall(t *testing.T) {
	r := started(t, nil)
	r.as(bob).joins()
	r.as(alice).rings()
	r.as(carol).accepts()
	r.as(bob).accepts()
	r.as(alice).leaves()
	if r.Call == nil || len(r.Call.Parties) != 2 {
		t.Errorf("the others talk on, but the call is %s", text(r.Call))
	}
	r.as(bob).leaves()
	if r.Call != nil {
		t.Errorf("one is left, but the call is %s", text(r.Call))
	}
}

func TestTheEndEndsTheCall(t *testing.T) {
	r := started(t, nil)
	r.as(alice).rings()
	r.as(alice).ends()
	if r.Call != nil || r.State != protocol.Ended || r.EndedAt == 0 {
		t.Errorf("after the end: %s", text(r.Session))
	}
}

func TestWhoComesBackHasTheirOldPlace(t *testing.T) {
	r := started(t, nil)
	r.as(bob).joins()
	r.as(alice).leaves()
	married := alice
	married.Name = "alice cooper"
	r.as(married).joins()
	if first := r.Participants[0]; len(r.Participants) != 3 || first.ID != "alice" || first.Name != "alice cooper" || !first.Joined {
		t.Errorf("in it are %s", text(r.Participants))
	}
}

func TestThoseWhoLeftDoNotFillTheSession(t *testing.T) {
	r := crowded(t)
	r.as(alice).leaves()
	for n := range 100 {
		r.as(helper(n)).joins()
		r.as(helper(n)).leaves()
	}
	if n := len(r.Participants); n > session.MaxParticipants+1 {
		t.Errorf("it remembers %d participants", n)
	}
	if first := r.Participants[0]; first.ID != "alice" {
		t.Errorf("who began it is forgotten for %s", first.ID)
	}
}

func TestACallThatCanReachNobodyIsOver(t *testing.T) {
	r := started(t, nil)
	r.as(carol).rings()
	r.as(alice).leaves()
	if r.Call != nil {
		t.Errorf("it rings in an empty room: %s", text(r.Call))
	}
}

// Both browsers were closed at once, and nobody could hang up.
func TestACallOfPagesThatAreNoMoreBlocksNoOther(t *testing.T) {
	r := started(t, nil)
	r.as(alice).rings()
	r.as(carol).accepts()
	c, err := r.Ring(carol, protocol.Ring{Session: id, Call: "c2", Media: protocol.Video, Peer: "a new page"}, noon)
	if err != nil || c.Next.Call.ID != "c2" || len(c.Next.Call.Parties) != 1 {
		t.Errorf("carol rings %s (%v)", text(c.Next.Call), err)
	}
	_, err = r.Ring(bob, ringing("c3", bob), noon)
	want(t, "who is not in it", err, fault.Forbidden)
}
