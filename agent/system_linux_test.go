package main

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func TestWhoIsIdleIsSaidByTheSystem(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	since := dbus.MakeVariant(uint64(now.Add(-7 * time.Minute).UnixMicro()))
	for what, test := range map[string]struct {
		said map[string]dbus.Variant
		want time.Duration
	}{
		"nothing":        {nil, 0},
		"idle":           {map[string]dbus.Variant{"IdleHint": dbus.MakeVariant(true), "IdleSinceHint": since}, 7 * time.Minute},
		"active":         {map[string]dbus.Variant{"IdleHint": dbus.MakeVariant(false), "IdleSinceHint": since}, 0},
		"idle for ever":  {map[string]dbus.Variant{"IdleHint": dbus.MakeVariant(true), "IdleSinceHint": dbus.MakeVariant(uint64(0))}, 0},
		"of other types": {map[string]dbus.Variant{"IdleHint": dbus.MakeVariant("yes"), "IdleSinceHint": dbus.MakeVariant("7")}, 0},
	} {
		if got := idleOf(test.said, now); got != test.want {
			t.Errorf("%s: idle for %v", what, got)
		}
	}
}
