package handler

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Sweep is called by a schedule. It decides nothing that a clock has not
// decided already; it only makes others see it.
type Sweep struct {
	Sessions session.Store
	Presence presence.Directory
	Fan      fanout.Fan
	Log      *slog.Logger
	Now      func() time.Time
}

// Handle deletes the secrets that are past their time, gives up each request
// whose contact has been gone for too long, and withdraws what somebody was
// invited to and did not come to in time. One that fails does not stop the
// others; the next call tries it again.
func (w Sweep) Handle(ctx context.Context) error {
	destroyed, err := w.Sessions.DestroyDue(ctx)
	if err != nil {
		w.Log.ErrorContext(ctx, "secrets not swept", "cause", err)
	}
	waiting, err := w.Sessions.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, request := range waiting {
		if err := w.look(ctx, request); err != nil {
			w.Log.ErrorContext(ctx, "request not swept", "session", request.ID, "cause", err)
		}
	}
	w.Log.InfoContext(ctx, "sweep", "waiting", len(waiting), "destroyed", destroyed)
	return nil
}

func (w Sweep) look(ctx context.Context, request session.Waiting) error {
	heard, err := w.Sessions.Hear(ctx, request.ID)
	if err != nil {
		return err
	}
	contact := identity.Principal{ID: heard.Contact.ID, Name: heard.Contact.Name, Role: heard.Contact.Role, Company: heard.Company}
	leases, err := w.Presence.LeasesOf(ctx, contact.Home(), contact.ID)
	if err != nil {
		return err
	}
	switch {
	case heard.State == protocol.Connecting && len(leases) > 0: // They have come, and may think about it.
		return nil
	case heard.State == protocol.Connecting:
		return w.settle(ctx, request.ID, heard.Session, session.Session.Lapse)
	case hears(leases, heard.Listeners):
		return w.back(ctx, request)
	}
	if request.Gone.IsZero() { // The end of the connection was lost.
		return w.Sessions.Gone(ctx, request.ID, w.Now())
	}
	return w.settle(ctx, request.ID, heard.Session, func(s session.Session, now time.Time) (session.Change, error) {
		return s.Abandon(request.Gone, now)
	})
}

// settle makes others see what a clock has decided of a session.
func (w Sweep) settle(ctx context.Context, id string, seen session.Session, rule func(session.Session, time.Time) (session.Change, error)) error {
	now := w.Now()
	change, err := session.Service{Store: w.Sessions}.Do(ctx, id, latest, func(s session.Session) (session.Change, error) { return rule(s, now) })
	if err != nil || change.Repeat {
		return err
	}
	contact := identity.Principal{ID: seen.Contact.ID, Name: seen.Contact.Name, Role: seen.Contact.Role, Company: seen.Company}
	out := changes(Caller{Principal: contact, Now: now}, change)
	queue, err := queued(ctx, w.Sessions, change)
	w.Fan.Out(ctx, append(out.Pushes, queue...))
	return err
}

// hears reports whether a connection that is known to be alive listens. A lease
// alone can be that of a device agent, which shows no chat; a listener alone
// can be one whose end was lost.
func hears(leases []presence.Lease, listeners []session.Listener) bool {
	return slices.ContainsFunc(leases, func(l presence.Lease) bool {
		return slices.Contains(listeners, session.Listener{Connection: l.Connection, Principal: l.Principal.ID})
	})
}

// back notes that the contact of a request is there again.
func (w Sweep) back(ctx context.Context, request session.Waiting) error {
	if request.Gone.IsZero() {
		return nil
	}
	return w.Sessions.Gone(ctx, request.ID, time.Time{})
}
