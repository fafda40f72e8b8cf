package handler

import (
	"context"
	"errors"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
	"github.com/parleychat/parley/shared/ticket"
)

// tries is how often a session is tied again to a ticket that has changed
// meanwhile. Each time somebody else was first.
const tries = 8

// contactOf is whom a session from a ticket is with. The ticket is looked at
// before the contact is, so that who may not see it learns nothing of either.
func (r sessionRoute) contactOf(ctx context.Context, c Caller, d protocol.StartSession) (string, error) {
	if _, err := ticket.Company(d.Ticket); err != nil {
		return "", err
	}
	t, err := r.tickets.Store.Load(ctx, d.Ticket)
	if err != nil {
		return "", err
	}
	switch err := t.Visible(c.Principal); {
	case err != nil:
		return "", err
	case d.Contact != "" && d.Contact != t.Contact.ID:
		return "", fault.New(fault.Invalid, "Ticket %s is of somebody else.", t.Number)
	}
	return t.Contact.ID, nil
}

// requested makes the session of a request, with a ticket behind it or about
// one that there is.
func (r sessionRoute) requested(ctx context.Context, c Caller, about string, change session.Change) (Outcome, error) {
	if about != "" {
		return r.about(ctx, c, about, change)
	}
	return r.created(ctx, c, change.About(ticket.Requested(change.Next.Session, c.Now).Ticket))
}

// about commits a new session together with its place on a ticket; with none on
// no ticket.
func (r sessionRoute) about(ctx context.Context, c Caller, id string, change session.Change) (Outcome, error) {
	if id == "" {
		return r.created(ctx, c, change)
	}
	if _, err := ticket.Company(id); err != nil {
		return Outcome{}, err
	}
	for range tries {
		t, err := r.tickets.Store.Load(ctx, id)
		if err != nil {
			return Outcome{}, err
		}
		tied, err := t.Tie(c.Principal, change.Next.Session, c.Now)
		if err != nil {
			return r.before(ctx, c, change.Next.ID, err)
		}
		out, err := r.created(ctx, c, change.About(tied.Ticket))
		if !errors.Is(err, session.ErrRaced) {
			return out, err
		}
	}
	return Outcome{}, fault.New(fault.Unavailable, "Too many people change this ticket at once. Please try again.")
}

// before answers a command that is sent again, though by now it would be
// refused: the contact has gone, or the ticket was closed. Otherwise it is.
func (r sessionRoute) before(ctx context.Context, c Caller, id string, why error) (Outcome, error) {
	if !fault.Is(why, fault.Conflict) {
		return Outcome{}, why
	}
	change, err := r.service.Again(ctx, c.Principal, id)
	if fault.Is(err, fault.NotFound) {
		return Outcome{}, why
	}
	if err != nil {
		return Outcome{}, err
	}
	return changes(c, change), nil
}

// solve closes the ticket of a session that has ended. A function that dies
// before it leaves the command unanswered, so that it is sent again.
func (r sessionRoute) solve(ctx context.Context, c Caller, s protocol.Session, note string) ([]fanout.Push, error) {
	if s.Ticket == nil {
		return nil, nil
	}
	set, err := r.settings.Settings(ctx)
	if err != nil {
		return nil, err
	}
	t, err := r.tickets.Do(ctx, s.Ticket.ID, func(t ticket.Ticket) (ticket.Ticket, error) {
		return t.Close(c.Principal, note, settings.Retention(set), c.Now)
	})
	if err != nil {
		return nil, err
	}
	return ticketChanged(t.Ticket), nil
}

// ticketChanged tells the technicians who watch the company, and the contact.
func ticketChanged(t protocol.Ticket) []fanout.Push {
	name := "ticket.changed"
	return []fanout.Push{{
		To:   fanout.Audience{Kind: fanout.Watchers, Key: t.Company},
		Push: protocol.Push{Name: name, Data: protocol.TicketChanged{Ticket: t}},
	}, {
		To:   fanout.Audience{Kind: fanout.Devices, Key: t.Company, Sub: t.Contact.ID},
		Push: protocol.Push{Name: name, Data: protocol.TicketChanged{Ticket: ticketSeenBy(identity.Contact, t)}},
	}}
}

// ticketSeenBy is what somebody may see of a ticket: what was noted when it was
// closed is for technicians.
func ticketSeenBy(role identity.Role, t protocol.Ticket) protocol.Ticket {
	if role != identity.Technician {
		t.Closing = nil
	}
	return t
}
