package session_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// moments are the states in which every action is tried, in the order of the
// columns below. Alice rings and carol answers; alice offers the session to
// grace; alice leaves it to bob and nobody is in charge.
var moments = []string{
	"connecting", "requested", "active", "ringing", "answered", "offered", "unowned", "abandoned", "callback", "cancelled", "declined", "ended",
}

// The words of the policy: what comes of an action.
var words = map[string]string{
	"ok": "ok", "again": "repeat", "wrong": "conflict", "no": "forbidden", "hidden": "not_found", "absent": "not_found", "bad": "invalid",
}

// policy says what becomes of an action: "again" where nothing needs to be
// done, "-" where it cannot come to that or the player is not in it.
var policy = map[string]map[string]string{
	"the technician in charge": {
		//                       connect request active  ringing answer  offered unowned abandon callbck cancel  decline ended
		"cancel":               "ok      -       wrong   wrong   wrong   wrong   -       -       -       again   wrong   wrong",
		"join":                 "again   -       again   again   again   again   -       -       -       again   again   again",
		"answer":               "again   -       again   again   again   again   -       -       -       again   again   again",
		"take":                 "wrong   -       again   again   again   again   -       -       -       wrong   wrong   wrong",
		"take what nobody has": "wrong   -       again   again   again   again   -       -       -       wrong   wrong   wrong",
		"transfer":             "wrong   -       ok      ok      ok      ok      -       -       -       wrong   wrong   wrong",
		"give back":            "wrong   -       wrong   wrong   wrong   ok      -       -       -       wrong   wrong   wrong",
		"leave":                "wrong   -       ok      ok      ok      ok      -       -       -       wrong   wrong   wrong",
		"end":                  "ok      -       ok      ok      ok      ok      -       -       -       again   again   again",
		"end with a note":      "ok      -       ok      ok      ok      ok      -       -       -       again   again   again",
		"end after a minute":   "ok      -       ok      ok      ok      ok      -       -       -       again   again   again",
		"end after an hour":    "ok      -       ok      ok      ok      ok      -       -       -       again   again   again",
		"nudge":                "wrong   -       ok      ok      ok      ok      -       -       -       wrong   wrong   wrong",
		"post":                 "wrong   -       ok      ok      ok      ok      -       -       -       wrong   wrong   wrong",
		"read":                 "ok      -       ok      ok      ok      ok      -       -       -       ok      ok      ok",
		"list":                 "ok      -       ok      ok      ok      ok      -       -       -       ok      ok      ok",
		"ring":                 "wrong   -       ok      wrong   wrong   ok      -       -       -       wrong   wrong   wrong",
		"accept":               "wrong   -       wrong   again   again   wrong   -       -       -       wrong   wrong   wrong",
		"decline":              "wrong   -       wrong   wrong   wrong   wrong   -       -       -       wrong   wrong   wrong",
		"hang up":              "again   -       again   ok      ok      again   -       -       -       again   again   again",
		"invite":               "wrong   -       ok      ok      ok      ok      -       -       -       wrong   wrong   wrong",
		"revoke":               "wrong   -       absent  absent  absent  absent  -       -       -       wrong   wrong   wrong",
		"signal":               "wrong   -       wrong   ok      ok      wrong   -       -       -       wrong   wrong   wrong",
		"report":               "wrong   -       wrong   ok      ok      wrong   -       -       -       wrong   wrong   wrong",
		"servers":              "wrong   -       ok      ok      ok      ok      -       -       -       wrong   wrong   wrong",
	},
	"another technician in it": {
		//                       connect request active  ringing answer  offered unowned abandon callbck cancel  decline ended
		"cancel":               "-       -       wrong   wrong   wrong   -       wrong   -       -       -       -       wrong",
		"join":                 "-       -       again   again   again   -       again   -       -       -       -       again",
		"answer":               "-       -       again   again   again   -       again   -       -       -       -       again",
		"take":                 "-       -       ok      ok      ok      -       wrong   -       -       -       -       wrong",
		"take what nobody has": "-       -       wrong   wrong   wrong   -       ok      -       -       -       -       wrong",
		"transfer":             "-       -       no      no      no      -       no      -       -       -       -       wrong",
		"give back":            "-       -       no      no      no      -       no      -       -       -       -       wrong",
		"leave":                "-       -       ok      ok      ok      -       ok      -       -       -       -       wrong",
		"end":                  "-       -       ok      ok      ok      -       ok      -       -       -       -       again",
		"end with a note":      "-       -       ok      ok      ok      -       ok      -       -       -       -       again",
		"end after a minute":   "-       -       ok      ok      ok      -       ok      -       -       -       -       again",
		"end after an hour":    "-       -       ok      ok      ok      -       ok      -       -       -       -       again",
		"nudge":                "-       -       ok      ok      ok      -       ok      -       -       -       -       wrong",
		"post":                 "-       -       ok      ok      ok      -       ok      -       -       -       -       wrong",
		"read":                 "-       -       ok      ok      ok      -       ok      -       -       -       -       ok",
		"list":                 "-       -       ok      ok      ok      -       ok      -       -       -       -       ok",
		"ring":                 "-       -       ok      wrong   wrong   -       ok      -       -       -       -       wrong",
		"accept":               "-       -       wrong   ok      ok      -       wrong   -       -       -       -       wrong",
		"decline":              "-       -       wrong   ok      ok      -       wrong   -       -       -       -       wrong",
		"hang up":              "-       -       again   again   again   -       again   -       -       -       -       again",
		"invite":               "-       -       ok      ok      ok      -       ok      -       -       -       -       wrong",
		"revoke":               "-       -       absent  absent  absent  -       absent  -       -       -       -       wrong",
		"signal":               "-       -       wrong   wrong   wrong   -       wrong   -       -       -       -       wrong",
		"report":               "-       -       wrong   wrong   wrong   -       wrong   -       -       -       -       wrong",
		"servers":              "-       -       ok      ok      ok      -       ok      -       -       -       -       wrong",
	},
	"the contact": {
		//                                connect request active  ringing answer  offered unowned abandon callbck cancel  decline ended
		"approve":                        "ok      again   again   again   again   again   again   again   again   wrong   wrong   again",
		"refuse":                         "ok      wrong   wrong   wrong   wrong   wrong   wrong   wrong   wrong   wrong   again   wrong",
		"cancel":                         "hidden  wrong   wrong   wrong   wrong   wrong   wrong   wrong   wrong   hidden  hidden  wrong",
		"join":                           "hidden  again   again   again   again   again   again   again   again   hidden  hidden  again",
		"answer":                         "hidden  again   again   again   again   again   again   again   again   hidden  hidden  again",
		"take":                           "hidden  no      no      no      no      no      no      no      no      hidden  hidden  no",
		"take what nobody has":           "hidden  no      no      no      no      no      no      no      no      hidden  hidden  no",
		"transfer":                       "hidden  wrong   no      no      no      no      no      wrong   wrong   hidden  hidden  wrong",
		"give back":                      "hidden  wrong   no      no      no      no      no      wrong   wrong   hidden  hidden  wrong",
		"leave":                          "hidden  no      no      no      no      no      no      wrong   wrong   hidden  hidden  wrong",
		"leave at ondemand":              "hidden  wrong   wrong   wrong   wrong   wrong   wrong   wrong   wrong   hidden  hidden  wrong",
		"leave at guest":                 "hidden  ok      ok      ok      ok      ok      ok      wrong   wrong   hidden  hidden  wrong",
		"end at managed":                 "hidden  ok      ok      ok      ok      ok      ok      again   again   hidden  hidden  again",
		"end at portal":                  "-       wrong   no      no      no      no      no      again   again   -       -       again",
		"end at ondemand":                "hidden  ok      ok      ok      ok      ok      ok      again   again   hidden  hidden  again",
		"end at guest":                   "hidden  no      no      no      no      no      no      again   again   hidden  hidden  again",
		"end with a note":                "hidden  bad     bad     bad     bad     bad     bad     again   again   hidden  hidden  again",
		"end after a minute at managed":  "hidden  ok      ok      ok      ok      ok      ok      again   again   hidden  hidden  again",
		"end after a minute at portal":   "-       ok      no      no      no      no      no      again   again   -       -       again",
		"end after a minute at ondemand": "hidden  ok      ok      ok      ok      ok      ok      again   again   hidden  hidden  again",
		"end after a minute at guest":    "hidden  no      no      no      no      no      no      again   again   hidden  hidden  again",
		"end after an hour":              "hidden  ok      ok      ok      ok      ok      ok      again   again   hidden  hidden  again",
		"end after an hour at guest":     "hidden  no      no      no      no      no      no      again   again   hidden  hidden  again",
		"call back":                      "hidden  wrong   wrong   wrong   wrong   wrong   wrong   wrong   again   hidden  hidden  wrong",
		"call back after a minute":       "hidden  ok      wrong   wrong   wrong   wrong   wrong   wrong   again   hidden  hidden  wrong",
		"nudge":                          "hidden  ok      ok      ok      ok      ok      ok      wrong   wrong   hidden  hidden  wrong",
		"post":                           "hidden  ok      ok      ok      ok      ok      ok      wrong   wrong   hidden  hidden  wrong",
		"read":                           "hidden  ok      ok      ok      ok      ok      ok      ok      ok      hidden  hidden  ok",
		"list":                           "hidden  ok      ok      ok      ok      ok      ok      ok      ok      hidden  hidden  ok",
		"ring":                           "hidden  wrong   ok      wrong   wrong   ok      ok      wrong   wrong   hidden  hidden  wrong",
		"accept":                         "hidden  wrong   wrong   ok      again   wrong   wrong   wrong   wrong   hidden  hidden  wrong",
		"decline":                        "hidden  wrong   wrong   ok      wrong   wrong   wrong   wrong   wrong   hidden  hidden  wrong",
		"hang up":                        "hidden  again   again   again   ok      again   again   again   again   hidden  hidden  again",
		"invite":                         "hidden  no      no      no      no      no      no      wrong   wrong   hidden  hidden  wrong",
		"revoke":                         "hidden  no      no      no      no      no      no      wrong   wrong   hidden  hidden  wrong",
		"signal":                         "hidden  wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   hidden  hidden  wrong",
		"report":                         "hidden  wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   hidden  hidden  wrong",
		"servers":                        "hidden  ok      ok      ok      ok      ok      ok      wrong   wrong   hidden  hidden  wrong",
	},
	"a technician of the company": {
		//                       connect request active  ringing answer  offered unowned abandon callbck cancel  decline ended
		"join":                 "wrong   ok      ok      ok      ok      ok      ok      wrong   wrong   wrong   wrong   wrong",
		"answer":               "wrong   ok      wrong   wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   wrong",
		"take":                 "wrong   wrong   ok      ok      ok      ok      wrong   wrong   wrong   wrong   wrong   wrong",
		"take what nobody has": "wrong   wrong   wrong   wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   wrong",
		"end":                  "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end with a note":      "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end after a minute":   "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end after an hour":    "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"list":                 "no      no      no      no      no      no      no      ok      ok      no      no      no",
	},
	"a technician who left": {
		//                       connect request active  ringing answer  offered unowned abandon callbck cancel  decline ended
		"leave":                "no      no      again   again   again   again   again   no      no      no      no      again",
		"give back":            "no      no      again   again   again   again   again   no      no      no      no      again",
		"join":                 "wrong   ok      ok      ok      ok      ok      ok      wrong   wrong   wrong   wrong   wrong",
		"answer":               "wrong   ok      wrong   wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   wrong",
		"take":                 "wrong   wrong   ok      ok      ok      ok      wrong   wrong   wrong   wrong   wrong   wrong",
		"take what nobody has": "wrong   wrong   wrong   wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   wrong",
		"end":                  "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end with a note":      "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end after a minute":   "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end after an hour":    "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"list":                 "no      no      no      no      no      no      no      ok      ok      no      no      no",
	},
	"to whom it is offered": {
		//                       connect request active  ringing answer  offered unowned abandon callbck cancel  decline ended
		"refuse":               "no      no      no      no      no      ok      no      no      no      no      no      no",
		"join":                 "wrong   ok      ok      ok      ok      ok      ok      wrong   wrong   wrong   wrong   wrong",
		"answer":               "wrong   ok      wrong   wrong   wrong   wrong   ok      wrong   wrong   wrong   wrong   wrong",
		"take":                 "wrong   wrong   ok      ok      ok      ok      wrong   wrong   wrong   wrong   wrong   wrong",
		"take what nobody has": "wrong   wrong   wrong   wrong   wrong   ok      ok      wrong   wrong   wrong   wrong   wrong",
		"end":                  "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end with a note":      "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end after a minute":   "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"end after an hour":    "no      no      no      no      no      no      no      ok      ok      no      no      no",
		"list":                 "no      no      no      no      no      no      no      ok      ok      no      no      no",
	},
}

// players are those of the policy, in a session of a company. What it does not
// say of a technician is forbidden.
var players = map[string]identity.Principal{
	"the technician in charge": alice, "another technician in it": bob, "the contact": carol,
	"a technician of the company": technician("dora", "acme"), "a technician who left": frank, "to whom it is offered": grace,
}

var frank, grace = technician("frank", "acme"), technician("grace", "acme")

type attempt = func(session.Session, identity.Principal) (session.Change, error)

// actions try one thing each and say what came of it.
var actions = map[string]attempt{
	"approve":              func(s session.Session, by identity.Principal) (session.Change, error) { return s.Approve(by, noon) },
	"refuse":               func(s session.Session, by identity.Principal) (session.Change, error) { return s.Refuse(by, noon) },
	"cancel":               func(s session.Session, by identity.Principal) (session.Change, error) { return s.Cancel(by, noon) },
	"join":                 joining(protocol.JoinSession{}),
	"answer":               joining(protocol.JoinSession{Answer: true}),
	"take":                 taking("alice"),
	"take what nobody has": taking(""),
	"transfer": func(s session.Session, by identity.Principal) (session.Change, error) {
		to := session.Person(technician("henry", "acme"))
		return s.Offer(by, to.ID, &to, noon)
	},
	"give back":                func(s session.Session, by identity.Principal) (session.Change, error) { return s.GiveBack(by, noon) },
	"leave":                    func(s session.Session, by identity.Principal) (session.Change, error) { return s.Leave(by, noon) },
	"end":                      ending("", 0),
	"end with a note":          ending("It works now.", 0),
	"end after a minute":       ending("", time.Minute),
	"end after an hour":        ending("", time.Hour+time.Minute),
	"call back":                calling(0),
	"call back after a minute": calling(time.Minute),
	"nudge":                    func(s session.Session, by identity.Principal) (session.Change, error) { return s.Nudge(by, noon) },
	"post": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Post(by, protocol.Post{Session: s.ID, Message: "new", Text: "hello", After: s.Seq}, noon)
	},
	"hide": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Hide(by, protocol.Hide{Session: s.ID, Message: "new", Text: "hunter2", After: s.Seq}, noon)
	},
	"reveal": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Reveal(by, protocol.Reveal{Session: s.ID, Seq: 1, Reveal: "r1"}, hiddenBy(technician("ivan", "acme")), noon)
	},
	"read": func(s session.Session, by identity.Principal) (session.Change, error) {
		return session.Change{}, s.Reads(by, protocol.Read{Delivered: 1, Read: 1})
	},
	"list": func(s session.Session, by identity.Principal) (session.Change, error) {
		return session.Change{}, s.Audible(by)
	},
	"ring": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Ring(by, ringing("c2", by), noon)
	},
	"accept": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Answer(by, answering("c1", by, true), noon)
	},
	"decline": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Answer(by, answering("c1", by, false), noon)
	},
	"hang up": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.HangUp(by, hangingUp("c1", by), noon)
	},
	"signal": func(s session.Session, by identity.Principal) (session.Change, error) {
		return session.Change{}, s.Signals(by, protocol.Signal{Call: "c1", Peer: page(by), To: "other", Signal: json.RawMessage(`{}`)})
	},
	"report": func(s session.Session, by identity.Principal) (session.Change, error) {
		return session.Change{}, s.Reports(by, protocol.ReportPath{Call: "c1", Peer: page(by), Path: protocol.PathDirect})
	},
	"invite": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Invite(by, protocol.InviteGuest{Session: s.ID, Secret: invite.Hash("another")}, noon)
	},
	"revoke": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Revoke(by, "nobody", noon)
	},
	"servers": func(s session.Session, by identity.Principal) (session.Change, error) {
		return session.Change{}, s.MayCall(by)
	},
}

func joining(j protocol.JoinSession) attempt {
	return func(s session.Session, by identity.Principal) (session.Change, error) { return s.Join(by, j, noon) }
}

func taking(from string) attempt {
	return func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Take(by, protocol.TakeSession{From: from}, noon)
	}
}

// ending ends some time after noon, during office hours.
func ending(note string, after time.Duration) attempt {
	return func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.End(by, protocol.EndSession{Note: note}, true, noon.Add(after))
	}
}

// calling leaves a number some time after noon, during office hours.
func calling(after time.Duration) attempt {
	return func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.CallBack(by, protocol.AskCallback{Phone: "020 7946 0123"}, true, noon.Add(after))
	}
}

// at brings a session with a contact to a moment; false where it cannot come
// to that. Frank has been in it and left.
func at(t *testing.T, moment string, kind protocol.SessionKind) (session.Session, bool) {
	t.Helper()
	device := ltop7
	if kind == protocol.Portal {
		device = nil
	}
	if kind == protocol.OnDemand || kind == protocol.Guest {
		return atInvited(t, moment, kind), true
	}
	switch moment {
	case "connecting", "cancelled", "declined":
		r := asked(t)
		switch moment {
		case "cancelled":
			r.does(r.Cancel(alice, r.now))
		case "declined":
			r.does(r.Refuse(carol, r.now))
		}
		return r.Session, kind == protocol.Managed
	case "requested", "abandoned", "callback":
		r := requested(t, device)
		switch moment {
		case "abandoned":
			r.does(r.Abandon(noon, noon.Add(3*time.Minute)))
		case "callback":
			r.does(calling(time.Minute)(r.Session, carol))
		}
		return r.Session, true
	}
	r := requested(t, device)
	r.as(alice).joins()
	r.as(frank).joins()
	r.as(frank).leaves()
	inIt(r, moment)
	return r.Session, true
}

// atInvited brings a session that alice began by an invite to a moment. It waits
// for an answer only where she gives it back.
func atInvited(t *testing.T, moment string, kind protocol.SessionKind) session.Session {
	t.Helper()
	r := called(t, kind)
	switch moment {
	case "connecting":
		return r.Session
	case "cancelled":
		r.does(r.Cancel(alice, r.now))
		return r.Session
	case "declined":
		r.does(r.Refuse(gwen(r.Session), r.now))
		return r.Session
	}
	r.does(r.Approve(gwen(r.Session), r.now))
	switch moment {
	case "requested", "abandoned", "callback":
		r.does(r.GiveBack(alice, noon))
		switch moment {
		case "abandoned":
			r.does(r.Abandon(noon, noon.Add(3*time.Minute)))
		case "callback":
			r.does(calling(time.Minute)(r.Session, gwen(r.Session)))
		}
		return r.Session
	}
	r.as(frank).joins()
	r.as(frank).leaves()
	inIt(r, moment)
	return r.Session
}

// inIt brings a session that alice is in to a moment.
func inIt(r *room, moment string) {
	r.t.Helper()
	if moment == "offered" { // Bob is not in it, so that alice may also give it back.
		to := session.Person(grace)
		r.does(r.Offer(alice, to.ID, &to, r.now))
		return
	}
	r.as(bob).joins()
	switch moment {
	case "ringing":
		r.as(alice).rings()
	case "answered":
		r.as(alice).rings()
		r.as(identity.Principal{ID: r.Contact.ID, Name: r.Contact.Name, Role: r.Contact.Role, Company: r.Company}).accepts()
	case "unowned":
		r.as(alice).leaves()
	case "ended":
		r.as(alice).ends()
	}
}

// came says what came of an action, in the words of the wire.
func came(c session.Change, err error) string {
	switch {
	case err != nil:
		return string(fault.Public(err).Code)
	case c.Repeat:
		return "repeat"
	}
	return "ok"
}

var withContact = []protocol.SessionKind{protocol.Managed, protocol.Portal, protocol.OnDemand, protocol.Guest}

// F1 F2 F6 F8 F9 F10 A13 F15 C12 N20: each kind, moment, player and action.
func TestWhoMayDoWhatAndWhen(t *testing.T) {
	for _, kind := range withContact {
		for column, moment := range moments {
			s, possible := at(t, moment, kind)
			if !possible {
				continue
			}
			for who, by := range players {
				if who == "the contact" && s.Contact.Role == identity.Guest {
					by = gwen(s)
				}
				for action, try := range actions {
					expected := cell(who, action, kind, column)
					if got := came(try(s, by)); expected != "-" && got != words[expected] {
						t.Errorf("%s, %s: %s does %q: got %s, want %s", kind, moment, who, action, got, words[expected])
					}
				}
			}
		}
	}
}

// ruleOf is the action whose rows in the policy hold for an action: a secret is
// sent and shown where one may post.
func ruleOf(action string) string {
	if action == "hide" || action == "reveal" {
		return "post"
	}
	return action
}

// cell is what the policy expects.
func cell(who, action string, kind protocol.SessionKind, column int) string {
	action = ruleOf(action)
	row, ok := policy[who][action+" at "+string(kind)]
	if !ok {
		row, ok = policy[who][action]
	}
	if !ok {
		return "no"
	}
	return strings.Fields(row)[column]
}

func TestThePolicySpeaksOnlyOfWhatIsTried(t *testing.T) {
	for who, rows := range policy {
		for row, columns := range rows {
			action, kind, special := strings.Cut(row, " at ")
			known := !special || slices.Contains(withContact, protocol.SessionKind(kind))
			if actions[action] == nil || !known || len(strings.Fields(columns)) != len(moments) || players[who].ID == "" {
				t.Errorf("%s: %q is no row of the policy", who, row)
			}
			for _, word := range strings.Fields(columns) {
				if words[word] == "" && word != "-" {
					t.Errorf("%s: %q is no word of the policy", who, word)
				}
			}
		}
	}
}

func TestAnOutsiderLearnsNothing(t *testing.T) {
	_, missing := session.Company("no session at all")
	for _, kind := range withContact {
		for _, moment := range moments {
			s, _ := at(t, moment, kind)
			for who, by := range outsiders {
				for action, try := range actions {
					if c, err := try(s, by); text(err) != text(missing) || c.Next.ID != "" {
						t.Errorf("%s, %s: %s does %q: got %v", kind, moment, who, action, err)
					}
				}
				if _, err := s.Post(by, protocol.Post{After: -1}, noon); text(err) != text(missing) {
					t.Errorf("%s: %s posts what is wrong: got %v", moment, who, err)
				}
			}
		}
	}
}

func joined(s session.Session) map[string]bool {
	names := map[string]bool{}
	for _, p := range s.Participants {
		if p.Joined {
			names[p.ID] = true
		}
	}
	return names
}
