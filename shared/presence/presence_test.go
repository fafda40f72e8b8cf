package presence_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

	alice  = identity.Principal{ID: "alice", Name: "Alice", Role: identity.Technician, Companies: []string{"acme", "globex"}}
	carol  = identity.Principal{ID: "carol", Name: "Carol", Role: identity.Contact, Company: "acme"}
	device = identity.Principal{ID: "device", Name: "ACME-LT-07", Role: identity.Device, Company: "acme"}
	guest  = identity.Principal{ID: "guest", Name: "Guest", Role: identity.Guest, Company: "acme"}

	laptop = identity.Machine{ID: "d7", Name: "ACME-LT-07"}
	tablet = identity.Machine{ID: "d9", Name: "ACME-TB-09"}
)

// named is the principal with another name, which is its id too.
func named(p identity.Principal, name string) identity.Principal {
	p.ID, p.Name = name, name
	return p
}

// at is the principal at a machine.
func at(p identity.Principal, m identity.Machine) identity.Principal {
	p.Machine = &m
	return p
}

// lease is held from noon on.
func lease(p identity.Principal, change ...func(*presence.Lease)) presence.Lease {
	l := presence.Lease{
		Principal: p, Connection: p.ID + "'s", ActiveAt: protocol.At(noon), Until: protocol.At(noon.Add(presence.Term)),
	}
	if p.Role == identity.Technician {
		l.Availability = protocol.Available
	} else {
		l.Activity = protocol.ActivityOnline
	}
	for _, c := range change {
		c(&l)
	}
	return l
}

func away(l *presence.Lease) { l.Activity = protocol.ActivityAway }

func busy(l *presence.Lease) { l.Availability = protocol.BusyTechnician }

// since is a lease whose holder was last active so long after noon, and which
// was last renewed then.
func since(d time.Duration) func(*presence.Lease) {
	return func(l *presence.Lease) {
		l.ActiveAt, l.Until = protocol.At(noon.Add(d)), protocol.At(noon.Add(d+presence.Term))
	}
}

func want(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if (err == nil) != (code == "") || err != nil && !fault.Is(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func TestALeaseOutlivesTwoLostBeats(t *testing.T) {
	if 2*presence.Beat >= presence.Term || presence.Beat >= 10*time.Minute || presence.Stay <= 2*time.Hour {
		t.Errorf("beats every %v, holds %v, stays %v", presence.Beat, presence.Term, presence.Stay)
	}
}

func TestALeaseRunsOutExactlyAtItsTime(t *testing.T) {
	until := noon.Add(presence.Term)
	for what, test := range map[string]struct {
		now      time.Time
		activity protocol.Activity
		listed   int
	}{
		"just before": {until.Add(-time.Millisecond), protocol.ActivityOnline, 1},
		"at its time": {until, protocol.ActivityOffline, 0},
		"after it":    {until.Add(time.Millisecond), protocol.ActivityOffline, 0},
	} {
		leases := []presence.Lease{lease(carol), lease(alice)}
		if row := presence.Row(carol, leases[:1], test.now); row.Activity != test.activity {
			t.Errorf("%s: carol is %s", what, row.Activity)
		}
		if n := len(presence.Rows(leases, test.now)); n != test.listed {
			t.Errorf("%s: %d are listed", what, n)
		}
		if n := len(presence.Colleagues(leases, []string{"acme"}, test.now)); n != test.listed {
			t.Errorf("%s: %d colleagues are listed", what, n)
		}
		colleague := presence.ColleagueOf(alice, leases[1:], test.now)
		if (colleague.Availability == protocol.NotLoggedOn) != (test.listed == 0) {
			t.Errorf("%s: alice is %s", what, colleague.Availability)
		}
	}
}

func TestTheBestOfAllConnectionsCounts(t *testing.T) {
	for what, leases := range map[string][]presence.Lease{
		"first online": {lease(at(carol, laptop)), lease(at(carol, tablet), away, since(time.Minute))},
		"last online":  {lease(at(carol, tablet), away, since(time.Minute)), lease(at(carol, laptop))},
	} {
		row := presence.Row(carol, leases, noon)
		if row.Activity != protocol.ActivityOnline || row.ActiveAt != protocol.At(noon.Add(time.Minute)) {
			t.Errorf("%s: %s, active at %d", what, row.Activity, row.ActiveAt)
		}
		if row.Until != protocol.At(noon.Add(time.Minute+presence.Term)) || len(row.Devices) != 2 {
			t.Errorf("%s: until %d, at %v", what, row.Until, row.Devices)
		}
		// A while later only the tablet is left.
		row = presence.Row(carol, leases, noon.Add(presence.Term))
		if row.Activity != protocol.ActivityAway || !slices.Equal(row.Devices, []identity.Machine{tablet}) {
			t.Errorf("%s, later: %s at %v", what, row.Activity, row.Devices)
		}
	}
}

func TestTwoTabsAtOneDeviceAreOneDevice(t *testing.T) {
	row := presence.Row(carol, []presence.Lease{lease(at(carol, laptop)), lease(at(carol, laptop)), lease(carol)}, noon)
	if !slices.Equal(row.Devices, []identity.Machine{laptop}) {
		t.Errorf("logged on at %v", row.Devices)
	}
}

func TestWhoIsGoneHasARowWithoutDevices(t *testing.T) {
	row := presence.Row(carol, nil, noon)
	if row.Activity != protocol.ActivityOffline || row.Name != "Carol" || row.Company != "acme" || row.Devices == nil || row.Until != 0 {
		t.Errorf("got %+v", row)
	}
}

func TestTheRosterListsContactsByName(t *testing.T) {
	leases := []presence.Lease{
		lease(named(carol, "zoe")), lease(named(carol, "bob")), lease(named(carol, "Amir")), lease(named(carol, "bob")),
		lease(device), lease(guest), lease(alice), lease(named(carol, "gone"), since(-presence.Term)),
	}
	twin := named(carol, "bob")
	twin.ID = "another bob"
	leases = append(leases, lease(twin))
	for range 20 { // Whatever the order in which a map gives them.
		var names []string
		for _, row := range presence.Rows(leases, noon) {
			names = append(names, row.ID)
		}
		if !slices.Equal(names, []string{"Amir", "another bob", "bob", "zoe"}) {
			t.Fatalf("listed are %q", names)
		}
	}
	if rows := presence.Rows(nil, noon); rows == nil || len(rows) != 0 {
		t.Errorf("nobody is %v, which is no JSON list", rows)
	}
}

func TestColleaguesShareACompany(t *testing.T) {
	stranger := named(alice, "Mallory")
	stranger.Companies = []string{"initech"}
	leases := []presence.Lease{
		lease(named(alice, "bob")), lease(alice, busy), lease(alice, busy), lease(stranger), lease(carol),
		lease(named(alice, "gone"), since(-presence.Term)),
	}
	var got []string
	for _, c := range presence.Colleagues(leases, []string{"hooli", "globex"}, noon) {
		got = append(got, fmt.Sprintf("%s is %s", c.Name, c.Availability))
	}
	if !slices.Equal(got, []string{"Alice is busy", "bob is online"}) {
		t.Errorf("listed are %q", got)
	}
	if list := presence.Colleagues(leases, nil, noon); list == nil || len(list) != 0 {
		t.Errorf("of no company there are %v", list)
	}
}

func TestHelloOpensALease(t *testing.T) {
	for what, test := range map[string]struct {
		by       identity.Principal
		hello    protocol.Activity
		code     fault.Code
		activity protocol.Activity
	}{
		"a contact":               {carol, "", "", protocol.ActivityOnline},
		"a contact who is here":   {carol, protocol.ActivityOnline, "", protocol.ActivityOnline},
		"a contact who is away":   {carol, protocol.ActivityAway, "", protocol.ActivityAway},
		"a contact who is not":    {carol, protocol.ActivityOffline, fault.Invalid, ""},
		"a contact who is asleep": {carol, "asleep", fault.Invalid, ""},
		"a device":                {device, "", "", protocol.ActivityOnline},
		"a technician":            {alice, "", "", ""},
		"a technician, whatever":  {alice, "asleep", "", ""},
	} {
		l, err := presence.Open(test.by, "c1", protocol.Hello{Activity: test.hello}, protocol.BusyTechnician, noon)
		want(t, what, err, test.code)
		if err != nil {
			continue
		}
		if l.Activity != test.activity || (l.Availability == protocol.BusyTechnician) != (test.by.Role == identity.Technician) {
			t.Errorf("%s: is %q and %q", what, l.Activity, l.Availability)
		}
		if l.Connection != "c1" || l.ActiveAt != protocol.At(noon) || l.Until != protocol.At(noon.Add(presence.Term)) {
			t.Errorf("%s: holds %+v", what, l)
		}
	}
}

func TestOnlyEndUsersReportTheirActivity(t *testing.T) {
	for what, test := range map[string]struct {
		by       identity.Principal
		activity protocol.Activity
		code     fault.Code
		active   protocol.Millis
	}{
		"who is here again":  {carol, protocol.ActivityOnline, "", protocol.At(noon)},
		"who went away":      {carol, protocol.ActivityAway, "", 0}, // What is known stays.
		"who claims to be":   {carol, protocol.ActivityOffline, fault.Invalid, 0},
		"who says nothing":   {carol, "", fault.Invalid, 0},
		"a technician":       {alice, protocol.ActivityAway, fault.Forbidden, 0},
		"a technician, idly": {alice, "asleep", fault.Forbidden, 0},
	} {
		l, err := presence.Report(test.by, "c1", test.activity, noon)
		want(t, what, err, test.code)
		if err == nil && (l.ActiveAt != test.active || l.Activity != test.activity || l.Until != protocol.At(noon.Add(presence.Term))) {
			t.Errorf("%s: renews to %+v", what, l)
		}
	}
}

func TestABeatChangesOnlyTheTerm(t *testing.T) {
	l := presence.Renewed(carol, "c1", noon)
	if l.Activity != "" || l.Availability != "" || l.ActiveAt != 0 || l.Until != protocol.At(noon.Add(presence.Term)) {
		t.Errorf("renews to %+v", l)
	}
}

func TestOnlyATechnicianSetsTheirPresence(t *testing.T) {
	for _, a := range []protocol.Availability{protocol.Available, protocol.AwayTechnician, protocol.BusyTechnician} {
		want(t, "a technician sets "+string(a), presence.MaySet(alice, a), "")
		want(t, "a contact sets "+string(a), presence.MaySet(carol, a), fault.Forbidden)
	}
	for _, a := range []protocol.Availability{"", protocol.NotLoggedOn, "asleep"} {
		want(t, "a technician sets "+string(a), presence.MaySet(alice, a), fault.Invalid)
	}
}

func TestATechnicianWatchesTheirOwnCompanies(t *testing.T) {
	var scope []string
	for n := range protocol.MaxWatched + 1 {
		scope = append(scope, fmt.Sprint("c", n))
	}
	wide := identity.Principal{Role: identity.Technician, Companies: scope}
	for what, test := range map[string]struct {
		by        identity.Principal
		companies []string
		code      fault.Code
	}{
		"one":                     {alice, []string{"acme"}, ""},
		"one twice":               {alice, []string{"acme", "acme"}, ""},
		"25":                      {wide, scope[1:], ""},
		"26":                      {wide, scope, fault.Invalid},
		"none":                    {alice, nil, fault.Invalid},
		"one of another's":        {alice, []string{"acme", "initech"}, fault.NotFound},
		"what is no company":      {alice, []string{""}, fault.NotFound},
		"the staff":               {alice, []string{identity.Staff}, fault.NotFound},
		"a contact, their own":    {carol, []string{"acme"}, fault.Forbidden},
		"a device, its own":       {device, []string{"acme"}, fault.Forbidden},
		"a guest, nothing at all": {guest, nil, fault.Forbidden},
	} {
		want(t, what, presence.MayWatch(test.by, test.companies), test.code)
	}
}
