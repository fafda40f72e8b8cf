package handler_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

var (
	laptop = identity.Principal{ID: "laptop", Role: identity.Device, Name: "ACME-LT-07", Company: "acme"}
	tower  = identity.Principal{ID: "tower", Role: identity.Device, Name: "ACME-PC-09", Company: "acme"}
)

// users are accounts, active just now.
func users(accounts ...string) protocol.CheckIn {
	d := protocol.CheckIn{Name: "ACME"}
	for _, a := range accounts {
		d.Users = append(d.Users, protocol.LoggedOn{Account: a})
	}
	return d
}

// checks lets a device check in, and returns the ids of its users.
func (w *world) checks(by identity.Principal, d protocol.CheckIn) []string {
	w.t.Helper()
	d.Name = by.Name
	return does[protocol.CheckedIn](w, by, "presence.check", d).Users
}

// watches is the whole roster of acme, as alice reads it page by page.
func (w *world) watches() protocol.Listed {
	w.t.Helper()
	page := does[protocol.Watched](w, alice, "presence.watch", protocol.Watch{Companies: []string{"acme"}}).Listed
	for next := page.Next; next != ""; {
		more := does[protocol.Listed](w, alice, "presence.list", protocol.ListRoster{Companies: []string{"acme"}, After: next})
		page.Contacts, page.Devices = append(page.Contacts, more.Contacts...), append(page.Devices, more.Devices...)
		if next == more.Next {
			w.t.Fatalf("the page after %s begins there again", next)
		}
		next = more.Next
	}
	return page
}

// there is what a roster says in short.
func there(l protocol.Listed) string {
	var words []string
	for _, c := range l.Contacts {
		var at []string
		for _, m := range c.Devices {
			at = append(at, m.ID)
		}
		words = append(words, fmt.Sprintf("%s %s at %s", c.Name, c.Activity, strings.Join(at, "+")))
	}
	for _, d := range l.Devices {
		words = append(words, fmt.Sprintf("%s %s", d.ID, d.State))
	}
	return sorted(words...)
}

// sorted are words in the order of the alphabet.
func sorted(words ...string) string {
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func (w *world) shows(when, want string) {
	w.t.Helper()
	if got := there(w.watches()); got != want {
		w.t.Errorf("%s: %s, want %s", when, got, want)
	}
}

// B1 B3 B5: several users of one device, one user on several devices.
func TestTheRosterHasEverybodyWhoIsLoggedOnAnywhere(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.checks(laptop, users(`ACME\bob`, "admin"))
	w.checks(tower, users(`ACME\bob`))
	w.shows("at first", `ACME\bob online at laptop+tower, admin online at laptop, laptop used, tower used`)
	w.passes(time.Minute)
	w.checks(laptop, users("admin"))
	w.shows("when bob has left one", `ACME\bob online at tower, admin online at laptop, laptop used, tower used`)
	w.goes(tower, "tower")
	w.shows("when the other is switched off", `admin online at laptop, laptop used, tower offline`)
	w.checks(laptop, users())
	w.shows("when nobody is left", `laptop online, tower offline`)
}

// B9 B10 B11 N22: what is read follows from the clock alone, to the second.
func TestADeviceFallsIdleAndSilentByTheClock(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	d := users("bob")
	d.Users[0].IdleSeconds = 300
	w.checks(laptop, d)
	for _, step := range []struct {
		after time.Duration
		want  string
	}{
		{5*time.Minute - time.Second, "bob online at laptop, laptop used"},
		{time.Second, "bob away at laptop, laptop idle"},
		{5*time.Minute - time.Second, "bob away at laptop, laptop idle"},
		{time.Second, "laptop offline"},
	} {
		w.passes(step.after)
		w.shows("after "+step.after.String(), step.want)
	}
}

// A beat costs those who watch nothing; a change is one push, and one more for
// each further person.
func TestOnlyWhatChangesIsPushedAndOnlyToWhoWatches(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.arrives(bob, "bob")
	w.watches()
	heard := func(when string, alices int) {
		t.Helper()
		if got := w.heard("alice"); len(got) != alices || slices.ContainsFunc(got, func(n string) bool { return n != "presence.changed" }) {
			t.Errorf("%s: alice hears %q", when, got)
		}
		if got := w.heard("bob"); len(got) != 0 {
			t.Errorf("%s: bob, who watches nobody, hears %q", when, got)
		}
	}
	heard("before", 0)
	w.checks(laptop, users("bob"))
	heard("at the first check-in", 1)
	w.passes(presence.Beat)
	w.checks(laptop, users("bob"))
	heard("at a beat", 0)
	w.checks(laptop, users("eve", "bob", "dan"))
	heard("when two more come", 2)
	w.goes(laptop, "laptop")
	heard("when it is switched off", 3)
}

// An agent may come back on a new connection before the service hears of the
// end of the old one.
func TestTheEndOfAnOldConnectionChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	d := users("bob")
	d.Name = laptop.Name
	doesAt[protocol.CheckedIn](w, laptop, "old", "presence.check", d)
	doesAt[protocol.CheckedIn](w, laptop, "new", "presence.check", d)
	w.goes(laptop, "old")
	w.shows("after the end", "bob online at laptop, laptop used")
	w.goes(laptop, "new")
	w.shows("after the end of both", "laptop offline")
}

// C8: the agent hears of a session with one of its users, on the device that
// the technician chose and on no other.
func TestTheAgentHearsOfASessionWithItsUser(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	bob := w.checks(laptop, users("bob"))[0]
	w.checks(tower, users("eve"))
	start := protocol.StartSession{Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b01", Contact: bob, Device: "laptop"}
	s := does[protocol.SessionReply](w, alice, "session.start", start).Session
	if s.Kind != protocol.Managed || s.Device == nil || s.Device.ID != "laptop" || s.Contact.Name != "bob" {
		t.Errorf("the session is %+v", s)
	}
	if got := w.heard("laptop"); !slices.Equal(got, []string{"session.changed"}) {
		t.Errorf("its agent hears %q", got)
	}
	if got := w.heard("tower"); len(got) != 0 {
		t.Errorf("another agent hears %q", got)
	}
	start.Session, start.Device = "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b02", "tower"
	w.refused(alice, "session.start", start)
}

// B25: nobody logged on, no session.
func TestADeviceWithNobodyLoggedOnTakesNoSession(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	bob := w.checks(laptop, users("bob"))[0]
	w.checks(laptop, users())
	w.refused(alice, "session.start", protocol.StartSession{Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b01", Contact: bob, Device: "laptop"})
}

func TestAnAgentIsNoParticipant(t *testing.T) {
	w := newWorld(t)
	w.arrives(laptop, "laptop")
	for command, data := range map[string]any{
		"session.request": protocol.RequestSession{Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b01", Problem: "Help"},
		"session.start":   protocol.StartSession{Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b01", Contact: "bob"},
		"presence.watch":  protocol.Watch{Companies: []string{"acme"}},
		"presence.list":   protocol.ListRoster{Companies: []string{"acme"}},
		"presence.set":    protocol.SetAvailability{Availability: protocol.Available},
	} {
		w.refused(laptop, command, data)
	}
}

// Each page is one frame; together they have everything once.
func TestALongRosterIsReadByPages(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	const many = 700
	for n := range many {
		by := identity.Principal{ID: fmt.Sprintf("d%03d", n), Role: identity.Device, Name: strings.Repeat("N", 150), Company: "acme"}
		w.checks(by, users(fmt.Sprint("user", n)))
	}
	first := does[protocol.Watched](w, alice, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	if text, err := json.Marshal(first); err != nil || len(text) > 128<<10 || first.Next == "" {
		t.Errorf("the first page has %d bytes and goes on at %q (%v)", len(text), first.Next, err)
	}
	all := w.watches()
	seen := map[string]bool{}
	for _, c := range all.Contacts {
		seen[c.ID] = true
	}
	for _, d := range all.Devices {
		seen[d.ID] = true
	}
	if len(all.Contacts) != many || len(all.Devices) != many || len(seen) != 2*many {
		t.Errorf("%d contacts and %d devices, %d of them different", len(all.Contacts), len(all.Devices), len(seen))
	}
}

func TestAPageBeginsWhereTheOneBeforeEnded(t *testing.T) {
	w := newWorld(t)
	for _, after := range []string{"acme", "globex/people/x", "acme/secrets/x", "//", "acme/people/" + strings.Repeat("x", 300)} {
		if got := w.refused(alice, "presence.list", protocol.ListRoster{Companies: []string{"acme"}, After: after}); got.Code != fault.Invalid {
			t.Errorf("after %.20s: %v", after, got)
		}
	}
	if got := w.refused(alice, "presence.list", protocol.ListRoster{Companies: []string{"globex"}}); got.Code != fault.NotFound {
		t.Errorf("another company: %v", got)
	}
}
