package expression

import (
	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

func (c *conditionParser) comparison() (test, error) {
	left, err := c.operand()
	if err != nil {
		return nil, err
	}
	switch {
	case c.acceptWord("BETWEEN"):
		return c.between(left)
	case c.acceptWord("IN"):
		return c.in(left)
	}
	operator := c.peek().text
	judge, ok := comparators[operator]
	if !ok {
		return nil, c.unexpected()
	}
	c.advance()
	right, err := c.operand()
	if err != nil {
		return nil, err
	}
	if operator != "=" && operator != "<>" {
		if err := ordered(operator, left, right); err != nil {
			return nil, err
		}
	}
	if left.label == right.label {
		return nil, attribute.Refuse("The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", operator, left.label)
	}
	return func(it attribute.Item) bool {
		a, okA := left.find(it)
		b, okB := right.find(it)
		if !okA || !okB {
			return operator == "<>" && okA != okB
		}
		return judge(a, b)
	}, nil
}

var comparators = map[string]func(a, b attribute.Value) bool{
	"=":  attribute.Value.Equal,
	"<>": func(a, b attribute.Value) bool { return !a.Equal(b) },
	"<":  byOrder(func(order int) bool { return order < 0 }),
	"<=": byOrder(func(order int) bool { return order <= 0 }),
	">":  byOrder(func(order int) bool { return order > 0 }),
	">=": byOrder(func(order int) bool { return order >= 0 }),
}

func byOrder(accept func(int) bool) func(a, b attribute.Value) bool {
	return func(a, b attribute.Value) bool {
		order, ok := a.Compare(b)
		return ok && accept(order)
	}
}

// ordered refuses placeholders whose values have no order.
func ordered(operator string, operands ...operand) error {
	for _, o := range operands {
		if o.value == nil {
			continue
		}
		if _, ok := o.value.Compare(*o.value); !ok {
			return wrongType(operator, o.value.Kind)
		}
	}
	return nil
}

func (c *conditionParser) between(left operand) (test, error) {
	low, err := c.operand()
	if err != nil {
		return nil, err
	}
	if !c.acceptWord("AND") {
		return nil, c.unexpected()
	}
	high, err := c.operand()
	if err != nil {
		return nil, err
	}
	if err := checkBounds(left, low, high); err != nil {
		return nil, err
	}
	return func(it attribute.Item) bool {
		v, ok1 := left.find(it)
		a, ok2 := low.find(it)
		b, ok3 := high.find(it)
		return ok1 && ok2 && ok3 && comparators["<="](a, v) && comparators["<="](v, b)
	}, nil
}

func checkBounds(left, low, high operand) error {
	if err := ordered("BETWEEN", left, low, high); err != nil {
		return err
	}
	if low.value == nil || high.value == nil {
		return nil
	}
	order, ok := low.value.Compare(*high.value)
	if !ok {
		return attribute.Refuse("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", quote(*low.value), quote(*high.value))
	}
	if order > 0 {
		return attribute.Refuse("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: %s, upper bound operand: AttributeValue: %s", quote(*low.value), quote(*high.value))
	}
	return nil
}

func quote(v attribute.Value) string { return "{" + v.Kind.String() + ":" + v.Text + "}" }

// maxList is the most operands that IN takes.
const maxList = 100

func (c *conditionParser) in(left operand) (test, error) {
	list, err := c.arguments()
	if err != nil {
		return nil, err
	}
	if len(list) > maxList {
		return nil, wrongCount("IN", len(list))
	}
	return func(it attribute.Item) bool {
		v, ok := left.find(it)
		if !ok {
			return false
		}
		for _, o := range list {
			if w, ok := o.find(it); ok && v.Equal(w) {
				return true
			}
		}
		return false
	}, nil
}

func wrongCount(name string, n int) error {
	return attribute.Refuse("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, n)
}

func wrongType(name string, k attribute.Kind) error {
	return attribute.Refuse("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", name, k)
}
