package expression

import (
	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// Condition is a parsed condition or filter.
type Condition struct {
	holds test
	// Names are the attributes in which the condition's paths begin.
	Names []string
}

// Holds tells whether an item, which may be nil, meets the condition. A nil
// condition always holds.
func (c *Condition) Holds(item attribute.Item) bool { return c == nil || c.holds(item) }

// test judges an item; find takes an operand's value from one.
type (
	test func(attribute.Item) bool
	find func(attribute.Item) (attribute.Value, bool)
)

// operand is one argument of a comparison or function.
type operand struct {
	find  find
	path  Path             // set for a document path
	value *attribute.Value // set for a placeholder
	label string           // as DynamoDB's messages write it
}

// Condition parses a condition. The kind names it in refusals:
// ConditionExpression or FilterExpression.
func (p *Params) Condition(kind, source string) (*Condition, error) {
	return parse(p, kind, source, func(ps *parser) (*Condition, error) {
		c := &conditionParser{parser: ps}
		holds, err := c.or()
		return &Condition{holds: holds, Names: c.names}, err
	})
}

type conditionParser struct {
	*parser
	names []string
}

func (c *conditionParser) or() (test, error) {
	left, err := c.and()
	for err == nil && c.acceptWord("OR") {
		a := left
		b, e := c.and()
		left, err = func(it attribute.Item) bool { return a(it) || b(it) }, e
	}
	return left, err
}

func (c *conditionParser) and() (test, error) {
	left, err := c.not()
	for err == nil && c.acceptWord("AND") {
		a := left
		b, e := c.not()
		left, err = func(it attribute.Item) bool { return a(it) && b(it) }, e
	}
	return left, err
}

func (c *conditionParser) not() (test, error) {
	if !c.acceptWord("NOT") {
		return c.primary()
	}
	inner, err := c.not()
	return func(it attribute.Item) bool { return !inner(it) }, err
}

// primary is a parenthesis, a function that is true or false, or a comparison.
func (c *conditionParser) primary() (test, error) {
	if c.accept("(") {
		nested := c.peek().text == "("
		start := c.at
		inner, err := c.or()
		if err != nil {
			return nil, err
		}
		if nested && c.closes(start) {
			c.redundant = true
		}
		return inner, c.expect(")")
	}
	if c.peek().kind == word && c.tokens[c.at+1].text == "(" && c.peek().text != "size" {
		return c.function()
	}
	return c.comparison()
}

// closes tells whether the parenthesis that opens at start closes just before
// the present token.
func (c *conditionParser) closes(start int) bool {
	depth := 0
	for i := start; i < c.at; i++ {
		switch c.tokens[i].text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 {
			return i == c.at-1
		}
	}
	return false
}

func (c *conditionParser) operand() (operand, error) {
	switch {
	case c.peek().kind == valuePlace:
		label := c.peek().text
		v, err := c.value()
		return operand{
			find:  func(attribute.Item) (attribute.Value, bool) { return v, true },
			value: &v, label: label,
		}, err
	case c.peek().kind == word && c.tokens[c.at+1].text == "(":
		return c.size()
	}
	path, err := c.path()
	if err != nil {
		return operand{}, err
	}
	c.names = append(c.names, path.Top())
	return operand{find: path.Find, path: path, label: path.String()}, nil
}

func (c *conditionParser) size() (operand, error) {
	name := c.peek().text
	if name != "size" {
		if _, known := functions[name]; known || isUpdateFunction(name) {
			return operand{}, attribute.Refuse("The function is not allowed to be used this way in an expression; function: %s", name)
		}
		return operand{}, attribute.Refuse("Invalid function name; function: %s", name)
	}
	c.advance()
	args, err := c.arguments()
	if err != nil {
		return operand{}, err
	}
	if len(args) != 1 {
		return operand{}, wrongCount("size", len(args))
	}
	if v := args[0].value; v != nil && !sizable(v.Kind) {
		return operand{}, wrongType("size", v.Kind)
	}
	measure := func(it attribute.Item) (attribute.Value, bool) {
		v, ok := args[0].find(it)
		if !ok || !sizable(v.Kind) {
			return attribute.Value{}, false
		}
		return attribute.Int(int64(len(v.Text) + len(v.List) + len(v.Map))), true
	}
	return operand{find: measure, label: "size(" + args[0].label + ")"}, nil
}

func sizable(k attribute.Kind) bool {
	return k == attribute.String || k == attribute.Binary || k == attribute.List || k == attribute.Map || k.IsSet()
}

// arguments parses (operand, …).
func (c *conditionParser) arguments() ([]operand, error) {
	if err := c.expect("("); err != nil {
		return nil, err
	}
	var args []operand
	for {
		arg, err := c.operand()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if !c.accept(",") {
			return args, c.expect(")")
		}
	}
}
