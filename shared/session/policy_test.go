package session_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// moments are the states in which every action is tried, in the order of the
// columns below. Alice rings; carol answers.
var moments = []string{"requested", "active", "ringing", "answered", "ended"}

// policy says what becomes of an action: "ok", "repeat" where nothing needs to
// be done, the code of the refusal, or "-" where it cannot come to that.
var policy = map[string]map[string]string{
	"the technician in it": {
		//               requested active   ringing  answered ended
		"join":          "-        repeat   repeat   repeat   repeat",
		"leave":         "-        ok       ok       ok       conflict",
		"end at device": "-        ok       ok       ok       repeat",
		"end at portal": "-        ok       ok       ok       repeat",
		"post":          "-        ok       ok       ok       conflict",
		"list":          "-        ok       ok       ok       ok",
		"ring":          "-        ok       conflict conflict conflict",
		"accept":        "-        conflict repeat   repeat   conflict",
		"decline":       "-        conflict conflict conflict conflict",
		"hang up":       "-        repeat   ok       ok       repeat",
		"signal":        "-        conflict ok       ok       conflict",
		"report":        "-        conflict ok       ok       conflict",
		"servers":       "-        ok       ok       ok       conflict",
	},
	"the contact in it": {
		//               requested active    ringing   answered  ended
		"join":          "repeat    repeat    repeat    repeat    repeat",
		"leave":         "forbidden forbidden forbidden forbidden conflict",
		"end at device": "conflict  ok        ok        ok        repeat",
		"end at portal": "conflict  forbidden forbidden forbidden repeat",
		"post":          "ok        ok        ok        ok        conflict",
		"list":          "ok        ok        ok        ok        ok",
		"ring":          "conflict  ok        conflict  conflict  conflict",
		"accept":        "conflict  conflict  ok        repeat    conflict",
		"decline":       "conflict  conflict  ok        conflict  conflict",
		"hang up":       "repeat    repeat    repeat    ok        repeat",
		"signal":        "conflict  conflict  conflict  ok        conflict",
		"report":        "conflict  conflict  conflict  ok        conflict",
		"servers":       "ok        ok        ok        ok        conflict",
	},
	"a technician of the company": {"join": "ok ok ok ok conflict"},
	"the technician who left it":  {"join": "- ok ok ok conflict"},
}

// players are those of the policy. What it does not say of them is forbidden.
var players = map[string]identity.Principal{
	"the technician in it": alice, "the contact in it": carol,
	"a technician of the company": bob, "the technician who left it": technician("frank", "acme"),
}

// actions try one thing each and say what came of it.
var actions = map[string]func(session.Session, identity.Principal) (session.Change, error){
	"join": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Join(by, protocol.JoinSession{}, noon)
	},
	"leave": func(s session.Session, by identity.Principal) (session.Change, error) { return s.Leave(by, noon) },
	"end": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.End(by, protocol.EndSession{}, true, noon)
	},
	"post": func(s session.Session, by identity.Principal) (session.Change, error) {
		return s.Post(by, protocol.Post{Session: s.ID, Message: "new", Text: "hello", After: s.Seq}, noon)
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
	"servers": func(s session.Session, by identity.Principal) (session.Change, error) {
		return session.Change{}, s.MayCall(by)
	},
}

// at brings a session to a moment; frank has been in it and left.
func at(t *testing.T, moment string, device *identity.Machine) session.Session {
	t.Helper()
	r := requested(t, device)
	if moment == "requested" {
		return r.Session
	}
	r.as(alice).joins()
	r.as(players["the technician who left it"]).joins()
	r.as(players["the technician who left it"]).leaves()
	switch moment {
	case "ringing":
		r.as(alice).rings()
	case "answered":
		r.as(alice).rings()
		r.as(carol).accepts()
	case "ended":
		r.as(alice).ends()
	}
	return r.Session
}

// came says what came of an action, in the words of the policy.
func came(c session.Change, err error) string {
	switch {
	case err != nil:
		return string(fault.Public(err).Code)
	case c.Repeat:
		return "repeat"
	}
	return "ok"
}

func TestWhoMayDoWhatAndWhen(t *testing.T) {
	for kind, device := range map[string]*identity.Machine{"device": ltop7, "portal": nil} {
		for column, moment := range moments {
			s := at(t, moment, device)
			for who, by := range players {
				for action, try := range actions {
					row, ok := policy[who][action]
					if action == "end" && !ok {
						row, ok = policy[who]["end at "+kind]
					}
					if !ok {
						row = strings.Repeat("forbidden ", len(moments))
					}
					expected := strings.Fields(row)[column]
					if got := came(try(s, by)); expected != "-" && got != expected {
						t.Errorf("at a %s, %s: %s does %q: got %s, want %s", kind, moment, who, action, got, expected)
					}
				}
			}
		}
	}
}

func TestThePolicySpeaksOnlyOfWhatIsTried(t *testing.T) {
	for who, rows := range policy {
		for row, columns := range rows {
			action, _, _ := strings.Cut(row, " at ")
			if actions[action] == nil || len(strings.Fields(columns)) != len(moments) || players[who].ID == "" {
				t.Errorf("%s: %q is no row of the policy", who, row)
			}
		}
	}
}

func TestAnOutsiderLearnsNothing(t *testing.T) {
	_, missing := session.Company("no session at all")
	for kind, device := range map[string]*identity.Machine{"device": ltop7, "portal": nil} {
		for _, moment := range moments {
			s := at(t, moment, device)
			for who, by := range outsiders {
				for action, try := range actions {
					if c, err := try(s, by); text(err) != text(missing) || c.Next.ID != "" {
						t.Errorf("at a %s, %s: %s does %q: got %v", kind, moment, who, action, err)
					}
				}
				if _, err := s.Post(by, protocol.Post{After: -1}, noon); text(err) != text(missing) {
					t.Errorf("%s: %s posts what is wrong: got %v", moment, who, err)
				}
			}
		}
	}
}

func TestAnIDNamesItsCompany(t *testing.T) {
	if company, err := session.Company(id); company != "acme" || err != nil {
		t.Errorf("got %q, %v", company, err)
	}
	uuid := strings.TrimPrefix(id, "acme/")
	for what, id := range map[string]string{
		"nothing": "", "no company": uuid, "an empty company": "/" + uuid, "another underline": "_other/" + uuid,
		"an upper-case company": "Acme/" + uuid, "a key's separator": "acme#x/" + uuid, "no uuid": "acme/1", "only a company": "acme/",
		"an upper-case uuid": "acme/" + strings.ToUpper(uuid), "a second slash": "acme/" + uuid + "/", "a line more": id + "\n",
	} {
		_, err := session.Company(id)
		want(t, what, err, fault.NotFound)
	}
}

func TestOnlyATechnicianStartsASessionAndOnlyWithSomebodyThere(t *testing.T) {
	for what, test := range map[string]struct {
		by       identity.Principal
		activity protocol.Activity
		device   *identity.Machine
		code     fault.Code
	}{
		"online at a portal":         {alice, protocol.ActivityOnline, nil, ""},
		"away at a portal":           {alice, protocol.ActivityAway, nil, fault.Conflict},
		"offline at a portal":        {alice, protocol.ActivityOffline, nil, fault.Conflict},
		"online at a device":         {alice, protocol.ActivityOnline, ltop7, ""},
		"away at a device":           {alice, protocol.ActivityAway, ltop7, ""},
		"offline at a device":        {alice, protocol.ActivityOffline, ltop7, fault.Conflict},
		"by a contact":               {carol, protocol.ActivityOnline, nil, fault.Forbidden},
		"by a device":                {outsiders["the device"], protocol.ActivityOnline, nil, fault.Forbidden},
		"by a guest":                 {outsiders["a guest"], protocol.ActivityOnline, nil, fault.Forbidden},
		"by another's technician":    {technician("mallory", "globex"), protocol.ActivityOnline, nil, fault.NotFound},
		"by another's, and nobody's": {technician("mallory", "globex"), protocol.ActivityOffline, nil, fault.NotFound},
	} {
		to := session.Reach{Contact: session.Person(carol), Activity: test.activity, Device: test.device}
		c, err := session.Start(test.by, id, to, session.Terms{Retention: 30 * days}, noon)
		want(t, what, err, test.code)
		if err == nil {
			news(t, what, c, protocol.Active, protocol.EntryStarted, test.device)
		}
	}
	_, err := session.Start(alice, "acme/1", session.Reach{}, session.Terms{Retention: 30 * days}, noon)
	want(t, "with a bad id", err, fault.NotFound)
}

func TestOnlyAContactAsksForHelp(t *testing.T) {
	atDevice := carol
	atDevice.Machine = ltop7
	for what, test := range map[string]struct {
		by      identity.Principal
		problem string
		code    fault.Code
	}{
		"at a portal":          {carol, "help", ""},
		"at a device":          {atDevice, "help", ""},
		"in 1,024 bytes":       {carol, strings.Repeat("x", 1024), ""},
		"with blanks around":   {carol, "  " + strings.Repeat("x", 1024) + "\n", ""},
		"in 1,025 bytes":       {carol, strings.Repeat("x", 1025), fault.Invalid},
		"in blanks":            {carol, " \t\n", fault.Invalid},
		"without a word":       {carol, "", fault.Invalid},
		"a technician":         {alice, "help", fault.Forbidden},
		"a device":             {outsiders["the device"], "help", fault.Forbidden},
		"a guest":              {outsiders["a guest"], "help", fault.Forbidden},
		"for another company":  {contact("erin", "globex"), "help", fault.NotFound},
		"for another, wrongly": {contact("erin", "globex"), "", fault.NotFound},
	} {
		c, err := session.Request(test.by, protocol.RequestSession{Session: id, Problem: test.problem}, session.Terms{Retention: 30 * days}, noon)
		want(t, what, err, test.code)
		if err == nil {
			news(t, what, c, protocol.Requested, protocol.EntryRequested, test.by.Machine)
		}
	}
}

// news checks the first change of a session.
func news(t *testing.T, what string, c session.Change, state protocol.SessionState, kind protocol.EntryKind, device *identity.Machine) {
	t.Helper()
	s, expected := c.Next, protocol.Portal
	if device != nil {
		expected = protocol.Managed
	}
	if s.Kind != expected || s.State != state || s.Company != "acme" || s.Contact.ID != "carol" || text(s.Device) != text(device) {
		t.Errorf("%s: begins as %s", what, text(s))
	}
	if s.Seq != 1 || s.Version != 1 || c.Entry.Seq != 1 || c.Entry.Kind != kind || !c.Alters || c.Since != 0 || c.PrevAt != 0 {
		t.Errorf("%s: is committed as %s", what, text(c))
	}
	if s.CreatedAt != protocol.At(noon) || (s.StartedAt == 0) != (state == protocol.Requested) || s.Retention != 30*days {
		t.Errorf("%s: at %d, started %d, kept %v", what, s.CreatedAt, s.StartedAt, s.Retention)
	}
}

func TestTheFirstTechnicianAnswersARequestAndMoreMayFollow(t *testing.T) {
	r := requested(t, nil)
	r.now = noon.Add(time.Minute)
	r.as(alice).joins()
	if r.State != protocol.Active || r.StartedAt != protocol.At(noon.Add(time.Minute)) {
		t.Errorf("after the first: %s since %d", r.State, r.StartedAt)
	}
	r.as(bob).joins()
	if r.StartedAt != protocol.At(noon.Add(time.Minute)) {
		t.Errorf("the second starts it again at %d", r.StartedAt)
	}
	r.as(alice).leaves()
	if r.State != protocol.Active {
		t.Errorf("after one has left: %s", r.State)
	}
	if names := slices.Sorted(maps.Keys(joined(r.Session))); !slices.Equal(names, []string{"bob", "carol"}) {
		t.Errorf("in it are %v", names)
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
