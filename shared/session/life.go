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

// Reach is what is known of somebody at the moment of calling on them.
type Reach struct {
	Contact  protocol.Person
	Activity protocol.Activity
	Device   *identity.Machine // Where they are to be reached; nil at a portal.
	Pushed   bool              // From a ticket: only while they are online, wherever they are.
}

// place is where a session with them is, of those that scopes are made of.
func (r Reach) place(company string) string {
	if r.Device == nil {
		return company
	}
	return identity.Place(company, r.Device.Group)
}

// Terms are the settings that a new session is made under.
type Terms struct {
	Retention   time.Duration
	AskManaged  bool // Users of managed devices are asked first.
	AskOnDemand bool // So are those who come by a code.
}

// ErrNobody is the fault where a contact is not logged on where they are wanted.
var ErrNobody = fault.New(fault.Conflict, "Nobody of that name is logged on there, so no message can be shown.")

// Start begins a session. Where nobody has to be asked the other is in it at
// once, so that the technician can write without waiting.
func Start(by identity.Principal, id string, to Reach, t Terms, now time.Time) (Change, error) {
	company, err := Company(id)
	switch {
	case err != nil:
		return Change{}, err
	case by.Role != identity.Technician:
		return Change{}, fault.New(fault.Forbidden, "Only a technician starts a session; ask for help instead.")
	case company != identity.Staff && !by.MaySee(to.place(company)):
		return Change{}, errNoSuch
	case to.Contact.ID == by.ID:
		return Change{}, fault.New(fault.Invalid, "A session is with somebody else.")
	case to.Activity == protocol.ActivityOffline:
		return Change{}, ErrNobody
	}
	kind := kindOf(company, to.Device)
	if (policies[kind].online || to.Pushed) && to.Activity != protocol.ActivityOnline {
		return Change{}, fault.New(fault.Conflict, "%s is away. Try again when they are back.", to.Contact.Name)
	}
	next := protocol.Session{
		ID: id, Kind: kind, State: protocol.Active, Company: company, Contact: to.Contact, Device: to.Device,
		Participants: []protocol.Participant{{Person: Person(by), Joined: true}, {Person: to.Contact, Joined: true}},
		Owner:        by.ID, CreatedAt: protocol.At(now), StartedAt: protocol.At(now),
	}
	entry := protocol.Entry{Kind: protocol.EntryStarted}
	if policies[kind].asks(t) {
		next.State, next.StartedAt, next.Participants[1].Joined = protocol.Connecting, 0, false
		entry.Kind = protocol.EntryAsked
	}
	return Session{Retention: t.Retention}.alters(next, entry, by, now), nil
}

// Request asks for help. The session waits until a technician joins.
func Request(by identity.Principal, r protocol.RequestSession, t Terms, now time.Time) (Change, error) {
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
	next := protocol.Session{
		ID: r.Session, Kind: kindOf(company, by.Machine), State: protocol.Requested, Company: company,
		Contact: Person(by), Device: by.Machine, Problem: problem,
		Participants: []protocol.Participant{{Person: Person(by), Joined: true}}, CreatedAt: protocol.At(now), RequestedAt: protocol.At(now),
	}
	return Session{Retention: t.Retention}.alters(next, protocol.Entry{Kind: protocol.EntryRequested, Text: problem}, by, now), nil
}

// Approve is the contact's yes to a session that a technician began.
func (s Session) Approve(by identity.Principal, now time.Time) (Change, error) {
	switch {
	case by.ID != s.Contact.ID || by.ID == "":
		return Change{}, s.outsider(by)
	case s.has(by):
		return s.repeats(), nil
	case s.State != protocol.Connecting:
		return Change{}, fault.New(fault.Conflict, "This request is %s.", s.State)
	}
	next := s.copied()
	next.Participants = with(next.Participants, protocol.Participant{Person: Person(by), Joined: true})
	next.State, next.StartedAt = protocol.Active, protocol.At(now)
	if by.Role == identity.Guest { // Nobody knew their name before, nor where they sit.
		next.Contact, next.Device = Person(by), by.Machine
	}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryApproved}, by, now), nil
}

// Refuse is the contact's no to a session, or a colleague's to a transfer.
func (s Session) Refuse(by identity.Principal, now time.Time) (Change, error) {
	next := s.copied()
	switch {
	case s.hasRefused(by):
		return s.repeats(), nil
	case s.Transfer != nil && s.Transfer.To.ID == by.ID:
		next.Transfer = nil
		return s.alters(next, protocol.Entry{Kind: protocol.EntryKept}, by, now), nil
	case by.ID != s.Contact.ID || by.ID == "":
		return Change{}, s.outsider(by)
	case s.State == protocol.Declined:
		return s.repeats(), nil
	case s.State != protocol.Connecting:
		return Change{}, fault.New(fault.Conflict, "This request is %s.", s.State)
	}
	next.State, next.EndedAt = protocol.Declined, protocol.At(now)
	return s.alters(next, protocol.Entry{Kind: protocol.EntryDeclined}, by, now), nil
}

// Cancel withdraws a session to which the contact has not agreed yet.
func (s Session) Cancel(by identity.Principal, now time.Time) (Change, error) {
	switch {
	case !s.has(by):
		return Change{}, s.outsider(by)
	case s.State == protocol.Cancelled:
		return s.repeats(), nil
	case s.State != protocol.Connecting:
		return Change{}, fault.New(fault.Conflict, "This session is %s.", s.State)
	}
	next := s.copied()
	next.State, next.EndedAt = protocol.Cancelled, protocol.At(now)
	return s.alters(next, protocol.Entry{Kind: protocol.EntryCancelled}, by, now), nil
}

// Join takes a technician into a session; the first one answers a request and
// is in charge, as is whoever joins where nobody is any more. Who only wants to
// be the one who answers is told who has it.
func (s Session) Join(by identity.Principal, j protocol.JoinSession, now time.Time) (Change, error) {
	switch {
	case s.has(by):
		return s.repeats(), nil
	case by.Role == identity.Guest && s.State != protocol.Connecting && s.waits(by.ID) && s.Admits(by.ID):
		return s.enters(by, now)
	case by.Role != identity.Technician || !by.MaySee(s.Place()):
		return Change{}, errNoSuch
	case s.State != protocol.Requested && s.State != protocol.Active:
		return Change{}, fault.New(fault.Conflict, "This session is %s.", s.State)
	case j.Answer && s.Owner != "":
		return Change{}, fault.New(fault.Conflict, "%s has this session.", s.inCharge())
	case s.joined() >= MaxParticipants:
		return Change{}, fault.New(fault.Conflict, "This session is full: %d people take part.", MaxParticipants)
	}
	next := s.joinedBy(by)
	next.State = protocol.Active
	if next.Owner == "" {
		next.Owner = by.ID
	}
	if next.StartedAt == 0 {
		next.StartedAt = protocol.At(now)
	}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryJoined}, by, now), nil
}

// joinedBy is the session with one more in it.
func (s Session) joinedBy(by identity.Principal) protocol.Session {
	next := s.copied()
	next.Participants = with(next.Participants, protocol.Participant{Person: Person(by), Joined: true})
	return next
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
		list = slices.DeleteFunc(list, func(old protocol.Participant) bool {
			return !old.Joined && old.InvitedUntil == 0 && old.ID != first
		})
	}
	return append(list, p)
}

// Leave takes a technician out; the session goes on. The last one to leave gives
// it back to those who wait, since nobody else is there for the contact; of
// technicians among themselves, or where a guest was helped who has left, the
// last one ends it, since nobody else could. A contact stays until it is ended.
func (s Session) Leave(by identity.Principal, now time.Time) (Change, error) {
	if s.hasLeft(by) || s.Kind == protocol.Staff && s.Ended() && s.has(by) {
		return s.repeats(), nil
	}
	switch err := s.open(by); {
	case err != nil:
		return Change{}, err
	case by.Role == identity.Guest:
		return s.goes(by, now)
	case by.Role != identity.Technician:
		return Change{}, fault.New(fault.Forbidden, "Your technician ends this session.")
	case s.Kind != protocol.Staff && s.alone(by) && s.takesPart(s.Contact.ID):
		return s.waitsAgain(by, now), nil
	case s.alone(by):
		return s.End(by, protocol.EndSession{}, true, now)
	}
	next := s.without(by)
	next.Call = s.callWithout(by)
	if next.Owner == by.ID {
		next.Owner, next.Transfer = "", nil
	}
	return s.alters(next, protocol.Entry{Kind: protocol.EntryLeft}, by, now), nil
}

// without is the session with one less in it.
func (s Session) without(by identity.Principal) protocol.Session {
	next := s.copied()
	for i := range next.Participants {
		if next.Participants[i].ID == by.ID {
			next.Participants[i].Joined, next.Participants[i].InvitedUntil = false, 0
		}
	}
	return next
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
	case p.Image != nil && (len(p.Text) > protocol.MaxProblem || !utf8.ValidString(p.Text)):
		return Change{}, fault.New(fault.Invalid, "What is to be seen on an image is said in at most %d bytes.", protocol.MaxProblem)
	case p.Image == nil && (strings.TrimSpace(p.Text) == "" || len(p.Text) > protocol.MaxText || !utf8.ValidString(p.Text)):
		return Change{}, fault.New(fault.Invalid, "A message has 1 to %d bytes of text.", protocol.MaxText)
	case p.After < 0 || p.After > s.Seq:
		return Change{}, fault.New(fault.Invalid, "After is the last seq that you know, from 0 to %d.", s.Seq)
	}
	if earlier, ok := s.posted(by, p.Message); ok {
		return earlier, nil
	}
	e := protocol.Entry{Kind: protocol.EntryMessage, Message: p.Message, Text: p.Text}
	if p.Image == nil {
		return s.says(e, by, now), nil
	}
	if err := checkImage(*p.Image); err != nil {
		return Change{}, err
	}
	e.Image = &protocol.Image{Type: p.Image.Type, Width: p.Image.Width, Height: p.Image.Height}
	c := s.says(e, by, now)
	c.Image = p.Image.Data
	return c, nil
}

// posted finds the entry that the sender has made with this id.
func (s Session) posted(by identity.Principal, message string) (Change, bool) {
	for _, e := range s.Recent {
		said := e.Kind == protocol.EntryMessage || e.Kind == protocol.EntrySecret
		if said && e.Message == message && e.By.ID == by.ID {
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

// Reads returns nil where the principal may tell how far they have come.
func (s Session) Reads(by identity.Principal, r protocol.Read) error {
	switch {
	case !s.has(by):
		return s.outsider(by)
	case r.Read < 0 || r.Delivered < r.Read || r.Delivered > 1e15:
		return fault.New(fault.Invalid, "What is read has been delivered before, and neither is below 0.")
	case r.Notified < 0 || r.Notified > r.Delivered:
		return fault.New(fault.Invalid, "What is notified of has been delivered before.")
	case r.Notified > 0 && rank(r.Rung) < 0 || r.Notified == 0 && r.Rung != "":
		return fault.New(fault.Invalid, "What was notified of is told with one of %v.", rungs)
	}
	return nil
}

// rungs are what tells somebody who is not looking, the weakest first.
var rungs = []protocol.Rung{protocol.RungDot, protocol.RungTone, protocol.RungToast}

// rank is how much a rung is noticed; below 0 where it is none.
func rank(r protocol.Rung) int { return slices.Index(rungs, r) }
