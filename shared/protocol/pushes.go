package protocol

import "encoding/json"

// MessagePosted brings a message.
type MessagePosted struct {
	Session string `json:"session"`
	Entry   Entry  `json:"entry"`
}

// MessageTyped tells that somebody is or stopped typing.
type MessageTyped struct {
	Session string `json:"session"`
	By      Person `json:"by"`
	Typing  bool   `json:"typing"`
}

// SessionChanged brings a session as it now is, with the entry that changed it.
// A participant who did not know of the session resumes it; a technician who
// watches the company learns of requests and of sessions to join.
type SessionChanged struct {
	Session Session `json:"session"`
	Entry   *Entry  `json:"entry,omitempty"` // Only for participants.
}

// SessionAttended tells that a participant is connected or disconnected.
type SessionAttended struct {
	Session     string `json:"session"`
	Participant Person `json:"participant"`
	Connected   bool   `json:"connected"`
}

// PresenceChanged brings rows of the roster, or a colleague, as they now are.
type PresenceChanged struct {
	Device     *DeviceRow `json:"device,omitempty"`
	Contact    *RosterRow `json:"contact,omitempty"`
	Technician *Colleague `json:"technician,omitempty"`
}

// PresenceNotified brings a notice, which a page shows once.
type PresenceNotified struct {
	Notice string `json:"notice"`
	By     Person `json:"by"`
	Text   string `json:"text"`
}

// PresenceAcknowledged tells that a notice was read.
type PresenceAcknowledged struct {
	Notice string `json:"notice"` // As the technician's page named it; no other page knows of it.
	By     Person `json:"by"`
}

// CallSignalled carries a session description or a candidate.
type CallSignalled struct {
	Session string          `json:"session"`
	Call    string          `json:"call"`
	Peer    string          `json:"peer"` // From whom.
	To      string          `json:"to"`
	Signal  json.RawMessage `json:"signal"`
}

// SessionQueued tells a contact their place among those who wait.
type SessionQueued struct {
	Session string `json:"session"`
	Place   int    `json:"place"` // From 1.
}

// MessageRead tells how far a participant has come.
type MessageRead struct {
	Session string `json:"session"`
	Mark    Mark   `json:"mark"`
}
