package handler

import (
	"context"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// invite begins a session with somebody who has no account, or lets them into
// one that goes on. Neither the reply nor anything that is kept has the secret.
func (r sessionRoute) invite(ctx context.Context, c Caller, d protocol.InviteGuest) (Outcome, error) {
	if d.Kind == "" {
		return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Invite(c.Principal, d, c.Now) })
	}
	terms, err := r.terms(ctx)
	if err != nil {
		return Outcome{}, err
	}
	change, err := session.Invites(c.Principal, d, terms, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	known, err := r.rights.Around(ctx, directory.Who{Role: identity.Guest, Company: change.Next.Company})
	if err == nil {
		err = known.MayStart(c.Principal, false)
	}
	if err != nil {
		return Outcome{}, err
	}
	return r.created(ctx, c, change)
}

// revoke withdraws an invite. Who came by it hears nothing of the session any more.
func (r sessionRoute) revoke(ctx context.Context, c Caller, d protocol.RevokeGuest) (Outcome, error) {
	out, err := r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Revoke(c.Principal, d.Guest, c.Now) })
	if err != nil {
		return out, err
	}
	guest := c
	guest.Principal = identity.Principal{ID: d.Guest}
	return out, r.ignore(ctx, guest, d.Session)
}
