package session_test

import (
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
