package ticket

import (
	"context"
	"errors"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Query asks for a page of tickets, newest first.
type Query struct {
	Company string
	Contact string // Empty for all of the company's.
	State   protocol.TicketState
	After   string // What the page before returned.
}

// Store keeps tickets.
type Store interface {
	// Load reads a ticket. It returns fault.NotFound where there is none, or it
	// is past its retention.
	Load(ctx context.Context, id string) (Ticket, error)

	// Save writes a ticket. It returns [session.ErrRaced], having written
	// nothing, unless the stored version is exactly one behind.
	Save(ctx context.Context, t Ticket) error

	// List reads a page, and what asks for the next one, empty on the last. It
	// never returns what is past its retention.
	List(ctx context.Context, q Query) ([]Ticket, string, error)
}

// Service decides and writes.
type Service struct {
	Store Store
}

// tries is how often a lost race is run again. Each loss means that somebody
// else won.
const tries = 8

// Create saves a new ticket, or finds that the same was made before: for the
// same contact, about the same.
func (v Service) Create(ctx context.Context, by identity.Principal, t Ticket) (Ticket, error) {
	err := v.Store.Save(ctx, t)
	if !errors.Is(err, session.ErrRaced) {
		return t, err
	}
	there, err := v.Store.Load(ctx, t.ID)
	if err != nil {
		return Ticket{}, err
	}
	if there.Contact.ID != t.Contact.ID || there.Subject != t.Subject {
		return Ticket{}, fault.New(fault.Conflict, "There is another ticket with this id.")
	}
	return there, there.Visible(by)
}

// Do loads a ticket, asks the rule and saves what comes out, if it is newer; a
// lost race is run again on the newer state.
func (v Service) Do(ctx context.Context, id string, rule func(Ticket) (Ticket, error)) (Ticket, error) {
	if _, err := Company(id); err != nil {
		return Ticket{}, err
	}
	for range tries {
		t, err := v.Store.Load(ctx, id)
		if err != nil {
			return Ticket{}, err
		}
		next, err := rule(t)
		if err != nil || next.Version == t.Version {
			return next, err
		}
		if err = v.Store.Save(ctx, next); !errors.Is(err, session.ErrRaced) {
			return next, err
		}
	}
	return Ticket{}, fault.New(fault.Unavailable, "Too many people change this ticket at once. Please try again.")
}

// MayList returns nil where the principal may list what a query asks for. That
// of a contact becomes one for their own tickets.
func MayList(by identity.Principal, q *Query) error {
	if by.Role == identity.Contact {
		if q.Company != "" && q.Company != by.Company || q.Contact != "" && q.Contact != by.ID {
			return errNoList
		}
		q.Company, q.Contact = by.Company, by.ID
	}
	switch {
	case by.Role != identity.Technician && by.Role != identity.Contact:
		return fault.New(fault.Forbidden, "Only technicians and contacts see tickets.")
	case !by.MaySee(q.Company):
		return errNoList
	case q.State != protocol.TicketOpen && q.State != protocol.TicketClosed:
		return fault.New(fault.Invalid, "A ticket is open or closed.")
	case len(q.Contact) > protocol.MaxID:
		return fault.New(fault.Invalid, "A contact has an id of at most %d bytes.", protocol.MaxID)
	}
	return nil
}
