package directory

import (
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// field is one thing that records of some kinds say, as text: for the audit,
// for imports, and to tell what differs.
type field struct {
	name  string
	kinds []protocol.RecordKind // Nil for all.
	read  func(protocol.Record) string
	write func(*protocol.Record, string)
	wrong func(string) string // What is wrong with a value that is not empty.
}

type kinds = []protocol.RecordKind

var people = kinds{protocol.ContactRecord, protocol.TechnicianRecord}

// fields are all the fields beside kind, company and id.
var fields = []field{
	text("name", nil, func(r *protocol.Record) *string { return &r.Name }, unprintable),
	text("issuer", people, func(r *protocol.Record) *string { return &r.Issuer }, unprintable),
	text("subject", people, func(r *protocol.Record) *string { return &r.Subject }, unprintable),
	choice("chat", kinds{protocol.CompanyRecord, protocol.ContactRecord}, func(r *protocol.Record) *protocol.Choice { return &r.Chat }),
	choice("preTicket", kinds{protocol.CompanyRecord}, func(r *protocol.Record) *protocol.Choice { return &r.PreTicket }),
	choice("callbacks", kinds{protocol.CompanyRecord}, func(r *protocol.Record) *protocol.Choice { return &r.Callbacks }),
	choice("ask", kinds{protocol.GroupRecord}, func(r *protocol.Record) *protocol.Choice { return &r.Ask }),
	choice("begin", kinds{protocol.MachineRoleRecord}, func(r *protocol.Record) *protocol.Choice { return &r.Begin }),
	text("machineRole", kinds{protocol.GroupRecord, protocol.DeviceRecord}, func(r *protocol.Record) *string { return &r.MachineRole }, noID),
	text("group", kinds{protocol.DeviceRecord}, func(r *protocol.Record) *string { return &r.Group }, noID),
	choice("remote", kinds{protocol.DeviceRecord}, func(r *protocol.Record) *protocol.Choice { return &r.Remote }),
	{
		"suspended", kinds{protocol.DeviceRecord},
		func(r protocol.Record) string { return map[bool]string{true: "yes"}[r.Suspended] },
		func(r *protocol.Record, v string) { r.Suspended = v == "yes" },
		func(v string) string { return map[bool]string{false: "is yes or empty"}[v == "yes"] },
	},
	text("role", kinds{protocol.TechnicianRecord}, func(r *protocol.Record) *string { return &r.Role }, noID),
	text("scope", kinds{protocol.TechnicianRecord}, func(r *protocol.Record) *string { return &r.Scope }, noID),
	list("capabilities", kinds{protocol.RoleRecord}, func(r *protocol.Record) *[]identity.Capability { return &r.Capabilities }, incapable),
	list("places", kinds{protocol.ScopeRecord}, func(r *protocol.Record) *[]string { return &r.Places }, misplaced),
}

func text(name string, of kinds, at func(*protocol.Record) *string, wrong func(string) string) field {
	return field{
		name, of,
		func(r protocol.Record) string { return *at(&r) },
		func(r *protocol.Record, v string) { *at(r) = v },
		wrong,
	}
}

func choice(name string, of kinds, at func(*protocol.Record) *protocol.Choice) field {
	return field{
		name, of,
		func(r protocol.Record) string { return string(*at(&r)) },
		func(r *protocol.Record, v string) { *at(r) = protocol.Choice(v) },
		undecided,
	}
}

// list is a field of words, with a space between two.
func list[T ~string](name string, of kinds, at func(*protocol.Record) *[]T, wrong func(string) string) field {
	return field{
		name, of,
		func(r protocol.Record) string {
			words := make([]string, len(*at(&r)))
			for i, word := range *at(&r) {
				words[i] = string(word)
			}
			return strings.Join(words, " ")
		},
		func(r *protocol.Record, v string) {
			var values []T
			for _, word := range strings.Fields(v) {
				values = append(values, T(word))
			}
			slices.Sort(values)
			*at(r) = slices.Compact(values)
		},
		wrong,
	}
}

func unprintable(v string) string {
	if !identity.Printable(v, identity.MaxName) {
		return "has at most 200 bytes that can be shown"
	}
	return ""
}

func noID(v string) string {
	if !identity.ValidCompany(v) {
		return "is an id of lower-case letters, digits and hyphens"
	}
	return ""
}

func undecided(v string) string {
	if v != string(protocol.On) && v != string(protocol.Off) {
		return "is on, off or empty"
	}
	return ""
}

func incapable(v string) string {
	if slices.ContainsFunc(strings.Fields(v), func(c string) bool { return !slices.Contains(identity.Capabilities, identity.Capability(c)) }) {
		return "are of administer, direct, history and supervise"
	}
	return ""
}

func misplaced(v string) string {
	places := strings.Fields(v)
	if len(places) > identity.MaxCompanies || slices.ContainsFunc(places, func(p string) bool { return !identity.ValidPlace(p) }) {
		return "are at most 100 companies or company/group"
	}
	return ""
}

// Differences are the fields in which two records differ, those of one kind.
// A record that is not there is the zero record.
func Differences(from, to protocol.Record) []protocol.Difference {
	var list []protocol.Difference
	for _, f := range fields {
		if a, b := f.read(from), f.read(to); a != b {
			list = append(list, protocol.Difference{Field: f.name, From: a, To: b})
		}
	}
	return list
}

// Checked is a record as it will be kept: trimmed, lists sorted, a person's id
// made of issuer and subject, without what only the service writes. It returns
// fault.Invalid with what is wrong.
func Checked(r protocol.Record) (protocol.Record, error) {
	if !slices.Contains(Kinds, r.Kind) {
		return r, fault.New(fault.Invalid, "A record is of one of the kinds %s.", kindNames())
	}
	checked := protocol.Record{Kind: r.Kind, Company: r.Company, ID: strings.TrimSpace(r.ID), Version: r.Version}
	for _, f := range fields {
		v := strings.TrimSpace(f.read(r))
		switch {
		case v == "":
			continue
		case f.kinds != nil && !slices.Contains(f.kinds, r.Kind):
			return r, fault.New(fault.Invalid, "A %s has no %s.", word(r.Kind), f.name)
		}
		if problem := f.wrong(v); problem != "" {
			return r, fault.New(fault.Invalid, "The field %s %s.", f.name, problem)
		}
		f.write(&checked, v)
	}
	return checked, identified(&checked)
}

// identified returns nil where a record has a name and an id of its kind, and
// gives a person the id by which tokens name them.
func identified(r *protocol.Record) error {
	if (r.Issuer == "") != (r.Subject == "") {
		return fault.New(fault.Invalid, "A person has both an issuer and a subject, or neither.")
	}
	if r.Subject != "" {
		id := identity.PrincipalID(r.Issuer, r.Subject)
		if r.ID != "" && r.ID != id {
			return fault.New(fault.Invalid, "This is another person's issuer and subject.")
		}
		r.ID = id
	}
	switch valid := r.Kind == protocol.DeviceRecord && identity.Printable(r.ID, identity.MaxName) || identity.ValidCompany(r.ID); {
	case owned(r.Kind) != (r.Company != "") || r.Company != "" && !identity.ValidCompany(r.Company):
		return fault.New(fault.Invalid, "A contact, group or device is of one company, and nothing else is.")
	case !valid && slices.Contains(people, r.Kind):
		return fault.New(fault.Invalid, "A person has an issuer and a subject, or an id.")
	case !valid:
		return fault.New(fault.Invalid, "An id has 1 to 63 lower-case letters, digits and hyphens.")
	case r.Name == "":
		return fault.New(fault.Invalid, "A %s has a name.", word(r.Kind))
	}
	return nil
}

// word is how a sentence calls a kind.
func word(k protocol.RecordKind) string { return strings.ReplaceAll(string(k), "_", " ") }

func kindNames() string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}
