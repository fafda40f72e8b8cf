package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/protocol"
	"go.yaml.in/yaml/v3"
)

// object is a YAML mapping that keeps its order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalYAML returns the mapping as a node.
func (o object) MarshalYAML() (any, error) {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range o {
		var key, value yaml.Node
		if err := key.Encode(m.key); err != nil {
			return nil, fmt.Errorf("encode the key %s: %w", m.key, err)
		}
		if err := value.Encode(m.value); err != nil {
			return nil, fmt.Errorf("encode %s: %w", m.key, err)
		}
		node.Content = append(node.Content, &key, &value)
	}
	return node, nil
}

// bounds are the limits of fields, which no Go type can tell. A limit in bytes
// is one in characters too, since a character has at least one byte.
var bounds = map[string]object{
	"Watch.companies":        {{"minItems", 1}, {"maxItems", protocol.MaxWatched}},
	"RequestSession.problem": {{"minLength", 1}, {"maxLength", protocol.MaxProblem}},
	"Post.message":           {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Post.text":              {{"minLength", 1}, {"maxLength", protocol.MaxText}},
	"Post.after":             {{"minimum", 0}},
	"ShowImage.message":      {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Image.width":            {{"minimum", 1}, {"maximum", protocol.MaxPixels}},
	"Image.height":           {{"minimum", 1}, {"maximum", protocol.MaxPixels}},
	"Hide.message":           {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Hide.text":              {{"minLength", 1}, {"maxLength", protocol.MaxSecret}},
	"Hide.after":             {{"minimum", 0}},
	"Reveal.seq":             {{"minimum", 1}},
	"Reveal.reveal":          {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Resume.after":           {{"minimum", 0}},
	"Resumed.entries":        {{"maxItems", protocol.PageSize}},
	"List.after":             {{"minimum", 0}},
	"Page.entries":           {{"maxItems", protocol.PageSize}},
	"Ring.call":              {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Ring.peer":              {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Answer.peer":            {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Signal.to":              {{"minLength", 1}, {"maxLength", protocol.MaxID}},
	"Settings.retentionDays": {{"minimum", 1}, {"maximum", protocol.MaxDays}},
}

// schemas returns the JSON Schema of every named type.
func schemas(types []named) object {
	var all object
	for _, t := range types {
		schema := object{{"description", t.doc}}
		switch {
		case t.kind == reflect.Struct:
			schema = append(schema, structure(t, types)...)
		case len(t.values) > 0:
			schema = append(schema, object{{"type", "string"}, {"enum", names(t.values)}}...)
		default:
			schema = append(schema, member{"type", jsonType(t.kind)})
		}
		all = append(all, member{t.name, schema})
	}
	return all
}

// structure describes a JSON object. It spreads embedded structs, because
// additionalProperties sees only its own schema.
func structure(t named, types []named) object {
	properties, required := members(t, types)
	schema := object{{"type", "object"}}
	if len(required) > 0 {
		schema = append(schema, member{"required", required})
	}
	if len(properties) > 0 {
		schema = append(schema, member{"properties", properties})
	}
	return append(schema, member{"additionalProperties", false})
}

func members(t named, types []named) (properties object, required []string) {
	for _, name := range t.embedded {
		i := slices.IndexFunc(types, func(n named) bool { return n.name == name })
		p, r := members(types[i], types)
		properties, required = append(properties, p...), append(required, r...)
	}
	for _, f := range t.fields {
		properties = append(properties, member{f.name, property(t.name, f)})
		if !f.optional {
			required = append(required, f.name)
		}
	}
	return properties, required
}

func property(owner string, f field) object {
	schema := schemaOf(f.kind)
	if f.doc != "" {
		if schema[0].key == "$ref" { // Neighbours of $ref count for nothing.
			schema = object{{"allOf", []object{schema}}}
		}
		schema = append(object{{"description", f.doc}}, schema...)
	}
	return append(schema, bounds[owner+"."+f.name]...)
}

func schemaOf(t reflect.Type) object {
	switch {
	case t == raw:
		return object{{"type", "object"}}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t == binary:
		return object{{"type", "string"}, {"contentEncoding", "base64"}}
	case t.Kind() == reflect.Slice:
		return object{{"type", "array"}, {"items", schemaOf(t.Elem())}}
	case t.PkgPath() != "":
		return reference("schemas", nameOf(t))
	}
	return object{{"type", jsonType(t.Kind())}}
}

func jsonType(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	}
	return "integer"
}

func reference(section, name string) object {
	return object{{"$ref", "#/components/" + section + "/" + name}}
}

func names(values []value) []string {
	var list []string
	for _, v := range values {
		list = append(list, strings.Trim(v.value.ExactString(), `"`))
	}
	return list
}
