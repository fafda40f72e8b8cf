package handler

import (
	"cmp"
	"context"
	"slices"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// changes answers with the session as it now is, and tells its participants
// and the technicians who watch the company.
func changes(c Caller, change session.Change) Outcome {
	s := change.Next.Session
	out := Outcome{Reply: protocol.SessionReply{Session: seenBy(c.Role, s), Seq: change.Entry.Seq}}
	news := protocol.SessionChanged{Session: seenBy(identity.Contact, s)}
	if !change.Repeat {
		news.Entry = &change.Entry
	}
	out.Pushes = toSession(s.ID, c.Connection, "session.changed", news)
	for _, place := range watchedPlaces(s) {
		out.Pushes = append(out.Pushes, fanout.Push{
			To: fanout.Audience{Kind: fanout.Watchers, Key: place}, Except: c.Connection,
			Push: protocol.Push{Name: "session.changed", Data: protocol.SessionChanged{Session: watched(s)}},
		})
	}
	return out
}

// watchedPlaces are the places whose watchers hear of a session: its company,
// and the group of its device.
func watchedPlaces(s protocol.Session) []string {
	switch s.Company {
	case identity.Staff:
		return nil
	case s.Place():
		return []string{s.Company}
	}
	return []string{s.Company, s.Place()}
}

// seenBy is what somebody in a session may see of it: the closing note is for
// technicians. Pushes to all who listen are as a contact may see them.
func seenBy(role identity.Role, s protocol.Session) protocol.Session {
	if role != identity.Technician {
		s.Closing = nil
	}
	return s
}

// watched is what a technician who takes no part may see of a session.
func watched(s protocol.Session) protocol.Session {
	s.Call = nil
	return s
}

// toPerson tells somebody of a session, wherever they are.
func toPerson(c Caller, s protocol.Session, p protocol.Person) fanout.Push {
	home := s.Company
	if p.Role == identity.Technician {
		home = identity.Staff
	}
	return fanout.Push{
		To: fanout.Audience{Kind: fanout.Devices, Key: home, Sub: p.ID}, Except: c.Connection,
		Push: protocol.Push{Name: "session.changed", Data: protocol.SessionChanged{Session: seenBy(p.Role, s)}},
	}
}

func toSession(id, except, name string, data any) []fanout.Push {
	return []fanout.Push{{
		To: fanout.Audience{Kind: fanout.Listeners, Key: id}, Except: except,
		Push: protocol.Push{Name: name, Data: data},
	}}
}

// toHearers tells those who hear a session, where the command has read who they
// are.
func toHearers(heard session.Heard, except, name string, data any) []fanout.Push {
	pushes := toSession(heard.ID, except, name, data)
	pushes[0].Known = heard.Hearers()
	return pushes
}

// place is the place of a request among those of its company that wait, from 1.
func place(ctx context.Context, store session.Store, s protocol.Session) (int, error) {
	there, err := queue(ctx, store, s)
	return 1 + slices.IndexFunc(there, func(other protocol.Session) bool { return other.ID == s.ID }), err
}

// queued tells those who wait of their new places, where a request has left the
// queue before them or a session was given back to it. It reads nothing where no
// place has changed.
func queued(ctx context.Context, store session.Store, change session.Change) ([]fanout.Push, error) {
	next := change.Next.Session
	if change.Repeat || (change.Before.State == protocol.Requested) == (next.State == protocol.Requested) {
		return nil, nil
	}
	there, err := queue(ctx, store, next)
	if err != nil {
		return nil, err
	}
	var pushes []fanout.Push
	for i, s := range there {
		if inTurn(s, next) >= 0 {
			pushes = append(pushes, toSession(s.ID, "", "session.queued", protocol.SessionQueued{Session: s.ID, Place: i + 1})...)
		}
	}
	return pushes, nil
}

// queue reads those of a company who wait, in turn. The index may be a moment
// behind, so of one session it is told.
func queue(ctx context.Context, store session.Store, told protocol.Session) ([]protocol.Session, error) {
	there, err := store.InCompany(ctx, told.Company)
	var waiting []protocol.Session
	for _, s := range there {
		if s.State == protocol.Requested && s.ID != told.ID {
			waiting = append(waiting, s.Session)
		}
	}
	if told.State == protocol.Requested {
		waiting = append(waiting, told)
	}
	slices.SortFunc(waiting, inTurn)
	return waiting, err
}

// inTurn orders requests as they are served: who has waited longest is first.
func inTurn(a, b protocol.Session) int {
	return cmp.Or(cmp.Compare(a.RequestedAt, b.RequestedAt), cmp.Compare(a.ID, b.ID))
}
