package expression

import (
	"slices"
	"strconv"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// Path is a document path such as a.b[1]; its first step is an attribute name.
type Path []Step

// Step is one step of a path: into a map by name, or, if Name is empty, into a
// list by index.
type Step struct {
	Name  string
	Index int
}

// String writes the path as DynamoDB's messages do: [a, b, [1]].
func (p Path) String() string {
	steps := make([]string, len(p))
	for i, s := range p {
		if steps[i] = s.Name; s.Name == "" {
			steps[i] = "[" + strconv.Itoa(s.Index) + "]"
		}
	}
	return "[" + strings.Join(steps, ", ") + "]"
}

// Top is the name of the attribute in which the path begins.
func (p Path) Top() string { return p[0].Name }

// Find gives the value at the path.
func (p Path) Find(item attribute.Item) (attribute.Value, bool) {
	v := attribute.Value{Kind: attribute.Map, Map: item}
	for _, s := range p {
		inner, ok := s.in(v)
		if !ok {
			return attribute.Value{}, false
		}
		v = inner
	}
	return v, true
}

func (s Step) in(v attribute.Value) (attribute.Value, bool) {
	if s.Name != "" {
		inner, ok := v.Map[s.Name]
		return inner, ok
	}
	if v.Kind != attribute.List || s.Index >= len(v.List) {
		return attribute.Value{}, false
	}
	return v.List[s.Index], true
}

// disjoint refuses paths of which one begins another, and paths that treat the
// same place once as a map and once as a list.
func disjoint(paths []Path) error {
	for i, a := range paths {
		for _, b := range paths[i+1:] {
			n := 0
			for n < len(a) && n < len(b) && a[n] == b[n] {
				n++
			}
			switch {
			case n == len(a) || n == len(b):
				return attribute.Refuse("Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", a, b)
			case (a[n].Name == "") != (b[n].Name == ""):
				return attribute.Refuse("Two document paths conflict with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", a, b)
			}
		}
	}
	return nil
}

// Projection is a set of paths to keep of an item.
type Projection []Path

// Of makes a projection of whole attributes.
func Of(names ...string) Projection {
	p := make(Projection, len(names))
	for i, name := range names {
		p[i] = Path{{Name: name}}
	}
	return p
}

// Apply keeps of an item what the paths name. Elements taken out of one list
// stay together in one list, in their order.
func (p Projection) Apply(item attribute.Item) attribute.Item {
	kept, _ := keep(attribute.Value{Kind: attribute.Map, Map: item}, p)
	if kept.Map == nil {
		return attribute.Item{}
	}
	return kept.Map
}

// keep follows the paths one step into v and assembles what they find.
func keep(v attribute.Value, paths []Path) (attribute.Value, bool) {
	kept := attribute.Value{Kind: v.Kind}
	for _, group := range byFirstStep(paths) {
		step := group[0][0]
		inner, ok := step.in(v)
		if !ok {
			continue
		}
		if len(group[0]) > 1 {
			if inner, ok = keep(inner, tails(group)); !ok {
				continue
			}
		}
		if step.Name == "" {
			kept.List = append(kept.List, inner)
			continue
		}
		if kept.Map == nil {
			kept.Map = attribute.Item{}
		}
		kept.Map[step.Name] = inner
	}
	return kept, kept.Map != nil || kept.List != nil
}

// byFirstStep groups paths by their first step, list indexes in ascending
// order.
func byFirstStep(paths []Path) [][]Path {
	var groups [][]Path
	for _, p := range paths {
		i := slices.IndexFunc(groups, func(g []Path) bool { return g[0][0] == p[0] })
		if i < 0 {
			groups = append(groups, []Path{p})
			continue
		}
		groups[i] = append(groups[i], p)
	}
	slices.SortStableFunc(groups, func(a, b []Path) int { return a[0][0].Index - b[0][0].Index })
	return groups
}

func tails(paths []Path) []Path {
	cut := make([]Path, len(paths))
	for i, p := range paths {
		cut[i] = p[1:]
	}
	return cut
}
