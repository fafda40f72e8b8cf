package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// floors are the packages of shared, lowest first. A package imports only from
// floors below its own.
var floors = [][]string{
	{"fault"},
	{"identity", "ice"},
	{"protocol"},
	{"settings", "presence", "call", "directory", "device", "invite"},
	{"session"},
	{"fanout", "ticket"},
	{"handler", "dynamo", "apigw", "oidc", "proof"}, // The edges, which never know each other.
	{"bootstrap"},
}

// edges is the first floor that may touch the outside world.
const edges = 6

// programs are the folders whose packages may import everything of shared.
var programs = []string{"functions", "infra", "turnserver", "agent"}

// empty are names that say nothing about what a package owns.
var empty = []string{"util", "utils", "common", "helper", "helpers", "types", "interfaces", "constants", "misc", "base"}

func TestPackagesImportOnlyWhatLiesBelow(t *testing.T) {
	tell(t, architecture(allPackages(t)))
}

func TestAForbiddenImportIsNoticed(t *testing.T) {
	for what, test := range map[string]struct{ in, imports, complaint string }{
		"a rule that talks HTTP":          {"shared/session", "net/http", "shared/session holds rules and must not import net/http."},
		"a rule that reads files":         {"shared/fault", "os", "shared/fault holds rules and must not import os."},
		"a rule with a stranger":          {"shared/ice", "golang.org/x/sync/errgroup", "shared/ice holds rules and must not import golang.org/x/sync/errgroup."},
		"an edge that knows another":      {"shared/handler", module + "shared/dynamo", "shared/handler must not import shared/dynamo, which lies no floor below it."},
		"a word that knows a rule":        {"shared/identity", module + "shared/session", "shared/identity must not import shared/session, which lies no floor below it."},
		"a package without a floor":       {"shared/magic", "fmt", "shared/magic has no floor; give it one in infra/house."},
		"a library that imports the twin": {"shared/dynamo", module + "infra/local/dynamodb", "shared/dynamo must not import infra/local/dynamodb, which is part of a program."},
		"a function that imports a tool":  {"functions/call", module + "infra/wire", "functions/call must not import infra/wire, which is part of another program."},
		"a package that says nothing":     {"turnserver/util", "fmt", "turnserver/util is named after nothing that it owns."},
		"a place that nobody knows":       {"misplaced", "fmt", "misplaced lies neither in shared nor in a program's folder."},
	} {
		t.Run(what, func(t *testing.T) {
			name := test.in[strings.LastIndex(test.in, "/")+1:]
			p := goPackage{ImportPath: module + test.in, Name: name, Imports: []string{test.imports}}
			wantComplaint(t, architecture([]goPackage{p}), test.complaint)
		})
	}
}

func architecture(packages []goPackage) []string {
	var complaints []string
	for _, p := range packages {
		if slices.Contains(empty, p.Name) {
			complaints = append(complaints, fmt.Sprintf("%s is named after nothing that it owns.", p.path()))
		}
		top, _, _ := strings.Cut(p.path(), "/")
		switch {
		case top == "shared":
			complaints = append(complaints, sharedPackage(p)...)
		case slices.Contains(programs, top):
			complaints = append(complaints, programPackage(p)...)
		default:
			complaints = append(complaints, fmt.Sprintf("%s lies neither in shared nor in a program's folder.", p.path()))
		}
	}
	return complaints
}

func sharedPackage(p goPackage) []string {
	floor, ok := floorOf(p.path())
	if !ok {
		return []string{fmt.Sprintf("%s has no floor; give it one in infra/house.", p.path())}
	}
	var complaints []string
	for _, imported := range p.Imports {
		path, own := strings.CutPrefix(imported, module)
		below, shared := floorOf(path)
		switch {
		case own && !shared:
			complaints = append(complaints, fmt.Sprintf("%s must not import %s, which is part of a program.", p.path(), path))
		case own && below >= floor:
			complaints = append(complaints, fmt.Sprintf("%s must not import %s, which lies no floor below it.", p.path(), path))
		case !own && floor < edges && outside(imported):
			complaints = append(complaints, fmt.Sprintf("%s holds rules and must not import %s.", p.path(), imported))
		}
	}
	return complaints
}

// programPackage lets a program import shared and itself.
func programPackage(p goPackage) []string {
	var complaints []string
	for _, imported := range p.Imports {
		path, own := strings.CutPrefix(imported, module)
		if own && !strings.HasPrefix(path, "shared/") && programOf(path) != programOf(p.path()) {
			complaints = append(complaints, fmt.Sprintf("%s must not import %s, which is part of another program.", p.path(), path))
		}
	}
	return complaints
}

// programOf is the program that a package belongs to: functions/call,
// turnserver. What lies in infra serves the others and counts as one.
func programOf(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if parts[0] == "functions" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// floorOf is the floor of a package such as shared/session or one inside it.
func floorOf(path string) (int, bool) {
	name, ok := strings.CutPrefix(path, "shared/")
	name, _, _ = strings.Cut(name, "/")
	floor := slices.IndexFunc(floors, func(names []string) bool { return slices.Contains(names, name) })
	return floor, ok && floor >= 0
}

// outside reports whether an import touches the outside world, or comes from it.
func outside(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return first == "os" || first == "net" || first == "syscall" || strings.Contains(first, ".")
}
