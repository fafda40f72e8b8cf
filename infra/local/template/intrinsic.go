package template

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// intrinsics are the intrinsic functions that the twin evaluates.
var intrinsics = map[string]bool{
	"Ref": true, "Fn::GetAtt": true, "Fn::Sub": true, "Fn::Join": true, "Fn::Split": true,
	"Fn::Select": true, "Fn::FindInMap": true, "Fn::If": true, "Fn::Base64": true, "Fn::GetAZs": true,
	"Fn::Equals": true, "Fn::And": true, "Fn::Or": true, "Fn::Not": true,
}

// resolve returns v with every intrinsic replaced by its value.
func (s *stack) resolve(at string, v any) (any, error) {
	switch x := v.(type) {
	case []any:
		list := make([]any, 0, len(x))
		for i, entry := range x {
			value, err := s.resolve(index(at, i), entry)
			if err != nil {
				return nil, err
			}
			if value != (noValue{}) {
				list = append(list, value)
			}
		}
		return list, nil
	case map[string]any:
		if name, arg, ok := intrinsic(x); ok {
			return s.call(at, name, arg)
		}
		m := make(map[string]any, len(x))
		for key, entry := range x {
			value, err := s.resolve(join(at, key), entry)
			if err != nil {
				return nil, err
			}
			if value != (noValue{}) {
				m[key] = value
			}
		}
		return m, nil
	default:
		return v, nil
	}
}

// call evaluates one intrinsic function.
func (s *stack) call(at, name string, arg any) (any, error) {
	value, err := s.evaluate(at, name, arg)
	if err == nil {
		s.composed += size(value)
		if s.composed > maxComposed {
			err = fmt.Errorf("the template composes more than %d bytes of text", maxComposed)
		}
	}
	// An error that was found deeper inside names its place already.
	if err != nil && !errors.As(err, new(*located)) {
		return nil, &located{at: at, err: fmt.Errorf("%s: %w", name, err)}
	}
	return value, err
}

func (s *stack) evaluate(at, name string, arg any) (any, error) {
	switch name {
	case "Ref":
		id, ok := arg.(string)
		if !ok {
			return nil, errors.New("want a name")
		}
		return s.ref(id)
	case "Fn::Sub":
		return s.sub(at, arg)
	case "Fn::If":
		return s.branch(at, arg)
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		return nil, errors.New("stands only in Conditions")
	}
	arg, err := s.resolve(at, arg)
	if err != nil {
		return nil, err
	}
	switch name {
	case "Fn::GetAtt":
		return s.getAtt(arg)
	case "Fn::Join":
		return joinList(arg)
	case "Fn::Split":
		return splitText(arg)
	case "Fn::Select":
		return selectEntry(arg)
	case "Fn::FindInMap":
		return s.findInMap(arg)
	case "Fn::Base64":
		text, ok := scalarText(arg)
		if !ok {
			return nil, errors.New("want a text")
		}
		return base64.StdEncoding.EncodeToString([]byte(text)), nil
	default: // Fn::GetAZs
		return []any{Region + "a", Region + "b", Region + "c"}, nil
	}
}

// located is an error that names its place in the template.
type located struct {
	at  string
	err error
}

func (e *located) Error() string { return where(e.at) + ": " + e.err.Error() }
func (e *located) Unwrap() error { return e.err }

// size counts the bytes of text in a value.
func size(v any) int {
	total := 1
	switch x := v.(type) {
	case string:
		total += len(x)
	case []any:
		for _, entry := range x {
			total += size(entry)
		}
	case map[string]any:
		for key, entry := range x {
			total += len(key) + size(entry)
		}
	}
	return total
}

var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// sub replaces ${Name}, ${Name.Attribute} and the variables of its own map;
// ${!Name} stands for a literal ${Name}.
func (s *stack) sub(at string, arg any) (any, error) {
	text, ok := arg.(string)
	own := map[string]any{}
	if pair, isPair := arg.([]any); isPair && len(pair) == 2 {
		text, ok = pair[0].(string)
		vars, isMap := pair[1].(map[string]any)
		ok = ok && isMap
		own = vars
	}
	if !ok {
		return nil, errors.New("want a text, or a list of a text and a map")
	}
	var out strings.Builder
	end := 0
	for _, m := range variable.FindAllStringIndex(text, -1) {
		name := text[m[0]+2 : m[1]-1]
		out.WriteString(text[end:m[0]])
		end = m[1]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			out.WriteString("${" + literal + "}")
			continue
		}
		value, err := s.substitute(at, strings.TrimSpace(name), own)
		if err != nil {
			return nil, err
		}
		if s.composed += len(value); s.composed > maxComposed {
			return nil, fmt.Errorf("the template composes more than %d bytes of text", maxComposed)
		}
		out.WriteString(value)
	}
	out.WriteString(text[end:])
	return out.String(), nil
}

// substitute gives the text for ${name} in a Sub with its own variables.
func (s *stack) substitute(at, name string, own map[string]any) (string, error) {
	var value any
	var err error
	if v, ok := own[name]; ok {
		value, err = s.resolve(join(at, name), v)
	} else if strings.Contains(name, ".") {
		value, err = s.getAtt(name)
	} else {
		value, err = s.ref(name)
	}
	if err != nil {
		return "", err
	}
	text, ok := scalarText(value)
	if !ok {
		return "", fmt.Errorf("${%s} is no text", name)
	}
	return text, nil
}

// branch evaluates Fn::If and leaves the branch that is not taken alone.
func (s *stack) branch(at string, arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) != 3 {
		return nil, errors.New("want a condition's name and two values")
	}
	name, ok := list[0].(string)
	if !ok {
		return nil, errors.New("want a condition's name first")
	}
	holds, err := s.condition(name)
	if err != nil {
		return nil, err
	}
	if holds {
		return s.resolve(index(at, 1), list[1])
	}
	return s.resolve(index(at, 2), list[2])
}

func joinList(arg any) (any, error) {
	pair, ok := arg.([]any)
	if !ok || len(pair) != 2 {
		return nil, errors.New("want a delimiter and a list")
	}
	delimiter, isText := pair[0].(string)
	list, isList := pair[1].([]any)
	if !isText || !isList {
		return nil, errors.New("want a delimiter and a list")
	}
	parts := make([]string, len(list))
	length := 0
	for i, entry := range list {
		if parts[i], ok = scalarText(entry); !ok {
			return nil, fmt.Errorf("entry %d is no text", i)
		}
		length += len(parts[i]) + len(delimiter)
	}
	if length > maxComposed {
		return nil, fmt.Errorf("gives more than %d bytes", maxComposed)
	}
	return strings.Join(parts, delimiter), nil
}

func splitText(arg any) (any, error) {
	pair, ok := arg.([]any)
	if !ok || len(pair) != 2 {
		return nil, errors.New("want a delimiter and a text")
	}
	delimiter, ok1 := pair[0].(string)
	text, ok2 := scalarText(pair[1])
	if !ok1 || !ok2 || delimiter == "" {
		return nil, errors.New("want a delimiter and a text")
	}
	var parts []any
	for part := range strings.SplitSeq(text, delimiter) {
		parts = append(parts, part)
	}
	return parts, nil
}

func selectEntry(arg any) (any, error) {
	pair, ok := arg.([]any)
	if !ok || len(pair) != 2 {
		return nil, errors.New("want an index and a list")
	}
	text, _ := scalarText(pair[0])
	i, err := strconv.Atoi(text)
	list, ok := pair[1].([]any)
	if err != nil || !ok {
		return nil, errors.New("want an index and a list")
	}
	if i < 0 || i >= len(list) {
		return nil, fmt.Errorf("index %d is outside a list of %d entries", i, len(list))
	}
	return list[i], nil
}

func (s *stack) findInMap(arg any) (any, error) {
	keys, ok := arg.([]any)
	if !ok || len(keys) != 3 {
		return nil, errors.New("want a mapping and two keys")
	}
	var value any = s.mappings
	for _, k := range keys {
		key, ok := scalarText(k)
		m, isMap := value.(map[string]any)
		if !ok || !isMap {
			return nil, errors.New("want a mapping and two keys")
		}
		if value, ok = m[key]; !ok {
			return nil, fmt.Errorf("Mappings has no key %q there", key)
		}
	}
	return value, nil
}
