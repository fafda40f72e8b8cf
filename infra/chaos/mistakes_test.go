package chaos

import (
	"strings"
	"testing"
)

// A test that finds nothing must be able to find something: each of these
// mistakes is noticed within a few seeds.
func TestMistakesAreNoticed(t *testing.T) {
	const enough = 60
	for made, complaint := range map[mistake]string{
		sendsWithNewIDs:   "or twice",
		sendsAllAtOnce:    "has written later",
		trustsPushes:      "and the table is",
		showsAsItComes:    "and the table is",
		writesAnyway:      "the table is not what was written",
		answersTooEarly:   "is lost",
		pushesToOutsiders: "who takes no part, is pushed",
	} {
		t.Run(string(made), func(t *testing.T) {
			t.Parallel()
			e := openEngine(t)
			for seed := uint64(1); seed <= enough; seed++ {
				w := played(t, e, seed, made, (*world).playAndCheck)
				if strings.Contains(strings.Join(w.problems, "\n"), complaint) {
					t.Logf("seed %d: %s", seed, brief(w.problems[0]))
					return
				}
			}
			t.Errorf("nobody complains in %d seeds", enough)
		})
	}
}

// A seed is the same story whenever it is played.
func TestASeedIsAlwaysTheSameStory(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		first := played(t, openEngine(t), seed, none, (*world).playAndCheck).notes
		again := played(t, openEngine(t), seed, none, (*world).playAndCheck).notes
		for n := range min(len(first), len(again)) {
			if first[n] != again[n] {
				t.Fatalf("seed %d: line %d is\n%s\nand then\n%s", seed, n, first[n], again[n])
			}
		}
		if len(first) != len(again) {
			t.Errorf("seed %d: the story has %d lines, and then %d", seed, len(first), len(again))
		}
	}
}
