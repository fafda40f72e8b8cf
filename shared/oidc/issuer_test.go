package oidc_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/oidc"
)

// issuer is an OpenID Connect issuer on this machine.
type issuer struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	keys    []jose.JSONWebKey // The last one signs.
	status  int               // What it answers with; 0 means that all is well.
	hold    chan struct{}     // What it waits for before answering, unless nil.
	fetched map[string]int
}

const wellKnown = "/.well-known/openid-configuration"

func newIssuer(t *testing.T) *issuer {
	i := &issuer{t: t, fetched: map[string]int{}}
	i.server = httptest.NewServer(i)
	t.Cleanup(i.server.Close)
	i.rotates("first")
	return i
}

// rotates replaces the issuer's key.
func (i *issuer) rotates(kid string) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = []jose.JSONWebKey{{Key: key, KeyID: kid, Algorithm: "ES256", Use: "sig"}}
}

// answers makes it answer with this status from now on; 0 means as it should.
func (i *issuer) answers(status int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.status = status
}

// hangs makes it answer nothing until the returned function is called.
func (i *issuer) hangs() (free func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	hold := make(chan struct{})
	i.hold = hold
	return sync.OnceFunc(func() { close(hold) })
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetched[r.URL.Path]++
	status, hold, set := i.status, i.hold, jose.JSONWebKeySet{}
	for _, k := range i.keys {
		set.Keys = append(set.Keys, k.Public())
	}
	i.mu.Unlock()
	if hold != nil {
		<-hold
	}
	w.Header().Set("Content-Type", "application/json")
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	if r.URL.Path == wellKnown {
		json.NewEncoder(w).Encode(map[string]string{"issuer": i.server.URL, "jwks_uri": i.server.URL + "/keys"})
		return
	}
	json.NewEncoder(w).Encode(set)
}

func (i *issuer) fetches(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetched[path]
}

type claims map[string]any

// of are the claims of a good token, changed.
func (i *issuer) of(change claims) claims {
	now := time.Now()
	c := claims{
		"iss": i.server.URL, "sub": "carol@example.com", "aud": "parley", "name": "Carol",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"parley": map[string]any{"role": "contact", "company": "acme"},
	}
	maps.Copy(c, change)
	maps.DeleteFunc(c, func(_ string, value any) bool { return value == nil })
	return c
}

// token is a good one, but for the changes.
func (i *issuer) token(change claims) string {
	i.t.Helper()
	i.mu.Lock()
	key := i.keys[len(i.keys)-1]
	i.mu.Unlock()
	return signed(i.t, jose.SigningKey{Algorithm: jose.ES256, Key: key}, i.of(change))
}

func signed(t *testing.T, key jose.SigningKey, c claims) string {
	t.Helper()
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// unsigned is a token of the algorithm none.
func unsigned(c claims) string {
	payload, _ := json.Marshal(c)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "."
}

// tampered is the token with another payload under the same signature.
func tampered(token string, c claims) string {
	parts := strings.Split(token, ".")
	payload, _ := json.Marshal(c)
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + parts[2]
}

// desk is a verifier at which tokens are shown.
type desk struct {
	*oidc.Verifier
	t *testing.T
}

func trusting(t *testing.T, issuers ...*issuer) desk {
	var list []oidc.Issuer
	for _, i := range issuers {
		list = append(list, oidc.Issuer{Issuer: i.server.URL, Audience: "parley"})
	}
	return desk{oidc.New(list), t}
}

func (d desk) accepts(what, token string) identity.Principal {
	d.t.Helper()
	p, err := d.Verify(d.t.Context(), token)
	if err != nil {
		d.t.Errorf("%s: %v", what, err)
	}
	return p
}

func (d desk) refuses(what, token string, code fault.Code) {
	d.t.Helper()
	d.refusesIn(d.t.Context(), what, token, code)
}

func (d desk) refusesIn(ctx context.Context, what, token string, code fault.Code) {
	d.t.Helper()
	p, err := d.Verify(ctx, token)
	if !fault.Is(err, code) || p.ID != "" {
		d.t.Errorf("%s: got %q, %v, want %s", what, p.ID, err, code)
	}
}

// soonAccepts and soonRefuses wait for the answer. Between handing keys out and
// keeping them the library has a moment in which it answers as of before; two
// events of one function are further apart than that, two lines of a test not.
func (d desk) soonAccepts(what, token string) {
	d.t.Helper()
	d.soon(what, "to accept it", func() bool {
		_, err := d.Verify(d.t.Context(), token)
		return err == nil
	})
}

func (d desk) soonRefuses(ctx context.Context, what, token string, code fault.Code) {
	d.t.Helper()
	d.soon(what, "to answer "+string(code), func() bool {
		_, err := d.Verify(ctx, token)
		return fault.Is(err, code)
	})
}

func (d desk) soon(what, answer string, holds func() bool) {
	d.t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("%s: it never came %s", what, answer)
		}
	}
}
