// Package presence owns who is reachable: connections, the leases that prove
// them, and the roster that is read from leases.
//
// A lease is held by one connection and renewed by its beat. What no beat has
// confirmed counts as gone from the moment the lease runs out, whether or not
// anything has removed it: a lost $disconnect heals by itself.
package presence

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// The clocks of presence.
const (
	Beat = 4 * time.Minute   // Between two beats: API Gateway drops what is idle for 10.
	Term = 10 * time.Minute  // Of a lease: two beats may be lost.
	Away = 5 * time.Minute   // Without activity at a portal.
	Stay = 135 * time.Minute // Longer than any connection lives (2 hours).
)

// Lease says that a principal is reachable on a connection until a time. One
// that a device agent holds for a user tells no activity: it is computed from
// ActiveAt when it is read.
type Lease struct {
	Principal    identity.Principal
	Connection   string
	Activity     protocol.Activity     // Of an end user at a page.
	Availability protocol.Availability // Of a technician.
	Watches      []string              // What a technician watches; of them [Followed] makes it.
	ActiveAt     protocol.Millis
	Until        protocol.Millis
}

// Directory keeps leases.
type Directory interface {
	// Hold writes a lease.
	Hold(ctx context.Context, l Lease) error
	// Renew changes the term and, unless empty, the activity of a lease. It
	// returns fault.Conflict where there is none.
	Renew(ctx context.Context, l Lease) error
	// Release removes the lease of a connection and returns it, with the
	// companies that it watched; false where there was none.
	Release(ctx context.Context, home, principal, connection string) (Lease, bool, error)
	// Leases reads all the leases of a home: a company or the staff.
	Leases(ctx context.Context, home string) ([]Lease, error)
	// LeasesOf reads the leases of one principal.
	LeasesOf(ctx context.Context, home, principal string) ([]Lease, error)
	// Watch replaces the companies that a lease watches.
	Watch(ctx context.Context, l Lease, companies []string) error
	// Availability reads what a technician has set; online where nothing is.
	Availability(ctx context.Context, principal string) (protocol.Availability, error)
	// SetAvailability keeps what a technician has set.
	SetAvailability(ctx context.Context, principal string, a protocol.Availability) error
	// LeasesAfter reads up to limit leases of a home whose place, in the order
	// of principals, comes after that of a principal; empty is the beginning. It
	// reports whether there are more.
	LeasesAfter(ctx context.Context, home, principal string, limit int) ([]Lease, bool, error)
	Fleet
}

// Fleet keeps devices.
type Fleet interface {
	// CheckIn keeps what a device told, with the leases of its users, and
	// returns what it had told before. It returns fault.Unauthenticated for a
	// device that is no longer welcome.
	CheckIn(ctx context.Context, d Device) (Device, error)
	// CheckOut makes a device offline and releases the leases of its users, if
	// the connection is still the one that checked in; false where it is not.
	CheckOut(ctx context.Context, company, device, connection string, now time.Time) (Device, bool, error)
	// Told reads what a device told last; the zero device where there is none.
	Told(ctx context.Context, company, device string) (Device, error)
	// DevicesAfter reads up to limit devices of a company by id, after the one
	// with an id; empty is the beginning. It reports whether there are more.
	DevicesAfter(ctx context.Context, company, id string, limit int) ([]Device, bool, error)
}

// Open returns the lease with which a principal says hello.
func Open(by identity.Principal, connection string, h protocol.Hello, a protocol.Availability, now time.Time) (Lease, error) {
	l := Lease{Principal: by, Connection: connection, ActiveAt: protocol.At(now), Until: protocol.At(now.Add(Term))}
	if by.Role == identity.Technician {
		l.Availability = a
		return l, nil
	}
	l.Activity = cmp.Or(h.Activity, protocol.ActivityOnline)
	return l, validActivity(l.Activity)
}

// Report returns the change to a lease with which an end user tells of their
// activity. Technicians set their presence by hand; nobody else can.
func Report(by identity.Principal, connection string, a protocol.Activity, now time.Time) (Lease, error) {
	if by.Role == identity.Technician {
		return Lease{}, fault.New(fault.Forbidden, "A technician sets their presence by hand.")
	}
	l := Lease{Principal: by, Connection: connection, Activity: a, Until: protocol.At(now.Add(Term))}
	if a == protocol.ActivityOnline {
		l.ActiveAt = protocol.At(now)
	}
	return l, validActivity(a)
}

// Renewed returns the change to a lease that a beat makes.
func Renewed(by identity.Principal, connection string, now time.Time) Lease {
	return Lease{Principal: by, Connection: connection, Until: protocol.At(now.Add(Term))}
}

// MaySet returns nil where the principal may set this availability.
func MaySet(by identity.Principal, a protocol.Availability) error {
	switch {
	case by.Role != identity.Technician:
		return fault.New(fault.Forbidden, "Only a technician sets their presence by hand.")
	case a != protocol.Available && a != protocol.AwayTechnician && a != protocol.BusyTechnician:
		return fault.New(fault.Invalid, "Presence is online, away or busy.")
	}
	return nil
}

// MayWatch returns nil where the principal may follow these places.
func MayWatch(by identity.Principal, places []string) error {
	switch {
	case by.Role != identity.Technician:
		return fault.New(fault.Forbidden, "Only a technician sees who is there.")
	case len(places) == 0 || len(places) > protocol.MaxWatched:
		return fault.New(fault.Invalid, "Watch 1 to %d companies.", protocol.MaxWatched)
	case slices.ContainsFunc(places, func(c string) bool { return !by.MaySee(c) }):
		return fault.New(fault.NotFound, "There is no such company.")
	}
	return nil
}

// Rows reads the roster from leases: a row for each end user with every device
// where they are logged on, by name. Device agents and what has run out are
// left out.
func Rows(leases []Lease, now time.Time) []protocol.RosterRow {
	people := map[string][]Lease{}
	for _, l := range leases {
		if l.Principal.Role == identity.Contact && l.holds(now) {
			people[l.Principal.ID] = append(people[l.Principal.ID], l)
		}
	}
	rows := make([]protocol.RosterRow, 0, len(people))
	for _, held := range people {
		rows = append(rows, Row(held[0].Principal, held, now))
	}
	slices.SortFunc(rows, func(a, b protocol.RosterRow) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return rows
}

// Row is the roster's row of one end user: the best of their leases counts.
func Row(who identity.Principal, leases []Lease, now time.Time) protocol.RosterRow {
	row := protocol.RosterRow{
		Person:  protocol.Person{ID: who.ID, Name: who.Name, Role: who.Role},
		Company: who.Company, Activity: protocol.ActivityOffline, Devices: []identity.Machine{},
	}
	for _, l := range leases {
		if !l.holds(now) {
			continue
		}
		row.Name = l.Principal.Name
		row.ActiveAt, row.Until = max(row.ActiveAt, l.ActiveAt), max(row.Until, l.Until)
		if row.Activity != protocol.ActivityOnline {
			row.Activity = l.activity(now)
		}
		if m := l.Principal.Machine; m != nil && !slices.Contains(row.Devices, *m) {
			row.Devices = append(row.Devices, *m)
		}
	}
	return row
}

// Pages are the connections of an end user's own pages, of those at a device
// only where one is given. Device agents show nothing, so theirs are left out.
func Pages(leases []Lease, at *identity.Machine, now time.Time) []string {
	pages := []string{}
	for _, l := range leases {
		there := at == nil || l.Principal.Machine != nil && l.Principal.Machine.ID == at.ID
		if l.Principal.Role == identity.Contact && l.Activity != "" && there && l.holds(now) {
			pages = append(pages, l.Connection)
		}
	}
	return pages
}

// Colleagues are the technicians who are logged on and have one of the
// places, or something in it, in their scope, by name.
func Colleagues(leases []Lease, places []string, now time.Time) []protocol.Colleague {
	seen := map[string]bool{}
	list := []protocol.Colleague{}
	for _, l := range leases {
		shares := slices.ContainsFunc(places, l.Principal.MayEnter)
		if l.Principal.Role != identity.Technician || !shares || !l.holds(now) || seen[l.Principal.ID] {
			continue
		}
		seen[l.Principal.ID] = true
		list = append(list, ColleagueOf(l.Principal, []Lease{l}, now))
	}
	slices.SortFunc(list, func(a, b protocol.Colleague) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return list
}

// ColleagueOf is one technician as others see them; offline without a lease.
func ColleagueOf(who identity.Principal, leases []Lease, now time.Time) protocol.Colleague {
	c := protocol.Colleague{
		Person:       protocol.Person{ID: who.ID, Name: who.Name, Role: who.Role},
		Availability: protocol.NotLoggedOn,
	}
	for _, l := range leases {
		if l.holds(now) {
			c.Availability = l.Availability
		}
	}
	return c
}

// activity is that of an end user: told by a page, or read from the clock.
func (l Lease) activity(now time.Time) protocol.Activity {
	switch {
	case l.Activity != "":
		return l.Activity
	case inactive(l.ActiveAt, protocol.At(l.Until.Time().Add(-Term)), now):
		return protocol.ActivityAway
	}
	return protocol.ActivityOnline
}

// Place is where the lease's end user is, of those that scopes are made of.
func (l Lease) Place() string {
	if l.Principal.Machine == nil {
		return l.Principal.Company
	}
	return identity.Place(l.Principal.Company, l.Principal.Machine.Group)
}

// In are the leases of end users in a place.
func In(leases []Lease, place string) []Lease {
	if !strings.Contains(place, "/") {
		return leases
	}
	return slices.DeleteFunc(slices.Clone(leases), func(l Lease) bool { return l.Place() != place })
}

// Places are the places of a list, each once, without the groups of companies
// that stand there too.
func Places(list []string) []string {
	places := slices.Compact(slices.Sorted(slices.Values(list)))
	return slices.DeleteFunc(places, func(place string) bool {
		company, _, grouped := strings.Cut(place, "/")
		return grouped && slices.Contains(list, company)
	})
}

// Followed are the watches that a connection needs for some places. Colleagues
// are told of all over a company, also to those who see a group of it only.
func Followed(places []string) []string {
	var watches []string
	for _, place := range places {
		watches = append(watches, place)
		if company, _, grouped := strings.Cut(place, "/"); grouped {
			watches = append(watches, company+colleagues)
		}
	}
	slices.Sort(watches)
	return slices.Compact(watches)
}

// Told are the watches of those who are told of a technician who watches some.
func Told(watches []string) []string {
	var told []string
	for _, w := range watches {
		company, _, _ := strings.Cut(w, "/")
		told = append(told, company, company+colleagues)
	}
	slices.Sort(told)
	return slices.Compact(told)
}

// colleagues follows a company in a watch for its technicians only. It is the
// id of no group.
const colleagues = "/*"

func (l Lease) holds(now time.Time) bool { return l.Until.Time().After(now) }

func validActivity(a protocol.Activity) error {
	if a != protocol.ActivityOnline && a != protocol.ActivityAway {
		return fault.New(fault.Invalid, "Activity is online or away.")
	}
	return nil
}
