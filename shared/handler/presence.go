package handler

import (
	"context"
	"slices"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// presenceRoute carries out the commands of route presence.
type presenceRoute struct {
	directory presence.Directory
	sessions  session.Store
}

// Presence returns the commands of route presence.
func Presence(d presence.Directory, s session.Store) Commands {
	r := presenceRoute{d, s}
	return Commands{
		"presence.hello":  on(r.hello),
		"presence.beat":   on(r.beat),
		"presence.report": on(r.report),
		"presence.set":    on(r.set),
		"presence.watch":  on(r.watch),
		"presence.list":   on(r.list),
		"presence.check":  on(r.check),
	}
}

func (r presenceRoute) hello(ctx context.Context, c Caller, h protocol.Hello) (Outcome, error) {
	welcome := protocol.Welcome{
		You: self(c.Principal), Now: protocol.At(c.Now),
		BeatSeconds: int(presence.Beat.Seconds()), AwaySeconds: int(presence.Away.Seconds()), Sessions: []protocol.Session{},
	}
	if c.Role == identity.Technician {
		a, err := r.directory.Availability(ctx, c.ID)
		if err != nil {
			return Outcome{}, err
		}
		welcome.Availability = a
	}
	lease, err := presence.Open(c.Principal, c.Connection, h, welcome.Availability, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	if c.Role == identity.Device { // Its check-in is what counts.
		return Outcome{Reply: welcome}, nil
	}
	if err := r.directory.Hold(ctx, lease); err != nil {
		return Outcome{}, err
	}
	mine, err := r.sessions.Mine(ctx, c.Home(), c.ID)
	if err != nil {
		return Outcome{}, err
	}
	welcome.Sessions = visible(mine)
	pushes, err := presenceChanged(ctx, r.directory, c, nil)
	return Outcome{Reply: welcome, Pushes: pushes}, err
}

// beat renews the lease: one write. The one push that tells of a new session may
// be lost, so a page that asks is told of those that it does not know of: one
// read of half a unit where there are none.
func (r presenceRoute) beat(ctx context.Context, c Caller, d protocol.Beat) (Outcome, error) {
	reply := protocol.Beaten{}
	if err := r.directory.Renew(ctx, presence.Renewed(c.Principal, c.Connection, c.Now)); err != nil || !d.Asks {
		return Outcome{Reply: reply}, err
	}
	ids, err := r.sessions.Standing(ctx, c.Home(), c.ID)
	if err != nil {
		return Outcome{}, err
	}
	unknown := slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(d.Known, id) })
	if len(unknown) == 0 {
		return Outcome{Reply: reply}, nil
	}
	mine, err := r.sessions.Mine(ctx, c.Home(), c.ID)
	mine = slices.DeleteFunc(mine, func(s session.Session) bool { return !slices.Contains(unknown, s.ID) })
	reply.Sessions = visible(mine)
	return Outcome{Reply: reply}, err
}

func (r presenceRoute) report(ctx context.Context, c Caller, d protocol.ReportActivity) (Outcome, error) {
	lease, err := presence.Report(c.Principal, c.Connection, d.Activity, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	if err := r.directory.Renew(ctx, lease); err != nil {
		return Outcome{}, err
	}
	pushes, err := presenceChanged(ctx, r.directory, c, nil)
	return Outcome{Reply: protocol.Empty{}, Pushes: pushes}, err
}

func (r presenceRoute) set(ctx context.Context, c Caller, d protocol.SetAvailability) (Outcome, error) {
	if err := presence.MaySet(c.Principal, d.Availability); err != nil {
		return Outcome{}, err
	}
	if err := r.directory.SetAvailability(ctx, c.ID, d.Availability); err != nil {
		return Outcome{}, err
	}
	leases, err := r.directory.LeasesOf(ctx, c.Home(), c.ID)
	if err != nil {
		return Outcome{}, err
	}
	for _, l := range leases {
		l.Availability = d.Availability
		if err := r.directory.Hold(ctx, l); err != nil {
			return Outcome{}, err
		}
	}
	pushes, err := presenceChanged(ctx, r.directory, c, nil)
	return Outcome{Reply: protocol.Empty{}, Pushes: pushes}, err
}

func (r presenceRoute) watch(ctx context.Context, c Caller, d protocol.Watch) (Outcome, error) {
	if err := presence.MayWatch(c.Principal, d.Companies); err != nil {
		return Outcome{}, err
	}
	companies := slices.Compact(slices.Sorted(slices.Values(d.Companies)))
	lease := presence.Renewed(c.Principal, c.Connection, c.Now)
	if err := r.directory.Watch(ctx, lease, companies); err != nil {
		return Outcome{}, err
	}
	reply := protocol.Watched{Sessions: []protocol.Session{}}
	var err error
	if reply.Listed, err = r.page(ctx, c, companies, "", pageBytes/2); err != nil {
		return Outcome{}, err
	}
	for _, company := range companies {
		there, err := r.sessions.InCompany(ctx, company)
		if err != nil {
			return Outcome{}, err
		}
		reply.Sessions = append(reply.Sessions, visible(there)...)
	}
	staff, err := r.directory.Leases(ctx, identity.Staff)
	if err != nil {
		return Outcome{}, err
	}
	reply.Technicians = presence.Colleagues(staff, companies, c.Now)
	if reply.Sessions, reply.More, err = fit(reply.Sessions, pageBytes/2); err != nil {
		return Outcome{}, err
	}
	pushes, err := presenceChanged(ctx, r.directory, c, nil)
	return Outcome{Reply: reply, Pushes: pushes}, err
}

// presenceChanged is the news that the caller's presence is now what their
// leases say: for the technicians who watch the company, or for colleagues.
func presenceChanged(ctx context.Context, d presence.Directory, c Caller, watched []string) ([]fanout.Push, error) {
	if c.Role != identity.Contact && c.Role != identity.Technician {
		return nil, nil
	}
	leases, err := d.LeasesOf(ctx, c.Home(), c.ID)
	if err != nil {
		return nil, err
	}
	if c.Role == identity.Contact {
		row := presence.Row(c.Principal, leases, c.Now)
		return []fanout.Push{changed(c.Company, c.Connection, protocol.PresenceChanged{Contact: &row})}, nil
	}
	for _, l := range leases {
		watched = append(watched, l.Watches...)
	}
	colleague := presence.ColleagueOf(c.Principal, leases, c.Now)
	var pushes []fanout.Push
	for _, company := range slices.Compact(slices.Sorted(slices.Values(watched))) {
		pushes = append(pushes, changed(company, c.Connection, protocol.PresenceChanged{Technician: &colleague}))
	}
	return pushes, nil
}

func changed(company, except string, data protocol.PresenceChanged) fanout.Push {
	return fanout.Push{
		To: fanout.Audience{Kind: fanout.Watchers, Key: company}, Except: except,
		Push: protocol.Push{Name: "presence.changed", Data: data},
	}
}

func self(p identity.Principal) protocol.Self {
	return protocol.Self{Person: session.Person(p), Company: p.Company, Companies: p.Companies, Capabilities: p.Capabilities}
}

// visible are the sessions as participants see them.
func visible(sessions []session.Session) []protocol.Session {
	list := make([]protocol.Session, 0, len(sessions))
	for _, s := range sessions {
		list = append(list, s.Session)
	}
	return list
}
