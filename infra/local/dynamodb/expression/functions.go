package expression

import (
	"slices"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// function is a function that is true or false.
type function struct {
	operands int
	ofPath   bool // the first operand must be a document path
	// check refuses an operand after the first that is a placeholder.
	check func(name string, v attribute.Value) error
	judge func(args []operand, it attribute.Item) bool
}

var functions = map[string]function{
	"attribute_exists":     {1, true, nil, exists},
	"attribute_not_exists": {1, true, nil, func(args []operand, it attribute.Item) bool { return !exists(args, it) }},
	"attribute_type":       {2, true, checkTypeName, both(hasType)},
	"begins_with":          {2, false, checkPrefix, both(beginsWith)},
	"contains":             {2, false, nil, both(contains)},
}

func (c *conditionParser) function() (test, error) {
	name := c.peek().text
	f, ok := functions[name]
	switch {
	case isUpdateFunction(name):
		return nil, attribute.Refuse("The function is not allowed in a condition expression; function: %s", name)
	case !ok:
		return nil, attribute.Refuse("Invalid function name; function: %s", name)
	}
	c.advance()
	args, err := c.arguments()
	if err != nil {
		return nil, err
	}
	switch {
	case len(args) != f.operands:
		return nil, wrongCount(name, len(args))
	case f.ofPath && args[0].path == nil:
		return nil, attribute.Refuse("Operator or function requires a document path; operator or function: %s", name)
	case len(args) == 2 && args[0].label == args[1].label:
		return nil, attribute.Refuse("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", name, args[0].label)
	}
	if f.check != nil {
		for _, arg := range args {
			if arg.value == nil {
				continue
			}
			if err := f.check(name, *arg.value); err != nil {
				return nil, err
			}
		}
	}
	return func(it attribute.Item) bool { return f.judge(args, it) }, nil
}

func exists(args []operand, it attribute.Item) bool {
	_, ok := args[0].find(it)
	return ok
}

// both makes a judge that is false unless both operands are there.
func both(judge func(a, b attribute.Value) bool) func([]operand, attribute.Item) bool {
	return func(args []operand, it attribute.Item) bool {
		a, okA := args[0].find(it)
		b, okB := args[1].find(it)
		return okA && okB && judge(a, b)
	}
}

func hasType(a, b attribute.Value) bool {
	return b.Kind == attribute.String && a.Kind.String() == b.Text
}

func checkTypeName(name string, v attribute.Value) error {
	if v.Kind != attribute.String {
		return wrongType(name, v.Kind)
	}
	if attribute.KindOf(v.Text) == attribute.None {
		return attribute.Refuse("Invalid attribute type name found; type: %s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}", v.Text)
	}
	return nil
}

func beginsWith(a, b attribute.Value) bool {
	return a.Kind == b.Kind && hasPrefixes(a.Kind) && strings.HasPrefix(a.Text, b.Text)
}

func checkPrefix(name string, v attribute.Value) error {
	if !hasPrefixes(v.Kind) {
		return wrongType(name, v.Kind)
	}
	return nil
}

func hasPrefixes(k attribute.Kind) bool { return k == attribute.String || k == attribute.Binary }

func contains(a, b attribute.Value) bool {
	if hasPrefixes(a.Kind) {
		return a.Kind == b.Kind && strings.Contains(a.Text, b.Text)
	}
	return a.Contains(b)
}

func isUpdateFunction(name string) bool {
	return slices.Contains([]string{"if_not_exists", "list_append"}, name)
}
