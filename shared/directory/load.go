package directory

import (
	"context"
	"sync"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Who names a person, the device where they sit and their company.
type Who struct {
	Role    identity.Role
	ID      string
	Company string // Of a technician empty.
	Device  string // Empty where they sit at none.
}

// Of is a principal as the directory looks for them.
func Of(p identity.Principal) Who {
	w := Who{Role: p.Role, ID: p.ID, Company: p.Company}
	if m := machineOf(p); m != nil {
		w.Device = m.ID
	}
	return w
}

// machineOf is the device where somebody sits, or that a device agent is.
func machineOf(p identity.Principal) *identity.Machine {
	if p.Role == identity.Device {
		return &identity.Machine{ID: p.ID, Name: p.Name}
	}
	return p.Machine
}

// Settings reads the deployment's settings.
type Settings interface {
	Settings(ctx context.Context) (protocol.Settings, error)
}

// Load reads what the directory knows around somebody: the settings and at most
// three batches of records, since a device names its group and both a machine
// role, and a technician a role and a scope.
func Load(ctx context.Context, s Store, set Settings, w Who) (Around, error) {
	settings, err := set.Settings(ctx)
	if err != nil {
		return Around{}, err
	}
	a := Around{Settings: settings}
	return a, a.load(w, func(keys []Key) ([]protocol.Record, error) { return s.Records(ctx, keys) })
}

// wanted is a record that is to be found, and where it belongs.
type wanted struct {
	key  Key
	into **protocol.Record
}

// load reads what is known around somebody, batch by batch.
func (a *Around) load(w Who, read func([]Key) ([]protocol.Record, error)) error {
	if w.Role == identity.Technician {
		if err := find(read, wanted{Key{protocol.TechnicianRecord, "", w.ID}, &a.Technician}); err != nil {
			return err
		}
		return find(read,
			wanted{Key{protocol.RoleRecord, "", value(a.Technician).Role}, &a.Role},
			wanted{Key{protocol.ScopeRecord, "", value(a.Technician).Scope}, &a.Scope})
	}
	err := find(read,
		wanted{Key{protocol.CompanyRecord, "", w.Company}, &a.Company},
		wanted{Key{protocol.ContactRecord, w.Company, w.ID}, &a.Contact},
		wanted{Key{protocol.DeviceRecord, w.Company, w.Device}, &a.Device})
	if err != nil {
		return err
	}
	if err := find(read, wanted{Key{protocol.GroupRecord, w.Company, value(a.Device).Group}, &a.Group}); err != nil {
		return err
	}
	role := value(a.Device).MachineRole
	if role == "" {
		role = value(a.Group).MachineRole
	}
	return find(read, wanted{Key{protocol.MachineRoleRecord, "", role}, &a.MachineRole})
}

// find reads records in one batch and puts each where it belongs. A key without
// an id names none.
func find(read func([]Key) ([]protocol.Record, error), list ...wanted) error {
	var keys []Key
	for _, w := range list {
		if w.key.ID != "" {
			keys = append(keys, w.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	records, err := read(keys)
	for _, r := range records {
		for _, w := range list {
			if w.key == KeyOf(r) {
				*w.into = &r
			}
		}
	}
	return err
}

// Memory is how long Recent believes what it has read: a change of the
// directory holds everywhere after that long.
const Memory = 5 * time.Second

// remembered is how many records Recent keeps at most.
const remembered = 4096

// Recent remembers records for a few seconds, so that what somebody does again
// and again costs no read each time.
type Recent struct {
	Store    Store
	Settings Settings
	Now      func() time.Time

	mu   sync.Mutex
	kept map[Key]memory
}

type memory struct {
	record *protocol.Record // Nil where there is none.
	at     time.Time
}

// Around returns what the directory knew within the last seconds around
// somebody.
func (r *Recent) Around(ctx context.Context, w Who) (Around, error) {
	settings, err := r.Settings.Settings(ctx)
	if err != nil {
		return Around{}, err
	}
	a := Around{Settings: settings}
	return a, a.load(w, func(keys []Key) ([]protocol.Record, error) { return r.records(ctx, keys) })
}

// Resolve returns the principal as the directory knows them, as
// [Around.Resolve] does, and reads no more than that needs.
func (r *Recent) Resolve(ctx context.Context, p identity.Principal) (identity.Principal, error) {
	var a Around
	var err error
	read := func(keys []Key) ([]protocol.Record, error) { return r.records(ctx, keys) }
	switch {
	case p.Role == identity.Technician:
		err = a.load(Of(p), read)
	case Of(p).Device != "":
		err = find(read, wanted{Key{protocol.DeviceRecord, p.Company, Of(p).Device}, &a.Device})
	}
	return a.Resolve(p), err
}

// records returns what is remembered, and reads the others.
func (r *Recent) records(ctx context.Context, keys []Key) ([]protocol.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.Now()
	var found []protocol.Record
	var missing []Key
	for _, k := range keys {
		m, ok := r.kept[k]
		switch {
		case !ok || now.Sub(m.at) >= Memory:
			missing = append(missing, k)
		case m.record != nil:
			found = append(found, *m.record)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	read, err := r.Store.Records(ctx, missing)
	if err != nil {
		return nil, err
	}
	r.remember(missing, read, now)
	return append(found, read...), nil
}

func (r *Recent) remember(keys []Key, read []protocol.Record, now time.Time) {
	if r.kept == nil || len(r.kept) > remembered {
		r.kept = map[Key]memory{}
	}
	for _, k := range keys {
		r.kept[k] = memory{nil, now}
	}
	for _, record := range read {
		r.kept[KeyOf(record)] = memory{&record, now}
	}
}
