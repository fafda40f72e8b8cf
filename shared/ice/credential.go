package ice

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// MaxBind is the longest bind in bytes. It keeps a username far below the 508
// bytes that STUN allows (RFC 8489 section 14.3).
const MaxBind = 256

// The two ways in which Check refuses a username.
var (
	ErrMalformed = errors.New("a TURN username is \"<unix seconds>:<bind>\" in printable ASCII")
	ErrExpired   = errors.New("the TURN credential has expired")
)

// Issue makes a username that is valid for lifetime from now, and the
// credential that belongs to it under secret. The bind holds 1 to MaxBind
// bytes of printable ASCII without a colon; Check refuses any other.
func Issue(secret, bind string, now time.Time, lifetime time.Duration) (username, credential string) {
	username = strconv.FormatInt(now.Add(lifetime).Unix(), 10) + ":" + bind
	return username, sign(secret, username)
}

// Grant is what a username stands for.
type Grant struct {
	// Bind is for whom the credential was issued.
	Bind string
	// Expires is the first second at which the credential is refused.
	Expires time.Time
	// Credentials holds, for each secret in the order given, the credential
	// that its owner must know. The TURN server tells which one a client has
	// by checking the message's integrity with each.
	Credentials []string
}

// Check reads a username and computes what its owner must know under each of
// the secrets; several secrets are in use while one replaces another. It
// returns ErrMalformed for a username that Issue cannot have made, and
// ErrExpired when its time is over.
func Check(secrets []string, username string, now time.Time) (Grant, error) {
	stamp, bind, found := strings.Cut(username, ":")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if !found || err != nil || seconds <= 0 || stamp[0] == '+' || !validBind(bind) {
		return Grant{}, ErrMalformed
	}
	grant := Grant{Bind: bind, Expires: time.Unix(seconds, 0)}
	if !now.Before(grant.Expires) {
		return Grant{}, ErrExpired
	}
	for _, secret := range secrets {
		grant.Credentials = append(grant.Credentials, sign(secret, username))
	}
	return grant, nil
}

func sign(secret, username string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(username))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func validBind(bind string) bool {
	if bind == "" || len(bind) > MaxBind {
		return false
	}
	for _, c := range []byte(bind) {
		if c <= ' ' || c > '~' || c == ':' {
			return false
		}
	}
	return true
}
