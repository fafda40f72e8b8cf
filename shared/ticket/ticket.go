// Package ticket owns the life of a problem: opened, worked on in sessions,
// closed, sometimes opened again.
//
// Tickets live here until an outside ticket system is connected. A ticket names
// its sessions and keeps nothing of them: what was said stays in their
// transcripts and goes with them. An open ticket never expires; a closed one is
// kept as long as history is, counted from when it was closed.
//
// The rules are pure: ticket, principal and time in, the next ticket or a fault
// out. A ticket that comes out with the version that went in has nothing to commit.
package ticket

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Ticket is a ticket as the service knows it.
type Ticket struct {
	protocol.Ticket
	Retention time.Duration // How long it is kept once it is closed; 0 while it is open.
}

// errNoList is all that somebody learns of a list that is not for them.
var errNoList = fault.New(fault.NotFound, "There is no such company or contact.")

// errNoSuch is all that an outsider learns.
var errNoSuch = fault.New(fault.NotFound, "There is no such ticket.")

// Company returns the company that a ticket's id names, or the fault not_found
// where the id is none.
func Company(id string) (string, error) {
	company, err := session.Company(id)
	if err != nil || company == identity.Staff {
		return "", errNoSuch
	}
	return company, nil
}

// spoken leaves out the letters that are taken for digits or for each other on
// the phone (Crockford's alphabet).
var spoken = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

// Number is what people call the ticket with an id. It is derived, so that no
// counter has to be written: among 10,000 tickets two have the same number in
// one case of 20,000, and nothing but people goes by it.
func Number(id string) string {
	sum := sha256.Sum256([]byte(id))
	digits := spoken.EncodeToString(sum[:5])
	return digits[:4] + "-" + digits[4:]
}

// Open makes a ticket for a contact of a company.
func Open(by identity.Principal, id string, contact protocol.Person, subject string, now time.Time) (Ticket, error) {
	company, err := Company(id)
	subject = strings.TrimSpace(subject)
	switch {
	case err != nil:
		return Ticket{}, err
	case !by.MaySee(company):
		return Ticket{}, errNoSuch
	case by.Role != identity.Technician:
		return Ticket{}, fault.New(fault.Forbidden, "Only a technician opens a ticket; ask for help instead.")
	case contact.Role != identity.Contact:
		return Ticket{}, fault.New(fault.Invalid, "A ticket is for a contact.")
	case subject == "" || len(subject) > protocol.MaxProblem || !utf8.ValidString(subject):
		return Ticket{}, fault.New(fault.Invalid, "A subject has 1 to %d bytes.", protocol.MaxProblem)
	}
	return opened(id, company, contact, subject, now), nil
}

// Requested is the ticket that a contact's request makes behind the scenes. It
// has the session's id, so that a request that is sent again finds it.
func Requested(s protocol.Session, now time.Time) Ticket {
	t := opened(s.ID, s.Company, s.Contact, s.Problem, now)
	t.Sessions = []protocol.TicketSession{{Session: s.ID, At: s.CreatedAt}}
	return t
}

func opened(id, company string, contact protocol.Person, subject string, now time.Time) Ticket {
	return Ticket{Ticket: protocol.Ticket{
		ID: id, Number: Number(id), Company: company, Contact: contact, Subject: subject,
		State: protocol.TicketOpen, Sessions: []protocol.TicketSession{},
		CreatedAt: protocol.At(now), UpdatedAt: protocol.At(now), Version: 1,
	}}
}

// Visible returns nil where the principal may know of the ticket: it is their
// own, or of a company in a technician's scope.
func (t Ticket) Visible(by identity.Principal) error {
	if by.MaySee(t.Company) && (by.Role == identity.Technician || by.Role == identity.Contact && by.ID == t.Contact.ID) {
		return nil
	}
	return errNoSuch
}

// Kept returns nil unless the ticket was closed longer ago than tickets are
// kept. A retention that was made shorter holds at once.
func (t Ticket) Kept(retention time.Duration, now time.Time) error {
	if t.Closing != nil && !now.Before(t.Closing.At.Time().Add(min(t.Retention, retention))) {
		return errNoSuch
	}
	return nil
}

// Workable returns nil where the principal may work on the ticket in a session.
func (t Ticket) Workable(by identity.Principal) error {
	switch err := t.Visible(by); {
	case err != nil:
		return err
	case t.State != protocol.TicketOpen:
		return fault.New(fault.Conflict, "Ticket %s is closed.", t.Number)
	}
	return nil
}

// Tie names a new session on the ticket. The oldest is forgotten when there are
// very many.
func (t Ticket) Tie(by identity.Principal, s protocol.Session, now time.Time) (Ticket, error) {
	switch err := t.Visible(by); {
	case err != nil:
		return t, err
	case s.Company != t.Company || s.Contact.ID != t.Contact.ID:
		return t, fault.New(fault.Invalid, "Ticket %s is of somebody else.", t.Number)
	case slices.ContainsFunc(t.Sessions, func(old protocol.TicketSession) bool { return old.Session == s.ID }):
		return t, nil
	}
	if err := t.Workable(by); err != nil {
		return t, err
	}
	next := t.changed(now)
	next.Sessions = append(slices.Clone(t.Sessions), protocol.TicketSession{Session: s.ID, At: s.CreatedAt})
	if over := len(next.Sessions) - protocol.MaxTied; over > 0 {
		next.Sessions = next.Sessions[over:]
	}
	return next, nil
}

// Close says that the problem is solved. Sessions that are going on go on.
func (t Ticket) Close(by identity.Principal, note string, retention time.Duration, now time.Time) (Ticket, error) {
	switch err := t.changeable(by); {
	case err != nil:
		return t, err
	case t.State == protocol.TicketClosed:
		return t, nil
	case len(note) > protocol.MaxNote || !utf8.ValidString(note):
		return t, fault.New(fault.Invalid, "A note has at most %d bytes.", protocol.MaxNote)
	}
	next := t.changed(now)
	next.State, next.Retention = protocol.TicketClosed, retention
	next.Closing = &protocol.Closing{By: session.Person(by), Note: strings.TrimSpace(note), At: protocol.At(now)}
	return next, nil
}

// Reopen says that the problem was not solved.
func (t Ticket) Reopen(by identity.Principal, now time.Time) (Ticket, error) {
	switch err := t.changeable(by); {
	case err != nil:
		return t, err
	case t.State == protocol.TicketOpen:
		return t, nil
	}
	next := t.changed(now)
	next.State, next.Closing, next.Retention = protocol.TicketOpen, nil, 0
	return next, nil
}

// changeable returns nil where the principal may close and reopen the ticket.
func (t Ticket) changeable(by identity.Principal) error {
	switch err := t.Visible(by); {
	case err != nil:
		return err
	case by.Role != identity.Technician:
		return fault.New(fault.Forbidden, "Only a technician closes a ticket or opens it again.")
	}
	return nil
}

func (t Ticket) changed(now time.Time) Ticket {
	t.Version++
	t.UpdatedAt = protocol.At(now)
	return t
}
