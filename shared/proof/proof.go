// Package proof makes and checks the short-lived tokens by which a device agent
// shows that it holds a key: JWTs that carry the public half and are signed with
// the private one, Ed25519 (RFC 8037).
//
//	{"alg":"EdDSA","typ":"parley-device+jwt","jwk":{"kty":"OKP","crv":"Ed25519","x":"…"}}
//	{"aud":"parley","iat":…,"exp":…,"company":"acme","name":"ACME-LT-07","enrol":"…"}
package proof

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/parleychat/parley/shared/device"
)

// The times of a proof.
const (
	Term   = time.Minute // For which one is made, and the longest that counts.
	Leeway = time.Minute // By which the clocks of agent and service may differ.
)

// maxProof bounds the work on a proof, in bytes.
const maxProof = 4 << 10

const (
	audience = "parley"
	kind     = "parley-device+jwt"
)

// claims are what a proof says beside the standard claims.
type claims struct {
	Company string `json:"company"`
	Name    string `json:"name"`
	Enrol   string `json:"enrol,omitempty"`
}

// Key is the public half of a key as it is stored.
func Key(key ed25519.PrivateKey) string {
	return base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}

// Make returns a proof that is good from now.
func Make(key ed25519.PrivateKey, company, name, enrol string, now time.Time) (string, error) {
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType(kind)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, options)
	if err != nil {
		return "", fmt.Errorf("sign with the device's key: %w", err)
	}
	standard := jwt.Claims{Audience: jwt.Audience{audience}, IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(Term))}
	text, err := jwt.Signed(signer).Claims(standard).Claims(claims{company, name, enrol}).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign a proof: %w", err)
	}
	return text, nil
}

// Check returns what a proof proves. Its errors say what is wrong, for a log.
func Check(text string, now time.Time) (device.Proof, error) {
	if len(text) > maxProof {
		return device.Proof{}, errors.New("a proof of this length")
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return device.Proof{}, fmt.Errorf("read a proof: %w", err)
	}
	header := token.Headers[0] // The compact form has exactly one.
	if header.ExtraHeaders[jose.HeaderType] != kind || header.JSONWebKey == nil {
		return device.Proof{}, errors.New("a token of another kind")
	}
	key, ok := header.JSONWebKey.Key.(ed25519.PublicKey)
	if !ok {
		return device.Proof{}, errors.New("a proof with a key of another kind")
	}
	var standard jwt.Claims
	var said claims
	if err := token.Claims(key, &standard, &said); err != nil {
		return device.Proof{}, fmt.Errorf("check a proof: %w", err)
	}
	if err := timely(standard, now); err != nil {
		return device.Proof{}, err
	}
	return device.Proof{
		Key: base64.RawURLEncoding.EncodeToString(key), Company: said.Company, Name: said.Name, Enrol: said.Enrol,
	}, nil
}

// timely refuses a proof for somebody else, of another time, or good for long.
func timely(c jwt.Claims, now time.Time) error {
	if c.IssuedAt == nil || c.Expiry == nil || c.Expiry.Time().Sub(c.IssuedAt.Time()) > Term {
		return errors.New("a proof without a term, or with a long one")
	}
	err := c.ValidateWithLeeway(jwt.Expected{AnyAudience: jwt.Audience{audience}, Time: now}, Leeway)
	if err != nil {
		return fmt.Errorf("a proof of another time or place: %w", err)
	}
	return nil
}
