package oidc_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/oidc"
)

func TestAGoodTokenSaysWhoItIs(t *testing.T) {
	i := newIssuer(t)
	d := trusting(t, i)
	p := d.accepts("a good token", i.token(nil))
	if p.ID != identity.PrincipalID(i.server.URL, "carol@example.com") || p.Name != "Carol" || p.Role != identity.Contact || p.Company != "acme" {
		t.Errorf("it is of %+v", p)
	}
	d.accepts("one for several audiences", i.token(claims{"aud": []string{"mail", "parley"}}))
	if i.fetches(wellKnown) != 1 || i.fetches("/keys") != 1 {
		t.Errorf("two tokens cost %d discoveries and %d fetches of keys", i.fetches(wellKnown), i.fetches("/keys"))
	}
}

func TestABadTokenIsRefusedWithoutSayingWhy(t *testing.T) {
	i := newIssuer(t)
	d := trusting(t, i)
	key := i.keys[0].Key.(*ecdsa.PrivateKey)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	for what, token := range map[string]string{
		"nothing":                      "",
		"dots":                         "..",
		"garbage":                      "a.b.c",
		"garbage with an issuer":       tampered("a.b.c", i.of(nil)),
		"expired":                      i.token(claims{"exp": ago(2 * time.Second)}), // The library allows expiry no skew,
		"without an expiry":            i.token(claims{"exp": nil}),
		"not valid for six minutes":    i.token(claims{"nbf": ago(-6 * time.Minute)}), // but nbf five minutes.
		"of another issuer":            i.token(claims{"iss": "https://issuer.example.com"}),
		"of an issuer like ours":       i.token(claims{"iss": i.server.URL + "/"}),
		"of no issuer":                 i.token(claims{"iss": nil}),
		"of an issuer that is a list":  i.token(claims{"iss": []string{i.server.URL}}),
		"for another audience":         i.token(claims{"aud": "mail"}),
		"for no audience":              i.token(claims{"aud": nil}),
		"not signed":                   unsigned(i.of(nil)),
		"signed with the public key":   signed(t, jose.SigningKey{Algorithm: jose.HS256, Key: public}, i.of(nil)),
		"signed by a stranger":         signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: stranger}, i.of(nil)),
		"signed by a stranger as ours": signed(t, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: stranger, KeyID: "first"}}, i.of(nil)),
		"tampered with":                tampered(i.token(nil), i.of(claims{"sub": "alice"})),
		"without a subject":            i.token(claims{"sub": nil}),
		"without a role":               i.token(claims{"parley": map[string]string{"company": "acme"}}),
		"with a role that is a number": i.token(claims{"parley": map[string]int{"role": 1}}),
	} {
		d.refuses(what, token, fault.Unauthenticated)
	}
	d.accepts("valid in four minutes", i.token(claims{"nbf": ago(-4 * time.Minute)}))
}

func TestATokenThatIsTooLongCostsNothing(t *testing.T) {
	i := newIssuer(t)
	trusting(t, i).refuses("9 KB", i.token(claims{"more": strings.Repeat("x", 7<<10)}), fault.Unauthenticated)
	if i.fetches(wellKnown) != 0 {
		t.Error("its issuer was asked")
	}
}

func TestKeysRotateWithoutARestart(t *testing.T) {
	i := newIssuer(t)
	d := trusting(t, i)
	old := i.token(nil)
	d.accepts("before", old)
	i.rotates("second")
	d.soonAccepts("after", i.token(nil))
	d.soonRefuses(t.Context(), "of the old key", old, fault.Unauthenticated)
	if i.fetches(wellKnown) != 1 {
		t.Errorf("discovered %d times", i.fetches(wellKnown))
	}
}

func TestAnIssuerThatIsDownIsUnavailableUntilItIsBack(t *testing.T) {
	i := newIssuer(t)
	d := trusting(t, i)
	i.answers(http.StatusServiceUnavailable)
	d.refuses("before discovery", i.token(nil), fault.Unavailable)
	i.answers(0)
	d.accepts("once it is back", i.token(nil))

	i.answers(http.StatusServiceUnavailable)
	d.soonAccepts("signed with a key that is known", i.token(nil))
	i.rotates("second")
	d.soonRefuses(t.Context(), "signed with a key that is not", i.token(nil), fault.Unavailable)
	i.answers(http.StatusNoContent)
	d.soonRefuses(t.Context(), "while it answers nonsense", i.token(nil), fault.Unavailable)
	i.answers(0)
	d.soonAccepts("once it is back again", i.token(nil))

	i.rotates("third")
	i.server.Close()
	d.soonRefuses(t.Context(), "gone", i.token(nil), fault.Unavailable)
}

func TestADeadIssuerHoldsUpNoOther(t *testing.T) {
	dead, alive := newIssuer(t), newIssuer(t)
	d := trusting(t, dead, alive)
	free := dead.hangs()
	defer free()
	ctx, giveUp := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	waiting.Go(func() { d.refusesIn(ctx, "of the dead one", dead.token(nil), fault.Unavailable) })
	d.soon("a token of the dead one", "to ask it", func() bool { return dead.fetches(wellKnown) == 1 })
	d.accepts("of the one alive", alive.token(nil))
	giveUp()
	waiting.Wait()
}

func TestTheFirstToAskMayGiveUp(t *testing.T) {
	i := newIssuer(t)
	d := trusting(t, i)
	given, giveUp := context.WithCancel(t.Context())
	giveUp()
	d.refusesIn(given, "given up before discovery", i.token(nil), fault.Unavailable)

	ctx, giveUp := context.WithCancel(t.Context())
	if _, err := d.Verify(ctx, i.token(nil)); err != nil {
		t.Fatal(err)
	}
	giveUp() // The keys that are kept came with this context.
	i.rotates("second")
	d.soonAccepts("of the next", i.token(nil))
	i.rotates("third")
	free := i.hangs()
	defer free()
	d.soonRefuses(given, "given up before the keys came", i.token(nil), fault.Unavailable)
	free()
	d.soonAccepts("after that", i.token(nil))
}

func TestAnIssuerSpeaksOnlyForItself(t *testing.T) {
	one, other := newIssuer(t), newIssuer(t)
	d := trusting(t, one, other)
	a, b := d.accepts("of the one", one.token(nil)), d.accepts("of the other", other.token(nil))
	if a.ID == b.ID {
		t.Error("the same subject of two issuers is one principal")
	}
	d.refuses("of the one in the other's name", one.token(claims{"iss": other.server.URL}), fault.Unauthenticated)
}

func TestManyMayAskAtATime(t *testing.T) {
	i := newIssuer(t)
	d := trusting(t, i)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { d.accepts("one of many", i.token(nil)) })
	}
	all.Wait()
	d.accepts("the last", i.token(nil))
}

func FuzzVerify(f *testing.F) {
	f.Add("")
	f.Add("a.b.c")
	f.Add(unsigned(claims{"iss": "https://issuer.example.com"}))
	f.Add(unsigned(claims{"iss": 7}))
	v := oidc.New([]oidc.Issuer{{Issuer: "http://127.0.0.1:1", Audience: "parley"}})
	f.Fuzz(func(t *testing.T, token string) {
		p, err := v.Verify(t.Context(), token)
		if err == nil || p.ID != "" || fault.Public(err).Code == fault.Internal {
			t.Errorf("%q: got %+v, %v", token, p, err)
		}
	})
}
