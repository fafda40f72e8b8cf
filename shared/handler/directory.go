package handler

import (
	"context"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
)

// auditSize is how many lines of the audit a page has.
const auditSize = 100

// directoryRoute carries out the commands of route directory.
type directoryRoute struct {
	store    directory.Store
	settings directory.Settings
}

// Directory returns the commands of route directory.
func Directory(s directory.Store, set directory.Settings) Commands {
	r := directoryRoute{s, set}
	return Commands{
		"directory.list":    on(r.list),
		"directory.show":    on(r.show),
		"directory.put":     on(r.put),
		"directory.remove":  on(r.remove),
		"directory.explain": on(r.explain),
		"directory.audit":   on(r.audit),
		"directory.follow":  on(r.follow),
	}
}

func (r directoryRoute) list(ctx context.Context, c Caller, d protocol.ListRecords) (Outcome, error) {
	page, err := directory.Find(ctx, r.store, c.Principal, d)
	if err != nil {
		return Outcome{}, err
	}
	fitting, cut, err := fit(page.Records, pageBytes)
	if cut {
		page.Records, page.Next = fitting, fitting[len(fitting)-1].ID
	}
	return Outcome{Reply: page}, err
}

// keyOf is the key of a record that somebody names.
func keyOf(n protocol.NameRecord) directory.Key {
	return directory.Key{Kind: n.Kind, Company: n.Company, ID: n.ID}
}

// known reads a record, and the caller's own; nil where there is none.
func (r directoryRoute) known(ctx context.Context, c Caller, k directory.Key) (*protocol.Record, directory.Editor, error) {
	by := directory.Editor{Principal: c.Principal}
	if err := directory.May(c.Principal); err != nil {
		return nil, by, err
	}
	own := directory.Key{Kind: protocol.TechnicianRecord, ID: c.ID}
	keys := []directory.Key{own}
	if k.ID != "" && k != own {
		keys = append(keys, k)
	}
	records, err := r.store.Records(ctx, keys)
	var found *protocol.Record
	for _, record := range records {
		if directory.KeyOf(record) == own {
			by.Own = record
		}
		if directory.KeyOf(record) == k {
			found = &record
		}
	}
	return found, by, err
}

func (r directoryRoute) show(ctx context.Context, c Caller, d protocol.NameRecord) (Outcome, error) {
	found, _, err := r.known(ctx, c, keyOf(d))
	if err == nil && found == nil {
		err = fault.New(fault.NotFound, "There is no such record.")
	}
	return Outcome{Reply: found}, err
}

func (r directoryRoute) put(ctx context.Context, c Caller, d protocol.PutRecord) (Outcome, error) {
	next, err := directory.Checked(d.Record)
	if may := directory.May(c.Principal); may != nil {
		err = may
	}
	if err != nil {
		return Outcome{}, err
	}
	before, by, err := r.known(ctx, c, directory.KeyOf(next))
	if err != nil {
		return Outcome{}, err
	}
	change, err := directory.Put(by, before, next, c.Now)
	if err != nil || change == nil {
		return Outcome{Reply: before}, err
	}
	if err := r.store.Save(ctx, *change); err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: change.After, Pushes: recordChanged(c, *change)}, nil
}

func (r directoryRoute) remove(ctx context.Context, c Caller, d protocol.RemoveRecord) (Outcome, error) {
	before, by, err := r.known(ctx, c, keyOf(d.NameRecord))
	if err != nil {
		return Outcome{}, err
	}
	change, err := directory.Remove(by, before, d.Version, c.Now)
	if err != nil || change == nil {
		return Outcome{Reply: protocol.Empty{}}, err
	}
	if err := r.store.Save(ctx, *change); err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: protocol.Empty{}, Pushes: recordChanged(c, *change)}, nil
}

// recordChanged tells the other administrators which record is another now.
func recordChanged(c Caller, change directory.Change) []fanout.Push {
	k := change.Key()
	news := protocol.RecordChanged{NameRecord: protocol.NameRecord{Kind: k.Kind, Company: k.Company, ID: k.ID}}
	if change.After != nil {
		news.Version = change.After.Version
	}
	return []fanout.Push{{
		To: fanout.Audience{Kind: fanout.Watchers, Key: directory.Followers}, Except: c.Connection,
		Push: protocol.Push{Name: "directory.changed", Data: news},
	}}
}

func (r directoryRoute) follow(ctx context.Context, c Caller, _ protocol.Empty) (Outcome, error) {
	if err := directory.May(c.Principal); err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: protocol.Empty{}}, r.store.Follow(ctx, c.Connection, c.Now.Add(presence.Stay))
}

// explain tells what holds for a person. Of a technician's token it knows what
// the last one said.
func (r directoryRoute) explain(ctx context.Context, c Caller, d protocol.Explain) (Outcome, error) {
	key := directory.Key{Kind: protocol.ContactRecord, Company: d.Company, ID: d.Person}
	who := directory.Who{Role: identity.Contact, ID: d.Person, Company: d.Company, Device: d.Device}
	if d.Role == identity.Technician {
		key, who = directory.Key{Kind: protocol.TechnicianRecord, ID: d.Person}, directory.Who{Role: d.Role, ID: d.Person}
	}
	person, _, err := r.known(ctx, c, key)
	if err == nil && person == nil {
		err = fault.New(fault.NotFound, "There is no such record.")
	}
	if err != nil {
		return Outcome{}, err
	}
	around, err := directory.Load(ctx, r.store, r.settings, who)
	if err != nil {
		return Outcome{}, err
	}
	p := identity.Principal{ID: d.Person, Role: who.Role, Name: person.Name, Company: who.Company}
	if said := person.Claimed; said != nil {
		p.Companies, p.Capabilities = said.Places, said.Capabilities
	}
	return Outcome{Reply: protocol.Explained{Person: *person, Decisions: around.Effective(p, d.Company, d.Group)}}, nil
}

func (r directoryRoute) audit(ctx context.Context, c Caller, d protocol.ListAudit) (Outcome, error) {
	home := identity.Staff
	if d.Company != "" {
		home = d.Company
	}
	if err := directory.May(c.Principal); err != nil {
		return Outcome{}, err
	}
	lines, more, err := r.store.Audit(ctx, home, d.Before, auditSize)
	if err != nil {
		return Outcome{}, err
	}
	fitting, cut, err := fit(lines, pageBytes)
	page := protocol.AuditPage{Lines: fitting}
	if (more || cut) && len(fitting) > 0 {
		page.Next = fitting[len(fitting)-1].ID
	}
	return Outcome{Reply: page}, err
}
