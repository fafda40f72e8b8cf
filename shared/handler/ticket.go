package handler

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
	"github.com/parleychat/parley/shared/ticket"
)

// errUnknown says that neither the roster nor the directory has somebody.
var errUnknown = fault.New(fault.NotFound, "Nobody of that name is known.")

// ticketRoute carries out the commands of route ticket.
type ticketRoute struct {
	service   ticket.Service
	sessions  session.Store
	directory presence.Directory
	settings  Reader
	rights    Rights
}

// Ticket returns the commands of route ticket.
func Ticket(t ticket.Store, s session.Store, d presence.Directory, set Reader, rights Rights) Commands {
	r := ticketRoute{ticket.Service{Store: t}, s, d, set, rights}
	return Commands{
		"ticket.open":   on(r.open),
		"ticket.close":  on(r.close),
		"ticket.reopen": on(r.reopen),
		"ticket.list":   on(r.list),
		"ticket.show":   on(r.show),
	}
}

// open makes a ticket for somebody whom the roster or the directory knows.
func (r ticketRoute) open(ctx context.Context, c Caller, d protocol.OpenTicket) (Outcome, error) {
	company, err := ticket.Company(d.Ticket)
	if err != nil {
		return Outcome{}, err
	}
	contact := protocol.Person{ID: d.Contact, Role: identity.Contact}
	if c.Role == identity.Technician && c.MaySee(company) { // Otherwise the rule refuses, and nothing is read.
		if contact, err = r.known(ctx, c, company, d.Contact); err != nil {
			return Outcome{}, err
		}
	}
	opened, err := ticket.Open(c.Principal, d.Ticket, contact, d.Subject, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	t, err := r.service.Create(ctx, c.Principal, opened)
	return r.answer(c, t, err)
}

// known is a contact by their id: as they are in the roster, or as the directory
// has them while they are not logged on.
func (r ticketRoute) known(ctx context.Context, c Caller, company, id string) (protocol.Person, error) {
	leases, err := r.directory.LeasesOf(ctx, company, id)
	if err != nil {
		return protocol.Person{}, err
	}
	if rows := presence.Rows(leases, c.Now); len(rows) > 0 {
		return rows[0].Person, nil
	}
	around, err := r.rights.Around(ctx, directory.Who{Role: identity.Contact, ID: id, Company: company})
	if err != nil {
		return protocol.Person{}, err
	}
	if around.Contact == nil {
		return protocol.Person{}, errUnknown
	}
	return protocol.Person{ID: id, Role: identity.Contact, Name: around.Contact.Name}, nil
}

func (r ticketRoute) close(ctx context.Context, c Caller, d protocol.CloseTicket) (Outcome, error) {
	return r.do(ctx, c, d.Ticket, func(t ticket.Ticket, retention time.Duration) (ticket.Ticket, error) {
		return t.Close(c.Principal, d.Note, retention, c.Now)
	})
}

func (r ticketRoute) reopen(ctx context.Context, c Caller, d protocol.NameTicket) (Outcome, error) {
	return r.do(ctx, c, d.Ticket, func(t ticket.Ticket, _ time.Duration) (ticket.Ticket, error) {
		return t.Reopen(c.Principal, c.Now)
	})
}

func (r ticketRoute) do(ctx context.Context, c Caller, id string, rule func(ticket.Ticket, time.Duration) (ticket.Ticket, error)) (Outcome, error) {
	retention, err := r.retention(ctx)
	if err != nil {
		return Outcome{}, err
	}
	t, err := r.service.Do(ctx, id, func(t ticket.Ticket) (ticket.Ticket, error) {
		if err := t.Kept(retention, c.Now); err != nil {
			return t, err
		}
		return rule(t, retention)
	})
	return r.answer(c, t, err)
}

// answer replies with a ticket and tells of it.
func (r ticketRoute) answer(c Caller, t ticket.Ticket, err error) (Outcome, error) {
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: protocol.TicketReply{Ticket: ticketSeenBy(c.Role, t.Ticket)}, Pushes: ticketChanged(t.Ticket)}, nil
}

// list brings a page of a company's tickets, or of a contact's own.
func (r ticketRoute) list(ctx context.Context, c Caller, d protocol.ListTickets) (Outcome, error) {
	q := ticket.Query{Company: d.Company, Contact: d.Contact, State: cmp.Or(d.State, protocol.TicketOpen), After: d.After}
	if err := ticket.MayList(c.Principal, &q); err != nil {
		return Outcome{}, err
	}
	retention, err := r.retention(ctx)
	if err != nil {
		return Outcome{}, err
	}
	found, next, err := r.service.Store.List(ctx, q)
	if err != nil {
		return Outcome{}, err
	}
	page := protocol.TicketPage{Tickets: []protocol.Ticket{}, Next: next}
	for _, t := range found {
		if t.Visible(c.Principal) == nil && t.Kept(retention, c.Now) == nil {
			page.Tickets = append(page.Tickets, ticketSeenBy(c.Role, t.Ticket))
		}
	}
	return Outcome{Reply: page}, nil
}

// show brings a ticket with those of its sessions that are still kept.
func (r ticketRoute) show(ctx context.Context, c Caller, d protocol.NameTicket) (Outcome, error) {
	if _, err := ticket.Company(d.Ticket); err != nil {
		return Outcome{}, err
	}
	t, err := r.service.Store.Load(ctx, d.Ticket)
	if err != nil {
		return Outcome{}, err
	}
	if err := t.Visible(c.Principal); err != nil {
		return Outcome{}, err
	}
	retention, err := r.retention(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if err := t.Kept(retention, c.Now); err != nil {
		return Outcome{}, err
	}
	shown := protocol.TicketShown{Ticket: ticketSeenBy(c.Role, t.Ticket), Sessions: []protocol.Session{}}
	for _, tied := range slices.Backward(t.Sessions) {
		heard, err := r.sessions.Hear(ctx, tied.Session)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return Outcome{}, err
		}
		shown.Sessions = append(shown.Sessions, watched(seenBy(c.Role, heard.Session.Session)))
	}
	shown.Sessions, _, err = fit(shown.Sessions, pageBytes)
	return Outcome{Reply: shown}, err
}

func (r ticketRoute) retention(ctx context.Context) (time.Duration, error) {
	set, err := r.settings.Settings(ctx)
	return settings.Retention(set), err
}
