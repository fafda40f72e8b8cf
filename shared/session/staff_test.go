package session_test

import (
	"strings"
	"testing"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// staffPolicy is the policy of a session in which alice has called bob. What it
// does not say is forbidden.
var staffPolicy = map[string]map[string]string{
	"alice": {
		//                       active  ringing answer  ended
		"cancel":               "wrong   wrong   wrong   wrong",
		"join":                 "again   again   again   again",
		"answer":               "again   again   again   again",
		"take":                 "again   again   again   wrong",
		"take what nobody has": "again   again   again   wrong",
		"transfer":             "wrong   wrong   wrong   wrong",
		"give back":            "wrong   wrong   wrong   wrong",
		"leave":                "ok      ok      ok      again",
		"end":                  "ok      ok      ok      again",
		"end with a note":      "ok      ok      ok      again",
		"end after a minute":   "ok      ok      ok      again",
		"end after an hour":    "ok      ok      ok      again",
		"nudge":                "ok      ok      ok      wrong",
		"post":                 "ok      ok      ok      wrong",
		"read":                 "ok      ok      ok      ok",
		"list":                 "ok      ok      ok      ok",
		"ring":                 "ok      wrong   wrong   wrong",
		"accept":               "wrong   again   again   wrong",
		"decline":              "wrong   wrong   wrong   wrong",
		"hang up":              "again   ok      ok      again",
		"signal":               "wrong   ok      ok      wrong",
		"report":               "wrong   ok      ok      wrong",
		"invite":               "wrong   wrong   wrong   wrong",
		"revoke":               "absent  absent  absent  wrong",
		"servers":              "ok      ok      ok      wrong",
	},
	"bob": {
		//                           active  ringing answer  ended
		"approve":                  "again   again   again   again",
		"refuse":                   "wrong   wrong   wrong   wrong",
		"cancel":                   "wrong   wrong   wrong   wrong",
		"join":                     "again   again   again   again",
		"answer":                   "again   again   again   again",
		"take":                     "ok      ok      ok      wrong",
		"take what nobody has":     "wrong   wrong   wrong   wrong",
		"transfer":                 "wrong   wrong   wrong   wrong",
		"give back":                "wrong   wrong   wrong   wrong",
		"leave":                    "ok      ok      ok      again",
		"end":                      "ok      ok      ok      again",
		"end with a note":          "ok      ok      ok      again",
		"end after a minute":       "ok      ok      ok      again",
		"end after an hour":        "ok      ok      ok      again",
		"call back":                "wrong   wrong   wrong   wrong",
		"call back after a minute": "wrong   wrong   wrong   wrong",
		"nudge":                    "ok      ok      ok      wrong",
		"post":                     "ok      ok      ok      wrong",
		"read":                     "ok      ok      ok      ok",
		"list":                     "ok      ok      ok      ok",
		"ring":                     "ok      wrong   wrong   wrong",
		"accept":                   "wrong   ok      again   wrong",
		"decline":                  "wrong   ok      wrong   wrong",
		"hang up":                  "again   again   ok      again",
		"signal":                   "wrong   wrong   ok      wrong",
		"report":                   "wrong   wrong   ok      wrong",
		"invite":                   "wrong   wrong   wrong   wrong",
		"revoke":                   "absent  absent  absent  wrong",
		"servers":                  "ok      ok      ok      wrong",
	},
}

var staffMoments = []string{"active", "ringing", "answered", "ended"}

// amongStaff is a session of alice with bob at a moment.
func amongStaff(t *testing.T, moment string) session.Session {
	t.Helper()
	to := session.Reach{Contact: session.Person(bob), Activity: protocol.ActivityOnline}
	staffID := identity.Staff + strings.TrimPrefix(id, "acme")
	c, err := session.Start(alice, staffID, to, session.Terms{Retention: 30 * days, AskManaged: true}, noon)
	r := entered(t, c, err)
	switch moment {
	case "ringing":
		r.as(alice).rings()
	case "answered":
		r.as(alice).rings()
		r.as(bob).accepts()
	case "ended":
		r.as(alice).ends()
	}
	return r.Session
}

// C7: technicians among themselves.
func TestWhoMayDoWhatAmongTechnicians(t *testing.T) {
	for column, moment := range staffMoments {
		s := amongStaff(t, moment)
		for _, by := range []identity.Principal{alice, bob} {
			for action, try := range actions {
				expected := "no"
				if row, ok := staffPolicy[by.ID][ruleOf(action)]; ok {
					expected = strings.Fields(row)[column]
				}
				if got := came(try(s, by)); got != words[expected] {
					t.Errorf("%s: %s does %q: got %s, want %s", moment, by.ID, action, got, words[expected])
				}
			}
		}
	}
}

// Other technicians are outsiders too, whatever companies they share.
func TestNobodyLearnsWhatTechniciansSayToEachOther(t *testing.T) {
	_, missing := session.Company("no session at all")
	strangers := map[string]identity.Principal{"a colleague": grace, "a contact of theirs": carol}
	for who, by := range outsiders {
		strangers[who] = by
	}
	for _, moment := range staffMoments {
		s := amongStaff(t, moment)
		for who, by := range strangers {
			for action, try := range actions {
				if c, err := try(s, by); text(err) != text(missing) || c.Next.ID != "" {
					t.Errorf("%s: %s does %q: got %v", moment, who, action, err)
				}
			}
		}
	}
}

// Who left cannot come back, so the session must not wait for them.
func TestTheLastTechnicianToLeaveEndsIt(t *testing.T) {
	r := &room{Session: amongStaff(t, "active"), t: t, now: noon}
	r.as(alice).leaves()
	if r.State != protocol.Active || r.Owner != "" {
		t.Errorf("after the first it is %s", text(r.Session))
	}
	if c := r.as(bob).leaves(); r.State != protocol.Ended || c.Entry.Kind != protocol.EntryEnded || r.EndedAt == 0 {
		t.Errorf("after the last it is %s", text(r.Session))
	}
}
