package directory

import (
	"context"
	"slices"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Learned are the records that somebody's token adds to the directory: their
// company, themselves and their device, where there is none; and of a
// technician what their token says by now. Nothing that an administrator has
// said is changed, and guests stay nowhere.
func (a Around) Learned(p identity.Principal) []Change {
	if p.Role == identity.Technician {
		return a.claims(p)
	}
	var list []Change
	add := func(known *protocol.Record, r protocol.Record) {
		if known == nil {
			r.Version = 1
			list = append(list, Change{After: &r})
		}
	}
	if p.Role == identity.Guest {
		return nil
	}
	add(a.Company, protocol.Record{Kind: protocol.CompanyRecord, ID: p.Company, Name: p.Company})
	if p.Role == identity.Contact {
		add(a.Contact, protocol.Record{Kind: protocol.ContactRecord, Company: p.Company, ID: p.ID, Name: p.Name})
	}
	if m := machineOf(p); m != nil {
		add(a.Device, protocol.Record{Kind: protocol.DeviceRecord, Company: p.Company, ID: m.ID, Name: m.Name})
	}
	return list
}

// claims is the change that a technician's token makes to their record.
func (a Around) claims(p identity.Principal) []Change {
	known := value(a.Technician)
	said := protocol.Claimed{Capabilities: p.Capabilities, Places: p.Companies}
	if c := known.Claimed; c != nil && slices.Equal(c.Capabilities, said.Capabilities) && slices.Equal(c.Places, said.Places) {
		return nil
	}
	next := known
	if a.Technician == nil {
		next = protocol.Record{Kind: protocol.TechnicianRecord, ID: p.ID, Name: p.Name}
	}
	next.Version++
	next.Claimed = &said
	return []Change{{Before: a.Technician, After: &next}}
}

// Learn adds to the directory what the token of somebody who says hello tells.
// Of two functions that learn the same one is enough.
func (r *Recent) Learn(ctx context.Context, p identity.Principal) error {
	a, err := r.Around(ctx, Of(p))
	if err != nil {
		return err
	}
	for _, c := range a.Learned(p) {
		if err := r.Store.Save(ctx, c); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		r.forget(c.Key())
	}
	return nil
}

// forget has a record read anew.
func (r *Recent) forget(k Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, k)
}
