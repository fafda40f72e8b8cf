package dynamo_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

var editor = directory.Editor{Principal: identity.Principal{
	ID: "alice", Role: identity.Technician, Name: "Alice", Capabilities: []identity.Capability{identity.Administer},
}}

// keeps puts a record and returns it as it is kept.
func (w *world) keeps(before *protocol.Record, next protocol.Record) protocol.Record {
	w.t.Helper()
	c, err := directory.Put(editor, before, next, w.now())
	if err == nil {
		err = dynamo.Directory{Table: w.table()}.Save(w.t.Context(), *c)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return *c.After
}

func TestTheDirectoryIsListedPageByPage(t *testing.T) {
	w := newWorld(t, -1)
	store := dynamo.Directory{Table: w.table()}
	for i := range 7 {
		w.keeps(nil, protocol.Record{Kind: "device", Company: "acme", ID: fmt.Sprintf("d%d", i), Name: "A device"})
	}
	w.keeps(nil, protocol.Record{Kind: "device", Company: "globex", ID: "d5", Name: "Another's"})
	w.keeps(nil, protocol.Record{Kind: "group", Company: "acme", ID: "d5", Name: "A group"})

	var ids []string
	for after, more := "", true; more; {
		var page []protocol.Record
		var err error
		if page, more, err = store.List(t.Context(), protocol.DeviceRecord, "acme", after, 3); err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			if r.Company != "acme" || r.Kind != protocol.DeviceRecord {
				t.Errorf("listed %+v", r)
			}
			ids = append(ids, r.ID)
			after = r.ID
		}
	}
	if want := []string{"d0", "d1", "d2", "d3", "d4", "d5", "d6"}; !slices.Equal(ids, want) {
		t.Errorf("listed %v, want %v", ids, want)
	}
}

func TestOfTwoWhoSaveTheSameRecordOneIsRefused(t *testing.T) {
	w := newWorld(t, -1)
	store := dynamo.Directory{Table: w.table()}
	first := w.keeps(nil, protocol.Record{Kind: "company", ID: "acme", Name: "Acme"})
	next := first
	next.Chat = protocol.Off
	w.keeps(&first, next)

	other := first
	other.Name = "Acme Ltd"
	for what, change := range map[string]func() (*directory.Change, error){
		"changed": func() (*directory.Change, error) { return directory.Put(editor, &first, other, w.now()) },
		"removed": func() (*directory.Change, error) { return directory.Remove(editor, &first, 1, w.now()) },
		"added": func() (*directory.Change, error) {
			return directory.Put(editor, nil, protocol.Record{Kind: "company", ID: "acme", Name: "A"}, w.now())
		},
	} {
		c, err := change()
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Save(t.Context(), *c); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s by who saw an older one: %v", what, err)
		}
	}
	lines, _, err := store.Audit(t.Context(), identity.Staff, "", 10)
	if err != nil || len(lines) != 2 {
		t.Errorf("audited %v, %v; want the two changes that were made", lines, err)
	}
}

func TestEveryChangeIsInTheAudit(t *testing.T) {
	w := newWorld(t, -1)
	store := dynamo.Directory{Table: w.table()}
	first := w.keeps(nil, protocol.Record{Kind: "contact", Company: "acme", ID: "carol", Name: "Carol"})
	for i, chat := range []protocol.Choice{protocol.Off, protocol.On} {
		w.at(noon.Add(time.Duration(i+1) * time.Minute))
		next := first
		next.Chat = chat
		first = w.keeps(&first, next)
	}
	w.keeps(nil, protocol.Record{Kind: "contact", Company: "globex", ID: "dave", Name: "Dave"})

	var told []string
	for before, more := "", true; more; {
		var page []protocol.Audited
		var err error
		if page, more, err = store.Audit(t.Context(), "acme", before, 2); err != nil {
			t.Fatal(err)
		}
		for _, a := range page {
			told = append(told, fmt.Sprintf("%s %s %s %v", a.By.Name, a.Did, a.Record, a.Fields))
			before = a.ID
		}
	}
	want := []string{"Alice changed carol [{chat off on}]", "Alice changed carol [{chat  off}]", "Alice added carol [{name  Carol}]"}
	if !slices.Equal(told, want) {
		t.Errorf("audited %q, want %q", told, want)
	}
}

// counted counts the reads of a store.
type counted struct {
	dynamo.Directory
	batches int
}

func (c *counted) Records(ctx context.Context, keys []directory.Key) ([]protocol.Record, error) {
	c.batches++
	return c.Directory.Records(ctx, keys)
}

func TestWhatDecidesIsReadInFewBatchesAndRemembered(t *testing.T) {
	w := newWorld(t, -1)
	w.keeps(nil, protocol.Record{Kind: "company", ID: "acme", Name: "Acme", Chat: protocol.Off})
	w.keeps(nil, protocol.Record{Kind: "contact", Company: "acme", ID: "carol", Name: "Carol", Chat: protocol.On})
	w.keeps(nil, protocol.Record{Kind: "group", Company: "acme", ID: "desks", Name: "Desks", Ask: protocol.On, MachineRole: "quiet"})
	device := w.keeps(nil, protocol.Record{Kind: "device", Company: "acme", ID: "d7", Name: "D 7", Group: "desks"})
	w.keeps(nil, protocol.Record{Kind: "machine_role", ID: "quiet", Name: "Quiet", Begin: protocol.Off})
	w.keeps(nil, protocol.Record{Kind: "role", ID: "helper", Name: "Helper", Capabilities: []identity.Capability{identity.Direct}})
	w.keeps(nil, protocol.Record{Kind: "scope", ID: "north", Name: "North", Places: []string{"acme/desks"}})
	w.keeps(nil, protocol.Record{Kind: "technician", ID: "bob", Name: "Bob", Role: "helper", Scope: "north"})

	store := &counted{Directory: dynamo.Directory{Table: w.table()}}
	recent := &directory.Recent{Store: store, Settings: dynamo.Settings{Table: w.table()}, Now: w.now}
	at := directory.Who{Role: identity.Contact, ID: "carol", Company: "acme", Device: "d7"}
	a, err := recent.Around(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Chat().Allowed || a.Chat().Level != protocol.LevelContact || !a.Ask().Allowed || a.Begin().Allowed {
		t.Errorf("around carol: %+v", a.Effective(identity.Principal{Role: identity.Contact}, "", ""))
	}
	bob, err := recent.Resolve(t.Context(), identity.Principal{ID: "bob", Role: identity.Technician, Companies: []string{"globex"}})
	if err != nil || !bob.Can(identity.Direct) || !bob.MaySee("acme/desks") || bob.MaySee("globex") {
		t.Errorf("bob is %+v, %v", bob, err)
	}
	if store.batches != 5 {
		t.Errorf("read in %d batches, want 3 for a contact and 2 for a technician", store.batches)
	}

	device.Group = ""
	w.keeps(&protocol.Record{Kind: "device", Company: "acme", ID: "d7", Name: "D 7", Group: "desks", Version: 1}, device)
	again, err := recent.Around(t.Context(), at)
	if err != nil || again.Begin().Allowed || store.batches != 5 {
		t.Errorf("in the next moment it is read again, or not known: %+v, %v", again.Begin(), err)
	}
	w.at(noon.Add(directory.Memory))
	if again, err = recent.Around(t.Context(), at); err != nil || !again.Begin().Allowed || again.Ask().Allowed {
		t.Errorf("after %s the old group still holds: %+v, %v", directory.Memory, again.Begin(), err)
	}
}
