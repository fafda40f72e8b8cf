package dynamo_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/ticket"
)

var dave = identity.Principal{ID: "dave", Role: identity.Contact, Name: "Dave", Company: "acme"}

// files opens a ticket for a contact.
func (w *world) files(to identity.Principal, subject string) ticket.Ticket {
	w.t.Helper()
	made, err := ticket.Open(alice, to.Company+"/"+uuid.NewString(), session.Person(to), subject, w.now())
	if err == nil {
		err = w.tickets().Save(w.t.Context(), made)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

func (w *world) tickets() dynamo.Tickets { return dynamo.Tickets{Table: w.table()} }

// changes saves what a rule makes of a ticket.
func (w *world) changes(id string, rule func(ticket.Ticket) (ticket.Ticket, error)) ticket.Ticket {
	w.t.Helper()
	next, err := ticket.Service{Store: w.tickets()}.Do(w.t.Context(), id, rule)
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

func (w *world) closes(id string, retention time.Duration) {
	w.t.Helper()
	w.changes(id, func(t ticket.Ticket) (ticket.Ticket, error) { return t.Close(alice, "", retention, w.now()) })
}

// subjects are those of a list, page by page.
func (w *world) subjects(q ticket.Query) []string {
	w.t.Helper()
	subjects := []string{}
	for more := true; more; more = q.After != "" {
		page, next, err := w.tickets().List(w.t.Context(), q)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, found := range page {
			subjects = append(subjects, found.Subject)
		}
		if len(page) > protocol.MaxTickets || next != "" && next == q.After {
			w.t.Fatalf("a page has %d and goes on at %q", len(page), next)
		}
		q.After = next
	}
	return subjects
}

func TestTicketsAreListedNewestFirstAndPaged(t *testing.T) {
	w := newWorld(t, -1)
	var all, carols []string
	for i := range 2*protocol.MaxTickets + 3 {
		w.at(w.now().Add(time.Second))
		who := carol
		if i%30 == 0 {
			who = dave
		}
		subject := fmt.Sprint("problem ", i)
		w.files(who, subject)
		all = append([]string{subject}, all...)
		if who.ID == "carol" {
			carols = append([]string{subject}, carols...)
		}
	}
	w.files(identity.Principal{ID: "carol", Role: identity.Contact, Name: "Carol", Company: "globex"}, "elsewhere")
	if got := w.subjects(ticket.Query{Company: "acme", State: protocol.TicketOpen}); !slices.Equal(got, all) {
		t.Errorf("the company has %v", got)
	}
	if got := w.subjects(ticket.Query{Company: "acme", Contact: "carol", State: protocol.TicketOpen}); !slices.Equal(got, carols) {
		t.Errorf("carol has %v", got)
	}
	if got := w.subjects(ticket.Query{Company: "acme", State: protocol.TicketClosed}); len(got) != 0 {
		t.Errorf("closed are %v", got)
	}
	for _, after := range []string{"x", "#", "000000000000000#", "1#" + uuid.NewString(), "../../head"} {
		_, _, err := w.tickets().List(t.Context(), ticket.Query{Company: "acme", State: protocol.TicketOpen, After: after})
		wants(t, err, fault.Invalid)
	}
}

func TestATicketStandsInTheListsOfItsState(t *testing.T) {
	w := newWorld(t, -1)
	id := w.files(carol, "printer").ID
	in := func(when string, open, closed int) {
		t.Helper()
		for _, contact := range []string{"", "carol"} {
			for state, want := range map[protocol.TicketState]int{protocol.TicketOpen: open, protocol.TicketClosed: closed} {
				if got := w.subjects(ticket.Query{Company: "acme", Contact: contact, State: state}); len(got) != want {
					t.Errorf("%s: %s of %q are %v", when, state, contact, got)
				}
			}
		}
	}
	in("new", 1, 0)
	w.closes(id, time.Hour)
	in("closed", 0, 1)
	w.changes(id, func(t ticket.Ticket) (ticket.Ticket, error) { return t.Reopen(alice, w.now()) })
	in("opened again", 1, 0)
	w.at(w.now().AddDate(3, 0, 0))
	in("after years", 1, 0)
	w.closes(id, time.Hour)
	w.at(w.now().Add(time.Hour - time.Second))
	in("nearly past its time", 0, 1)
	w.at(w.now().Add(time.Second))
	in("past its time", 0, 0) // The engine deletes nothing here.
	_, err := w.tickets().Load(t.Context(), id)
	wants(t, err, fault.NotFound)
}

func TestOfTwoChangesOfATicketOneIsLostAndRunAgain(t *testing.T) {
	w := newWorld(t, -1)
	made := w.files(carol, "printer")
	if err := w.tickets().Save(t.Context(), made); !errors.Is(err, session.ErrRaced) {
		t.Errorf("made twice: %v", err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			id := "acme/" + uuid.NewString()
			s := protocol.Session{ID: id, Company: "acme", Contact: session.Person(carol)}
			_, err := ticket.Service{Store: w.tickets()}.Do(t.Context(), made.ID, func(t ticket.Ticket) (ticket.Ticket, error) {
				return t.Tie(alice, s, w.now())
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	found, err := w.tickets().Load(t.Context(), made.ID)
	if err != nil || len(found.Sessions) != 4 || found.Version != 5 {
		t.Errorf("it is %+v, %v", found.Ticket, err)
	}
}

// C18: neither is there without the other.
func TestARequestAndItsTicketAreWrittenTogether(t *testing.T) {
	w := newWorld(t, -1)
	p := w.process()
	c, err := session.Request(carol, protocol.RequestSession{Session: "acme/" + uuid.NewString(), Problem: "help"}, session.Terms{Retention: time.Hour}, w.now())
	if err != nil {
		t.Fatal(err)
	}
	before := w.items()
	c = c.About(ticket.Requested(c.Next.Session, w.now()).Ticket)
	if _, err := p.Create(t.Context(), carol, c); err != nil {
		t.Fatal(err)
	}
	if made := w.items() - before; made != 6 { // Head, entry, two lists; ticket and its list.
		t.Errorf("a request makes %d items", made)
	}
	found, err := w.tickets().Load(t.Context(), c.Next.ID)
	heard, err2 := p.store.Hear(t.Context(), c.Next.ID)
	if err != nil || err2 != nil || found.Sessions[0].Session != c.Next.ID || heard.Ticket == nil || heard.Ticket.Number != found.Number {
		t.Errorf("the ticket is %+v, %v; the session's is %+v, %v", found.Ticket, err, heard.Ticket, err2)
	}
	// Of a ticket that has changed meanwhile nothing is written.
	later, err := session.Request(carol, protocol.RequestSession{Session: "acme/" + uuid.NewString(), Problem: "again"}, session.Terms{Retention: time.Hour}, w.now())
	if err != nil {
		t.Fatal(err)
	}
	tied, err := found.Tie(carol, later.Next.Session, w.now())
	if err != nil {
		t.Fatal(err)
	}
	w.closes(found.ID, time.Hour)
	if _, err := p.Create(t.Context(), carol, later.About(tied.Ticket)); !errors.Is(err, session.ErrRaced) {
		t.Errorf("on a ticket closed meanwhile: %v", err)
	}
	_, err = p.store.Hear(t.Context(), later.Next.ID)
	wants(t, err, fault.NotFound)
}
