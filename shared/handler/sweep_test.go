package handler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// N22 F13: the end of the connection was lost, and only the lease tells.
func TestARequestIsAbandonedTwoMinutesAfterItsContactWasMissed(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	does[protocol.Watched](w, alice, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	id := w.requests(carol, "01")

	w.passes(presence.Term - time.Second)
	w.sweeps()
	w.passes(session.Lost)
	w.renews(alice)
	w.sweeps() // Only now is carol missed: until then the lease held.
	w.stands("missed", id, protocol.Requested)
	for _, when := range []struct {
		what  string
		after time.Duration
		state protocol.SessionState
	}{
		{"1:59 later", session.Lost - time.Second, protocol.Requested},
		{"2:00 later", time.Second, protocol.Requested},
		{"2:01 later", time.Second, protocol.Abandoned},
	} {
		w.passes(when.after)
		w.sweeps()
		w.stands(when.what, id, when.state)
	}
	if heard := w.heard("alice"); !slices.Contains(heard, "session.changed") {
		t.Errorf("alice hears %v", heard)
	}
	entries := w.stands("later", id, protocol.Abandoned).Seq
	w.sweeps()
	if seq := w.stands("swept again", id, protocol.Abandoned).Seq; seq != entries {
		t.Errorf("it is abandoned again at %d", seq)
	}
}

// N22: a code that nobody typed in time.
func TestAnInviteThatNobodyFollowedIsWithdrawn(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.invites(protocol.OnDemand, gwen)
	does[protocol.Resumed](w, alice, "message.resume", protocol.Resume{Session: guestID})
	for _, when := range []struct {
		what  string
		after time.Duration
		state protocol.SessionState
	}{
		{"14:59 later", invite.Term(protocol.OnDemand) - time.Second, protocol.Connecting},
		{"15:00 later", time.Second, protocol.Cancelled},
	} {
		w.passes(when.after)
		w.renews(alice)
		w.sweeps()
		w.stands(when.what, guestID, when.state)
	}
	waiting, err := dynamo.NewSessions(w.table).Waiting(t.Context())
	if err != nil || len(waiting) != 0 {
		t.Errorf("waiting are still %v (%v)", waiting, err)
	}
}

// Who has typed the code and thinks about it is not shut out.
func TestWhoHasComeMayThinkAboutIt(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	contact := w.invites(protocol.OnDemand, gwen).Contact
	come := identity.Principal{ID: contact.ID, Name: "Gwen", Role: identity.Guest, Company: "acme"}
	w.passes(invite.Term(protocol.OnDemand) - time.Second)
	w.arrives(come, "gwen")
	w.passes(time.Minute)
	w.sweeps()
	w.stands("a minute after the code ended", guestID, protocol.Connecting)
	does[protocol.SessionReply](w, come, "session.approve", protocol.NameSession{Session: guestID})
	w.stands("allowed", guestID, protocol.Active)
}

// renews is a beat of somebody's usual connection, however long the last is ago.
func (w *world) renews(by identity.Principal) {
	w.t.Helper()
	w.arrives(by, by.ID)
}

func TestWhoComesBackHasNotAbandonedTheRequest(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	w.goes(carol, "carol")
	w.passes(session.Lost)
	w.arrives(carol, "carol again")
	doesAt[protocol.Resumed](w, carol, "carol again", "message.resume", protocol.Resume{Session: id})
	w.passes(time.Minute)
	w.sweeps()
	w.stands("back", id, protocol.Requested)

	w.passes(presence.Term) // And lost again: the time counts from now, not from the first.
	w.sweeps()
	w.stands("missed again", id, protocol.Requested)
	w.passes(session.Lost + time.Second)
	w.sweeps()
	w.stands("gone", id, protocol.Abandoned)
}

// A note that somebody is gone does not outlive their being seen, even where
// the page came back before the note was made.
func TestTheSweepTakesBackWhatWasNotedOfWhoIsThere(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	store := dynamo.NewSessions(w.table)
	if err := store.Gone(t.Context(), id, noon); err != nil {
		t.Fatal(err)
	}
	w.passes(5 * time.Minute)
	w.sweeps()
	w.stands("there", id, protocol.Requested)
	if waiting, err := store.Waiting(t.Context()); err != nil || len(waiting) != 1 || !waiting[0].Gone.IsZero() {
		t.Errorf("noted is %+v (%v)", waiting, err)
	}
}

// The device agent holds a lease of its user, and shows no chat.
func TestWhoseChatIsClosedIsGoneThoughTheirDeviceIsThere(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	w.arrives(carol, "agent")
	w.goes(carol, "carol")
	w.passes(session.Lost)
	w.sweeps()
	w.stands("2:00 later", id, protocol.Requested)
	w.passes(time.Second)
	w.sweeps()
	w.stands("2:01 later", id, protocol.Abandoned)
}

func TestOneBrokenRequestDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t)
	broken := "acme/00000000-0000-0000-0000-000000000000" // The first of all, without a session.
	_, err := w.table.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &w.table.Name, Item: map[string]types.AttributeValue{
		"pk":      &types.AttributeValueMemberS{Value: "waiting"},
		"sk":      &types.AttributeValueMemberS{Value: broken},
		"session": &types.AttributeValueMemberS{Value: broken},
	}})
	if err != nil {
		t.Fatal(err)
	}
	first, second := w.requests(carol, "01"), w.requests(erin, "02")
	w.goes(carol, "carol")
	w.goes(erin, "erin")
	w.passes(session.Lost + time.Second)
	w.sweeps()
	w.stands("after the broken one", first, protocol.Abandoned)
	w.stands("in another company", second, protocol.Abandoned)
	if n := strings.Count(w.log.String(), "level=ERROR"); n != 1 || !strings.Contains(w.log.String(), broken) {
		t.Errorf("logged %s", w.log.String())
	}
}

// B20 F13: those who wait behind hear that they move up.
func TestWhoWaitsBehindAnAbandonedRequestMovesUp(t *testing.T) {
	w := newWorld(t)
	w.requests(carol, "01")
	w.passes(time.Second)
	id := w.requests(dave, "02")
	w.goes(carol, "carol")
	w.heard("dave")
	w.passes(session.Lost + time.Second)
	w.sweeps()
	if heard := w.heard("dave"); !slices.Contains(heard, "session.queued") {
		t.Errorf("dave hears %v", heard)
	}
	if page := does[protocol.Resumed](w, dave, "message.resume", protocol.Resume{Session: id}); page.Place != 1 {
		t.Errorf("dave is at %d", page.Place)
	}
}
