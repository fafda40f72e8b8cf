package handler_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Who gives a session back is out of it, and hears no more of what is said.
func TestWhoGivesASessionBackHearsItNoMore(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	does[protocol.Resumed](w, alice, "message.resume", protocol.Resume{Session: id})
	does[protocol.SessionReply](w, alice, "session.transfer", protocol.TransferSession{Session: id})
	if heard := w.stands("given back", id, protocol.Requested); heard.Attends("alice") {
		t.Errorf("those who hear it are %+v", heard.Listeners)
	}
	w.heard("alice")
	does[protocol.Posted](w, carol, "message.post", protocol.Post{Session: id, Message: "m", Text: "My password is …"})
	if heard := w.heard("alice"); slices.Contains(heard, "message.posted") {
		t.Errorf("alice hears %v", heard)
	}
}

// Whoever leaves on one page is out of the session on all of them.
func TestTheOtherPagesOfWhoLeavesAreTold(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.arrives(alice, "another page")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	for _, page := range []string{"alice", "another page"} {
		doesAt[protocol.Resumed](w, alice, page, "message.resume", protocol.Resume{Session: id})
	}
	w.heard("alice")
	w.heard("another page")
	does[protocol.SessionReply](w, alice, "session.leave", protocol.NameSession{Session: id})
	if heard := w.heard("another page"); !slices.Equal(heard, []string{"session.changed"}) {
		t.Errorf("the other page hears %v", heard)
	}
	if heard := w.heard("alice"); len(heard) != 0 {
		t.Errorf("the page itself hears %v", heard)
	}
}

// N3: the one push that tells of a new session may be lost.
func TestABeatBringsTheSessionsThatAPageDoesNotKnow(t *testing.T) {
	w := newWorld(t)
	w.arrives(carol, "carol")
	w.arrives(alice, "alice")
	id := "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b01"
	does[protocol.SessionReply](w, alice, "session.start", protocol.StartSession{Session: id, Contact: "carol"})
	for what, test := range map[string]struct {
		by   identity.Principal
		beat protocol.Beat
		want []string
	}{
		"knowing of none":       {carol, protocol.Beat{Asks: true}, []string{id}},
		"knowing of another":    {carol, protocol.Beat{Asks: true, Known: []string{"acme/0"}}, []string{id}},
		"knowing of it":         {carol, protocol.Beat{Asks: true, Known: []string{id}}, nil},
		"asking for nothing":    {carol, protocol.Beat{}, nil},
		"who began it":          {alice, protocol.Beat{Asks: true}, []string{id}},
		"who is not in it, bob": {bob, protocol.Beat{Asks: true}, nil},
	} {
		w.arrives(test.by, test.by.ID)
		var got []string
		for _, s := range does[protocol.Beaten](w, test.by, "presence.beat", test.beat).Sessions {
			got = append(got, s.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: told of %v, want %v", what, got, test.want)
		}
	}
	does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: id})
	if told := does[protocol.Beaten](w, carol, "presence.beat", protocol.Beat{Asks: true}); len(told.Sessions) != 0 {
		t.Errorf("after its end carol is told of %+v", told)
	}
}

// N20 N23: whoever does not see the company is refused the same way whoever they
// name.
func TestOnlyTechniciansOfTheCompanyLearnWhoIsLoggedOn(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.arrives(bob, "bob")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	to := func(whom string) protocol.TransferSession { return protocol.TransferSession{Session: id, To: whom} }
	for who, test := range map[string]struct {
		by   identity.Principal
		code fault.Code
	}{
		"an outsider":       {erin, fault.NotFound},
		"another contact":   {dave, fault.NotFound},
		"the contact in it": {carol, fault.Forbidden},
	} {
		there, away := w.refused(test.by, "session.transfer", to("alice")), w.refused(test.by, "session.transfer", to("nobody"))
		if there != away || there.Code != test.code {
			t.Errorf("%s: got %v and %v", who, &there, &away)
		}
	}
	if missing := w.refused(erin, "session.transfer", to("bob")); missing != w.refused(erin, "session.join", protocol.JoinSession{Session: id}) {
		t.Errorf("an outsider learns %v", &missing)
	}
	if err := w.refused(bob, "session.transfer", to("alice")); err.Code != fault.Forbidden {
		t.Errorf("bob, outside it, is told %v", &err)
	}
	if nobody := w.refused(alice, "session.transfer", to("nobody")); nobody.Code != fault.NotFound {
		t.Errorf("to nobody: %v", &nobody)
	}
	offered := does[protocol.SessionReply](w, alice, "session.transfer", to("bob"))
	if offered.Session.Transfer == nil || offered.Session.Transfer.To.Name != "Bob" {
		t.Errorf("offered is %+v", offered.Session.Transfer)
	}
}

// Who reloads the page, or connects again, is offered what they were offered.
func TestAnOfferIsThereAfterAReload(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.arrives(bob, "bob")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	offer := func() int64 {
		return does[protocol.SessionReply](w, alice, "session.transfer", protocol.TransferSession{Session: id, To: "bob"}).Seq
	}
	reloads := func() []protocol.Session {
		return doesAt[protocol.Welcome](w, bob, "bob's new page", "presence.hello", protocol.Hello{}).Sessions
	}
	if there := reloads(); len(there) != 0 {
		t.Errorf("before the offer bob has %+v", there)
	}
	first := offer()
	if again := offer(); again != first {
		t.Errorf("offered at %d, sent again at %d", first, again)
	}
	w.passes(time.Second)
	if there := reloads(); len(there) != 1 || there[0].ID != id || there[0].Transfer == nil || there[0].Transfer.To.ID != "bob" {
		t.Errorf("bob is offered %+v", there)
	}
	w.heard("carol")
	w.goes(bob, "bob's new page") // Whom nobody in the session has seen.
	if heard := w.heard("carol"); slices.Contains(heard, "session.attended") {
		t.Errorf("carol hears %v", heard)
	}
	does[protocol.SessionReply](w, bob, "session.refuse", protocol.NameSession{Session: id})
	if there := reloads(); len(there) != 0 {
		t.Errorf("after the refusal bob has %+v", there)
	}
}

// P7: who is given back waits behind all who wait, and is told so; nobody else's
// place has changed. Nor has it when a second technician joins.
func TestPlacesAreToldOnlyWhereTheyChange(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.arrives(bob, "bob")
	first := w.requests(carol, "01")
	w.passes(time.Second)
	w.requests(dave, "02")
	w.passes(time.Second)
	places := func(want ...string) {
		t.Helper()
		got := append(w.places("carol"), w.places("dave")...)
		if !slices.Equal(got, want) {
			t.Errorf("told are %q, want %q", got, want)
		}
	}
	places()
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: first})
	places("dave at 1")
	w.reads()
	does[protocol.SessionReply](w, bob, "session.join", protocol.JoinSession{Session: first})
	if lists := w.reads(); lists != 0 {
		t.Errorf("a second technician costs %d reads of the company's list", lists)
	}
	places()
	does[protocol.SessionReply](w, bob, "session.leave", protocol.NameSession{Session: first})
	places()
	w.passes(time.Second)
	does[protocol.SessionReply](w, alice, "session.leave", protocol.NameSession{Session: first})
	places("carol at 2")
	again := does[protocol.SessionReply](w, alice, "session.leave", protocol.NameSession{Session: first})
	if again.Session.State != protocol.Requested {
		t.Errorf("sent again it is %s", again.Session.State)
	}
	if r := does[protocol.Resumed](w, carol, "message.resume", protocol.Resume{Session: first}); r.Place != 2 {
		t.Errorf("carol comes back at %d", r.Place)
	}
}

// places are the places that somebody was told of since they were asked before.
func (w *world) places(connection string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var told []string
	for _, s := range w.pushed {
		if data, ok := s.push.Data.(map[string]any); ok && s.connection == connection && s.push.Name == "session.queued" {
			told = append(told, fmt.Sprintf("%s at %v", connection, data["place"]))
		}
	}
	w.pushed = slices.DeleteFunc(w.pushed, func(s sent) bool { return s.connection == connection })
	return told
}

// C16: a request that is sent again has the place that it had.
func TestARequestSentAgainKeepsItsPlace(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	w.passes(time.Second)
	w.requests(dave, "02")
	w.passes(time.Second)
	again := func() protocol.SessionReply {
		return does[protocol.SessionReply](w, carol, "session.request", protocol.RequestSession{Session: id, Problem: "Help"})
	}
	if r := again(); r.Place != 1 {
		t.Errorf("carol is at %d", r.Place)
	}
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	if r := again(); r.Place != 0 || r.Session.State != protocol.Active {
		t.Errorf("answered, it is %s at %d", r.Session.State, r.Place)
	}
}

// P4: one page received more, another showed more; both count, and nobody is
// told of less than they knew.
func TestTheMarksOfTwoPagesAddUp(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	does[protocol.Resumed](w, alice, "message.resume", protocol.Resume{Session: id})
	marks := func(delivered, read int64) []protocol.Mark {
		does[protocol.Empty](w, carol, "message.read", protocol.Read{Session: id, Delivered: delivered, Read: read})
		return w.stands("read", id, protocol.Active).Marks
	}
	marks(10, 0)
	want := []protocol.Mark{{Participant: "carol", Delivered: 10, Read: 8}}
	if got := marks(8, 8); !slices.Equal(got, want) {
		t.Errorf("they add up to %+v", got)
	}
	w.heard("alice")
	if got := marks(9, 7); !slices.Equal(got, want) || len(w.heard("alice")) != 0 {
		t.Errorf("what was known makes them %+v, and is told again", got)
	}
}

// N17: of two hidden pages one shows a dot and the other a notification. What is
// noticed best is kept, with the time at which it was told first.
func TestAParticipantsBestNotificationIsKept(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	does[protocol.Resumed](w, alice, "message.resume", protocol.Resume{Session: id})
	told := func(seq int64, rung protocol.Rung) protocol.Mark {
		t.Helper()
		w.passes(time.Second)
		does[protocol.Empty](w, carol, "message.read", protocol.Read{Session: id, Delivered: 9, Notified: seq, Rung: rung})
		return w.stands("told", id, protocol.Active).Marks[0]
	}
	told(7, protocol.RungDot)
	first := told(7, protocol.RungToast)
	if first.Notified != 7 || first.Rung != protocol.RungToast || first.NotifiedAt != protocol.At(w.now) {
		t.Errorf("a notification makes it %+v at %d", first, protocol.At(w.now))
	}
	w.heard("alice")
	for _, again := range []protocol.Mark{told(7, protocol.RungTone), told(7, protocol.RungToast), told(6, protocol.RungToast), told(0, "")} {
		if again != first {
			t.Errorf("what tells less makes it %+v", again)
		}
	}
	if more := w.heard("alice"); len(more) != 0 {
		t.Errorf("alice is told again: %v", more)
	}
	if next := told(9, protocol.RungDot); next.Notified != 9 || next.Rung != protocol.RungDot || next.NotifiedAt == first.NotifiedAt {
		t.Errorf("the next message makes it %+v", next)
	}
}

// F9 F13: what was followed up is over for everybody, sent once or twice.
func TestTheEndOfAnAbandonedRequestCanBeSentAgain(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	w.passes(session.Answering)
	does[protocol.SessionReply](w, carol, "session.end", protocol.EndSession{Session: id})
	w.stands("given up", id, protocol.Abandoned)
	for range 2 {
		r := does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: id, Note: "Called."})
		if r.Session.State != protocol.Ended || r.Session.Closing == nil || r.Session.Closing.Note != "Called." {
			t.Errorf("it is %+v", r.Session)
		}
	}
	if err := w.refused(bob, "session.end", protocol.EndSession{Session: id}); err.Code != fault.Forbidden {
		t.Errorf("bob is told %v", &err)
	}
}

// A14: the user of a managed device is asked, named or not.
func TestNotNamingTheDeviceIsNoWayAroundItsUser(t *testing.T) {
	w := newWorld(t)
	if err := (dynamo.Settings{Table: w.table}).SaveSettings(t.Context(), protocol.Settings{RetentionDays: 30, AskManaged: true, Version: 1}, protocol.Audited{}); err != nil {
		t.Fatal(err)
	}
	sitting := carol
	sitting.Machine = &identity.Machine{ID: "d7", Name: "ACME-LT-07"}
	w.arrives(sitting, "at the device")
	starts := func(n, device string) protocol.Session {
		t.Helper()
		start := protocol.StartSession{Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b" + n, Contact: "carol", Device: device}
		return does[protocol.SessionReply](w, alice, "session.start", start).Session
	}
	for n, device := range map[string]string{"01": "d7", "02": ""} {
		if s := starts(n, device); s.State != protocol.Connecting || s.Kind != protocol.Managed || s.Device == nil || s.Device.ID != "d7" {
			t.Errorf("with device %q: %+v", device, s)
		}
	}
	w.arrives(carol, "at the portal")
	if s := starts("03", ""); s.State != protocol.Active || s.Kind != protocol.Portal || s.Device != nil {
		t.Errorf("at the portal: %+v", s)
	}
}
