package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// longest is how many lines a function's main.go may have.
const longest = 40

func TestSourcesKeepTheRules(t *testing.T) {
	for _, p := range allPackages(t) {
		var files []*ast.File
		positions := token.NewFileSet()
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			file, err := parser.ParseFile(positions, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		tell(t, source(p.path(), positions, files))
	}
}

func TestASourceThatBreaksARuleIsNoticed(t *testing.T) {
	for what, test := range map[string]struct{ path, file, text, complaint string }{
		"no package comment":      {"shared/x", "x.go", "package x", "shared/x has no package comment."},
		"a silent function":       {"shared/x", "x.go", "// Package x.\npackage x\nfunc Do() {}", "Do has no comment."},
		"a silent method":         {"shared/x", "x.go", "// Package x.\npackage x\n// T.\ntype T int\nfunc (t *T) Do() {}", "Do has no comment."},
		"a silent type":           {"shared/x", "x.go", "// Package x.\npackage x\ntype T struct{}", "T has no comment."},
		"a silent constant":       {"shared/x", "x.go", "// Package x.\npackage x\nconst A = 1", "A has no comment."},
		"a test that skips":       {"shared/x", "x_test.go", "// Package x.\npackage x\nfunc f(t *testing.T) { t.Skipf(``) }", "skips a test."},
		"a test that sleeps":      {"shared/x", "x_test.go", "// Package x.\npackage x\nfunc f() { time.Sleep(1) }", "sleeps in a test."},
		"a main that does much":   {"functions/x", "main.go", "// Command x.\npackage main\n" + strings.Repeat("\n", longest), "functions/x/main.go has more than 40 lines; it should only wire."},
		"a lint that is silenced": {"shared/x", "x.go", "// Package x.\npackage x\n//" + "nolint:all\nvar a = 1", "silences a linter."},
	} {
		t.Run(what, func(t *testing.T) {
			positions := token.NewFileSet()
			file, err := parser.ParseFile(positions, filepath.Join(test.path, test.file), test.text, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			wantComplaint(t, source(test.path, positions, []*ast.File{file}), test.complaint)
		})
	}
}

func source(path string, positions *token.FileSet, files []*ast.File) []string {
	var complaints []string
	commented := false
	for _, file := range files {
		place := positions.File(file.Pos())
		name := filepath.Base(place.Name())
		commented = commented || file.Doc != nil
		if strings.HasPrefix(path, "functions/") && name == "main.go" && place.LineCount() > longest {
			complaints = append(complaints, fmt.Sprintf("%s/main.go has more than %d lines; it should only wire.", path, longest))
		}
		for _, at := range silenced(file) {
			complaints = append(complaints, fmt.Sprintf("%s/%s:%d silences a linter.", path, name, place.Line(at)))
		}
		complain := func(at token.Pos, what string) {
			complaints = append(complaints, fmt.Sprintf("%s/%s:%d: %s", path, name, place.Line(at), what))
		}
		if strings.HasSuffix(name, "_test.go") {
			dodges(file, complain)
		} else {
			silences(file, complain)
		}
	}
	if !commented {
		complaints = append(complaints, path+" has no package comment.")
	}
	return complaints
}

// silenced finds comments that tell a linter to look away.
func silenced(file *ast.File) []token.Pos {
	var found []token.Pos
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//"+"nolint") || strings.HasPrefix(comment.Text, "//lint:") {
				found = append(found, comment.Pos())
			}
		}
	}
	return found
}

// dodges finds tests that skip or sleep.
func dodges(file *ast.File, complain func(token.Pos, string)) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		receiver, _ := selector.X.(*ast.Ident)
		switch selector.Sel.Name {
		case "Skip", "Skipf", "SkipNow":
			if receiver != nil && slices.Contains([]string{"t", "b", "f", "tb"}, receiver.Name) {
				complain(call.Pos(), "skips a test.")
			}
		case "Sleep":
			if receiver != nil && receiver.Name == "time" {
				complain(call.Pos(), "sleeps in a test.")
			}
		}
		return true
	})
}

// silences finds exported names without a comment. A comment on a group counts
// for the constants and variables in it.
func silences(file *ast.File, complain func(token.Pos, string)) {
	check := func(name *ast.Ident, comments ...*ast.CommentGroup) {
		if name.IsExported() && !slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return c != nil }) {
			complain(name.Pos(), name.Name+" has no comment.")
		}
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || receiverIsExported(d.Recv.List[0].Type) {
				check(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					check(spec.Name, spec.Doc, lone(d))
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						check(name, spec.Doc, spec.Comment, d.Doc)
					}
				}
			}
		}
	}
}

// lone is the comment of a declaration that declares one thing.
func lone(d *ast.GenDecl) *ast.CommentGroup {
	if len(d.Specs) != 1 {
		return nil
	}
	return d.Doc
}

func receiverIsExported(kind ast.Expr) bool {
	switch kind := kind.(type) {
	case *ast.StarExpr:
		return receiverIsExported(kind.X)
	case *ast.IndexExpr:
		return receiverIsExported(kind.X)
	case *ast.IndexListExpr:
		return receiverIsExported(kind.X)
	case *ast.Ident:
		return kind.IsExported()
	}
	return false
}
