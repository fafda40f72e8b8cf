package ice_test

import (
	"slices"
	"testing"

	"github.com/parleychat/parley/shared/ice"
)

func TestARelayIsReachedOverUDPFirst(t *testing.T) {
	for address, want := range map[string][]string{
		"192.0.2.1:3478":      {"turn:192.0.2.1:3478?transport=udp", "turn:192.0.2.1:3478?transport=tcp"},
		"[2001:db8::1]:53478": {"turn:[2001:db8::1]:53478?transport=udp", "turn:[2001:db8::1]:53478?transport=tcp"},
	} {
		if got := (ice.Relay{Address: address}).URLs(); !slices.Equal(got, want) {
			t.Errorf("%s: the URLs are %v", address, got)
		}
	}
}

func TestACallIsGivenTwoDifferentRelaysAtMost(t *testing.T) {
	fleet := []ice.Relay{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	seen := map[string]int{}
	for range 300 {
		chosen := ice.Choose(fleet)
		if len(chosen) != 2 || chosen[0] == chosen[1] {
			t.Fatalf("chosen are %v", chosen)
		}
		seen[chosen[0].ID]++
	}
	for _, r := range fleet { // Each is drawn first 100 times of 300; 40 would be nine deviations off.
		if seen[r.ID] < 40 {
			t.Errorf("%s comes first %d times of 300", r.ID, seen[r.ID])
		}
	}
	if one := ice.Choose(fleet[:1]); len(one) != 1 || len(ice.Choose(nil)) != 0 {
		t.Errorf("of one: %v", one)
	}
}
