package handler_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// uuidOf is an id of acme that ends in n.
func uuidOf(n string) string { return "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b" + n }

// shown is a ticket as somebody sees it.
func (w *world) shown(by identity.Principal, id string) protocol.TicketShown {
	w.t.Helper()
	return does[protocol.TicketShown](w, by, "ticket.show", protocol.NameTicket{Ticket: id})
}

// listed are the ids of the tickets that somebody lists.
func (w *world) listed(by identity.Principal, q protocol.ListTickets) []string {
	w.t.Helper()
	ids := []string{}
	for _, t := range does[protocol.TicketPage](w, by, "ticket.list", q).Tickets {
		ids = append(ids, t.ID)
	}
	return ids
}

// C15-C18: the words of a request make a ticket, and the asker is in the session.
func TestARequestMakesATicketBehindTheScenes(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	does[protocol.Watched](w, alice, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	w.heard("alice")
	id := w.requests(carol, "01")
	s := w.stands("requested", id, protocol.Requested)
	if s.Ticket == nil || s.Ticket.ID != id || s.Ticket.Subject != "Help" || !s.Participants[0].Joined {
		t.Errorf("the session is %+v", s.Session.Session)
	}
	for _, by := range []identity.Principal{alice, carol} {
		shown := w.shown(by, id)
		if shown.Ticket.Number != s.Ticket.Number || len(shown.Sessions) != 1 || shown.Sessions[0].ID != id {
			t.Errorf("%s sees %+v", by.ID, shown)
		}
	}
	if heard := w.heard("alice"); !slices.Contains(heard, "ticket.changed") || !slices.Contains(heard, "session.changed") {
		t.Errorf("alice hears %v", heard)
	}
}

// C18: a function can die between any two calls; the command that is sent again
// answers the same, whatever has happened to the ticket by then.
func TestARequestSentAgainHasTheSameTicketAndSession(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	about := protocol.RequestSession{Session: uuidOf("02"), Problem: "Again", Ticket: id}
	does[protocol.SessionReply](w, carol, "session.request", about)
	again := func(when string, r protocol.RequestSession) {
		t.Helper()
		s := does[protocol.SessionReply](w, carol, "session.request", r).Session
		if s.ID != r.Session || s.Ticket == nil || s.Ticket.ID != id {
			t.Errorf("%s: %+v", when, s)
		}
		if got := w.listed(alice, protocol.ListTickets{Company: "acme", State: w.shown(alice, id).Ticket.State}); !slices.Equal(got, []string{id}) {
			t.Errorf("%s: the tickets are %v", when, got)
		}
		if n := len(w.shown(alice, id).Ticket.Sessions); n != 2 {
			t.Errorf("%s: it names %d sessions", when, n)
		}
	}
	first := protocol.RequestSession{Session: id, Problem: "Help"}
	again("at once", first)
	again("at once, about the ticket", about)
	does[protocol.TicketReply](w, alice, "ticket.close", protocol.CloseTicket{Ticket: id})
	again("on a closed ticket", first)
	again("on a closed ticket, about it", about)
	if err := w.refused(carol, "session.request", protocol.RequestSession{Session: uuidOf("03"), Problem: "New", Ticket: id}); err.Code != fault.Conflict {
		t.Errorf("a new one is refused: %v", &err)
	}
}

// C19-C22 F14: from a ticket, while its contact is online, who is in it at once.
func TestATechnicianPushesAChatFromATicket(t *testing.T) {
	w := newWorld(t)
	w.arrives(carol, "carol")
	opened := protocol.OpenTicket{Ticket: uuidOf("01"), Contact: "carol", Subject: "Printer"}
	made := does[protocol.TicketReply](w, alice, "ticket.open", opened).Ticket
	if again := does[protocol.TicketReply](w, alice, "ticket.open", opened).Ticket; again.Version != made.Version || again.Contact.Name != "Carol" {
		t.Errorf("opened again it is %+v", again)
	}
	w.heard("carol")
	push := func(n string) protocol.StartSession {
		return protocol.StartSession{Session: uuidOf(n), Ticket: made.ID}
	}
	s := does[protocol.SessionReply](w, alice, "session.start", push("02")).Session
	if s.State != protocol.Active || s.Ticket == nil || s.Ticket.Number != made.Number || !s.Participants[1].Joined || s.Contact.ID != "carol" {
		t.Errorf("it begins as %+v", s)
	}
	if heard := w.heard("carol"); !slices.Contains(heard, "session.changed") || !slices.Contains(heard, "ticket.changed") {
		t.Errorf("carol hears %v", heard)
	}
	does[protocol.Posted](w, alice, "message.post", protocol.Post{Session: s.ID, Message: "m", Text: "Hello"})

	refused := func(when, sentence string) {
		t.Helper()
		if err := w.refused(alice, "session.start", push("03")); err.Code != fault.Conflict || !strings.Contains(err.Message, sentence) {
			t.Errorf("%s: %v", when, &err)
		}
		if again := does[protocol.SessionReply](w, alice, "session.start", push("02")).Session; again.ID != s.ID {
			t.Errorf("%s, sent again: %+v", when, again)
		}
	}
	does[protocol.Empty](w, carol, "presence.report", protocol.ReportActivity{Activity: protocol.ActivityAway})
	refused("away", "Carol is away.")
	w.goes(carol, "carol")
	refused("offline", "Nobody of that name is logged on")
	w.arrives(carol, "carol")
	does[protocol.TicketReply](w, alice, "ticket.close", protocol.CloseTicket{Ticket: made.ID})
	refused("closed", "is closed")
	does[protocol.TicketReply](w, alice, "ticket.reopen", protocol.NameTicket{Ticket: made.ID})
	wrong := push("03")
	wrong.Contact = "dave"
	if err := w.refused(alice, "session.start", wrong); err.Code != fault.Invalid {
		t.Errorf("with somebody else: %v", &err)
	}
	if n := len(w.shown(alice, made.ID).Sessions); n != 1 {
		t.Errorf("it has %d sessions", n)
	}
}

// C20: from the roster the user of a device may be away, from a ticket not.
func TestAPushToADeviceIsOnlyForWhoIsThere(t *testing.T) {
	w := newWorld(t)
	sitting := carol
	sitting.Machine = &identity.Machine{ID: "d7", Name: "ACME-LT-07"}
	w.arrives(sitting, "carol")
	id := does[protocol.TicketReply](w, alice, "ticket.open", protocol.OpenTicket{Ticket: uuidOf("01"), Contact: "carol", Subject: "Printer"}).Ticket.ID
	does[protocol.Empty](w, sitting, "presence.report", protocol.ReportActivity{Activity: protocol.ActivityAway})
	if err := w.refused(alice, "session.start", protocol.StartSession{Session: uuidOf("02"), Ticket: id}); err.Code != fault.Conflict {
		t.Errorf("from a ticket: %v", &err)
	}
	does[protocol.SessionReply](w, alice, "session.start", protocol.StartSession{Session: uuidOf("03"), Contact: "carol"})
}

// F3 F15: the end says that the problem is solved; the ticket keeps where the
// transcript is, and a colleague reads it there.
func TestTheEndOfASessionClosesItsTicket(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	if err := w.refused(carol, "session.end", protocol.EndSession{Session: id, Solved: true}); err.Code != fault.Invalid {
		t.Errorf("by the contact: %v", &err)
	}
	if err := w.refused(bob, "message.list", protocol.List{Session: id}); err.Code != fault.Forbidden {
		t.Errorf("bob, outside it, reads it while it goes on: %v", &err)
	}
	for range 2 { // Sent again.
		does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: id, Note: "Cable", Solved: true})
		shown := w.shown(bob, id)
		if shown.Ticket.State != protocol.TicketClosed || shown.Ticket.Closing == nil || shown.Ticket.Closing.Note != "Cable" || shown.Ticket.Version != 2 {
			t.Errorf("bob sees %+v", shown.Ticket)
		}
	}
	if page := does[protocol.Page](w, bob, "message.list", protocol.List{Session: id}); len(page.Entries) != 3 {
		t.Errorf("bob reads %+v", page)
	}
	for _, stranger := range []identity.Principal{dave, erin} {
		if err := w.refused(stranger, "message.list", protocol.List{Session: id}); err.Code != fault.NotFound {
			t.Errorf("%s: %v", stranger.ID, &err)
		}
	}
	theirs := w.shown(carol, id)
	if theirs.Ticket.Closing != nil || theirs.Sessions[0].Closing != nil {
		t.Errorf("carol reads the note of %+v", theirs)
	}
}

// F14 F15 F19: what nobody answered stays a ticket, is followed up by a push from
// it, and can be closed on its card.
func TestAnAbandonedRequestIsFollowedUpFromItsTicket(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	w.passes(time.Minute)
	does[protocol.SessionReply](w, carol, "session.callback", protocol.AskCallback{Session: id, Phone: "555 0199", Note: "After lunch"})
	shown := w.shown(alice, id)
	if shown.Ticket.State != protocol.TicketOpen || shown.Sessions[0].Callback == nil || shown.Sessions[0].Callback.Phone != "555 0199" {
		t.Errorf("left alone it is %+v", shown)
	}
	if page := does[protocol.Page](w, alice, "message.list", protocol.List{Session: id}); page.Entries[len(page.Entries)-1].Text != "555 0199\nAfter lunch" {
		t.Errorf("its transcript ends with %+v", page.Entries)
	}
	does[protocol.SessionReply](w, alice, "session.start", protocol.StartSession{Session: uuidOf("02"), Ticket: id})
	does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: id, Note: "Called", Solved: true})
	shown = w.shown(alice, id)
	if shown.Ticket.State != protocol.TicketClosed || len(shown.Sessions) != 2 || shown.Sessions[0].ID != uuidOf("02") {
		t.Errorf("followed up it is %+v", shown)
	}
}

// A closed ticket goes with the history, an open one stays, without what was
// said in it.
func TestAnOpenTicketOutlivesItsTranscripts(t *testing.T) {
	w := newWorld(t)
	left, done := w.requests(carol, "01"), w.requests(carol, "02")
	for _, id := range []string{left, done} {
		does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
		does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: id, Solved: id == done})
	}
	settings := dynamo.Settings{Table: w.table}
	if err := settings.SaveSettings(t.Context(), protocol.Settings{RetentionDays: 1, Version: 1}, protocol.Audited{}); err != nil {
		t.Fatal(err)
	}
	w.passes(24*time.Hour - time.Second)
	if got := w.listed(carol, protocol.ListTickets{State: protocol.TicketClosed}); !slices.Equal(got, []string{done}) {
		t.Errorf("within a day: %v", got)
	}
	w.passes(time.Second)
	if got := w.listed(carol, protocol.ListTickets{State: protocol.TicketClosed}); len(got) != 0 {
		t.Errorf("after a day, which it is now: %v", got)
	}
	for _, command := range []string{"ticket.show", "ticket.reopen"} {
		if err := w.refused(alice, command, protocol.NameTicket{Ticket: done}); err.Code != fault.NotFound {
			t.Errorf("%s after a day: %v", command, &err)
		}
	}
	w.passes(365 * 24 * time.Hour)
	if shown := w.shown(carol, left); len(shown.Sessions) != 0 || len(shown.Ticket.Sessions) != 1 {
		t.Errorf("open for a year: %+v", shown)
	}
}

// N23: whatever they try, nobody but the contact and the technicians of the
// company learns that there is a ticket: a real id and an invented one answer
// alike, and no list has it.
func TestNobodyElseLearnsOfATicket(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	missing := uuidOf("99")
	twin := identity.Principal{ID: "carol", Role: identity.Contact, Name: "Carol", Company: "globex"}
	device := identity.Principal{ID: "carol", Role: identity.Device, Name: "LT-07", Company: "acme"}
	guest := identity.Principal{ID: "carol", Role: identity.Guest, Name: "Carol", Company: "acme"}
	mallory := identity.Principal{ID: "mallory", Role: identity.Technician, Name: "Mallory", Companies: []string{"globex"}}
	for _, by := range []identity.Principal{dave, erin, twin, device, guest, mallory} {
		who := string(by.Role) + " " + by.ID + " of " + by.Company
		for command, data := range map[string]func(ticket string) any{
			"ticket.show":   func(t string) any { return protocol.NameTicket{Ticket: t} },
			"ticket.close":  func(t string) any { return protocol.CloseTicket{Ticket: t, Note: "x"} },
			"ticket.reopen": func(t string) any { return protocol.NameTicket{Ticket: t} },
			"session.start": func(t string) any {
				return protocol.StartSession{Session: "globex" + strings.TrimPrefix(uuidOf("50"), "acme"), Contact: "carol", Ticket: t}
			},
			"session.request": func(t string) any {
				return protocol.RequestSession{Session: by.Company + strings.TrimPrefix(uuidOf("51"), "acme"), Problem: "x", Ticket: t}
			},
		} {
			if real, invented := w.refused(by, command, data(id)), w.refused(by, command, data(missing)); real != invented {
				t.Errorf("%s, %s: %v, and %v where there is none", who, command, &real, &invented)
			}
		}
		if err := w.refused(by, "ticket.open", protocol.OpenTicket{Ticket: id, Contact: "carol", Subject: "x"}); err.Code != fault.NotFound && by.Company != "acme" {
			t.Errorf("%s opens it: %v", who, &err)
		}
		for _, q := range []protocol.ListTickets{{}, {Company: "acme"}, {Company: "acme", Contact: "carol"}, {Contact: "carol"}, {Company: "globex", Contact: "carol"}} {
			reply := w.asks(by, by.ID, "ticket.list", q)
			text, err := json.Marshal(reply.Data)
			if err != nil || strings.Contains(string(text), id) {
				t.Errorf("%s lists %+v: %s, %v", who, q, text, err)
			}
		}
		if heard := w.heard(by.ID); by.ID != "carol" && slices.Contains(heard, "ticket.changed") {
			t.Errorf("%s hears %v", who, heard)
		}
	}
	if shown := w.shown(alice, id); shown.Ticket.Version != 1 || len(shown.Ticket.Sessions) != 1 {
		t.Errorf("it is now %+v", shown.Ticket)
	}
}

// A ticket is for somebody of the company: who is in its roster, or is known to
// the directory while they are not logged on.
func TestATicketIsOpenedForSomebodyWhoIsKnown(t *testing.T) {
	w := newWorld(t)
	open := protocol.OpenTicket{Ticket: uuidOf("01"), Contact: "nobody", Subject: "Printer"}
	if err := w.refused(alice, "ticket.open", open); err.Code != fault.NotFound {
		t.Errorf("for nobody: %v", &err)
	}
	w.keeps(protocol.Record{Kind: protocol.ContactRecord, Company: "globex", ID: "grace", Name: "Grace Moss"})
	open.Contact = "grace"
	if err := w.refused(alice, "ticket.open", open); err.Code != fault.NotFound {
		t.Errorf("for somebody of another company: %v", &err)
	}
	w.keeps(protocol.Record{Kind: protocol.ContactRecord, Company: "acme", ID: "grace", Name: "Grace Hall"})
	w.passes(directory.Memory)
	if made := does[protocol.TicketReply](w, alice, "ticket.open", open).Ticket; made.Contact.Name != "Grace Hall" || made.Contact.Role != identity.Contact {
		t.Errorf("for somebody who is not logged on: %+v", made)
	}
	w.arrives(carol, "carol")
	open.Ticket, open.Contact = uuidOf("02"), "carol"
	if made := does[protocol.TicketReply](w, alice, "ticket.open", open).Ticket; made.Contact.Name != "Carol" {
		t.Errorf("for somebody in the roster: %+v", made)
	}
	open.Subject = "Something else"
	if err := w.refused(alice, "ticket.open", open); err.Code != fault.Conflict {
		t.Errorf("another with the same id: %v", &err)
	}
}
