package attribute

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep lists and maps may nest.
const maxDepth = 32

// UnmarshalJSON reads the wire form. It returns Invalid for a value that
// DynamoDB would refuse, and an error of encoding/json for what is not the
// wire form at all.
func (v *Value) UnmarshalJSON(data []byte) error { return v.decode(data, 0) }

func (v *Value) decode(data []byte, depth int) error {
	if depth > maxDepth {
		return Refuse("Nesting Levels have exceeded supported limits")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	found := false
	for name, raw := range fields {
		kind := KindOf(name)
		if kind == None || string(raw) == "null" {
			continue
		}
		if found {
			return Refuse("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
		}
		found = true
		*v = Value{Kind: kind}
		if err := v.decodeAs(raw, depth); err != nil {
			return err
		}
	}
	if !found {
		return Refuse("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	}
	return nil
}

func (v *Value) decodeAs(raw []byte, depth int) error {
	switch v.Kind {
	case Bool:
		return json.Unmarshal(raw, &v.Bool)
	case Null:
		var null bool
		if err := json.Unmarshal(raw, &null); err != nil {
			return err
		}
		if !null {
			return Refuse("One or more parameter values were invalid: Null attribute value types must have the value of true")
		}
		return nil
	case List:
		return v.decodeList(raw, depth)
	case Map:
		return v.decodeMap(raw, depth)
	case StringSet, NumberSet, BinarySet:
		return v.decodeSet(raw)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	scalar, err := scalarOf(v.Kind, text)
	*v = scalar
	return err
}

func scalarOf(kind Kind, text string) (Value, error) {
	switch kind {
	case Number:
		return ParseNumber(text)
	case Binary:
		raw, err := base64.StdEncoding.DecodeString(text)
		return Value{Kind: Binary, Text: string(raw)}, err
	}
	return Value{Kind: kind, Text: text}, nil
}

func (v *Value) decodeList(raw []byte, depth int) error {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return err
	}
	v.List = make([]Value, len(elements))
	for i, e := range elements {
		if err := v.List[i].decode(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (v *Value) decodeMap(raw []byte, depth int) error {
	var elements map[string]json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return err
	}
	v.Map = make(Item, len(elements))
	for name, e := range elements {
		var inner Value
		if err := inner.decode(e, depth+1); err != nil {
			return err
		}
		v.Map[name] = inner
	}
	return nil
}

var setNames = map[Kind]string{StringSet: "string", NumberSet: "number", BinarySet: "binary"}

func (v *Value) decodeSet(raw []byte) error {
	var members []string
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	if len(members) == 0 {
		return Refuse("One or more parameter values were invalid: An %s set  may not be empty", setNames[v.Kind])
	}
	seen := make(map[string]bool, len(members))
	for _, text := range members {
		member, err := scalarOf(v.Kind.element(), text)
		if err != nil {
			return err
		}
		if seen[member.Text] {
			return Refuse("One or more parameter values were invalid: Input collection [%s] contains duplicates.", strings.Join(members, ", "))
		}
		seen[member.Text] = true
		v.List = append(v.List, member)
	}
	return nil
}

// MarshalJSON writes the wire form.
func (v Value) MarshalJSON() ([]byte, error) { return appendJSON(nil, v), nil }

// MarshalJSON writes the wire form with names in order, so that equal items
// give equal bytes.
func (it Item) MarshalJSON() ([]byte, error) { return appendItemJSON(nil, it), nil }

func appendItemJSON(dst []byte, it Item) []byte {
	if it == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '{')
	for i, name := range slices.Sorted(maps.Keys(it)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, name), ':')
		dst = appendJSON(dst, it[name])
	}
	return append(dst, '}')
}

func appendJSON(dst []byte, v Value) []byte {
	dst = append(dst, `{"`...)
	dst = append(append(dst, v.Kind.String()...), `":`...)
	switch v.Kind {
	case Bool:
		dst = strconv.AppendBool(dst, v.Bool)
	case Null:
		dst = append(dst, "true"...)
	case Map:
		dst = appendItemJSON(dst, v.Map)
	case List, StringSet, NumberSet, BinarySet:
		dst = appendElements(dst, v)
	default:
		dst = appendScalar(dst, v)
	}
	return append(dst, '}')
}

func appendElements(dst []byte, v Value) []byte {
	dst = append(dst, '[')
	for i, e := range v.List {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.Kind == List {
			dst = appendJSON(dst, e)
		} else {
			dst = appendScalar(dst, e)
		}
	}
	return append(dst, ']')
}

func appendScalar(dst []byte, v Value) []byte {
	if v.Kind == Binary {
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(v.Text))
		return append(dst, '"')
	}
	return appendText(dst, v.Text)
}

// appendText quotes a string, leaving the uncommon cases to encoding/json.
func appendText(dst []byte, s string) []byte {
	for _, c := range []byte(s) {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(dst, `""`...) // a string never fails to marshal
			}
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}
