package protocol

// TicketState is whether a ticket is still worked on.
type TicketState string

// The states of a ticket.
const (
	TicketOpen   TicketState = "open"
	TicketClosed TicketState = "closed"
)

// Ticket is one problem of a contact, from its first word until it is solved.
// It outlives the sessions in which it is worked on.
type Ticket struct {
	ID        string          `json:"id"`     // company/uuid
	Number    string          `json:"number"` // What people call it, such as K7QM-3XPD.
	Company   string          `json:"company"`
	Contact   Person          `json:"contact"`
	Subject   string          `json:"subject"`
	State     TicketState     `json:"state"`
	Sessions  []TicketSession `json:"sessions"` // The last 50, oldest first.
	CreatedAt Millis          `json:"createdAt"`
	UpdatedAt Millis          `json:"updatedAt"`
	Closing   *Closing        `json:"closing,omitempty"` // Only for technicians.
	Version   int64           `json:"version"`           // Counts the changes from 1; the higher is the newer.
}

// TicketSession is a session of a ticket. Its transcript is read by this id, as
// long as retention keeps it.
type TicketSession struct {
	Session string `json:"session"`
	At      Millis `json:"at"` // When it began.
}

// TicketName is what a session shows of its ticket.
type TicketName struct {
	ID      string `json:"id"`
	Number  string `json:"number"`
	Subject string `json:"subject"`
}

// OpenTicket makes a ticket for a contact. Sent again with the same id it
// answers the same ticket.
type OpenTicket struct {
	Ticket  string `json:"ticket"`  // company/uuid, chosen by the client.
	Contact string `json:"contact"` // Somebody of the company whom its roster or the directory knows.
	Subject string `json:"subject"` // 1 to 1,024 bytes.
}

// CloseTicket says that the problem is solved.
type CloseTicket struct {
	Ticket string `json:"ticket"`
	Note   string `json:"note,omitempty"` // Up to 4,096 bytes.
}

// NameTicket names the ticket that a command is about.
type NameTicket struct {
	Ticket string `json:"ticket"`
}

// TicketReply answers a command with the ticket as it now is.
type TicketReply struct {
	Ticket Ticket `json:"ticket"`
}

// TicketShown answers ticket.show.
type TicketShown struct {
	Ticket   Ticket    `json:"ticket"`
	Sessions []Session `json:"sessions"` // Those of its sessions that are still kept, newest first.
}

// ListTickets asks for a page of tickets, newest first. A contact gets their own.
type ListTickets struct {
	Company string      `json:"company,omitempty"` // Of a technician's scope.
	Contact string      `json:"contact,omitempty"` // Only this contact's.
	State   TicketState `json:"state,omitempty"`   // Open when absent.
	After   string      `json:"after,omitempty"`   // Next of the page before.
}

// TicketPage answers ticket.list.
type TicketPage struct {
	Tickets []Ticket `json:"tickets"`        // At most 25.
	Next    string   `json:"next,omitempty"` // Asks for the next page; absent on the last one.
}

// TicketChanged brings a ticket as it now is.
type TicketChanged struct {
	Ticket Ticket `json:"ticket"`
}
