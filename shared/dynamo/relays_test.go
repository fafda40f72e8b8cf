package dynamo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/ice"
)

func TestARelayIsListedWhileItLives(t *testing.T) {
	w := newWorld(t, never)
	d := dynamo.Relays{Table: w.table()}
	north, south := ice.Relay{ID: "task1", Address: "192.0.2.1:3478"}, ice.Relay{ID: "task2", Address: "192.0.2.2:3478"}
	listed := func(what string, want ...ice.Relay) {
		t.Helper()
		got, err := d.Relays(t.Context())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: listed are %v (%v), want %v", what, got, err, want)
		}
	}
	listed("at first")
	for r, term := range map[ice.Relay]time.Duration{north: 90 * time.Second, south: 30 * time.Second} {
		if err := d.Enlist(t.Context(), r, w.now().Add(term)); err != nil {
			t.Fatal(err)
		}
	}
	listed("both enlisted", north, south)
	w.at(noon.Add(30 * time.Second)) // Nobody has deleted it.
	listed("one is silent for too long", north)
	if err := d.Dismiss(t.Context(), north.ID); err != nil {
		t.Fatal(err)
	}
	listed("the other has left")
}
