package session_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

func TestTheDocumentSaysWhatTheRulesDo(t *testing.T) {
	document, err := os.ReadFile("../../docs/sessions.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := []string{
		fmt.Sprintf("at once outside office hours | %v |", session.Answering),
		fmt.Sprintf("what only a technician ends | more than %v |", session.Silence),
		fmt.Sprintf("the request is abandoned | more than %v |", session.Lost),
		fmt.Sprintf("may nudge again | %v |", session.Nudging),
	}
	for _, kind := range []protocol.SessionKind{protocol.Managed, protocol.Portal, protocol.Staff} {
		rows = append(rows, described(kind))
	}
	for _, kind := range []protocol.SessionKind{protocol.OnDemand, protocol.Guest} {
		rows = append(rows, describedInvited(t, kind))
	}
	for _, row := range rows {
		if !strings.Contains(string(document), row+"\n") {
			t.Errorf("docs/sessions.md does not say: %s", row)
		}
	}
}

// described is the document's row of a kind, as the rules have it.
func described(kind protocol.SessionKind) string {
	begun, away, asked := "technician", "no", "never"
	by := carol
	by.Machine = deviceOf(kind)
	if c, err := session.Request(by, protocol.RequestSession{Session: idOf(kind), Problem: "help"}, session.Terms{}, noon); err == nil && c.Next.Kind == kind {
		begun += ", contact"
	}
	if _, err := start(kind, protocol.ActivityAway, false); err == nil {
		away = "yes"
	}
	usually, errUsually := start(kind, protocol.ActivityOnline, false)
	set, errSet := start(kind, protocol.ActivityOnline, true)
	if errUsually == nil && errSet == nil && usually.State == protocol.Active && set.State == protocol.Connecting {
		asked = "if the setting says so"
	}
	var ends []string
	for _, by := range []identity.Principal{alice, other(kind)} {
		if _, err := usually.End(by, protocol.EndSession{}, true, noon); err == nil && (len(ends) == 0 || ends[0] != string(by.Role)) {
			ends = append(ends, string(by.Role))
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |", kind, begun, away, asked, strings.Join(ends, ", "))
}

// describedInvited is the row of a kind that begins with an invite, to somebody
// who is never there yet.
func describedInvited(t *testing.T, kind protocol.SessionKind) string {
	t.Helper()
	asked := "never"
	usual := called(t, kind)
	d := protocol.InviteGuest{Session: id, Kind: kind, Secret: secretHash}
	c, err := session.Invites(alice, d, session.Terms{}, noon)
	if err == nil && usual.Asks && !c.Next.Asks {
		asked = "unless the setting says no"
	}
	usual.does(usual.Approve(gwen(usual.Session), noon))
	var ends []string
	for _, by := range []identity.Principal{alice, gwen(usual.Session)} {
		if _, err := usual.End(by, protocol.EndSession{}, true, noon); err == nil {
			ends = append(ends, string(by.Role))
		}
	}
	return fmt.Sprintf("| %s | technician | yes | %s | %s |", kind, asked, strings.Join(ends, ", "))
}

func start(kind protocol.SessionKind, activity protocol.Activity, ask bool) (session.Session, error) {
	to := session.Reach{Contact: session.Person(other(kind)), Activity: activity, Device: deviceOf(kind)}
	c, err := session.Start(alice, idOf(kind), to, session.Terms{AskManaged: ask}, noon)
	return c.Next, err
}

func idOf(kind protocol.SessionKind) string {
	if kind == protocol.Staff {
		return strings.Replace(id, "acme", identity.Staff, 1)
	}
	return id
}

func deviceOf(kind protocol.SessionKind) *identity.Machine {
	if kind == protocol.Managed {
		return ltop7
	}
	return nil
}

// other is with whom alice has a session of a kind.
func other(kind protocol.SessionKind) identity.Principal {
	if kind == protocol.Staff {
		return bob
	}
	return carol
}
