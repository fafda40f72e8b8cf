package proof_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/parleychat/parley/shared/proof"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func made(t testing.TB, key ed25519.PrivateKey, now time.Time) string {
	t.Helper()
	text, err := proof.Make(key, "acme", "ACME-LT-07", "secret", now)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAProofProvesTheKeyThatSignedIt(t *testing.T) {
	key := newKey(t)
	p, err := proof.Check(made(t, key, noon), noon)
	if err != nil || p.Key != proof.Key(key) || p.Company != "acme" || p.Name != "ACME-LT-07" || p.Enrol != "secret" {
		t.Errorf("proves %+v (%v)", p, err)
	}
}

func TestAProofIsGoodForTwoMinutesAtMost(t *testing.T) {
	text := made(t, newKey(t), noon)
	for after, good := range map[time.Duration]bool{
		-proof.Leeway - time.Second: false, -proof.Leeway: true, 0: true,
		proof.Term + proof.Leeway: true, proof.Term + proof.Leeway + time.Second: false,
	} {
		if _, err := proof.Check(text, noon.Add(after)); (err == nil) != good {
			t.Errorf("%v later: %v", after, err)
		}
	}
}

// signed is a token made with other means.
func signed(t *testing.T, with jose.SigningKey, o *jose.SignerOptions, c jwt.Claims) string {
	t.Helper()
	signer, err := jose.NewSigner(with, o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestNothingElseIsAProof(t *testing.T) {
	key := newKey(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ours := jose.SigningKey{Algorithm: jose.EdDSA, Key: key}
	options := func(embed bool, kind jose.ContentType) *jose.SignerOptions {
		return (&jose.SignerOptions{EmbedJWK: embed}).WithType(kind)
	}
	claims := func(audience string, term time.Duration) jwt.Claims {
		return jwt.Claims{Audience: jwt.Audience{audience}, IssuedAt: jwt.NewNumericDate(noon), Expiry: jwt.NewNumericDate(noon.Add(term))}
	}
	const kind = "parley-device+jwt"
	if _, err := proof.Check(signed(t, ours, options(true, kind), claims("parley", time.Minute)), noon); err != nil {
		t.Fatalf("a good one is refused: %v", err)
	}
	mine, theirs := strings.Split(made(t, key, noon), "."), strings.Split(made(t, newKey(t), noon.Add(time.Second)), ".")
	for what, text := range map[string]string{
		"nothing":                  "",
		"garbage":                  "a.b.c",
		"a long text":              made(t, key, noon) + strings.Repeat("A", 5000),
		"another's signature":      mine[0] + "." + mine[1] + "." + theirs[2],
		"another's claims":         mine[0] + "." + theirs[1] + "." + mine[2],
		"another algorithm":        signed(t, jose.SigningKey{Algorithm: jose.RS256, Key: other}, options(true, kind), claims("parley", time.Minute)),
		"without a key":            signed(t, ours, options(false, kind), claims("parley", time.Minute)),
		"another kind of token":    signed(t, ours, options(true, "JWT"), claims("parley", time.Minute)),
		"for somebody else":        signed(t, ours, options(true, kind), claims("other", time.Minute)),
		"good for long":            signed(t, ours, options(true, kind), claims("parley", time.Hour)),
		"without a term":           signed(t, ours, options(true, kind), jwt.Claims{Audience: jwt.Audience{"parley"}}),
		"without a time of making": signed(t, ours, options(true, kind), jwt.Claims{Audience: jwt.Audience{"parley"}, Expiry: jwt.NewNumericDate(noon.Add(time.Minute))}),
	} {
		if p, err := proof.Check(text, noon); err == nil {
			t.Errorf("%s proves %+v", what, p)
		}
	}
}

func FuzzAProof(f *testing.F) {
	f.Add(made(f, newKey(f), noon))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := proof.Check(text, noon); err == nil && p.Key == "" {
			t.Error("proves no key")
		}
	})
}
