package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// sources are the packages that the wire is made of, lowest first.
var sources = []string{"fault", "identity", "ice", "protocol"}

// value is one constant.
type value struct {
	name  string
	doc   string
	value constant.Value
}

// source is what reflection cannot tell. Its keys are such as protocol.Post
// for a type and protocol.Post.Text for a field.
type source struct {
	docs   map[string]string
	order  map[string]int     // Of types, as they stand in the files.
	values map[string][]value // Of string types.
	limits []value            // The exported untyped whole numbers of protocol.
}

func readSource(root string) (source, error) {
	s := source{docs: map[string]string{}, order: map[string]int{}, values: map[string][]value{}}
	for _, name := range sources {
		files, err := filepath.Glob(filepath.Join(root, "shared", name, "*.go"))
		if err != nil {
			return source{}, fmt.Errorf("list the files of %s: %w", name, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if err := s.readFile(name, file); err != nil {
				return source{}, err
			}
		}
	}
	return s, nil
}

func (s *source) readFile(pkg, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read a source: %w", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse a source: %w", err)
	}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.readType(pkg, spec, group.Doc)
			case *ast.ValueSpec:
				if group.Tok != token.CONST || len(spec.Values) != 1 {
					continue
				}
				expression := string(text[spec.Values[0].Pos()-1 : spec.Values[0].End()-1])
				if err := s.readConstant(pkg, spec, expression); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *source) readType(pkg string, spec *ast.TypeSpec, group *ast.CommentGroup) {
	name := pkg + "." + spec.Name.Name
	s.order[name] = len(s.order)
	s.docs[name] = plain(spec.Doc, group)
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		for _, ident := range field.Names {
			s.docs[name+"."+ident.Name] = plain(field.Doc, field.Comment)
		}
	}
}

func (s *source) readConstant(pkg string, spec *ast.ValueSpec, expression string) error {
	evaluated, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expression)
	if err != nil {
		return fmt.Errorf("evaluate %s.%s: %w", pkg, spec.Names[0].Name, err)
	}
	v := value{name: spec.Names[0].Name, doc: plain(spec.Doc, spec.Comment), value: evaluated.Value}
	kind, typed := spec.Type.(*ast.Ident)
	switch {
	case typed && v.value.Kind() == constant.String:
		s.values[pkg+"."+kind.Name] = append(s.values[pkg+"."+kind.Name], v)
	case spec.Type == nil && pkg == "protocol" && ast.IsExported(v.name) && v.value.Kind() == constant.Int:
		s.limits = append(s.limits, v)
	}
	return nil
}

var link = regexp.MustCompile(`\[([\w.]+)\]`)

// plain returns the text of the first comment that is there, as paragraphs
// without Go's doc links.
func plain(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if c != nil {
			text := new(doc.Package).Text(c.Text())
			return strings.TrimSpace(link.ReplaceAllString(string(text), "$1"))
		}
	}
	return ""
}
