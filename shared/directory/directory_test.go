package directory_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var (
	alice = directory.Editor{
		Principal: identity.Principal{ID: "alice", Role: identity.Technician, Name: "Alice", Capabilities: []identity.Capability{identity.Administer}},
		Own:       protocol.Record{Kind: protocol.TechnicianRecord, ID: "alice", Name: "Alice", Role: "boss", Version: 1},
	}
	bob = directory.Editor{Principal: identity.Principal{ID: "bob", Role: identity.Technician, Name: "Bob", Capabilities: []identity.Capability{identity.Direct}}}
)

var acme = protocol.Record{Kind: protocol.CompanyRecord, ID: "acme", Name: "Acme"}

func puts(t *testing.T, by directory.Editor, before *protocol.Record, next protocol.Record) protocol.Record {
	t.Helper()
	c, err := directory.Put(by, before, next, noon)
	if err != nil || c == nil {
		t.Fatalf("put %s: %v, %v", next.ID, c, err)
	}
	return *c.After
}

func wants(t *testing.T, what string, err error, code fault.Code, word string) {
	t.Helper()
	if !fault.Is(err, code) || !strings.Contains(err.Error(), word) {
		t.Errorf("%s: %v, want %s with %q", what, err, code, word)
	}
}

func TestARecordIsAddedChangedAndRemoved(t *testing.T) {
	c, err := directory.Put(alice, nil, acme, noon)
	if err != nil {
		t.Fatal(err)
	}
	first := *c.After
	if first.Version != 1 || first.ChangedBy.ID != "alice" || first.ChangedAt != protocol.At(noon) {
		t.Errorf("added: %+v", first)
	}
	if a := c.Audited; a.Did != protocol.AuditAdded || a.By.ID != "alice" || a.What != "company" || a.Record != "acme" {
		t.Errorf("audited: %+v", a)
	}
	next := first
	next.Chat = protocol.Off
	c, err = directory.Put(alice, &first, next, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := []protocol.Difference{{Field: "chat", To: "off"}}
	if c.After.Version != 2 || c.Audited.Did != protocol.AuditChanged || !slices.Equal(c.Audited.Fields, want) {
		t.Errorf("changed: version %d, %+v", c.After.Version, c.Audited)
	}
	c, err = directory.Remove(alice, c.After, 2, noon)
	if err != nil || c.After != nil || c.Audited.Did != protocol.AuditRemoved || c.Key() != directory.KeyOf(first) {
		t.Errorf("removed: %+v, %v", c, err)
	}
}

func TestOfTwoWhoEditTheSameTheSecondIsTold(t *testing.T) {
	first := puts(t, alice, nil, acme)
	next := first
	next.Chat = protocol.Off
	second := puts(t, alice, &first, next)

	old := first
	old.Name = "Acme Ltd"
	_, err := directory.Put(alice, &second, old, noon)
	wants(t, "an older version", err, fault.Conflict, "Alice has changed this")
	_, err = directory.Put(alice, &second, acme, noon)
	wants(t, "a new one over it", err, fault.Conflict, "already")
	_, err = directory.Put(alice, nil, first, noon)
	wants(t, "what is gone", err, fault.Conflict, "removed")
	_, err = directory.Remove(alice, &second, first.Version, noon)
	wants(t, "removing an older version", err, fault.Conflict, "Alice has changed this")
}

func TestACommandThatIsSentAgainChangesNothing(t *testing.T) {
	first := puts(t, alice, nil, acme)
	if c, err := directory.Put(alice, &first, acme, noon); c != nil || err != nil {
		t.Errorf("added again: %v, %v", c, err)
	}
	if c, err := directory.Remove(alice, nil, 1, noon); c != nil || err != nil {
		t.Errorf("removed again: %v, %v", c, err)
	}
}

func TestOnlyAnAdministratorChangesTheDirectory(t *testing.T) {
	first := puts(t, alice, nil, acme)
	_, err := directory.Put(bob, nil, acme, noon)
	wants(t, "added", err, fault.Forbidden, "administrator")
	_, err = directory.Remove(bob, &first, 1, noon)
	wants(t, "removed", err, fault.Forbidden, "administrator")
	contact := directory.Editor{Principal: identity.Principal{Role: identity.Contact, Capabilities: alice.Capabilities}}
	_, err = directory.Put(contact, nil, acme, noon)
	wants(t, "added by a contact", err, fault.Forbidden, "administrator")
}

func TestNobodyTakesAdministeringFromThemselves(t *testing.T) {
	boss := protocol.Record{Kind: protocol.RoleRecord, ID: "boss", Name: "Boss", Capabilities: alice.Capabilities, Version: 1}
	other := boss
	other.ID = "chief"
	less := func(r protocol.Record) protocol.Record { r.Capabilities = nil; return r }
	_, err := directory.Put(alice, &boss, less(boss), noon)
	wants(t, "their own role", err, fault.Conflict, "administer by this role")
	_, err = directory.Remove(alice, &boss, 1, noon)
	wants(t, "removing their own role", err, fault.Conflict, "administer by this role")
	puts(t, alice, &other, less(other))

	own, colleague := alice.Own, protocol.Record{Kind: protocol.TechnicianRecord, ID: "bob", Name: "Bob", Role: "boss", Version: 1}
	changed := own
	changed.Role = ""
	_, err = directory.Put(alice, &own, changed, noon)
	wants(t, "their own record", err, fault.Conflict, "your own role")
	_, err = directory.Remove(alice, &own, 1, noon)
	wants(t, "removing their own record", err, fault.Conflict, "your own role")
	changed = colleague
	changed.Role = "helper"
	puts(t, alice, &colleague, changed)
}

func TestWhatARecordMayNotSayIsRefusedWithASentence(t *testing.T) {
	for what, test := range map[string]struct {
		record protocol.Record
		word   string
	}{
		"no kind":                    {protocol.Record{ID: "x", Name: "X"}, "one of the kinds"},
		"no name":                    {protocol.Record{Kind: "company", ID: "x"}, "A company has a name"},
		"an id with a slash":         {protocol.Record{Kind: "group", Company: "acme", ID: "a/b", Name: "X"}, "An id has"},
		"no id":                      {protocol.Record{Kind: "role", Name: "X"}, "An id has"},
		"a device id with a newline": {protocol.Record{Kind: "device", Company: "acme", ID: "a\nb", Name: "X"}, "An id has"},
		"a contact of nobody":        {protocol.Record{Kind: "contact", ID: "x", Name: "X"}, "of one company"},
		"a contact of the staff":     {protocol.Record{Kind: "contact", Company: identity.Staff, ID: "x", Name: "X"}, "of one company"},
		"a role of a company":        {protocol.Record{Kind: "role", Company: "acme", ID: "x", Name: "X"}, "of one company"},
		"a person without an id":     {protocol.Record{Kind: "technician", Name: "X"}, "issuer and a subject"},
		"a subject alone":            {protocol.Record{Kind: "technician", Subject: "x", Name: "X"}, "both an issuer and a subject"},
		"another person's subject":   {protocol.Record{Kind: "technician", ID: "x", Issuer: "i", Subject: "s", Name: "X"}, "another person"},
		"a choice of its own":        {protocol.Record{Kind: "company", ID: "x", Name: "X", Chat: "maybe"}, "chat is on, off or empty"},
		"a field of another kind":    {protocol.Record{Kind: "group", Company: "acme", ID: "x", Name: "X", Chat: "on"}, "A group has no chat"},
		"an unknown capability":      {protocol.Record{Kind: "role", ID: "x", Name: "X", Capabilities: []identity.Capability{"fly"}}, "capabilities are of"},
		"a place that is none":       {protocol.Record{Kind: "scope", ID: "x", Name: "X", Places: []string{"Acme"}}, "places are"},
		"a group that is no id":      {protocol.Record{Kind: "device", Company: "acme", ID: "x", Name: "X", Group: "A B"}, "group is an id"},
		"text that turns around":     {protocol.Record{Kind: "company", ID: "x", Name: "X\u202e"}, "name has at most"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := directory.Put(alice, nil, test.record, noon)
			wants(t, what, err, fault.Invalid, test.word)
		})
	}
}

func TestARecordIsKeptInOneForm(t *testing.T) {
	scope := puts(t, alice, nil, protocol.Record{Kind: "scope", ID: " north ", Name: " North ", Places: []string{"globex", "acme/servers", "globex"}})
	if scope.ID != "north" || scope.Name != "North" || !slices.Equal(scope.Places, []string{"acme/servers", "globex"}) {
		t.Errorf("got %+v", scope)
	}
	carol := puts(t, alice, nil, protocol.Record{Kind: "contact", Company: "acme", Name: "Carol", Issuer: "https://id.example.com", Subject: "carol"})
	if carol.ID != identity.PrincipalID("https://id.example.com", "carol") {
		t.Errorf("a contact's id is %q", carol.ID)
	}
	device := puts(t, alice, nil, protocol.Record{Kind: "device", Company: "acme", ID: "Acme LT/07", Name: "LT 07", Suspended: true})
	if device.ID != "Acme LT/07" || !device.Suspended {
		t.Errorf("got %+v", device)
	}
}

func TestWhatATokenSaidStaysWhenARecordIsEdited(t *testing.T) {
	before := protocol.Record{Kind: "technician", ID: "bob", Name: "Bob", Version: 1, Claimed: &protocol.Claimed{Places: []string{"acme"}}}
	next := before
	next.Scope, next.Claimed = "north", &protocol.Claimed{Places: []string{"globex"}}
	if after := puts(t, alice, &before, next); !slices.Equal(after.Claimed.Places, []string{"acme"}) {
		t.Errorf("claimed is %v", after.Claimed)
	}
}

// Every field of a record must differ where it differs: a field that is
// forgotten would be lost without a word, and missing in the audit.
func TestEveryFieldIsComparedAndAudited(t *testing.T) {
	aside := []string{"Kind", "Company", "ID", "Claimed", "Version", "ChangedAt", "ChangedBy"}
	record := reflect.TypeFor[protocol.Record]()
	for i := range record.NumField() {
		name := record.Field(i).Name
		if slices.Contains(aside, name) {
			continue
		}
		var r protocol.Record
		switch v := reflect.ValueOf(&r).Elem().Field(i); v.Kind() {
		case reflect.String:
			v.SetString("on")
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			v.Index(0).SetString("acme")
		default:
			t.Fatalf("%s is of a kind that this test does not know", name)
		}
		tag, _, _ := strings.Cut(record.Field(i).Tag.Get("json"), ",")
		if d := directory.Differences(protocol.Record{}, r); len(d) != 1 || d[0].Field != tag {
			t.Errorf("%s: differences are %v", name, d)
		}
	}
}

func FuzzARecordIsKeptAsItIsOrRefused(f *testing.F) {
	f.Add(`{"kind":"device","company":"acme","id":"d7","name":"D 7","group":"desks"}`)
	f.Add(`{"kind":"scope","id":"north","name":"North","places":["acme","acme/servers"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var r protocol.Record
		if json.Unmarshal([]byte(text), &r) != nil {
			return
		}
		c, err := directory.Put(alice, nil, r, noon)
		if err != nil {
			if fault.Public(err).Code == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		if again, err := directory.Put(alice, c.After, *c.After, noon); again != nil || err != nil {
			t.Errorf("put as it was kept: %+v, %v", again, err)
		}
	})
}
