package eventsource

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
)

// pattern is a compiled filter pattern. It tells of a value whether the pattern
// matches, and of an absent field too (present is false then).
type pattern func(value any, present bool) bool

// compileFilter reads one pattern of a mapping's FilterCriteria:
//
//	{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":[{"prefix":"ticket."}]}}}}
//
// All fields must match; a field matches if one entry of its list does. Source:
// "Control which events Lambda sends to your function" in the Lambda developer
// guide.
func compileFilter(text string) (pattern, error) {
	var written map[string]any
	if err := json.Unmarshal([]byte(text), &written); err != nil {
		return nil, fmt.Errorf("a filter pattern is a JSON object: %w", err)
	}
	if written == nil { // the text was null
		return nil, errors.New("a filter pattern is a JSON object, not null")
	}
	return compileObject(written)
}

// compileObject compiles an object of fields.
func compileObject(written map[string]any) (pattern, error) {
	fields := map[string]pattern{}
	var either []pattern
	for key, v := range written {
		p, err := compileField(key, v)
		if err != nil {
			return nil, err
		}
		if key == "$or" {
			either = append(either, p)
			continue
		}
		fields[key] = p
	}
	return func(value any, _ bool) bool {
		object, _ := value.(map[string]any)
		for key, p := range fields {
			field, present := object[key]
			if !p(field, present) {
				return false
			}
		}
		return len(either) == 0 || either[0](value, true)
	}, nil
}

// compileField compiles what stands at one key.
func compileField(key string, v any) (pattern, error) {
	var p pattern
	var err error
	list, isList := v.([]any)
	switch object, isObject := v.(map[string]any); {
	case isList && len(list) == 0:
		err = errors.New("want at least one value")
	case isList && key == "$or":
		p, err = compileAny(list, compileBranch)
	case isList:
		p, err = compileAny(list, compileEntry)
	case isObject && key != "$or":
		p, err = compileObject(object)
	default:
		err = errors.New("want a list or an object")
	}
	if err != nil {
		return nil, fmt.Errorf("filter pattern at %s: %w", key, err)
	}
	return p, nil
}

// compileAny compiles a list, of which one entry must match.
func compileAny(list []any, compile func(any) (pattern, error)) (pattern, error) {
	entries := make([]pattern, len(list))
	for i, v := range list {
		var err error
		if entries[i], err = compile(v); err != nil {
			return nil, err
		}
	}
	return func(value any, present bool) bool {
		for _, p := range entries {
			if p(value, present) {
				return true
			}
		}
		return false
	}, nil
}

func compileBranch(v any) (pattern, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("want objects")
	}
	return compileObject(object)
}

// compileEntry compiles one entry of a field's list: a value, or an operator.
func compileEntry(v any) (pattern, error) {
	switch x := v.(type) {
	case []any:
		return nil, errors.New("a list stands inside a list")
	case map[string]any:
		if len(x) != 1 {
			return nil, errors.New("an operator stands alone")
		}
		for name, operand := range x {
			return compileOperator(name, operand)
		}
	}
	return elements(func(value any) bool { return value == v }), nil
}

// elements matches a scalar, or a list of which one entry matches.
func elements(matches func(any) bool) pattern {
	return func(value any, present bool) bool {
		list, isList := value.([]any)
		if !isList {
			return present && scalar(value) && matches(value)
		}
		for _, entry := range list {
			if scalar(entry) && matches(entry) {
				return true
			}
		}
		return false
	}
}

// scalar tells whether a value can be compared.
func scalar(v any) bool {
	kind := reflect.ValueOf(v).Kind()
	return kind != reflect.Map && kind != reflect.Slice
}

func compileOperator(name string, operand any) (pattern, error) {
	text, isText := operand.(string)
	switch {
	case name == "exists":
		want, ok := operand.(bool)
		if !ok {
			return nil, errors.New("exists: want true or false")
		}
		return func(value any, present bool) bool {
			_, object := value.(map[string]any)
			return (present && !object) == want
		}, nil
	case name == "prefix" && isText:
		return texts(func(s string) bool { return strings.HasPrefix(s, text) }), nil
	case name == "suffix" && isText:
		return texts(func(s string) bool { return strings.HasSuffix(s, text) }), nil
	case name == "equals-ignore-case" && isText:
		return texts(func(s string) bool { return strings.EqualFold(s, text) }), nil
	case name == "anything-but":
		return compileAnythingBut(operand)
	case name == "numeric":
		return compileNumeric(operand)
	default:
		return nil, fmt.Errorf("the local twin does not know the operator %s with this operand", name)
	}
}

func texts(matches func(string) bool) pattern {
	return elements(func(v any) bool {
		s, ok := v.(string)
		return ok && matches(s)
	})
}

// compileAnythingBut matches what is there and is none of the entries.
func compileAnythingBut(operand any) (pattern, error) {
	list, ok := operand.([]any)
	if !ok {
		list = []any{operand}
	}
	if len(list) == 0 {
		return nil, errors.New("anything-but: want at least one value")
	}
	refused, err := compileAny(list, compileEntry)
	if err != nil {
		return nil, fmt.Errorf("anything-but: %w", err)
	}
	return elements(func(v any) bool { return !refused(v, true) }), nil
}

// compileNumeric reads ["=", 3] and [">", 0, "<=", 5]. Numbers in a table's
// items are texts in a stream's records, so it never matches those.
func compileNumeric(operand any) (pattern, error) {
	list, _ := operand.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, errors.New("numeric: want one or two comparisons")
	}
	low, high := math.Inf(-1), math.Inf(1) // exclusive
	for i := 0; i < len(list); i += 2 {
		bound, ok := list[i+1].(float64)
		if !ok {
			return nil, errors.New("numeric: want a number after each sign")
		}
		switch list[i] {
		case "=":
			low, high = math.Nextafter(bound, low), math.Nextafter(bound, high)
		case ">":
			low = bound
		case ">=":
			low = math.Nextafter(bound, low)
		case "<":
			high = bound
		case "<=":
			high = math.Nextafter(bound, high)
		default:
			return nil, errors.New("numeric: the signs are =, <, <=, > and >=")
		}
	}
	return elements(func(v any) bool {
		n, ok := v.(float64)
		return ok && n > low && n < high
	}), nil
}
