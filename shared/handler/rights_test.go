package handler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// The cast: technicians who see all of acme, one group of it, another group, or
// another company; a contact at a device of the group desks and one at a portal.
var (
	whole     = identity.Principal{ID: "whole", Role: identity.Technician, Name: "Whole", Companies: []string{"acme"}, Capabilities: direct}
	plain     = identity.Principal{ID: "plain", Role: identity.Technician, Name: "Plain", Companies: []string{"acme"}}
	ofDesks   = identity.Principal{ID: "desks", Role: identity.Technician, Name: "Desks", Companies: []string{"acme/desks"}, Capabilities: direct}
	ofServers = identity.Principal{ID: "servers", Role: identity.Technician, Name: "Servers", Companies: []string{"acme/servers"}, Capabilities: direct}
	outsider  = identity.Principal{ID: "outsider", Role: identity.Technician, Name: "Outsider", Companies: []string{"globex"}, Capabilities: direct}
	seated    = identity.Principal{ID: "seated", Role: identity.Contact, Name: "Seated", Company: "acme", Machine: &identity.Machine{ID: "d7", Name: "D 7"}}
	portal    = identity.Principal{ID: "portal", Role: identity.Contact, Name: "Portal", Company: "acme"}
)

// keeps puts a record into the directory, whatever stands there.
func (w *world) keeps(r protocol.Record) {
	w.t.Helper()
	store := dynamo.Directory{Table: w.table}
	known, err := store.Records(w.t.Context(), []directory.Key{directory.KeyOf(r)})
	if err != nil {
		w.t.Fatal(err)
	}
	c := directory.Change{After: &r}
	if len(known) > 0 {
		c.Before = &known[0]
		r.Version = known[0].Version
	}
	r.Version++
	if err := store.Save(w.t.Context(), c); err != nil {
		w.t.Fatal(err)
	}
}

// sets changes the settings.
func (w *world) sets(change func(*protocol.Settings)) {
	w.t.Helper()
	store := dynamo.Settings{Table: w.table}
	now, err := store.Settings(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	change(&now)
	now.Version++
	if err := store.SaveSettings(w.t.Context(), now, protocol.Audited{}); err != nil {
		w.t.Fatal(err)
	}
}

// decided are the settings of the table below, each on a directory of its own.
var decided = map[string]func(*world){
	"all": func(*world) {},
	"deployment": func(w *world) {
		w.sets(func(s *protocol.Settings) { s.Chat = protocol.Off })
	},
	"company": func(w *world) {
		w.sets(func(s *protocol.Settings) { s.Chat = protocol.Off })
		w.keeps(protocol.Record{Kind: "company", ID: "acme", Name: "Acme", Chat: protocol.On})
	},
	"contact": func(w *world) {
		w.keeps(protocol.Record{Kind: "contact", Company: "acme", ID: "seated", Name: "Seated", Chat: protocol.Off})
		w.keeps(protocol.Record{Kind: "contact", Company: "acme", ID: "portal", Name: "Portal", Chat: protocol.Off})
	},
	"ticket": func(w *world) {
		w.keeps(protocol.Record{Kind: "company", ID: "acme", Name: "Acme", PreTicket: protocol.Off})
	},
	"callback": func(w *world) {
		w.keeps(protocol.Record{Kind: "company", ID: "acme", Name: "Acme", Callbacks: protocol.Off})
	},
	"begin": func(w *world) {
		w.keeps(protocol.Record{Kind: "machine_role", ID: "quiet", Name: "Quiet", Begin: protocol.Off})
		w.keeps(protocol.Record{Kind: "group", Company: "acme", ID: "desks", Name: "Desks", MachineRole: "quiet"})
	},
	"suspended": func(w *world) {
		w.keeps(protocol.Record{Kind: "device", Company: "acme", ID: "d7", Name: "D 7", Group: "desks", Suspended: true})
	},
}

// rightsTable says what becomes of every action, by everybody, under every
// setting: what an outsider gets is the same under all of them.
const rightsTable = `
                     all  deployment company contact ticket callback begin suspended
start-device  whole   ok   forbidden  ok      forbidden ok ok ok conflict
start-device  ofDesks ok   forbidden  ok      forbidden ok ok ok conflict
start-device  plain   forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
start-device  ofServers not_found not_found not_found not_found not_found not_found not_found not_found
start-device  outsider not_found not_found not_found not_found not_found not_found not_found not_found
start-device  seated  forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
start-device  erin    forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
start-portal  whole   ok   forbidden  ok      forbidden ok ok ok ok
start-portal  plain   ok   forbidden  ok      forbidden ok ok ok ok
start-portal  ofDesks not_found not_found not_found not_found not_found not_found not_found not_found
start-portal  outsider not_found not_found not_found not_found not_found not_found not_found not_found
notify-device whole   ok   forbidden  ok      forbidden ok ok ok conflict
notify-device ofDesks ok   forbidden  ok      forbidden ok ok ok conflict
notify-device plain   forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
notify-device ofServers not_found not_found not_found not_found not_found not_found not_found not_found
notify-device outsider not_found not_found not_found not_found not_found not_found not_found not_found
notify-device seated  forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
notify-portal whole   ok   forbidden  ok      forbidden ok ok ok ok
notify-portal plain   ok   forbidden  ok      forbidden ok ok ok ok
notify-portal ofDesks not_found not_found not_found not_found not_found not_found not_found not_found
notify-portal outsider not_found not_found not_found not_found not_found not_found not_found not_found
notify-nobody ofDesks not_found not_found not_found not_found not_found not_found not_found not_found
notify-nobody outsider not_found not_found not_found not_found not_found not_found not_found not_found
request       seated  ok   forbidden  ok      forbidden forbidden ok forbidden conflict
request       portal  ok   forbidden  ok      forbidden forbidden ok ok ok
request       whole   forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
request       erin    not_found not_found not_found not_found not_found not_found not_found not_found
join-device   whole   ok ok ok ok ok ok ok ok
join-device   plain   ok ok ok ok ok ok ok ok
join-device   ofDesks ok ok ok ok ok ok ok ok
join-device   ofServers not_found not_found not_found not_found not_found not_found not_found not_found
join-device   outsider not_found not_found not_found not_found not_found not_found not_found not_found
join-device   portal  not_found not_found not_found not_found not_found not_found not_found not_found
join-device   erin    not_found not_found not_found not_found not_found not_found not_found not_found
join-portal   whole   ok ok ok ok ok ok ok ok
join-portal   ofDesks not_found not_found not_found not_found not_found not_found not_found not_found
callback      seated  ok ok ok ok ok forbidden ok ok
callback      portal  not_found not_found not_found not_found not_found not_found not_found not_found
callback      whole   forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
callback      outsider not_found not_found not_found not_found not_found not_found not_found not_found
watch-company whole   ok ok ok ok ok ok ok ok
watch-company ofDesks not_found not_found not_found not_found not_found not_found not_found not_found
watch-company outsider not_found not_found not_found not_found not_found not_found not_found not_found
watch-company seated  forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden
watch-group   whole   ok ok ok ok ok ok ok ok
watch-group   ofDesks ok ok ok ok ok ok ok ok
watch-group   ofServers not_found not_found not_found not_found not_found not_found not_found not_found
watch-group   outsider not_found not_found not_found not_found not_found not_found not_found not_found`

// A1-A7, A9-A12: who may do what where, under which setting.
func TestWhoMayDoWhatWhereAndUnderWhichSetting(t *testing.T) {
	everybody := map[string]identity.Principal{
		"whole": whole, "plain": plain, "ofDesks": ofDesks, "ofServers": ofServers, "outsider": outsider,
		"seated": seated, "portal": portal, "erin": erin,
	}
	lines := strings.Split(strings.TrimPrefix(rightsTable, "\n"), "\n")
	for column, setting := range strings.Fields(lines[0]) {
		t.Run(setting, func(t *testing.T) {
			w := newWorld(t)
			w.keeps(protocol.Record{Kind: "device", Company: "acme", ID: "d7", Name: "D 7", Group: "desks"})
			for _, p := range everybody {
				w.arrives(p, p.ID)
			}
			ids := map[string]string{} // A request for each line, made while everything is allowed.
			for _, line := range lines[1:] {
				by := seated
				if strings.HasSuffix(strings.Fields(line)[0], "portal") {
					by = portal
				}
				ids[line] = w.asked(by)
			}
			w.passes(2 * time.Minute)
			decided[setting](w)
			for _, line := range lines[1:] {
				cells := strings.Fields(line)
				if got, want := w.outcome(everybody[cells[1]], cells[0], ids[line]), cells[2+column]; got != want {
					t.Errorf("%s by %s: %s, want %s", cells[0], cells[1], got, want)
				}
			}
		})
	}
}

// asked is a request of somebody.
func (w *world) asked(by identity.Principal) string {
	w.t.Helper()
	id := by.Company + "/" + uuid.NewString()
	does[protocol.SessionReply](w, by, "session.request", protocol.RequestSession{Session: id, Problem: "Help"})
	return id
}

// outcome is the code of an action, or ok. What is joined or called back is a
// request; what is begun is new.
func (w *world) outcome(by identity.Principal, action, request string) string {
	w.t.Helper()
	fresh := "acme/" + uuid.NewString()
	commands := map[string]struct {
		name string
		data any
	}{
		"start-device":  {"session.start", protocol.StartSession{Session: fresh, Contact: "seated", Device: "d7"}},
		"start-portal":  {"session.start", protocol.StartSession{Session: fresh, Contact: "portal"}},
		"notify-device": {"presence.notify", protocol.Notify{Company: "acme", Contact: "seated", Device: "d7", Notice: "n1", Text: "Hello"}},
		"notify-portal": {"presence.notify", protocol.Notify{Company: "acme", Contact: "portal", Notice: "n2", Text: "Hello"}},
		"notify-nobody": {"presence.notify", protocol.Notify{Company: "acme", Contact: "nobody", Notice: "n3", Text: "Hello"}},
		"request":       {"session.request", protocol.RequestSession{Session: fresh, Problem: "Help"}},
		"join-device":   {"session.join", protocol.JoinSession{Session: request}},
		"join-portal":   {"session.join", protocol.JoinSession{Session: request}},
		"callback":      {"session.callback", protocol.AskCallback{Session: request, Phone: "555 0100"}},
		"watch-company": {"presence.watch", protocol.Watch{Companies: []string{"acme"}}},
		"watch-group":   {"presence.watch", protocol.Watch{Companies: []string{"acme/desks"}}},
	}
	if reply := w.asks(by, by.ID, commands[action].name, commands[action].data); reply.Error != nil {
		return string(reply.Error.Code)
	}
	return "ok"
}

// A14: whether the user of a managed device is asked is for its group to say.
func TestTheGroupOfADeviceSaysWhetherItsUserIsAsked(t *testing.T) {
	for ask, want := range map[protocol.Choice]protocol.SessionState{
		protocol.On: protocol.Connecting, protocol.Off: protocol.Active, protocol.Unset: protocol.Active,
	} {
		w := newWorld(t)
		w.keeps(protocol.Record{Kind: "group", Company: "acme", ID: "desks", Name: "Desks", Ask: ask})
		w.keeps(protocol.Record{Kind: "device", Company: "acme", ID: "d7", Name: "D 7", Group: "desks"})
		w.arrives(seated, "seated")
		started := does[protocol.SessionReply](w, whole, "session.start", protocol.StartSession{
			Session: "acme/" + uuid.NewString(), Contact: "seated", Device: "d7",
		})
		if started.Session.State != want || started.Session.Device.Group != "desks" {
			t.Errorf("asking %q: the session is %s at %+v, want %s", ask, started.Session.State, started.Session.Device, want)
		}
	}
}

// A6, A7: what is turned off is not offered.
func TestAContactIsOfferedOnlyWhatIsAllowed(t *testing.T) {
	w := newWorld(t)
	offered := func(by identity.Principal) protocol.May {
		return *does[protocol.Welcome](w, by, "presence.hello", protocol.Hello{}).May
	}
	if got := offered(seated); got != (protocol.May{Request: true, Callback: true}) {
		t.Errorf("where nothing is decided: %+v", got)
	}
	w.sets(func(s *protocol.Settings) { s.PreTicket, s.Callbacks = protocol.Off, protocol.Off })
	if got := offered(seated); got != (protocol.May{}) {
		t.Errorf("where both are off: %+v", got)
	}
	w.keeps(protocol.Record{Kind: "company", ID: "globex", Name: "Globex", PreTicket: protocol.On})
	if got := offered(erin); got != (protocol.May{Request: true}) {
		t.Errorf("where the company has one: %+v", got)
	}
}

// A12 B6: who sees a group is told of its people and sessions, of nothing else
// in the company, and of their colleagues over it.
func TestWhoSeesAGroupHearsOfThatGroupOnly(t *testing.T) {
	w := newWorld(t)
	w.keeps(protocol.Record{Kind: "device", Company: "acme", ID: "d7", Name: "D 7", Group: "desks"})
	for _, p := range []identity.Principal{seated, portal, whole, ofDesks, ofServers} {
		w.arrives(p, p.ID)
	}
	atDevice, atPortal := w.asked(seated), w.asked(portal)
	watches := func(by identity.Principal, place string) protocol.Watched {
		return does[protocol.Watched](w, by, "presence.watch", protocol.Watch{Companies: []string{place}})
	}
	seen := watches(ofDesks, "acme/desks")
	if len(seen.Contacts) != 1 || seen.Contacts[0].ID != "seated" || len(seen.Sessions) != 1 || seen.Sessions[0].ID != atDevice {
		t.Errorf("of the desks %+v and %+v are seen", seen.Contacts, seen.Sessions)
	}
	var colleagues []string
	for _, c := range seen.Technicians {
		colleagues = append(colleagues, c.ID)
	}
	if !slices.Equal(colleagues, []string{"desks", "whole"}) {
		t.Errorf("the colleagues are %v", colleagues)
	}
	if all := watches(whole, "acme"); len(all.Contacts) != 2 || len(all.Sessions) != 2 {
		t.Errorf("of the company %+v and %+v are seen", all.Contacts, all.Sessions)
	}
	w.hears("somebody at a portal", portal, "session.end", protocol.EndSession{Session: atPortal}, []string{"whole"})
	w.hears("somebody at a desk", seated, "session.end", protocol.EndSession{Session: atDevice}, []string{"whole", "desks"})
	w.hears("a colleague", whole, "presence.set", protocol.SetAvailability{Availability: protocol.BusyTechnician}, []string{"desks"})
	w.hears("a colleague in the group", ofDesks, "presence.set", protocol.SetAvailability{Availability: protocol.BusyTechnician}, []string{"whole"})
}

// A12 B18: a device that checks in is seen in the group where the directory has
// it, by those who see the group.
func TestADeviceIsSeenInItsGroup(t *testing.T) {
	w := newWorld(t)
	w.keeps(protocol.Record{Kind: "device", Company: "acme", ID: "d8", Name: "D 8", Group: "desks"})
	agent := identity.Principal{ID: "d8", Role: identity.Device, Name: "D 8", Company: "acme"}
	for _, p := range []identity.Principal{whole, ofDesks, ofServers} {
		w.arrives(p, p.ID)
		place := p.Companies[0]
		does[protocol.Watched](w, p, "presence.watch", protocol.Watch{Companies: []string{place}})
	}
	checkIn := protocol.CheckIn{Name: "D 8", Users: []protocol.LoggedOn{{Account: "carol"}}}
	w.hears("a device that checks in", agent, "presence.check", checkIn, []string{"whole", "desks"})
	for place, want := range map[*identity.Principal]int{&whole: 1, &ofDesks: 1, &ofServers: 0} {
		seen := does[protocol.Watched](w, *place, "presence.watch", protocol.Watch{Companies: place.Companies})
		if len(seen.Devices) != want || len(seen.Contacts) != want || want > 0 && seen.Devices[0].Group != "desks" {
			t.Errorf("%s sees %+v and %+v", place.ID, seen.Devices, seen.Contacts)
		}
	}
}

// hears fails unless of three technicians exactly these are told of a command.
func (w *world) hears(what string, by identity.Principal, command string, data any, want []string) {
	w.t.Helper()
	w.passes(2 * time.Minute)
	staff := []string{"whole", "desks", "servers"}
	for _, who := range staff {
		w.heard(who)
	}
	does[any](w, by, command, data)
	var told []string
	for _, who := range staff {
		if len(w.heard(who)) > 0 {
			told = append(told, who)
		}
	}
	if !slices.Equal(told, want) {
		w.t.Errorf("of %s are told %v, want %v", what, told, want)
	}
}

// Whoever says hello is in the directory from then on, and what an
// administrator has said of them stays.
func TestWhoSaysHelloIsLearned(t *testing.T) {
	w := newWorld(t)
	w.keeps(protocol.Record{Kind: "company", ID: "acme", Name: "Acme Ltd", Chat: protocol.On})
	for range 2 {
		w.arrives(seated, "seated")
		w.arrives(whole, "whole")
	}
	records, err := dynamo.Directory{Table: w.table}.Records(t.Context(), []directory.Key{
		{Kind: "company", ID: "acme"}, {Kind: "contact", Company: "acme", ID: "seated"},
		{Kind: "device", Company: "acme", ID: "d7"}, {Kind: "technician", ID: "whole"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, fmt.Sprintf("%s %s %d", r.Kind, r.Name, r.Version))
		if r.Claimed != nil && !slices.Equal(r.Claimed.Places, []string{"acme"}) {
			t.Errorf("the token said %+v", r.Claimed)
		}
	}
	slices.Sort(got)
	if want := []string{"company Acme Ltd 1", "contact Seated 1", "device D 7 1", "technician Whole 1"}; !slices.Equal(got, want) {
		t.Errorf("known are %q, want %q", got, want)
	}
}

// A right that was taken is gone on a connection that is open already.
func TestAChangeOfTheDirectoryHoldsOnOpenConnections(t *testing.T) {
	w := newWorld(t)
	w.arrives(seated, "seated")
	w.arrives(whole, "whole")
	id := w.asked(seated)
	w.keeps(protocol.Record{Kind: "scope", ID: "none", Name: "None"})
	w.keeps(protocol.Record{Kind: "technician", ID: "whole", Name: "Whole", Scope: "none"})
	if err := w.refused(whole, "session.join", protocol.JoinSession{Session: id}); err.Code != fault.NotFound {
		t.Errorf("joining is answered %v", &err)
	}
	w.keeps(protocol.Record{Kind: "technician", ID: "whole", Name: "Whole"})
	does[protocol.SessionReply](w, whole, "session.join", protocol.JoinSession{Session: id})
}
