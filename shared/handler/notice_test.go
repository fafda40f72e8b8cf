package handler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

// telling is a notice for somebody at acme.
func telling(contact string) protocol.Notify {
	return protocol.Notify{Company: "acme", Contact: contact, Notice: "n1", Text: "The mail server restarts at 17:00."}
}

// D14: a technician shows a text without a session, and hears that it was read.
func TestANoticeIsShownOnEveryPageOfItsContactAndTheTechnicianHearsThatItWasRead(t *testing.T) {
	w := newWorld(t)
	for _, connection := range []string{"carol", "carol's phone"} {
		w.arrives(carol, connection)
	}
	for _, p := range []identity.Principal{alice, bob, dave} {
		w.arrives(p, p.ID)
	}
	if got := does[protocol.Notified](w, alice, "presence.notify", telling("carol")); got.Pages != 2 {
		t.Errorf("it was shown on %d pages, want 2", got.Pages)
	}
	w.hear(t, "presence.notified", "carol", "carol's phone")
	does[protocol.Empty](w, carol, "presence.acknowledge", protocol.Acknowledge{Notice: "n1", Technician: "alice"})
	w.hear(t, "presence.acknowledged", "alice")
	if mine := does[protocol.Welcome](w, carol, "presence.hello", protocol.Hello{}).Sessions; len(mine) != 0 {
		t.Errorf("there are the sessions %+v", mine)
	}
}

// hear fails unless a push went to these connections, each once, and no other
// did since it was asked before.
func (w *world) hear(t *testing.T, name string, connections ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var heard []string
	for _, s := range w.pushed {
		heard = append(heard, s.connection+" "+s.push.Name)
	}
	w.pushed = nil
	slices.Sort(heard)
	var want []string
	for _, c := range connections {
		want = append(want, c+" "+name)
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard is %q, want %q", heard, want)
	}
}

// D14: a notice for a device is shown there only.
func TestANoticeForADeviceIsShownAtThatDeviceOnly(t *testing.T) {
	w := newWorld(t)
	tablet := seated
	tablet.Machine = &identity.Machine{ID: "d8", Name: "D 8"}
	w.arrives(seated, "laptop")
	w.arrives(tablet, "tablet")
	n := telling("seated")
	n.Device = "d8"
	does[protocol.Notified](w, alice, "presence.notify", n)
	w.hear(t, "presence.notified", "tablet")
}

// D14: what no page has taken was not sent.
func TestANoticeThatNoPageTakesIsRefused(t *testing.T) {
	nobody := func(w *world, when string) {
		t.Helper()
		want := "Nobody of that name is logged on there, so no message can be shown."
		if got := w.refused(alice, "presence.notify", telling("carol")); got.Code != fault.Conflict || got.Message != want {
			t.Errorf("%s: refused as %+v", when, got)
		}
		w.hear(t, "")
	}
	w := newWorld(t)
	nobody(w, "never logged on")
	w.arrives(carol, "carol")
	w.dead = "carol"
	nobody(w, "the gateway has lost the page")
	w.dead = ""
	w.arrives(carol, "carol")
	w.passes(presence.Term)
	nobody(w, "the lease has run out")
	w.arrives(carol, "carol")
	if got := does[protocol.Notified](w, alice, "presence.notify", telling("carol")); got.Pages != 1 {
		t.Errorf("there again it was shown on %d pages", got.Pages)
	}
}

// D14: a device agent shows nothing, so it is not counted as a page.
func TestANoticeDoesNotGoToADeviceAgent(t *testing.T) {
	w := newWorld(t)
	agent := identity.Principal{ID: "d7", Role: identity.Device, Name: "D 7", Company: "acme"}
	w.arrives(agent, "agent")
	checked := does[protocol.CheckedIn](w, agent, "presence.check", protocol.CheckIn{Name: "D 7", Users: []protocol.LoggedOn{{Account: "carol"}}})
	if got := w.refused(alice, "presence.notify", telling(checked.Users[0])); got.Code != fault.Conflict {
		t.Errorf("refused as %+v", got)
	}
	w.hear(t, "")
}

// D14: the bounds of a notice, for who may send one.
func TestANoticeHasATextAndAnID(t *testing.T) {
	w := newWorld(t)
	w.arrives(carol, "carol")
	for what, change := range map[string]func(*protocol.Notify){
		"no text":         func(n *protocol.Notify) { n.Text = "" },
		"blanks":          func(n *protocol.Notify) { n.Text = " \n\t" },
		"a text too long": func(n *protocol.Notify) { n.Text = strings.Repeat("é", 512) + "." },
		"no id":           func(n *protocol.Notify) { n.Notice = "" },
		"an id too long":  func(n *protocol.Notify) { n.Notice = strings.Repeat("n", 65) },
	} {
		n := telling("carol")
		change(&n)
		if got := w.refused(alice, "presence.notify", n); got.Code != fault.Invalid {
			t.Errorf("%s: refused as %+v", what, got)
		}
	}
	longest := telling("carol")
	longest.Text, longest.Notice = strings.Repeat("é", 512), strings.Repeat("n", 64)
	does[protocol.Notified](w, alice, "presence.notify", longest)
	w.hear(t, "presence.notified", "carol")
}

// D14: who may not see the contact cannot tell them from somebody who does not
// exist, and reads nothing.
func TestAnOutsiderCannotTellByANoticeWhetherAContactIsThere(t *testing.T) {
	w := newWorld(t)
	w.arrives(carol, "carol")
	there, nowhere := w.refused(outsider, "presence.notify", telling("carol")), w.refused(outsider, "presence.notify", telling("nobody"))
	if there.Code != fault.NotFound || there != nowhere {
		t.Errorf("there %+v, nowhere %+v", there, nowhere)
	}
	for _, company := range []string{identity.Staff, "", "acme/desks", "acme#"} {
		n := telling("bob")
		n.Company = company
		if got := w.refused(alice, "presence.notify", n); got != there {
			t.Errorf("at %q: refused as %+v", company, got)
		}
	}
	w.hear(t, "")
}

// D14: nobody can tell a technician of another company anything this way, nor
// find out by it who is there.
func TestOnlyATechnicianWhoSeesTheCompanyHearsThatANoticeWasRead(t *testing.T) {
	w := newWorld(t)
	w.arrives(outsider, "outsider")
	w.arrives(alice, "alice")
	for _, technician := range []string{"outsider", "nobody", "dave", ""} {
		does[protocol.Empty](w, carol, "presence.acknowledge", protocol.Acknowledge{Notice: "n1", Technician: technician})
	}
	w.hear(t, "")
	if got := w.refused(bob, "presence.acknowledge", protocol.Acknowledge{Notice: "n1", Technician: "alice"}); got.Code != fault.Forbidden {
		t.Errorf("a technician: refused as %+v", got)
	}
	if got := w.refused(carol, "presence.acknowledge", protocol.Acknowledge{Technician: "alice"}); got.Code != fault.Invalid {
		t.Errorf("without an id: refused as %+v", got)
	}
	w.hear(t, "")
}
