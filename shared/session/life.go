package session

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// mayEnd says who may end a session of each kind. At a device either side may;
// at a portal it is for the technician to complete the case.
var mayEnd = map[protocol.SessionKind][]identity.Role{
	protocol.Managed: {identity.Technician, identity.Contact},
	protocol.Portal:  {identity.Technician},
}

// Reach is what is known of a contact at the moment of calling on them.
type Reach struct {
	Contact  protocol.Person
	Activity protocol.Activity
	Device   *identity.Machine // Where they are to be reached; nil at a portal.
}

// Start begins a session in which the contact is at once, so that the
// technician can write without waiting.
func Start(by identity.Principal, id string, to Reach, retention time.Duration, now time.Time) (Change, error) {
	company, err := Company(id)
	switch {
	case err != nil:
		return Change{}, err
	case by.Role != identity.Technician:
		return Change{}, fault.New(fault.Forbidden, "Only a technician starts a session; ask for help instead.")
	case !by.MaySee(company):
		return Change{}, errNoSuch
	case to.Activity == protocol.ActivityOffline:
		return Change{}, fault.New(fault.Conflict, "Nobody of that name is logged on there, so no message can be shown.")
	case to.Device == nil && to.Activity != protocol.ActivityOnline:
		return Change{}, fault.New(fault.Conflict, "%s is away. Try again when they are back.", to.Contact.Name)
	}
	kind := protocol.Portal
	if to.Device != nil {
		kind = protocol.Managed
	}
	next := protocol.Session{
		ID: id, Kind: kind, State: protocol.Active, Company: company, Contact: to.Contact, Device: to.Device,
		Participants: []protocol.Participant{{Person: Person(by), Joined: true}, {Person: to.Contact, Joined: true}},
		CreatedAt:    protocol.At(now), StartedAt: protocol.At(now),
	}
	return Session{Retention: retention}.alters(next, protocol.Entry{Kind: protocol.EntryStarted}, by, now), nil
}

// Request asks for help. The session waits until a technician joins.
func Request(by identity.Principal, r protocol.RequestSession, retention time.Duration, now time.Time) (Change, error) {
	company, err := Company(r.Session)
	problem := strings.TrimSpace(r.Problem)
	switch {
	case err != nil:
		return Change{}, err
	case by.Role != identity.Contact:
		return Change{}, fault.New(fault.Forbidden, "Only a contact asks for help.")
	case !by.MaySee(company):
		return Change{}, errNoSuch
	case problem == "" || len(problem) > protocol.MaxProblem:
		return Change{}, fault.New(fault.Invalid, "Describe the problem in 1 to %d bytes.", protocol.MaxProblem)
	}
	kind := protocol.Portal
	if by.Machine != nil {
		kind = protocol.Managed
	}
	next := protocol.Session{
		ID: r.Session, Kind: kind, State: protocol.Requested, Company: company, Contact: Person(by), Device: by.Machine,
		Problem: problem, Participants: []protocol.Participant{{Person: Person(by), Joined: true}},
		CreatedAt: protocol.At(now),
	}
	return Session{Retention: retention}.alters(next, protocol.Entry{Kind: protocol.EntryRequested, Text: problem}, by, now), nil
}

// Join takes a technician into a session; the first one answers a request.
func (s Session) Join(by identity.Principal, now time.Time) (Change, error) {
	switch {
	case s.has(by):
		return s.repeats(), nil
	case by.Role != identity.Technician || !by.MaySee(s.Company):
		return Change{}, errNoSuch
	case s.Ended():
		return Change{}, fault.New(fault.Conflict, "This session is %s.", s.State)
	case s.joined() >= MaxParticipants:
		return Change{}, fault.New(fault.Conflict, "This session is full: %d people take part.", MaxParticipants)
	}
	next := s.copied()
	next.Participants = with(next.Participants, protocol.Participant{Person: Person(by), Joined: true})
	if next.State == protocol.Requested {
		next.State, next.StartedAt = protocol.Active, protocol.At(now)
	}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryJoined}, by, now), nil
}

// with adds somebody, or gives them back their old place. Who began the session
// stays the first; of the others, those who left are forgotten when the list is
// long, so that it does not grow with every shift.
func with(list []protocol.Participant, p protocol.Participant) []protocol.Participant {
	if i := slices.IndexFunc(list, func(old protocol.Participant) bool { return old.ID == p.ID }); i >= 0 {
		list[i] = p
		return list
	}
	if len(list) >= MaxParticipants {
		first := list[0].ID
		list = slices.DeleteFunc(list, func(old protocol.Participant) bool { return !old.Joined && old.ID != first })
	}
	return append(list, p)
}

// Leave takes a technician out; the session goes on. A contact stays until it
// is ended.
func (s Session) Leave(by identity.Principal, now time.Time) (Change, error) {
	switch err := s.open(by); {
	case err != nil:
		return Change{}, err
	case by.Role != identity.Technician:
		return Change{}, fault.New(fault.Forbidden, "Your technician ends this session.")
	}
	next := s.copied()
	for i := range next.Participants {
		if next.Participants[i].ID == by.ID {
			next.Participants[i].Joined = false
		}
	}
	next.Call = s.callWithout(by)
	return s.alters(next, protocol.Entry{Kind: protocol.EntryLeft}, by, now), nil
}

// End ends the session for everybody, and the call with it.
func (s Session) End(by identity.Principal, now time.Time) (Change, error) {
	switch {
	case !s.has(by):
		return Change{}, s.outsider(by)
	case s.Ended():
		return s.repeats(), nil
	case s.State == protocol.Requested:
		return Change{}, fault.New(fault.Conflict, "Nobody has joined this session yet.")
	case !slices.Contains(mayEnd[s.Kind], by.Role):
		return Change{}, fault.New(fault.Forbidden, "Your technician ends this session.")
	}
	next := s.copied()
	next.State, next.EndedAt, next.Call = protocol.Ended, protocol.At(now), nil
	return s.alters(next, protocol.Entry{Kind: protocol.EntryEnded}, by, now), nil
}

// Post says something. What the sender posted before, by its own id, is
// answered with the entry that stands already.
func (s Session) Post(by identity.Principal, p protocol.Post, now time.Time) (Change, error) {
	if err := s.open(by); err != nil {
		if earlier, ok := s.posted(by, p.Message); ok && s.has(by) {
			return earlier, nil
		}
		return Change{}, err
	}
	switch {
	case p.Message == "" || len(p.Message) > protocol.MaxID || !utf8.ValidString(p.Message):
		return Change{}, fault.New(fault.Invalid, "A message has an id of 1 to %d bytes.", protocol.MaxID)
	case strings.TrimSpace(p.Text) == "" || len(p.Text) > protocol.MaxText || !utf8.ValidString(p.Text):
		return Change{}, fault.New(fault.Invalid, "A message has 1 to %d bytes of text.", protocol.MaxText)
	case p.After < 0 || p.After > s.Seq:
		return Change{}, fault.New(fault.Invalid, "After is the last seq that you know, from 0 to %d.", s.Seq)
	}
	if earlier, ok := s.posted(by, p.Message); ok {
		return earlier, nil
	}
	return s.says(protocol.Entry{Kind: protocol.EntryMessage, Message: p.Message, Text: p.Text}, by, now), nil
}

// posted finds the entry that the sender has made with this id.
func (s Session) posted(by identity.Principal, message string) (Change, bool) {
	for _, e := range s.Recent {
		if e.Kind == protocol.EntryMessage && e.Message == message && e.By.ID == by.ID {
			return Change{Next: s, Entry: e, Repeat: true}, true
		}
	}
	return Change{}, false
}

// joined counts who takes part now.
func (s Session) joined() int {
	n := 0
	for _, p := range s.Participants {
		if p.Joined {
			n++
		}
	}
	return n
}
