package fanout_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/protocol"
)

// network is a directory and the connections in it. What a connection does with
// a frame hangs on its name: "slow…" never takes it, "gone…" does not exist,
// "busy…" takes it after 10 ms, "broken…" fails. An audience whose key is
// "unread" cannot be read, and one whose key is "stuck" not in time.
type network struct {
	audiences map[fanout.Audience][]string

	mu        sync.Mutex
	heard     []string // Connection, blank, frame.
	forgotten []string // Key, blank, connection.
	asked     int      // Frames that were begun to be sent.
	reads     int      // Of audiences.
	underWay  int
	most      int
}

func (n *network) Connections(ctx context.Context, a fanout.Audience) ([]string, error) {
	n.mu.Lock()
	n.reads++
	n.mu.Unlock()
	switch a.Key {
	case "unread":
		return nil, errors.New("the table is on fire")
	case "stuck":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return n.audiences[a], nil
}

func (n *network) Forget(_ context.Context, a fanout.Audience, connection string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forgotten = append(n.forgotten, a.Key+" "+connection)
	if connection == "gone for ever" {
		return errors.New("the table is on fire")
	}
	return nil
}

func (n *network) Send(ctx context.Context, connection string, frame []byte) error {
	n.begins()
	defer n.ends()
	switch name, _, _ := strings.Cut(connection, " "); name {
	case "slow":
		<-ctx.Done()
		return ctx.Err()
	case "gone":
		return fmt.Errorf("post: %w", fanout.ErrGone)
	case "broken":
		return errors.New("no route")
	case "busy":
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, connection+" "+string(frame))
	return nil
}

func (n *network) begins() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked, n.underWay = n.asked+1, n.underWay+1
	n.most = max(n.most, n.underWay)
}

func (n *network) ends() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.underWay--
}

// listeners are those of the session with this key.
func listeners(key string) fanout.Audience { return fanout.Audience{Kind: fanout.Listeners, Key: key} }

// saying is a push to the listeners of a session.
func saying(key, except, text string) fanout.Push {
	return fanout.Push{To: listeners(key), Except: except, Push: protocol.Push{Name: "message.typed", Data: text}}
}

// out fans out under a clock of its own and says how long it took. The test
// fails by itself where anything is left blocked.
func out(t *testing.T, n *network, pushes ...fanout.Push) time.Duration {
	t.Helper()
	var took time.Duration
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		fanout.Fan{Directory: n, Sender: n, Log: slog.New(slog.DiscardHandler)}.Out(t.Context(), pushes)
		took = time.Since(start)
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.underWay != 0 {
			t.Errorf("%d frames are under way after the return", n.underWay)
		}
	})
	slices.Sort(n.heard)
	slices.Sort(n.forgotten)
	return took
}

// hear fails unless these connections heard, each once.
func (n *network) hear(t *testing.T, names ...string) {
	t.Helper()
	var heard []string
	for _, line := range n.heard {
		name, _, _ := strings.Cut(line, " {")
		heard = append(heard, name)
	}
	slices.Sort(names)
	if !slices.Equal(heard, names) {
		t.Errorf("heard by %q, want %q", heard, names)
	}
}

func in(key string, connections ...string) *network {
	return &network{audiences: map[fanout.Audience][]string{listeners(key): connections}}
}

func many(name string, n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("%s %d", name, i))
	}
	return list
}

func TestEverybodyButOneHearsTheFrame(t *testing.T) {
	n := in("s1", "alice", "bob", "carol")
	took := out(t, n, saying("s1", "bob", "hello"))
	n.hear(t, "alice", "carol")
	if took != 0 || n.heard[0] != `alice {"push":"message.typed","data":"hello"}` {
		t.Errorf("after %v: %s", took, n.heard[0])
	}
}

func TestAnAudienceIsReadOnceForAllThatItHearsAndNotWhereItIsKnown(t *testing.T) {
	n := in("s1", "alice")
	out(t, n, saying("s1", "", "hello"), saying("s1", "", "again"))
	n.hear(t, "alice", "alice")
	known, nobody := saying("s1", "", "hello"), saying("s1", "", "hello")
	known.Known, nobody.Known = []string{"bob"}, []string{}
	out(t, n, known, nobody)
	n.hear(t, "alice", "alice", "bob")
	if n.reads != 1 {
		t.Errorf("audiences were read %d times", n.reads)
	}
}

func TestNoPushCostsNothing(t *testing.T) {
	if n := (fanout.Fan{}).Out(t.Context(), nil); n != 0 {
		t.Errorf("%d pushes arrived", n)
	}
}

func TestWhatArrivesIsCountedAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := in("s1", "alice", "bob", "gone 1", "broken 1", "slow 1", "gone for ever")
		n.audiences[listeners("s2")] = []string{"carol"}
		fan := fanout.Fan{Directory: n, Sender: n, Log: slog.New(slog.DiscardHandler)}
		got := fan.Out(t.Context(), []fanout.Push{saying("s1", "bob", "hello"), saying("s2", "", "hello"), saying("unread", "", "hello")})
		if got != 2 {
			t.Errorf("%d pushes arrived, want those at alice and carol", got)
		}
	})
}

func TestASlowConnectionDelaysNobodyElseAndIsCutAfterItsPatience(t *testing.T) {
	n := in("s1", "slow 1", "alice", "bob")
	n.audiences[listeners("s2")] = []string{"busy carol"}
	took := out(t, n, saying("s1", "", "hello"), saying("s2", "", "hello"))
	n.hear(t, "alice", "bob", "busy carol")
	if took != fanout.Patience {
		t.Errorf("took %v", took)
	}
}

func TestThirtyTwoFramesAreUnderWayAtOnce(t *testing.T) {
	n := in("s1", many("busy", 60)...)
	n.audiences[listeners("s2")] = many("busy too", 60)
	took := out(t, n, saying("s1", "", "hello"), saying("s2", "", "hello"))
	if n.most != fanout.Parallel || len(n.heard) != 120 {
		t.Errorf("%d at once, %d heard", n.most, len(n.heard))
	}
	if took != 4*10*time.Millisecond { // 120 in four rounds.
		t.Errorf("took %v", took)
	}
}

func TestNothingIsBegunAfterTheDeadline(t *testing.T) {
	n := in("s1", many("slow", 100)...)
	n.audiences[listeners("s2")] = many("slow too", 100)
	took := out(t, n, saying("s1", "", "hello"), saying("s2", "", "hello"))
	if took != fanout.Deadline || n.asked >= 200 { // 32 a quarter of a second, and those of the very last moment.
		t.Errorf("took %v, began %d frames", took, n.asked)
	}
}

func TestSilentConnectionsDoNotHoldEveryPlace(t *testing.T) {
	n := in("s1", append(many("slow", 2*fanout.Parallel), "alice")...)
	out(t, n, saying("s1", "", "hello"))
	n.hear(t, "alice")
}

func TestOnlyWhatIsGoneIsForgottenAndOnlyThere(t *testing.T) {
	n := in("s1", "gone 1", "broken", "alice", "slow 1")
	n.audiences[listeners("s2")] = []string{"gone 1", "gone for ever", "bob"}
	n.audiences[listeners("s3")] = []string{"gone 2"} // Not asked for.
	out(t, n, saying("s1", "", "hello"), saying("s2", "", "hello"))
	n.hear(t, "alice", "bob")
	if want := []string{"s1 gone 1", "s2 gone 1", "s2 gone for ever"}; !slices.Equal(n.forgotten, want) {
		t.Errorf("forgotten are %q, want %q", n.forgotten, want)
	}
}

func TestTheSenderIsNotForgottenEvenIfGone(t *testing.T) {
	n := in("s1", "gone 1")
	out(t, n, saying("s1", "gone 1", "hello"))
	if len(n.forgotten) != 0 || n.asked != 0 {
		t.Errorf("forgotten are %q", n.forgotten)
	}
}

func TestAnAudienceThatCannotBeReadStopsNoOther(t *testing.T) {
	n := in("s1", "alice")
	if took := out(t, n, saying("unread", "", "hello"), saying("s1", "", "hello")); took != 0 {
		t.Errorf("took %v", took)
	}
	n.hear(t, "alice")

	n = in("s1", "alice")
	if took := out(t, n, saying("stuck", "", "hello"), saying("s1", "", "hello")); took != fanout.Deadline {
		t.Errorf("took %v", took)
	}
	n.hear(t, "alice")
}

func TestAPushThatCannotBeEncodedStopsNoOther(t *testing.T) {
	n := in("s1", "alice")
	bad := saying("s1", "", "")
	bad.Data = make(chan int)
	out(t, n, bad, saying("s1", "", "hello"))
	n.hear(t, "alice")
}

func TestAnInvocationThatEndsCutsItsFanOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), fanout.Patience/2)
		defer cancel()
		n, start := in("s1", "slow 1"), time.Now()
		fanout.Fan{Directory: n, Sender: n, Log: slog.New(slog.DiscardHandler)}.Out(ctx, []fanout.Push{saying("s1", "", "hello")})
		if took := time.Since(start); took != fanout.Patience/2 {
			t.Errorf("took %v", took)
		}
	})
}
