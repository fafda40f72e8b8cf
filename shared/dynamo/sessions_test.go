package dynamo_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

const never = -1 // Expired items are never deleted.

func TestASessionIsReadAsItWasWritten(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	p.mustSay(alice, id, "Hello")
	other := w.process()
	other.mustSay(carol, id, "Hi")
	s, err := w.process().store.Load(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Seq != 3 || s.Version != 1 || s.State != protocol.Active || s.Contact != session.Person(carol) || len(s.Recent) != 3 || s.Retention != time.Hour {
		t.Errorf("loaded %+v", s)
	}
	var said []string
	for i, e := range p.transcript(id) {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has seq %d", i, e.Seq)
		}
		said = append(said, e.By.Name+":"+e.Text)
	}
	if want := []string{"Alice:", "Alice:Hello", "Carol:Hi"}; !slices.Equal(said, want) {
		t.Errorf("the transcript is %q, want %q", said, want)
	}
}

func TestListsFollowTheSession(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	count := func(home, principal string) int {
		t.Helper()
		mine, err := p.store.Mine(t.Context(), home, principal)
		if err != nil {
			t.Fatal(err)
		}
		there, err := p.store.InCompany(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		if len(there) != len(mine) {
			t.Errorf("%d in the company, %d mine", len(there), len(mine))
		}
		return len(mine)
	}
	if n := count(identity.Staff, "alice") + count("acme", "carol"); n != 2 {
		t.Errorf("listed %d times, want once for each", n)
	}
	p.ends(id)
	if n := count(identity.Staff, "alice") + count("acme", "carol"); n != 0 {
		t.Errorf("listed %d times after the end", n)
	}
}

// N3: one order for all, whoever writes at once.
func TestManyProcessesWriteOneOrder(t *testing.T) {
	w := newWorld(t, never)
	id := w.process().starts(time.Hour)
	const writers, each = 8, 12
	var all sync.WaitGroup
	for n := range writers {
		p := w.process()
		all.Go(func() {
			for m := 0; m < each; {
				_, err := p.says(alice, id, fmt.Sprintf("%d-%d", n, m), "x", 0)
				if fault.Is(err, fault.Unavailable) {
					continue // As a client does: the same message again.
				}
				if err != nil {
					t.Error(err)
					return
				}
				m++
			}
		})
	}
	all.Wait()
	entries := w.process().transcript(id)
	seen := map[string]bool{}
	for i, e := range entries {
		if e.Seq != int64(i+1) || seen[e.Message] {
			t.Errorf("entry %d has seq %d and message %s (seen: %v)", i, e.Seq, e.Message, seen[e.Message])
		}
		seen[e.Message] = true
	}
	if len(entries) != 1+writers*each {
		t.Errorf("%d entries, want %d", len(entries), 1+writers*each)
	}
}

// N3: a process that remembers what is no longer so.
func TestAnOldMemoryNeverWins(t *testing.T) {
	w := newWorld(t, never)
	p, other := w.process(), w.process()
	id := p.starts(time.Hour)
	if _, err := other.store.Load(t.Context(), id, 0); err != nil {
		t.Fatal(err)
	}
	p.ends(id)
	_, err := other.says(carol, id, "m", "Too late", 1)
	wants(t, err, fault.Conflict)
	if n := len(p.transcript(id)); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

// N3: sent again after an unknown outcome, to a process that knows nothing.
func TestAMessageIsFoundAgainHoweverMuchWasSaidSince(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	first, err := p.says(carol, id, "m", "Once", 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		p.mustSay(alice, id, "Noise")
	}
	for name, from := range map[string]process{"the same process": p, "another": w.process()} {
		if seq, err := from.says(carol, id, "m", "Once", 1); err != nil || seq != first {
			t.Errorf("%s says it at %d (%v), want %d", name, seq, err, first)
		}
	}
	if n := len(p.transcript(id)); n != 102 {
		t.Errorf("%d entries, want 102", n)
	}
}

// A cold process reads one page, however long the transcript is.
func TestWhoAsksForNothingBeforeReadsOnePage(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	for range 70 {
		p.mustSay(alice, id, "Noise")
	}
	s, err := w.process().store.Load(t.Context(), id, math.MaxInt64)
	if err != nil || s.Seq != 71 || len(s.Recent) >= 64 {
		t.Errorf("read %d entries up to %d (%v)", len(s.Recent), s.Seq, err)
	}
}

// G2 N7: what is past its retention is never returned, deleted or not.
func TestWhatIsPastItsRetentionIsNotRead(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	p.mustSay(alice, id, "Old")
	w.at(noon.Add(30 * time.Minute))
	p.mustSay(alice, id, "New")
	for at, want := range map[time.Duration]int{59*time.Minute + 59*time.Second: 3, time.Hour: 1, 90 * time.Minute: 0} {
		w.at(noon.Add(at))
		if n := len(p.transcript(id)); n != want {
			t.Errorf("after %s there are %d entries, want %d", at, n, want)
		}
	}
	if w.items() < 4 {
		t.Error("the engine deleted something, so the filter was not seen")
	}
}

func TestAnEndedSessionIsGoneAfterItsRetention(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	p.ends(id)
	w.at(noon.Add(time.Hour + time.Second))
	_, err := w.process().store.Hear(t.Context(), id)
	wants(t, err, fault.NotFound)
	_, err = w.process().store.Load(t.Context(), id, 0)
	wants(t, err, fault.NotFound)
}

// G2 J2: DynamoDB deletes it, and the order goes on behind it.
func TestTheOrderSurvivesTheDeathOfItsTail(t *testing.T) {
	w := newWorld(t, 10*time.Millisecond)
	p := w.process()
	id := p.starts(time.Hour)
	var last int64
	for range 5 {
		last = p.mustSay(alice, id, "Said")
	}
	w.at(noon.Add(2 * time.Hour))
	for limit := time.After(10 * time.Second); w.items() > 3; { // The head and two memberships.
		select {
		case <-limit:
			t.Fatalf("%d items are left", w.items())
		default:
		}
	}
	var all sync.WaitGroup
	seqs := make([]int64, 4)
	for i := range seqs {
		fresh := w.process()
		if i == 0 {
			fresh = p // This one remembers what is gone.
		}
		all.Go(func() { seqs[i] = fresh.mustSay(carol, id, "After") })
	}
	all.Wait()
	slices.Sort(seqs)
	if seqs[0] <= last {
		t.Errorf("seq goes back from %d to %d", last, seqs[0])
	}
	if len(slices.Compact(slices.Clone(seqs))) != 4 || seqs[3] != seqs[0]+3 {
		t.Errorf("one after the other they are %v", seqs)
	}
}

// Within a minute of the expiry, when clocks may disagree, the head decides.
func TestTwoProcessesAtTheEdgeOfExpiryWriteOneOrder(t *testing.T) {
	for name, at := range map[string]time.Duration{"just before": time.Hour - time.Second, "just after": time.Hour + time.Second} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, never)
			p, other := w.process(), w.process()
			id := p.starts(time.Hour)
			p.mustSay(alice, id, "Said")
			if _, err := other.store.Load(t.Context(), id, 0); err != nil {
				t.Fatal(err)
			}
			w.at(noon.Add(at))
			a, b := p.mustSay(alice, id, "A"), other.mustSay(carol, id, "B")
			if b != a+1 {
				t.Errorf("A is %d and B is %d", a, b)
			}
		})
	}
}

func TestListenersAreHeardUntilTheirTime(t *testing.T) {
	w := newWorld(t, never)
	p := w.process()
	id := p.starts(time.Hour)
	for _, l := range []session.Listener{{Connection: "c1", Principal: "alice"}, {Connection: "c2", Principal: "carol"}} {
		if err := p.store.Listen(t.Context(), id, l, w.now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	listening := func() int {
		t.Helper()
		heard, err := p.store.Hear(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(heard.Listeners)
	}
	if n := listening(); n != 2 {
		t.Errorf("%d listen, want 2", n)
	}
	if err := p.store.Ignore(t.Context(), id, "c1"); err != nil {
		t.Fatal(err)
	}
	if n := listening(); n != 1 {
		t.Errorf("%d listen, want 1", n)
	}
	w.at(w.now().Add(time.Minute))
	if n := listening(); n != 0 {
		t.Errorf("%d listen after their time", n)
	}
}
