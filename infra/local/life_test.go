package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

type (
	changed = protocol.SessionChanged
	reply   = protocol.SessionReply
)

func name(session string) protocol.NameSession { return protocol.NameSession{Session: session} }

// in waits until a session is in a state, as one of its participants or
// watchers hears it.
func (c *client) in(session string, state protocol.SessionState) protocol.Session {
	c.w.t.Helper()
	return hears(c, "session.changed", func(s changed) bool {
		return s.Session.ID == session && s.Session.State == state
	}).Session
}

func (c *client) watches(companies ...string) protocol.Watched {
	c.w.t.Helper()
	return does[protocol.Watched](c, "presence.watch", protocol.Watch{Companies: companies})
}

func (c *client) requests(problem string) (string, reply) {
	c.w.t.Helper()
	id := newID("acme")
	return id, does[reply](c, "session.request", protocol.RequestSession{Session: id, Problem: problem})
}

// asking is a world whose managed devices are asked before a session begins.
func asking(t *testing.T) *world {
	t.Helper()
	w := start(t)
	alice := w.connects("alice")
	set := does[protocol.Settings](alice, "admin.show", protocol.Empty{})
	set.AskManaged = true
	does[protocol.Settings](alice, "admin.set", protocol.SetSettings{Settings: set})
	return w
}

// calls begins a session with carol, who has not agreed yet.
func (c *client) calls(carol string) string {
	c.w.t.Helper()
	id := newID("acme")
	r := does[reply](c, "session.start", protocol.StartSession{Session: id, Contact: carol, Device: "acme-lt-07"})
	if r.Session.State != protocol.Connecting {
		c.w.t.Fatalf("it is %s", r.Session.State)
	}
	return id
}

// A13 A14 C11: nothing begins before the contact agrees.
func TestAContactIsAskedFirst(t *testing.T) {
	w := asking(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	who := alice.watches("acme").Contacts[0].ID

	id := alice.calls(who)
	carol.in(id, protocol.Connecting)
	alice.refused(fault.Conflict, "message.post", protocol.Post{Session: id, Message: "m", Text: "Hello?", After: 1})
	carol.refused(fault.NotFound, "message.resume", protocol.Resume{Session: id})
	does[reply](carol, "session.approve", name(id))
	if s := alice.in(id, protocol.Active); s.StartedAt == 0 || !s.Participants[1].Joined {
		t.Errorf("alice sees %+v", s)
	}
	carol.resumes(id)
	carol.says(id, "Here I am.", 2)

	refused := alice.calls(who)
	carol.in(refused, protocol.Connecting)
	does[reply](carol, "session.refuse", name(refused))
	alice.in(refused, protocol.Declined)
	carol.refused(fault.Conflict, "session.approve", name(refused))
}

// C12: what was withdrawn cannot be accepted any more; the other way round too.
func TestWhoIsFirstOfCancelAndApproveWins(t *testing.T) {
	w := asking(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	who := alice.watches("acme").Contacts[0].ID

	withdrawn := alice.calls(who)
	does[reply](alice, "session.cancel", name(withdrawn))
	carol.in(withdrawn, protocol.Cancelled)
	carol.refused(fault.Conflict, "session.approve", name(withdrawn))

	agreed := alice.calls(who)
	does[reply](carol, "session.approve", name(agreed))
	alice.refused(fault.Conflict, "session.cancel", name(agreed))
}

// An approval that is asked for is still asked for after a reload.
func TestARequestToAgreeSurvivesAReload(t *testing.T) {
	w := asking(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	id := alice.calls(alice.watches("acme").Contacts[0].ID)
	carol.in(id, protocol.Connecting)
	again := does[protocol.Welcome](w.connects("carol"), "presence.hello", protocol.Hello{})
	if len(again.Sessions) != 1 || again.Sessions[0].ID != id {
		t.Errorf("carol comes back to %+v", again.Sessions)
	}
}

// N20: one answers, and the other is told who; taking over is decided by who
// was in charge.
func TestOneTechnicianHasTheSession(t *testing.T) {
	w := start(t)
	alice, bob, carol := w.arrives("alice"), w.arrives("bob"), w.arrives("carol")
	alice.watches("acme")
	bob.watches("acme")
	id, _ := carol.requests("My screen is upside down")
	first := does[reply](alice, "session.join", protocol.JoinSession{Session: id, Answer: true})
	a := bob.asks("session.join", protocol.JoinSession{Session: id, Answer: true})
	if a.Error == nil || a.Error.Code != fault.Conflict || a.Error.Message != "Alice Archer has this session." {
		t.Errorf("bob is told %v", a.Error)
	}
	bob.refused(fault.Conflict, "session.take", protocol.TakeSession{Session: id})
	taken := does[reply](bob, "session.take", protocol.TakeSession{Session: id, From: first.Session.Owner})
	if taken.Session.Owner == first.Session.Owner || len(taken.Session.Participants) != 3 {
		t.Errorf("bob has %+v", taken.Session)
	}
	alice.refused(fault.Forbidden, "session.transfer", protocol.TransferSession{Session: id})
}

func TestASessionIsHandedOn(t *testing.T) {
	w := start(t)
	alice, bob, carol := w.arrives("alice"), w.arrives("bob"), w.arrives("carol")
	alice.watches("acme")
	colleagues := bob.watches("acme").Technicians
	id, _ := carol.requests("It is slow")
	does[reply](alice, "session.join", protocol.JoinSession{Session: id, Answer: true})
	var bobs string
	for _, c := range colleagues {
		if c.Name == "Bob Baker" {
			bobs = c.ID
		}
	}
	does[reply](alice, "session.transfer", protocol.TransferSession{Session: id, To: bobs})
	offered := hears(bob, "session.changed", func(s changed) bool { return s.Session.Transfer != nil })
	if offered.Session.Transfer.By.Name != "Alice Archer" {
		t.Errorf("bob is offered it by %+v", offered.Session.Transfer)
	}
	does[reply](bob, "session.refuse", name(id))
	does[reply](alice, "session.transfer", protocol.TransferSession{Session: id, To: bobs})
	if r := does[reply](bob, "session.take", protocol.TakeSession{Session: id}); r.Session.Owner != bobs || r.Session.Transfer != nil {
		t.Errorf("bob takes %+v", r.Session)
	}
	does[reply](alice, "session.leave", name(id))
	if r := does[reply](bob, "session.transfer", protocol.TransferSession{Session: id}); r.Session.State != protocol.Requested {
		t.Errorf("back in the queue it is %s", r.Session.State)
	}
	bob.refused(fault.Forbidden, "session.transfer", protocol.TransferSession{Session: id, To: "nobody"})
}

// P7: those who wait are told their place, and when it changes.
func TestThoseWhoWaitKnowTheirPlace(t *testing.T) {
	w := start(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	alice.watches("acme")
	erin := w.connected("erin", w.signed("erin", contactOf("acme", "Erin Field")))
	does[protocol.Welcome](erin, "presence.hello", protocol.Hello{})
	first, r := carol.requests("First")
	if r.Place != 1 {
		t.Errorf("carol is at %d", r.Place)
	}
	second, r := erin.requests("Second")
	if r.Place != 2 {
		t.Errorf("erin is at %d", r.Place)
	}
	page := does[protocol.Resumed](erin, "message.resume", protocol.Resume{Session: second})
	if page.Place != 2 {
		t.Errorf("erin comes back at %d", page.Place)
	}
	does[reply](alice, "session.join", protocol.JoinSession{Session: first, Answer: true})
	if moved := hears(erin, "session.queued", anything[protocol.SessionQueued]); moved.Place != 1 {
		t.Errorf("erin moves to %d", moved.Place)
	}
}

// F10: the user of a device ends their own request when they like.
func TestTheUserOfADeviceEndsTheirRequestAtOnce(t *testing.T) {
	w := start(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	alice.watches("acme")
	id, r := carol.requests("Never mind")
	if r.Session.Kind != protocol.Managed {
		t.Fatalf("it is %s", r.Session.Kind)
	}
	does[reply](carol, "session.end", protocol.EndSession{Session: id})
	alice.in(id, protocol.Abandoned)
}

// F6 F9 F16 F17 F18 F19: before a minute has passed neither the end nor a
// callback; outside office hours both at once.
func TestOutsideOfficeHoursAContactLeavesANumber(t *testing.T) {
	w := start(t)
	alice := w.arrives("alice")
	erin := w.connected("erin", w.signed("erin", contactOf("acme", "Erin Field"))) // At a portal.
	does[protocol.Welcome](erin, "presence.hello", protocol.Hello{})
	alice.watches("acme")
	id, _ := erin.requests("Nobody there?")
	erin.refused(fault.Conflict, "session.end", protocol.EndSession{Session: id})
	call := protocol.AskCallback{Session: id, Phone: "+44 20 7946 0123", Note: "After four"}
	erin.refused(fault.Conflict, "session.callback", call)

	w.closesTheOffice(alice)
	if office := does[protocol.Office](erin, "session.office", protocol.Empty{}); office.Open || office.Until == 0 {
		t.Errorf("erin sees the office %+v", office)
	}
	erin.refused(fault.Invalid, "session.callback", protocol.AskCallback{Session: id, Phone: "call me"})
	does[reply](erin, "session.callback", call)
	left := alice.in(id, protocol.Abandoned)
	if left.Callback == nil || left.Callback.Phone != call.Phone || left.Callback.Note != call.Note {
		t.Errorf("alice sees %+v", left.Callback)
	}
	if there := alice.watches("acme").Sessions; len(there) != 1 || there[0].ID != id {
		t.Errorf("to be followed up are %+v", there)
	}
	// F15 F20: whoever follows up ends it with a note.
	erin.resumes(id)
	ended := does[reply](alice, "session.end", protocol.EndSession{Session: id, Note: "Called, fixed."})
	if seen := erin.in(id, protocol.Ended); seen.Closing != nil {
		t.Errorf("erin sees the note %+v", seen.Closing)
	}
	if ended.Session.Closing == nil || ended.Session.Closing.Note != "Called, fixed." || len(alice.watches("acme").Sessions) != 0 {
		t.Errorf("ended as %+v", ended.Session)
	}
}

// closesTheOffice makes it Sunday-only in a zone where it is not Sunday.
func (w *world) closesTheOffice(admin *client) {
	w.t.Helper()
	day := (int(time.Now().UTC().Weekday()) + 3) % 7
	set := does[protocol.Settings](admin, "admin.show", protocol.Empty{})
	set.OfficeHours = protocol.OfficeHours{Zone: "Europe/London", Week: []protocol.Hours{{Day: day, From: "09:00", To: "17:30"}}}
	does[protocol.Settings](admin, "admin.set", protocol.SetSettings{Settings: set})
}

// F7 F13: ending an unanswered request abandons it.
func TestARequestThatIsGivenUpIsAbandoned(t *testing.T) {
	w := start(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	alice.watches("acme")
	w.closesTheOffice(alice)
	id, _ := carol.requests("Never mind")
	does[reply](carol, "session.end", protocol.EndSession{Session: id})
	if left := alice.in(id, protocol.Abandoned); left.Callback != nil {
		t.Errorf("alice sees %+v", left)
	}
}

// F13: who went away while waiting has abandoned the request after two minutes.
func TestWhoIsGoneForTwoMinutesHasAbandonedTheRequest(t *testing.T) {
	w := start(t)
	alice, carol := w.arrives("alice"), w.arrives("carol")
	alice.watches("acme")
	id := w.requested(alice.watches("acme").Contacts[0].Person, time.Now().Add(-4*time.Minute))
	_ = carol.conn.Close(websocket.StatusNormalClosure, "") // The answer may be lost.
	hears(alice, "presence.changed", func(p protocol.PresenceChanged) bool {
		return p.Contact != nil && p.Contact.Activity == protocol.ActivityOffline
	})
	w.sweeps()
	if there := alice.watches("acme").Sessions; len(there) != 1 || there[0].State != protocol.Requested {
		t.Errorf("at once it is %+v", there)
	}
	w.gone(id, time.Now().Add(-3*time.Minute))
	w.sweeps()
	alice.in(id, protocol.Abandoned)
}

// sweeps calls the function that the schedule calls.
func (w *world) sweeps() {
	w.t.Helper()
	result, err := w.twin.runs.Invoke(w.t.Context(), "SweepFunction", []byte(`{}`))
	if err != nil || result.FunctionError != "" {
		w.t.Fatalf("sweep: %v %s", err, result.Payload)
	}
}

// requested is a request that a contact of acme made at a time.
func (w *world) requested(by protocol.Person, at time.Time) string {
	w.t.Helper()
	who := identity.Principal{ID: by.ID, Name: by.Name, Role: by.Role, Company: "acme"}
	id := newID("acme")
	c, err := session.Request(who, protocol.RequestSession{Session: id, Problem: "I am off"}, session.Terms{Retention: time.Hour}, at)
	if err == nil {
		err = w.sessions().Commit(w.t.Context(), c)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// gone moves back in time when a contact went away.
func (w *world) gone(id string, since time.Time) {
	w.t.Helper()
	if err := w.sessions().Gone(w.t.Context(), id, since); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sessions() session.Store {
	return dynamo.NewSessions(dynamo.Table{Client: table.Client(w.twin.storage), Name: tableName, Now: time.Now})
}

// C7: technicians talk among themselves, and nobody else knows.
func TestTechniciansTalkAmongThemselves(t *testing.T) {
	w := start(t)
	alice, bob, carol := w.arrives("alice"), w.arrives("bob"), w.arrives("carol")
	alice.watches("acme")
	var bobs string
	for _, c := range alice.watches("acme").Technicians {
		if c.Name == "Bob Baker" {
			bobs = c.ID
		}
	}
	id := newID(identity.Staff)
	r := does[reply](alice, "session.start", protocol.StartSession{Session: id, Contact: bobs})
	if r.Session.Kind != protocol.Staff || r.Session.Contact.Name != "Bob Baker" {
		t.Errorf("it is %+v", r.Session)
	}
	bob.in(id, protocol.Active)
	bob.resumes(id)
	bob.says(id, "Lunch?", 1)
	for _, command := range []string{"session.join", "session.end", "session.leave"} {
		carol.refused(fault.NotFound, command, name(id))
	}
	carol.refused(fault.Forbidden, "session.start", protocol.StartSession{Session: newID(identity.Staff), Contact: bobs})
	does[reply](bob, "session.end", protocol.EndSession{Session: id})
}

// P4: the sender sees how far the others have come.
func TestTheOthersSeeHowFarSomebodyHasCome(t *testing.T) {
	w := start(t)
	alice, carol, id := w.chat()
	said := alice.says(id, "Read me", 1)
	does[protocol.Empty](carol, "message.read", protocol.Read{Session: id, Delivered: said.Seq, Read: 0})
	if m := hears(alice, "message.marked", anything[protocol.MessageRead]); m.Mark.Delivered != said.Seq || m.Mark.Read != 0 {
		t.Errorf("alice sees %+v", m.Mark)
	}
	does[protocol.Empty](carol, "message.read", protocol.Read{Session: id, Delivered: said.Seq, Read: said.Seq})
	does[protocol.Empty](carol, "message.read", protocol.Read{Session: id, Delivered: 1, Read: 1}) // Late; goes unheeded.
	page := does[protocol.Resumed](w.arrives("alice"), "message.resume", protocol.Resume{Session: id})
	if len(page.Marks) != 1 || page.Marks[0].Read != said.Seq {
		t.Errorf("alice comes back to %+v", page.Marks)
	}
	carol.refused(fault.Invalid, "message.read", protocol.Read{Session: id, Delivered: 1, Read: 2})
}

func TestANudgeHelpsOnce(t *testing.T) {
	w := start(t)
	alice, carol, id := w.chat()
	does[reply](alice, "session.nudge", name(id))
	hears(carol, "session.changed", func(s changed) bool { return s.Entry != nil && s.Entry.Kind == protocol.EntryNudged })
	alice.refused(fault.RateLimited, "session.nudge", name(id))
	alice.says(id, "Never mind.", 2)
	if _, transcript := carol.resumes(id); len(transcript) != 3 {
		text, _ := json.Marshal(transcript)
		t.Errorf("the transcript is %s", text)
	}
}

func contactOf(company, name string) identity.Claims {
	var c identity.Claims
	c.Name, c.Parley.Role, c.Parley.Company = name, identity.Contact, company
	return c
}
