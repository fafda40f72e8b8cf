// Package settings owns what an administrator decides for the deployment.
package settings

import (
	"context"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Default is what holds before anybody has decided anything.
var Default = protocol.Settings{RetentionDays: 30}

// Store keeps the settings.
type Store interface {
	// Settings reads them; [Default] where nobody has set any.
	Settings(ctx context.Context) (protocol.Settings, error)

	// SaveSettings writes them, if the stored version is exactly one behind;
	// otherwise it returns fault.Conflict.
	SaveSettings(ctx context.Context, s protocol.Settings) error
}

// May returns nil where the principal administers the deployment.
func May(by identity.Principal) error {
	if !by.Can(identity.Administer) {
		return fault.New(fault.Forbidden, "Only an administrator sees and changes settings.")
	}
	return nil
}

// Retain returns the settings with another retention. Who saw an older version
// than the current one is told, so that two administrators never overwrite
// each other silently.
func Retain(current protocol.Settings, by identity.Principal, r protocol.SetRetention) (protocol.Settings, error) {
	switch err := May(by); {
	case err != nil:
		return current, err
	case r.Days < 1 || r.Days > protocol.MaxDays:
		return current, fault.New(fault.Invalid, "Chat history is kept for 1 to %d days.", protocol.MaxDays)
	case r.Version != current.Version:
		return current, fault.New(fault.Conflict, "Somebody else changed the settings. Look at them again.")
	}
	current.RetentionDays, current.Version = r.Days, current.Version+1
	return current, nil
}

// Retention is how long what is said now will be kept.
func Retention(s protocol.Settings) time.Duration {
	return time.Duration(s.RetentionDays) * 24 * time.Hour
}
