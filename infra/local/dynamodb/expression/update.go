package expression

import (
	"slices"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// Update is a parsed update expression.
type Update struct {
	sets    []assignment
	removes []Path
	adds    []amendment
	deletes []amendment
	paths   Projection
}

// assignment is one path = operand of SET; compute works on the item as it was
// before the update.
type assignment struct {
	path    Path
	compute compute
}

type compute func(before attribute.Item) (attribute.Value, error)

// amendment is one path and value of ADD or DELETE.
type amendment struct {
	path  Path
	value attribute.Value
}

// Paths are all the paths that the update writes, for its return values. A nil
// update writes none.
func (u *Update) Paths() Projection {
	if u == nil {
		return nil
	}
	return u.paths
}

// Update parses an UpdateExpression.
func (p *Params) Update(source string) (*Update, error) {
	return parse(p, "UpdateExpression", source, func(ps *parser) (*Update, error) {
		u := &Update{}
		seen := map[string]bool{}
		for ps.peek().kind != end {
			section := strings.ToUpper(ps.peek().text)
			clause, ok := clauses[section]
			if !ok || ps.peek().kind != word {
				return nil, ps.unexpected()
			}
			if seen[section] {
				return nil, attribute.Refuse("The %q section can only be used once in an update expression;", section)
			}
			seen[section] = true
			ps.advance()
			if err := ps.clause(u, clause); err != nil {
				return nil, err
			}
		}
		return u, disjoint(u.paths)
	})
}

var clauses = map[string]func(*Update, *parser, Path) error{
	"SET":    (*Update).parseSet,
	"REMOVE": (*Update).parseRemove,
	"ADD":    (*Update).parseAdd,
	"DELETE": (*Update).parseDelete,
}

// clause parses the comma-separated actions of one section.
func (p *parser) clause(u *Update, action func(*Update, *parser, Path) error) error {
	for {
		path, err := p.path()
		if err != nil {
			return err
		}
		u.paths = append(u.paths, path)
		if err := action(u, p, path); err != nil {
			return err
		}
		if !p.accept(",") {
			return nil
		}
	}
}

func (u *Update) parseSet(p *parser, path Path) error {
	if err := p.expect("="); err != nil {
		return err
	}
	value, err := p.sum()
	u.sets = append(u.sets, assignment{path, value})
	return err
}

func (u *Update) parseRemove(_ *parser, path Path) error {
	u.removes = append(u.removes, path)
	return nil
}

func (u *Update) parseAdd(p *parser, path Path) error {
	v, err := p.amount("ADD", func(k attribute.Kind) bool { return k == attribute.Number || k.IsSet() })
	u.adds = append(u.adds, amendment{path, v})
	return err
}

func (u *Update) parseDelete(p *parser, path Path) error {
	v, err := p.amount("DELETE", attribute.Kind.IsSet)
	u.deletes = append(u.deletes, amendment{path, v})
	return err
}

func (p *parser) amount(operator string, allowed func(attribute.Kind) bool) (attribute.Value, error) {
	if p.peek().kind != valuePlace {
		return attribute.Value{}, p.unexpected()
	}
	v, err := p.value()
	if err == nil && !allowed(v.Kind) {
		err = attribute.Refuse("Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: ALLOWED_FOR_%s_OPERAND", operator, longNames[v.Kind], operator)
	}
	return v, err
}

// longNames are the names of kinds in messages about updates.
var longNames = map[attribute.Kind]string{
	attribute.String: "STRING", attribute.Number: "NUMBER", attribute.Binary: "BINARY",
	attribute.Bool: "BOOLEAN", attribute.Null: "NULL", attribute.List: "LIST", attribute.Map: "MAP",
	attribute.StringSet: "STRING_SET", attribute.NumberSet: "NUMBER_SET", attribute.BinarySet: "BINARY_SET",
}

// Apply gives the item as it is after the update; the item before, which may
// be nil, stays as it is.
func (u *Update) Apply(before attribute.Item) (attribute.Item, error) {
	after := before.Clone()
	if after == nil {
		after = attribute.Item{}
	}
	if u == nil {
		return after, nil
	}
	for _, set := range u.sets {
		v, err := set.compute(before)
		if err != nil {
			return nil, err
		}
		if err := place(after, set.path, v); err != nil {
			return nil, err
		}
	}
	for _, add := range u.adds {
		if err := add.apply(after, union); err != nil {
			return nil, err
		}
	}
	for _, del := range u.deletes {
		if err := del.apply(after, without); err != nil {
			return nil, err
		}
	}
	for _, path := range u.removals() {
		if err := remove(after, path); err != nil {
			return nil, err
		}
	}
	return after, nil
}

// removals are the paths to remove, of one list its later elements first, so
// that each index still means what it meant before the update.
func (u *Update) removals() []Path {
	ordered := slices.Clone(u.removes)
	slices.SortStableFunc(ordered, func(a, b Path) int {
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				return b[i].Index - a[i].Index
			}
		}
		return 0
	})
	return ordered
}

func (a amendment) apply(item attribute.Item, combine func(old, amount attribute.Value) (attribute.Value, error)) error {
	old, ok := a.path.Find(item)
	if !ok {
		old = attribute.Value{}
	}
	v, err := combine(old, a.value)
	if err != nil {
		return err
	}
	if v.Kind != attribute.None {
		return place(item, a.path, v)
	}
	if !ok {
		return nil
	}
	return remove(item, a.path)
}

var errOperandType = attribute.Refuse("An operand in the update expression has an incorrect data type")

// union is ADD: a sum of numbers or the union of sets.
func union(old, amount attribute.Value) (attribute.Value, error) {
	switch {
	case old.Kind == attribute.None:
		return amount, nil
	case old.Kind != amount.Kind:
		return old, errOperandType
	case old.Kind == attribute.Number:
		return old.Add(amount)
	}
	joined := attribute.Value{Kind: old.Kind, List: slices.Clone(old.List)}
	for _, member := range amount.List {
		if !old.Contains(member) {
			joined.List = append(joined.List, member)
		}
	}
	return joined, nil
}

// without is DELETE: the old set less some members, or nothing if none is left.
func without(old, amount attribute.Value) (attribute.Value, error) {
	if old.Kind == attribute.None {
		return old, nil
	}
	if old.Kind != amount.Kind {
		return old, errOperandType
	}
	left := slices.DeleteFunc(slices.Clone(old.List), amount.Contains)
	if len(left) == 0 {
		return attribute.Value{}, nil
	}
	return attribute.Value{Kind: old.Kind, List: left}, nil
}
