package handler

import (
	"context"
	"slices"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

// tellSeconds are the idle times at which an agent checks in.
var tellSeconds = []int{int(presence.Quiet.Seconds()), int(presence.Idle.Seconds())}

// check keeps what a device agent tells, and tells those who watch the company
// what is new to them.
func (r presenceRoute) check(ctx context.Context, c Caller, d protocol.CheckIn) (Outcome, error) {
	device, err := presence.CheckIn(c.Principal, c.Connection, d, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	around, err := r.rights.Around(ctx, directory.Of(c.Principal))
	if err != nil {
		return Outcome{}, err
	}
	if set := around.Device; set != nil { // What an administrator has set counts as well as what the agent tells.
		device.Suspended = device.Suspended || set.Suspended
		device.NoRemote = device.NoRemote || set.Remote == protocol.Off
		device.State = presence.StateOf(device.DeviceRow, c.Now)
	}
	before, err := r.directory.CheckIn(ctx, device)
	if err != nil {
		return Outcome{}, err
	}
	reply := protocol.CheckedIn{
		Users: make([]string, 0, len(d.Users)), BeatSeconds: int(presence.Beat.Seconds()), TellSeconds: tellSeconds,
	}
	for _, u := range d.Users {
		reply.Users = append(reply.Users, identity.AccountID(c.Company, c.ID, u.Account))
	}
	news, users := presence.News(before, device, c.Now)
	if !news {
		return Outcome{Reply: reply}, nil
	}
	pushes, err := deviceChanged(ctx, r.directory, c, device, users, before.Place())
	return Outcome{Reply: reply, Pushes: pushes}, err
}

// deviceChanged is the news of a device and of some who are or were logged on
// there: one push, or one more for each further person, to those who watch the
// company, the device's group, or the place where it was before.
func deviceChanged(ctx context.Context, d presence.Directory, c Caller, device presence.Device, users []identity.Principal, before string) ([]fanout.Push, error) {
	held := make([][]presence.Lease, len(users))
	for i, who := range users {
		var err error
		if held[i], err = d.LeasesOf(ctx, c.Company, who.ID); err != nil {
			return nil, err
		}
	}
	places := []string{c.Company, device.Place()}
	if before != "" {
		places = append(places, before)
	}
	slices.Sort(places)
	var pushes []fanout.Push
	for _, place := range slices.Compact(places) {
		news := []protocol.PresenceChanged{{Device: &device.DeviceRow}}
		for i, who := range users {
			row := presence.Row(who, presence.In(held[i], place), c.Now)
			if i > 0 {
				news = append(news, protocol.PresenceChanged{})
			}
			news[i].Contact = &row
		}
		for _, n := range news {
			pushes = append(pushes, changed(place, c.Connection, n))
		}
	}
	return pushes, nil
}

// checkedOut makes the device of a connection that is gone offline, and tells
// those who watch the company.
func (h Connections) checkedOut(ctx context.Context, c Caller) error {
	device, was, err := h.Presence.CheckOut(ctx, c.Company, c.ID, c.Connection, c.Now)
	if err != nil || !was {
		return err // It never checked in, or has come back on another connection.
	}
	var users []identity.Principal
	for _, l := range device.Leases() {
		users = append(users, l.Principal)
	}
	device.Until = protocol.At(c.Now)
	device.State = presence.StateOf(device.DeviceRow, c.Now)
	pushes, err := deviceChanged(ctx, h.Presence, c, device, users, device.Place())
	if err != nil {
		return err
	}
	h.Fan.Out(ctx, pushes)
	h.Log.InfoContext(ctx, "disconnect", "device", c.ID, "users", len(users))
	return nil
}
