package handler

import (
	"context"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// notify shows a text on a contact's pages. Nothing is stored, so that it is
// only sent where a page has taken it.
func (r presenceRoute) notify(ctx context.Context, c Caller, d protocol.Notify) (Outcome, error) {
	var leases []presence.Lease
	var to session.Reach
	var known directory.Around
	var err error
	if c.Role == identity.Technician && c.MayEnter(d.Company) { // Otherwise the rule refuses, and nothing is read.
		if leases, err = r.directory.LeasesOf(ctx, d.Company, d.Contact); err != nil {
			return Outcome{}, err
		}
		who := directory.Who{Role: identity.Contact, ID: d.Contact, Company: d.Company, Device: d.Device}
		if to, known, err = whereabouts(ctx, r.rights, leases, who, c.Now); err != nil {
			return Outcome{}, err
		}
	}
	if err := session.MayNotify(c.Principal, d, to); err != nil {
		return Outcome{}, err
	}
	if err := known.MayStart(c.Principal, to.Device != nil); err != nil {
		return Outcome{}, err
	}
	push := fanout.Push{
		To:    fanout.Audience{Kind: fanout.Devices, Key: d.Company, Sub: d.Contact},
		Known: presence.Pages(leases, to.Device, c.Now),
		Push:  protocol.Push{Name: "presence.notified", Data: protocol.PresenceNotified{Notice: d.Notice, By: session.Person(c.Principal), Text: d.Text}},
	}
	return Outcome{Pushes: []fanout.Push{push}, Arrived: func(pages int) (any, error) {
		if pages == 0 {
			return nil, session.ErrNobody
		}
		return protocol.Notified{Pages: pages}, nil
	}}, nil
}

// acknowledge tells a technician that their notice was read, if they could have
// sent it. Who else is named hears nothing, and the caller learns nothing of it.
func (r presenceRoute) acknowledge(ctx context.Context, c Caller, d protocol.Acknowledge) (Outcome, error) {
	if err := session.MayAcknowledge(c.Principal, d); err != nil {
		return Outcome{}, err
	}
	leases, err := r.directory.LeasesOf(ctx, identity.Staff, d.Technician)
	if err != nil || len(presence.Colleagues(leases, []string{c.Company}, c.Now)) == 0 {
		return Outcome{Reply: protocol.Empty{}}, err
	}
	return Outcome{Reply: protocol.Empty{}, Pushes: []fanout.Push{{
		To:   fanout.Audience{Kind: fanout.Devices, Key: identity.Staff, Sub: d.Technician},
		Push: protocol.Push{Name: "presence.acknowledged", Data: protocol.PresenceAcknowledged{Notice: d.Notice, By: session.Person(c.Principal)}},
	}}}, nil
}
