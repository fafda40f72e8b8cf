// Package identity says who somebody is: technician, contact, device or guest,
// the company they belong to or may see, and what they are able to do.
//
// A [Principal] comes out of a verified token once, at $connect, and rides in
// the authorizer context of every later event, so that no frame costs a read
// to know who sent it.
package identity

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
)

// Role is the part somebody plays.
type Role string

// The roles.
const (
	Technician Role = "technician" // Gives help.
	Contact    Role = "contact"    // Is helped.
	Device     Role = "device"     // A device agent, which speaks for a machine and never in a chat.
	Guest      Role = "guest"      // Has a link and no account.
)

// Capability is a right that comes with a technician's role in their firm.
type Capability string

// The capabilities.
const (
	Administer Capability = "administer" // May change settings and the directory.
	Direct     Capability = "direct"     // May begin a session at a managed device.
	History    Capability = "history"    // May read the sessions of others.
	Supervise  Capability = "supervise"  // May watch the work of others.
)

// Capabilities are all of them.
var Capabilities = []Capability{Administer, Direct, History, Supervise}

// Staff is the home of technicians, who belong to no company that is helped.
// It cannot be the id of a company.
const Staff = "_staff"

// Machine names the device somebody sits at.
type Machine struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Group string `json:"group,omitempty"` // As the directory says; no token does.
}

// Principal is an authenticated technician, contact, device or guest.
type Principal struct {
	ID           string       `json:"id"` // From [PrincipalID]; lower-case letters and digits.
	Role         Role         `json:"role"`
	Name         string       `json:"name"`
	Company      string       `json:"company,omitempty"`      // Of a contact, device or guest.
	Companies    []string     `json:"companies,omitempty"`    // A technician's scope: places, which [Place] tells.
	Capabilities []Capability `json:"capabilities,omitempty"` // Of a technician.
	Machine      *Machine     `json:"device,omitempty"`       // Where a contact sits.
}

// Home is the partition that holds the principal's own things: the company, or
// [Staff] for a technician.
func (p Principal) Home() string {
	if p.Role == Technician {
		return Staff
	}
	return p.Company
}

// Place names what a scope is made of: a company, or one of its device groups
// as company/group.
func Place(company, group string) string {
	if group == "" {
		return company
	}
	return company + "/" + group
}

// MaySee reports whether the principal may know anything of the place: it is in
// their own company, or within a technician's scope. Who may see a company may
// see each of its groups; who may see a group, nothing else of its company.
func (p Principal) MaySee(place string) bool {
	company, _, _ := strings.Cut(place, "/")
	if p.Role == Technician {
		return slices.Contains(p.Companies, place) || slices.Contains(p.Companies, company)
	}
	return company != "" && p.Company == company
}

// MayEnter reports whether the principal may see the company or some of its
// groups.
func (p Principal) MayEnter(company string) bool {
	return p.MaySee(company) || p.Role == Technician && slices.ContainsFunc(p.Companies, func(place string) bool {
		return strings.HasPrefix(place, company+"/")
	})
}

// Can reports whether a technician has the capability.
func (p Principal) Can(c Capability) bool {
	return p.Role == Technician && slices.Contains(p.Capabilities, c)
}

// PrincipalID derives the id of the person that an issuer calls subject. A
// digest, so that two issuers never name the same principal, any subject fits
// into a key, and logs that carry ids carry no e-mail addresses.
func PrincipalID(issuer, subject string) string {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}

// AccountID derives the contact who is behind an account that a device names. An
// account of a domain, DOMAIN\name, is one person on all the devices of the
// company; any other is known to its own device alone, since two devices may
// each have an "admin". Neither can be the id of somebody an issuer vouches for:
// issuers are URLs.
func AccountID(company, device, account string) string {
	account = strings.ToLower(account)
	if strings.Contains(account, `\`) {
		return PrincipalID("account:"+company, account)
	}
	return PrincipalID("account:"+company+"/"+device, account)
}

// Claims are what Parley reads of a token beside iss and sub. They stand in one
// object, so that an identity provider needs one mapping and clashes with
// nothing:
//
//	"name": "Alice Doe",
//	"parley": {"role": "technician", "companies": ["acme"], "capabilities": ["administer"]}
//	"parley": {"role": "contact", "company": "acme", "device": {"id": "d7", "name": "ACME-LT-07"}}
type Claims struct {
	Name   string `json:"name"`
	Parley struct {
		Role         Role         `json:"role"`
		Company      string       `json:"company"`
		Companies    []string     `json:"companies"`
		Capabilities []Capability `json:"capabilities"`
		Device       *Machine     `json:"device"`
	} `json:"parley"`
}

// Limits of what a token may say. The authorizer context, which carries it,
// holds 8 KB.
const (
	MaxName      = 200 // Bytes.
	MaxCompanies = 100
)

// FromClaims returns the principal that the claims of a verified token
// describe, or the fault unauthenticated with what is wrong about them.
func FromClaims(issuer, subject string, c Claims) (Principal, error) {
	p := Principal{
		ID: PrincipalID(issuer, subject), Role: c.Parley.Role, Name: strings.TrimSpace(c.Name),
		Company: c.Parley.Company, Companies: c.Parley.Companies,
		Capabilities: known(c.Parley.Capabilities), Machine: c.Parley.Device,
	}
	if p.Machine != nil {
		p.Machine.Group = ""
	}
	if problem := p.problem(subject); problem != "" {
		return Principal{}, fault.New(fault.Unauthenticated, "The token %s.", problem)
	}
	return p, nil
}

func (p Principal) problem(subject string) string {
	technician := p.Role == Technician
	switch {
	case subject == "":
		return "has no subject"
	case p.Role != Technician && p.Role != Contact && p.Role != Device && p.Role != Guest:
		return "has no role that Parley knows"
	case !Printable(p.Name, MaxName):
		return "has no name, or one that cannot be shown"
	case technician && (p.Company != "" || len(p.Companies) > MaxCompanies || !all(p.Companies, ValidPlace)):
		return "has a scope that is not a list of at most 100 companies"
	case !technician && (!ValidCompany(p.Company) || len(p.Companies) > 0 || len(p.Capabilities) > 0):
		return "has no single company, or rights that only a technician has"
	case p.Machine != nil && (technician || !Printable(p.Machine.ID, MaxName) || !Printable(p.Machine.Name, MaxName)):
		return "has a device that cannot be shown"
	}
	return ""
}

// ValidCompany reports whether id can be a company's: 1 to 63 lower-case
// letters, digits and hyphens, not beginning with a hyphen.
func ValidCompany(id string) bool {
	if len(id) == 0 || len(id) > 63 || id[0] == '-' {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}) < 0
}

// ValidPlace reports whether a text can be a place of a scope: a company, or
// company/group where the group's id is like a company's.
func ValidPlace(text string) bool {
	company, group, grouped := strings.Cut(text, "/")
	return ValidCompany(company) && (!grouped || ValidCompany(group))
}

// Printable refuses what cannot be shown, and what would turn the text around
// it the other way (UAX 9, explicit directional formatting).
func Printable(s string, limit int) bool {
	return s != "" && len(s) <= limit && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}) < 0
}

// known are the capabilities that mean something here, each once. Others may
// stand in a token for whoever else reads it.
func known(listed []Capability) []Capability {
	var list []Capability
	for _, c := range Capabilities {
		if slices.Contains(listed, c) {
			list = append(list, c)
		}
	}
	return list
}

func all(list []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
}
