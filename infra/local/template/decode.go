package template

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is a template as it is written: maps, slices and scalars as
// encoding/json has them, whole numbers as int64, intrinsics in their long form.
type document struct {
	sections map[string]any
	order    []string // logical ids of the resources
}

// decode turns YAML or JSON into a document.
func decode(data []byte) (*document, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("read YAML: %w", err)
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("a template is a map with the key Resources")
	}
	top, err := plain("", root.Content[0])
	if err != nil {
		return nil, err
	}
	d := &document{sections: top.(map[string]any)}
	for i := 0; i+1 < len(root.Content[0].Content); i += 2 {
		value := root.Content[0].Content[i+1]
		if root.Content[0].Content[i].Value != "Resources" || value.Kind != yaml.MappingNode {
			continue
		}
		for j := 0; j < len(value.Content); j += 2 {
			d.order = append(d.order, value.Content[j].Value)
		}
	}
	return d, nil
}

// section returns a section of the template, empty if it has none.
func (d *document) section(name string) (map[string]any, error) {
	v, ok := d.sections[name]
	if !ok || v == nil {
		return map[string]any{}, nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: want a map", name)
	}
	return m, nil
}

// plain turns a YAML node into a plain value. Aliases are refused, as by
// CloudFormation, so that the value is never larger than the text.
func plain(at string, n *yaml.Node) (any, error) {
	v, err := untagged(at, n)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return longForm(at, n.Tag[1:], v)
	}
	if m, ok := v.(map[string]any); ok {
		return v, checkIntrinsic(at, m)
	}
	return v, nil
}

// untagged is plain without regard to a short form's tag.
func untagged(at string, n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return scalar(at, n)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			v, err := plain(index(at, i), c)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case yaml.MappingNode:
		return mapping(at, n)
	default:
		return nil, fmt.Errorf("%s: CloudFormation knows no YAML aliases", where(at))
	}
}

// mapping turns a YAML map into a Go one, and refuses a key that comes twice.
func mapping(at string, n *yaml.Node) (map[string]any, error) {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("%s: a key of a map is a plain word", where(at))
		}
		if _, twice := m[key.Value]; twice {
			return nil, fmt.Errorf("%s: the key %q comes twice", where(at), key.Value)
		}
		v, err := plain(join(at, key.Value), n.Content[i+1])
		if err != nil {
			return nil, err
		}
		m[key.Value] = v
	}
	return m, nil
}

// scalar gives numbers, booleans and null their Go types. Everything else is a
// string; so is 2012-10-17, which YAML takes for a date.
func scalar(at string, n *yaml.Node) (any, error) {
	var v any
	switch n.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if err := n.Decode(&v); err != nil {
			return nil, fmt.Errorf("%s: %w", where(at), err)
		}
	default:
		return n.Value, nil
	}
	switch x := v.(type) {
	case int:
		return int64(x), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return n.Value, nil
		}
		return x, nil
	case int64, bool, nil:
		return x, nil
	default:
		return n.Value, nil
	}
}

// longForm turns !Sub x into {"Fn::Sub": x}.
func longForm(at, tag string, v any) (any, error) {
	name := "Fn::" + tag
	if tag == "Ref" || tag == "Condition" {
		name = tag
	}
	if tag != "Condition" && !intrinsics[name] {
		return nil, fmt.Errorf("%s: the local twin does not know the intrinsic !%s", where(at), tag)
	}
	return map[string]any{name: v}, nil
}

// checkIntrinsic refuses long forms that are unknown or have keys beside them,
// also in branches that no condition takes.
func checkIntrinsic(at string, m map[string]any) error {
	for key := range m {
		if key != "Ref" && !strings.HasPrefix(key, "Fn::") {
			continue
		}
		if !intrinsics[key] {
			return fmt.Errorf("%s: the local twin does not know the intrinsic %s", where(at), key)
		}
		if len(m) != 1 {
			return fmt.Errorf("%s: the intrinsic %s stands beside other keys", where(at), key)
		}
	}
	return nil
}

// intrinsic splits {"Fn::Sub": x} into its name and argument.
func intrinsic(m map[string]any) (name string, arg any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for name, arg = range m {
	}
	return name, arg, intrinsics[name]
}

// where names a place in a message.
func where(at string) string {
	if at == "" {
		return "template"
	}
	return at
}

// join and index name a place inside another.
func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func index(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }
