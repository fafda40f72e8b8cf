package handler_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

const (
	guestID   = "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8c01"
	office    = "203.0.113.17"
	elsewhere = "2001:db8:1:2:aaaa::1"
)

// browser is one that has typed a code or followed a link.
func browser(name, secret string) invite.Ticket {
	return invite.Ticket{Secret: secret, Key: "0123456789abcdefghij" + name, Name: name}
}

var (
	gwen    = browser("Gwen", "7K2MQ4X9")
	mallory = browser("Mallory", "7K2MQ4X9")
)

// knocks is what becomes of a browser that connects from an address.
func (w *world) knocks(ticket invite.Ticket, address string) (identity.Principal, error) {
	w.t.Helper()
	offered, err := ticket.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	a := handler.Authorizer{
		Verifier: verifier{}, Now: w.time, Log: log, Origins: []string{"https://desk.example.com"},
		Guests: session.Door{Invites: dynamo.Invites{Table: w.table}, Sessions: dynamo.NewSessions(w.table)},
	}
	e := events.APIGatewayCustomAuthorizerRequestTypeRequest{Headers: map[string]string{"Sec-WebSocket-Protocol": "parley, " + offered}}
	e.RequestContext.Identity.SourceIP = address
	response, err := a.Handle(w.t.Context(), e)
	if err != nil {
		return identity.Principal{}, err
	}
	var p identity.Principal
	err = json.Unmarshal([]byte(response.Context["principal"].(string)), &p)
	return p, err
}

func (w *world) letsIn(ticket invite.Ticket, address string) identity.Principal {
	w.t.Helper()
	p, err := w.knocks(ticket, address)
	if err != nil {
		w.t.Fatalf("%s is refused: %v", ticket.Name, err)
	}
	return p
}

// keepsOut fails unless a browser is refused as all are.
func (w *world) keepsOut(why string, ticket invite.Ticket, address string) {
	w.t.Helper()
	if p, err := w.knocks(ticket, address); err == nil || err.Error() != "Unauthorized" {
		w.t.Errorf("%s: got %+v and %v", why, p, err)
	}
}

// invites makes a code with which gwen comes.
func (w *world) invites(kind protocol.SessionKind, ticket invite.Ticket) protocol.Session {
	w.t.Helper()
	d := protocol.InviteGuest{Session: guestID, Kind: kind, Secret: invite.Hash(ticket.Secret)}
	return does[protocol.SessionReply](w, alice, "session.invite", d).Session
}

// A13 C11: from the code to the chat.
func TestSomebodyComesByACode(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	asked := w.invites(protocol.OnDemand, gwen)
	if again := w.invites(protocol.OnDemand, gwen); again.ID != asked.ID || again.Version != 1 {
		t.Errorf("sent again it is %+v", again)
	}
	does[protocol.Resumed](w, alice, "message.resume", protocol.Resume{Session: guestID})
	by := w.letsIn(gwen, office)
	if by.Role != identity.Guest || by.Name != "Gwen (guest)" || by.ID != asked.Contact.ID || by.Company != "acme" {
		t.Errorf("gwen is %+v", by)
	}
	welcome := does[protocol.Welcome](w, by, "presence.hello", protocol.Hello{})
	if len(welcome.Sessions) != 1 || welcome.Sessions[0].State != protocol.Connecting || !welcome.Sessions[0].Asks {
		t.Errorf("welcomed with %+v", welcome.Sessions)
	}
	does[protocol.SessionReply](w, by, "session.approve", protocol.NameSession{Session: guestID})
	does[protocol.Resumed](w, by, "message.resume", protocol.Resume{Session: guestID})
	does[protocol.Posted](w, by, "message.post", protocol.Post{Session: guestID, Message: "m1", Text: "hello", After: 2})
	if heard := w.heard("alice"); !slices.Contains(heard, "session.changed") || !slices.Contains(heard, "message.posted") {
		t.Errorf("alice heard %v", heard)
	}
	stored := w.stands("after the code", guestID, protocol.Active)
	if stored.Contact.Name != "Gwen (guest)" || stored.Device == nil || stored.Device.Name != "On-demand device" {
		t.Errorf("it is with %+v at %+v", stored.Contact, stored.Device)
	}
	if log := w.log.String(); strings.Contains(log, gwen.Secret) || strings.Contains(log, office) || strings.Contains(log, "Gwen") {
		t.Errorf("logged %s", log)
	}
}

// N11: who is let in, and who is not.
func TestAnInviteIsForOneBrowserAndOneSession(t *testing.T) {
	t.Run("a wrong code", func(t *testing.T) {
		w := newWorld(t)
		w.invites(protocol.OnDemand, gwen)
		w.keepsOut("a wrong code", browser("Gwen", "7K2MQ4X8"), office)
	})
	for kind, ticket := range map[protocol.SessionKind]invite.Ticket{
		protocol.OnDemand: gwen, protocol.Guest: browser("Gwen", "AbCdEfGhIjKlMnOpQrStUv_-"),
	} {
		t.Run("in time, by "+string(kind), func(t *testing.T) {
			w := newWorld(t)
			w.invites(kind, ticket)
			w.passes(invite.Term(kind) - time.Second)
			w.letsIn(ticket, office)
			w.passes(2 * time.Second)
			w.letsIn(ticket, office) // Bound by now.
		})
		t.Run("too late, by "+string(kind), func(t *testing.T) {
			w := newWorld(t)
			w.invites(kind, ticket)
			w.passes(invite.Term(kind))
			w.keepsOut("too late", ticket, office)
		})
	}
	t.Run("another browser", func(t *testing.T) {
		w := newWorld(t)
		w.invites(protocol.OnDemand, gwen)
		first := w.letsIn(gwen, office) // And is killed before it says anything.
		w.keepsOut("the second browser", mallory, office)
		other := gwen
		other.Name = "Somebody else"
		if again := w.letsIn(other, elsewhere); again.ID != first.ID || again.Name != first.Name {
			t.Errorf("the same browser is %+v, was %+v", again, first)
		}
	})
	t.Run("withdrawn", func(t *testing.T) {
		w := newWorld(t)
		s := w.invites(protocol.OnDemand, gwen)
		does[protocol.SessionReply](w, alice, "session.revoke", protocol.RevokeGuest{Session: guestID, Guest: s.Contact.ID})
		w.keepsOut("withdrawn", gwen, office)
	})
	t.Run("ended", func(t *testing.T) {
		w := newWorld(t)
		w.invites(protocol.OnDemand, gwen)
		by := w.letsIn(gwen, office)
		does[protocol.SessionReply](w, by, "session.approve", protocol.NameSession{Session: guestID})
		w.letsIn(gwen, office)
		does[protocol.SessionReply](w, alice, "session.end", protocol.EndSession{Session: guestID})
		w.keepsOut("ended", gwen, office)
	})
	t.Run("of two at once", func(t *testing.T) {
		w := newWorld(t)
		w.invites(protocol.OnDemand, gwen)
		var all sync.WaitGroup
		got := make([]error, 8)
		for n := range got {
			all.Go(func() {
				_, got[n] = w.door().Redeem(w.t.Context(), offer(t, browser(fmt.Sprint("B", n), gwen.Secret)), office, w.time())
			})
		}
		all.Wait()
		if in := len(got) - count(got); in != 1 {
			t.Errorf("%d were let in: %v", in, got)
		}
	})
}

func (w *world) door() session.Door {
	return session.Door{Invites: dynamo.Invites{Table: w.table}, Sessions: dynamo.NewSessions(w.table)}
}

func offer(t *testing.T, ticket invite.Ticket) string {
	t.Helper()
	offered, err := ticket.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return offered
}

func count(errs []error) int {
	return len(slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil }))
}

// N11: a guest by link comes into a session that goes on, and is taken out.
func TestAGuestIsInvitedIntoASessionThatGoesOn(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	id := w.requests(carol, "01")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: id})
	linked := browser("Gwen", "AbCdEfGhIjKlMnOpQrStUv_-")
	d := protocol.InviteGuest{Session: id, Secret: invite.Hash(linked.Secret)}
	does[protocol.SessionReply](w, alice, "session.invite", d)
	if again := does[protocol.SessionReply](w, alice, "session.invite", d); len(again.Session.Participants) != 3 {
		t.Errorf("sent again it has %+v", again.Session.Participants)
	}
	by := w.letsIn(linked, office)
	welcome := does[protocol.Welcome](w, by, "presence.hello", protocol.Hello{})
	if len(welcome.Sessions) != 1 || welcome.Sessions[0].ID != id {
		t.Fatalf("welcomed with %+v", welcome.Sessions)
	}
	does[protocol.SessionReply](w, by, "session.join", protocol.JoinSession{Session: id})
	does[protocol.Resumed](w, by, "message.resume", protocol.Resume{Session: id})
	does[protocol.SessionReply](w, alice, "session.revoke", protocol.RevokeGuest{Session: id, Guest: by.ID})
	w.keepsOut("taken out", linked, office)
	w.heard(by.ID)
	does[protocol.Posted](w, carol, "message.post", protocol.Post{Session: id, Message: "m1", Text: "Is he gone?", After: 3})
	if heard := w.heard(by.ID); len(heard) > 0 {
		t.Errorf("who was taken out hears %v", heard)
	}
	if refused := w.refused(by, "message.post", protocol.Post{Session: id, Message: "m2", Text: "No", After: 3}); refused.Code != fault.NotFound {
		t.Errorf("they post: %v", refused)
	}
}

// N23: a guest reaches their own session and nothing else.
func TestAGuestReachesOnlyTheirSession(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.invites(protocol.OnDemand, gwen)
	by := w.letsIn(gwen, office)
	w.arrives(by, by.ID)
	does[protocol.SessionReply](w, by, "session.approve", protocol.NameSession{Session: guestID})
	other := w.requests(dave, "02")
	does[protocol.SessionReply](w, alice, "session.join", protocol.JoinSession{Session: other})
	missing := "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0aff99"

	named := func(id string) map[string]any {
		return map[string]any{
			"session.approve": protocol.NameSession{Session: id}, "session.refuse": protocol.NameSession{Session: id},
			"session.cancel": protocol.NameSession{Session: id}, "session.join": protocol.JoinSession{Session: id},
			"session.take": protocol.TakeSession{Session: id}, "session.leave": protocol.NameSession{Session: id},
			"session.transfer": protocol.TransferSession{Session: id}, "session.end": protocol.EndSession{Session: id},
			"session.callback": protocol.AskCallback{Session: id, Phone: "999"}, "session.nudge": protocol.NameSession{Session: id},
			"session.invite": protocol.InviteGuest{Session: id, Secret: invite.Hash("x")},
			"session.revoke": protocol.RevokeGuest{Session: id, Guest: "alice"},
			"message.post":   protocol.Post{Session: id, Message: "m", Text: "hello"}, "message.type": protocol.Type{Session: id, Typing: true},
			"message.resume": protocol.Resume{Session: id}, "message.read": protocol.Read{Session: id}, "message.list": protocol.List{Session: id},
		}
	}
	nothing := named(missing)
	for command, data := range named(other) {
		there, none := w.refused(by, command, data), w.refused(by, command, nothing[command])
		if there.Code != none.Code || there.Message != none.Message {
			t.Errorf("%s tells whether there is such a session: %v, %v", command, there, none)
		}
	}
	for command, data := range map[string]any{
		"session.start":   protocol.StartSession{Session: missing, Contact: dave.ID},
		"session.request": protocol.RequestSession{Session: missing, Problem: "Help"},
		"session.invite":  protocol.InviteGuest{Session: missing, Kind: protocol.Guest, Secret: invite.Hash("x")},
		"presence.watch":  protocol.Watch{Companies: []string{"acme"}},
		"presence.set":    protocol.SetAvailability{Availability: protocol.Available},
	} {
		if refused := w.refused(by, command, data); refused.Code != fault.Forbidden && refused.Code != fault.NotFound {
			t.Errorf("%s: %v", command, refused)
		}
	}
	watched := does[protocol.Watched](w, alice, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	if slices.ContainsFunc(watched.Contacts, func(r protocol.RosterRow) bool { return r.ID == by.ID }) {
		t.Errorf("the guest is in the roster: %+v", watched.Contacts)
	}
}

func TestGuessingIsHopeless(t *testing.T) {
	w := newWorld(t)
	w.invites(protocol.OnDemand, gwen)
	in := browser("Ivy", "AAAAAAAA")
	d := protocol.InviteGuest{Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8c02", Kind: protocol.OnDemand, Secret: invite.Hash(in.Secret)}
	does[protocol.SessionReply](w, alice, "session.invite", d)
	w.letsIn(in, office)

	var all sync.WaitGroup // At one moment, so that none knows of the others.
	for n := range invite.MaxRefusals {
		all.Go(func() {
			_, err := w.door().Redeem(w.t.Context(), offer(t, browser("Mallory", fmt.Sprintf("%08d", n))), office, w.time())
			if !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("a guess is answered by %v", err)
			}
		})
	}
	all.Wait()
	w.keepsOut("the right code after too many wrong ones", gwen, office)
	w.letsIn(in, office) // Came before the guessing, from the same address.
	w.passes(invite.Window)
	w.invitesAgain()
	w.letsIn(browser("Gwen", "BBBBBBBB"), office)

	for range invite.MaxRefusals {
		w.keepsOut("a guess", browser("Mallory", "00000000"), elsewhere)
	}
	w.keepsOut("from the same household", browser("Gwen", "CCCCCCCC"), "2001:db8:1:2:bbbb::2")
	w.letsIn(browser("Gwen", "CCCCCCCC"), "2001:db8:1:3::1")
}

// invitesAgain makes two more codes, since the first has run out meanwhile.
func (w *world) invitesAgain() {
	w.t.Helper()
	for n, code := range []string{"BBBBBBBB", "CCCCCCCC"} {
		id := fmt.Sprintf("acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8d0%d", n)
		d := protocol.InviteGuest{Session: id, Kind: protocol.OnDemand, Secret: invite.Hash(code)}
		does[protocol.SessionReply](w, alice, "session.invite", d)
	}
}

// Good tries are given back, so that an office full of people can come.
func TestGoodTriesAreNotCounted(t *testing.T) {
	w := newWorld(t)
	for n := range invite.MaxRefusals + 5 {
		id, code := fmt.Sprintf("acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8e%02d", n), fmt.Sprintf("ABCD%04d", n)
		d := protocol.InviteGuest{Session: id, Kind: protocol.OnDemand, Secret: invite.Hash(code)}
		does[protocol.SessionReply](w, alice, "session.invite", d)
		w.letsIn(browser("Gwen", code), office)
	}
}

// A1: where chat is turned off nobody is invited to one.
func TestNobodyIsInvitedWhereChatIsTurnedOff(t *testing.T) {
	w := newWorld(t)
	w.sets(func(s *protocol.Settings) { s.Chat = protocol.Off })
	d := protocol.InviteGuest{Session: guestID, Kind: protocol.OnDemand, Secret: invite.Hash(gwen.Secret)}
	if refused := w.refused(alice, "session.invite", d); refused.Code != fault.Forbidden {
		t.Errorf("got %v", refused)
	}
	w.keepsOut("not invited", gwen, office)
}
