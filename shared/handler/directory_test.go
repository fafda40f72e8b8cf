package handler_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

var (
	boss  = identity.Principal{ID: "boss", Role: identity.Technician, Name: "Boss", Capabilities: []identity.Capability{identity.Administer}}
	chief = identity.Principal{ID: "chief", Role: identity.Technician, Name: "Chief", Capabilities: []identity.Capability{identity.Administer}}
)

func (w *world) puts(by identity.Principal, r protocol.Record) protocol.Record {
	w.t.Helper()
	return does[protocol.Record](w, by, "directory.put", protocol.PutRecord{Record: r})
}

// I1: one administrator's change is seen by another at once, and of two who edit
// the same record the second is told by whom and changes nothing.
func TestTwoAdministratorsEditTheDirectory(t *testing.T) {
	w := newWorld(t)
	w.arrives(chief, "chief")
	does[protocol.Empty](w, chief, "directory.follow", protocol.Empty{})
	w.heard("chief")
	first := w.puts(boss, protocol.Record{Kind: "company", ID: "acme", Name: "Acme"})
	if heard := w.heard("chief"); !slices.Equal(heard, []string{"directory.changed"}) {
		t.Errorf("the other administrator hears %v", heard)
	}
	next := first
	next.Chat = protocol.Off
	second := w.puts(boss, next)
	if again := w.puts(boss, next); again.Version != second.Version {
		t.Errorf("sent again it becomes version %d, want %d", again.Version, second.Version)
	}
	next = first
	next.Name = "Acme Ltd"
	w.heard("chief")
	err := w.refused(chief, "directory.put", protocol.PutRecord{Record: next})
	if err.Code != fault.Conflict || err.Message != "Boss has changed this since you saw it. Look at it again." {
		t.Errorf("the second is told %v", &err)
	}
	now := does[protocol.Record](w, chief, "directory.show", protocol.NameRecord{Kind: "company", ID: "acme"})
	if now.Name != "Acme" || now.Chat != protocol.Off || now.ChangedBy.ID != "boss" {
		t.Errorf("it is now %+v", now)
	}
	remove := protocol.RemoveRecord{NameRecord: protocol.NameRecord{Kind: "company", ID: "acme"}, Version: first.Version}
	if err := w.refused(chief, "directory.remove", remove); err.Code != fault.Conflict {
		t.Errorf("removing what was changed is answered %v", &err)
	}
	remove.Version = now.Version
	for range 2 { // The second time as if the answer was lost.
		does[protocol.Empty](w, chief, "directory.remove", remove)
	}
	if err := w.refused(boss, "directory.show", remove.NameRecord); err.Code != fault.NotFound {
		t.Errorf("what was removed is answered %v", &err)
	}
}

func TestEveryAdministrativeActIsListed(t *testing.T) {
	w := newWorld(t)
	carol := w.puts(boss, protocol.Record{Kind: "contact", Company: "acme", ID: "carol", Name: "Carol"})
	w.passes(1)
	carol.Chat = protocol.Off
	w.puts(chief, carol)
	w.puts(boss, protocol.Record{Kind: "role", ID: "helper", Name: "Helper"})
	does[protocol.Settings](w, boss, "admin.set", protocol.SetSettings{Settings: protocol.Settings{RetentionDays: 90, AskOnDemand: true, Chat: protocol.Off}})
	told := func(company string) []string {
		var list []string
		for _, l := range does[protocol.AuditPage](w, boss, "directory.audit", protocol.ListAudit{Company: company}).Lines {
			list = append(list, fmt.Sprint(l.By.Name, " ", l.Did, " ", l.What, " ", l.Record, " ", l.Fields))
		}
		slices.Sort(list)
		return list
	}
	want := []string{"Boss added contact carol [{name  Carol}]", "Chief changed contact carol [{chat  off}]"}
	if got := told("acme"); !slices.Equal(got, want) {
		t.Errorf("of acme are listed %q, want %q", got, want)
	}
	want = []string{"Boss added role helper [{name  Helper}]", "Boss changed settings  [{chat  off} {retentionDays 30 90}]"}
	if got := told(""); !slices.Equal(got, want) {
		t.Errorf("of the deployment are listed %q, want %q", got, want)
	}
}

func TestTheDirectoryIsSearchedPageByPage(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		w.keeps(protocol.Record{Kind: "device", Company: "acme", ID: fmt.Sprintf("lt-%03d", i), Name: fmt.Sprintf("Laptop %d", i)})
	}
	w.keeps(protocol.Record{Kind: "device", Company: "globex", ID: "lt-007", Name: "Laptop 7"})
	found := func(words string) (ids []string, pages int) {
		for after := ""; ; {
			page := does[protocol.Records](w, boss, "directory.list", protocol.ListRecords{Kind: "device", Company: "acme", Find: words, After: after})
			pages++
			for _, r := range page.Records {
				ids = append(ids, r.ID)
			}
			if after = page.Next; after == "" {
				return ids, pages
			}
		}
	}
	if ids, pages := found(""); len(ids) != 120 || pages != 2 {
		t.Errorf("all are %d on %d pages", len(ids), pages)
	}
	if ids, _ := found("laptop 7"); len(ids) != 21 {
		t.Errorf("%q are found", ids)
	}
	if ids, _ := found("lt-00* 7"); !slices.Equal(ids, []string{"lt-007"}) {
		t.Errorf("%q are found", ids)
	}
	if ids, _ := found("aptop*"); len(ids) != 0 {
		t.Errorf("%q are found", ids)
	}
}

func TestEffectivePermissionsAreExplained(t *testing.T) {
	w := newWorld(t)
	w.arrives(seated, "seated")
	w.arrives(whole, "whole")
	w.keeps(protocol.Record{Kind: "company", ID: "acme", Name: "Acme", Chat: protocol.Off})
	got := does[protocol.Explained](w, boss, "directory.explain", protocol.Explain{Role: identity.Contact, Person: "seated", Company: "acme", Device: "d7"})
	if got.Person.Name != "Seated" || got.Decisions[0] != (protocol.Decision{Right: "chat", Level: "company", By: "acme"}) || len(got.Decisions) != 5 {
		t.Errorf("of a contact holds %+v", got)
	}
	got = does[protocol.Explained](w, boss, "directory.explain", protocol.Explain{Role: identity.Technician, Person: "whole", Company: "acme"})
	if got.Decisions[0] != (protocol.Decision{Right: "see", Allowed: true, Level: "token"}) ||
		!slices.Contains(got.Decisions, protocol.Decision{Right: "direct", Allowed: true, Level: "token"}) {
		t.Errorf("of a technician holds %+v", got)
	}
}

// I1: nobody else sees or changes anything of the directory, nor learns what is
// in it.
func TestOnlyAnAdministratorSeesTheDirectory(t *testing.T) {
	w := newWorld(t)
	w.puts(boss, protocol.Record{Kind: "company", ID: "acme", Name: "Acme"})
	there, missing := protocol.NameRecord{Kind: "company", ID: "acme"}, protocol.NameRecord{Kind: "company", ID: "other"}
	for _, by := range []identity.Principal{whole, plain, outsider, seated, erin, {ID: "guest", Role: identity.Guest, Name: "G", Company: "acme"}} {
		var first *fault.Error
		for command, data := range map[string]any{
			"directory.list": protocol.ListRecords{Kind: "company"}, "directory.show": there,
			"directory.put":     protocol.PutRecord{Record: protocol.Record{Kind: "company", ID: "acme", Name: "Mine", Version: 1}},
			"directory.remove":  protocol.RemoveRecord{NameRecord: there, Version: 1},
			"directory.explain": protocol.Explain{Role: identity.Technician, Person: "boss"},
			"directory.audit":   protocol.ListAudit{}, "directory.follow": protocol.Empty{},
		} {
			err := w.refused(by, command, data)
			if first == nil {
				first = &err
			}
			if err.Code != fault.Forbidden || err.Message != first.Message {
				t.Errorf("%s by %s is answered %v", command, by.ID, &err)
			}
		}
		if there, missing := w.refused(by, "directory.show", there), w.refused(by, "directory.show", missing); there != missing {
			t.Errorf("%s learns from %v and %v", by.ID, &there, &missing)
		}
	}
}
