package presence

import (
	"cmp"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// The clocks of devices.
const (
	Quiet = 5 * time.Minute  // Without activity, after which an agent tells since when.
	Idle  = 10 * time.Minute // Without activity, after which a device's user counts as inactive.
)

// MaxUsers is how many people a device may have logged on.
const MaxUsers = 100

// longestIdle bounds what an agent may claim.
const longestIdle = 365 * 24 * 60 * 60 // Seconds.

// Device is a device as its agent last told, and the connection that told it.
type Device struct {
	protocol.DeviceRow
	Connection string
}

// Place is where the device is, of those that scopes are made of.
func (d Device) Place() string { return identity.Place(d.Company, d.Group) }

// In reports whether the device is in a place.
func (d Device) In(place string) bool { return place == d.Company || place == d.Place() }

// CheckIn returns the device that a device agent describes.
func CheckIn(by identity.Principal, connection string, d protocol.CheckIn, now time.Time) (Device, error) {
	switch {
	case by.Role != identity.Device:
		return Device{}, fault.New(fault.Forbidden, "Only a device agent checks in.")
	case !identity.Printable(d.Name, identity.MaxName):
		return Device{}, fault.New(fault.Invalid, "A device has a name of 1 to %d bytes that can be shown.", identity.MaxName)
	case len(d.Users) > MaxUsers:
		return Device{}, fault.New(fault.Invalid, "At most %d people are logged on at a device.", MaxUsers)
	}
	machine := identity.Machine{ID: by.ID, Name: d.Name}
	if by.Machine != nil {
		machine.Group = by.Machine.Group
	}
	row := protocol.DeviceRow{
		Machine: machine, Company: by.Company, Users: []protocol.DeviceUser{},
		Auditing: d.Auditing, NoRemote: d.NoRemote, Suspended: d.Suspended,
		CheckedAt: protocol.At(now), Until: protocol.At(now.Add(Term)),
	}
	for _, u := range d.Users {
		name := cmp.Or(u.Name, u.Account)
		if !identity.Printable(u.Account, identity.MaxName) || !identity.Printable(name, identity.MaxName) {
			return Device{}, fault.New(fault.Invalid, "An account and its name have 1 to %d bytes that can be shown.", identity.MaxName)
		}
		if u.IdleSeconds < 0 || u.IdleSeconds > longestIdle {
			return Device{}, fault.New(fault.Invalid, "Nobody is idle for fewer than 0 or more than %d seconds.", longestIdle)
		}
		row.Users = logOn(row.Users, protocol.DeviceUser{
			ID: identity.AccountID(by.Company, by.ID, u.Account), Name: name,
			ActiveAt: protocol.At(now.Add(-time.Duration(u.IdleSeconds) * time.Second)),
		})
	}
	row.State = StateOf(row, now)
	return Device{row, connection}, nil
}

// logOn adds somebody who may be logged on already, in another session of the
// same device: where they were active last counts.
func logOn(users []protocol.DeviceUser, u protocol.DeviceUser) []protocol.DeviceUser {
	i := slices.IndexFunc(users, func(other protocol.DeviceUser) bool { return other.ID == u.ID })
	if i < 0 {
		return append(users, u)
	}
	users[i].ActiveAt = max(users[i].ActiveAt, u.ActiveAt)
	return users
}

// Leases are what the users of a device hold by its check-in. Their activity is
// read from the time of the last one, see [Lease].
func (d Device) Leases() []Lease {
	leases := make([]Lease, 0, len(d.Users))
	for _, u := range d.Users {
		machine := d.Machine
		leases = append(leases, Lease{
			Principal: identity.Principal{
				ID: u.ID, Role: identity.Contact, Name: u.Name, Company: d.Company, Machine: &machine,
			},
			Connection: d.Connection, ActiveAt: u.ActiveAt, Until: d.Until,
		})
	}
	return leases
}

// StateOf is what a row says at a time. It is told at once what is known for
// certain; who has not been told to be quiet counts as active, so that nobody
// has to be told of every move of a mouse.
func StateOf(row protocol.DeviceRow, now time.Time) protocol.DeviceState {
	active := func(u protocol.DeviceUser) bool { return !inactive(u.ActiveAt, row.CheckedAt, now) }
	switch {
	case row.CheckedAt == 0:
		return protocol.DeviceNever
	case !row.Until.Time().After(now):
		return protocol.DeviceOffline
	case row.Suspended:
		return protocol.DeviceSuspended
	case row.Auditing:
		return protocol.DeviceWaiting
	case row.NoRemote:
		return protocol.DeviceUncontrolled
	case len(row.Users) == 0:
		return protocol.DeviceOnline
	case slices.ContainsFunc(row.Users, active):
		return protocol.DeviceUsed
	}
	return protocol.DeviceIdle
}

// inactive reports whether somebody was quiet when a check-in told of them, and
// has been inactive for long by now.
func inactive(activeAt, checkedAt protocol.Millis, now time.Time) bool {
	quiet := checkedAt.Time().Sub(activeAt.Time()) >= Quiet
	return quiet && now.Sub(activeAt.Time()) >= Idle
}

// News is what has to be told after a check-in of what was known before: the
// device, where anything but times changed, and the users who came, went,
// became quiet or inactive, or are active again.
func News(before, after Device, now time.Time) (device bool, users []identity.Principal) {
	old, current := before.Leases(), after.Leases()
	was := StateOf(before.DeviceRow, now) // Offline where the check-in came late.
	gone := was == protocol.DeviceOffline || was == protocol.DeviceNever
	if gone {
		old = nil
	}
	for _, l := range current {
		i := slices.IndexFunc(old, func(o Lease) bool { return o.Principal.ID == l.Principal.ID })
		if i < 0 || old[i].Principal.Name != l.Principal.Name || before.Name != after.Name ||
			stage(old[i].ActiveAt, before.CheckedAt) != stage(l.ActiveAt, after.CheckedAt) {
			users = append(users, l.Principal)
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(current, func(l Lease) bool { return l.Principal.ID == o.Principal.ID }) {
			users = append(users, o.Principal)
		}
	}
	same := before.Name == after.Name && before.Group == after.Group && before.Auditing == after.Auditing &&
		before.NoRemote == after.NoRemote && before.Suspended == after.Suspended
	return gone || !same || len(users) > 0, users
}

// stage is 0 for who was active at a check-in, 1 for the quiet and 2 for the inactive.
func stage(activeAt, checkedAt protocol.Millis) int {
	switch since := checkedAt.Time().Sub(activeAt.Time()); {
	case since >= Idle:
		return 2
	case since >= Quiet:
		return 1
	}
	return 0
}
