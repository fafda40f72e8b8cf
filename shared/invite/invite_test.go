package invite_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const (
	code = "7K2MQ4X9"
	link = "AbCdEfGhIjKlMnOpQrStUv_-"
	key  = "0123456789abcdefghijkl"
)

func TestATicketIsReadAsItWasWritten(t *testing.T) {
	for _, secret := range []string{code, link} {
		want := invite.Ticket{Secret: secret, Key: key, Name: "Carol Jones", Device: "Carol’s laptop"}
		offered, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := invite.Decode(offered); err != nil || got != want || got.IsCode() != (secret == code) {
			t.Errorf("got %+v and %v", got, err)
		}
	}
}

func TestWhatIsNoTicketIsRefusedAlike(t *testing.T) {
	encoded := func(text string) string { return invite.Prefix + base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for what, offered := range map[string]string{
		"nothing":                  "",
		"a token":                  "eyJhbGciOiJub25lIn0.e30.",
		"only the prefix":          invite.Prefix,
		"no JSON":                  encoded("hello"),
		"an empty one":             encoded("{}"),
		"padding":                  encoded(`{"secret":"`+code+`","key":"`+key+`","name":"C"}`) + "==",
		"a code as it is read out": encoded(`{"secret":"7K2M-Q4X9","key":"` + key + `","name":"C"}`),
		"a code with an O":         encoded(`{"secret":"7K2MQ4XO","key":"` + key + `","name":"C"}`),
		"a short key":              encoded(`{"secret":"` + code + `","key":"abc","name":"C"}`),
		"no name":                  encoded(`{"secret":"` + code + `","key":"` + key + `","name":" "}`),
		"a name of 65 bytes":       encoded(`{"secret":"` + code + `","key":"` + key + `","name":"` + strings.Repeat("x", 65) + `"}`),
		"a name that turns round":  encoded(`{"secret":"` + code + `","key":"` + key + `","name":"x\u202ey"}`),
		"a device of two lines":    encoded(`{"secret":"` + code + `","key":"` + key + `","name":"C","device":"a\nb"}`),
		"too much":                 encoded(`{"x":"` + strings.Repeat("x", 2<<10) + `","secret":"` + code + `","key":"` + key + `","name":"C"}`),
	} {
		if got, err := invite.Decode(offered); !errors.Is(err, invite.ErrRefused) || got != (invite.Ticket{}) {
			t.Errorf("%s: got %+v and %v", what, got, err)
		}
	}
}

func TestAnInviteIsGoodForTheFirstBrowserInTime(t *testing.T) {
	carol := invite.Ticket{Secret: code, Key: key, Name: "Carol"}
	mallory := invite.Ticket{Secret: code, Key: strings.ToUpper(key), Name: "Mallory"}
	fresh := invite.Invite{Hash: invite.Hash(code), Kind: protocol.OnDemand, Until: protocol.At(noon.Add(invite.CodeTerm))}
	bound := fresh.BoundTo(carol)
	byLink := fresh
	byLink.Kind = protocol.Guest
	last := noon.Add(invite.CodeTerm)
	for what, c := range map[string]struct {
		invite   invite.Invite
		ticket   invite.Ticket
		at       time.Time
		bind, ok bool
	}{
		"the first":                     {fresh, carol, noon, true, true},
		"a second before the end":       {fresh, carol, last.Add(-time.Second), true, true},
		"at the end":                    {fresh, carol, last, false, false},
		"a second after the end":        {fresh, carol, last.Add(time.Second), false, false},
		"the same browser again":        {bound, carol, noon, false, true},
		"the same browser, much later":  {bound, carol, noon.Add(90 * time.Minute), false, true},
		"another browser":               {bound, mallory, noon, false, false},
		"another secret":                {fresh, invite.Ticket{Secret: "7K2MQ4X8", Key: key, Name: "Carol"}, noon, false, false},
		"a code where a link was given": {byLink, carol, noon, false, false},
		"no invite at all":              {invite.Invite{}, carol, noon, false, false},
	} {
		if bind, ok := c.invite.Redeems(c.ticket, c.at); bind != c.bind || ok != c.ok {
			t.Errorf("%s: got bind %t and ok %t", what, bind, ok)
		}
	}
}

func TestAGuestIsNamedAsOne(t *testing.T) {
	bound := invite.Invite{Guest: "g", Kind: protocol.OnDemand}.BoundTo(invite.Ticket{Secret: code, Key: key, Name: "Carol"})
	p := bound.Principal("acme")
	if p.ID != "g" || p.Role != identity.Guest || p.Name != "Carol (guest)" || p.Company != "acme" || p.Machine == nil || p.Machine.Name != "On-demand device" {
		t.Errorf("got %+v", p)
	}
	if bound.Kind = protocol.Guest; bound.Principal("acme").Machine != nil {
		t.Error("who comes by a link sits at a device")
	}
}

func FuzzATicketHoldsOnlyWhatCanBeShown(f *testing.F) {
	good, err := invite.Ticket{Secret: code, Key: key, Name: "Carol", Device: "Laptop"}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(invite.Prefix + "e30")
	f.Add("parley")
	f.Fuzz(func(t *testing.T, offered string) {
		ticket, err := invite.Decode(offered)
		if err != nil {
			if !errors.Is(err, invite.ErrRefused) || ticket != (invite.Ticket{}) {
				t.Errorf("got %+v and %v", ticket, err)
			}
			return
		}
		again, err := ticket.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := invite.Decode(again); err != nil || back != ticket {
			t.Errorf("%+v comes back as %+v (%v)", ticket, back, err)
		}
		if !invite.ValidName(ticket.Name) || len(invite.Shown(ticket.Name)) > identity.MaxName || !invite.ValidHash(invite.Hash(ticket.Secret)) {
			t.Errorf("let %+v in", ticket)
		}
	})
}
