package handler

import (
	"context"

	"github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

// enrolRoute carries out the commands of route admin that are about devices.
type enrolRoute struct{ store device.Store }

// Enrolment returns the commands of route admin that are about devices.
func Enrolment(s device.Store) Commands {
	r := enrolRoute{s}
	return Commands{"admin.enrol": on(r.enrol), "admin.revoke": on(r.revoke)}
}

func (r enrolRoute) enrol(ctx context.Context, c Caller, d protocol.OfferEnrolment) (Outcome, error) {
	e, err := device.Offer(c.Principal, d, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	err = r.store.Offer(ctx, e)
	if fault.Is(err, fault.Conflict) { // Sent again, or somebody else's.
		there, readErr := r.store.Enrolment(ctx, e.Company, e.Hash)
		if readErr == nil && there.By.ID == c.ID {
			e, err = there, nil
		}
	}
	return Outcome{Reply: protocol.Enrolment{Left: e.Left, Until: e.Until}}, err
}

func (r enrolRoute) revoke(ctx context.Context, c Caller, d protocol.NameDevice) (Outcome, error) {
	if err := device.MayRevoke(c.Principal, d.Company); err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: protocol.Empty{}}, r.store.Revoke(ctx, d.Company, d.Device, c.Now)
}

// admitRoute carries out presence.admit.
type admitRoute struct {
	fleet presence.Fleet
	store device.Store
}

// Admission returns the command by which a device agent lets its users in.
func Admission(f presence.Fleet, s device.Store) Commands {
	return Commands{"presence.admit": on(admitRoute{f, s}.admit)}
}

func (r admitRoute) admit(ctx context.Context, c Caller, d protocol.Admit) (Outcome, error) {
	told, err := r.fleet.Told(ctx, c.Home(), c.ID)
	if err != nil {
		return Outcome{}, err
	}
	pass, err := device.Admit(c.Principal, d, told.Users, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: protocol.Admitted{Until: pass.Until}}, r.store.Issue(ctx, pass, c.Connection)
}
