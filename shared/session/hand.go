package session

import (
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Take puts a technician in charge: of a transfer to them, or of what somebody
// else has, if it is still the one they saw.
func (s Session) Take(by identity.Principal, t protocol.TakeSession, now time.Time) (Change, error) {
	offered := s.Transfer != nil && s.Transfer.To.ID == by.ID
	switch {
	case by.Role != identity.Technician:
		return Change{}, s.outsider(by)
	case !s.has(by) && !offered && !by.MaySee(s.Place()):
		return Change{}, errNoSuch
	case s.State != protocol.Active:
		return Change{}, fault.New(fault.Conflict, "This session is %s.", s.State)
	case s.Owner == by.ID:
		return s.repeats(), nil
	case !offered && s.Owner != t.From:
		return Change{}, fault.New(fault.Conflict, "%s has this session.", s.inCharge())
	case !s.has(by) && s.joined() >= MaxParticipants:
		return Change{}, fault.New(fault.Conflict, "This session is full: %d people take part.", MaxParticipants)
	}
	next := s.joinedBy(by)
	next.Owner, next.Transfer = by.ID, nil
	return s.alters(next, protocol.Entry{Kind: protocol.EntryTaken}, by, now), nil
}

// Offer offers the session to a colleague, who takes or refuses it. Found is the
// colleague where they are logged on and may see the company; whether they are,
// only who may hand on this session learns.
func (s Session) Offer(by identity.Principal, whom string, found *protocol.Person, now time.Time) (Change, error) {
	if s.has(by) && s.hasOffered(by, whom) {
		return s.repeats(), nil
	}
	switch err := s.inHand(by); {
	case err != nil:
		return Change{}, err
	case whom == by.ID:
		return Change{}, fault.New(fault.Invalid, "You have this session already.")
	case found == nil:
		return Change{}, fault.New(fault.NotFound, "Nobody of that name is logged on.")
	}
	next := s.copied()
	next.Transfer = &protocol.Transfer{To: *found, By: Person(by)}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryTransferred, To: found}, by, now), nil
}

// GiveBack puts the session among those who wait, and takes its technician out.
func (s Session) GiveBack(by identity.Principal, now time.Time) (Change, error) {
	if s.hasLeft(by) {
		return s.repeats(), nil
	}
	switch err := s.inHand(by); {
	case err != nil:
		return Change{}, err
	case !s.alone(by):
		return Change{}, fault.New(fault.Conflict, "Other technicians are in this session. Give it to one of them.")
	case !s.takesPart(s.Contact.ID):
		return Change{}, fault.New(fault.Conflict, "%s has left. End this session instead.", s.Contact.Name)
	}
	return s.waitsAgain(by, now), nil
}

// inHand returns nil where a session with a contact is somebody's to hand on.
func (s Session) inHand(by identity.Principal) error {
	switch err := s.open(by); {
	case err != nil:
		return err
	case s.State != protocol.Active || s.Kind == protocol.Staff:
		return fault.New(fault.Conflict, "Only a session with a contact can be given to somebody else.")
	case s.Owner != by.ID:
		return fault.New(fault.Forbidden, "%s has this session. Take it over first.", s.inCharge())
	}
	return nil
}

// waitsAgain puts the session at the end of the queue, without its last
// technician.
func (s Session) waitsAgain(by identity.Principal, now time.Time) Change {
	next := s.without(by)
	next.State, next.RequestedAt = protocol.Requested, protocol.At(now)
	next.Owner, next.Transfer, next.Call = "", nil, nil
	return s.alters(next, protocol.Entry{Kind: protocol.EntryTransferred}, by, now)
}

// hasOffered reports whether the offer stands already, or has been taken.
func (s Session) hasOffered(by identity.Principal, whom string) bool {
	if t := s.Transfer; t != nil {
		return t.By.ID == by.ID && t.To.ID == whom
	}
	offer, ok := s.lastOf(protocol.EntryTransferred)
	return ok && s.Owner == whom && offer.By.ID == by.ID && offer.To != nil && offer.To.ID == whom
}

// hasRefused reports whether the last offer was refused by this technician.
func (s Session) hasRefused(by identity.Principal) bool {
	last, ok := s.lastOf(protocol.EntryTransferred, protocol.EntryTaken, protocol.EntryKept)
	return ok && last.Kind == protocol.EntryKept && last.By.ID == by.ID && by.MaySee(s.Place())
}

// lastOf is the newest of the recent entries of some kinds.
func (s Session) lastOf(kinds ...protocol.EntryKind) (protocol.Entry, bool) {
	for _, e := range slices.Backward(s.Recent) {
		if slices.Contains(kinds, e.Kind) {
			return e, true
		}
	}
	return protocol.Entry{}, false
}
