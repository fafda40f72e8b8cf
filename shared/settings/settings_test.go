package settings_test

import (
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
		if _, err := settings.Retain(settings.Default, test.by, protocol.SetRetention{Days: 1}); (err == nil) != test.may {
			t.Errorf("%s retains: %v", who, err)
		}
	}
}

func TestRetentionIsSetInWholeDaysAndByWhoKnowsThePresent(t *testing.T) {
	current := protocol.Settings{RetentionDays: 30, Version: 4}
	for what, test := range map[string]struct {
		set  protocol.SetRetention
		code fault.Code
	}{
		"1 day":              {protocol.SetRetention{Days: 1, Version: 4}, ""},
		"3,650 days":         {protocol.SetRetention{Days: 3650, Version: 4}, ""},
		"3,651 days":         {protocol.SetRetention{Days: 3651, Version: 4}, fault.Invalid},
		"no day":             {protocol.SetRetention{Days: 0, Version: 4}, fault.Invalid},
		"less than none":     {protocol.SetRetention{Days: -1, Version: 4}, fault.Invalid},
		"an older version":   {protocol.SetRetention{Days: 7, Version: 3}, fault.Conflict},
		"one that is to be":  {protocol.SetRetention{Days: 7, Version: 5}, fault.Conflict},
		"bad in two ways":    {protocol.SetRetention{Days: 0, Version: 3}, fault.Invalid},
		"the same as before": {protocol.SetRetention{Days: 30, Version: 4}, ""},
	} {
		next, err := settings.Retain(current, admin, test.set)
		if (err == nil) != (test.code == "") || err != nil && !fault.Is(err, test.code) {
			t.Errorf("%s: %v", what, err)
		}
		expected := current
		if err == nil {
			expected = protocol.Settings{RetentionDays: test.set.Days, Version: 5}
		}
		if next != expected {
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
