package session

import (
	"context"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
)

// Door lets in who has an invite.
type Door struct {
	Invites  invite.Store
	Sessions Store
}

// Redeem returns who comes by what a browser offers, or [invite.ErrRefused]:
// always the same, whatever is wrong. A browser that has come before costs two
// reads. Whoever may be guessing takes one of the few tries that its address has
// first, so that tries made at the same moment are counted too; a good one is
// given back.
func (d Door) Redeem(ctx context.Context, offered, address string, now time.Time) (identity.Principal, error) {
	ticket, err := invite.Decode(offered)
	if err != nil {
		return identity.Principal{}, err
	}
	found, err := d.Invites.Find(ctx, invite.Hash(ticket.Secret))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return identity.Principal{}, err
	}
	bind, ok := found.Redeems(ticket, now)
	if ok && !bind {
		return d.admitted(ctx, found)
	}
	window := invite.WindowOf(now)
	free, err := d.Invites.Count(ctx, address, window, invite.MaxRefusals)
	if err != nil {
		return identity.Principal{}, err
	}
	if !ok || !free {
		return identity.Principal{}, invite.ErrRefused
	}
	bound := found.BoundTo(ticket)
	p, err := d.admitted(ctx, bound)
	if err == nil {
		err = d.Invites.Bind(ctx, bound, now.Add(invite.Kept))
	}
	if err != nil {
		return identity.Principal{}, err
	}
	return p, d.Invites.Discount(ctx, address, window)
}

// admitted is who comes by a bound invite, if the session still wants them.
func (d Door) admitted(ctx context.Context, i invite.Invite) (identity.Principal, error) {
	company, err := Company(i.Session)
	if err != nil {
		return identity.Principal{}, err
	}
	heard, err := d.Sessions.Hear(ctx, i.Session)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && !heard.Admits(i.Guest):
		return identity.Principal{}, invite.ErrRefused
	case err != nil:
		return identity.Principal{}, err
	}
	return i.Principal(company), nil
}
