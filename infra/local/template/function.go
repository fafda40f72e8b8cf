package template

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Function is an AWS::Serverless::Function.
type Function struct {
	LogicalID     string
	Name          string // FunctionName; the logical id unless set
	ARN           string // without alias
	CodeURI       string
	Handler       string
	Runtime       string
	BuildMethod   string // Metadata.BuildMethod
	Architectures []string
	Timeout       time.Duration     // 3 s unless set, at most 15 min
	MemoryMB      int               // 128 unless set, at most 10240
	Reserved      int               // ReservedConcurrentExecutions; 0: none
	LogLevel      string            // LoggingConfig.ApplicationLogLevel; INFO unless set
	Environment   map[string]string // with those of Globals
	Policies      []any             // as written, with references resolved
	Schedules     []Schedule
	Streams       []Stream
}

// functionProperties are the properties of a function that the twin reads.
type functionProperties struct {
	CodeURI       any `json:"CodeUri"`
	Handler       string
	Runtime       string
	Architectures []string
	Timeout       *whole
	MemorySize    *whole
	Reserved      *whole `json:"ReservedConcurrentExecutions"`
	LoggingConfig struct{ ApplicationLogLevel string }
	Environment   struct{ Variables map[string]any }
	Policies      any
	Events        map[string]eventProperties
}

func newFunction(r Resource, tables []Table) (Function, error) {
	var p functionProperties
	if err := convert(r.Properties, &p); err != nil {
		return Function{}, err
	}
	f := Function{
		LogicalID: r.LogicalID, Name: r.Name, ARN: resourceARN(r.Type, r.LogicalID, r.Name),
		Handler: p.Handler, Runtime: p.Runtime, Architectures: p.Architectures,
		Timeout: time.Duration(p.Timeout.or(3)) * time.Second, MemoryMB: p.MemorySize.or(128), Reserved: p.Reserved.or(0),
		LogLevel:    cmp.Or(p.LoggingConfig.ApplicationLogLevel, "INFO"),
		Environment: map[string]string{},
	}
	if p.Reserved != nil && f.Reserved < 1 {
		return Function{}, errors.New("ReservedConcurrentExecutions: want 1 or more, for 0 refuses every invocation")
	}
	f.CodeURI, _ = p.CodeURI.(string)
	f.BuildMethod, _ = r.Metadata["BuildMethod"].(string)
	for name, value := range p.Environment.Variables {
		text, ok := scalarText(value)
		if !ok {
			return Function{}, fmt.Errorf("Environment.Variables.%s: want a text", name)
		}
		f.Environment[name] = text
	}
	switch policies := p.Policies.(type) {
	case nil:
	case []any:
		f.Policies = policies
	default:
		f.Policies = []any{policies}
	}
	if err := f.check(); err != nil {
		return Function{}, err
	}
	return f, f.addEvents(p.Events, tables)
}

// check holds a function to Lambda's limits.
func (f Function) check() error {
	switch {
	case f.Timeout < time.Second || f.Timeout > 15*time.Minute:
		return errors.New("Timeout: want 1 to 900 seconds")
	case f.MemoryMB < 128 || f.MemoryMB > 10240:
		return errors.New("MemorySize: want 128 to 10240 MB")
	default:
		return nil
	}
}

// convert reads resolved properties into a struct, whose fields name what the
// twin looks at.
func convert(properties map[string]any, into any) error {
	data, err := json.Marshal(properties)
	if err != nil {
		return fmt.Errorf("read properties: %w", err)
	}
	err = json.Unmarshal(data, into)
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return fmt.Errorf("%s: want %s, not the %s", mismatch.Field, kindOf(mismatch), mismatch.Value)
	}
	return err
}

// kindOf names the wanted type in a template's words.
func kindOf(e *json.UnmarshalTypeError) string {
	switch name := e.Type.String(); {
	case e.Type.Name() == "whole":
		return "a whole number"
	case e.Type.Name() == "truth":
		return "true or false"
	case strings.HasPrefix(name, "[]"):
		return "a list"
	case name == "string":
		return "a text"
	default:
		return "a map"
	}
}

// whole is a whole number, which CloudFormation also accepts as a text.
type whole int

// UnmarshalJSON reads 5 and "5", up to a thousand million either way.
func (w *whole) UnmarshalJSON(data []byte) error {
	var n int
	if err := json.Unmarshal([]byte(strings.Trim(string(data), `"`)), &n); err != nil || max(n, -n) > 1e9 {
		return &json.UnmarshalTypeError{Value: "value " + string(data), Type: reflect.TypeFor[whole]()}
	}
	*w = whole(n)
	return nil
}

// or gives the number, or a default where the template has none.
func (w *whole) or(otherwise int) int {
	if w == nil {
		return otherwise
	}
	return int(*w)
}

// truth is a boolean, which CloudFormation also accepts as a text: a parameter is
// always one.
type truth bool

// UnmarshalJSON reads true and "true".
func (b *truth) UnmarshalJSON(data []byte) error {
	switch strings.Trim(string(data), `"`) {
	case "true":
		*b = true
	case "false":
		*b = false
	default:
		return &json.UnmarshalTypeError{Value: "value " + string(data), Type: reflect.TypeFor[truth]()}
	}
	return nil
}
