package handler

import (
	"context"

	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/settings"
)

// adminRoute carries out the commands of route admin.
type adminRoute struct{ store settings.Store }

// Admin returns the commands of route admin.
func Admin(s settings.Store) Commands {
	r := adminRoute{s}
	return Commands{"admin.show": on(r.show), "admin.set": on(r.set)}
}

func (r adminRoute) show(ctx context.Context, c Caller, _ protocol.Empty) (Outcome, error) {
	if err := settings.May(c.Principal); err != nil {
		return Outcome{}, err
	}
	now, err := r.store.Settings(ctx)
	return Outcome{Reply: now}, err
}

func (r adminRoute) set(ctx context.Context, c Caller, d protocol.SetSettings) (Outcome, error) {
	now, err := r.store.Settings(ctx)
	if err != nil {
		return Outcome{}, err
	}
	next, err := settings.Set(now, c.Principal, d.Settings)
	if err != nil {
		return Outcome{}, err
	}
	line, err := settings.Audit(now, next, c.Principal, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: next}, r.store.SaveSettings(ctx, next, line)
}
