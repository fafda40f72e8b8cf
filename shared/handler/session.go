package handler

import (
	"context"
	"math"
	"slices"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
)

// latest asks for no more of a session than its last entries.
const latest = math.MaxInt64

// sessionRoute carries out the commands of route session.
type sessionRoute struct {
	service   session.Service
	directory presence.Directory
	settings  settings.Store
}

// Session returns the commands of route session.
func Session(s session.Store, d presence.Directory, set settings.Store) Commands {
	r := sessionRoute{session.Service{Store: s}, d, set}
	return Commands{
		"session.start":   on(r.start),
		"session.request": on(r.request),
		"session.join":    on(r.join),
		"session.leave":   on(r.leave),
		"session.end":     on(r.end),
	}
}

func (r sessionRoute) start(ctx context.Context, c Caller, d protocol.StartSession) (Outcome, error) {
	company, err := session.Company(d.Session)
	if err != nil {
		return Outcome{}, err
	}
	var to session.Reach
	if c.MaySee(company) { // Otherwise the rule refuses, and nothing is read.
		if to, err = r.reach(ctx, c, company, d); err != nil {
			return Outcome{}, err
		}
	}
	retained, err := r.settings.Settings(ctx)
	if err != nil {
		return Outcome{}, err
	}
	change, err := session.Start(c.Principal, d.Session, to, settings.Retention(retained), c.Now)
	if err != nil {
		return Outcome{}, err
	}
	return r.created(ctx, c, change)
}

// reach finds how the contact can be reached now.
func (r sessionRoute) reach(ctx context.Context, c Caller, company string, d protocol.StartSession) (session.Reach, error) {
	leases, err := r.directory.LeasesOf(ctx, company, d.Contact)
	if err != nil {
		return session.Reach{}, err
	}
	rows := presence.Rows(leases, c.Now)
	if len(rows) == 0 {
		return session.Reach{Activity: protocol.ActivityOffline}, nil
	}
	to := session.Reach{Contact: rows[0].Person, Activity: rows[0].Activity}
	if d.Device == "" {
		return to, nil
	}
	i := slices.IndexFunc(rows[0].Devices, func(m identity.Machine) bool { return m.ID == d.Device })
	if i < 0 {
		return session.Reach{Activity: protocol.ActivityOffline}, nil
	}
	to.Device = &rows[0].Devices[i]
	return to, nil
}

func (r sessionRoute) request(ctx context.Context, c Caller, d protocol.RequestSession) (Outcome, error) {
	retained, err := r.settings.Settings(ctx)
	if err != nil {
		return Outcome{}, err
	}
	change, err := session.Request(c.Principal, d, settings.Retention(retained), c.Now)
	if err != nil {
		return Outcome{}, err
	}
	return r.created(ctx, c, change)
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
		home := change.Next.Company
		if p.Role == identity.Technician {
			home = identity.Staff
		}
		out.Pushes = append(out.Pushes, fanout.Push{
			To: fanout.Audience{Kind: fanout.Devices, Key: home, Sub: p.ID}, Except: c.Connection,
			Push: protocol.Push{Name: "session.changed", Data: protocol.SessionChanged{Session: change.Next.Session}},
		})
	}
	return out, nil
}

func (r sessionRoute) join(ctx context.Context, c Caller, d protocol.NameSession) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Join(c.Principal, c.Now) })
}

func (r sessionRoute) leave(ctx context.Context, c Caller, d protocol.NameSession) (Outcome, error) {
	out, err := r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Leave(c.Principal, c.Now) })
	if err != nil {
		return out, err
	}
	_, listeners, err := r.service.Store.Hear(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	for _, l := range listeners {
		if l.Principal != c.ID {
			continue
		}
		if err := r.service.Store.Ignore(ctx, d.Session, l.Connection); err != nil {
			return Outcome{}, err
		}
	}
	return out, nil
}

func (r sessionRoute) end(ctx context.Context, c Caller, d protocol.NameSession) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.End(c.Principal, c.Now) })
}

func (r sessionRoute) do(ctx context.Context, c Caller, id string, rule func(session.Session) (session.Change, error)) (Outcome, error) {
	change, err := r.service.Do(ctx, id, latest, rule)
	if err != nil {
		return Outcome{}, err
	}
	return changes(c, change), nil
}

// changes answers with the session as it now is, and tells its participants
// and the technicians who watch the company.
func changes(c Caller, change session.Change) Outcome {
	s := change.Next.Session
	out := Outcome{Reply: protocol.SessionReply{Session: s, Seq: change.Entry.Seq}}
	news := protocol.SessionChanged{Session: s}
	if !change.Repeat {
		news.Entry = &change.Entry
	}
	out.Pushes = toSession(s.ID, c.Connection, "session.changed", news)
	out.Pushes = append(out.Pushes, fanout.Push{
		To: fanout.Audience{Kind: fanout.Watchers, Key: s.Company}, Except: c.Connection,
		Push: protocol.Push{Name: "session.changed", Data: protocol.SessionChanged{Session: watched(s)}},
	})
	return out
}

// watched is what a technician who takes no part may see of a session.
func watched(s protocol.Session) protocol.Session {
	s.Call = nil
	return s
}
