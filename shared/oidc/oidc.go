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

// maxToken bounds the work on a token: no subprotocol header is longer.
const maxToken = 8 << 10

// algorithms are the signatures that count; none and shared secrets do not.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// Verifier checks tokens of its issuers. It is the handler's Verifier.
type Verifier struct {
	issuers []Issuer
	client  *http.Client

	mu    sync.Mutex
	ready map[string]*oidc.IDTokenVerifier
}

// New returns a verifier that has not asked any issuer yet.
func New(issuers []Issuer) *Verifier {
	return &Verifier{
		issuers: issuers, client: &http.Client{Timeout: 5 * time.Second}, ready: map[string]*oidc.IDTokenVerifier{},
	}
}

// Verify returns the principal that a token describes. It returns
// fault.Unauthenticated for a token that is not good, without saying why, and
// fault.Unavailable where its issuer does not answer.
func (v *Verifier) Verify(ctx context.Context, token string) (identity.Principal, error) {
	issuer, ok := v.issuer(token)
	if !ok {
		return identity.Principal{}, fault.New(fault.Unauthenticated, "This token is of no issuer that counts here.")
	}
	verifier, err := v.verifier(issuer)
	if err != nil {
		return identity.Principal{}, fault.New(fault.Unavailable, "The issuer of the token does not answer.").Because(err)
	}
	good, err := verifier.Verify(oidc.ClientContext(ctx, v.client), token)
	if err != nil {
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

// verifier discovers an issuer once. Its context outlives the event that asked
// first, because the library fetches keys with it later.
func (v *Verifier) verifier(i Issuer) (*oidc.IDTokenVerifier, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if known, ok := v.ready[i.Issuer]; ok {
		return known, nil
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(context.Background(), v.client), i.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", i.Issuer, err)
	}
	known := provider.Verifier(&oidc.Config{ClientID: i.Audience, SupportedSigningAlgs: algorithms})
	v.ready[i.Issuer] = known
	return known, nil
}
