package ice_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/ice"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestACredentialIsTheOneOfTheDraft(t *testing.T) {
	username, credential := ice.Issue("north", "s1.p1", noon, time.Hour)
	if username != "1772370000:s1.p1" {
		t.Errorf("username is %q", username)
	}
	// printf 1772370000:s1.p1 | openssl dgst -sha1 -hmac north -binary | base64
	if credential != "DyDDOwt7X0l2tPucWW7z0PBBf5s=" {
		t.Errorf("credential is %q", credential)
	}
}

func TestWhatWasIssuedIsGrantedUntilItsExpiry(t *testing.T) {
	username, credential := ice.Issue("north", "s1.p1", noon, 10*time.Minute)

	grant, err := ice.Check([]string{"north"}, username, noon.Add(10*time.Minute-time.Second))
	if err != nil || grant.Bind != "s1.p1" || grant.Credentials[0] != credential {
		t.Errorf("a second before its expiry: %+v, %v", grant, err)
	}
	if !grant.Expires.Equal(noon.Add(10 * time.Minute)) {
		t.Errorf("expires at %v", grant.Expires)
	}
	if _, err := ice.Check([]string{"north"}, username, noon.Add(10*time.Minute)); !errors.Is(err, ice.ErrExpired) {
		t.Errorf("at its expiry: %v", err)
	}
}

func TestWhileSecretsRotateBothIssuersAreHonoured(t *testing.T) {
	username, old := ice.Issue("old", "s1.p1", noon, time.Minute)
	_, fresh := ice.Issue("new", "s1.p1", noon, time.Minute)

	grant, err := ice.Check([]string{"new", "old"}, username, noon)
	if err != nil || len(grant.Credentials) != 2 || grant.Credentials[0] != fresh || grant.Credentials[1] != old {
		t.Errorf("got %+v, %v", grant, err)
	}
}

func TestAUsernameThatWasNeverIssuedIsMalformed(t *testing.T) {
	for name, username := range map[string]string{
		"empty":             "",
		"no expiry":         "s1.p1",
		"empty expiry":      ":s1.p1",
		"expiry of letters": "soon:s1.p1",
		"signed expiry":     "+1772370000:s1.p1",
		"before the epoch":  "-5:s1.p1",
		"too large":         "99999999999999999999:s1.p1",
		"no bind":           "1772370000:",
		"a second colon":    "1772370000:s1:p1",
		"a space":           "1772370000:s1 p1",
		"not ASCII":         "1772370000:s1.é",
		"a zero byte":       "1772370000:s1\x00",
		"a bind too long":   "1772370000:" + strings.Repeat("x", ice.MaxBind+1),
	} {
		if _, err := ice.Check([]string{"north"}, username, noon); !errors.Is(err, ice.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerIsWrittenAsABrowserReadsIt(t *testing.T) {
	for want, server := range map[string]ice.Server{
		`{"urls":["stun:turn.example.com:3478"]}`: {URLs: []string{"stun:turn.example.com:3478"}},
		`{"urls":["turn:turn.example.com:3478"],"username":"1:s.p","credential":"x"}`: {
			URLs: []string{"turn:turn.example.com:3478"}, Username: "1:s.p", Credential: "x"},
	} {
		if got, _ := json.Marshal(server); string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("1772370000:s1.p1")
	f.Add(":")
	f.Add("-1:a")
	f.Add("9223372036854775807:a")
	f.Fuzz(func(t *testing.T, username string) {
		grant, err := ice.Check([]string{"north"}, username, noon)
		if err != nil {
			return
		}
		if !grant.Expires.After(noon) || !strings.HasSuffix(username, ":"+grant.Bind) || len(grant.Credentials) != 1 {
			t.Errorf("%q was granted as %+v", username, grant)
		}
	})
}
