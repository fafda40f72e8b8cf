package main

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// wire is everything that travels, ready to be written down in any language.
type wire struct {
	commands []protocol.Command
	pushes   []protocol.News
	types    []named
	limits   []value
}

// named is a type with a name of its own.
type named struct {
	name     string
	doc      string
	kind     reflect.Kind
	values   []value  // Of a string with constants.
	embedded []string // Of a struct.
	fields   []field  // Of a struct, its own and not the embedded ones.
}

// field is one member of a JSON object.
type field struct {
	name     string
	doc      string
	kind     reflect.Type
	optional bool
}

// aside are types that travel without being named in the catalog.
var aside = []reflect.Type{
	reflect.TypeFor[fault.Error](),
	reflect.TypeFor[identity.Capability](),
}

// renamed are the types whose Go name says too little without its package.
var renamed = map[string]string{"fault.Code": "FaultCode", "fault.Error": "Fault", "ice.Server": "ICEServer", "protocol.Record": "DirectoryRecord"}

func read(root string) (wire, error) {
	s, err := readSource(root)
	if err != nil {
		return wire{}, err
	}
	found := map[reflect.Type]bool{}
	for _, t := range aside {
		reach(t, found)
	}
	for _, c := range protocol.Commands {
		reach(c.Data, found)
		reach(c.Reply, found)
	}
	for _, p := range protocol.Pushes {
		reach(p.Data, found)
	}
	w := wire{commands: protocol.Commands, pushes: protocol.Pushes, limits: s.limits}
	for _, t := range inOrder(found, s.order) {
		n, err := describe(t, s)
		if err != nil {
			return wire{}, err
		}
		w.types = append(w.types, n)
	}
	return w, nil
}

// reach finds every named type that t is made of.
func reach(t reflect.Type, found map[reflect.Type]bool) {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		if t != raw && t != binary {
			reach(t.Elem(), found)
		}
		return
	}
	if t.PkgPath() == "" || found[t] {
		return
	}
	found[t] = true
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("json") != "-" {
			reach(t.Field(i).Type, found)
		}
	}
}

func inOrder(found map[reflect.Type]bool, order map[string]int) []reflect.Type {
	var list []reflect.Type
	for t := range found {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b reflect.Type) int { return cmp.Compare(order[a.String()], order[b.String()]) })
	return list
}

func describe(t reflect.Type, s source) (named, error) {
	n := named{name: nameOf(t), kind: t.Kind(), values: s.values[t.String()]}
	n.doc = s.docs[t.String()]
	if rest, ok := strings.CutPrefix(n.doc, t.Name()+" "); ok {
		n.doc = n.name + " " + rest
	}
	if n.doc == "" {
		return named{}, fmt.Errorf("%s has no comment", t)
	}
	if t.Kind() != reflect.Struct {
		return n, nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			n.embedded = append(n.embedded, nameOf(f.Type))
		case name == "":
			return named{}, fmt.Errorf("%s.%s has no JSON name", t, f.Name)
		case name != "-":
			n.fields = append(n.fields, field{
				name: name, doc: s.docs[t.String()+"."+f.Name], kind: f.Type, optional: options == "omitempty",
			})
		}
	}
	return n, nil
}

// nameOf returns the name of a type on the wire.
func nameOf(t reflect.Type) string {
	if name, ok := renamed[t.String()]; ok {
		return name
	}
	return t.Name()
}
