package settings_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/settings"
)

var (
	rights = []identity.Capability{identity.Administer}
	admin  = identity.Principal{ID: "admin", Role: identity.Technician, Capabilities: rights}
)

func TestOnlyAnAdministratorMay(t *testing.T) {
	for who, test := range map[string]struct {
		by  identity.Principal
		may bool
	}{
		"an administrator":         {admin, true},
		"a technician":             {identity.Principal{Role: identity.Technician}, false},
		"a contact with the right": {identity.Principal{Role: identity.Contact, Capabilities: rights}, false},
		"nobody":                   {identity.Principal{}, false},
	} {
		err := settings.May(test.by)
		if (err == nil) != test.may || err != nil && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", who, err)
		}
		if _, err := settings.Set(settings.Default, test.by, settings.Default); (err == nil) != test.may {
			t.Errorf("%s sets: %v", who, err)
		}
	}
}

func TestRetentionIsSetInWholeDaysAndByWhoKnowsThePresent(t *testing.T) {
	current := protocol.Settings{RetentionDays: 30, Version: 4}
	for what, test := range map[string]struct {
		set  protocol.Settings
		code fault.Code
	}{
		"1 day":              {protocol.Settings{RetentionDays: 1, Version: 4}, ""},
		"3,650 days":         {protocol.Settings{RetentionDays: 3650, Version: 4}, ""},
		"3,651 days":         {protocol.Settings{RetentionDays: 3651, Version: 4}, fault.Invalid},
		"no day":             {protocol.Settings{RetentionDays: 0, Version: 4}, fault.Invalid},
		"less than none":     {protocol.Settings{RetentionDays: -1, Version: 4}, fault.Invalid},
		"an older version":   {protocol.Settings{RetentionDays: 7, Version: 3}, fault.Conflict},
		"one that is to be":  {protocol.Settings{RetentionDays: 7, Version: 5}, fault.Conflict},
		"bad in two ways":    {protocol.Settings{RetentionDays: 0, Version: 3}, fault.Invalid},
		"the same as before": {protocol.Settings{RetentionDays: 30, Version: 4}, ""},
	} {
		next, err := settings.Set(current, admin, test.set)
		if (err == nil) != (test.code == "") || err != nil && !fault.Is(err, test.code) {
			t.Errorf("%s: %v", what, err)
		}
		expected := current
		if err == nil {
			expected = protocol.Settings{RetentionDays: test.set.RetentionDays, Version: 5}
		}
		if !reflect.DeepEqual(next, expected) {
			t.Errorf("%s: becomes %+v", what, next)
		}
	}
}

func TestWhatIsSaidIsKeptForThirtyDaysUnlessDecidedOtherwise(t *testing.T) {
	if kept := settings.Retention(settings.Default); kept != 30*24*time.Hour {
		t.Errorf("kept for %v", kept)
	}
	if kept := settings.Retention(protocol.Settings{RetentionDays: protocol.MaxDays}); kept != 3650*24*time.Hour {
		t.Errorf("kept for %v", kept)
	}
}
