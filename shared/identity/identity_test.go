package identity_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
)

const (
	issuer = "https://id.example.com"
	golden = "vpdpuocvcqgbupqv5pmen3r3"
)

// from reads claims as they stand in a token.
func from(t *testing.T, text string) (identity.Principal, error) {
	t.Helper()
	var c identity.Claims
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return identity.FromClaims(issuer, "alice@example.com", c)
}

// a is a token's claims: the name Alice and what stands under parley.
func a(parley string) string { return `{"name":"Alice","parley":{` + parley + `}}` }

func TestClaimsSayWhoItIs(t *testing.T) {
	id := identity.PrincipalID(issuer, "alice@example.com")
	for text, want := range map[string]identity.Principal{
		a(`"role":"technician","companies":["acme","globex"],"capabilities":["administer"]`): {
			Role: identity.Technician, Companies: []string{"acme", "globex"}, Capabilities: []identity.Capability{identity.Administer}},
		a(`"role":"technician"`):                             {Role: identity.Technician},
		a(`"role":"contact","company":"acme"`):               {Role: identity.Contact, Company: "acme"},
		a(`"role":"device","company":"acme","more":"later"`): {Role: identity.Device, Company: "acme"},
		a(`"role":"guest","company":"acme"`):                 {Role: identity.Guest, Company: "acme"},
		a(`"role":"contact","company":"acme","device":{"id":"d7","name":"ACME-LT-07"}`): {
			Role: identity.Contact, Company: "acme", Machine: &identity.Machine{ID: "d7", Name: "ACME-LT-07"}},
		`{"name":"  Alice\n","parley":{"role":"technician"}}`: {Role: identity.Technician}, // Trimmed.
	} {
		want.ID, want.Name = id, "Alice"
		if got, err := from(t, text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
}

func TestBadClaimsAreRefused(t *testing.T) {
	name := func(name string) string {
		text, _ := json.Marshal(map[string]any{"name": name, "parley": map[string]string{"role": "technician"}})
		return string(text)
	}
	companies := func(n int) string {
		return a(`"role":"technician","companies":["c` + strings.Repeat(`","c`, n-1) + `"]`)
	}
	for what, text := range map[string]string{
		"nothing":                          `{}`,
		"no role":                          a(`"company":"acme"`),
		"a role nobody knows":              a(`"role":"supervisor","company":"acme"`),
		"a role in capitals":               a(`"role":"Technician"`),
		"no name":                          name(""),
		"a name of blanks":                 name(" \t "),
		"a name of 201 bytes":              name(strings.Repeat("x", 201)),
		"a name with a line break":         name("Alice\nBob"),
		"a name with a zero byte":          name("Alice\x00"),
		"a technician of one company":      a(`"role":"technician","company":"acme"`),
		"a technician of 101 companies":    companies(101),
		"a technician of no good company":  a(`"role":"technician","companies":["acme","Globex Inc."]`),
		"a technician at a device":         a(`"role":"technician","device":{"id":"d7","name":"LT"}`),
		"a contact of no company":          a(`"role":"contact"`),
		"a contact of the staff":           a(`"role":"contact","company":"_staff"`),
		"a contact with a scope":           a(`"role":"contact","company":"acme","companies":["acme"]`),
		"a contact with a right":           a(`"role":"contact","company":"acme","capabilities":["administer"]`),
		"a guest with a right":             a(`"role":"guest","company":"acme","capabilities":["administer"]`),
		"a device with a scope":            a(`"role":"device","company":"acme","companies":["globex"]`),
		"a device without an id":           a(`"role":"contact","company":"acme","device":{"name":"LT"}`),
		"a device without a name":          a(`"role":"contact","company":"acme","device":{"id":"d7"}`),
		"a device whose name is a bell":    a(`"role":"contact","company":"acme","device":{"id":"d7","name":"\u0007"}`),
		"a device with an id of 201 bytes": a(`"role":"contact","company":"acme","device":{"id":"` + strings.Repeat("x", 201) + `","name":"LT"}`),
	} {
		if p, err := from(t, text); !fault.Is(err, fault.Unauthenticated) || p.ID != "" {
			t.Errorf("%s: got %+v, %v", what, p, err)
		}
	}
	for what, text := range map[string]string{"a name of 200 bytes": name(strings.Repeat("x", 200)), "100 companies": companies(100)} {
		if _, err := from(t, text); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := identity.FromClaims(issuer, "", identity.Claims{}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("no subject: %v", err)
	}
}

func TestAPrincipalKeepsTheirIDForEver(t *testing.T) {
	// printf 'https://id.example.com\0alice@example.com' | sha256sum, the first
	// 15 bytes in base32. It stands in every key of the table.
	if id := identity.PrincipalID(issuer, "alice@example.com"); id != golden {
		t.Errorf("alice is %s, and was %s", id, golden)
	}
	seen := map[string]string{}
	for _, of := range [][2]string{
		{issuer, "alice"}, {issuer, "Alice"}, {issuer + "/", "alice"}, {"https://other.example.com", "alice"}, {issuer, ""}, {issuer + "alice", ""},
	} {
		id, whose := identity.PrincipalID(of[0], of[1]), fmt.Sprint(of)
		if seen[id] != "" || len(id) != 24 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Errorf("%s is %q, as is %q", whose, id, seen[id])
		}
		seen[id] = whose
	}
}

func TestACompanyIsNamedInOneWay(t *testing.T) {
	for id, valid := range map[string]bool{
		"a": true, "acme": true, "acme-2": true, "7": true, "a-": true, strings.Repeat("a", 63): true,
		"": false, "-acme": false, strings.Repeat("a", 64): false, "Acme": false, "ac me": false, "acme/x": false, "acme#x": false,
		"äcme": false, "acme\n": false, "acme\x00": false, "acme\xff": false, identity.Staff: false,
	} {
		if identity.ValidCompany(id) != valid {
			t.Errorf("%q: valid is %v", id, !valid)
		}
	}
}

func TestWhoMaySeeACompany(t *testing.T) {
	technician := identity.Principal{Role: identity.Technician, Companies: []string{"acme", "globex"}}
	for who, test := range map[string]struct {
		by      identity.Principal
		company string
		may     bool
	}{
		"a technician with it in scope":  {technician, "globex", true},
		"a technician with other scope":  {technician, "initech", false},
		"a technician without scope":     {identity.Principal{Role: identity.Technician}, "acme", false},
		"a technician, of no company":    {technician, "", false},
		"its contact":                    {identity.Principal{Role: identity.Contact, Company: "acme"}, "acme", true},
		"its device":                     {identity.Principal{Role: identity.Device, Company: "acme"}, "acme", true},
		"its guest":                      {identity.Principal{Role: identity.Guest, Company: "acme"}, "acme", true},
		"another's contact":              {identity.Principal{Role: identity.Contact, Company: "globex"}, "acme", false},
		"a contact with a forged scope":  {identity.Principal{Role: identity.Contact, Company: "globex", Companies: []string{"acme"}}, "acme", false},
		"nobody, of no company":          {identity.Principal{}, "", false},
		"a technician with a forged one": {identity.Principal{Role: identity.Technician, Company: "acme"}, "acme", false},
	} {
		if test.by.MaySee(test.company) != test.may {
			t.Errorf("%s: may see is %v", who, !test.may)
		}
	}
}

func TestTheHomeAndTheRightsOfARole(t *testing.T) {
	rights := []identity.Capability{identity.Administer}
	admin := identity.Principal{Role: identity.Technician, Companies: []string{"acme"}, Capabilities: rights}
	forger := identity.Principal{Role: identity.Contact, Company: "acme", Capabilities: rights}
	if admin.Home() != identity.Staff || forger.Home() != "acme" {
		t.Errorf("at home in %q and %q", admin.Home(), forger.Home())
	}
	if !admin.Can(identity.Administer) || admin.Can("fly") || forger.Can(identity.Administer) {
		t.Error("a right is missing, or held by the wrong one")
	}
}

func FuzzFromClaims(f *testing.F) {
	f.Add(a(`"role":"technician","companies":["acme"],"capabilities":["administer"]`), "alice")
	f.Add(a(`"role":"contact","company":"acme","device":{"id":"d7","name":"ACME-LT-07"}`), "alice")
	f.Add(a(`"role":"guest","company":"acme"`), "")
	f.Add(`{"name":"\ud800","parley":{"role":"device","company":"a"}}`, "\xff")
	f.Fuzz(func(t *testing.T, text, subject string) {
		var c identity.Claims
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		p, err := identity.FromClaims(issuer, subject, c)
		if err != nil {
			if !fault.Is(err, fault.Unauthenticated) || !reflect.DeepEqual(p, identity.Principal{}) {
				t.Errorf("%s: got %+v, %v", text, p, err)
			}
			return
		}
		if p.Role != identity.Technician && (!identity.ValidCompany(p.Company) || p.Can(identity.Administer) || p.Home() == identity.Staff) {
			t.Errorf("%s: an end user is %+v", text, p)
		}
		if p.Name == "" || !utf8.ValidString(p.Name) || len(p.ID) != 24 {
			t.Errorf("%s: is called %q, %q", text, p.ID, p.Name)
		}
		travels(t, p)
	})
}

// travels fails unless the principal arrives whole through the authorizer
// context, which is JSON.
func travels(t *testing.T, p identity.Principal) {
	t.Helper()
	wire, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var there identity.Principal
	if err := json.Unmarshal(wire, &there); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(there)
	if err != nil || string(again) != string(wire) {
		t.Errorf("sent %s, arrived %s, %v", wire, again, err)
	}
}
