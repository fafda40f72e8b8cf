package session

import (
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
)

// unnamed is who is invited by no name.
const unnamed = "Guest"

// Invites begins a session with somebody who has no account and comes by a code
// or a link. The session waits for them; the invite is made together with it.
func Invites(by identity.Principal, d protocol.InviteGuest, t Terms, now time.Time) (Change, error) {
	company, err := Company(d.Session)
	switch {
	case err != nil:
		return Change{}, err
	case by.Role != identity.Technician:
		return Change{}, fault.New(fault.Forbidden, "Only a technician invites somebody.")
	case !by.MaySee(company):
		return Change{}, errNoSuch
	case d.Kind != protocol.OnDemand && d.Kind != protocol.Guest:
		return Change{}, fault.New(fault.Invalid, "An invite is of the kind ondemand or guest.")
	}
	made, place, err := invited(d, identity.PrincipalID("invite", d.Session), now)
	if err != nil {
		return Change{}, err
	}
	next := protocol.Session{
		ID: d.Session, Kind: d.Kind, State: protocol.Connecting, Company: company, Contact: place.Person,
		Participants: []protocol.Participant{{Person: Person(by), Joined: true}, place},
		Owner:        by.ID, CreatedAt: protocol.At(now), Asks: policies[d.Kind].asks(t),
	}
	c := Session{Retention: t.Retention}.alters(next, protocol.Entry{Kind: protocol.EntryInvited, To: &place.Person}, by, now)
	c.Invite = &made
	return c, nil
}

// Invite lets somebody without an account into a session that goes on.
func (s Session) Invite(by identity.Principal, d protocol.InviteGuest, now time.Time) (Change, error) {
	switch err := s.open(by); {
	case err != nil:
		return Change{}, err
	case by.Role != identity.Technician:
		return Change{}, fault.New(fault.Forbidden, "Only a technician invites somebody.")
	case s.State != protocol.Active || s.Kind == protocol.Staff:
		return Change{}, fault.New(fault.Conflict, "Somebody can be invited into an active session with a contact.")
	case d.Kind != "":
		return Change{}, fault.New(fault.Invalid, "Into a session that goes on a guest comes by a link, without a kind.")
	}
	made, place, err := invited(d, identity.PrincipalID("invite", d.Session+"#"+d.Secret), now)
	switch known := slices.ContainsFunc(s.Participants, func(p protocol.Participant) bool { return p.ID == place.ID }); {
	case err != nil:
		return Change{}, err
	case known:
		return s.repeats(), nil
	case s.expected() >= MaxParticipants:
		return Change{}, fault.New(fault.Conflict, "This session is full: %d people take part or are invited. Withdraw an invite first.", MaxParticipants)
	}
	next := s.copied()
	next.Participants = with(next.Participants, place)
	c := s.alters(next, protocol.Entry{Kind: protocol.EntryInvited, To: &place.Person}, by, now)
	c.Invite = &made
	return c, nil
}

// invited is an invite and the place of who comes by it.
func invited(d protocol.InviteGuest, guest string, now time.Time) (invite.Invite, protocol.Participant, error) {
	kind, name := d.Kind, strings.TrimSpace(d.Name)
	if kind == "" {
		kind = protocol.Guest
	}
	switch {
	case !invite.ValidHash(d.Secret):
		return invite.Invite{}, protocol.Participant{}, fault.New(fault.Invalid, "The secret is told by its SHA-256 in 64 hexadecimal digits.")
	case name != "" && !invite.ValidName(name):
		return invite.Invite{}, protocol.Participant{}, fault.New(fault.Invalid, "A name has at most %d bytes that can be shown.", invite.MaxName)
	}
	until := protocol.At(now.Add(invite.Term(kind)))
	person := protocol.Person{ID: guest, Name: unnamed, Role: identity.Guest}
	if name != "" {
		person.Name = invite.Shown(name)
	}
	made := invite.Invite{Hash: d.Secret, Session: d.Session, Guest: guest, Kind: kind, Until: until}
	return made, protocol.Participant{Person: person, InvitedUntil: until}, nil
}

// Revoke withdraws an invite, or takes a guest out who came by it. With the
// invite that began it the session is cancelled.
func (s Session) Revoke(by identity.Principal, guest string, now time.Time) (Change, error) {
	if s.has(by) && by.Role == identity.Technician && guest == s.Contact.ID && s.waits(guest) &&
		(s.State == protocol.Connecting || s.State == protocol.Cancelled) {
		return s.Cancel(by, now)
	}
	if err := s.open(by); err != nil {
		return Change{}, err
	}
	i := slices.IndexFunc(s.Participants, func(p protocol.Participant) bool { return p.ID == guest && p.Role == identity.Guest })
	switch {
	case by.Role != identity.Technician:
		return Change{}, s.outsider(by)
	case i < 0:
		return Change{}, fault.New(fault.NotFound, "Nobody was invited by that id.")
	case guest == s.Contact.ID:
		return Change{}, fault.New(fault.Conflict, "%s is in the session already. End it instead.", s.Contact.Name)
	case !s.Participants[i].Joined && s.Participants[i].InvitedUntil == 0:
		return s.repeats(), nil
	}
	who := s.Participants[i].Person
	return s.alters(s.quitBy(identity.Principal{ID: guest}), protocol.Entry{Kind: protocol.EntryRevoked, To: &who}, by, now), nil
}

// Pending reports whether a session stands in the list of those that somebody
// has to answer: a request, or an invite with which nobody has come yet.
func Pending(s protocol.Session) bool {
	return s.State == protocol.Requested || s.State == protocol.Connecting && Session{Session: s}.waits(s.Contact.ID)
}

// Lapse withdraws a session to which its contact was invited and did not come in
// time.
func (s Session) Lapse(now time.Time) (Change, error) {
	i := slices.IndexFunc(s.Participants, func(p protocol.Participant) bool { return p.ID == s.Contact.ID })
	if !Pending(s.Session) || s.State != protocol.Connecting || now.Before(s.Participants[i].InvitedUntil.Time()) {
		return s.repeats(), nil
	}
	next := s.copied()
	next.State, next.EndedAt = protocol.Cancelled, protocol.At(now)
	contact := s.Contact
	by := identity.Principal{ID: contact.ID, Name: contact.Name, Role: contact.Role, Company: s.Company}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryCancelled}, by, now), nil
}

// Admits reports whether the session lets in who has a good invite: they take
// part, or are still to come.
func (s Session) Admits(guest string) bool {
	return !s.Ended() && !s.Left() && (s.has(identity.Principal{ID: guest}) || s.waits(guest))
}

// waits reports whether somebody was invited and has not come yet.
func (s Session) waits(guest string) bool {
	return slices.ContainsFunc(s.Participants, func(p protocol.Participant) bool { return p.ID == guest && p.InvitedUntil != 0 })
}

// expected counts who takes part or was invited to.
func (s Session) expected() int {
	n := 0
	for _, p := range s.Participants {
		if p.Joined || p.InvitedUntil != 0 {
			n++
		}
	}
	return n
}

// enters takes a guest in who was invited into a session that goes on.
func (s Session) enters(by identity.Principal, now time.Time) (Change, error) {
	switch {
	case s.State != protocol.Active:
		return Change{}, fault.New(fault.Conflict, "This session is %s.", s.State)
	case s.joined() >= MaxParticipants:
		return Change{}, fault.New(fault.Conflict, "This session is full: %d people take part.", MaxParticipants)
	}
	return s.alters(s.joinedBy(by), protocol.Entry{Kind: protocol.EntryJoined}, by, now), nil
}

// goes takes a guest out, for good: an invite works once. Who was to be helped
// and leaves while they wait gives up.
func (s Session) goes(by identity.Principal, now time.Time) (Change, error) {
	switch {
	case by.ID == s.Contact.ID && s.Kind == protocol.OnDemand:
		return Change{}, fault.New(fault.Conflict, "End this session instead: it is yours.")
	case by.ID == s.Contact.ID && s.State == protocol.Requested:
		return s.abandons(by, protocol.Entry{Kind: protocol.EntryAbandoned}, nil, now), nil
	}
	return s.alters(s.quitBy(by), protocol.Entry{Kind: protocol.EntryLeft}, by, now), nil
}

// quitBy is the session, and its call, without a guest.
func (s Session) quitBy(by identity.Principal) protocol.Session {
	next := s.without(by)
	if s.has(by) {
		next.Call = s.callWithout(by)
	}
	return next
}
