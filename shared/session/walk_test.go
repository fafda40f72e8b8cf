package session_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

var seed = flag.Uint64("seed", 0, "of the random walk; another one every time when 0")

// secrets are the digests by which guests are invited on a walk.
var secrets = []string{invite.Hash("one"), invite.Hash("two"), invite.Hash("three")}

// A walk goes on until it has seen everything, but not for ever.
const steps, mostSteps = 5000, 50_000

// walk goes through sessions at random, one after the other.
type walk struct {
	*rand.Rand
	t      *testing.T
	s      session.Session
	now    time.Time
	office bool
	crowd  []identity.Principal
	posted []protocol.Entry           // In the session that goes on.
	nudged map[string]protocol.Millis // Who called for attention, and when.
	saw    map[string]int             // What came of all the steps.
}

// A walk tries every rule with anybody, most of whom may not, and looks after
// each step whether the session is still one that can be.
func TestARandomWalkNeverBreaksTheRules(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	w := &walk{Rand: rand.New(rand.NewPCG(*seed, 0)), t: t, now: noon, saw: map[string]int{}}
	for n := range session.MaxParticipants + 4 {
		w.crowd = append(w.crowd, walker(n))
	}
	w.crowd = append(w.crowd, alice, carol, guest(identity.PrincipalID("invite", id)))
	for _, secret := range secrets {
		w.crowd = append(w.crowd, guest(identity.PrincipalID("invite", id+"#"+secret)))
	}
	for _, by := range outsiders {
		w.crowd = append(w.crowd, by)
	}
	slices.SortFunc(w.crowd, func(a, b identity.Principal) int { return strings.Compare(a.ID, b.ID) })

	for n := 0; (n < steps || len(w.unseen()) > 0) && n < mostSteps && !t.Failed(); n++ {
		if w.s.ID == "" || (w.s.Ended() || w.s.Left()) && w.IntN(10) == 0 || w.IntN(100) == 0 {
			w.begins()
		}
		w.steps()
	}
	if t.Failed() {
		t.Fatalf("again with: go test ./shared/session -run Walk -seed %d", *seed)
	}
	if missing := w.unseen(); len(missing) > 0 {
		t.Errorf("in %d steps nothing was ever %v; seed %d", mostSteps, missing, *seed)
	}
	t.Logf("seed %d: %v", *seed, w.saw)
}

var kinds = []protocol.EntryKind{
	protocol.EntryMessage, protocol.EntryRequested, protocol.EntryStarted, protocol.EntryAsked, protocol.EntryApproved,
	protocol.EntryDeclined, protocol.EntryCancelled, protocol.EntryAbandoned, protocol.EntryCallback, protocol.EntryTaken,
	protocol.EntryTransferred, protocol.EntryKept, protocol.EntryNudged, protocol.EntryJoined, protocol.EntryLeft, protocol.EntryEnded,
	protocol.EntrySecret, protocol.EntryRevealed,
	protocol.EntryCallRang, protocol.EntryCallAnswered, protocol.EntryCallDeclined, protocol.EntryCallEnded,
	protocol.EntryInvited, protocol.EntryRevoked,
}

// unseen are the kinds of entries that were never made.
func (w *walk) unseen() []protocol.EntryKind {
	var missing []protocol.EntryKind
	for _, kind := range kinds {
		if w.saw[string(kind)] == 0 {
			missing = append(missing, kind)
		}
	}
	return missing
}

func walker(n int) identity.Principal { return technician(fmt.Sprint("technician", n), "acme") }

func (w *walk) begins() {
	w.t.Helper()
	device := []*identity.Machine{nil, ltop7}[w.IntN(2)]
	var r *room
	switch w.IntN(6) {
	case 0, 1:
		r = requested(w.t, device)
	case 2:
		r = started(w.t, device)
	case 3:
		r = asked(w.t)
	case 4:
		r = called(w.t, protocol.OnDemand)
	default:
		r = &room{Session: amongStaff(w.t, "active"), t: w.t, now: noon}
	}
	joins := r.Kind != protocol.Staff && r.State != protocol.Connecting
	for n := range w.IntN(2) * (session.MaxParticipants - 2) {
		if joins {
			r.as(walker(n)).joins()
		}
	}
	w.s, w.now, w.posted, w.nudged = r.Session, r.now, nil, map[string]protocol.Millis{}
	w.saw[string(r.Recent[0].Kind)]++
}

// steps lets somebody try something on a copy with room behind its slices,
// into which a careless append would write.
func (w *walk) steps() {
	w.t.Helper()
	w.passes()
	by, what := w.somebody(), w.something()
	if w.IntN(2) == 0 {
		by, what = w.fitting()
	}
	before, input := roomy(w.s), roomy(w.s)
	c, err := w.tries(by)[what](input)
	decided := c
	decided.Next = roomy(c.Next)
	w.tries(w.somebody())[w.something()](input) // Another future of the same past.

	switch {
	case !reflect.DeepEqual(input, before) || !untouched(input):
		w.t.Errorf("%s by %s changes what it reads: was %s, is %s", what, by.ID, text(before), text(input))
	case !reflect.DeepEqual(c, decided):
		w.t.Errorf("%s by %s shares memory with another future: was %s, is %s", what, by.ID, text(decided), text(c))
	case err != nil:
		w.saw[string(came(c, err))]++
		w.refused(what, by, err)
	case c.Repeat:
		w.saw["repeat"]++
		w.must(reflect.DeepEqual(c.Next, before), what, by, "is a repeat that changes something")
	case c.Next.ID != "": // Not one of those that only ask whether they may.
		w.saw[string(c.Entry.Kind)]++
		w.committed(what, by, c)
	}
}

// passes lets a moment pass, sometimes a while, and rarely more than an hour.
func (w *walk) passes() {
	w.office = w.IntN(2) == 0
	w.now = w.now.Add(time.Duration(w.IntN(1500)) * time.Millisecond)
	switch n := w.IntN(500); {
	case n == 0:
		w.now = w.now.Add(61 * time.Minute)
	case n < 20, n < 150 && w.s.State == protocol.Requested:
		w.now = w.now.Add(40 * time.Second)
	}
}

// somebody is anybody, or more often one of those who take part.
func (w *walk) somebody() identity.Principal {
	present := joined(w.s)
	for {
		by := w.crowd[w.IntN(len(w.crowd))]
		if present[by.ID] || w.IntN(8) == 0 {
			return by
		}
	}
}

// fitting is somebody who may well do something of what comes next.
func (w *walk) fitting() (identity.Principal, string) {
	one := func(of ...string) string { return of[w.IntN(len(of))] }
	named := func(id string) identity.Principal {
		i := slices.IndexFunc(w.crowd, func(p identity.Principal) bool { return p.ID == id })
		if i < 0 {
			return w.somebody()
		}
		return w.crowd[i]
	}
	switch s := w.s; {
	case s.State == protocol.Connecting && w.IntN(3) == 0:
		return alice, "cancel"
	case s.State == protocol.Connecting:
		return named(s.Contact.ID), one("approve", "refuse")
	case s.State == protocol.Requested && w.IntN(4) > 0:
		return named(s.Contact.ID), one("call back", "call back", "end", "abandon")
	case s.State == protocol.Requested:
		return walker(w.IntN(3)), "join"
	case s.Left():
		return walker(w.IntN(3)), "end"
	case s.Transfer != nil && w.IntN(3) == 0:
		return named(s.Transfer.To.ID), one("refuse", "take")
	}
	for _, p := range w.s.Participants {
		if p.InvitedUntil != 0 && w.IntN(3) == 0 {
			return named(p.ID), "join"
		}
	}
	if c := w.s.Call; c != nil && w.IntN(2) == 0 {
		return named(c.Parties[w.IntN(len(c.Parties))].ID), "hang up"
	}
	if w.IntN(2) == 0 {
		return w.somebody(), one("ring", "answer", "answer")
	}
	return named(w.s.Owner), one("transfer", "transfer", "give back", "leave", "nudge", "post", "invite", "revoke")
}

// chances are how often each thing is tried, in a hundred.
var chances = map[string]int{
	"post": 20, "hide": 2, "reveal": 2, "invite": 2, "revoke": 2, "answer": 16, "ring": 10, "hang up": 8, "join": 8, "signal": 4, "list": 4, "take": 4, "leave": 3, "transfer": 3,
	"nudge": 3, "approve": 1, "refuse": 1, "cancel": 1, "call back": 1, "give back": 1, "abandon": 1, "read": 2, "end": 1,
}

var attempts = slices.Sorted(maps.Keys(chances))

// something is the name of what is tried.
func (w *walk) something() string {
	n := w.IntN(100)
	for _, what := range attempts {
		if n -= chances[what]; n < 0 {
			return what
		}
	}
	return "post"
}

type rule = func(session.Session) (session.Change, error)

// tries are all that somebody can try now.
func (w *walk) tries(by identity.Principal) map[string]rule {
	tries := w.calls(by)
	now, office := w.now, w.office
	post := protocol.Post{Message: fmt.Sprint("m", w.IntN(100)), Text: "hello", After: w.Int64N(w.s.Seq+3) - 1}
	join, end := protocol.JoinSession{Answer: w.IntN(3) == 0}, protocol.EndSession{Note: []string{"", "Done."}[w.IntN(2)]}
	take, to := protocol.TakeSession{From: []string{w.s.Owner, "", "alice"}[w.IntN(3)]}, session.Person(walker(w.IntN(4)))
	hidden := session.Secret{Seq: 1, By: session.Person(walker(0)), Text: "hunter2", Until: protocol.At(now.Add(time.Minute))}
	found := w.IntN(4)
	back := protocol.AskCallback{Phone: []string{"999", "999", "999", "call me"}[w.IntN(4)]}
	invitation := protocol.InviteGuest{Session: w.s.ID, Secret: secrets[w.IntN(len(secrets))]}
	revoked := w.crowd[w.IntN(len(w.crowd))].ID
	if n := len(w.s.Participants); n > 0 {
		revoked = w.s.Participants[w.IntN(n)].ID
	}
	for what, try := range map[string]rule{
		"invite": func(s session.Session) (session.Change, error) { return s.Invite(by, invitation, now) },
		"revoke": func(s session.Session) (session.Change, error) { return s.Revoke(by, revoked, now) },
		"post":   func(s session.Session) (session.Change, error) { return s.Post(by, post, now) },
		"hide": func(s session.Session) (session.Change, error) {
			return s.Hide(by, protocol.Hide{Message: post.Message, Text: "hunter2", After: post.After}, now)
		},
		"reveal": func(s session.Session) (session.Change, error) {
			return s.Reveal(by, protocol.Reveal{Reveal: "r1"}, hidden, now)
		},
		"join":    func(s session.Session) (session.Change, error) { return s.Join(by, join, now) },
		"leave":   func(s session.Session) (session.Change, error) { return s.Leave(by, now) },
		"end":     func(s session.Session) (session.Change, error) { return s.End(by, end, office, now) },
		"approve": func(s session.Session) (session.Change, error) { return s.Approve(by, now) },
		"refuse":  func(s session.Session) (session.Change, error) { return s.Refuse(by, now) },
		"cancel":  func(s session.Session) (session.Change, error) { return s.Cancel(by, now) },
		"take":    func(s session.Session) (session.Change, error) { return s.Take(by, take, now) },
		"transfer": func(s session.Session) (session.Change, error) {
			return s.Offer(by, to.ID, []*protocol.Person{nil, &to, &to, &to}[found], now)
		},
		"give back": func(s session.Session) (session.Change, error) { return s.GiveBack(by, now) },
		"nudge":     func(s session.Session) (session.Change, error) { return s.Nudge(by, now) },
		"call back": func(s session.Session) (session.Change, error) { return s.CallBack(by, back, office, now) },
		"abandon":   func(s session.Session) (session.Change, error) { return s.Abandon(now.Add(-3*time.Minute), now) },
		"list":      func(s session.Session) (session.Change, error) { return session.Change{}, s.Audible(by) },
		"read": func(s session.Session) (session.Change, error) {
			return session.Change{}, s.Reads(by, protocol.Read{Delivered: 1})
		},
	} {
		tries[what] = try
	}
	return tries
}

// calls are what somebody can try about calls.
func (w *walk) calls(by identity.Principal) map[string]rule {
	call := fmt.Sprint("call", w.IntN(3))
	if w.s.Call != nil && w.IntN(3) > 0 {
		call = w.s.Call.ID
	}
	peer, now := fmt.Sprint("page", w.IntN(2)), w.now
	hangUp := protocol.HangUp{Call: call, Peer: peer, Path: []protocol.CallPath{"", protocol.PathLocal, "bad"}[w.IntN(3)]}
	answer := protocol.Answer{Call: call, Peer: peer, Accept: w.IntN(2) == 0}
	ring := protocol.Ring{Call: call, Peer: peer, Media: protocol.Voice}
	return map[string]rule{
		"ring":    func(s session.Session) (session.Change, error) { return s.Ring(by, ring, now) },
		"answer":  func(s session.Session) (session.Change, error) { return s.Answer(by, answer, now) },
		"hang up": func(s session.Session) (session.Change, error) { return s.HangUp(by, hangUp, now) },
		"signal": func(s session.Session) (session.Change, error) {
			return session.Change{}, s.Signals(by, protocol.Signal{Call: call, Peer: peer, To: "p", Signal: json.RawMessage(`{}`)})
		},
	}
}

// roomy is a deep copy with room behind its slices.
func roomy(s session.Session) session.Session {
	s.Participants, s.Recent = copied(s.Participants), copied(s.Recent)
	for i, e := range s.Recent {
		s.Recent[i].Call, s.Recent[i].To = pointed(e.Call), pointed(e.To)
	}
	s.Device, s.Call = pointed(s.Device), pointed(s.Call)
	s.Transfer, s.Callback, s.Closing = pointed(s.Transfer), pointed(s.Callback), pointed(s.Closing)
	if s.Call != nil {
		s.Call.Parties = copied(s.Call.Parties)
	}
	return s
}

func copied[T any](list []T) []T {
	if list == nil {
		return nil
	}
	return append(make([]T, 0, len(list)+2), list...)
}

func pointed[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

// untouched reports whether nothing was written behind the slices.
func untouched(s session.Session) bool {
	clean := blank(s.Participants) && blank(s.Recent)
	return clean && (s.Call == nil || blank(s.Call.Parties))
}

func blank[T any](list []T) bool {
	behind := list[len(list):cap(list)]
	return reflect.DeepEqual(behind, make([]T, len(behind)))
}
