// Package oidc checks the tokens with which clients connect: JWTs of OpenID
// Connect issuers, their signature by the issuer's published keys, issuer,
// audience and expiry.
//
// Discovery and keys are fetched when first needed and kept for the life of
// the process; an unknown key id makes the library fetch the keys again, which
// is how keys rotate.
package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
)

// Issuer is one party whose tokens count.
type Issuer struct {
	Issuer   string `json:"issuer"`   // The iss of its tokens, below which its discovery document is.
	Audience string `json:"audience"` // The aud that its tokens must have.
}

// silent is what a client is told while an issuer does not answer.
const silent = "The issuer of the token does not answer."

// maxToken bounds the work on a token: no subprotocol header is longer.
const maxToken = 8 << 10

// algorithms are the signatures that count; none and shared secrets do not.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// Verifier checks tokens of its issuers. It is the handler's Verifier.
type Verifier struct {
	issuers []Issuer
	client  *http.Client
	known   sync.Map // Keys by issuer: string to oidc.KeySet.
}

// New returns a verifier that has not asked any issuer yet.
func New(issuers []Issuer) *Verifier {
	return &Verifier{issuers: issuers, client: &http.Client{Timeout: 5 * time.Second}}
}

// Verify returns the principal that a token describes. It returns
// fault.Unauthenticated for a token that is not good, without saying why, and
// fault.Unavailable where its issuer does not answer.
func (v *Verifier) Verify(ctx context.Context, token string) (identity.Principal, error) {
	issuer, ok := v.issuer(token)
	if !ok {
		return identity.Principal{}, fault.New(fault.Unauthenticated, "This token is of no issuer that counts here.")
	}
	published, err := v.keys(ctx, issuer.Issuer)
	if err != nil {
		return identity.Principal{}, fault.New(fault.Unavailable, silent).Because(err)
	}
	keys := &keySet{KeySet: published}
	config := &oidc.Config{ClientID: issuer.Audience, SupportedSigningAlgs: algorithms}
	good, err := oidc.NewVerifier(issuer.Issuer, keys, config).Verify(ctx, token)
	switch {
	case err != nil && keys.unread:
		return identity.Principal{}, fault.New(fault.Unavailable, silent).Because(err)
	case err != nil:
		return identity.Principal{}, fault.New(fault.Unauthenticated, "This token is not good.").Because(err)
	}
	var claims identity.Claims
	if err := good.Claims(&claims); err != nil {
		return identity.Principal{}, fault.New(fault.Unauthenticated, "The claims of this token cannot be read.").Because(err)
	}
	return identity.FromClaims(good.Issuer, good.Subject, claims)
}

// issuer finds which configured issuer the token claims to be of. Nothing else
// is believed before the signature has been checked.
func (v *Verifier) issuer(token string) (Issuer, bool) {
	parts := strings.Split(token, ".")
	if len(token) > maxToken || len(parts) != 3 {
		return Issuer{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return Issuer{}, false
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return Issuer{}, false
	}
	for _, i := range v.issuers {
		if i.Issuer == claims.Issuer {
			return i, true
		}
	}
	return Issuer{}, false
}

// keys discovers an issuer when its keys are not known. Several events may do so
// at once; none waits for another, whose issuer may be a dead one. What is kept
// does not end with the event that asked first.
func (v *Verifier) keys(ctx context.Context, issuer string) (oidc.KeySet, error) {
	if known, ok := v.known.Load(issuer); ok {
		return known.(oidc.KeySet), nil
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, v.client), issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", issuer, err)
	}
	var document struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&document); err != nil {
		return nil, fmt.Errorf("discover the keys of %s: %w", issuer, err)
	}
	lasting := oidc.ClientContext(context.Background(), v.client)
	known, _ := v.known.LoadOrStore(issuer, oidc.NewRemoteKeySet(lasting, document.Keys))
	return known.(oidc.KeySet), nil
}

// keySet is a key set for one token, which finds out whether the keys could be
// read: the verifier's own error says it in words only.
type keySet struct {
	oidc.KeySet
	unread bool
}

// VerifySignature checks a signature. The library wraps what kept it from
// fetching keys, and nothing else.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, token)
	k.unread = errors.Unwrap(err) != nil
	return payload, err
}
