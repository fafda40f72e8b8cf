package dynamo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// The function that let bob leave died before it could take him out of those
// who hear the session.
func TestWhoHasLeftHearsNothingMore(t *testing.T) {
	w := newWorld(t, -1)
	p := w.process()
	id := p.starts(time.Hour)
	bob := identity.Principal{ID: "bob", Role: identity.Technician, Name: "Bob", Companies: []string{"acme"}}
	does := func(rule func(s session.Session) (session.Change, error)) {
		t.Helper()
		if _, err := p.Do(t.Context(), id, 0, rule); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(want ...string) {
		t.Helper()
		got, err := dynamo.Audiences{Table: w.table()}.Connections(t.Context(), fanout.Audience{Kind: fanout.Listeners, Key: id})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v hear the session, want %v; %v", got, want, err)
		}
	}
	hear()
	does(func(s session.Session) (session.Change, error) { return s.Join(bob, protocol.JoinSession{}, w.now()) })
	for connection, principal := range map[string]string{"c1": "bob", "c2": "carol"} {
		err := p.store.Listen(t.Context(), id, session.Listener{Connection: connection, Principal: principal}, w.now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
	}
	hear("c1", "c2")
	does(func(s session.Session) (session.Change, error) { return s.Leave(bob, w.now()) })
	hear("c2")
}
