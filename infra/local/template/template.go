// Package template reads an AWS SAM template for the local twin, so that the
// routes, functions, tables and schedules on a developer's machine are those
// that a deployment creates.
//
// It does what the SAM translator and CloudFormation do between them, as far as
// the twin needs it: Globals are merged, conditions decided, intrinsic
// functions evaluated. A reference to a resource gives the value that a real
// stack would have, except that the parts AWS draws at random are fixed.
package template

import (
	"errors"
	"fmt"
	"os"
)

// maxSize is CloudFormation's limit for a template, in bytes.
const maxSize = 1 << 20

// Options are what CloudFormation would learn outside the template.
type Options struct {
	// Parameters overrides the defaults in the template's Parameters.
	Parameters map[string]string

	// Values overrides what a reference gives: "Table" for !Ref Table,
	// "Turn.Outputs.Secret" for !GetAtt Turn.Outputs.Secret. The outputs of a
	// nested stack can come from nowhere else.
	Values map[string]string
}

// Template is a SAM template with all its references resolved.
type Template struct {
	Functions []Function // in the template's order
	Tables    []Table    // in the template's order
	API       *API       // nil if the template has no WebSocket API

	// Resources has every resource whose condition holds, in the template's
	// order.
	Resources []Resource

	// Outputs has the values of the template's outputs.
	Outputs map[string]any
}

// Resource is one resource of the template after Globals, conditions and
// references.
type Resource struct {
	LogicalID  string
	Type       string         // "AWS::DynamoDB::Table"
	Name       string         // the physical name
	Ref        string         // what !Ref gives; often the name
	Properties map[string]any // values as encoding/json has them, whole numbers as int64
	Metadata   map[string]any
}

// Load reads the template in a file.
func Load(path string, o Options) (*Template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	t, err := Parse(data, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Parse reads a template of at most 1 MiB. Every error names the place, as in
// "Resources.Message.Properties.Timeout: …".
func Parse(data []byte, o Options) (*Template, error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("a template has at most %d bytes, this one has %d", maxSize, len(data))
	}
	doc, err := decode(data)
	if err != nil {
		return nil, err
	}
	s, err := newStack(doc, o)
	if err != nil {
		return nil, err
	}
	t := &Template{}
	if t.Resources, err = s.resolveResources(); err != nil {
		return nil, err
	}
	if t.Outputs, err = s.resolveOutputs(); err != nil {
		return nil, err
	}
	return t, t.view(s)
}

// Function returns the function with a logical id.
func (t *Template) Function(logicalID string) (Function, bool) {
	for _, f := range t.Functions {
		if f.LogicalID == logicalID {
			return f, true
		}
	}
	return Function{}, false
}

// OfType returns the resources of one type, in the template's order.
func (t *Template) OfType(kind string) []Resource {
	var found []Resource
	for _, r := range t.Resources {
		if r.Type == kind {
			found = append(found, r)
		}
	}
	return found
}

// view fills the typed views. Tables come before functions, which name them in
// their streams, and functions before the API, which names them in its routes.
func (t *Template) view(s *stack) error {
	for _, r := range t.OfType(typeTable) {
		table, err := newTable(r)
		if err != nil {
			return place(r, err)
		}
		t.Tables = append(t.Tables, table)
	}
	for _, r := range t.OfType(typeFunction) {
		f, err := newFunction(r, t.Tables)
		if err != nil {
			return place(r, err)
		}
		t.Functions = append(t.Functions, f)
	}
	apis := t.OfType(typeWebSocketAPI)
	switch len(apis) {
	case 0:
		return nil
	case 1:
		api, err := newAPI(apis[0], t, s)
		t.API = api
		return place(apis[0], err)
	default:
		return errors.New("the local twin serves one AWS::Serverless::WebSocketApi, this template has " +
			apis[0].LogicalID + " and " + apis[1].LogicalID)
	}
}

// place says in which resource err was found.
func place(r Resource, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("Resources.%s.Properties: %w", r.LogicalID, err)
}
