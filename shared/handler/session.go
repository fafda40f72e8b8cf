package handler

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
	"github.com/parleychat/parley/shared/ticket"
)

// latest asks for no more of a session than its last entries.
const latest = math.MaxInt64

// sessionRoute carries out the commands of route session.
type sessionRoute struct {
	service   session.Service
	directory presence.Directory
	settings  settings.Store
	tickets   ticket.Service
	rights    Rights
}

// Session returns the commands of route session.
func Session(s session.Store, d presence.Directory, set settings.Store, t ticket.Store, rights Rights) Commands {
	r := sessionRoute{session.Service{Store: s}, d, set, ticket.Service{Store: t}, rights}
	return Commands{
		"session.start":    on(r.start),
		"session.request":  on(r.request),
		"session.approve":  on(named(r, session.Session.Approve)),
		"session.refuse":   on(named(r, session.Session.Refuse)),
		"session.cancel":   on(named(r, session.Session.Cancel)),
		"session.nudge":    on(named(r, session.Session.Nudge)),
		"session.join":     on(r.join),
		"session.take":     on(r.take),
		"session.transfer": on(r.transfer),
		"session.leave":    on(r.leave),
		"session.end":      on(r.end),
		"session.callback": on(r.callback),
		"session.office":   on(r.office),
		"session.invite":   on(r.invite),
		"session.revoke":   on(r.revoke),
	}
}

func (r sessionRoute) start(ctx context.Context, c Caller, d protocol.StartSession) (Outcome, error) {
	company, err := session.Company(d.Session)
	if err != nil {
		return Outcome{}, err
	}
	if d.Ticket != "" {
		if d.Contact, err = r.contactOf(ctx, c, d); err != nil {
			return Outcome{}, err
		}
	}
	var to session.Reach
	var known directory.Around
	if c.Role == identity.Technician && (company == identity.Staff || c.MayEnter(company)) { // Otherwise the rule refuses, and nothing is read.
		if to, known, err = r.reach(ctx, c, company, d); err != nil {
			return Outcome{}, err
		}
	}
	to.Pushed = d.Ticket != ""
	terms, err := r.terms(ctx)
	if err != nil {
		return Outcome{}, err
	}
	terms.AskManaged = known.Ask().Allowed
	change, err := session.Start(c.Principal, d.Session, to, terms, c.Now)
	if err == nil && company != identity.Staff {
		err = known.MayStart(c.Principal, to.Device != nil)
	}
	if err != nil {
		return r.before(ctx, c, d.Session, err)
	}
	return r.about(ctx, c, d.Ticket, change)
}

// reach finds how a contact, or a colleague, can be reached now, and what the
// directory knows around them there.
func (r sessionRoute) reach(ctx context.Context, c Caller, company string, d protocol.StartSession) (session.Reach, directory.Around, error) {
	leases, err := r.directory.LeasesOf(ctx, company, d.Contact)
	if err != nil {
		return session.Reach{}, directory.Around{}, err
	}
	if company == identity.Staff {
		return colleague(c, leases), directory.Around{}, nil
	}
	return whereabouts(ctx, r.rights, leases, directory.Who{Role: identity.Contact, ID: d.Contact, Company: company, Device: d.Device}, c.Now)
}

// whereabouts finds how a contact with some leases can be reached now, at a
// device that is named or anywhere, and what the directory knows around them there.
func whereabouts(ctx context.Context, rights Rights, leases []presence.Lease, who directory.Who, now time.Time) (session.Reach, directory.Around, error) {
	to := reachable(leases, who.Device, now)
	if to.Device != nil {
		who.Device = to.Device.ID
	}
	known, err := rights.Around(ctx, who)
	if err == nil && to.Device != nil {
		to.Device = known.At(*to.Device)
	}
	return to, known, err
}

// reachable finds where a contact can be reached: at a device that is named, or
// wherever they are.
func reachable(leases []presence.Lease, device string, now time.Time) session.Reach {
	nowhere := session.Reach{Activity: protocol.ActivityOffline}
	if device != "" {
		nowhere.Device = &identity.Machine{ID: device}
	}
	rows := presence.Rows(leases, now)
	if len(rows) == 0 {
		return nowhere
	}
	to := session.Reach{Contact: rows[0].Person, Activity: rows[0].Activity}
	if device == "" && atPortal(leases) {
		return to
	}
	i := slices.IndexFunc(rows[0].Devices, func(m identity.Machine) bool { return device == "" || m.ID == device })
	if i < 0 {
		return nowhere
	}
	to.Device = &rows[0].Devices[i]
	return to
}

// atPortal reports whether a contact is somewhere else than at a device, so that
// not naming the device is no way around asking its user.
func atPortal(leases []presence.Lease) bool {
	return slices.ContainsFunc(leases, func(l presence.Lease) bool { return l.Principal.Machine == nil })
}

func colleague(c Caller, leases []presence.Lease) session.Reach {
	list := presence.Colleagues(leases, c.Companies, c.Now)
	if len(list) == 0 {
		return session.Reach{Activity: protocol.ActivityOffline}
	}
	return session.Reach{Contact: list[0].Person, Activity: protocol.ActivityOnline}
}

func (r sessionRoute) request(ctx context.Context, c Caller, d protocol.RequestSession) (Outcome, error) {
	terms, err := r.terms(ctx)
	if err != nil {
		return Outcome{}, err
	}
	change, err := session.Request(c.Principal, d, terms, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	known, err := r.rights.Around(ctx, directory.Of(c.Principal))
	if err == nil {
		err = known.MayRequest(c.Principal, d.Ticket != "")
	}
	if err != nil {
		return Outcome{}, err
	}
	out, err := r.requested(ctx, c, d.Ticket, change)
	if err != nil {
		return out, err
	}
	reply := out.Reply.(protocol.SessionReply)
	if reply.Session.State == protocol.Requested { // Sent again, it may be answered.
		reply.Place, err = place(ctx, r.service.Store, reply.Session)
	}
	out.Reply = reply
	return out, err
}

// terms are the settings that a new session is made under.
func (r sessionRoute) terms(ctx context.Context) (session.Terms, error) {
	set, err := r.settings.Settings(ctx)
	return session.Terms{Retention: settings.Retention(set), AskOnDemand: set.AskOnDemand}, err
}

// created commits a new session and tells everybody in it, wherever they are,
// and the technicians who watch the company.
func (r sessionRoute) created(ctx context.Context, c Caller, change session.Change) (Outcome, error) {
	change, err := r.service.Create(ctx, c.Principal, change)
	if err != nil {
		return Outcome{}, err
	}
	out := changes(c, change)
	for _, p := range change.Next.Participants {
		if change.Next.Concerns(p.ID) { // Sent again, some may have left.
			out.Pushes = append(out.Pushes, toPerson(c, change.Next.Session, p.Person))
		}
	}
	if change.Ticket != nil && !change.Repeat {
		out.Pushes = append(out.Pushes, ticketChanged(*change.Ticket)...)
	}
	return out, nil
}

// named carries out a command that only names its session.
func named(r sessionRoute, rule func(session.Session, identity.Principal, time.Time) (session.Change, error)) func(context.Context, Caller, protocol.NameSession) (Outcome, error) {
	return func(ctx context.Context, c Caller, d protocol.NameSession) (Outcome, error) {
		return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return rule(s, c.Principal, c.Now) })
	}
}

func (r sessionRoute) join(ctx context.Context, c Caller, d protocol.JoinSession) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Join(c.Principal, d, c.Now) })
}

func (r sessionRoute) take(ctx context.Context, c Caller, d protocol.TakeSession) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Take(c.Principal, d, c.Now) })
}

// transfer offers the session to a colleague who is logged on and may see the
// company, or gives it back to those who wait, which its technician leaves.
func (r sessionRoute) transfer(ctx context.Context, c Caller, d protocol.TransferSession) (Outcome, error) {
	if d.To == "" {
		return r.left(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.GiveBack(c.Principal, c.Now) })
	}
	leases, err := r.directory.LeasesOf(ctx, identity.Staff, d.To)
	if err != nil {
		return Outcome{}, err
	}
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) {
		var found *protocol.Person
		if there := presence.Colleagues(leases, []string{s.Place()}, c.Now); len(there) > 0 {
			found = &there[0].Person
		}
		return s.Offer(c.Principal, d.To, found, c.Now)
	})
}

func (r sessionRoute) leave(ctx context.Context, c Caller, d protocol.NameSession) (Outcome, error) {
	return r.left(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Leave(c.Principal, c.Now) })
}

// left carries out a rule that takes the caller out of the session. Their other
// pages hear the session no more, so they are told by themselves.
func (r sessionRoute) left(ctx context.Context, c Caller, id string, rule func(session.Session) (session.Change, error)) (Outcome, error) {
	out, err := r.do(ctx, c, id, rule)
	if err != nil {
		return out, err
	}
	if reply, ok := out.Reply.(protocol.SessionReply); ok {
		out.Pushes = append(out.Pushes, toPerson(c, reply.Session, session.Person(c.Principal)))
	}
	return out, r.ignore(ctx, c, id)
}

// ignore ends the pushes of a session to all pages of somebody who left it.
func (r sessionRoute) ignore(ctx context.Context, c Caller, id string) error {
	heard, err := r.service.Store.Hear(ctx, id)
	if err != nil {
		return err
	}
	for _, l := range heard.Listeners {
		if l.Principal != c.ID {
			continue
		}
		if err := r.service.Store.Ignore(ctx, id, l.Connection); err != nil {
			return err
		}
	}
	return nil
}

func (r sessionRoute) end(ctx context.Context, c Caller, d protocol.EndSession) (Outcome, error) {
	office, err := r.officeNow(ctx, c)
	if err != nil {
		return Outcome{}, err
	}
	out, err := r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) {
		return s.End(c.Principal, d, office.Open, c.Now)
	})
	if err != nil || !d.Solved {
		return out, err
	}
	pushes, err := r.solve(ctx, c, out.Reply.(protocol.SessionReply).Session, d.Note)
	out.Pushes = append(out.Pushes, pushes...)
	return out, err
}

func (r sessionRoute) callback(ctx context.Context, c Caller, d protocol.AskCallback) (Outcome, error) {
	office, err := r.officeNow(ctx, c)
	if err != nil {
		return Outcome{}, err
	}
	known, err := r.rights.Around(ctx, directory.Of(c.Principal))
	if err != nil {
		return Outcome{}, err
	}
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) {
		change, err := s.CallBack(c.Principal, d, office.Open, c.Now)
		if err == nil && !change.Repeat {
			err = known.MayCallback()
		}
		return change, err
	})
}

func (r sessionRoute) office(ctx context.Context, c Caller, _ protocol.Empty) (Outcome, error) {
	office, err := r.officeNow(ctx, c)
	return Outcome{Reply: office}, err
}

func (r sessionRoute) officeNow(ctx context.Context, c Caller) (protocol.Office, error) {
	set, err := r.settings.Settings(ctx)
	if err != nil {
		return protocol.Office{}, err
	}
	return settings.Office(set.OfficeHours, c.Now), nil
}

func (r sessionRoute) do(ctx context.Context, c Caller, id string, rule func(session.Session) (session.Change, error)) (Outcome, error) {
	change, err := r.service.Do(ctx, id, latest, rule)
	if err != nil {
		return Outcome{}, err
	}
	if change.Next.Ended() || change.Next.Left() { // What was not shown never will be.
		if err := r.service.Store.Destroy(ctx, id); err != nil {
			return Outcome{}, err
		}
	}
	out := changes(c, change)
	switch change.Entry.Kind { // Of these somebody must hear who does not take part.
	case protocol.EntryRevoked:
		out.Pushes = append(out.Pushes, toPerson(c, change.Next.Session, *change.Entry.To))
	case protocol.EntryApproved, protocol.EntryDeclined, protocol.EntryCancelled:
		out.Pushes = append(out.Pushes, toPerson(c, change.Next.Session, change.Next.Contact))
	case protocol.EntryTransferred:
		if t := change.Next.Transfer; t != nil {
			out.Pushes = append(out.Pushes, toPerson(c, change.Next.Session, t.To))
		}
	}
	queue, err := queued(ctx, r.service.Store, change)
	out.Pushes = append(out.Pushes, queue...)
	return out, err
}
