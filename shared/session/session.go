// Package session owns the life of one support case worked live: requested,
// active, ended; who takes part; and the order of what was said and happened.
//
// A session is the fold over its entries, which are numbered by seq without a
// gap. A rule reads a session as of its last entry and returns a [Change] that
// adds the next one. Committing it succeeds only while nobody else has added
// that entry, so the state on which permission was checked is the state that
// the change changes. The end is an entry too: nothing can follow it.
//
// The rules are pure: state, principal and time in, a change or a fault out.
package session

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/call"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
)

// MaxParticipants is how many people one session holds.
const MaxParticipants = 20

// Session is a session as the service knows it.
type Session struct {
	protocol.Session
	Seq       int64            // Of the last entry.
	LastAt    protocol.Millis  // When the last entry was added.
	Retention time.Duration    // How long an entry is kept.
	Recent    []protocol.Entry // The last entries, oldest first, to find what was posted twice.
}

// Change is a decision ready to commit: the session after it and the entry
// that it adds.
type Change struct {
	Next   Session
	Before protocol.Session // What it was; the zero value for a new session.
	Entry  protocol.Entry
	Since  int64           // The version that the change builds on; 0 for a new session.
	PrevAt protocol.Millis // When the entry before was added; 0 for a new session.
	Alters bool            // More than the transcript: state, participants or call.
	Image  []byte          // Of the image that the entry tells of; mostly nil.
	Secret *Secret         // What is hidden or shown together with the entry; mostly nil.
	Repeat bool            // Nothing to commit: the same was done before.
	Invite *invite.Invite  // Made together with it.

	// Ticket is what the session is tied to, as it then is: committed with it, on
	// the condition that the stored version is exactly one behind.
	Ticket *protocol.Ticket
}

// About ties a new session to a ticket.
func (c Change) About(t protocol.Ticket) Change {
	c.Ticket = &t
	c.Next.Ticket = &protocol.TicketName{ID: t.ID, Number: t.Number, Subject: t.Subject}
	return c
}

// errNoSuch is all that an outsider learns.
var errNoSuch = fault.New(fault.NotFound, "There is no such session.")

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// Company returns the home that the session's id names, a company or the staff,
// or the fault not_found where the id is none.
func Company(id string) (string, error) {
	company, rest, _ := strings.Cut(id, "/")
	if company != identity.Staff && !identity.ValidCompany(company) || !uuid.MatchString(rest) {
		return "", errNoSuch
	}
	return company, nil
}

// Person is how the session names a principal.
func Person(p identity.Principal) protocol.Person {
	return protocol.Person{ID: p.ID, Name: p.Name, Role: p.Role}
}

// Audible returns nil where the principal may read the session: they take
// part in it, whether or not it is over, or follow it up, or read in a ticket
// what was done before.
func (s Session) Audible(by identity.Principal) error {
	past := s.Left() || s.Ended() && s.Ticket != nil
	if s.has(by) || past && by.Role == identity.Technician && by.MaySee(s.Place()) {
		return nil
	}
	return s.outsider(by)
}

// Ended reports whether the session is over for good.
func (s Session) Ended() bool {
	return s.State == protocol.Ended || s.State == protocol.Cancelled || s.State == protocol.Declined
}

// Left reports whether the session waits to be followed up: nobody answered and
// the contact is gone.
func (s Session) Left() bool { return s.State == protocol.Abandoned }

// Concerns reports whether the session stands in somebody's list of what is not
// over: they take part, or are asked to, or it is offered to them.
func (s Session) Concerns(person string) bool {
	switch {
	case s.Ended(), s.Left():
		return false
	case s.State == protocol.Connecting && person == s.Contact.ID, s.waits(person), s.Transfer != nil && person == s.Transfer.To.ID:
		return true
	}
	return s.takesPart(person)
}

// has reports whether the principal takes part now.
func (s Session) has(by identity.Principal) bool { return s.takesPart(by.ID) }

func (s Session) takesPart(person string) bool {
	return slices.ContainsFunc(s.Participants, func(p protocol.Participant) bool { return p.ID == person && p.Joined })
}

// hasLeft reports whether a technician took part before, as one has who sends
// again that they leave.
func (s Session) hasLeft(by identity.Principal) bool {
	allowed := by.Role == identity.Technician && (s.Kind == protocol.Staff || by.MaySee(s.Place()))
	return allowed && slices.ContainsFunc(s.Participants, func(p protocol.Participant) bool { return p.ID == by.ID && !p.Joined })
}

// alone reports whether no other technician than this one takes part.
func (s Session) alone(by identity.Principal) bool {
	return !slices.ContainsFunc(s.Participants, func(p protocol.Participant) bool {
		return p.Joined && p.Role == identity.Technician && p.ID != by.ID
	})
}

// outsider is the refusal of somebody who takes no part, or of a participant
// where it is another's part.
func (s Session) outsider(by identity.Principal) error {
	switch {
	case s.has(by):
		return fault.New(fault.Forbidden, "That is for somebody else in this session to do.")
	case by.Role == identity.Technician && by.MaySee(s.Place()):
		return fault.New(fault.Forbidden, "Join this session first.")
	}
	return errNoSuch
}

// open returns nil where the principal takes part in a session that is not over.
func (s Session) open(by identity.Principal) error {
	switch {
	case !s.has(by):
		return s.outsider(by)
	case s.Ended(), s.Left():
		return fault.New(fault.Conflict, "This session is %s.", s.State)
	case s.State == protocol.Connecting:
		return fault.New(fault.Conflict, "%s has not agreed yet.", s.Contact.Name)
	}
	return nil
}

// inCharge names the technician in charge, to somebody who is not.
func (s Session) inCharge() string {
	for _, p := range s.Participants {
		if s.Owner != "" && p.ID == s.Owner {
			return p.Name
		}
	}
	return "Nobody"
}

// Alters reports whether entries of a kind change more than the transcript.
func Alters(kind protocol.EntryKind) bool {
	switch kind {
	case protocol.EntryMessage, protocol.EntryNudged, protocol.EntrySecret, protocol.EntryRevealed:
		return false
	}
	return true
}

// says adds an entry that changes the transcript only.
func (s Session) says(e protocol.Entry, by identity.Principal, now time.Time) Change {
	c := Change{Next: s, Before: s.Session, Since: s.Version, PrevAt: s.LastAt}
	e.Seq, e.At, e.By = s.Seq+1, protocol.At(now), Person(by)
	c.Entry = e
	c.Next.Seq, c.Next.LastAt = e.Seq, e.At
	c.Next.Recent = append(slices.Clip(s.Recent), e)
	return c
}

// alters adds an entry to a session whose visible state is next. Whatever ends
// the call says how long it was.
func (s Session) alters(next protocol.Session, e protocol.Entry, by identity.Principal, now time.Time) Change {
	if s.Call != nil && next.Call == nil && e.Call == nil {
		e.Call = call.Log(s.Call, "", now)
	}
	c := s.says(e, by, now)
	next.Version = c.Entry.Seq
	c.Next.Session, c.Alters = next, true
	return c
}

// repeats answers what was done before.
func (s Session) repeats() Change {
	return Change{Next: s, Entry: protocol.Entry{Seq: s.Seq, At: s.LastAt}, Repeat: true}
}

// copied returns the visible state with participants of its own, to be altered.
func (s Session) copied() protocol.Session {
	next := s.Session
	next.Participants = slices.Clone(s.Participants)
	return next
}
