package template

import (
	"errors"
	"fmt"
	"strings"
)

// Resource types that the twin treats specially.
const (
	typeFunction      = "AWS::Serverless::Function"
	typeWebSocketAPI  = "AWS::Serverless::WebSocketApi"
	typeTable         = "AWS::DynamoDB::Table"
	typeAPI           = "AWS::ApiGatewayV2::Api"
	typeRouteResponse = "AWS::ApiGatewayV2::RouteResponse"
)

// maxComposed bounds all text that intrinsics compose, in bytes: a template
// whose parts multiply one another is refused before it fills the memory.
const maxComposed = 16 << 20

// stack evaluates one document with one set of parameters.
type stack struct {
	values     map[string]string
	parameters map[string]any
	mappings   map[string]any
	conditions map[string]any
	order      []string
	resources  map[string]*resource
	outputs    map[string]any

	decided  map[string]bool   // conditions already evaluated
	names    map[string]string // physical names already evaluated
	visiting map[string]bool   // conditions and names being evaluated, against cycles
	composed int               // bytes composed so far
}

// resource is a resource as written, or one that SAM would generate.
type resource struct {
	kind       string
	condition  string
	properties map[string]any
	metadata   map[string]any
}

func newStack(d *document, o Options) (*stack, error) {
	s := &stack{
		values:    o.Values,
		order:     d.order,
		resources: map[string]*resource{},
		decided:   map[string]bool{},
		names:     map[string]string{},
		visiting:  map[string]bool{},
	}
	sections := map[string]*map[string]any{"Mappings": &s.mappings, "Conditions": &s.conditions, "Outputs": &s.outputs}
	for name, section := range sections {
		var err error
		if *section, err = d.section(name); err != nil {
			return nil, err
		}
	}
	declared, err := d.section("Parameters")
	if err != nil {
		return nil, err
	}
	if s.parameters, err = parameters(declared, o.Parameters); err != nil {
		return nil, err
	}
	for name, value := range pseudoParameters {
		s.parameters[name] = value
	}
	return s, s.declare(d)
}

// declare reads the resources, merges Globals into them and adds those that SAM
// generates, which a template may name too.
func (s *stack) declare(d *document) error {
	written, err := d.section("Resources")
	if err != nil {
		return err
	}
	if len(written) == 0 {
		return errors.New("Resources: a template has at least one resource")
	}
	globals, err := d.section("Globals")
	if err != nil {
		return err
	}
	for _, id := range d.order {
		r, err := newResource(written[id])
		if err != nil {
			return fmt.Errorf("Resources.%s: %w", id, err)
		}
		if global, ok := globals[strings.TrimPrefix(r.kind, "AWS::Serverless::")].(map[string]any); ok {
			r.properties = merge(global, r.properties).(map[string]any)
		}
		s.resources[id] = r
	}
	for _, id := range d.order {
		for name, kind := range generated(id, s.resources[id]) {
			if _, taken := s.resources[name]; !taken {
				s.resources[name] = &resource{kind: kind, condition: s.resources[id].condition}
			}
		}
	}
	return nil
}

func newResource(v any) (*resource, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("want a map with a Type")
	}
	r := &resource{properties: map[string]any{}}
	if r.kind, ok = m["Type"].(string); !ok || r.kind == "" {
		return nil, errors.New("Type: want a name like AWS::Serverless::Function")
	}
	for key, target := range map[string]*map[string]any{"Properties": &r.properties, "Metadata": &r.metadata} {
		if m[key] == nil {
			continue
		}
		if *target, ok = m[key].(map[string]any); !ok {
			return nil, fmt.Errorf("%s: want a map", key)
		}
	}
	if m["Condition"] == nil {
		return r, nil
	}
	if r.condition, ok = m["Condition"].(string); !ok {
		return nil, errors.New("Condition: want a condition's name")
	}
	return r, nil
}

// merge is how SAM applies Globals: maps are merged, lists joined with the
// global entries first, and of anything else the resource's own value holds.
func merge(global, local any) any {
	switch l := local.(type) {
	case map[string]any:
		g, ok := global.(map[string]any)
		_, _, localIntrinsic := intrinsic(l)
		_, _, globalIntrinsic := intrinsic(g)
		if !ok || localIntrinsic || globalIntrinsic {
			return local
		}
		merged := make(map[string]any, len(g)+len(l))
		for k, v := range g {
			merged[k] = v
		}
		for k, v := range l {
			if below, both := merged[k]; both {
				v = merge(below, v)
			}
			merged[k] = v
		}
		return merged
	case []any:
		if g, ok := global.([]any); ok {
			return append(append([]any{}, g...), l...)
		}
	}
	return local
}

// exists tells whether a resource is declared and its condition holds.
func (s *stack) exists(id string) (bool, error) {
	r, ok := s.resources[id]
	if !ok || r.condition == "" {
		return ok, nil
	}
	return s.condition(r.condition)
}

func (s *stack) resolveResources() ([]Resource, error) {
	var all []Resource
	for _, id := range s.order {
		at := "Resources." + id
		ok, err := s.exists(id)
		if err != nil {
			return nil, fmt.Errorf("%s.Condition: %w", at, err)
		}
		if !ok {
			continue
		}
		written := s.resources[id]
		properties, err := s.resolve(at+".Properties", written.properties)
		if err != nil {
			return nil, err
		}
		ref, err := s.ref(id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		name, err := s.name(id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		all = append(all, Resource{
			LogicalID: id, Type: written.kind, Name: name, Ref: fmt.Sprint(ref),
			Properties: properties.(map[string]any), Metadata: written.metadata,
		})
	}
	return all, nil
}

func (s *stack) resolveOutputs() (map[string]any, error) {
	values := map[string]any{}
	for name, v := range s.outputs {
		at := "Outputs." + name
		output, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: want a map with a Value", at)
		}
		if condition, ok := output["Condition"].(string); ok {
			holds, err := s.condition(condition)
			if err != nil {
				return nil, fmt.Errorf("%s.Condition: %w", at, err)
			}
			if !holds {
				continue
			}
		}
		value, err := s.resolve(at+".Value", output["Value"])
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}
