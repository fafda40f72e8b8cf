package template

import (
	"errors"
	"fmt"
	"reflect"
)

// condition tells whether a named condition holds.
func (s *stack) condition(name string) (bool, error) {
	if holds, ok := s.decided[name]; ok {
		return holds, nil
	}
	written, ok := s.conditions[name]
	if !ok {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	key := "condition " + name
	if s.visiting[key] {
		return false, fmt.Errorf("the condition %s depends on itself", name)
	}
	s.visiting[key] = true
	defer delete(s.visiting, key)
	holds, err := s.decide("Conditions."+name, written)
	if err == nil {
		s.decided[name] = holds
	}
	return holds, err
}

// decide evaluates the body of a condition.
func (s *stack) decide(at string, v any) (bool, error) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return false, &located{at, errors.New("want one of Fn::Equals, Fn::And, Fn::Or, Fn::Not, Condition")}
	}
	if name, ok := m["Condition"].(string); ok {
		return s.condition(name)
	}
	name, arg, _ := intrinsic(m)
	list, ok := arg.([]any)
	if !ok {
		return false, &located{at, errors.New("want a list")}
	}
	switch {
	case name == "Fn::Equals" && len(list) == 2:
		pair, err := s.resolve(at, list)
		if err != nil {
			return false, err
		}
		return same(pair.([]any)), nil
	case name == "Fn::Not" && len(list) == 1:
		holds, err := s.decide(at, list[0])
		return !holds, err
	case (name == "Fn::And" || name == "Fn::Or") && len(list) >= 2:
		return s.decideAll(at, name == "Fn::And", list)
	default:
		return false, &located{at, fmt.Errorf("%s has %d operands", name, len(list))}
	}
}

// decideAll evaluates Fn::And and Fn::Or. It looks at every operand, so that a
// mistake in the last one shows.
func (s *stack) decideAll(at string, and bool, list []any) (bool, error) {
	result := and
	for i, operand := range list {
		holds, err := s.decide(index(at, i), operand)
		if err != nil {
			return false, err
		}
		if holds != and {
			result = !and
		}
	}
	return result, nil
}

// same compares as CloudFormation does, by text where there is one.
func same(pair []any) bool {
	if len(pair) != 2 {
		return false // one of them was AWS::NoValue
	}
	a, okA := scalarText(pair[0])
	b, okB := scalarText(pair[1])
	if okA && okB {
		return a == b
	}
	return reflect.DeepEqual(pair[0], pair[1])
}
