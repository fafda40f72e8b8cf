package protocol_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

// golden holds one frame of every kind. The portal's tests and the examples in
// docs/asyncapi.yaml read the same files.
const golden = "testdata/golden"

var update = flag.Bool("update", false, "write golden frames as the encoder does, to look through by hand")

func TestGoldenCommandsAreReadAndWrittenAlike(t *testing.T) {
	for _, c := range protocol.Commands {
		t.Run(c.Name, func(t *testing.T) {
			text := goldenFrame(t, "commands", c.Name)
			f, err := protocol.Decode(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if f.Command() != c.Name {
				t.Errorf("The frame is a %s.", f.Command())
			}
			f.Data = encode(t, readStrictly(t, f.Data, c.Data))
			sameFrame(t, f, "commands", c.Name)
		})
	}
	noOthers(t, "commands", namesOf(protocol.Commands, func(c protocol.Command) string { return c.Name }))
}

func TestGoldenRepliesAreReadAndWrittenAlike(t *testing.T) {
	for _, c := range protocol.Commands {
		t.Run(c.Name, func(t *testing.T) {
			text := goldenFrame(t, "replies", c.Name)
			var reply struct {
				ID   int64           `json:"id"`
				Data json.RawMessage `json:"data"`
			}
			strictly(t, text, &reply)
			sameFrame(t, protocol.Reply{ID: reply.ID, Data: readStrictly(t, reply.Data, c.Reply)}, "replies", c.Name)
		})
	}
	noOthers(t, "replies", namesOf(protocol.Commands, func(c protocol.Command) string { return c.Name }))
}

func TestGoldenPushesAreReadAndWrittenAlike(t *testing.T) {
	for _, p := range protocol.Pushes {
		t.Run(p.Name, func(t *testing.T) {
			text := goldenFrame(t, "pushes", p.Name)
			var push struct {
				Name string          `json:"push"`
				Data json.RawMessage `json:"data"`
			}
			strictly(t, text, &push)
			if push.Name != p.Name {
				t.Errorf("The frame is a %s.", push.Name)
			}
			sameFrame(t, protocol.Push{Name: push.Name, Data: readStrictly(t, push.Data, p.Data)}, "pushes", p.Name)
		})
	}
	noOthers(t, "pushes", namesOf(protocol.Pushes, func(p protocol.News) string { return p.Name }))
}

func TestGoldenErrorsAreReadAndWrittenAlike(t *testing.T) {
	codes := []fault.Code{
		fault.Invalid, fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict,
		fault.TooLarge, fault.RateLimited, fault.Unavailable, fault.Internal,
	}
	for _, code := range codes {
		t.Run(string(code), func(t *testing.T) {
			text := goldenFrame(t, "errors", string(code))
			var reply protocol.Reply
			strictly(t, text, &reply)
			if reply.Error == nil || reply.Error.Code != code {
				t.Errorf("The frame has the error %v.", reply.Error)
			}
			sameFrame(t, reply, "errors", string(code))
		})
	}
	noOthers(t, "errors", namesOf(codes, func(c fault.Code) string { return string(c) }))
}

func goldenFrame(t *testing.T, folder, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden, folder, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readStrictly decodes text into a new value of the type.
func readStrictly(t *testing.T, text []byte, kind reflect.Type) any {
	t.Helper()
	into := reflect.New(kind)
	strictly(t, text, into.Interface())
	return into.Elem().Interface()
}

func strictly(t *testing.T, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func encode(t *testing.T, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sameFrame compares bytes: golden frames are indented by two spaces and end
// with a line break, and are otherwise what the encoder writes.
func sameFrame(t *testing.T, frame any, folder, name string) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, encode(t, frame), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(filepath.Join(golden, folder, name+".json"), got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	gotLines := strings.Split(got.String(), "\n")
	wantLines := strings.Split(string(goldenFrame(t, folder, name)), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("Line %d is written as %s but was %s", i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("The frame is written in %d lines but had %d.", len(gotLines), len(wantLines))
	}
}

// noOthers fails for golden frames of what no longer exists.
func noOthers(t *testing.T, folder string, names []string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(golden, folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(names, strings.TrimSuffix(file.Name(), ".json")) {
			t.Errorf("%s/%s is a frame of nothing in the catalog.", folder, file.Name())
		}
	}
}

func namesOf[T any](list []T, name func(T) string) []string {
	var names []string
	for _, item := range list {
		names = append(names, name(item))
	}
	return names
}
