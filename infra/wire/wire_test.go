package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/parleychat/parley/shared/protocol"
)

func TestWrittenFilesAreWhatTheSourceGives(t *testing.T) {
	root := checkout(t)
	outputs, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range outputs {
		got, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go run ./infra/wire", path)
		}
	}
}

func TestEveryNamedTypeHasItsOwnName(t *testing.T) {
	w, err := read(checkout(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range w.types {
		if seen[n.name] {
			t.Errorf("Two types would be called %s on the wire.", n.name)
		}
		seen[n.name] = true
	}
}

func TestEveryBoundIsOfAFieldThatTravels(t *testing.T) {
	w, err := read(checkout(t))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	for _, n := range w.types {
		for _, f := range n.fields {
			fields[n.name+"."+f.name] = true
		}
	}
	for name := range bounds {
		if !fields[name] {
			t.Errorf("There is a bound for %s, which is no field.", name)
		}
	}
}

func TestExamplesFitTheirSchemas(t *testing.T) {
	document := asyncAPIDocument(t)
	compiler := schemaCompiler(t, document)
	messages := document["components"].(map[string]any)["messages"].(map[string]any)
	if want := 2*len(protocol.Commands) + len(protocol.Pushes) + 1; len(messages) != want {
		t.Errorf("The document has %d messages, want %d.", len(messages), want)
	}
	for name, message := range messages {
		schema := compile(t, compiler, name)
		for _, example := range message.(map[string]any)["examples"].([]any) {
			if err := schema.Validate(example.(map[string]any)["payload"]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestSchemasRefuseWhatTheServiceRefuses(t *testing.T) {
	compiler := schemaCompiler(t, asyncAPIDocument(t))
	for what, test := range map[string]struct{ message, frame string }{
		"a misspelt field":        {"message.type", `{"action":"message","id":1,"do":"type","data":{"session":"s","typing":true,"x":1}}`},
		"an empty message":        {"message.post", post("")},
		"too long a message":      {"message.post", post(strings.Repeat("a", protocol.MaxText+1))},
		"an unknown state":        {"presence.report", `{"action":"presence","id":1,"do":"report","data":{"activity":"asleep"}}`},
		"another command's verb":  {"presence.report", `{"action":"presence","id":1,"do":"set","data":{"activity":"away"}}`},
		"an id of nought":         {"presence.beat", `{"action":"presence","id":0,"do":"beat"}`},
		"data that must be there": {"session.end", `{"action":"session","id":1,"do":"end"}`},
	} {
		t.Run(what, func(t *testing.T) {
			frame, err := jsonschema.UnmarshalJSON(strings.NewReader(test.frame))
			if err != nil {
				t.Fatal(err)
			}
			if compile(t, compiler, test.message).Validate(frame) == nil {
				t.Errorf("%s accepts %s.", test.message, test.frame)
			}
		})
	}
}

func TestSourceWithoutCommentsIsRefused(t *testing.T) {
	root := t.TempDir()
	if _, err := read(root); err == nil || !strings.Contains(err.Error(), "has no comment") {
		t.Errorf("Reading an empty checkout gives %v, want a sentence about missing comments.", err)
	}
}

func post(text string) string {
	return `{"action":"message","id":1,"do":"post","data":{"session":"s","message":"m","text":"` + text + `","after":0}}`
}

func checkout(t *testing.T) string {
	t.Helper()
	root, err := rootOf(".")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// asyncAPIDocument returns the written document as JSON values.
func asyncAPIDocument(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout(t), "docs/asyncapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	document, err = jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return document.(map[string]any)
}

func schemaCompiler(t *testing.T, document any) *jsonschema.Compiler {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7) // AsyncAPI's schemas are a superset of it.
	if err := compiler.AddResource("asyncapi.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler
}

func compile(t *testing.T, compiler *jsonschema.Compiler, message string) *jsonschema.Schema {
	t.Helper()
	schema, err := compiler.Compile("asyncapi.json#/components/messages/" + message + "/payload")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
