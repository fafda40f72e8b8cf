// Package call owns the life of a call: it rings, is answered by one peer of
// each participant, and is over when fewer than two are left in it.
//
// The rules are pure. They know parties and peers, not sessions: whether
// somebody may call in a session at all is the session's question.
package call

import (
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

var errOver = fault.New(fault.Conflict, "This call is over.")

// Ring returns a new call with its caller as the only party. It returns
// fault.Conflict while another call is going on.
func Ring(current *protocol.Call, by string, r protocol.Ring, now time.Time) (*protocol.Call, error) {
	switch {
	case current != nil:
		return nil, fault.New(fault.Conflict, "A call is going on in this session.")
	case !validID(r.Call) || !validID(r.Peer):
		return nil, fault.New(fault.Invalid, "A call and a peer have an id of 1 to %d bytes.", protocol.MaxID)
	case r.Media != protocol.Voice && r.Media != protocol.Video:
		return nil, fault.New(fault.Invalid, "A call is voice or video.")
	}
	return &protocol.Call{
		ID: r.Call, Media: r.Media, State: protocol.Ringing, By: by, RangAt: protocol.At(now),
		Parties: []protocol.Party{{ID: by, Peer: r.Peer}},
	}, nil
}

// Accept returns the call with one more party. Only one peer of a participant
// is in a call: the second tab to accept gets fault.Conflict.
func Accept(current *protocol.Call, by string, a protocol.Answer, now time.Time) (*protocol.Call, error) {
	switch {
	case !Is(current, a.Call):
		return nil, errOver
	case !validID(a.Peer):
		return nil, fault.New(fault.Invalid, "A peer has an id of 1 to %d bytes.", protocol.MaxID)
	case takesPart(current, by):
		return nil, fault.New(fault.Conflict, "You are in this call already.")
	}
	next := clone(current)
	next.Parties = append(next.Parties, protocol.Party{ID: by, Peer: a.Peer})
	if next.State == protocol.Ringing {
		next.State, next.AnsweredAt = protocol.Answered, protocol.At(now)
	}
	return next, nil
}

// Decline refuses a call. It returns nil, the call being over, when it rings
// nobody else: others counts whom it could ring, the one who declines among
// them. With more it goes on ringing.
func Decline(current *protocol.Call, by, id string, others int) (*protocol.Call, error) {
	switch {
	case !Is(current, id):
		return nil, errOver
	case takesPart(current, by):
		return nil, fault.New(fault.Conflict, "Who is in a call does not decline it, but leaves.")
	case current.State == protocol.Answered || others > 1:
		return clone(current), nil
	}
	return nil, nil
}

// Leave takes a peer out of the call; nil means that the call is over.
func Leave(current *protocol.Call, by string, h protocol.HangUp) (*protocol.Call, error) {
	if !Is(current, h.Call) || !Has(current, by, h.Peer) {
		return nil, errOver
	}
	next := clone(current)
	next.Parties = slices.DeleteFunc(next.Parties, func(p protocol.Party) bool { return p.ID == by })
	if len(next.Parties) < 2 {
		return nil, nil
	}
	return next, nil
}

// Has reports whether the participant is in the call with this peer.
func Has(current *protocol.Call, participant, peer string) bool {
	return current != nil && slices.Contains(current.Parties, protocol.Party{ID: participant, Peer: peer})
}

// takesPart reports whether the participant is in the call with any peer.
func takesPart(current *protocol.Call, participant string) bool {
	return slices.ContainsFunc(current.Parties, func(p protocol.Party) bool { return p.ID == participant })
}

// Is reports whether the call with this id is ringing or going on.
func Is(current *protocol.Call, id string) bool { return current != nil && current.ID == id }

// ValidPath reports whether the path is one that a client can report; empty
// means that it does not know.
func ValidPath(p protocol.CallPath) bool {
	return p == "" || p == protocol.PathLocal || p == protocol.PathDirect || p == protocol.PathRelayed
}

// Log returns what the transcript keeps of a call that ends now.
func Log(c *protocol.Call, path protocol.CallPath, now time.Time) *protocol.CallLog {
	log := &protocol.CallLog{ID: c.ID, Media: c.Media, Path: path}
	if c.AnsweredAt > 0 { // A second at least, so that it is seen to have been answered; perhaps by a clock ahead of ours.
		log.Seconds = max(1, int64(now.Sub(c.AnsweredAt.Time()).Seconds()))
	}
	return log
}

func clone(c *protocol.Call) *protocol.Call {
	next := *c
	next.Parties = slices.Clone(c.Parties)
	return &next
}

func validID(id string) bool { return id != "" && len(id) <= protocol.MaxID }
