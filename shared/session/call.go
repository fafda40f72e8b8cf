package session

import (
	"slices"
	"time"

	"github.com/parleychat/parley/shared/call"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Ring calls the others in the session.
func (s Session) Ring(by identity.Principal, r protocol.Ring, now time.Time) (Change, error) {
	switch err := s.open(by); {
	case err != nil:
		return Change{}, err
	case call.Is(s.Call, r.Call) && call.Has(s.Call, by.ID, r.Peer):
		return s.repeats(), nil
	case s.joined() < 2, s.State == protocol.Requested: // Of those who wait, none has come to talk with the others.
		return Change{}, fault.New(fault.Conflict, "There is nobody else in this session to call.")
	}
	current := s.Call
	if s.calls(by) && !call.Has(current, by.ID, r.Peer) {
		current = s.callWithout(by) // From a page that is no more.
	}
	rung, err := call.Ring(current, by.ID, r, now)
	if err != nil {
		return Change{}, err
	}
	return s.withCall(rung, protocol.EntryCallRang, call.Log(rung, "", now), by, now), nil
}

// Answer accepts or declines the call that is ringing.
func (s Session) Answer(by identity.Principal, a protocol.Answer, now time.Time) (Change, error) {
	switch err := s.open(by); {
	case err != nil:
		return Change{}, err
	case a.Accept && call.Is(s.Call, a.Call) && call.Has(s.Call, by.ID, a.Peer), !a.Accept && s.declined(by.ID, a.Call):
		return s.repeats(), nil
	}
	next, kind, err := s.answered(by, a, now)
	if err != nil {
		return Change{}, err
	}
	return s.withCall(next, kind, call.Log(s.Call, "", now), by, now), nil
}

// declined reports whether somebody has declined this call.
func (s Session) declined(by, id string) bool {
	for _, e := range slices.Backward(s.Recent) {
		switch {
		case e.Call == nil || e.Call.ID != id:
		case e.Kind == protocol.EntryCallRang:
			return false
		case e.Kind == protocol.EntryCallDeclined && e.By.ID == by:
			return true
		}
	}
	return false
}

func (s Session) answered(by identity.Principal, a protocol.Answer, now time.Time) (*protocol.Call, protocol.EntryKind, error) {
	if a.Accept {
		next, err := call.Accept(s.Call, by.ID, a, now)
		return next, protocol.EntryCallAnswered, err
	}
	next, err := call.Decline(s.Call, by.ID, a.Call, s.called(a.Call))
	return next, protocol.EntryCallDeclined, err
}

// called counts for whom the call still rings: who takes part, has not rung and
// has not declined.
func (s Session) called(id string) int {
	n := -1 // Who rang.
	for _, p := range s.Participants {
		if p.Joined && !s.declined(p.ID, id) {
			n++
		}
	}
	return n
}

// HangUp takes a peer out of the call. Of a call that is over already it
// changes nothing.
func (s Session) HangUp(by identity.Principal, h protocol.HangUp, now time.Time) (Change, error) {
	switch {
	case !s.has(by):
		return Change{}, s.outsider(by)
	case !call.ValidPath(h.Path):
		return Change{}, fault.New(fault.Invalid, "A path is local, direct or relayed.")
	case !call.Is(s.Call, h.Call) || !call.Has(s.Call, by.ID, h.Peer):
		return s.repeats(), nil
	}
	next, err := call.Leave(s.Call, by.ID, h)
	if err != nil {
		return Change{}, err
	}
	return s.withCall(next, protocol.EntryCallEnded, call.Log(s.Call, h.Path, now), by, now), nil
}

// Signals returns nil where the principal may send a signal from one peer of
// the call to another.
func (s Session) Signals(by identity.Principal, g protocol.Signal) error {
	switch err := s.open(by); {
	case err != nil:
		return err
	case !call.Is(s.Call, g.Call) || !call.Has(s.Call, by.ID, g.Peer):
		return fault.New(fault.Conflict, "This call is over.")
	case len(g.Signal) == 0 || len(g.Signal) > protocol.MaxSignal:
		return fault.New(fault.Invalid, "A signal has 1 to %d bytes.", protocol.MaxSignal)
	case g.To == "" || len(g.To) > protocol.MaxID:
		return fault.New(fault.Invalid, "A peer has an id of 1 to %d bytes.", protocol.MaxID)
	}
	return nil
}

// MayCall returns nil where the principal may ask for ICE servers.
func (s Session) MayCall(by identity.Principal) error { return s.open(by) }

// withCall makes the call the session's, and writes what happened into the
// transcript.
func (s Session) withCall(c *protocol.Call, kind protocol.EntryKind, log *protocol.CallLog, by identity.Principal, now time.Time) Change {
	next := s.copied()
	next.Call = c
	return s.alters(next, protocol.Entry{Kind: kind, Call: log}, by, now)
}

// calls reports whether somebody is in the call, on whatever page.
func (s Session) calls(by identity.Principal) bool {
	return s.Call != nil && slices.ContainsFunc(s.Call.Parties, func(p protocol.Party) bool { return p.ID == by.ID })
}

// callWithout is the call after somebody left the session; it is over when it
// could reach nobody else.
func (s Session) callWithout(by identity.Principal) *protocol.Call {
	if s.Call == nil || s.joined() <= 2 {
		return nil
	}
	for _, party := range s.Call.Parties {
		if party.ID == by.ID {
			rest, _ := call.Leave(s.Call, by.ID, protocol.HangUp{Call: s.Call.ID, Peer: party.Peer})
			return rest
		}
	}
	return s.Call
}

// Reports returns nil where the principal may report the path of the call.
func (s Session) Reports(by identity.Principal, r protocol.ReportPath) error {
	switch err := s.open(by); {
	case err != nil:
		return err
	case !call.Is(s.Call, r.Call) || !call.Has(s.Call, by.ID, r.Peer):
		return fault.New(fault.Conflict, "This call is over.")
	case r.Path == "" || !call.ValidPath(r.Path):
		return fault.New(fault.Invalid, "A path is local, direct or relayed.")
	}
	return nil
}
