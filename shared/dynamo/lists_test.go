package dynamo_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

var (
	bob  = identity.Principal{ID: "bob", Role: identity.Technician, Name: "Bob", Companies: []string{"acme"}}
	dora = identity.Principal{ID: "dora", Role: identity.Technician, Name: "Dora", Companies: []string{"acme"}}
)

// rule is what somebody does to a session at a time.
type rule func(session.Session, time.Time) (session.Change, error)

func joins(by identity.Principal) rule {
	return func(s session.Session, now time.Time) (session.Change, error) {
		return s.Join(by, protocol.JoinSession{Answer: true}, now)
	}
}

func offers(by, to identity.Principal) rule {
	return func(s session.Session, now time.Time) (session.Change, error) {
		person := session.Person(to)
		return s.Offer(by, to.ID, &person, now)
	}
}

func givesBack(by identity.Principal) rule {
	return func(s session.Session, now time.Time) (session.Change, error) { return s.GiveBack(by, now) }
}

func takes(by identity.Principal, from string) rule {
	return func(s session.Session, now time.Time) (session.Change, error) {
		return s.Take(by, protocol.TakeSession{From: from}, now)
	}
}

func ends(by identity.Principal) rule {
	return func(s session.Session, now time.Time) (session.Change, error) {
		return s.End(by, protocol.EndSession{}, false, now)
	}
}

func named(by identity.Principal, does func(session.Session, identity.Principal, time.Time) (session.Change, error)) rule {
	return func(s session.Session, now time.Time) (session.Change, error) { return does(s, by, now) }
}

var (
	approves, refuses = named(carol, session.Session.Approve), named(carol, session.Session.Refuse)
	cancels           = named(alice, session.Session.Cancel)
	isLost            = rule(func(s session.Session, now time.Time) (session.Change, error) {
		return s.Abandon(now, now.Add(3*time.Minute))
	})
	callsBack = rule(func(s session.Session, now time.Time) (session.Change, error) {
		return s.CallBack(carol, protocol.AskCallback{Phone: "999"}, false, now)
	})
)

// requests makes a request of carol's.
func (p process) requests() string {
	p.w.t.Helper()
	id := "acme/" + uuid.NewString()
	c, err := session.Request(carol, protocol.RequestSession{Session: id, Problem: "help"}, session.Terms{Retention: time.Hour}, p.w.now())
	p.creates(carol, c, err)
	return id
}

// asks begins a session of alice with carol, who is asked.
func (p process) asks() string {
	p.w.t.Helper()
	id := "acme/" + uuid.NewString()
	to := session.Reach{Contact: session.Person(carol), Activity: protocol.ActivityOnline, Device: &identity.Machine{ID: "d7", Name: "ACME-LT-07"}}
	c, err := session.Start(alice, id, to, session.Terms{Retention: time.Hour, AskManaged: true}, p.w.now())
	p.creates(alice, c, err)
	return id
}

func (p process) creates(by identity.Principal, c session.Change, err error) {
	p.w.t.Helper()
	if err == nil {
		_, err = p.Create(p.w.t.Context(), by, c)
	}
	if err != nil {
		p.w.t.Fatal(err)
	}
}

func (p process) does(id string, does rule) error {
	_, err := p.Do(p.w.t.Context(), id, math.MaxInt64, func(s session.Session) (session.Change, error) { return does(s, p.w.now()) })
	return err
}

// lists are all the lists in which a session stands, for whom it concerns.
func (p process) lists(id string) string {
	p.w.t.Helper()
	var lists []string
	in := func(list string, sessions []session.Session, err error) {
		p.w.t.Helper()
		if err != nil {
			p.w.t.Fatal(err)
		}
		if i := slices.IndexFunc(sessions, func(s session.Session) bool { return s.ID == id }); i >= 0 {
			if list == "company" {
				list = string(sessions[i].State)
			}
			lists = append(lists, list)
		}
	}
	there, err := p.store.InCompany(p.w.t.Context(), "acme")
	in("company", there, err)
	for _, who := range []identity.Principal{alice, bob, carol} {
		mine, err := p.store.Mine(p.w.t.Context(), who.Home(), who.ID)
		in(who.ID, mine, err)
	}
	waiting, err := p.store.Waiting(p.w.t.Context())
	if err != nil {
		p.w.t.Fatal(err)
	}
	if slices.ContainsFunc(waiting, func(w session.Waiting) bool { return w.ID == id }) {
		lists = append(lists, "waits")
	}
	return strings.Join(lists, " ")
}

type step struct {
	what  string
	does  rule
	lists string
}

func TestListsFollowEveryState(t *testing.T) {
	answered := []step{{"answered", joins(alice), "active alice carol"}}
	stories := map[string]struct {
		begins func(process) string
		lists  string
		steps  []step
	}{
		"a request that is handed on": {process.requests, "requested carol waits", append(answered, []step{
			{"offered", offers(alice, bob), "active alice bob carol"},
			{"kept", named(bob, session.Session.Refuse), "active alice carol"},
			{"offered again", offers(alice, bob), "active alice bob carol"},
			{"offered to another", offers(alice, dora), "active alice carol"},
			{"offered once more", offers(alice, bob), "active alice bob carol"},
			{"taken", takes(bob, ""), "active alice bob carol"},
			{"left", named(alice, session.Session.Leave), "active bob carol"},
			{"given back", givesBack(bob), "requested carol waits"},
			{"answered again", joins(alice), "active alice carol"},
			{"offered to bob", offers(alice, bob), "active alice bob carol"},
			{"given back again", givesBack(alice), "requested carol waits"},
			{"lost", isLost, "abandoned"},
			{"followed up", ends(bob), ""},
		}...)},
		"a session that is left": {process.requests, "requested carol waits", append(answered, []step{
			{"left", named(alice, session.Session.Leave), "requested carol waits"},
			{"joined", joins(bob), "active bob carol"},
			{"offered", offers(bob, alice), "active alice bob carol"},
			{"ended", ends(bob), ""},
		}...)},
		"a number that is left":   {process.requests, "requested carol waits", []step{{"left", callsBack, "abandoned"}, {"called", ends(alice), ""}}},
		"a request given up":      {process.requests, "requested carol waits", []step{{"given up", ends(carol), "abandoned"}}},
		"a contact who agrees":    {process.asks, "connecting alice carol", []step{{"approved", approves, "active alice carol"}, {"ended", ends(carol), ""}}},
		"a contact who does not":  {process.asks, "connecting alice carol", []step{{"refused", refuses, ""}}},
		"an asking that is ended": {process.asks, "connecting alice carol", []step{{"cancelled", cancels, ""}}},
	}
	w := newWorld(t, never)
	for what, story := range stories {
		p := w.process()
		id := story.begins(p)
		if got := p.lists(id); got != story.lists {
			t.Errorf("%s: at first it stands in %q, want %q", what, got, story.lists)
		}
		for _, s := range story.steps {
			if err := p.does(id, s.does); err != nil {
				t.Fatalf("%s: %s: %v", what, s.what, err)
			}
			if got := w.process().lists(id); got != s.lists {
				t.Errorf("%s: %s, it stands in %q, want %q", what, s.what, got, s.lists)
			}
		}
	}
}

// What waits to be followed up is forgotten in its time, like what has ended.
func TestAnAbandonedRequestIsGoneAfterItsRetention(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.requests()
	if err := p.does(id, isLost); err != nil {
		t.Fatal(err)
	}
	w.at(noon.Add(3*time.Minute + time.Hour + time.Second))
	if lists := p.lists(id); lists != "" {
		t.Errorf("it stands in %q", lists)
	}
	wants(t, p.does(id, ends(alice)), fault.NotFound)
}

// N20: of those who answer at once one wins, and the others learn who.
func TestOneAnswersAndTheOthersLearnWho(t *testing.T) {
	w := newWorld(t, never)
	answering := w.process().requests()
	taking := w.process().starts(time.Hour)
	for id, does := range map[string]func(identity.Principal) rule{
		answering: joins,
		taking:    func(by identity.Principal) rule { return takes(by, "alice") },
	} {
		rivals := []identity.Principal{bob, bob, bob, bob}
		lost := make([]error, len(rivals))
		var all sync.WaitGroup
		for i := range rivals {
			rivals[i].ID, rivals[i].Name = "bob"+string(rune('0'+i)), "Bob "+string(rune('0'+i))
			p := w.process()
			all.Go(func() { lost[i] = p.does(id, does(rivals[i])) })
		}
		all.Wait()
		s, err := w.process().store.Load(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, rival := range rivals {
			if won := lost[i] == nil; won != (s.Owner == rival.ID) {
				t.Errorf("%s: %v, but %s is in charge", rival.ID, lost[i], s.Owner)
			}
			if lost[i] != nil && !strings.Contains(lost[i].Error(), "Bob "+s.Owner[3:]+" has this session.") {
				t.Errorf("%s is told: %v", rival.ID, lost[i])
			}
		}
	}
}

func TestGoneIsNotedOnlyOfWhatWaits(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.requests()
	gone := func(want ...time.Time) {
		t.Helper()
		waiting, err := p.store.Waiting(t.Context())
		var noted []time.Time
		for _, request := range waiting {
			noted = append(noted, request.Gone)
		}
		if err != nil || !slices.EqualFunc(noted, want, time.Time.Equal) {
			t.Errorf("noted is %v (%v), want %v", noted, err, want)
		}
	}
	note := func(since time.Time) {
		t.Helper()
		if err := p.store.Gone(t.Context(), id, since); err != nil {
			t.Fatal(err)
		}
	}
	must := func(does rule) {
		t.Helper()
		if err := p.does(id, does); err != nil {
			t.Fatal(err)
		}
	}
	gone(time.Time{})
	note(noon)
	gone(noon)
	note(time.Time{})
	gone(time.Time{})
	note(noon.Add(time.Second))
	must(joins(alice))
	gone()
	note(noon)
	gone() // What does not wait is not put there.
	must(givesBack(alice))
	gone(time.Time{}) // What was noted before is forgotten.
}

func TestMarksNeverGoBack(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	s, err := p.store.Load(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ delivered, read, isDelivered, isRead int64 }{
		{5, 3, 5, 3}, {4, 2, 5, 3}, {5, 2, 5, 3}, {4, 4, 5, 3}, {5, 3, 5, 3}, {5, 4, 5, 4}, {9, 4, 9, 4}, {9, 9, 9, 9}, {0, 0, 9, 9},
	} {
		if err := p.store.Mark(t.Context(), s, protocol.Mark{Participant: "carol", Delivered: test.delivered, Read: test.read}); err != nil {
			t.Fatal(err)
		}
		heard, err := w.process().store.Hear(t.Context(), id)
		want := []protocol.Mark{{Participant: "carol", Delivered: test.isDelivered, Read: test.isRead}}
		if err != nil || !slices.Equal(heard.Marks, want) {
			t.Errorf("marked %d, %d: got %+v (%v), want %+v", test.delivered, test.read, heard.Marks, err, want)
		}
	}
	told := protocol.Mark{Participant: "carol", Delivered: 9, Read: 9, Notified: 8, Rung: protocol.RungTone, NotifiedAt: protocol.At(noon)}
	less := protocol.Mark{Participant: "carol", Delivered: 9, Read: 9, Notified: 7, Rung: protocol.RungToast, NotifiedAt: protocol.At(noon)}
	for _, m := range []protocol.Mark{told, less, {Participant: "carol", Delivered: 9, Read: 9}} {
		if err := p.store.Mark(t.Context(), s, m); err != nil {
			t.Fatal(err)
		}
		if heard, err := w.process().store.Hear(t.Context(), id); err != nil || !slices.Equal(heard.Marks, []protocol.Mark{told}) {
			t.Errorf("marked %+v: got %+v (%v), want %+v", m, heard.Marks, err, told)
		}
	}
	w.at(noon.Add(time.Hour))
	if heard, err := p.store.Hear(t.Context(), id); err != nil || len(heard.Marks) != 0 {
		t.Errorf("past its retention: %+v (%v)", heard.Marks, err)
	}
}

// A nudge changes nothing but the transcript, so the head is behind it.
func TestASessionWhoseLastEntryIsANudgeIsSettled(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	if err := p.does(id, named(carol, session.Session.Nudge)); err != nil {
		t.Fatal(err)
	}
	fresh := w.process()
	s, err := fresh.store.Load(t.Context(), id, math.MaxInt64)
	if err != nil || s.Seq != 2 || s.Version != 1 || s.Recent[1].Kind != protocol.EntryNudged {
		t.Fatalf("loaded %+v (%v)", s, err)
	}
	wants(t, fresh.does(id, named(carol, session.Session.Nudge)), fault.RateLimited)
	if err := fresh.does(id, ends(alice)); err != nil {
		t.Errorf("ended: %v", err)
	}
	w.at(noon.Add(30 * time.Second))
	wants(t, w.process().does(id, named(carol, session.Session.Nudge)), fault.Conflict)
}
