package session_test

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// follows are the states that may come after each.
var follows = map[protocol.SessionState][]protocol.SessionState{
	protocol.Connecting: {protocol.Active, protocol.Cancelled, protocol.Declined},
	protocol.Requested:  {protocol.Requested, protocol.Active, protocol.Abandoned},
	protocol.Active:     {protocol.Active, protocol.Requested, protocol.Ended},
	protocol.Abandoned:  {protocol.Ended},
}

// refused checks that an outsider learns nothing. Whom a session waits for to
// agree knows of it.
func (w *walk) refused(what string, by identity.Principal, err error) {
	w.t.Helper()
	_, missing := session.Company("")
	colleague := by.Role == identity.Technician && by.MaySee(w.s.Company)
	if slices.ContainsFunc(w.s.Participants, func(p protocol.Participant) bool { return p.ID == by.ID && p.InvitedUntil != 0 }) {
		return // They were told of it.
	}
	if !joined(w.s)[by.ID] && !colleague && by.ID != w.s.Contact.ID && text(err) != text(missing) {
		w.t.Errorf("%s by %s, an outsider: %v", what, by.ID, err)
	}
}

// committed checks a change and goes on after it.
func (w *walk) committed(what string, by identity.Principal, c session.Change) {
	w.t.Helper()
	s, next, e := w.s, c.Next, c.Entry
	if what == "abandon" { // The service notes what the contact did by staying away.
		by.ID = s.Contact.ID
	}
	w.must(slices.Contains(follows[s.State], next.State), what, by, "cannot follow")
	w.must(joined(s)[by.ID] || joined(next)[by.ID] || w.asked(by, e.Kind), what, by, "is done by an outsider")
	w.must(e.Seq == s.Seq+1 && next.Seq == e.Seq, what, by, "does not take the next place")
	w.must(c.Since == s.Version && c.PrevAt == s.LastAt && next.LastAt == e.At, what, by, "builds on something else")
	w.must(e.By.ID == by.ID && e.At == protocol.At(w.now), what, by, "is said of somebody else, or another time")
	w.must(reflect.DeepEqual(next.Recent[len(next.Recent)-1], e), what, by, "is not remembered")
	if c.Alters {
		w.must(next.Version == next.Seq && session.Alters(e.Kind), what, by, "has not the version of its seq")
	} else {
		w.must(reflect.DeepEqual(next.Session, s.Session) && !session.Alters(e.Kind), what, by, "alters more than it says")
	}
	w.must(next.ID == s.ID && next.Kind == s.Kind && next.Company == s.Company && next.Contact.ID == s.Contact.ID && next.CreatedAt == s.CreatedAt,
		what, by, "becomes another session")
	w.onTime(what, by, e)
	if e.Kind == protocol.EntryMessage || e.Kind == protocol.EntrySecret {
		w.must(s.State != protocol.Connecting, what, by, "is said before the contact agrees")
		w.saidOnce(by, e)
	}
	w.s = next
	w.stands(what, by)
}

// asked reports whether an entry is one of those that somebody may make who
// takes no part: who is asked to, or who follows up.
func (w *walk) asked(by identity.Principal, kind protocol.EntryKind) bool {
	switch kind {
	case protocol.EntryDeclined:
		return by.ID == w.s.Contact.ID
	case protocol.EntryKept:
		return w.s.Transfer != nil && w.s.Transfer.To.ID == by.ID
	case protocol.EntryEnded:
		return w.s.Left() && by.Role == identity.Technician && by.MaySee(w.s.Company)
	}
	return false
}

// onTime checks the clocks.
func (w *walk) onTime(what string, by identity.Principal, e protocol.Entry) {
	w.t.Helper()
	silent, waited := w.now.Sub(w.s.LastAt.Time()), w.now.Sub(w.s.RequestedAt.Time())
	switch e.Kind {
	case protocol.EntryEnded:
		w.must(w.s.Kind != protocol.Portal || by.Role == identity.Technician || silent > time.Hour, what, by, "comes too early")
	case protocol.EntryAbandoned:
		atAnyTime := what == "abandon" || w.s.Kind == protocol.Managed || w.s.Kind == protocol.OnDemand
		w.must(atAnyTime || !w.office || waited >= time.Minute, what, by, "comes too early")
	case protocol.EntryCallback:
		w.must(!w.office || waited >= time.Minute, what, by, "comes too early")
	case protocol.EntryNudged:
		before, again := w.nudged[by.ID]
		w.must(!again || e.At-before >= 30_000, what, by, "comes too early")
		w.nudged[by.ID] = e.At
	}
}

// stands checks what must be true of every session.
func (w *walk) stands(what string, by identity.Principal) {
	w.t.Helper()
	s, present := w.s, joined(w.s)
	w.must(s.Version <= s.Seq, what, by, "leaves a version ahead of the seq")
	w.must(len(present) <= session.MaxParticipants, what, by, "overfills the session")
	w.must(len(s.Participants) <= session.MaxParticipants+1, what, by, "lets the list grow")
	agreed := s.State != protocol.Connecting && s.State != protocol.Cancelled && s.State != protocol.Declined
	w.must(s.Kind == protocol.Staff || present[s.Contact.ID] == agreed, what, by, "loses the contact, or has them unasked")
	names := map[string]bool{}
	for _, p := range s.Participants {
		w.must(!names[p.ID], what, by, "lists somebody twice")
		names[p.ID] = true
		asked := p.InvitedUntil != 0 || p.ID == s.Contact.ID && s.State == protocol.Connecting
		w.must(p.InvitedUntil == 0 || p.Role == identity.Guest && !p.Joined, what, by, "invites who is there, or has an account")
		goesOn := s.State == protocol.Connecting || s.State == protocol.Requested || s.State == protocol.Active
		offered := s.Transfer != nil && s.Transfer.To.ID == p.ID
		w.must(s.Concerns(p.ID) == (goesOn && (p.Joined || asked || offered)), what, by, "stands in the wrong lists")
	}
	w.must((s.EndedAt > 0) == (s.Ended() || s.Left()), what, by, "mixes up the end")
	w.must(s.State != protocol.Active || s.StartedAt > 0, what, by, "has no beginning")
	w.must(agreed || s.StartedAt == 0, what, by, "begins unasked")
	w.charge(what, by, present)
	if s.Call != nil {
		w.call(what, by, present)
	}
}

// charge checks who is in charge, and what is left behind for others.
func (w *walk) charge(what string, by identity.Principal, present map[string]bool) {
	w.t.Helper()
	s := w.s
	unanswered := s.State == protocol.Requested || s.Left()
	present = maps.Clone(present)
	for _, p := range s.Participants {
		if p.Role == identity.Guest && p.ID != s.Contact.ID {
			delete(present, p.ID) // They come and go as they like.
			w.must(s.Owner != p.ID, what, by, "puts a guest in charge")
		}
	}
	w.must(s.Owner == "" || present[s.Owner] && s.Owner != s.Contact.ID, what, by, "leaves somebody in charge who is not there")
	w.must(!unanswered || s.Owner == "" && len(present) == 1 && s.Call == nil, what, by, "is not unanswered")
	w.must(s.State != protocol.Active || s.Kind == protocol.Staff || len(present) >= 2, what, by, "leaves the contact alone")
	w.must(s.State != protocol.Requested || s.RequestedAt > 0, what, by, "waits since never")
	w.must(s.State != protocol.Connecting || s.Owner == "alice" && len(present) == 1, what, by, "lets others in too early")
	if s.Transfer != nil {
		w.must(s.State == protocol.Active && s.Kind != protocol.Staff, what, by, "leaves an offer that nobody can take")
		w.must(s.Transfer.By.ID == s.Owner && s.Transfer.To.ID != s.Owner, what, by, "leaves an offer of somebody else's")
	}
	w.must(s.Callback == nil || s.Left() || s.State == protocol.Ended, what, by, "keeps a number that nobody needs")
	w.must(s.Closing == nil || s.State == protocol.Ended, what, by, "is closed before the end")
}

// call checks the call that rings or goes on.
func (w *walk) call(what string, by identity.Principal, present map[string]bool) {
	w.t.Helper()
	c := w.s.Call
	w.must(w.s.State == protocol.Active && len(present) >= 2, what, by, "leaves a call that nobody can answer")
	w.must((c.State == protocol.Answered) == (len(c.Parties) >= 2), what, by, "leaves the wrong number of parties")
	w.must((c.AnsweredAt > 0) == (c.State == protocol.Answered), what, by, "mixes up the time of the answer")
	parties := map[string]bool{}
	for _, p := range c.Parties {
		w.must(present[p.ID] && !parties[p.ID], what, by, "leaves a party who is not there, or twice")
		parties[p.ID] = true
	}
}

// saidOnce posts the new message again in the next state, and checks that no
// other has its id.
func (w *walk) saidOnce(by identity.Principal, e protocol.Entry) {
	w.t.Helper()
	for _, old := range w.posted {
		w.must(old.By.ID != by.ID || old.Message != e.Message, "post", by, "stands twice")
	}
	w.posted = append(w.posted, e)
}

func (w *walk) must(holds bool, what string, by identity.Principal, problem string) {
	w.t.Helper()
	if !holds {
		w.t.Errorf("%s by %s %s: %s", what, by.ID, problem, text(w.s))
	}
}
