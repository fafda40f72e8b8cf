package session_test

import (
	"testing"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// N22 F6 F7 F8 F9 F16 F17: the clocks, a second before, at, and a second after.
func TestTheClocksAreExact(t *testing.T) {
	const open, closed = true, false
	ends := func(office bool) attempt {
		return func(s session.Session, by identity.Principal) (session.Change, error) {
			return s.End(by, protocol.EndSession{}, office, noon)
		}
	}
	callsBack := func(office bool) attempt {
		return func(s session.Session, by identity.Principal) (session.Change, error) {
			return s.CallBack(by, protocol.AskCallback{Phone: "999"}, office, noon)
		}
	}
	waits := func(t *testing.T, d time.Duration) session.Session { return waiting(t, noon.Add(-d)).Session }
	for what, test := range map[string]struct {
		try                   attempt
		since                 func(*testing.T, time.Duration) session.Session
		clock                 time.Duration
		before, exactly, then string
	}{
		"the end of one's own request":       {ends(open), waits, session.Answering, "conflict", "ok", "ok"},
		"the end outside office hours":       {ends(closed), waits, 0, "ok", "ok", "ok"},
		"a callback":                         {callsBack(open), waits, session.Answering, "conflict", "ok", "ok"},
		"a callback outside office hours":    {callsBack(closed), waits, 0, "ok", "ok", "ok"},
		"the end after silence":              {ends(open), silent, session.Silence, "forbidden", "forbidden", "ok"},
		"the end after silence, when closed": {ends(closed), silent, session.Silence, "forbidden", "forbidden", "ok"},
		"a nudge after another":              {actions["nudge"], nudged, session.Nudging, "rate_limited", "ok", "ok"},
		"a request whose contact is lost": {func(s session.Session, _ identity.Principal) (session.Change, error) {
			return s.Abandon(s.CreatedAt.Time(), noon)
		}, waits, session.Lost, "repeat", "repeat", "ok"},
	} {
		for difference, expected := range map[time.Duration]string{-time.Second: test.before, 0: test.exactly, time.Second: test.then} {
			if got := came(test.try(test.since(t, test.clock+difference), carol)); got != expected {
				t.Errorf("%s, %v off: got %s, want %s", what, difference, got, expected)
			}
		}
	}
	if session.Answering != time.Minute || session.Silence != time.Hour || session.Lost != 2*time.Minute || session.Nudging != 30*time.Second {
		t.Error("the clocks are not what was promised")
	}
}

// waiting is a request that carol has made at a time.
func waiting(t *testing.T, at time.Time) *room {
	t.Helper()
	c, err := session.Request(carol, protocol.RequestSession{Session: id, Problem: "help"}, session.Terms{Retention: 30 * days}, at)
	r := entered(t, c, err)
	r.now = at
	return r
}

// silent is a session at a portal in which the last word was some time before
// noon.
func silent(t *testing.T, ago time.Duration) session.Session {
	t.Helper()
	r := waiting(t, noon.Add(-days))
	r.as(alice).joins()
	r.now = noon.Add(-ago)
	r.as(alice).says("Still there?")
	return r.Session
}

// nudged is a session in which carol called for attention some time before noon.
func nudged(t *testing.T, ago time.Duration) session.Session {
	t.Helper()
	r := started(t, nil)
	r.does(r.Nudge(carol, noon.Add(-ago)))
	return r.Session
}

func TestANudgeHoldsNobodyElseBack(t *testing.T) {
	s := nudged(t, time.Second)
	if _, err := s.Nudge(alice, noon); err != nil {
		t.Errorf("alice is refused: %v", err)
	}
}

// F6: who may end their request is told when.
func TestWhoMustWaitIsToldForHowLong(t *testing.T) {
	for ago, sentence := range map[time.Duration]string{
		0:                      "Somebody may answer any moment. You can end this in 60 seconds.",
		59 * time.Second:       "Somebody may answer any moment. You can end this in 1 seconds.",
		59*time.Second + 1e8:   "Somebody may answer any moment. You can end this in 1 seconds.",
		30*time.Second + 500e6: "Somebody may answer any moment. You can end this in 30 seconds.",
		-time.Second:           "Somebody may answer any moment. You can end this in 61 seconds.",
		59*time.Second + 999e6: "Somebody may answer any moment. You can end this in 1 seconds.",
	} {
		_, err := waiting(t, noon.Add(-ago)).End(carol, protocol.EndSession{}, true, noon)
		if err == nil || err.Error() != "conflict: "+sentence {
			t.Errorf("after %v: %v", ago, err)
		}
	}
}
