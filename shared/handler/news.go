package handler

import (
	"context"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

var errNobody = fault.New(fault.NotFound, "Nobody of that name is logged on.")

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
	if s.Company != identity.Staff {
		out.Pushes = append(out.Pushes, fanout.Push{
			To: fanout.Audience{Kind: fanout.Watchers, Key: s.Company}, Except: c.Connection,
			Push: protocol.Push{Name: "session.changed", Data: protocol.SessionChanged{Session: watched(s)}},
		})
	}
	return out
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

// place is the place of a request among those of its company that wait, from 1.
func place(ctx context.Context, store session.Store, s protocol.Session) (int, error) {
	there, err := store.InCompany(ctx, s.Company)
	at := 1
	for _, other := range there {
		if other.State == protocol.Requested && other.ID != s.ID && other.CreatedAt <= s.CreatedAt {
			at++
		}
	}
	return at, err
}

// queued tells those who wait behind a request that one has gone before them.
func queued(ctx context.Context, store session.Store, change session.Change) ([]fanout.Push, error) {
	gone := change.Entry.Kind == protocol.EntryJoined || change.Entry.Kind == protocol.EntryAbandoned || change.Entry.Kind == protocol.EntryCallback
	if change.Repeat || !gone {
		return nil, nil
	}
	there, err := store.InCompany(ctx, change.Next.Company)
	if err != nil {
		return nil, err
	}
	var pushes []fanout.Push
	at := 0
	for _, s := range there {
		if s.State != protocol.Requested || s.ID == change.Next.ID {
			continue // The index may be a moment behind.
		}
		at++
		if s.CreatedAt >= change.Next.CreatedAt {
			pushes = append(pushes, toSession(s.ID, "", "session.queued", protocol.SessionQueued{Session: s.ID, Place: at})...)
		}
	}
	return pushes, nil
}
