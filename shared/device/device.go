// Package device owns which devices belong to a company: how one is enrolled,
// how its agent proves to be it, and how its users come to their page.
//
// An administrator makes an enrolment: a secret for a company and group that
// may be used so many times until some day. An agent makes a key pair of its
// own, shows the secret once, and from then on proves its key; the service keeps
// the public half, and no secret is shared. Where others offer a token at
// $connect, an agent offers a proof, and a page that an agent has opened offers
// a pass:
//
//	device.<JWT signed with the device's own key>
//	pass.<secret>.<the browser's key>
//
// A pass is bound to the browser that comes first, so that the same page may
// connect again and nobody else ever.
package device

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// What begins the second subprotocol where there is no token of an issuer.
const (
	ProofPrefix = "device."
	PassPrefix  = "pass."
)

// The terms of a pass.
const (
	PassTerm = 2 * time.Minute // In which a browser has to come first.
	PageTerm = 12 * time.Hour  // In which that browser may come again.
)

// The limits of an enrolment.
const (
	MaxUses = 10_000
	MaxDays = 90
)

// errRefused is all that anybody learns who is not let in.
var errRefused = fault.New(fault.Unauthenticated, "This device is not enrolled, or not any more.")

var (
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
	random = regexp.MustCompile(`^[A-Za-z0-9_-]{22,64}$`) // 132 bits and more.
	group  = regexp.MustCompile(`^[A-Za-z0-9._-]{0,64}$`)
)

// Enrolment is the right to enrol devices.
type Enrolment struct {
	Hash    string          `json:"hash"` // SHA-256 of the secret, in hex.
	Company string          `json:"company"`
	Group   string          `json:"group,omitempty"`
	Left    int             `json:"left"` // How many devices may still come.
	Until   protocol.Millis `json:"until"`
	By      protocol.Person `json:"by"`
}

// Record is a device that was enrolled.
type Record struct {
	ID         string          `json:"id"`
	Company    string          `json:"company"`
	Name       string          `json:"name"`
	Group      string          `json:"group,omitempty"`
	Key        string          `json:"key"` // The public one, as in a JWK.
	Enrolment  string          `json:"enrolment"`
	EnrolledAt protocol.Millis `json:"enrolledAt"`
	RevokedAt  protocol.Millis `json:"revokedAt,omitempty"`
}

// Pass lets a user of a device in at their page.
type Pass struct {
	Hash  string             `json:"hash"` // SHA-256 of the secret, in hex.
	User  identity.Principal `json:"user"` // At the device.
	Until protocol.Millis    `json:"until"`
	Bound string             `json:"bound,omitempty"` // SHA-256 of the browser's key.
}

// Proof is what an agent has proved: that it holds the private half of the key.
// Nothing else in it is believed.
type Proof struct {
	Key     string // The public half.
	Company string
	Name    string // The device's.
	Enrol   string // The secret of an enrolment, where the device is new.
}

// Store keeps enrolments, devices and passes.
type Store interface {
	// Enrolment reads one. It returns fault.NotFound where there is none.
	Enrolment(ctx context.Context, company, hash string) (Enrolment, error)
	// Offer keeps a new enrolment. It returns fault.Conflict where there is one
	// with this hash.
	Offer(ctx context.Context, e Enrolment) error
	// Enrol keeps a new device and takes one use of its enrolment, in one
	// transaction. It returns fault.Conflict where none was left, or the device
	// is there already.
	Enrol(ctx context.Context, e Enrolment, r Record) error
	// Enrolled reads a device. It returns fault.NotFound where there is none.
	Enrolled(ctx context.Context, company, id string) (Record, error)
	// Revoke takes the key of a device back, for good. It returns
	// fault.NotFound where there is none.
	Revoke(ctx context.Context, company, id string, now time.Time) error

	// Issue keeps a new pass, if its device is still enrolled and the connection
	// the one over which it checked in last; otherwise fault.Conflict.
	Issue(ctx context.Context, p Pass, connection string) error
	// Pass reads one. It returns fault.NotFound where there is none.
	Pass(ctx context.Context, hash string) (Pass, error)
	// Bind keeps which browser came first, until a time. It returns
	// fault.Conflict where another one was.
	Bind(ctx context.Context, p Pass, until time.Time) error
}

// ID is the id of the device with a key.
func ID(company, key string) string { return identity.PrincipalID("device:"+company, key) }

// Hash is how a secret, or a browser's key, is stored.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Offer returns the enrolment that an administrator makes.
func Offer(by identity.Principal, d protocol.OfferEnrolment, now time.Time) (Enrolment, error) {
	switch {
	case !by.Can(identity.Administer):
		return Enrolment{}, fault.New(fault.Forbidden, "Only an administrator enrols devices.")
	case !by.MaySee(d.Company):
		return Enrolment{}, fault.New(fault.NotFound, "There is no such company.")
	case !digest.MatchString(d.Secret):
		return Enrolment{}, fault.New(fault.Invalid, "The secret is sent as its SHA-256 in 64 hexadecimal digits.")
	case d.Uses < 1 || d.Uses > MaxUses:
		return Enrolment{}, fault.New(fault.Invalid, "An enrolment is for 1 to %d devices.", MaxUses)
	case d.Days < 1 || d.Days > MaxDays:
		return Enrolment{}, fault.New(fault.Invalid, "An enrolment is good for 1 to %d days.", MaxDays)
	case !group.MatchString(d.Group):
		return Enrolment{}, fault.New(fault.Invalid, "A group has an id of up to 64 letters, digits, dots and hyphens.")
	}
	return Enrolment{
		Hash: d.Secret, Company: d.Company, Group: d.Group, Left: d.Uses,
		Until: protocol.At(now.AddDate(0, 0, d.Days)), By: protocol.Person{ID: by.ID, Name: by.Name, Role: by.Role},
	}, nil
}

// MayRevoke returns nil where the principal may revoke devices of a company.
func MayRevoke(by identity.Principal, company string) error {
	switch {
	case !by.Can(identity.Administer):
		return fault.New(fault.Forbidden, "Only an administrator revokes devices.")
	case !by.MaySee(company):
		return fault.New(fault.NotFound, "There is no such device.")
	}
	return nil
}

// Admits reports whether an enrolment takes another device now.
func (e Enrolment) Admits(now time.Time) bool { return e.Left > 0 && now.Before(e.Until.Time()) }

// Listed is the device as the directory has it from now on, and the line of the
// audit: whoever made the enrolment answers for it.
func (r Record) Listed(by protocol.Person) (protocol.Record, protocol.Audited) {
	record := protocol.Record{
		Kind: protocol.DeviceRecord, Company: r.Company, ID: r.ID, Name: r.Name, Group: r.Group,
		Version: 1, ChangedAt: r.EnrolledAt, ChangedBy: &by,
	}
	return record, protocol.Audited{
		At: r.EnrolledAt, By: by, Did: protocol.AuditAdded, What: string(protocol.DeviceRecord),
		Company: r.Company, Record: r.ID, Name: r.Name,
	}
}

// Principal is the device as it connects.
func (r Record) Principal() identity.Principal {
	return identity.Principal{ID: r.ID, Role: identity.Device, Name: r.Name, Company: r.Company}
}

// Admit returns the pass by which a device lets one of its users in.
func Admit(by identity.Principal, d protocol.Admit, users []protocol.DeviceUser, now time.Time) (Pass, error) {
	switch {
	case by.Role != identity.Device:
		return Pass{}, fault.New(fault.Forbidden, "Only a device agent lets its users in.")
	case !digest.MatchString(d.Secret):
		return Pass{}, fault.New(fault.Invalid, "The secret is sent as its SHA-256 in 64 hexadecimal digits.")
	}
	for _, u := range users {
		if u.ID != d.Contact {
			continue
		}
		return Pass{Hash: d.Secret, Until: protocol.At(now.Add(PassTerm)), User: identity.Principal{
			ID: u.ID, Role: identity.Contact, Name: u.Name, Company: by.Company,
			Machine: &identity.Machine{ID: by.ID, Name: by.Name},
		}}, nil
	}
	return Pass{}, fault.New(fault.NotFound, "Nobody like that is logged on at this device.")
}

// Redeems reports whether a pass is good for a browser's key, and whether it is
// to be bound to it: nobody has come by it yet.
func (p Pass) Redeems(key string, now time.Time) (bind, ok bool) {
	if p.Bound != "" {
		return false, p.Bound == Hash(key)
	}
	good := now.Before(p.Until.Time())
	return good, good
}

// parts are the secret and the browser's key of an offered pass.
func parts(offered string) (secret, key string, ok bool) {
	secret, key, _ = strings.Cut(strings.TrimPrefix(offered, PassPrefix), ".")
	return secret, key, random.MatchString(secret) && random.MatchString(key)
}
