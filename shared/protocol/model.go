package protocol

import (
	"time"

	"github.com/parleychat/parley/shared/identity"
)

// Millis is a time in milliseconds since 1970 in UTC.
type Millis int64

// At returns the time as it travels; the zero time is 0.
func At(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time returns the time; 0 is the zero time.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Person names somebody.
type Person struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	Role identity.Role `json:"role"`
}

// SessionKind says how a session came about; it decides who may do what.
type SessionKind string

// The kinds of sessions.
const (
	Managed SessionKind = "managed" // With the user of a managed device.
	Portal  SessionKind = "portal"  // With a contact at a portal.
	Staff   SessionKind = "staff"   // Of technicians among themselves.

	OnDemand SessionKind = "ondemand" // With somebody without an account, who typed a code.
	Guest    SessionKind = "guest"    // With somebody without an account, who followed a link.
)

// SessionState is where a session is in its life.
type SessionState string

// The states of a session.
const (
	Connecting SessionState = "connecting" // A technician began, the contact has not agreed yet.
	Requested  SessionState = "requested"  // A contact asked, nobody has joined.
	Active     SessionState = "active"
	Abandoned  SessionState = "abandoned" // Nobody answered and the contact is gone; waits to be followed up.
	Cancelled  SessionState = "cancelled" // The technician withdrew before the contact agreed.
	Declined   SessionState = "declined"  // The contact did not agree.
	Ended      SessionState = "ended"
)

// Participant is a person's part in one session, stable over reconnects.
type Participant struct {
	Person
	Joined       bool   `json:"joined"`                 // False after leaving.
	InvitedUntil Millis `json:"invitedUntil,omitempty"` // Of a guest who has not come yet: when it is too late.
}

// Session is one support case as its participants see it.
type Session struct {
	ID           string            `json:"id"` // company/uuid
	Kind         SessionKind       `json:"kind"`
	State        SessionState      `json:"state"`
	Company      string            `json:"company"`
	Contact      Person            `json:"contact"`
	Device       *identity.Machine `json:"device,omitempty"`
	Problem      string            `json:"problem,omitempty"`
	Asks         bool              `json:"asks,omitempty"`   // Who comes by a code is asked before it begins.
	Ticket       *TicketName       `json:"ticket,omitempty"` // What it is about.
	Participants []Participant     `json:"participants"`
	Owner        string            `json:"owner,omitempty"` // The technician in charge.
	Transfer     *Transfer         `json:"transfer,omitempty"`
	Callback     *Callback         `json:"callback,omitempty"`
	Closing      *Closing          `json:"closing,omitempty"`
	Call         *Call             `json:"call,omitempty"` // The call that is ringing or going on.
	CreatedAt    Millis            `json:"createdAt"`
	RequestedAt  Millis            `json:"requestedAt,omitempty"` // Since when it waits, or last waited, for a technician.
	StartedAt    Millis            `json:"startedAt,omitempty"`   // When somebody joined who could help.
	EndedAt      Millis            `json:"endedAt,omitempty"`
	Version      int64             `json:"version"` // The seq of the entry that made it so; the higher is the newer.
}

// Place is where the session is: its company, or the group of its device there.
func (s Session) Place() string {
	if s.Device == nil {
		return s.Company
	}
	return identity.Place(s.Company, s.Device.Group)
}

// Transfer is an offer to another technician to take a session over.
type Transfer struct {
	To Person `json:"to"`
	By Person `json:"by"`
}

// Callback is how a contact wants to be reached whom nobody could answer.
type Callback struct {
	Phone string `json:"phone"`
	Note  string `json:"note,omitempty"`
	At    Millis `json:"at"`
}

// Closing is what the technician who ended a session noted.
type Closing struct {
	By   Person `json:"by"`
	Note string `json:"note,omitempty"`
	At   Millis `json:"at"`
}

// EntryKind says what a line of a transcript is.
type EntryKind string

// The kinds of entries.
const (
	EntryMessage      EntryKind = "message"
	EntryRequested    EntryKind = "requested"
	EntryStarted      EntryKind = "started" // A technician began it with the contact in it.
	EntryAsked        EntryKind = "asked"   // A technician began it and asks the contact.
	EntryApproved     EntryKind = "approved"
	EntryDeclined     EntryKind = "declined"
	EntryCancelled    EntryKind = "cancelled"
	EntryAbandoned    EntryKind = "abandoned"
	EntryCallback     EntryKind = "callback"
	EntryTaken        EntryKind = "taken"
	EntryTransferred  EntryKind = "transferred"
	EntryKept         EntryKind = "kept" // A colleague refused a transfer.
	EntryNudged       EntryKind = "nudged"
	EntryJoined       EntryKind = "joined"
	EntryLeft         EntryKind = "left"
	EntryInvited      EntryKind = "invited" // Somebody without an account may join by a link.
	EntryRevoked      EntryKind = "revoked" // They may not any more.
	EntryEnded        EntryKind = "ended"
	EntrySecret       EntryKind = "secret"   // A text that is shown once and stands in no transcript.
	EntryRevealed     EntryKind = "revealed" // Somebody was shown a secret.
	EntryCallRang     EntryKind = "call_rang"
	EntryCallAnswered EntryKind = "call_answered"
	EntryCallDeclined EntryKind = "call_declined"
	EntryCallEnded    EntryKind = "call_ended"
)

// Entry is one line of a transcript. Entries are ordered by Seq without gaps,
// as long as none has passed its retention.
type Entry struct {
	Seq     int64     `json:"seq"`
	At      Millis    `json:"at"`
	Kind    EntryKind `json:"kind"`
	By      Person    `json:"by"`
	Message string    `json:"message,omitempty"` // The sender's own id of a message or secret.
	Text    string    `json:"text,omitempty"`
	To      *Person   `json:"to,omitempty"`    // To whom a session was transferred, or who was invited.
	Of      int64     `json:"of,omitempty"`    // The seq of the secret that was revealed.
	Image   *Image    `json:"image,omitempty"` // Then Text says what is to be seen on it.
	Call    *CallLog  `json:"call,omitempty"`  // The call that it is about, or that is over with it.
}

// Image is a picture that somebody sent.
type Image struct {
	Type   string `json:"type"`           // image/webp, image/jpeg or image/png.
	Width  int    `json:"width"`          // In pixels, 1 to 4,096.
	Height int    `json:"height"`         // In pixels, 1 to 4,096.
	Data   []byte `json:"data,omitempty"` // Up to 22 KB. Absent in pages of a transcript; message.image brings it.
}

// CallLog is what a transcript keeps of a call: never media.
type CallLog struct {
	ID      string   `json:"id"`
	Media   Media    `json:"media"`
	Seconds int64    `json:"seconds,omitempty"` // From the answer to the end, at least 1; absent where nobody answered.
	Path    CallPath `json:"path,omitempty"`
}

// Media is what a call carries.
type Media string

// The media.
const (
	Voice Media = "voice"
	Video Media = "video"
)

// CallState is where a call is in its life.
type CallState string

// The states of a call. One that has ended is no longer part of the session.
const (
	Ringing  CallState = "ringing"
	Answered CallState = "answered"
)

// CallPath is the way of the media, read from the selected candidate pair.
type CallPath string

// The paths.
const (
	PathLocal   CallPath = "local"   // Direct, same network.
	PathDirect  CallPath = "direct"  // Direct, across the internet.
	PathRelayed CallPath = "relayed" // Through our TURN server.
)

// Party is somebody's part in a call.
type Party struct {
	ID   string `json:"id"`   // The participant.
	Peer string `json:"peer"` // The browser page that holds the media, by an id of its own choice.
}

// Call is a call that is ringing or going on.
type Call struct {
	ID         string    `json:"id"`
	Media      Media     `json:"media"`
	State      CallState `json:"state"`
	By         string    `json:"by"` // The participant who rang.
	Parties    []Party   `json:"parties"`
	RangAt     Millis    `json:"rangAt"`
	AnsweredAt Millis    `json:"answeredAt,omitempty"`
	Path       CallPath  `json:"path,omitempty"` // As last reported.
}

// Activity is whether an end user is at the page.
type Activity string

// The activities of an end user. Nobody sets them by hand.
const (
	ActivityOnline  Activity = "online"
	ActivityAway    Activity = "away"
	ActivityOffline Activity = "offline"
)

// Availability is a technician's own presence. Only one who is available hears
// of requests.
type Availability string

// The availabilities.
const (
	Available      Availability = "online"
	AwayTechnician Availability = "away"
	BusyTechnician Availability = "busy"
	NotLoggedOn    Availability = "offline"
)

// RosterRow is one end user and all the devices where they are logged on.
type RosterRow struct {
	Person
	Company  string             `json:"company"`
	Activity Activity           `json:"activity"`
	Devices  []identity.Machine `json:"devices"`
	ActiveAt Millis             `json:"activeAt"` // The last known activity.
	Until    Millis             `json:"until"`    // Unless confirmed again, offline from then on.
}

// DeviceState is what a device last told, seen at some moment.
type DeviceState string

// The states of a device.
const (
	DeviceWaiting      DeviceState = "waiting"      // Online; its first inventory still runs.
	DeviceOnline       DeviceState = "online"       // Nobody is logged on.
	DeviceUsed         DeviceState = "used"         // Somebody is logged on.
	DeviceIdle         DeviceState = "idle"         // Everybody who is logged on has been inactive for 10 minutes.
	DeviceOffline      DeviceState = "offline"      // Not confirmed in time.
	DeviceNever        DeviceState = "never"        // Enrolled, and has never checked in.
	DeviceUncontrolled DeviceState = "uncontrolled" // Online; remote control is switched off.
	DeviceSuspended    DeviceState = "suspended"    // Online; its agent does no work.
)

// DeviceUser is somebody who is logged on at a device.
type DeviceUser struct {
	ID       string `json:"id"` // The contact's.
	Name     string `json:"name"`
	ActiveAt Millis `json:"activeAt"` // The last use of mouse or keyboard, as far as is known.
}

// DeviceRow is one device of the roster as its agent last told. Whoever reads it
// later computes the state anew from its times: see docs/devices.md.
type DeviceRow struct {
	identity.Machine
	Company   string       `json:"company"`
	Users     []DeviceUser `json:"users"` // Of the last check-in; they count while the device is online.
	Auditing  bool         `json:"auditing,omitempty"`
	NoRemote  bool         `json:"noRemote,omitempty"`
	Suspended bool         `json:"suspended,omitempty"`
	CheckedAt Millis       `json:"checkedAt,omitempty"` // The last check-in; absent where there never was one.
	Until     Millis       `json:"until,omitempty"`     // Unless confirmed again, offline from then on.
	State     DeviceState  `json:"state"`               // When this was sent.
}

// Colleague is a technician who is logged on.
type Colleague struct {
	Person
	Availability Availability `json:"availability"`
}

// Office is whether somebody is there to answer.
type Office struct {
	Open  bool   `json:"open"`
	Until Millis `json:"until,omitempty"` // When that changes; absent where it never does.
}

// Mark is how far a participant has come in a transcript.
type Mark struct {
	Participant string `json:"participant"`
	Delivered   int64  `json:"delivered"`            // The last seq that reached one of their pages.
	Read        int64  `json:"read"`                 // The last seq that was on their screen.
	Notified    int64  `json:"notified,omitempty"`   // The last seq that they were told of while their page was hidden.
	Rung        Rung   `json:"rung,omitempty"`       // What told them of it.
	NotifiedAt  Millis `json:"notifiedAt,omitempty"` // When the service heard so.
}

// Rung is what told somebody, who was not looking, that something has come.
type Rung string

// The rungs, from what is noticed last to what is noticed first.
const (
	RungDot   Rung = "dot"   // A number in the title of the page, and a dot on its icon.
	RungTone  Rung = "tone"  // A tone, too.
	RungToast Rung = "toast" // A notification of the system.
)
