// Package invite owns how somebody without an account gets into one session:
// by a code that a technician reads aloud, or by a link.
//
// The secret is made by the technician's page and known to nobody else; the
// service learns and keeps its SHA-256. Who comes offers a [Ticket] where others
// offer a token: the secret, a random key of their own browser and their name.
// The first to come binds the invite to that key, so that the same browser may
// come again after a reload or a cut, and nobody else ever.
//
//	invite.eyJzZWNyZXQiOiI3SzJNUTRYOSIsImtleSI6Ii4uLiIsIm5hbWUiOiJDYXJvbCJ9
//
// Whether the session still wants them is the session's to say: withdrawing an
// invite and ending the session change the session, never the invite.
package invite

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// The terms of an invite.
const (
	CodeTerm = 15 * time.Minute // In which a code has to be typed.
	LinkTerm = 24 * time.Hour   // In which a link has to be followed.
	Kept     = 30 * 24 * time.Hour
)

// The limit on guessing: this many refusals from one address in one window.
const (
	MaxRefusals = 20
	Window      = 15 * time.Minute
)

// Prefix begins what a browser offers as its second subprotocol where it has an
// invite and no token. A token has two dots, this has one.
const Prefix = "invite."

// maxTicket is the longest ticket that is looked at, in bytes.
const maxTicket = 2 << 10

// ErrRefused is all that anybody learns who is not let in, whether a secret is
// wrong, has expired, was withdrawn or is somebody else's by now.
var ErrRefused = fault.New(fault.Unauthenticated, "This invitation is not good, or not any more.")

var (
	code   = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{8}$`) // Crockford's base 32: no I, L, O, U.
	link   = regexp.MustCompile(`^[A-Za-z0-9_-]{22,64}$`)  // 132 bits and more.
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Invite is the right of one browser to take part in one session.
type Invite struct {
	Hash    string               `json:"hash"` // SHA-256 of the secret, in hex.
	Session string               `json:"session"`
	Guest   string               `json:"guest"` // The id of who comes by it.
	Kind    protocol.SessionKind `json:"kind"`  // OnDemand for a code, Guest for a link.
	Until   protocol.Millis      `json:"until"` // When it is too late to come first.
	Bound   string               `json:"bound,omitempty"`
	Name    string               `json:"name,omitempty"`   // As the one who came calls themselves.
	Device  string               `json:"device,omitempty"` // As they call their computer.
}

// Ticket is what a browser shows to be let in.
type Ticket struct {
	Secret string `json:"secret"`
	Key    string `json:"key"` // Random; the browser keeps it.
	Name   string `json:"name"`
	Device string `json:"device,omitempty"`
}

// Store keeps invites, and counts who is refused.
type Store interface {
	// Find reads an invite. It returns fault.NotFound where there is none.
	Find(ctx context.Context, hash string) (Invite, error)

	// Bind keeps who came first, until a time. It returns [ErrRefused] where
	// another browser was first.
	Bind(ctx context.Context, i Invite, until time.Time) error

	// Count counts a try from an address that is about to be refused, and
	// reports whether there were fewer than a limit before it. What it counts
	// is gone after a while.
	Count(ctx context.Context, address string, window time.Time, limit int) (bool, error)

	// Discount takes a counted try back: it was a good one.
	Discount(ctx context.Context, address string, window time.Time) error
}

// Decode reads what a browser offers. It returns [ErrRefused] for whatever is
// no ticket.
func Decode(offered string) (Ticket, error) {
	rest, ok := strings.CutPrefix(offered, Prefix)
	text, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if !ok || err != nil || len(offered) > maxTicket {
		return Ticket{}, ErrRefused
	}
	var t Ticket
	if err := json.Unmarshal(text, &t); err != nil {
		return Ticket{}, ErrRefused
	}
	t.Name, t.Device = strings.TrimSpace(t.Name), strings.TrimSpace(t.Device)
	good := (t.IsCode() || link.MatchString(t.Secret)) && link.MatchString(t.Key) && ValidName(t.Name) &&
		(t.Device == "" || ValidName(t.Device))
	if !good {
		return Ticket{}, ErrRefused
	}
	return t, nil
}

// Encode is the ticket as it is offered.
func (t Ticket) Encode() (string, error) {
	text, err := json.Marshal(t)
	return Prefix + base64.RawURLEncoding.EncodeToString(text), err
}

// IsCode reports whether the secret is a code, and not a link's.
func (t Ticket) IsCode() bool { return code.MatchString(t.Secret) }

// MaxName is how long a name may be that somebody without an account gives
// themselves or their computer, in bytes.
const MaxName = 64

// ValidName reports whether a name can be shown.
func ValidName(name string) bool { return identity.Printable(name, MaxName) }

// Shown is the name of a guest as everybody sees it, so that nobody can pass
// for somebody who has an account.
func Shown(name string) string { return name + " (guest)" }

// Hash is how a secret, or a browser's key, is stored.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// ValidHash reports whether a text can be a [Hash].
func ValidHash(text string) bool { return digest.MatchString(text) }

// Term is how long an invite waits.
func Term(kind protocol.SessionKind) time.Duration {
	if kind == protocol.OnDemand {
		return CodeTerm
	}
	return LinkTerm
}

// Redeems returns whether a ticket is good for the invite, and whether it is to
// be bound: nobody has come by it yet. Time counts for the first to come only.
func (i Invite) Redeems(t Ticket, now time.Time) (bind, ok bool) {
	switch {
	case Hash(t.Secret) != i.Hash || t.IsCode() != (i.Kind == protocol.OnDemand):
		return false, false
	case i.Bound != "":
		return false, i.Bound == Hash(t.Key)
	}
	good := now.Before(i.Until.Time())
	return good, good
}

// BoundTo is the invite of the browser with this ticket.
func (i Invite) BoundTo(t Ticket) Invite {
	i.Bound, i.Name, i.Device = Hash(t.Key), t.Name, t.Device
	return i
}

// onDemandDevice names a computer that nobody has named.
const onDemandDevice = "On-demand device"

// Principal is who comes by a bound invite.
func (i Invite) Principal(company string) identity.Principal {
	p := identity.Principal{ID: i.Guest, Role: identity.Guest, Name: Shown(i.Name), Company: company}
	if i.Kind == protocol.OnDemand {
		p.Machine = &identity.Machine{ID: i.Guest, Name: i.Device}
		if i.Device == "" {
			p.Machine.Name = onDemandDevice
		}
	}
	return p
}

// WindowOf is the window in which a time falls.
func WindowOf(now time.Time) time.Time { return now.UTC().Truncate(Window) }
