package handler_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/proof"
	"github.com/parleychat/parley/shared/protocol"
)

var root = identity.Principal{
	ID: "root", Role: identity.Technician, Name: "Root", Companies: []string{"acme"}, Capabilities: []identity.Capability{identity.Administer},
}

// nobody knows no token of an issuer.
type nobody struct{}

func (nobody) Verify(context.Context, string) (identity.Principal, error) {
	return identity.Principal{}, fault.New(fault.Unauthenticated, "Nobody.")
}

// enters offers what stands in place of a token, and returns who is let in; the
// zero principal where that is nobody.
func (w *world) enters(offer string) identity.Principal {
	w.t.Helper()
	gate := device.Gate{Store: dynamo.Devices{Table: w.table}, Prove: proof.Check, Others: nobody{}, Now: w.time}
	a := handler.Authorizer{Verifier: gate, Log: quiet}
	response, err := a.Handle(w.t.Context(), events.APIGatewayCustomAuthorizerRequestTypeRequest{
		Headers: map[string]string{"Sec-WebSocket-Protocol": "parley, " + offer},
	})
	if err != nil {
		if err.Error() != "Unauthorized" {
			w.t.Fatal(err)
		}
		return identity.Principal{}
	}
	var p identity.Principal
	if err := json.Unmarshal([]byte(response.Context["principal"].(string)), &p); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// machine is a device with a key of its own.
type machine struct {
	w   *world
	key ed25519.PrivateKey
}

func (w *world) machine() machine {
	w.t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return machine{w, key}
}

// enters proves the key, and shows the secret of an enrolment unless it is empty.
func (m machine) enters(company, secret string) identity.Principal {
	m.w.t.Helper()
	text, err := proof.Make(m.key, company, "ACME-LT-07", secret, m.w.time())
	if err != nil {
		m.w.t.Fatal(err)
	}
	return m.w.enters(device.ProofPrefix + text)
}

func (w *world) offers(secret string, uses int) {
	w.t.Helper()
	does[protocol.Enrolment](w, root, "admin.enrol", protocol.OfferEnrolment{
		Secret: device.Hash(secret), Company: "acme", Group: "laptops", Uses: uses, Days: 7,
	})
}

func TestADeviceIsEnrolledOnceAndComesBackByItsKey(t *testing.T) {
	w := newWorld(t)
	w.offers("secret", 2)
	m := w.machine()
	if p := m.enters("acme", ""); p.ID != "" {
		t.Errorf("before it is enrolled %+v is let in", p)
	}
	first := m.enters("acme", "secret")
	if first.Role != identity.Device || first.Company != "acme" || first.Name != "ACME-LT-07" || first.ID == "" {
		t.Fatalf("enrolled is %+v", first)
	}
	w.passes(60 * 24 * time.Hour) // Long after the enrolment.
	if p := m.enters("acme", ""); p.ID != first.ID {
		t.Errorf("with its key %+v comes back", p)
	}
	if p := m.enters("globex", ""); p.ID != "" {
		t.Errorf("in another company it is %+v", p)
	}
	records, err := dynamo.Directory{Table: w.table}.Records(t.Context(), []directory.Key{{Kind: protocol.DeviceRecord, Company: "acme", ID: first.ID}})
	if err != nil || len(records) != 1 || records[0].Group != "laptops" || records[0].ChangedBy.Name != "Root" {
		t.Errorf("the directory has %+v (%v)", records, err)
	}
}

// B12.
func TestADeviceThatWasEnrolledHasNeverCheckedIn(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.offers("secret", 1)
	p := w.machine().enters("acme", "secret")
	w.shows("at first", p.ID+" never")
	w.checks(p, users())
	w.shows("after a check-in", p.ID+" online")
}

// B13 B14: what an administrator sets of a device is seen at its next check-in.
func TestAnAdministratorSuspendsADevice(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.offers("secret", 1)
	p := w.machine().enters("acme", "secret")
	w.checks(p, users("bob"))
	w.shows("at first", sorted("bob online at "+p.ID, p.ID+" used"))
	record := protocol.Record{Kind: protocol.DeviceRecord, Company: "acme", ID: p.ID, Name: p.Name, Version: 1}
	for want, change := range map[protocol.DeviceState]func(*protocol.Record){
		protocol.DeviceUncontrolled: func(r *protocol.Record) { r.Remote = protocol.Off },
		protocol.DeviceSuspended:    func(r *protocol.Record) { r.Suspended = true },
	} {
		next := record
		change(&next)
		record.Version = w.puts(root, next).Version
		w.passes(presence.Beat)
		w.checks(p, users("bob"))
		w.shows("then", sorted("bob online at "+p.ID, p.ID+" "+string(want)))
	}
}

func TestAnEnrolmentIsUsedUp(t *testing.T) {
	w := newWorld(t)
	w.offers("secret", 2)
	one := w.machine()
	for range 3 { // The answer to the first was lost, and it asks again.
		if p := one.enters("acme", "secret"); p.ID == "" {
			t.Fatal("the first is refused")
		}
	}
	if p := w.machine().enters("acme", "secret"); p.ID == "" {
		t.Error("the second is refused")
	}
	if p := w.machine().enters("acme", "secret"); p.ID != "" {
		t.Error("a third is let in")
	}
	if e := does[protocol.Enrolment](w, root, "admin.enrol", protocol.OfferEnrolment{Secret: device.Hash("secret"), Company: "acme", Uses: 2, Days: 7}); e.Left != 0 {
		t.Errorf("sent again, the command says that %d are left", e.Left)
	}
}

func TestAnEnrolmentEndsOnItsDay(t *testing.T) {
	w := newWorld(t)
	w.offers("secret", 2)
	w.passes(7*24*time.Hour - time.Second)
	if p := w.machine().enters("acme", "secret"); p.ID == "" {
		t.Error("a second before its end it is refused")
	}
	w.passes(time.Second)
	if p := w.machine().enters("acme", "secret"); p.ID != "" {
		t.Error("at its end it is good")
	}
}

func TestOnlyAnAdministratorOfTheCompanyEnrols(t *testing.T) {
	w := newWorld(t)
	good := protocol.OfferEnrolment{Secret: device.Hash("x"), Company: "acme", Uses: 1, Days: 1}
	change := func(do func(*protocol.OfferEnrolment)) protocol.OfferEnrolment {
		d := good
		do(&d)
		return d
	}
	for what, test := range map[string]struct {
		by   identity.Principal
		data protocol.OfferEnrolment
		code fault.Code
	}{
		"a technician":    {alice, good, fault.Forbidden},
		"a contact":       {carol, good, fault.Forbidden},
		"a device":        {laptop, good, fault.Forbidden},
		"another company": {root, change(func(d *protocol.OfferEnrolment) { d.Company = "globex" }), fault.NotFound},
		"the secret":      {root, change(func(d *protocol.OfferEnrolment) { d.Secret = "secret" }), fault.Invalid},
		"no device":       {root, change(func(d *protocol.OfferEnrolment) { d.Uses = 0 }), fault.Invalid},
		"too many":        {root, change(func(d *protocol.OfferEnrolment) { d.Uses = 10_001 }), fault.Invalid},
		"no day":          {root, change(func(d *protocol.OfferEnrolment) { d.Days = 0 }), fault.Invalid},
		"too long":        {root, change(func(d *protocol.OfferEnrolment) { d.Days = 91 }), fault.Invalid},
		"no group's id":   {root, change(func(d *protocol.OfferEnrolment) { d.Group = "a/b" }), fault.Invalid},
	} {
		if got := w.refused(test.by, "admin.enrol", test.data); got.Code != test.code {
			t.Errorf("%s: %v, want %s", what, got, test.code)
		}
	}
	if got := w.refused(alice, "admin.revoke", protocol.NameDevice{Company: "acme", Device: "d"}); got.Code != fault.Forbidden {
		t.Errorf("a technician revokes: %v", got)
	}
	if got := w.refused(root, "admin.revoke", protocol.NameDevice{Company: "acme", Device: "d"}); got.Code != fault.NotFound {
		t.Errorf("what is not there is revoked: %v", got)
	}
}

// From then on it is refused: on a new connection, at its next check-in, and
// with a pass that it has made before.
func TestARevokedDeviceIsOutForGood(t *testing.T) {
	w := newWorld(t)
	w.arrives(alice, "alice")
	w.offers("secret", 2)
	m := w.machine()
	p := m.enters("acme", "secret")
	secret := strings.Repeat("s", 26)
	bob := w.checks(p, users("bob"))[0]
	does[protocol.Admitted](w, p, "presence.admit", protocol.Admit{Contact: bob, Secret: device.Hash(secret)})
	does[protocol.Empty](w, root, "admin.revoke", protocol.NameDevice{Company: "acme", Device: p.ID})
	w.shows("at once", "")
	if again := m.enters("acme", "secret"); again.ID != "" {
		t.Error("it is let in again")
	}
	for command, data := range map[string]any{
		"presence.check": protocol.CheckIn{Name: "D"},
		"presence.admit": protocol.Admit{Contact: bob, Secret: device.Hash("other")},
	} {
		w.refused(p, command, data)
	}
	if user := w.enters("pass." + secret + "." + strings.Repeat("k", 26)); user.ID != "" {
		t.Errorf("%+v is let in by its pass", user)
	}
}

// C2: the page that an agent opens needs no other sign-in.
func TestAUserOfADeviceIsLetInAtOneBrowser(t *testing.T) {
	w := newWorld(t)
	w.offers("secret", 1)
	p := w.machine().enters("acme", "secret")
	bob := w.checks(p, users("bob"))[0]
	secret, one, other := strings.Repeat("s", 26), strings.Repeat("1", 26), strings.Repeat("2", 26)
	admit := protocol.Admit{Contact: bob, Secret: device.Hash(secret)}
	does[protocol.Admitted](w, p, "presence.admit", admit)
	user := w.enters("pass." + secret + "." + one)
	if user.ID != bob || user.Role != identity.Contact || user.Machine == nil || user.Machine.ID != p.ID || user.Machine.Name != p.Name {
		t.Fatalf("let in is %+v", user)
	}
	w.passes(device.PageTerm - time.Second)
	if again := w.enters("pass." + secret + "." + one); again.ID != bob {
		t.Error("the same browser may not come again")
	}
	if again := w.enters("pass." + secret + "." + other); again.ID != "" {
		t.Error("another browser is let in")
	}
	w.passes(time.Second)
	if again := w.enters("pass." + secret + "." + one); again.ID != "" {
		t.Error("it is good for longer than 12 hours")
	}
}

func TestAPassThatNobodyCameByRunsOut(t *testing.T) {
	w := newWorld(t)
	w.offers("secret", 1)
	p := w.machine().enters("acme", "secret")
	bob := w.checks(p, users("bob"))[0]
	for after, good := range map[time.Duration]bool{device.PassTerm - time.Second: true, device.PassTerm: false} {
		secret := rand.Text()
		does[protocol.Admitted](w, p, "presence.admit", protocol.Admit{Contact: bob, Secret: device.Hash(secret)})
		w.passes(after)
		if user := w.enters("pass." + secret + "." + rand.Text()); (user.ID == bob) != good {
			t.Errorf("%v later: let in is %+v", after, user)
		}
	}
	for _, offer := range []string{"pass.", "pass..", "pass.short.short", "pass." + rand.Text(), "pass." + rand.Text() + "." + rand.Text(), "device.", "device.a.b.c"} {
		if user := w.enters(offer); user.ID != "" {
			t.Errorf("by %s %+v is let in", offer, user)
		}
	}
}

func TestADeviceLetsInOnlyItsOwnUsers(t *testing.T) {
	w := newWorld(t)
	bob, eve := w.checks(laptop, users("bob"))[0], w.checks(tower, users("eve"))[0]
	for what, test := range map[string]struct {
		by      identity.Principal
		contact string
		code    fault.Code
	}{
		"somebody at another device": {laptop, eve, fault.NotFound},
		"a contact":                  {carol, bob, fault.Forbidden},
		"a technician":               {alice, bob, fault.Forbidden},
	} {
		if got := w.refused(test.by, "presence.admit", protocol.Admit{Contact: test.contact, Secret: device.Hash("x")}); got.Code != test.code {
			t.Errorf("%s: %v, want %s", what, got, test.code)
		}
	}
	reply := w.asks(laptop, "an old connection", "presence.admit", protocol.Admit{Contact: bob, Secret: device.Hash("x")})
	if reply.Error == nil || reply.Error.Code != fault.Conflict {
		t.Errorf("over another connection: %v", reply.Error)
	}
}
