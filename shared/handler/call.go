package handler

import (
	"context"
	"time"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// ICE hands out ICE servers with credentials that are good for one participant
// of one session until a time.
type ICE interface {
	Servers(ctx context.Context, session, participant string, now time.Time) ([]ice.Server, time.Time, error)
}

// callRoute carries out the commands of route call.
type callRoute struct {
	service session.Service
	ice     ICE
}

// Call returns the commands of route call.
func Call(s session.Store, ice ICE) Commands {
	r := callRoute{session.Service{Store: s}, ice}
	return Commands{
		"call.ring":    on(r.ring),
		"call.answer":  on(r.answer),
		"call.signal":  on(r.signal),
		"call.leave":   on(r.leave),
		"call.servers": on(r.servers),
		"call.report":  on(r.report),
	}
}

func (r callRoute) ring(ctx context.Context, c Caller, d protocol.Ring) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Ring(c.Principal, d, c.Now) })
}

func (r callRoute) answer(ctx context.Context, c Caller, d protocol.Answer) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.Answer(c.Principal, d, c.Now) })
}

func (r callRoute) leave(ctx context.Context, c Caller, d protocol.HangUp) (Outcome, error) {
	return r.do(ctx, c, d.Session, func(s session.Session) (session.Change, error) { return s.HangUp(c.Principal, d, c.Now) })
}

func (r callRoute) do(ctx context.Context, c Caller, id string, rule func(session.Session) (session.Change, error)) (Outcome, error) {
	change, err := r.service.Do(ctx, id, latest, rule)
	if err != nil {
		return Outcome{}, err
	}
	news := protocol.SessionChanged{Session: change.Next.Session}
	if !change.Repeat {
		news.Entry = &change.Entry
	}
	return Outcome{
		Reply:  protocol.SessionReply{Session: change.Next.Session, Seq: change.Entry.Seq},
		Pushes: toSession(id, c.Connection, "session.changed", news),
	}, nil
}

func (r callRoute) signal(ctx context.Context, c Caller, d protocol.Signal) (Outcome, error) {
	s, err := r.heard(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	if err := s.Signals(c.Principal, d); err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Reply: protocol.Empty{},
		Pushes: toHearers(s, c.Connection, "call.signalled", protocol.CallSignalled{
			Session: d.Session, Call: d.Call, Peer: d.Peer, To: d.To, Signal: d.Signal,
		}),
	}, nil
}

func (r callRoute) servers(ctx context.Context, c Caller, d protocol.NameSession) (Outcome, error) {
	s, err := r.heard(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	if err := s.MayCall(c.Principal); err != nil {
		return Outcome{}, err
	}
	list, until, err := r.ice.Servers(ctx, s.ID, c.ID, c.Now)
	return Outcome{Reply: protocol.ICEServers{ICEServers: list, Until: protocol.At(until)}}, err
}

// report is a measurement, counted in the log; the path that the transcript
// keeps comes with hanging up.
func (r callRoute) report(ctx context.Context, c Caller, d protocol.ReportPath) (Outcome, error) {
	s, err := r.heard(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	if err := s.Reports(c.Principal, d); err != nil {
		return Outcome{}, err
	}
	return Outcome{Reply: protocol.Empty{}}, nil
}

func (r callRoute) heard(ctx context.Context, id string) (session.Heard, error) {
	if _, err := session.Company(id); err != nil {
		return session.Heard{}, err
	}
	return r.service.Store.Hear(ctx, id)
}
