package handler

import (
	"context"
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/directory"
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
	rights    Rights
}

// Presence returns the commands of route presence.
func Presence(d presence.Directory, s session.Store, rights Rights) Commands {
	r := presenceRoute{d, s, rights}
	return Commands{
		"presence.hello":       on(r.hello),
		"presence.beat":        on(r.beat),
		"presence.report":      on(r.report),
		"presence.set":         on(r.set),
		"presence.watch":       on(r.watch),
		"presence.list":        on(r.list),
		"presence.check":       on(r.check),
		"presence.notify":      on(r.notify),
		"presence.acknowledge": on(r.acknowledge),
	}
}

func (r presenceRoute) hello(ctx context.Context, c Caller, h protocol.Hello) (Outcome, error) {
	welcome := protocol.Welcome{
		You: self(c.Principal), Now: protocol.At(c.Now),
		BeatSeconds: int(presence.Beat.Seconds()), AwaySeconds: int(presence.Away.Seconds()), Sessions: []protocol.Session{},
	}
	if err := r.rights.Learn(ctx, c.Token); err != nil {
		return Outcome{}, err
	}
	var err error
	if c.Role == identity.Technician {
		if welcome.Availability, err = r.directory.Availability(ctx, c.ID); err != nil {
			return Outcome{}, err
		}
	}
	if welcome.May, err = r.may(ctx, c); err != nil {
		return Outcome{}, err
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
	pushes, err := presenceChanged(ctx, r.directory, c, presence.Lease{})
	return Outcome{Reply: welcome, Pushes: pushes}, err
}

// may is what a page offers a contact.
func (r presenceRoute) may(ctx context.Context, c Caller) (*protocol.May, error) {
	if c.Role != identity.Contact {
		return nil, nil
	}
	known, err := r.rights.Around(ctx, directory.Of(c.Principal))
	return &protocol.May{Request: known.MayRequest(c.Principal, false) == nil, Callback: known.MayCallback() == nil}, err
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
	pushes, err := presenceChanged(ctx, r.directory, c, presence.Lease{})
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
	pushes, err := presenceChanged(ctx, r.directory, c, presence.Lease{})
	return Outcome{Reply: protocol.Empty{}, Pushes: pushes}, err
}

func (r presenceRoute) watch(ctx context.Context, c Caller, d protocol.Watch) (Outcome, error) {
	if err := presence.MayWatch(c.Principal, d.Companies); err != nil {
		return Outcome{}, err
	}
	places := presence.Places(d.Companies)
	lease := presence.Renewed(c.Principal, c.Connection, c.Now)
	if err := r.directory.Watch(ctx, lease, presence.Followed(places)); err != nil {
		return Outcome{}, err
	}
	reply := protocol.Watched{Sessions: []protocol.Session{}}
	var err error
	if reply.Listed, err = r.page(ctx, c, places, "", pageBytes/2); err != nil {
		return Outcome{}, err
	}
	for _, place := range places {
		company, _, _ := strings.Cut(place, "/")
		there, err := r.sessions.InCompany(ctx, company)
		if err != nil {
			return Outcome{}, err
		}
		for _, s := range there {
			if place == company || place == s.Place() {
				reply.Sessions = append(reply.Sessions, s.Session)
			}
		}
	}
	staff, err := r.directory.Leases(ctx, identity.Staff)
	if err != nil {
		return Outcome{}, err
	}
	reply.Technicians = presence.Colleagues(staff, places, c.Now)
	if reply.Sessions, reply.More, err = fit(reply.Sessions, pageBytes/2); err != nil {
		return Outcome{}, err
	}
	pushes, err := presenceChanged(ctx, r.directory, c, presence.Lease{})
	return Outcome{Reply: reply, Pushes: pushes}, err
}

// presenceChanged is the news that the caller's presence is now what their
// leases say: for the technicians who watch the company or the group of their
// device, or for colleagues. A lease that they have just released still names
// who is to be told.
func presenceChanged(ctx context.Context, d presence.Directory, c Caller, released presence.Lease) ([]fanout.Push, error) {
	if c.Role != identity.Contact && c.Role != identity.Technician {
		return nil, nil
	}
	leases, err := d.LeasesOf(ctx, c.Home(), c.ID)
	if err != nil {
		return nil, err
	}
	var pushes []fanout.Push
	if c.Role == identity.Technician {
		watches := released.Watches
		for _, l := range leases {
			watches = append(watches, l.Watches...)
		}
		colleague := presence.ColleagueOf(c.Principal, leases, c.Now)
		for _, watch := range presence.Told(watches) {
			pushes = append(pushes, changed(watch, c.Connection, protocol.PresenceChanged{Technician: &colleague}))
		}
		return pushes, nil
	}
	places := []string{c.Company}
	for _, l := range append(slices.Clone(leases), released) {
		if l.Principal.Company != "" {
			places = append(places, l.Place())
		}
	}
	slices.Sort(places)
	for _, place := range slices.Compact(places) {
		row := presence.Row(c.Principal, presence.In(leases, place), c.Now)
		pushes = append(pushes, changed(place, c.Connection, protocol.PresenceChanged{Contact: &row}))
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
