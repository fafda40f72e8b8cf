package protocol

import "github.com/parleychat/parley/shared/identity"

// RecordKind says what a record of the directory describes.
type RecordKind string

// The kinds of records. Contacts, groups and devices are a company's; the
// others are the deployment's.
const (
	CompanyRecord     RecordKind = "company"
	ContactRecord     RecordKind = "contact"
	GroupRecord       RecordKind = "group" // Of devices.
	DeviceRecord      RecordKind = "device"
	TechnicianRecord  RecordKind = "technician"
	RoleRecord        RecordKind = "role" // Of technicians: their capabilities.
	ScopeRecord       RecordKind = "scope"
	MachineRoleRecord RecordKind = "machine_role" // Of devices: whether their users may begin a chat.
)

// Choice is what one level says about a right. Absent, it leaves it to the next
// wider level.
type Choice string

// The choices.
const (
	Unset Choice = ""
	On    Choice = "on"
	Off   Choice = "off"
)

// Record is one thing that the directory knows. Which fields a record may have
// depends on its kind.
type Record struct {
	Kind    RecordKind `json:"kind"`
	Company string     `json:"company,omitempty"` // Of a contact, group or device.
	ID      string     `json:"id"`
	Name    string     `json:"name"`

	Issuer  string `json:"issuer,omitempty"`  // Of a contact or technician: who signs their tokens,
	Subject string `json:"subject,omitempty"` // and who they are to the issuer. Both or neither.

	Chat      Choice `json:"chat,omitempty"`      // Of a company or contact.
	PreTicket Choice `json:"preTicket,omitempty"` // Of a company: asking for help before there is a ticket.
	Callbacks Choice `json:"callbacks,omitempty"` // Of a company: leaving a number.
	Ask       Choice `json:"ask,omitempty"`       // Of a group: users are asked before a session begins.
	Begin     Choice `json:"begin,omitempty"`     // Of a machine role: users may begin a chat.

	MachineRole string `json:"machineRole,omitempty"` // Of a group or device.
	Group       string `json:"group,omitempty"`       // Of a device.
	Remote      Choice `json:"remote,omitempty"`      // Of a device: off where remote control is disabled.
	Suspended   bool   `json:"suspended,omitempty"`   // Of a device.

	Role         string                `json:"role,omitempty"`         // Of a technician; absent: the capabilities of their token count.
	Scope        string                `json:"scope,omitempty"`        // Of a technician; absent: the companies of their token count.
	Capabilities []identity.Capability `json:"capabilities,omitempty"` // Of a role.
	Places       []string              `json:"places,omitempty"`       // Of a scope: company, or company/group.

	Claimed   *Claimed `json:"claimed,omitempty"` // Of a technician: what their token said last.
	Version   int64    `json:"version"`           // Of a new record 0.
	ChangedAt Millis   `json:"changedAt,omitempty"`
	ChangedBy *Person  `json:"changedBy,omitempty"` // Absent where it was learned from a token.
}

// Claimed is what a technician's token said when they connected last.
type Claimed struct {
	Capabilities []identity.Capability `json:"capabilities,omitempty"`
	Places       []string              `json:"places,omitempty"`
}

// Right is something that the directory allows or refuses.
type Right string

// The rights. The first are of a contact, those after Ask of a technician.
const (
	RightChat       Right = "chat"
	RightPreTicket  Right = "pre_ticket"
	RightCallback   Right = "callback"
	RightBegin      Right = "begin" // A chat from a device.
	RightAsk        Right = "ask"   // To be asked before a session begins.
	RightSee        Right = "see"   // The company, or what is in the group.
	RightDirect     Right = "direct"
	RightAdminister Right = "administer"
	RightHistory    Right = "history"
	RightSupervise  Right = "supervise"
)

// Level is where a right was decided.
type Level string

// The levels.
const (
	LevelContact    Level = "contact"
	LevelDevice     Level = "device" // By the machine role of the device itself.
	LevelGroup      Level = "group"
	LevelCompany    Level = "company"
	LevelDeployment Level = "deployment"
	LevelRole       Level = "role"
	LevelScope      Level = "scope"
	LevelToken      Level = "token"
	LevelDefault    Level = "default" // Nobody has said anything.
)

// Decision is whether a right holds, and which level decided it.
type Decision struct {
	Right   Right  `json:"right"`
	Allowed bool   `json:"allowed"`
	Level   Level  `json:"level"`
	By      string `json:"by,omitempty"` // The id of the record that decided it.
}

// ListRecords asks for a page of the directory.
type ListRecords struct {
	Kind    RecordKind `json:"kind"`
	Company string     `json:"company,omitempty"` // Of contacts, groups and devices.
	Find    string     `json:"find,omitempty"`    // Words of the name or id; a word that ends in * begins one of them.
	After   string     `json:"after,omitempty"`   // What the page before had in next; absent for the first.
}

// Records answers ListRecords.
type Records struct {
	Records []Record `json:"records"`        // At most 100, by id; fewer where few match.
	Next    string   `json:"next,omitempty"` // Where the next page begins; absent on the last.
}

// NameRecord names a record.
type NameRecord struct {
	Kind    RecordKind `json:"kind"`
	Company string     `json:"company,omitempty"` // Of a contact, group or device.
	ID      string     `json:"id"`
}

// PutRecord adds a record, or changes the one whose version the caller saw.
type PutRecord struct {
	Record Record `json:"record"`
}

// RemoveRecord removes a record, if it is still the one that the caller saw.
type RemoveRecord struct {
	NameRecord
	Version int64 `json:"version"`
}

// Explain asks what holds for a person.
type Explain struct {
	Role    identity.Role `json:"role"`              // Contact or technician.
	Person  string        `json:"person"`            // The id of their record.
	Company string        `json:"company,omitempty"` // The contact's, or the one that a technician may see or not.
	Device  string        `json:"device,omitempty"`  // Where a contact sits.
	Group   string        `json:"group,omitempty"`   // Which of the company's groups a technician may see or not.
}

// Explained answers Explain.
type Explained struct {
	Person    Record     `json:"person"`
	Decisions []Decision `json:"decisions"`
}

// ListAudit asks for a page of the audit.
type ListAudit struct {
	Company string `json:"company,omitempty"` // Of its contacts, groups and devices; absent: of everything else.
	Before  string `json:"before,omitempty"`  // What the page before had in next; absent for the newest.
}

// AuditPage answers ListAudit.
type AuditPage struct {
	Lines []Audited `json:"lines"`          // At most 100, newest first.
	Next  string    `json:"next,omitempty"` // Where the next page begins; absent on the last.
}

// RecordChanged tells administrators that a record is another now, or gone. They
// ask for it where they show it.
type RecordChanged struct {
	NameRecord
	Version int64 `json:"version"` // 0 where it was removed.
}
