package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// chat is every combination of what contact, company and deployment say (A1-A5),
// and what follows.
const chat = `
-   -   -    yes default
-   -   on   yes deployment
-   -   off  no  deployment
-   on  -    yes company
-   on  on   yes company
-   on  off  yes company
-   off -    no  company
-   off on   no  company
-   off off  no  company
on  -   -    yes contact
on  -   on   yes contact
on  -   off  yes contact
on  on  -    yes contact
on  on  on   yes contact
on  on  off  yes contact
on  off -    yes contact
on  off on   yes contact
on  off off  yes contact
off -   -    no  contact
off -   on   no  contact
off -   off  no  contact
off on  -    no  contact
off on  on   no  contact
off on  off  no  contact
off off -    no  contact
off off on   no  contact
off off off  no  contact`

// flags is every combination of what company and deployment say (A6, A7).
const flags = `
-   -    yes default
-   on   yes deployment
-   off  no  deployment
on  -    yes company
on  on   yes company
on  off  yes company
off -    no  company
off on   no  company
off off  no  company`

// begin is what the machine roles of a device and of its group say, where they
// have one (A11).
const begin = `
none none yes default
none -    yes default
none on   yes group
none off  no  group
-    none yes default
-    on   yes default
-    off  yes default
on   none yes device
on   off  yes device
off  none no  device
off  on   no  device`

// ask is what group and deployment say (A14).
const ask = `
-   -    no  default
-   on   yes deployment
on  -    yes group
on  on   yes group
off -    no  group
off on   no  group`

// rows reads a table: words in columns.
func rows(table string) [][]string {
	var list [][]string
	for line := range strings.Lines(strings.TrimPrefix(table, "\n")) {
		list = append(list, strings.Fields(line))
	}
	return list
}

func said(word string) protocol.Choice { return protocol.Choice(strings.Trim(word, "-")) }

func TestTheNarrowestLevelThatSaysAnythingDecides(t *testing.T) {
	check := func(t *testing.T, row []string, d protocol.Decision) {
		t.Helper()
		got := fmt.Sprintf("%s %s", map[bool]string{true: "yes", false: "no"}[d.Allowed], d.Level)
		if want := strings.Join(row[len(row)-2:], " "); got != want {
			t.Errorf("%v: it is %s", row, got)
		}
		if (d.By != "") != (d.Level != protocol.LevelDeployment && d.Level != protocol.LevelDefault) {
			t.Errorf("%v: decided by record %q of level %s", row, d.By, d.Level)
		}
	}
	for _, row := range rows(chat) {
		check(t, row, directory.Around{
			Contact:  &protocol.Record{ID: "carol", Chat: said(row[0])},
			Company:  &protocol.Record{ID: "acme", Chat: said(row[1])},
			Settings: protocol.Settings{Chat: said(row[2])},
		}.Chat())
	}
	for _, row := range rows(flags) {
		check(t, row, directory.Around{
			Company:  &protocol.Record{ID: "acme", PreTicket: said(row[0])},
			Settings: protocol.Settings{PreTicket: said(row[1])},
		}.PreTicket())
		check(t, row, directory.Around{
			Company:  &protocol.Record{ID: "acme", Callbacks: said(row[0])},
			Settings: protocol.Settings{Callbacks: said(row[1])},
		}.Callback())
	}
	for _, row := range rows(ask) {
		check(t, row, directory.Around{
			Group:    &protocol.Record{ID: "servers", Ask: said(row[0])},
			Settings: protocol.Settings{AskManaged: row[1] == "on"},
		}.Ask())
	}
	for _, row := range rows(begin) {
		check(t, row, atDevice(row[0], row[1]).Begin())
	}
}

// atDevice is a device and its group whose machine roles say these; none has
// no machine role.
func atDevice(device, group string) directory.Around {
	a := directory.Around{Device: &protocol.Record{ID: "d7", Group: "desks"}, Group: &protocol.Record{ID: "desks"}}
	if group != "none" {
		a.Group.MachineRole = "of-group"
		a.MachineRole = &protocol.Record{ID: "of-group", Begin: said(group)}
	}
	if device != "none" {
		a.Device.MachineRole = "of-device"
		a.MachineRole = &protocol.Record{ID: "of-device", Begin: said(device)}
	}
	return a
}

func TestWhatIsNotKnownDecidesNothing(t *testing.T) {
	for _, d := range (directory.Around{}).Effective(identity.Principal{Role: identity.Contact, Machine: &identity.Machine{ID: "d7"}}, "", "") {
		if d.Level != protocol.LevelDefault || d.Allowed != (d.Right != protocol.RightAsk) {
			t.Errorf("without any record %s is %v by %s", d.Right, d.Allowed, d.Level)
		}
	}
}

func TestARoleAndAScopeCountInsteadOfTheToken(t *testing.T) {
	token := identity.Principal{
		ID: "bob", Role: identity.Technician,
		Companies: []string{"acme", "globex"}, Capabilities: []identity.Capability{identity.Administer},
	}
	helper := &protocol.Record{ID: "helper", Capabilities: []identity.Capability{identity.Direct}}
	servers := &protocol.Record{ID: "servers", Places: []string{"acme/servers"}}
	for what, test := range map[string]struct {
		around       directory.Around
		capabilities []identity.Capability
		places       []string
	}{
		"unknown":             {directory.Around{}, token.Capabilities, token.Companies},
		"neither":             {directory.Around{Technician: &protocol.Record{}}, token.Capabilities, token.Companies},
		"a role":              {directory.Around{Technician: &protocol.Record{Role: "helper"}, Role: helper}, helper.Capabilities, token.Companies},
		"a role that is gone": {directory.Around{Technician: &protocol.Record{Role: "helper"}}, nil, token.Companies},
		"a scope":             {directory.Around{Technician: &protocol.Record{Scope: "servers"}, Scope: servers}, token.Capabilities, servers.Places},
		"a scope that is gone": {
			directory.Around{Technician: &protocol.Record{Scope: "servers"}}, token.Capabilities, nil,
		},
	} {
		t.Run(what, func(t *testing.T) {
			got := test.around.Resolve(token)
			if !slices.Equal(got.Capabilities, test.capabilities) || !slices.Equal(got.Companies, test.places) {
				t.Errorf("may %v in %v, want %v in %v", got.Capabilities, got.Companies, test.capabilities, test.places)
			}
		})
	}
}

func TestAScopeOfAGroupIsNoScopeOfItsCompany(t *testing.T) {
	p := identity.Principal{Role: identity.Technician, Companies: []string{"acme/servers", "globex"}}
	for place, sees := range map[string]bool{
		"acme/servers": true, "acme": false, "acme/desks": false, "acme/servers-2": false, "acm": false,
		"globex": true, "globex/servers": true, "globex-2": false, "": false,
	} {
		if p.MaySee(place) != sees {
			t.Errorf("%q: seen is %v, want %v", place, p.MaySee(place), sees)
		}
	}
	for company, enters := range map[string]bool{"acme": true, "globex": true, "initech": false, "acm": false, "": false} {
		if p.MayEnter(company) != enters {
			t.Errorf("%q: entered is %v, want %v", company, p.MayEnter(company), enters)
		}
	}
}

func TestEffectivePermissionsNameTheLevelThatDecided(t *testing.T) {
	a := directory.Around{
		Technician: &protocol.Record{Role: "helper", Scope: "servers"},
		Role:       &protocol.Record{ID: "helper", Capabilities: []identity.Capability{identity.Direct}},
		Scope:      &protocol.Record{ID: "servers", Places: []string{"acme/servers"}},
	}
	want := []protocol.Decision{
		{Right: "see", Allowed: true, Level: "scope", By: "servers"},
		{Right: "administer", Allowed: false, Level: "role", By: "helper"},
		{Right: "direct", Allowed: true, Level: "role", By: "helper"},
		{Right: "history", Allowed: false, Level: "role", By: "helper"},
		{Right: "supervise", Allowed: false, Level: "role", By: "helper"},
	}
	if got := a.Effective(identity.Principal{Role: identity.Technician}, "acme", "servers"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	want = []protocol.Decision{{Right: "see", Level: "token"}}
	outside := (directory.Around{}).Effective(identity.Principal{Role: identity.Technician, Companies: []string{"globex"}}, "acme", "")
	if !slices.Equal(outside[:1], want) {
		t.Errorf("got %v, want %v", outside[:1], want)
	}
}

func TestWhatIsTurnedOffIsRefusedWithItsReason(t *testing.T) {
	off := protocol.Settings{Chat: protocol.Off}
	helper := identity.Principal{Role: identity.Technician, Capabilities: []identity.Capability{identity.Direct}}
	carol := identity.Principal{Role: identity.Contact, Machine: &identity.Machine{ID: "d7"}}
	for what, test := range map[string]struct {
		err  error
		code fault.Code
	}{
		"a request where all is on":           {directory.Around{}.MayRequest(carol, false), ""},
		"a request without chat":              {directory.Around{Settings: off}.MayRequest(carol, false), fault.Forbidden},
		"a request without a ticket":          {directory.Around{Settings: protocol.Settings{PreTicket: protocol.Off}}.MayRequest(carol, false), fault.Forbidden},
		"a request about a ticket":            {directory.Around{Settings: protocol.Settings{PreTicket: protocol.Off}}.MayRequest(carol, true), ""},
		"a request from a device":             {atDevice("off", "none").MayRequest(carol, false), fault.Forbidden},
		"a request from a portal":             {atDevice("off", "none").MayRequest(identity.Principal{Role: identity.Contact}, false), ""},
		"a callback":                          {directory.Around{}.MayCallback(), ""},
		"a callback that is off":              {directory.Around{Settings: protocol.Settings{Callbacks: protocol.Off}}.MayCallback(), fault.Forbidden},
		"a start where all is on":             {directory.Around{}.MayStart(helper, true), ""},
		"a start without direct access":       {directory.Around{}.MayStart(identity.Principal{Role: identity.Technician}, true), fault.Forbidden},
		"a start at a portal":                 {directory.Around{}.MayStart(identity.Principal{Role: identity.Technician}, false), ""},
		"a start with somebody who may not":   {directory.Around{Settings: off}.MayStart(helper, true), fault.Forbidden},
		"a start at a device that is stopped": {directory.Around{Device: &protocol.Record{Suspended: true}}.MayStart(helper, true), fault.Conflict},
	} {
		if test.code == "" && test.err != nil || test.code != "" && !fault.Is(test.err, test.code) {
			t.Errorf("%s: %v, want %q", what, test.err, test.code)
		}
	}
}
