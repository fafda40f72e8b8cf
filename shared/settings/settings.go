// Package settings owns what an administrator decides for the deployment.
package settings

import (
	"context"
	"sync"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Default is what holds before anybody has decided anything.
var Default = protocol.Settings{RetentionDays: 30, AskOnDemand: true}

// Store keeps the settings.
type Store interface {
	// Settings reads them; [Default] where nobody has set any.
	Settings(ctx context.Context) (protocol.Settings, error)

	// SaveSettings writes them with a line in the audit, if the stored version
	// is exactly one behind; otherwise it returns fault.Conflict.
	SaveSettings(ctx context.Context, s protocol.Settings, a protocol.Audited) error
}

// Recent remembers the settings for a few seconds, for reads that must not cost
// another read each.
type Recent struct {
	Store Store
	Now   func() time.Time

	mu   sync.Mutex
	kept protocol.Settings
	at   time.Time
}

// Memory is how long Recent believes what it has read.
const Memory = 5 * time.Second

// Settings returns what was read within the last seconds, or reads anew.
func (r *Recent) Settings(ctx context.Context) (protocol.Settings, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.Now(); r.at.IsZero() || now.Sub(r.at) >= Memory {
		read, err := r.Store.Settings(ctx)
		if err != nil {
			return protocol.Settings{}, err
		}
		r.kept, r.at = read, now
	}
	return r.kept, nil
}

// May returns nil where the principal administers the deployment.
func May(by identity.Principal) error {
	if !by.Can(identity.Administer) {
		return fault.New(fault.Forbidden, "Only an administrator sees and changes settings.")
	}
	return nil
}

// Set returns the settings as they will be. Who saw an older version than the
// current one is told, so that two administrators never overwrite each other
// silently.
func Set(current protocol.Settings, by identity.Principal, next protocol.Settings) (protocol.Settings, error) {
	switch err := May(by); {
	case err != nil:
		return current, err
	case next.RetentionDays < 1 || next.RetentionDays > protocol.MaxDays:
		return current, fault.New(fault.Invalid, "Chat history is kept for 1 to %d days.", protocol.MaxDays)
	case !decided(next.Chat) || !decided(next.PreTicket) || !decided(next.Callbacks):
		return current, fault.New(fault.Invalid, "Chat, pre-ticket chats and callbacks are on, off or absent.")
	case next.Version != current.Version:
		return current, fault.New(fault.Conflict, "Somebody else changed the settings. Look at them again.")
	}
	if err := checkHours(next.OfficeHours); err != nil {
		return current, err
	}
	next.Version++
	return next, nil
}

func decided(c protocol.Choice) bool {
	return c == protocol.Unset || c == protocol.On || c == protocol.Off
}

// Retention is how long what is said now will be kept.
func Retention(s protocol.Settings) time.Duration {
	return time.Duration(s.RetentionDays) * 24 * time.Hour
}
