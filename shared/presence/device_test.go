package presence_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

// told is the device as it checks in at a time, with users idle for so long.
func told(t *testing.T, now time.Time, users ...protocol.LoggedOn) presence.Device {
	t.Helper()
	d, err := presence.CheckIn(device, "c1", protocol.CheckIn{Name: "ACME-LT-07", Users: users}, now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// idle is an account that has been idle for so long.
func idle(account string, d time.Duration) protocol.LoggedOn {
	return protocol.LoggedOn{Account: account, IdleSeconds: int64(d.Seconds())}
}

// B7 to B14 N22: the portal's tests read the same table. Times in it are in
// seconds from the moment at which a state is read.
func TestADeviceIsInTheStateThatItsTimesSay(t *testing.T) {
	text, err := os.ReadFile("testdata/states.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name                          string
		State                         protocol.DeviceState
		CheckedAt, Until              *int64
		Users                         []struct{ ActiveAt int64 }
		Auditing, NoRemote, Suspended bool
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	at := func(seconds *int64) protocol.Millis {
		if seconds == nil {
			return 0
		}
		return protocol.At(noon.Add(time.Duration(*seconds) * time.Second))
	}
	seen := map[protocol.DeviceState]bool{}
	for _, c := range cases {
		row := protocol.DeviceRow{
			CheckedAt: at(c.CheckedAt), Until: at(c.Until), Auditing: c.Auditing, NoRemote: c.NoRemote, Suspended: c.Suspended,
		}
		for _, u := range c.Users {
			row.Users = append(row.Users, protocol.DeviceUser{ActiveAt: at(&u.ActiveAt)})
		}
		if got := presence.StateOf(row, noon); got != c.State {
			t.Errorf("%s: is %s, want %s", c.Name, got, c.State)
		}
		seen[c.State] = true
	}
	if len(seen) != 8 {
		t.Errorf("only %d states are tested", len(seen))
	}
}

// K 'Idle clock': who is logged on at a device is away after 10 minutes, who is
// at a portal when its page says so.
func TestADeviceUserIsAwayAfterTenMinutes(t *testing.T) {
	d := told(t, noon, idle("bob", presence.Quiet))
	for after, want := range map[time.Duration]protocol.Activity{
		0: protocol.ActivityOnline, 5*time.Minute - time.Second: protocol.ActivityOnline,
		5 * time.Minute: protocol.ActivityAway, presence.Term - time.Second: protocol.ActivityAway,
		presence.Term: protocol.ActivityOffline,
	} {
		if row := presence.Row(carol, d.Leases(), noon.Add(after)); row.Activity != want {
			t.Errorf("%v later: is %s, want %s", after, row.Activity, want)
		}
	}
	page := lease(d.Leases()[0].Principal)
	if row := presence.Row(page.Principal, append(d.Leases(), page), noon.Add(6*time.Minute)); row.Activity != protocol.ActivityOnline {
		t.Errorf("with a page open: is %s", row.Activity)
	}
}

// B2: nothing is listed for longer than 90 minutes that nobody has confirmed.
func TestNothingUnconfirmedStaysFor90Minutes(t *testing.T) {
	if presence.Term > 90*time.Minute || 2*presence.Beat >= presence.Term || presence.Quiet+presence.Beat >= presence.Idle {
		t.Errorf("a lease of %v, renewed every %v, does not do", presence.Term, presence.Beat)
	}
}

func TestAnAccountOfADomainIsOnePersonOnAllDevices(t *testing.T) {
	other := named(device, "other")
	at := func(by identity.Principal, account string) string {
		d, err := presence.CheckIn(by, "c", protocol.CheckIn{Name: "D", Users: []protocol.LoggedOn{{Account: account}}}, noon)
		if err != nil {
			t.Fatal(err)
		}
		return d.Users[0].ID
	}
	if at(device, `ACME\carol`) != at(other, `acme\Carol`) {
		t.Error("carol of the domain is two people")
	}
	if at(device, "admin") == at(other, "admin") {
		t.Error("the administrators of two devices are one person")
	}
	elsewhere := device
	elsewhere.Company = "globex"
	if at(device, `ACME\carol`) == at(elsewhere, `ACME\carol`) {
		t.Error("carols of two companies are one person")
	}
}

func TestWhoHasTwoSessionsIsLoggedOnOnce(t *testing.T) {
	d := told(t, noon, idle("bob", time.Hour), idle("carol", 0), idle("BOB", time.Minute))
	if len(d.Users) != 2 || d.Users[0].ActiveAt != protocol.At(noon.Add(-time.Minute)) || len(d.Leases()) != 2 {
		t.Errorf("logged on are %+v", d.Users)
	}
}

func TestOnlyADeviceAgentChecksIn(t *testing.T) {
	many := make([]protocol.LoggedOn, presence.MaxUsers+1)
	for i := range many {
		many[i].Account = fmt.Sprint("user", i)
	}
	good := protocol.CheckIn{Name: "D", Users: many[1:]}
	for what, test := range map[string]struct {
		by   identity.Principal
		data protocol.CheckIn
		code fault.Code
	}{
		"a device":                      {device, good, ""},
		"a device with nobody there":    {device, protocol.CheckIn{Name: "D"}, ""},
		"a contact":                     {carol, good, fault.Forbidden},
		"a technician":                  {alice, good, fault.Forbidden},
		"a guest":                       {guest, good, fault.Forbidden},
		"a crowd":                       {device, protocol.CheckIn{Name: "D", Users: many}, fault.Invalid},
		"without a name":                {device, protocol.CheckIn{}, fault.Invalid},
		"with a name that turns text":   {device, protocol.CheckIn{Name: "D\u202e"}, fault.Invalid},
		"with a nameless account":       {device, protocol.CheckIn{Name: "D", Users: []protocol.LoggedOn{{}}}, fault.Invalid},
		"with a name that is too long":  {device, protocol.CheckIn{Name: "D", Users: []protocol.LoggedOn{{Account: "a", Name: strings.Repeat("x", 201)}}}, fault.Invalid},
		"with somebody of the future":   {device, protocol.CheckIn{Name: "D", Users: []protocol.LoggedOn{{Account: "a", IdleSeconds: -1}}}, fault.Invalid},
		"with somebody of before times": {device, protocol.CheckIn{Name: "D", Users: []protocol.LoggedOn{{Account: "a", IdleSeconds: 1 << 60}}}, fault.Invalid},
	} {
		_, err := presence.CheckIn(test.by, "c1", test.data, noon)
		want(t, what, err, test.code)
	}
}

func TestOnlyWhatIsNewIsTold(t *testing.T) {
	nothing, one := presence.Device{}, told(t, noon, idle("bob", 0))
	later := noon.Add(presence.Beat)
	suspended := told(t, later, idle("bob", 0))
	suspended.Suspended = true
	for what, test := range map[string]struct {
		before, after presence.Device
		now           time.Time
		device        bool
		users         []string
	}{
		"the first time":             {nothing, one, noon, true, []string{"bob"}},
		"nothing new":                {one, told(t, later, idle("bob", 0)), later, false, nil},
		"a pause":                    {one, told(t, later, idle("bob", presence.Beat)), later, false, nil},
		"one who became quiet":       {one, told(t, later, idle("bob", presence.Quiet)), later, true, []string{"bob"}},
		"one who is quiet still":     {told(t, noon, idle("bob", presence.Quiet)), told(t, later, idle("bob", presence.Quiet+presence.Beat)), later, false, nil},
		"one who became inactive":    {told(t, noon, idle("bob", presence.Quiet)), told(t, later, idle("bob", presence.Idle)), later, true, []string{"bob"}},
		"one who is back":            {told(t, noon, idle("bob", presence.Idle)), told(t, later, idle("bob", 0)), later, true, []string{"bob"}},
		"one more":                   {one, told(t, later, idle("bob", 0), idle("eve", 0)), later, true, []string{"eve"}},
		"another":                    {one, told(t, later, idle("eve", 0)), later, true, []string{"eve", "bob"}},
		"nobody any more":            {one, told(t, later), later, true, []string{"bob"}},
		"a device that is back":      {one, told(t, noon.Add(presence.Term), idle("bob", 0)), noon.Add(presence.Term), true, []string{"bob"}},
		"a device that is suspended": {one, suspended, later, true, nil},
	} {
		device, users := presence.News(test.before, test.after, test.now)
		var names []string
		for _, u := range users {
			names = append(names, u.Name)
		}
		if device != test.device || !slices.Equal(names, test.users) {
			t.Errorf("%s: tells %v of the device, and of %q", what, device, names)
		}
	}
}
