package handler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

const password = "correct horse battery staple"

// hides sends a secret of alice into a session and returns its seq.
func (w *world) hides(id string) int64 {
	w.t.Helper()
	return does[protocol.Posted](w, alice, "message.hide", protocol.Hide{Session: id, Message: "s1", Text: password, After: 1}).Seq
}

// helped is a request of carol's that alice answered, both there to hear.
func (w *world) helped() string {
	w.t.Helper()
	id := w.requests(carol, "01")
	w.arrives(alice, "alice")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	does[protocol.Resumed](w, alice, "message.resume", protocol.Resume{Session: id})
	w.heard("carol")
	w.heard("alice")
	return id
}

func TestASecretIsShownInAReplyAndStandsInNoPush(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	seq := w.hides(id)
	shown := does[protocol.Revealed](w, carol, "message.reveal", protocol.Reveal{Session: id, Seq: seq, Reveal: "r1"})
	if shown.Text != password || shown.Entry.Of != seq || shown.Entry.By.ID != "carol" {
		t.Errorf("carol is shown %+v", shown)
	}
	w.mu.Lock()
	pushes := fmt.Sprint(w.pushed)
	w.mu.Unlock()
	if strings.Contains(pushes, password) || !strings.Contains(pushes, "secret") || !strings.Contains(pushes, "revealed") {
		t.Errorf("pushed is %s", pushes)
	}
	page := does[protocol.Page](w, alice, "message.list", protocol.List{Session: id})
	if text := fmt.Sprint(page); strings.Contains(text, password) || len(page.Entries) != int(shown.Entry.Seq) {
		t.Errorf("the transcript is %s", text)
	}
	if heard := w.heard("alice"); !slices.Contains(heard, "message.posted") {
		t.Errorf("alice does not hear that it was shown, but %v", heard)
	}
}

func TestAnOutsiderDoesNotLearnThatThereIsASecret(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	seq := w.hides(id)
	for what, ask := range map[string]protocol.Reveal{
		"a secret":              {Session: id, Seq: seq, Reveal: "r1"},
		"what is none":          {Session: id, Seq: 1, Reveal: "r1"},
		"of no session":         {Session: id[:len(id)-2] + "99", Seq: seq, Reveal: "r1"},
		"of no session's id":    {Session: "acme", Seq: seq, Reveal: "r1"},
		"without a reveal's id": {Session: id, Seq: seq},
	} {
		if got := w.refused(dave, "message.reveal", ask); got.Code != fault.NotFound || got.Message != "There is no such session." {
			t.Errorf("%s: dave is told %+v", what, got)
		}
	}
	if got := w.refused(bob, "message.reveal", protocol.Reveal{Session: id, Seq: seq, Reveal: "r1"}); got.Code != fault.Forbidden {
		t.Errorf("a technician outside is told %+v", got)
	}
	for what, seq := range map[string]int64{"a message's seq": 1, "a seq to come": 99, "no seq": 0, "less than none": -1} {
		if got := w.refused(carol, "message.reveal", protocol.Reveal{Session: id, Seq: seq, Reveal: "r1"}); got.Code != fault.Conflict {
			t.Errorf("%s: carol is told %+v", what, got)
		}
	}
	does[protocol.Revealed](w, carol, "message.reveal", protocol.Reveal{Session: id, Seq: seq, Reveal: "r1"})
}

func TestWhatWasNotShownGoesWithTheSession(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	seq := w.hides(id)
	does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: id})
	if got := w.refused(carol, "message.reveal", protocol.Reveal{Session: id, Seq: seq, Reveal: "r1"}); got.Code != fault.Conflict {
		t.Errorf("carol is told %+v", got)
	}
	w.passes(2 * time.Hour)
	w.sweeps()
	if !strings.Contains(w.log.String(), "destroyed=0") {
		t.Errorf("the end left secrets: %s", w.log.String())
	}
}

func TestTheSweepDeletesWhatNobodyAskedFor(t *testing.T) {
	w := newWorld(t)
	w.hides(w.helped())
	w.passes(time.Hour)
	w.sweeps()
	if !strings.Contains(w.log.String(), "destroyed=1") {
		t.Errorf("the sweep logs %s", w.log.String())
	}
}
