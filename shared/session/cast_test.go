package session_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

const (
	id   = "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b11"
	days = 24 * time.Hour
)

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ltop7 = &identity.Machine{ID: "d7", Name: "ACME-LT-07"}
)

// The cast. Those of acme may take part; nobody of globex may know of it.
var (
	alice = technician("alice", "acme", "globex")
	bob   = technician("bob", "acme")
	carol = contact("carol", "acme")

	outsiders = map[string]identity.Principal{
		"a technician of other companies": technician("mallory", "globex"),
		"a technician of no company":      technician("nobody"),
		"another contact":                 contact("dave", "acme"),
		"a contact of another company":    contact("erin", "globex"),
		"the device":                      {ID: "device", Name: "ACME-LT-07", Role: identity.Device, Company: "acme"},
		"a guest":                         {ID: "guest", Name: "Guest", Role: identity.Guest, Company: "acme"},
		"nobody at all":                   {},
	}
)

func technician(name string, companies ...string) identity.Principal {
	return identity.Principal{ID: name, Name: name, Role: identity.Technician, Companies: companies}
}

func contact(name, company string) identity.Principal {
	return identity.Principal{ID: name, Name: name, Role: identity.Contact, Company: company}
}

// room is a session in which people act one after the other.
type room struct {
	session.Session
	t   *testing.T
	now time.Time
}

// part is somebody's part in a room.
type part struct {
	identity.Principal
	room *room
}

// started is a session that alice has started with carol: at carol's device,
// or at a portal where there is none.
func started(t *testing.T, device *identity.Machine) *room {
	t.Helper()
	to := session.Reach{Contact: session.Person(carol), Activity: protocol.ActivityOnline, Device: device}
	c, err := session.Start(alice, id, to, session.Terms{Retention: 30 * days}, noon)
	return entered(t, c, err)
}

// asked is a session that alice has started with carol at her device, who has
// not agreed yet.
func asked(t *testing.T) *room {
	t.Helper()
	to := session.Reach{Contact: session.Person(carol), Activity: protocol.ActivityOnline, Device: ltop7}
	c, err := session.Start(alice, id, to, session.Terms{Retention: 30 * days, AskManaged: true}, noon)
	return entered(t, c, err)
}

// requested is a session for which carol has asked.
func requested(t *testing.T, device *identity.Machine) *room {
	t.Helper()
	by := carol
	by.Machine = device
	c, err := session.Request(by, protocol.RequestSession{Session: id, Problem: "The printer is on fire."}, session.Terms{Retention: 30 * days}, noon)
	return entered(t, c, err)
}

// secretHash is of the secret by which gwen comes.
var secretHash = invite.Hash("7K2MQ4X9")

// called is a session that alice has begun with somebody who has no account and
// has not come yet.
func called(t *testing.T, kind protocol.SessionKind) *room {
	t.Helper()
	d := protocol.InviteGuest{Session: id, Kind: kind, Secret: secretHash}
	c, err := session.Invites(alice, d, session.Terms{Retention: 30 * days, AskOnDemand: true}, noon)
	return entered(t, c, err)
}

// gwen is who comes by the invite that began a session.
func gwen(s session.Session) identity.Principal { return guest(s.Contact.ID) }

func guest(id string) identity.Principal {
	return identity.Principal{ID: id, Name: "Gwen (guest)", Role: identity.Guest, Company: "acme"}
}

func entered(t *testing.T, c session.Change, err error) *room {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return &room{Session: c.Next, t: t, now: noon}
}

func (r *room) as(p identity.Principal) part { return part{p, r} }

// does commits what a rule decided.
func (r *room) does(c session.Change, err error) session.Change {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("refused: %v", err)
	}
	r.Session, r.now = c.Next, r.now.Add(time.Second)
	return c
}

func (p part) joins() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Join(p.Principal, protocol.JoinSession{}, p.room.now))
}
func (p part) leaves() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Leave(p.Principal, p.room.now))
}
func (p part) ends() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.End(p.Principal, protocol.EndSession{}, true, p.room.now))
}

// says posts a text under an id of its own.
func (p part) says(text string) session.Change {
	p.room.t.Helper()
	return p.posts(protocol.Post{Message: fmt.Sprintf("%s-%d", p.Name, p.room.Seq), Text: text, After: p.room.Seq})
}

func (p part) posts(post protocol.Post) session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Post(p.Principal, post, p.room.now))
}

func (p part) rings() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Ring(p.Principal, ringing("c1", p.Principal), p.room.now))
}

func (p part) accepts() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Answer(p.Principal, answering("c1", p.Principal, true), p.room.now))
}

func (p part) declines() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Answer(p.Principal, answering("c1", p.Principal, false), p.room.now))
}

func (p part) hangsUp(path protocol.CallPath) session.Change {
	p.room.t.Helper()
	up := hangingUp("c1", p.Principal)
	up.Path = path
	return p.room.does(p.room.HangUp(p.Principal, up, p.room.now))
}

// page is the browser page on which somebody calls.
func page(p identity.Principal) string { return "page-of-" + p.ID }

func ringing(call string, by identity.Principal) protocol.Ring {
	return protocol.Ring{Session: id, Call: call, Media: protocol.Voice, Peer: page(by)}
}

func answering(call string, by identity.Principal, accept bool) protocol.Answer {
	return protocol.Answer{Session: id, Call: call, Peer: page(by), Accept: accept}
}

func hangingUp(call string, by identity.Principal) protocol.HangUp {
	return protocol.HangUp{Session: id, Call: call, Peer: page(by)}
}

// want fails unless err is a fault with this code, or nil where it is empty.
func want(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if (err == nil) != (code == "") || err != nil && !fault.Is(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

// text shows all of a value, to compare what has pointers in it.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
