package dynamo_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/settings"
)

func (w *world) lease(who identity.Principal, connection string) presence.Lease {
	w.t.Helper()
	l, err := presence.Open(who, connection, protocol.Hello{}, protocol.Available, w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func TestALeaseIsHeldRenewedAndReleased(t *testing.T) {
	w := newWorld(t, never)
	d := dynamo.Presence{Table: w.table()}
	held := w.lease(carol, "c1")
	if err := d.Hold(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	w.at(noon.Add(9 * time.Minute))
	away, err := presence.Report(carol, "c1", protocol.ActivityAway, w.now())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Renew(t.Context(), away); err != nil {
		t.Fatal(err)
	}
	w.at(noon.Add(18 * time.Minute)) // Past the first term, within the second.
	leases, err := d.Leases(t.Context(), "acme")
	if err != nil || len(leases) != 1 || leases[0].Activity != protocol.ActivityAway || leases[0].ActiveAt != held.ActiveAt {
		t.Errorf("the leases are %+v (%v)", leases, err)
	}
	if _, was, err := d.Release(t.Context(), "acme", "carol", "c1"); err != nil || !was {
		t.Errorf("released: %v (%v)", was, err)
	}
	if _, was, err := d.Release(t.Context(), "acme", "carol", "c1"); err != nil || was {
		t.Errorf("released again: %v (%v)", was, err)
	}
	wants(t, d.Renew(t.Context(), away), fault.Conflict)
	wants(t, d.Watch(t.Context(), away, []string{"acme"}), fault.Conflict)
}

func TestALeaseThatNobodyRenewsRunsOut(t *testing.T) {
	w := newWorld(t, never)
	d := dynamo.Presence{Table: w.table()}
	if err := d.Hold(t.Context(), w.lease(carol, "c1")); err != nil {
		t.Fatal(err)
	}
	w.at(noon.Add(presence.Term))
	if leases, err := d.LeasesOf(t.Context(), "acme", "carol"); err != nil || len(leases) != 0 {
		t.Errorf("the leases are %+v (%v)", leases, err)
	}
}

func TestAWatchReplacesTheOneBefore(t *testing.T) {
	w := newWorld(t, never)
	d, audiences := dynamo.Presence{Table: w.table()}, dynamo.Audiences{Table: w.table()}
	l := w.lease(alice, "t1")
	if err := d.Hold(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	watching := func(company string) []string {
		t.Helper()
		c, err := audiences.Connections(t.Context(), fanout.Audience{Kind: fanout.Watchers, Key: company})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, companies := range [][]string{{"acme", "globex"}, {"globex"}} {
		if err := d.Watch(t.Context(), l, companies); err != nil {
			t.Fatal(err)
		}
		for _, company := range []string{"acme", "globex"} {
			if got, want := len(watching(company)) == 1, slices.Contains(companies, company); got != want {
				t.Errorf("watching %v: %s is watched: %v", companies, company, got)
			}
		}
	}
	released, _, err := d.Release(t.Context(), identity.Staff, "alice", "t1")
	if err != nil || !slices.Equal(released.Watches, []string{"globex"}) || len(watching("globex")) != 0 {
		t.Errorf("released %+v (%v), still watching %v", released, err, watching("globex"))
	}
}

func TestAnAudienceForgetsWhoIsGone(t *testing.T) {
	w := newWorld(t, never)
	d, audiences := dynamo.Presence{Table: w.table()}, dynamo.Audiences{Table: w.table()}
	for _, c := range []string{"c1", "c2"} {
		if err := d.Hold(t.Context(), w.lease(carol, c)); err != nil {
			t.Fatal(err)
		}
	}
	devices := fanout.Audience{Kind: fanout.Devices, Key: "acme", Sub: "carol"}
	if err := audiences.Forget(t.Context(), devices, "c1"); err != nil {
		t.Fatal(err)
	}
	if c, err := audiences.Connections(t.Context(), devices); err != nil || !slices.Equal(c, []string{"c2"}) {
		t.Errorf("carol's connections are %v (%v)", c, err)
	}
	if _, err := audiences.Connections(t.Context(), fanout.Audience{Kind: "everybody"}); err == nil {
		t.Error("an audience of no kind is read")
	}
}

func TestAvailabilitySticks(t *testing.T) {
	w := newWorld(t, never)
	d := dynamo.Presence{Table: w.table()}
	for _, want := range []protocol.Availability{protocol.Available, protocol.BusyTechnician} {
		if got, err := d.Availability(t.Context(), "alice"); err != nil || got != want {
			t.Errorf("alice is %s (%v), want %s", got, err, want)
		}
		if err := d.SetAvailability(t.Context(), "alice", protocol.BusyTechnician); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTwoAdministratorsDoNotOverwriteEachOther(t *testing.T) {
	w := newWorld(t, never)
	store := dynamo.Settings{Table: w.table()}
	first, err := store.Settings(t.Context())
	if err != nil || !reflect.DeepEqual(first, settings.Default) {
		t.Fatalf("the settings are %+v (%v)", first, err)
	}
	for version := int64(1); version <= 2; version++ {
		next := protocol.Settings{RetentionDays: 7, Version: version}
		if err := store.SaveSettings(t.Context(), next, protocol.Audited{}); err != nil {
			t.Fatal(err)
		}
		wants(t, store.SaveSettings(t.Context(), next, protocol.Audited{}), fault.Conflict)
		if now, err := store.Settings(t.Context()); err != nil || !reflect.DeepEqual(now, next) {
			t.Errorf("the settings are %+v (%v), want %+v", now, err, next)
		}
	}
}
