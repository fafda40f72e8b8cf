package expression

import (
	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// KeyTest is what a key condition asks of one key attribute. The operator is
// one of = < <= > >= BETWEEN begins_with; only BETWEEN has two values.
type KeyTest struct {
	Name     string
	Operator string
	Values   []attribute.Value
}

// KeyCondition parses a KeyConditionExpression: one or two tests, joined by
// AND. Which attributes they may name is for the table's schema to say.
func (p *Params) KeyCondition(source string) ([]KeyTest, error) {
	return parse(p, "KeyConditionExpression", source, (*parser).keyTests)
}

func (p *parser) keyTests() ([]KeyTest, error) {
	var tests []KeyTest
	for {
		test, err := p.keyTest()
		if err != nil {
			return nil, err
		}
		tests = append(tests, test...)
		if p.peek().is("OR") {
			return nil, attribute.Refuse("Invalid operator used in KeyConditionExpression: OR")
		}
		if !p.acceptWord("AND") {
			return tests, nil
		}
	}
}

func (p *parser) keyTest() ([]KeyTest, error) {
	switch {
	case p.accept("("):
		tests, err := p.keyTests()
		if err != nil {
			return nil, err
		}
		return tests, p.expect(")")
	case p.peek().is("NOT"):
		return nil, attribute.Refuse("Invalid operator used in KeyConditionExpression: NOT")
	case p.peek().kind == word && p.tokens[p.at+1].text == "(":
		return p.keyPrefix()
	case p.peek().kind == valuePlace:
		return p.keyReversed()
	}
	name, err := p.keyName()
	if err != nil {
		return nil, err
	}
	if p.acceptWord("BETWEEN") {
		return p.keyRange(name)
	}
	operator, err := p.keyOperator()
	if err != nil {
		return nil, err
	}
	v, err := p.keyValue()
	return []KeyTest{{name, operator, []attribute.Value{v}}}, err
}

// reversed are the operators that say the same with their sides exchanged.
var reversed = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func (p *parser) keyReversed() ([]KeyTest, error) {
	v, err := p.keyValue()
	if err != nil {
		return nil, err
	}
	operator, err := p.keyOperator()
	if err != nil {
		return nil, err
	}
	name, err := p.keyName()
	return []KeyTest{{name, reversed[operator], []attribute.Value{v}}}, err
}

func (p *parser) keyOperator() (string, error) {
	operator := p.peek().text
	if operator == "<>" || p.peek().is("IN") {
		return "", attribute.Refuse("Invalid operator used in KeyConditionExpression: %s", operator)
	}
	if _, ok := reversed[operator]; !ok {
		return "", p.unexpected()
	}
	p.at++
	return operator, nil
}

func (p *parser) keyRange(name string) ([]KeyTest, error) {
	low, err := p.keyValue()
	if err != nil {
		return nil, err
	}
	if !p.acceptWord("AND") {
		return nil, p.unexpected()
	}
	high, err := p.keyValue()
	if err != nil {
		return nil, err
	}
	err = checkBounds(operand{}, operand{value: &low}, operand{value: &high})
	return []KeyTest{{name, "BETWEEN", []attribute.Value{low, high}}}, err
}

func (p *parser) keyPrefix() ([]KeyTest, error) {
	if function := p.peek().text; function != "begins_with" {
		return nil, attribute.Refuse("Invalid operator used in KeyConditionExpression: %s", function)
	}
	p.at += 2
	name, err := p.keyName()
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	v, err := p.keyValue()
	if err != nil {
		return nil, err
	}
	if err := checkPrefix("begins_with", v); err != nil {
		return nil, err
	}
	return []KeyTest{{name, "begins_with", []attribute.Value{v}}}, p.expect(")")
}

func (p *parser) keyName() (string, error) {
	path, err := p.path()
	if err != nil {
		return "", err
	}
	if len(path) > 1 {
		return "", attribute.Refuse("KeyConditionExpressions cannot have conditions on nested attributes")
	}
	return path.Top(), nil
}

func (p *parser) keyValue() (attribute.Value, error) {
	if p.peek().kind != valuePlace {
		return attribute.Value{}, p.unexpected()
	}
	return p.value()
}
