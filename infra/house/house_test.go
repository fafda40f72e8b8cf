// Package house holds the checkout to its own rules: which package may import
// which, what every source file owes its reader, that template.yaml and the
// code say the same, and that docs/features.md claims nothing untrue.
//
// Every rule is a function that returns complaints, one sentence each, so that
// a second test can show that it notices a mistake.
package house

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// module is the path of the Go module.
const module = "github.com/parleychat/parley/"

// root is the checkout, seen from this package.
const root = "../.."

// goPackage is what go list tells of a package.
type goPackage struct {
	ImportPath   string
	Name         string
	Dir          string
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
}

// path is the package's place in the checkout, such as shared/session.
func (p goPackage) path() string { return strings.TrimPrefix(p.ImportPath, module) }

// goPackages lists every package of the module.
var goPackages = sync.OnceValues(func() ([]goPackage, error) {
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,TestGoFiles,XTestGoFiles,Imports", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
})

func allPackages(t *testing.T) []goPackage {
	t.Helper()
	packages, err := goPackages()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// tell fails the test with every complaint.
func tell(t *testing.T, complaints []string) {
	t.Helper()
	for _, complaint := range complaints {
		t.Error(complaint)
	}
}

// wantComplaint fails unless one of the complaints contains the sentence.
func wantComplaint(t *testing.T, complaints []string, sentence string) {
	t.Helper()
	if all := strings.Join(complaints, "\n"); !strings.Contains(all, sentence) {
		t.Errorf("The complaints are %q, want one that says %q.", all, sentence)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
