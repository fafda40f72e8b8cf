// Package issuer is the identity provider of a developer's machine: an OpenID
// Connect issuer with discovery and keys, and tokens for the people of a small
// made-up directory. It signs with a key that it keeps in the data folder.
//
// It believes whoever asks, so it serves only a machine's own browser.
package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/parleychat/parley/shared/identity"
)

// Audience is the aud of every token.
const Audience = "parley"

// Term is how long a token is good for.
const Term = 15 * time.Minute

// Person is somebody of the made-up directory.
type Person struct {
	Key string `json:"key"` // How pages and commands name them.
	identity.Claims
}

//go:embed people.json
var people []byte

// People reads the made-up directory.
func People() ([]Person, error) {
	var list []Person
	if err := json.Unmarshal(people, &list); err != nil {
		return nil, fmt.Errorf("read people.json: %w", err)
	}
	return list, nil
}

// Issuer signs tokens.
type Issuer struct {
	url    string
	key    jose.JSONWebKey
	signer jose.Signer
	people []Person
}

// Open returns the issuer at a URL, with the key in a file of the folder; the
// first time it makes one.
func Open(url, folder string) (*Issuer, error) {
	key, err := keyIn(filepath.Join(folder, "issuer.jwk"))
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("sign with the issuer's key: %w", err)
	}
	list, err := People()
	if err != nil {
		return nil, err
	}
	return &Issuer{url: url, key: key, signer: signer, people: list}, nil
}

func keyIn(path string) (jose.JSONWebKey, error) {
	var key jose.JSONWebKey
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return key, fmt.Errorf("read the issuer's key: %w", err)
	}
	if err := key.UnmarshalJSON(text); err != nil {
		return key, fmt.Errorf("%s is no key: %w", path, err)
	}
	return key, nil
}

func newKey(path string) (jose.JSONWebKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("make the issuer's key: %w", err)
	}
	key := jose.JSONWebKey{Key: private, KeyID: rand.Text()[:8], Algorithm: string(jose.ES256), Use: "sig"}
	text, err := key.MarshalJSON()
	if err != nil {
		return key, fmt.Errorf("encode the issuer's key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return key, fmt.Errorf("keep the issuer's key: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return key, fmt.Errorf("keep the issuer's key: %w", err)
	}
	return key, nil
}

// Token signs a token for a subject with these claims, good from now.
func (i *Issuer) Token(subject string, claims identity.Claims, now time.Time) (string, error) {
	standard := jwt.Claims{
		Issuer: i.url, Subject: subject, Audience: jwt.Audience{Audience},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(Term)),
	}
	token, err := jwt.Signed(i.signer).Claims(standard).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token, nil
}

// Register adds the issuer's paths, below the path of its URL.
func (i *Issuer) Register(mux *http.ServeMux, prefix string) {
	mux.HandleFunc("GET "+prefix+"/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		send(w, map[string]any{
			"issuer": i.url, "jwks_uri": i.url + "/keys", "authorization_endpoint": i.url + "/authorize",
			"response_types_supported": []string{"id_token"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{string(jose.ES256)},
		})
	})
	mux.HandleFunc("GET "+prefix+"/keys", func(w http.ResponseWriter, _ *http.Request) {
		send(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}})
	})
	mux.HandleFunc("POST "+prefix+"/token", i.token)
}

// token answers {"person":"alice"} with {"token":…}. It takes JSON only, which
// a page of another origin cannot send without asking first.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "Send application/json.", http.StatusUnsupportedMediaType)
		return
	}
	var asked struct {
		Person string `json:"person"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&asked); err != nil {
		http.Error(w, `Send {"person":"alice"}.`, http.StatusBadRequest)
		return
	}
	for _, p := range i.people {
		if p.Key != asked.Person {
			continue
		}
		token, err := i.Token(p.Key, p.Claims, time.Now())
		if err != nil {
			http.Error(w, "The token cannot be signed.", http.StatusInternalServerError)
			return
		}
		send(w, map[string]string{"token": token})
		return
	}
	http.Error(w, "There is nobody of that name in the demo directory.", http.StatusNotFound)
}

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // The client is gone if this fails.
}
