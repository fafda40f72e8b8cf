package call_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/call"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// line is a call in which people act one after the other; nil is none.
type line struct {
	*protocol.Call
	t *testing.T
}

// rung is a call that somebody makes from their page.
func rung(t *testing.T, by string) *line {
	t.Helper()
	c, err := call.Ring(nil, by, protocol.Ring{Call: "c1", Media: protocol.Video, Peer: by + "'s page"}, noon)
	l := &line{t: t}
	return l.becomes(c, err)
}

func (l *line) becomes(c *protocol.Call, err error) *line {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	l.Call = c
	return l
}

func (l *line) accepts(by string) *line {
	l.t.Helper()
	return l.becomes(call.Accept(l.Call, by, protocol.Answer{Call: "c1", Peer: by + "'s page"}, noon.Add(5*time.Second)))
}

func (l *line) declines(by string, others int) *line {
	l.t.Helper()
	return l.becomes(call.Decline(l.Call, by, "c1", others))
}

func (l *line) leaves(by string) *line {
	l.t.Helper()
	return l.becomes(call.Leave(l.Call, by, protocol.HangUp{Call: "c1", Peer: by + "'s page"}))
}

// is fails unless the call has this state and these parties, in this order.
func (l *line) is(what string, state protocol.CallState, parties ...string) {
	l.t.Helper()
	if l.Call == nil {
		l.t.Errorf("%s: the call is over", what)
		return
	}
	var names []string
	for _, p := range l.Parties {
		names = append(names, p.ID)
	}
	if l.State != state || strings.Join(names, " ") != strings.Join(parties, " ") {
		l.t.Errorf("%s: it is %s with %v, want %s with %v", what, l.State, names, state, parties)
	}
}

func (l *line) isOver(what string) {
	l.t.Helper()
	if l.Call != nil {
		l.t.Errorf("%s: it is still %s with %v", what, l.State, l.Parties)
	}
}

func TestACallRingsUntilItIsAnsweredAndIsOverWhenFewerThanTwoAreLeft(t *testing.T) {
	l := rung(t, "alice")
	l.is("rung", protocol.Ringing, "alice")
	if l.By != "alice" || l.Media != protocol.Video || l.RangAt != protocol.At(noon) || l.AnsweredAt != 0 {
		t.Errorf("rung as %+v", *l.Call)
	}
	l.accepts("carol").is("answered", protocol.Answered, "alice", "carol")
	answered := l.AnsweredAt
	if answered != protocol.At(noon.Add(5*time.Second)) {
		t.Errorf("answered at %d", answered)
	}
	l.accepts("bob").is("with a third", protocol.Answered, "alice", "carol", "bob")
	l.leaves("alice").is("without its caller", protocol.Answered, "carol", "bob")
	l.leaves("bob").isOver("with one left")
}

func TestACallThatNobodyHasAnsweredIsOverWhenItsCallerLeaves(t *testing.T) {
	rung(t, "alice").leaves("alice").isOver("left by its caller")
}

func TestDecliningEndsTheRingingOfTheOnlyOther(t *testing.T) {
	rung(t, "alice").declines("carol", 1).isOver("declined by the only other")
	rung(t, "alice").declines("carol", 2).is("declined by one of two", protocol.Ringing, "alice")
	rung(t, "alice").accepts("bob").declines("carol", 2).is("declined while others talk", protocol.Answered, "alice", "bob")
}

func TestEveryRefusalHasItsCode(t *testing.T) {
	long := strings.Repeat("x", protocol.MaxID+1)
	ring := func(current *protocol.Call, id, peer string, m protocol.Media) error {
		_, err := call.Ring(current, "alice", protocol.Ring{Call: id, Peer: peer, Media: m}, noon)
		return err
	}
	accept := func(current *protocol.Call, by, id, peer string) error {
		_, err := call.Accept(current, by, protocol.Answer{Call: id, Peer: peer}, noon)
		return err
	}
	decline := func(current *protocol.Call, by, id string) error {
		_, err := call.Decline(current, by, id, 1)
		return err
	}
	leave := func(current *protocol.Call, by, id, peer string) error {
		_, err := call.Leave(current, by, protocol.HangUp{Call: id, Peer: peer})
		return err
	}
	rings, goes := rung(t, "alice").Call, rung(t, "alice").accepts("carol").Call
	for what, test := range map[string]struct {
		err  error
		code fault.Code
	}{
		"ring with the longest ids":     {ring(nil, long[1:], long[1:], protocol.Voice), ""},
		"ring during a call":            {ring(rings, "c2", "p", protocol.Voice), fault.Conflict},
		"ring without an id":            {ring(nil, "", "p", protocol.Voice), fault.Invalid},
		"ring with too long an id":      {ring(nil, long, "p", protocol.Voice), fault.Invalid},
		"ring without a peer":           {ring(nil, "c1", "", protocol.Voice), fault.Invalid},
		"ring with too long a peer":     {ring(nil, "c1", long, protocol.Voice), fault.Invalid},
		"ring without media":            {ring(nil, "c1", "p", ""), fault.Invalid},
		"ring with media nobody has":    {ring(nil, "c1", "p", "smell"), fault.Invalid},
		"accept what does not ring":     {accept(nil, "carol", "c1", "p"), fault.Conflict},
		"accept another call":           {accept(rings, "carol", "c0", "p"), fault.Conflict},
		"accept without a peer":         {accept(rings, "carol", "c1", ""), fault.Invalid},
		"accept with too long a peer":   {accept(rings, "carol", "c1", long), fault.Invalid},
		"accept in a second tab":        {accept(goes, "carol", "c1", "carol's second page"), fault.Conflict},
		"accept one's own ringing":      {accept(rings, "alice", "c1", "alice's second page"), fault.Conflict},
		"decline what does not ring":    {decline(nil, "carol", "c1"), fault.Conflict},
		"decline another call":          {decline(rings, "carol", "c0"), fault.Conflict},
		"decline one's own ringing":     {decline(rings, "alice", "c1"), fault.Conflict},
		"decline what one has accepted": {decline(goes, "carol", "c1"), fault.Conflict},
		"leave what is over":            {leave(nil, "alice", "c1", "alice's page"), fault.Conflict},
		"leave another call":            {leave(rings, "alice", "c0", "alice's page"), fault.Conflict},
		"leave from another page":       {leave(goes, "carol", "c1", "carol's second page"), fault.Conflict},
		"leave in another's name":       {leave(goes, "carol", "c1", "alice's page"), fault.Conflict},
		"leave without having been in":  {leave(goes, "bob", "c1", "bob's page"), fault.Conflict},
	} {
		if (test.err == nil) != (test.code == "") || test.err != nil && !fault.Is(test.err, test.code) {
			t.Errorf("%s: got %v, want %s", what, test.err, test.code)
		}
	}
}

func TestNoRuleChangesTheCallThatItReads(t *testing.T) {
	current := rung(t, "alice").accepts("carol").Call
	current.Parties = append(make([]protocol.Party, 0, 8), current.Parties...) // Room that a careless append would write into.
	before, _ := json.Marshal(current)

	first, _ := call.Accept(current, "bob", protocol.Answer{Call: "c1", Peer: "p"}, noon)
	second, _ := call.Accept(current, "dora", protocol.Answer{Call: "c1", Peer: "q"}, noon)
	call.Decline(current, "bob", "c1", 2)
	call.Leave(current, "alice", protocol.HangUp{Call: "c1", Peer: "alice's page"})

	if after, _ := json.Marshal(current); string(after) != string(before) {
		t.Errorf("was %s, is %s", before, after)
	}
	if first.Parties[2].ID != "bob" || second.Parties[2].ID != "dora" {
		t.Errorf("two futures share their parties: %v, %v", first.Parties, second.Parties)
	}
}

func TestTheLogCountsWholeSecondsFromTheAnswer(t *testing.T) {
	answered := rung(t, "alice").accepts("carol").Call
	at := answered.AnsweredAt.Time()
	for what, test := range map[string]struct {
		call    *protocol.Call
		end     time.Time
		seconds int64
	}{
		"never answered":           {rung(t, "alice").Call, at.Add(time.Hour), 0},
		"ended at once":            {answered, at, 1},
		"ended just before 1 s":    {answered, at.Add(999 * time.Millisecond), 1},
		"ended at 61 s":            {answered, at.Add(61 * time.Second), 61},
		"ended just before 62 s":   {answered, at.Add(61*time.Second + 999*time.Millisecond), 61},
		"ended by a clock behind":  {answered, at.Add(-300 * time.Millisecond), 1},
		"ended by a clock far off": {answered, at.Add(-time.Minute), 1},
	} {
		log := call.Log(test.call, protocol.PathRelayed, test.end)
		if log.Seconds != test.seconds || log.ID != "c1" || log.Media != protocol.Video || log.Path != protocol.PathRelayed {
			t.Errorf("%s: got %+v, want %d s", what, *log, test.seconds)
		}
	}
}

func TestAPathIsOneOfThreeOrNotKnown(t *testing.T) {
	for path, valid := range map[protocol.CallPath]bool{
		"": true, protocol.PathLocal: true, protocol.PathDirect: true, protocol.PathRelayed: true, "turn": false, "Local": false,
	} {
		if call.ValidPath(path) != valid {
			t.Errorf("%q: valid is %v", path, !valid)
		}
	}
}
