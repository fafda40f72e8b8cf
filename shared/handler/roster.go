package handler

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

// rosterItems is how many leases or devices are read at once: about what fits
// into a page.
const rosterItems = 250

// The lists of a company that a roster walks through.
const (
	people  = "people"
	devices = "devices"
)

// cursor is how far somebody has come in the roster: place, list, and the id
// after which the next page begins. On the wire it is place/list/id.
type cursor struct{ place, list, after string }

// company is the one in which the place is.
func (c cursor) company() string {
	company, _, _ := strings.Cut(c.place, "/")
	return company
}

const longestCursor = 256 // Bytes; what this package writes is shorter.

// cursorOf reads where a page begins; the first place's people when it is empty.
func cursorOf(text string, places []string) (cursor, error) {
	if text == "" {
		return cursor{places[0], people, ""}, nil
	}
	for _, place := range places {
		rest, here := strings.CutPrefix(text, place+"/")
		list, after, whole := strings.Cut(rest, "/")
		if here && whole && len(text) <= longestCursor && (list == people || list == devices) {
			return cursor{place, list, after}, nil
		}
	}
	return cursor{}, fault.New(fault.Invalid, "This is not where a page of these companies begins.")
}

func (c cursor) String() string { return c.place + "/" + c.list + "/" + c.after }

// following is the beginning of the next list; false after the last.
func (c cursor) following(places []string) (cursor, bool) {
	if c.list == people {
		return cursor{c.place, devices, ""}, true
	}
	i := slices.Index(places, c.place) + 1
	if i == len(places) {
		return cursor{}, false
	}
	return cursor{places[i], people, ""}, true
}

// rosterPage is a page in the making.
type rosterPage struct {
	protocol.Listed
	room int // Bytes.
}

// takes reports whether a row still fits; the first one always does.
func (p *rosterPage) takes(row any) (bool, error) {
	text, err := json.Marshal(row)
	p.room -= len(text) + 1
	return p.room >= 0 || len(p.Contacts)+len(p.Devices) == 0, err
}

// list brings another page of the roster.
func (r presenceRoute) list(ctx context.Context, c Caller, d protocol.ListRoster) (Outcome, error) {
	if err := presence.MayWatch(c.Principal, d.Companies); err != nil {
		return Outcome{}, err
	}
	page, err := r.page(ctx, c, d.Companies, d.After, pageBytes)
	return Outcome{Reply: page}, err
}

// page reads the roster of places from a cursor on, up to so many bytes.
func (r presenceRoute) page(ctx context.Context, c Caller, places []string, from string, bytes int) (protocol.Listed, error) {
	places = presence.Places(places)
	at, err := cursorOf(from, places)
	if err != nil {
		return protocol.Listed{}, err
	}
	p := &rosterPage{protocol.Listed{Contacts: []protocol.RosterRow{}, Devices: []protocol.DeviceRow{}}, bytes}
	for {
		read := r.somePeople
		if at.list == devices {
			read = r.someDevices
		}
		after, more, err := read(ctx, c, at, p)
		if err != nil {
			return protocol.Listed{}, err
		}
		if at.after = after; more {
			if p.room > 0 {
				continue
			}
			p.Next = at.String()
			return p.Listed, nil
		}
		next, ok := at.following(places)
		if !ok {
			return p.Listed, nil
		}
		at = next
	}
}

// somePeople adds contacts after a cursor, and returns the last that was seen
// and whether there are more.
func (r presenceRoute) somePeople(ctx context.Context, c Caller, at cursor, p *rosterPage) (string, bool, error) {
	leases, more, err := r.directory.LeasesAfter(ctx, at.company(), at.after, rosterItems)
	if err != nil || len(leases) == 0 {
		return at.after, false, err
	}
	last := leases[len(leases)-1].Principal.ID
	whole := slices.IndexFunc(leases, func(l presence.Lease) bool { return l.Principal.ID == last })
	if more && whole > 0 {
		leases = leases[:whole] // Of the last one there may be more leases.
	}
	for len(leases) > 0 {
		who := leases[0].Principal
		end := slices.IndexFunc(leases, func(l presence.Lease) bool { return l.Principal.ID != who.ID })
		if end < 0 {
			end = len(leases)
		}
		if row := presence.Row(who, presence.In(leases[:end], at.place), c.Now); who.Role == identity.Contact && row.Activity != protocol.ActivityOffline {
			fits, err := p.takes(row)
			if err != nil || !fits {
				return at.after, true, err
			}
			p.Contacts = append(p.Contacts, row)
		}
		at.after, leases = who.ID, leases[end:]
	}
	return at.after, more, nil
}

// someDevices adds devices after a cursor, as somePeople does people.
func (r presenceRoute) someDevices(ctx context.Context, _ Caller, at cursor, p *rosterPage) (string, bool, error) {
	list, more, err := r.directory.DevicesAfter(ctx, at.company(), at.after, rosterItems)
	if err != nil {
		return at.after, false, err
	}
	for _, d := range list {
		if !d.In(at.place) {
			at.after = d.ID
			continue
		}
		fits, err := p.takes(d.DeviceRow)
		if err != nil || !fits {
			return at.after, true, err
		}
		p.Devices = append(p.Devices, d.DeviceRow)
		at.after = d.ID
	}
	return at.after, more, nil
}
