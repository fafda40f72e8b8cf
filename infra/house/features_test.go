package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ids are those of the checklist, which is kept outside this repository.
const ids = "infra/house/testdata/checklist-ids.txt"

func TestFeaturesAreCompleteAndTrue(t *testing.T) {
	tell(t, features(readText(t, "docs/features.md"), strings.Fields(readText(t, ids)), goTests(t)))
}

func TestAFeatureThatClaimsTooMuchIsNoticed(t *testing.T) {
	tests := map[string]string{"TestChat": `"a chat"`}
	for what, test := range map[string]struct{ where, complaint string }{
		"no test":            {"`TestNothing`", "A1 names TestNothing, which is no test."},
		"no such case":       {"`TestChat/a call`", "A1 names TestChat/a call, which has no such case."},
		"one of two":         {"`TestChat`, `TestNothing`", "A1 names TestNothing, which is no test."},
		"a portal's file":    {"`portal/src/nothing.test.ts: it works`", "A1 names portal/src/nothing.test.ts, which cannot be read."},
		"a portal's title":   {"`portal/src/protocol/golden.test.ts: it flies`", "A1 names portal/src/protocol/golden.test.ts: it flies, which has no such title."},
		"words":              {"works well", "A1 says neither `not yet` nor a test."},
		"nothing":            {" ", "A1 says neither `not yet` nor a test."},
		"another id's place": {"not yet |\n| B9 | Nothing. | not yet", "B9 is no id of the checklist."},
		"the same again":     {"not yet |\n| A1 | Nothing. | not yet", "A1 stands here more than once."},
	} {
		t.Run(what, func(t *testing.T) {
			complaints := features("| A1 | Chat works. | "+test.where+" |\n", []string{"A1", "A2"}, tests)
			wantComplaint(t, complaints, test.complaint)
			wantComplaint(t, complaints, "A2 is missing in docs/features.md.")
		})
	}
}

func TestAFeatureThatIsTrueIsBelieved(t *testing.T) {
	for _, where := range []string{
		"not yet", "not yet: needs a ticket system", "`TestChat`", "`TestChat/a chat`, `TestChat`",
		"`portal/src/protocol/golden.test.ts: are those that the service is tested with`",
	} {
		tell(t, features("| A1 | Chat works. | "+where+" |\n", []string{"A1"}, map[string]string{"TestChat": `"a chat"`}))
	}
}

var (
	row   = regexp.MustCompile(`(?m)^\| *([A-Z][0-9]+) *\|[^|\n]*\|([^|\n]*)\|$`)
	claim = regexp.MustCompile("`([^`]+)`")
)

// features compares the list with the ids and the tests, by name with the text
// of their file.
func features(text string, wanted []string, tests map[string]string) []string {
	var complaints []string
	seen := map[string]bool{}
	for _, cells := range row.FindAllStringSubmatch(text, -1) {
		id, where := cells[1], strings.TrimSpace(cells[2])
		if !slices.Contains(wanted, id) {
			complaints = append(complaints, id+" is no id of the checklist.")
		}
		if seen[id] {
			complaints = append(complaints, id+" stands here more than once.")
		}
		seen[id] = true
		claims := claim.FindAllStringSubmatch(where, -1)
		if len(claims) == 0 && where != "not yet" && !strings.HasPrefix(where, "not yet: ") {
			complaints = append(complaints, id+" says neither `not yet` nor a test.")
		}
		for _, c := range claims {
			if problem := disbelieve(c[1], tests); problem != "" {
				complaints = append(complaints, fmt.Sprintf("%s names %s", id, problem))
			}
		}
	}
	for _, id := range wanted {
		if !seen[id] {
			complaints = append(complaints, id+" is missing in docs/features.md.")
		}
	}
	return complaints
}

// disbelieve says what is wrong about the name of a test.
func disbelieve(name string, tests map[string]string) string {
	if path, title, ok := strings.Cut(name, ": "); ok {
		text, err := os.ReadFile(filepath.Join(root, path))
		switch {
		case err != nil || !strings.HasPrefix(path, "portal/"):
			return path + ", which cannot be read."
		case !strings.Contains(string(text), title):
			return name + ", which has no such title."
		}
		return ""
	}
	test, part, _ := strings.Cut(name, "/")
	text, ok := tests[test]
	switch {
	case !ok:
		return name + ", which is no test."
	case !strings.Contains(text, `"`+part):
		return name + ", which has no such case."
	}
	return ""
}

// goTests returns the text of the file in which each Go test stands.
func goTests(t *testing.T) map[string]string {
	t.Helper()
	tests := map[string]string{}
	for _, p := range allPackages(t) {
		for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range declared.FindAllStringSubmatch(string(text), -1) {
				tests[found[1]] = string(text)
			}
		}
	}
	return tests
}

var declared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(\w+ \*testing\.[TF]\)`)
