package protocol

import (
	"encoding/json"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/shared/identity"
)

// Empty is the data of a command or reply that says nothing more.
type Empty struct{}

// Hello is the first command on a connection. Pushes come only after it.
type Hello struct {
	Activity Activity `json:"activity,omitempty"` // Of an end user; online when absent.
}

// Welcome answers Hello.
type Welcome struct {
	You          Self         `json:"you"`
	Now          Millis       `json:"now"`         // The service's clock.
	BeatSeconds  int          `json:"beatSeconds"` // Send presence.beat this often.
	AwaySeconds  int          `json:"awaySeconds"` // Report away after this long without activity.
	Availability Availability `json:"availability,omitempty"`
	Sessions     []Session    `json:"sessions"`      // The caller's sessions that are not over, and those that wait for their yes.
	May          *May         `json:"may,omitempty"` // Of a contact.
}

// May is what a contact is offered.
type May struct {
	Request  bool `json:"request"`  // To ask for help.
	Callback bool `json:"callback"` // To leave a number.
}

// Beat tells that a page is there, and what it knows.
type Beat struct {
	Known []string `json:"known,omitempty"` // The caller's sessions that are not over, as far as the page knows of them.
	Asks  bool     `json:"asks,omitempty"`  // Whether the page wants to hear of others.
}

// Beaten answers Beat.
type Beaten struct {
	Sessions []Session `json:"sessions,omitempty"` // Those that the page does not know of: a push was lost.
}

// Self is who the service takes the caller for.
type Self struct {
	Person
	Company      string                `json:"company,omitempty"`
	Companies    []string              `json:"companies,omitempty"`
	Capabilities []identity.Capability `json:"capabilities,omitempty"`
}

// ReportActivity tells that an end user went away or came back.
type ReportActivity struct {
	Activity Activity `json:"activity"`
}

// SetAvailability changes a technician's own presence; it sticks.
type SetAvailability struct {
	Availability Availability `json:"availability"`
}

// Watch asks for the roster of companies and for every change to it from now
// on. It replaces what the connection watched before.
type Watch struct {
	Companies []string `json:"companies"` // 1 to 25 within the technician's scope: a company, or company/group.
}

// Watched answers Watch, with the first page of contacts and devices.
type Watched struct {
	Listed
	Technicians []Colleague `json:"technicians"`
	Sessions    []Session   `json:"sessions"` // Requested or active in these companies.
	More        bool        `json:"more"`     // There are more sessions than fit into one reply.
}

// ListRoster asks for another page of contacts and devices.
type ListRoster struct {
	Companies []string `json:"companies"`       // The same as for the page before.
	After     string   `json:"after,omitempty"` // What the page before had in next; absent for the first.
}

// Listed is a page of the roster, in no order that means anything.
type Listed struct {
	Contacts []RosterRow `json:"contacts"`
	Devices  []DeviceRow `json:"devices"`
	Next     string      `json:"next,omitempty"` // Where the next page begins; absent on the last.
}

// CheckIn is what a device agent tells of its device: at every change, and
// often enough to keep the lease.
type CheckIn struct {
	Name      string     `json:"name"`  // The device's, 1 to 200 bytes.
	Users     []LoggedOn `json:"users"` // At most 100.
	Auditing  bool       `json:"auditing,omitempty"`
	NoRemote  bool       `json:"noRemote,omitempty"`
	Suspended bool       `json:"suspended,omitempty"`
}

// LoggedOn is somebody who is logged on at a device, as its system knows them.
type LoggedOn struct {
	Account     string `json:"account"`        // DOMAIN\name where several devices share the account; 1 to 200 bytes.
	Name        string `json:"name,omitempty"` // As people say it; the account when absent.
	IdleSeconds int64  `json:"idleSeconds"`    // Since mouse or keyboard were last used.
}

// CheckedIn answers CheckIn.
type CheckedIn struct {
	Users       []string `json:"users"`       // The contacts' ids, in the order of the accounts.
	BeatSeconds int      `json:"beatSeconds"` // Check in this often even if nothing changes.
	TellSeconds []int    `json:"tellSeconds"` // Check in when somebody has been idle for so long, and when they come back.
}

// Admit lets a user of a device in at their page. The agent makes the secret and
// tells nobody but their browser.
type Admit struct {
	Contact string `json:"contact"`
	Secret  string `json:"secret"` // The SHA-256 of the secret in 64 hexadecimal digits.
}

// Admitted answers Admit.
type Admitted struct {
	Until Millis `json:"until"` // When it is too late to come first.
}

// Notify shows a text on a contact's pages: a notice, which begins no session
// and is kept nowhere. Sent again under its id it is shown once.
type Notify struct {
	Company string `json:"company"`
	Contact string `json:"contact"`
	Device  string `json:"device,omitempty"` // Where to show it; absent is wherever they are.
	Notice  string `json:"notice"`           // The technician's own id of it, 1 to 64 bytes.
	Text    string `json:"text"`             // 1 to 1,024 bytes.
}

// Notified answers Notify.
type Notified struct {
	Pages int `json:"pages"` // That have taken it, at least 1.
}

// Acknowledge tells that a notice was read.
type Acknowledge struct {
	Notice     string `json:"notice"`
	Technician string `json:"technician"` // Who sent it.
}

// OfferEnrolment makes a secret good for enrolling devices. The administrator's
// page makes the secret; sent again it answers the same.
type OfferEnrolment struct {
	Secret  string `json:"secret"` // The SHA-256 of the secret in 64 hexadecimal digits.
	Company string `json:"company"`
	Group   string `json:"group,omitempty"` // Of the directory, into which the devices come.
	Uses    int    `json:"uses"`            // How many devices, 1 to 10,000.
	Days    int    `json:"days"`            // For how long, 1 to 90.
}

// Enrolment answers OfferEnrolment.
type Enrolment struct {
	Left  int    `json:"left"` // How many devices may still come.
	Until Millis `json:"until"`
}

// NameDevice names the device that a command is about.
type NameDevice struct {
	Company string `json:"company"`
	Device  string `json:"device"`
}

// JoinSession joins a session, or answers a request.
type JoinSession struct {
	Session string `json:"session"`
	Answer  bool   `json:"answer,omitempty"` // Only to be the one who answers: refused where somebody else was first.
}

// EndSession ends a session.
type EndSession struct {
	Session string `json:"session"`
	Note    string `json:"note,omitempty"`   // A technician's closing note, up to 4,096 bytes.
	Solved  bool   `json:"solved,omitempty"` // A technician closes its ticket too, with the same note.
}

// TakeSession makes the caller the technician in charge.
type TakeSession struct {
	Session string `json:"session"`
	From    string `json:"from,omitempty"` // Whom the caller saw in charge; refused where it is somebody else by now.
}

// TransferSession offers a session to a colleague, or gives it back to the queue.
type TransferSession struct {
	Session string `json:"session"`
	To      string `json:"to,omitempty"` // Absent: back to those who wait.
}

// AskCallback leaves a number for somebody to call.
type AskCallback struct {
	Session string `json:"session"`
	Phone   string `json:"phone"`          // 3 to 32 digits, spaces and + - ( ) . /
	Note    string `json:"note,omitempty"` // Up to 1,024 bytes.
}

// Read tells how far the caller has come; it never goes back.
type Read struct {
	Session   string `json:"session"`
	Delivered int64  `json:"delivered"`
	Read      int64  `json:"read"`
	Notified  int64  `json:"notified,omitempty"` // The last seq that the caller was told of while the page was hidden.
	Rung      Rung   `json:"rung,omitempty"`     // What told them of it; with Notified only.
}

// StartSession begins a session with a contact, who is in it at once. Sent
// again with the same id it answers the same session.
type StartSession struct {
	Session string `json:"session"`           // company/uuid, chosen by the client.
	Contact string `json:"contact,omitempty"` // Absent with a ticket: whose it is.
	Device  string `json:"device,omitempty"`  // Which of the contact's devices.
	Ticket  string `json:"ticket,omitempty"`  // An open ticket that it is about; only while its contact is online.
}

// RequestSession asks for help. Without a ticket it makes one, which has the
// session's id. Sent again with the same id it answers the same session.
type RequestSession struct {
	Session string `json:"session"`          // company/uuid, chosen by the client.
	Problem string `json:"problem"`          // 1 to 1,024 bytes.
	Ticket  string `json:"ticket,omitempty"` // An open ticket of the caller's that it is about.
}

// NameSession names the session that a command is about.
type NameSession struct {
	Session string `json:"session"`
}

// InviteGuest lets somebody without an account into a session. The client makes
// the secret and tells nobody but them; sent again with the same session and
// secret it answers the same.
type InviteGuest struct {
	Session string      `json:"session"`        // company/uuid, chosen by the client where a kind is named.
	Kind    SessionKind `json:"kind,omitempty"` // ondemand or guest begins a session; absent: into one that goes on.
	Secret  string      `json:"secret"`         // The SHA-256 of the secret in 64 hexadecimal digits.
	Name    string      `json:"name,omitempty"` // Of who is invited, up to 64 bytes, until they give their own.
}

// RevokeGuest withdraws an invite, or takes a guest out who came by it.
type RevokeGuest struct {
	Session string `json:"session"`
	Guest   string `json:"guest"` // The participant.
}

// SessionReply answers a command with the session as it now is.
type SessionReply struct {
	Session Session `json:"session"`
	Seq     int64   `json:"seq"`             // Of the entry that the command added.
	Place   int     `json:"place,omitempty"` // Of a request among those who wait, from 1.
}

// Post says something.
type Post struct {
	Session string `json:"session"`
	Message string `json:"message"` // The sender's own id; the same id is never posted twice.
	Text    string `json:"text"`    // 1 to 8,192 bytes of UTF-8; with an image up to 1,024, which say what is to be seen on it.
	After   int64  `json:"after"`   // The last seq that the sender knew when first sending this message.
	Image   *Image `json:"image,omitempty"`
}

// ShowImage asks for the image of a message.
type ShowImage struct {
	Session string `json:"session"`
	By      string `json:"by"`      // Who sent it.
	Message string `json:"message"` // By its sender's own id.
}

// Posted answers Post.
type Posted struct {
	Seq int64  `json:"seq"`
	At  Millis `json:"at"`
}

// Hide sends a text that is shown once: to one other participant, within an hour.
type Hide struct {
	Session string `json:"session"`
	Message string `json:"message"` // The sender's own id; the same id is never hidden or posted twice.
	Text    string `json:"text"`    // 1 to 1,024 bytes of UTF-8.
	After   int64  `json:"after"`   // The last seq that the sender knew when first sending this message.
}

// Reveal asks for the text of a secret.
type Reveal struct {
	Session string `json:"session"`
	Seq     int64  `json:"seq"`    // Of the entry of kind secret.
	Reveal  string `json:"reveal"` // The page's own id of this asking; by it, a lost reply can be asked for again for a minute.
}

// Revealed answers Reveal. Nobody gets the text again.
type Revealed struct {
	Text  string `json:"text"`
	Entry Entry  `json:"entry"` // Of kind revealed.
}

// Type tells that somebody is or stopped typing.
type Type struct {
	Session string `json:"session"`
	Typing  bool   `json:"typing"`
}

// Resume asks for what came after a seq, and for every push of the session on
// this connection from now on.
type Resume struct {
	Session string `json:"session"`
	After   int64  `json:"after"`
}

// Resumed answers Resume.
type Resumed struct {
	Session   Session  `json:"session"`
	Entries   []Entry  `json:"entries"`   // At most 100, oldest first.
	More      bool     `json:"more"`      // There is another page after the last of these.
	Connected []string `json:"connected"` // The participants who are connected now.
	Marks     []Mark   `json:"marks"`
	Place     int      `json:"place,omitempty"` // Of a request among those who wait, from 1.
}

// List asks for a page of a transcript.
type List struct {
	Session string `json:"session"`
	After   int64  `json:"after"`
}

// Page answers List.
type Page struct {
	Entries []Entry `json:"entries"` // At most 100, oldest first.
	More    bool    `json:"more"`    // There is another page after the last of these.
}

// Ring calls the others in the session.
type Ring struct {
	Session string `json:"session"`
	Call    string `json:"call"` // Chosen by the client.
	Media   Media  `json:"media"`
	Peer    string `json:"peer"` // The calling page, by an id of its own choice.
}

// Answer accepts or declines a call.
type Answer struct {
	Session string `json:"session"`
	Call    string `json:"call"`
	Peer    string `json:"peer"`
	Accept  bool   `json:"accept"`
}

// Signal carries a session description or a candidate to another peer.
type Signal struct {
	Session string          `json:"session"`
	Call    string          `json:"call"`
	Peer    string          `json:"peer"`   // From whom.
	To      string          `json:"to"`     // The peer it is for.
	Signal  json.RawMessage `json:"signal"` // {"description":…} or {"candidate":…}, up to 24 KB.
}

// HangUp leaves a call; when fewer than two are left the call is over.
type HangUp struct {
	Session string   `json:"session"`
	Call    string   `json:"call"`
	Peer    string   `json:"peer"`
	Path    CallPath `json:"path,omitempty"` // The way that the media took.
}

// ICEServers answers call.servers.
type ICEServers struct {
	ICEServers []ice.Server `json:"iceServers"`
	Until      Millis       `json:"until"` // When the credentials expire.
}

// ReportPath tells which way the media takes.
type ReportPath struct {
	Session string   `json:"session"`
	Call    string   `json:"call"`
	Peer    string   `json:"peer"`
	Path    CallPath `json:"path"`
}

// Settings are the deployment's settings.
type Settings struct {
	RetentionDays int         `json:"retentionDays"`
	AskManaged    bool        `json:"askManaged"`  // Users of managed devices are asked before a session begins.
	AskOnDemand   bool        `json:"askOnDemand"` // So are those who come by a code.
	Chat          Choice      `json:"chat,omitempty"`
	PreTicket     Choice      `json:"preTicket,omitempty"`
	Callbacks     Choice      `json:"callbacks,omitempty"`
	OfficeHours   OfficeHours `json:"officeHours"`
	Version       int64       `json:"version"`
}

// OfficeHours say when there is somebody to answer.
type OfficeHours struct {
	Zone string  `json:"zone,omitempty"` // Of the IANA database, such as Europe/London; absent: always open.
	Week []Hours `json:"week,omitempty"` // At most 50; more than one on a day is allowed.

	Holidays []string `json:"holidays,omitempty"` // Days such as 2026-12-25 on which nobody is there; at most 100.
}

// Hours are a time in which the office is open.
type Hours struct {
	Day  int    `json:"day"`  // 0 is Sunday.
	From string `json:"from"` // 09:00
	To   string `json:"to"`   // 17:30, up to 24:00
}

// SetSettings changes the settings.
type SetSettings struct {
	Settings Settings `json:"settings"` // With the version that the caller saw.
}
