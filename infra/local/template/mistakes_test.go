package template_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/parleychat/parley/infra/local/template"
)

func TestMistakesNameTheirPlace(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, mistake := range strings.Split(string(data), "=== ")[1:] {
		want, text, _ := strings.Cut(mistake, "\n")
		t.Run(want, func(t *testing.T) {
			_, err := template.Parse([]byte(text), template.Options{})
			if err == nil {
				t.Fatal("the template was accepted")
			}
			equal(t, "error", err.Error(), want)
		})
	}
}

func TestOverridesAreChecked(t *testing.T) {
	tests := map[string]struct{ name, value, want string }{
		"unknown":     {"Stge", "dev", `Parameters: there is no parameter "Stge" to override`},
		"not allowed": {"Stage", "test", `Parameters.Stage: "test" is not among the AllowedValues`},
		"no number":   {"MessageSeconds", "ten", `Parameters.MessageSeconds: "ten" is not a number`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := template.Load("testdata/parley.yaml", template.Options{Parameters: map[string]string{test.name: test.value}})
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	sample, err := os.ReadFile("testdata/parley.yaml")
	if err != nil {
		f.Fatal(err)
	}
	mistakes, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	for _, text := range strings.Split(string(mistakes), "=== ") {
		_, text, _ = strings.Cut(text, "\n")
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := template.Parse(data, template.Options{})
		if err != nil {
			return
		}
		for _, table := range read.Tables {
			if !json.Valid(table.Create) {
				t.Errorf("CreateTable of %s is no JSON: %s", table.LogicalID, table.Create)
			}
		}
		if read.API == nil {
			return
		}
		for _, route := range read.API.Routes {
			if _, ok := read.Function(route.Function); !ok {
				t.Errorf("route %s names the function %q, which is not there", route.Key, route.Function)
			}
		}
	})
}
