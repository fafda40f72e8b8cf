// Package directory owns who there is and who may do what: companies with
// their contacts, device groups and devices; technicians with their roles and
// scopes; and the machine roles of devices.
//
// A token says who somebody is and which company they belong to. What the
// directory says of a technician's capabilities and scope counts instead of
// what the token says; where the directory is silent the token counts. A right
// that several levels may decide is decided by the narrowest that says
// anything: [Around] has what the directory knows around one person, and each
// of its decisions names its level.
//
// Records have versions. Who saw an older one is told, and changes nothing.
package directory

import (
	"context"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Key names a record.
type Key struct {
	Kind    protocol.RecordKind
	Company string // Of a contact, group or device; otherwise empty.
	ID      string
}

// KeyOf is the key of a record.
func KeyOf(r protocol.Record) Key { return Key{r.Kind, r.Company, r.ID} }

// Home is the partition that holds the record: its company, or the staff's.
func (k Key) Home() string {
	if owned(k.Kind) {
		return k.Company
	}
	return identity.Staff
}

// owned reports whether records of a kind are a company's.
func owned(k protocol.RecordKind) bool {
	return k == protocol.ContactRecord || k == protocol.GroupRecord || k == protocol.DeviceRecord
}

// Kinds are all the kinds of records.
var Kinds = []protocol.RecordKind{
	protocol.CompanyRecord, protocol.ContactRecord, protocol.GroupRecord, protocol.DeviceRecord,
	protocol.TechnicianRecord, protocol.RoleRecord, protocol.ScopeRecord, protocol.MachineRoleRecord,
}

// Store keeps the directory.
type Store interface {
	// Records reads records by their keys, in any order, and leaves out those
	// that are not there. At most 100 keys.
	Records(ctx context.Context, keys []Key) ([]protocol.Record, error)

	// List reads a page of the records of a kind in a home, by id, after an id,
	// and whether more follow.
	List(ctx context.Context, k protocol.RecordKind, home, after string, limit int) ([]protocol.Record, bool, error)

	// Save writes a change together with its line in the audit. It returns
	// fault.Conflict, having written nothing, unless the stored version is the
	// one that the change builds on.
	Save(ctx context.Context, c Change) error

	// Follow has a connection told of changes until a time.
	Follow(ctx context.Context, connection string, until time.Time) error

	// Audit reads a page of a home's audit, newest first, before a line's id,
	// and whether more follow.
	Audit(ctx context.Context, home, before string, limit int) ([]protocol.Audited, bool, error)
}

// Followers is the watch of those who are told of changes to the directory. It
// is the id of no company.
const Followers = "_directory"

// AuditTerm is how long a line of the audit is kept.
const AuditTerm = 10 * 365 * 24 * time.Hour

// Change is a decision ready to commit.
type Change struct {
	Before  *protocol.Record  // Nil for a new record.
	After   *protocol.Record  // Nil where the record is removed.
	Audited *protocol.Audited // Nil for what was learned from a token.
}

// Key names the record that changes.
func (c Change) Key() Key {
	if c.After != nil {
		return KeyOf(*c.After)
	}
	return KeyOf(*c.Before)
}

// Home is the partition of the record that changes.
func (c Change) Home() string { return c.Key().Home() }

// Editor is an administrator at work.
type Editor struct {
	identity.Principal
	Own protocol.Record // Their own record; the zero record where there is none.
}

// May returns nil where the principal may see and change the directory.
func May(by identity.Principal) error {
	if !by.Can(identity.Administer) {
		return fault.New(fault.Forbidden, "Only an administrator sees and changes the directory.")
	}
	return nil
}

// Put is the change that a new or changed record makes, or nil where the record
// stands already as it would become: the same command sent again.
func Put(by Editor, before *protocol.Record, next protocol.Record, now time.Time) (*Change, error) {
	if err := May(by.Principal); err != nil {
		return nil, err
	}
	next, err := Checked(next)
	if err != nil {
		return nil, err
	}
	if before != nil && len(Differences(*before, next)) == 0 {
		return nil, nil
	}
	if err := current(before, next.Version); err != nil {
		return nil, err
	}
	if err := by.keepsAdministering(before, &next); err != nil {
		return nil, err
	}
	next.Claimed = value(before).Claimed
	return change(by.Principal, before, &next, now), nil
}

// Remove is the change that removes a record, if it is still the one that was
// seen, or nil where it is gone already.
func Remove(by Editor, before *protocol.Record, version int64, now time.Time) (*Change, error) {
	switch err := May(by.Principal); {
	case err != nil:
		return nil, err
	case before == nil:
		return nil, nil
	}
	if err := current(before, version); err != nil {
		return nil, err
	}
	if err := by.keepsAdministering(before, nil); err != nil {
		return nil, err
	}
	return change(by.Principal, before, nil, now), nil
}

// current returns nil where a version is that of the stored record.
func current(before *protocol.Record, version int64) error {
	switch {
	case before == nil && version > 0:
		return fault.New(fault.Conflict, "Somebody else has removed this.")
	case value(before).Version == version:
		return nil
	case version == 0:
		return fault.New(fault.Conflict, "There is one with this id already.")
	case before.ChangedBy == nil:
		return fault.New(fault.Conflict, "This has changed since you saw it. Look at it again.")
	}
	return fault.New(fault.Conflict, "%s has changed this since you saw it. Look at it again.", before.ChangedBy.Name)
}

// keepsAdministering refuses what would take administering from the editor
// themselves, who could not give it back.
func (e Editor) keepsAdministering(before, after *protocol.Record) error {
	was, is := value(before), value(after)
	administers := func(r protocol.Record) bool { return slices.Contains(r.Capabilities, identity.Administer) }
	switch {
	case before != nil && before.Kind == protocol.RoleRecord && before.ID == e.Own.Role && administers(was) && !administers(is):
		return fault.New(fault.Conflict, "You administer by this role. Ask another administrator to take that from it.")
	case is.Kind == protocol.TechnicianRecord && is.ID == e.ID && was.Role != is.Role,
		was.Kind == protocol.TechnicianRecord && was.ID == e.ID && was.Role != "" && after == nil:
		return fault.New(fault.Conflict, "This is your own role. Ask another administrator to change it.")
	}
	return nil
}

// change stamps a change and words it for the audit.
func change(by identity.Principal, before, after *protocol.Record, now time.Time) *Change {
	who := protocol.Person{ID: by.ID, Name: by.Name, Role: by.Role}
	about, did := after, protocol.AuditChanged
	switch {
	case after == nil:
		about, did = before, protocol.AuditRemoved
	case before == nil:
		did = protocol.AuditAdded
	}
	if after != nil {
		after.Version, after.ChangedAt, after.ChangedBy = value(before).Version+1, protocol.At(now), &who
	}
	return &Change{before, after, &protocol.Audited{
		At: protocol.At(now), By: who, Did: did,
		What: string(about.Kind), Company: about.Company, Record: about.ID, Name: about.Name,
		Fields: Differences(value(before), value(after)),
	}}
}

// value is a record, or the zero record for nil.
func value(r *protocol.Record) protocol.Record {
	if r == nil {
		return protocol.Record{}
	}
	return *r
}
