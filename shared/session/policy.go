package session

import (
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// The clocks of a session. They are computed from stored times when somebody
// acts, so no timer has to run.
const (
	Answering = time.Minute     // A contact at a portal waits this long before they may end their own request.
	Silence   = time.Hour       // Without a word, after which a contact may end.
	Lost      = 2 * time.Minute // Of a waiting contact's connection, after which the request is abandoned.
	Nudging   = 30 * time.Second
)

// policy is what holds for one kind of session.
type policy struct {
	online bool             // Only with somebody who is online, not away.
	asks   func(Terms) bool // Whether the contact must agree.
	ends   []identity.Role  // Who may end at any time.
}

func never(Terms) bool { return false }

// policies are what the kinds of sessions differ in. docs/sessions.md shows
// the same as a table.
var policies = map[protocol.SessionKind]policy{
	protocol.Managed: {
		asks: func(t Terms) bool { return t.AskManaged },
		ends: []identity.Role{identity.Technician, identity.Contact},
	},
	protocol.Portal: {online: true, asks: never, ends: []identity.Role{identity.Technician}},
	protocol.Staff:  {asks: never, ends: []identity.Role{identity.Technician}},
	protocol.OnDemand: {
		asks: func(t Terms) bool { return t.AskOnDemand },
		ends: []identity.Role{identity.Technician, identity.Guest},
	},
	protocol.Guest: {asks: never, ends: []identity.Role{identity.Technician}},
}

// kindOf is the kind of a session in a company, at a device or not.
func kindOf(company string, device *identity.Machine) protocol.SessionKind {
	switch {
	case company == identity.Staff:
		return protocol.Staff
	case device != nil:
		return protocol.Managed
	}
	return protocol.Portal
}

// End ends the session for everybody, and the call with it. A contact who ends
// their own request that nobody answered abandons it; whoever follows that up
// ends it, without taking part.
func (s Session) End(by identity.Principal, e protocol.EndSession, office bool, now time.Time) (Change, error) {
	follows := s.Left() && by.Role == identity.Technician && by.MaySee(s.Place())
	switch {
	case s.Closing != nil && s.Closing.By.ID == by.ID:
		return s.repeats(), nil
	case !follows && !s.has(by):
		return Change{}, s.outsider(by)
	case s.Ended(), s.Left() && !follows:
		return s.repeats(), nil
	case len(e.Note) > protocol.MaxNote || e.Note != "" && by.Role != identity.Technician:
		return Change{}, fault.New(fault.Invalid, "A technician's note has at most %d bytes.", protocol.MaxNote)
	case by.Role == identity.Guest && (by.ID != s.Contact.ID || s.Kind == protocol.Guest):
		return Change{}, fault.New(fault.Forbidden, "Your technician ends this session. You can leave it.")
	case e.Solved && (by.Role != identity.Technician || !by.MaySee(s.Place()) || s.Ticket == nil):
		return Change{}, fault.New(fault.Invalid, "Only a technician of the company closes a ticket, and only where there is one.")
	case s.State == protocol.Requested:
		return s.giveUp(by, office, now)
	case s.State == protocol.Connecting:
		return s.Cancel(by, now)
	case !s.endsAnyTime(by) && now.Sub(s.LastAt.Time()) <= Silence:
		return Change{}, fault.New(fault.Forbidden, "Your technician ends this session. You can when an hour has passed without a word.")
	}
	next := s.copied()
	next.State, next.EndedAt, next.Call, next.Transfer = protocol.Ended, protocol.At(now), nil, nil
	if by.Role == identity.Technician {
		next.Closing = &protocol.Closing{By: Person(by), Note: strings.TrimSpace(e.Note), At: protocol.At(now)}
	}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryEnded}, by, now), nil
}

// endsAnyTime reports whether the kind of session leaves it to somebody when to
// end it.
func (s Session) endsAnyTime(by identity.Principal) bool {
	return slices.Contains(policies[s.Kind].ends, by.Role)
}

// giveUp ends a request that nobody has answered.
func (s Session) giveUp(by identity.Principal, office bool, now time.Time) (Change, error) {
	if waited := now.Sub(s.RequestedAt.Time()); office && waited < Answering && !s.endsAnyTime(by) {
		return Change{}, fault.New(fault.Conflict, "Somebody may answer any moment. You can end this in %d seconds.", int((Answering-waited+time.Second-1)/time.Second))
	}
	return s.abandons(by, protocol.Entry{Kind: protocol.EntryAbandoned}, nil, now), nil
}

func (s Session) abandons(by identity.Principal, e protocol.Entry, back *protocol.Callback, now time.Time) Change {
	next := s.copied()
	next.State, next.EndedAt, next.Callback = protocol.Abandoned, protocol.At(now), back
	return s.alters(next, e, by, now)
}

// Abandon gives up a request whose contact has been gone since a time; one that
// was given back, not before it has waited as long again.
func (s Session) Abandon(gone, now time.Time) (Change, error) {
	if s.State != protocol.Requested || now.Sub(gone) <= Lost || now.Sub(s.RequestedAt.Time()) <= Lost {
		return s.repeats(), nil
	}
	contact := identity.Principal{ID: s.Contact.ID, Name: s.Contact.Name, Role: s.Contact.Role, Company: s.Company}
	return s.abandons(contact, protocol.Entry{Kind: protocol.EntryAbandoned}, nil, now), nil
}

// CallBack leaves a number where nobody answers: outside office hours, or when
// a minute has passed.
func (s Session) CallBack(by identity.Principal, a protocol.AskCallback, office bool, now time.Time) (Change, error) {
	phone, note := strings.TrimSpace(a.Phone), strings.TrimSpace(a.Note)
	switch {
	case by.ID != s.Contact.ID || !s.has(by):
		return Change{}, s.outsider(by)
	case s.Left() && s.Callback != nil && s.Callback.Phone == phone && s.Callback.Note == note:
		return s.repeats(), nil
	case s.State != protocol.Requested:
		return Change{}, fault.New(fault.Conflict, "This session is %s.", s.State)
	case office && now.Sub(s.RequestedAt.Time()) < Answering:
		return Change{}, fault.New(fault.Conflict, "Somebody may answer any moment. You can leave your number after a minute.")
	case !validPhone(phone):
		return Change{}, fault.New(fault.Invalid, "A phone number has 3 to 32 digits, and + - ( ) . / or spaces between them.")
	case len(note) > protocol.MaxProblem:
		return Change{}, fault.New(fault.Invalid, "A note has at most %d bytes.", protocol.MaxProblem)
	}
	back := &protocol.Callback{Phone: phone, Note: note, At: protocol.At(now)}
	text := phone
	if note != "" {
		text += "\n" + note
	}
	return s.abandons(by, protocol.Entry{Kind: protocol.EntryCallback, Text: text}, back, now), nil
}

func validPhone(phone string) bool {
	digits := 0
	for _, r := range phone {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-(). /", r):
			return false
		}
	}
	return digits >= 3 && digits <= 32 && len(phone) <= 64
}

// Nudge calls for the other side's attention, not more often than it helps.
func (s Session) Nudge(by identity.Principal, now time.Time) (Change, error) {
	if err := s.open(by); err != nil {
		return Change{}, err
	}
	for _, e := range s.Recent {
		if e.Kind == protocol.EntryNudged && e.By.ID == by.ID && now.Sub(e.At.Time()) < Nudging {
			return Change{}, fault.New(fault.RateLimited, "You have just called for attention. Give them a moment.")
		}
	}
	return s.says(protocol.Entry{Kind: protocol.EntryNudged}, by, now), nil
}
