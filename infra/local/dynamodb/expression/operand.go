package expression

import (
	"slices"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// sum parses the right side of SET: an operand, or two with + or - between.
func (p *parser) sum() (compute, error) {
	left, err := p.setOperand()
	if err != nil {
		return nil, err
	}
	var combine func(a, b attribute.Value) (attribute.Value, error)
	switch {
	case p.accept("+"):
		combine = attribute.Value.Add
	case p.accept("-"):
		combine = attribute.Value.Subtract
	default:
		return left.compute, nil
	}
	operator := p.tokens[p.at-1].text
	right, err := p.setOperand()
	if err != nil {
		return nil, err
	}
	for _, o := range []setOperand{left, right} {
		if o.value != nil && o.value.Kind != attribute.Number {
			return nil, wrongType(operator, o.value.Kind)
		}
	}
	return arithmetic(left.compute, right.compute, combine), nil
}

func arithmetic(left, right compute, combine func(a, b attribute.Value) (attribute.Value, error)) compute {
	return func(before attribute.Item) (attribute.Value, error) {
		a, b, err := pair(left, right, before)
		if err != nil {
			return a, err
		}
		if a.Kind != attribute.Number || b.Kind != attribute.Number {
			return a, errOperandType
		}
		return combine(a, b)
	}
}

func pair(left, right compute, before attribute.Item) (a, b attribute.Value, err error) {
	if a, err = left(before); err == nil {
		b, err = right(before)
	}
	return a, b, err
}

// setOperand is an operand of SET; value is set for a placeholder.
type setOperand struct {
	compute compute
	value   *attribute.Value
}

func (p *parser) setOperand() (setOperand, error) {
	t := p.peek()
	switch {
	case t.kind == valuePlace:
		v, err := p.value()
		return setOperand{value: &v, compute: func(attribute.Item) (attribute.Value, error) { return v, nil }}, err
	case t.kind == word && p.tokens[p.at+1].text == "(":
		return p.setFunction()
	case p.accept("("):
		inner, err := p.sum()
		if err != nil {
			return setOperand{}, err
		}
		return setOperand{compute: inner}, p.expect(")")
	}
	path, err := p.path()
	return setOperand{compute: path.load}, err
}

func (p Path) load(before attribute.Item) (attribute.Value, error) {
	v, ok := p.Find(before)
	if !ok {
		return v, attribute.Refuse("The provided expression refers to an attribute that does not exist in the item")
	}
	return v, nil
}

func (p *parser) setFunction() (setOperand, error) {
	name := p.advance().text
	p.advance()
	switch name {
	case "if_not_exists":
		return p.ifNotExists()
	case "list_append":
		return p.listAppend()
	}
	if _, known := functions[name]; known || name == "size" {
		return setOperand{}, attribute.Refuse("The function is not allowed in an update expression; function: %s", name)
	}
	return setOperand{}, attribute.Refuse("Invalid function name; function: %s", name)
}

func (p *parser) ifNotExists() (setOperand, error) {
	if k := p.peek().kind; k == valuePlace {
		return setOperand{}, attribute.Refuse("Operator or function requires a document path; operator or function: if_not_exists")
	}
	path, err := p.path()
	if err != nil {
		return setOperand{}, err
	}
	if !p.accept(",") {
		return setOperand{}, wrongCount("if_not_exists", 1)
	}
	other, err := p.setOperand()
	if err != nil {
		return setOperand{}, err
	}
	return setOperand{compute: func(before attribute.Item) (attribute.Value, error) {
		if v, ok := path.Find(before); ok {
			return v, nil
		}
		return other.compute(before)
	}}, p.expect(")")
}

func (p *parser) listAppend() (setOperand, error) {
	left, err := p.setOperand()
	if err != nil {
		return setOperand{}, err
	}
	if !p.accept(",") {
		return setOperand{}, wrongCount("list_append", 1)
	}
	right, err := p.setOperand()
	if err != nil {
		return setOperand{}, err
	}
	for _, o := range []setOperand{left, right} {
		if o.value != nil && o.value.Kind != attribute.List {
			return setOperand{}, wrongType("list_append", o.value.Kind)
		}
	}
	return setOperand{compute: func(before attribute.Item) (attribute.Value, error) {
		a, b, err := pair(left.compute, right.compute, before)
		if err != nil {
			return a, err
		}
		if a.Kind != attribute.List || b.Kind != attribute.List {
			return a, errOperandType
		}
		return attribute.Value{Kind: attribute.List, List: slices.Concat(a.List, b.List)}, nil
	}}, p.expect(")")
}

var errPath = attribute.Refuse("The document path provided in the update expression is invalid for update")

// place writes v at the path of an item that is ours to change. An index beyond
// the end of a list appends to it.
func place(item attribute.Item, path Path, v attribute.Value) error {
	return change(attribute.Value{Kind: attribute.Map, Map: item}, path, func(parent *attribute.Value, last Step) {
		switch {
		case last.Name != "":
			parent.Map[last.Name] = v
		case last.Index < len(parent.List):
			parent.List[last.Index] = v
		default:
			parent.List = append(parent.List, v)
		}
	})
}

// remove takes what is at the path out of an item that is ours to change.
func remove(item attribute.Item, path Path) error {
	return change(attribute.Value{Kind: attribute.Map, Map: item}, path, func(parent *attribute.Value, last Step) {
		switch {
		case last.Name != "":
			delete(parent.Map, last.Name)
		case last.Index < len(parent.List):
			parent.List = slices.Delete(parent.List, last.Index, last.Index+1)
		}
	})
}

// change walks to the parent of the path's end and edits it, writing changed
// lists back on the way out because their length may have changed.
func change(v attribute.Value, path Path, edit func(parent *attribute.Value, last Step)) error {
	_, err := changed(v, path, edit)
	return err
}

func changed(v attribute.Value, path Path, edit func(*attribute.Value, Step)) (attribute.Value, error) {
	step := path[0]
	if step.Name != "" && v.Kind != attribute.Map || step.Name == "" && v.Kind != attribute.List {
		return v, errPath
	}
	if len(path) == 1 {
		edit(&v, step)
		return v, nil
	}
	inner, ok := step.in(v)
	if !ok {
		return v, errPath
	}
	inner, err := changed(inner, path[1:], edit)
	if err != nil {
		return v, err
	}
	if step.Name != "" {
		v.Map[step.Name] = inner
	} else {
		v.List[step.Index] = inner
	}
	return v, nil
}
