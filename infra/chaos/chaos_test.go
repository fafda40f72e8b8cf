// Package chaos plays Parley's chat at random: several clients that keep the
// rules of portal/src/client, the real handlers in function environments with
// memories of their own, and the real engine of infra/local/dynamodb, with
// functions that die between any two of their calls, a database that throttles
// and forgets to answer, pushes that get lost, doubled and overtaken, and
// connections that break.
//
// One seed decides everything: handlers run one step at a time, from one call
// to the outside to the next, in the fake time of testing/synctest. So a seed
// that fails can be played again:
//
//	go test ./infra/chaos -seed 4711
package chaos

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

var (
	oneSeed = flag.Uint64("seed", 0, "play only this seed and print what happens")
	seeds   = flag.Uint64("seeds", defaultSeeds, "how many seeds to play, from 1 on")
)

// workers play at the same time, so that one can think while another's write is
// on its way to the disk.
const workers = 4

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // Most of what a seed makes is garbage with its end.
	os.Exit(m.Run())
}

// Whatever fails in between, in the end everybody who takes part shows the
// transcript that is stored, each message stands in it once, and nobody has
// heard what is not for them.
func TestNothingIsLostOrDoubledWhateverFails(t *testing.T) {
	all := tally{faults: map[string]int{}}
	overSeeds(t, *seeds, (*world).playAndCheck, &all)
	all.tells(t)
}

// overSeeds plays the seeds, and adds up what came of them.
func overSeeds(t *testing.T, many uint64, play func(*world), all *tally) {
	t.Helper()
	e := openEngine(t)
	if *oneSeed != 0 {
		w := played(t, e, *oneSeed, none, play)
		t.Log("\n" + w.story())
		judge(t, w)
		all.adds(w.tally)
		return
	}
	var mu sync.Mutex
	t.Run("seeds", func(t *testing.T) {
		for n := range uint64(workers) {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				for seed := n + 1; seed <= many && !t.Failed(); seed += workers {
					w := played(t, e, seed, none, play)
					judge(t, w)
					mu.Lock()
					all.adds(w.tally)
					mu.Unlock()
				}
			})
		}
	})
}

// played plays one seed in a time of its own.
func played(t *testing.T, e engine, seed uint64, m mistake, play func(*world)) *world {
	t.Helper()
	var w *world
	l, closes := e.line()
	defer closes()
	synctest.Test(t, func(*testing.T) {
		w = newWorld(seed, l, m)
		play(w)
		w.finish()
	})
	w.tally.seeds++
	return w
}

func judge(t *testing.T, w *world) {
	t.Helper()
	if len(w.problems) > 0 {
		t.Errorf("seed %d: %s\n\n%s\n\nagain with: go test ./infra/chaos -run '^%s$' -seed %d",
			w.seed, strings.Join(w.problems, "\n"), w.story(), strings.Split(t.Name(), "/")[0], w.seed)
	}
}

func (all *tally) adds(one tally) {
	all.seeds += one.seeds
	all.steps += one.steps
	all.calls += one.calls
	all.messages += one.messages
	all.refused += one.refused
	all.entries += one.entries
	for kind, n := range one.faults {
		all.faults[kind] += n
	}
}

// tells prints the one line of a run.
func (all *tally) tells(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	var faults []string
	for _, kind := range slices.Sorted(maps.Keys(all.faults)) {
		faults = append(faults, fmt.Sprintf("%s %d", kind, all.faults[kind]))
	}
	t.Logf("%d seeds, %d steps, %d calls, %d messages (%d refused), %d entries; losses 0, doubles 0; faults: %s",
		all.seeds, all.steps, all.calls, all.messages, all.refused, all.entries, strings.Join(faults, ", "))
}
