package session_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

var seed = flag.Uint64("seed", 0, "of the random walk; another one every time when 0")

const steps = 5000

// walk goes through sessions at random, one after the other.
type walk struct {
	*rand.Rand
	t      *testing.T
	s      session.Session
	now    time.Time
	crowd  []identity.Principal
	posted []protocol.Entry // In the session that goes on.
	saw    map[string]int   // What came of all the steps.
}

// A walk tries every rule with anybody, most of whom may not, and looks after
// each step whether the session is still one that can be.
func TestARandomWalkNeverBreaksTheRules(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	w := &walk{Rand: rand.New(rand.NewPCG(*seed, 0)), t: t, now: noon, saw: map[string]int{}}
	for n := range session.MaxParticipants + 4 {
		w.crowd = append(w.crowd, technician(fmt.Sprint("technician", n), "acme"))
	}
	w.crowd = append(w.crowd, alice, carol)
	for _, by := range outsiders {
		w.crowd = append(w.crowd, by)
	}
	slices.SortFunc(w.crowd, func(a, b identity.Principal) int { return strings.Compare(a.ID, b.ID) })

	for n := 0; n < steps && !t.Failed(); n++ {
		if w.s.ID == "" || w.s.Ended() && w.IntN(20) == 0 || w.s.Seq > 200 {
			w.begins()
		}
		w.steps()
	}
	if t.Failed() {
		t.Fatalf("again with: go test ./shared/session -run Walk -seed %d", *seed)
	}
	for _, kind := range kinds {
		if w.saw[string(kind)] == 0 {
			t.Errorf("in %d steps nothing was ever %s; seed %d", steps, kind, *seed)
		}
	}
	t.Logf("seed %d: %v", *seed, w.saw)
}

var kinds = []protocol.EntryKind{
	protocol.EntryMessage, protocol.EntryRequested, protocol.EntryStarted, protocol.EntryJoined, protocol.EntryLeft,
	protocol.EntryEnded, protocol.EntryCallRang, protocol.EntryCallAnswered, protocol.EntryCallDeclined, protocol.EntryCallEnded,
}

func (w *walk) begins() {
	w.t.Helper()
	device := []*identity.Machine{nil, ltop7}[w.IntN(2)]
	r := requested(w.t, device)
	if w.IntN(2) == 0 {
		r = started(w.t, device)
	}
	for n := range w.IntN(2) * (session.MaxParticipants - 2) {
		r.as(technician(fmt.Sprint("technician", n), "acme")).joins()
	}
	w.s, w.now, w.posted = r.Session, r.now, nil
	w.saw[string(r.Recent[0].Kind)]++
}

// steps lets somebody try something on a copy with room behind its slices,
// into which a careless append would write.
func (w *walk) steps() {
	w.t.Helper()
	by := w.somebody()
	w.now = w.now.Add(time.Duration(w.IntN(1500)) * time.Millisecond)
	what, try := w.something(by)

	before, input := roomy(w.s), roomy(w.s)
	c, err := try(input)
	decided := c
	decided.Next = roomy(c.Next)
	_, other := w.something(w.somebody())
	other(input) // Another future of the same past.

	switch {
	case !reflect.DeepEqual(input, before) || !untouched(input):
		w.t.Errorf("%s by %s changes what it reads: was %s, is %s", what, by.ID, text(before), text(input))
	case !reflect.DeepEqual(c, decided):
		w.t.Errorf("%s by %s shares memory with another future: was %s, is %s", what, by.ID, text(decided), text(c))
	case err != nil:
		w.saw[string(came(c, err))]++
		w.refused(what, by, err)
	case c.Repeat:
		w.saw["repeat"]++
		w.must(reflect.DeepEqual(c.Next, before), what, by, "is a repeat that changes something")
	case c.Next.ID != "": // Not one of those that only ask whether they may.
		w.saw[string(c.Entry.Kind)]++
		w.committed(what, by, c)
	}
}

// somebody is anybody, or more often one of those who take part.
func (w *walk) somebody() identity.Principal {
	present := joined(w.s)
	for {
		by := w.crowd[w.IntN(len(w.crowd))]
		if present[by.ID] || w.IntN(4) == 0 {
			return by
		}
	}
}

// something is an attempt, and its name.
func (w *walk) something(by identity.Principal) (string, func(session.Session) (session.Change, error)) {
	call := fmt.Sprint("call", w.IntN(3))
	if w.s.Call != nil && w.IntN(3) > 0 {
		call = w.s.Call.ID
	}
	peer, now := fmt.Sprint("page", w.IntN(2)), w.now
	post := protocol.Post{Message: fmt.Sprint("m", w.IntN(100)), Text: "hello", After: w.Int64N(w.s.Seq+3) - 1}
	hangUp := protocol.HangUp{Call: call, Peer: peer, Path: []protocol.CallPath{"", protocol.PathLocal, "bad"}[w.IntN(3)]}
	answer := protocol.Answer{Call: call, Peer: peer, Accept: w.IntN(2) == 0}
	type rule = func(session.Session) (session.Change, error)
	switch n := w.IntN(100); {
	case n < 30:
		return "post", rule(func(s session.Session) (session.Change, error) { return s.Post(by, post, now) })
	case n < 45:
		return "join", rule(func(s session.Session) (session.Change, error) { return s.Join(by, protocol.JoinSession{}, now) })
	case n < 49:
		return "leave", rule(func(s session.Session) (session.Change, error) { return s.Leave(by, now) })
	case n < 50:
		return "end", rule(func(s session.Session) (session.Change, error) { return s.End(by, protocol.EndSession{}, true, now) })
	case n < 62:
		ring := protocol.Ring{Call: call, Peer: peer, Media: protocol.Voice}
		return "ring", rule(func(s session.Session) (session.Change, error) { return s.Ring(by, ring, now) })
	case n < 80:
		return "answer", rule(func(s session.Session) (session.Change, error) { return s.Answer(by, answer, now) })
	case n < 90:
		return "hang up", rule(func(s session.Session) (session.Change, error) { return s.HangUp(by, hangUp, now) })
	case n < 95:
		return "signal", func(s session.Session) (session.Change, error) {
			return session.Change{}, s.Signals(by, protocol.Signal{Call: call, Peer: peer, To: "p", Signal: json.RawMessage(`{}`)})
		}
	}
	return "list", func(s session.Session) (session.Change, error) { return session.Change{}, s.Audible(by) }
}

// refused checks that an outsider learns nothing.
func (w *walk) refused(what string, by identity.Principal, err error) {
	w.t.Helper()
	_, missing := session.Company("")
	colleague := by.Role == identity.Technician && by.MaySee("acme")
	if !joined(w.s)[by.ID] && !colleague && text(err) != text(missing) {
		w.t.Errorf("%s by %s, an outsider: %v", what, by.ID, err)
	}
}

// committed checks a change and goes on after it.
func (w *walk) committed(what string, by identity.Principal, c session.Change) {
	w.t.Helper()
	s, next, e := w.s, c.Next, c.Entry
	w.must(!s.Ended(), what, by, "comes after the end")
	w.must(joined(s)[by.ID] || joined(next)[by.ID], what, by, "is done by an outsider")
	w.must(e.Seq == s.Seq+1 && next.Seq == e.Seq, what, by, "does not take the next place")
	w.must(c.Since == s.Version && c.PrevAt == s.LastAt && next.LastAt == e.At, what, by, "builds on something else")
	w.must(e.By.ID == by.ID && e.At == protocol.At(w.now), what, by, "is said of somebody else, or another time")
	w.must(reflect.DeepEqual(next.Recent[len(next.Recent)-1], e), what, by, "is not remembered")
	if c.Alters {
		w.must(next.Version == next.Seq, what, by, "has not the version of its seq")
	} else {
		w.must(reflect.DeepEqual(next.Session, s.Session) && e.Kind == protocol.EntryMessage, what, by, "alters more than it says")
	}
	w.must(next.ID == s.ID && next.Company == s.Company && next.Contact == s.Contact && next.CreatedAt == s.CreatedAt, what, by, "becomes another session")
	if e.Kind == protocol.EntryMessage {
		w.saidOnce(by, e)
	}
	w.s = next
	w.stands(what, by)
}

// stands checks what must be true of every session.
func (w *walk) stands(what string, by identity.Principal) {
	w.t.Helper()
	s, present := w.s, joined(w.s)
	w.must(s.Version <= s.Seq, what, by, "leaves a version ahead of the seq")
	w.must(len(present) <= session.MaxParticipants, what, by, "overfills the session")
	w.must(len(s.Participants) <= session.MaxParticipants+1, what, by, "lets the list grow")
	w.must(present["carol"], what, by, "loses the contact")
	names := map[string]bool{}
	for _, p := range s.Participants {
		w.must(!names[p.ID], what, by, "lists somebody twice")
		names[p.ID] = true
	}
	w.must((s.EndedAt > 0) == s.Ended() && (s.StartedAt == 0) == (s.State == protocol.Requested), what, by, "mixes up the times")
	if s.Call == nil {
		return
	}
	w.must(!s.Ended() && len(present) >= 2, what, by, "leaves a call that nobody can answer")
	w.must((s.Call.State == protocol.Answered) == (len(s.Call.Parties) >= 2), what, by, "leaves the wrong number of parties")
	w.must((s.Call.AnsweredAt > 0) == (s.Call.State == protocol.Answered), what, by, "mixes up the time of the answer")
	parties := map[string]bool{}
	for _, p := range s.Call.Parties {
		w.must(present[p.ID] && !parties[p.ID], what, by, "leaves a party who is not there, or twice")
		parties[p.ID] = true
	}
}

// saidOnce posts the new message again in the next state, and checks that no
// other has its id.
func (w *walk) saidOnce(by identity.Principal, e protocol.Entry) {
	w.t.Helper()
	for _, old := range w.posted {
		w.must(old.By.ID != by.ID || old.Message != e.Message, "post", by, "stands twice")
	}
	w.posted = append(w.posted, e)
}

func (w *walk) must(holds bool, what string, by identity.Principal, problem string) {
	w.t.Helper()
	if !holds {
		w.t.Errorf("%s by %s %s: %s", what, by.ID, problem, text(w.s))
	}
}

// roomy is a deep copy with room behind its slices.
func roomy(s session.Session) session.Session {
	s.Participants, s.Recent = copied(s.Participants), copied(s.Recent)
	for i, e := range s.Recent {
		s.Recent[i].Call = pointed(e.Call)
	}
	s.Device, s.Call = pointed(s.Device), pointed(s.Call)
	if s.Call != nil {
		s.Call.Parties = copied(s.Call.Parties)
	}
	return s
}

func copied[T any](list []T) []T {
	if list == nil {
		return nil
	}
	return append(make([]T, 0, len(list)+2), list...)
}

func pointed[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

// untouched reports whether nothing was written behind the slices.
func untouched(s session.Session) bool {
	clean := blank(s.Participants) && blank(s.Recent)
	return clean && (s.Call == nil || blank(s.Call.Parties))
}

func blank[T any](list []T) bool {
	behind := list[len(list):cap(list)]
	return reflect.DeepEqual(behind, make([]T, len(behind)))
}
