package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

func TestDecodeSaysWhatIsWrongAndWhichCommandItWas(t *testing.T) {
	for what, test := range map[string]struct {
		text     string
		id       int64
		code     fault.Code
		sentence string
	}{
		"nothing":           {"", 0, fault.Invalid, "This is no command: it is not a JSON object."},
		"no JSON":           {"hello", 0, fault.Invalid, "This is no command: it is not a JSON object."},
		"a list":            {`[{"id":7}]`, 0, fault.Invalid, "This is no command: it is not a JSON object."},
		"half an object":    {`{"id":7,"do":`, 0, fault.Invalid, "This is no command: it is not valid JSON."},
		"two objects":       {`{"id":7}{"id":8}`, 7, fault.Invalid, "This is no command: something follows the JSON object."},
		"bytes of no text":  {"{\"do\":\"\xff\"}", 0, fault.Invalid, "This is no command: it is not UTF-8."},
		"an unknown field":  {`{"id":7,"dooo":"post"}`, 7, fault.Invalid, `This is no command: unknown field "dooo".`},
		"a number for text": {`{"id":7,"do":3}`, 7, fault.Invalid, "This is no command: field do cannot be a number."},
		"text for a number": {`{"id":"7"}`, 0, fault.Invalid, "This is no command: field id cannot be a string."},
		"half an id":        {`{"id":1.5}`, 0, fault.Invalid, "This is no command: field id cannot be a number 1.5."},
		"no id":             {`{"action":"message","do":"post"}`, 0, fault.Invalid, "A command has an id from 1 to 2^53."},
		"an id below one":   {`{"id":-1}`, 0, fault.Invalid, "A command has an id from 1 to 2^53."},
		"an id above 2^53":  {`{"id":9007199254740993}`, 0, fault.Invalid, "A command has an id from 1 to 2^53."},
		"a bad id and more": {`{"id":-1,"x":0}`, 0, fault.Invalid, `This is no command: unknown field "x".`},
		"too much":          {strings.Repeat(" ", protocol.MaxFrame+1), 0, fault.TooLarge, "A frame has at most 32768 bytes."},
	} {
		t.Run(what, func(t *testing.T) {
			f, err := protocol.Decode(test.text)
			is(t, err, test.code, test.sentence)
			if f.ID != test.id {
				t.Errorf("The id is %d, want %d.", f.ID, test.id)
			}
		})
	}
}

func TestDecodeTakesTheLargestFrame(t *testing.T) {
	frame := `{"action":"presence","id":1,"do":"beat"}`
	f, err := protocol.Decode(frame + strings.Repeat(" ", protocol.MaxFrame-len(frame)))
	if err != nil || f.Command() != "presence.beat" {
		t.Errorf("It gives %q and %v.", f.Command(), err)
	}
}

func TestDataSaysWhatIsWrong(t *testing.T) {
	for what, test := range map[string]struct{ data, sentence string }{
		"a list":           {`[]`, "The data of message.post is wrong: it is not a JSON object."},
		"null":             {`null`, "The data of message.post is wrong: it is not a JSON object."},
		"a misspelt field": {`{"txet":"hello"}`, `The data of message.post is wrong: unknown field "txet".`},
		"a wrong type":     {`{"text":true}`, "The data of message.post is wrong: field text cannot be a bool."},
		"too large a seq":  {`{"after":1e99}`, "The data of message.post is wrong: field after cannot be a number 1e99."},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := protocol.Data[protocol.Post](frameWith(test.data))
			is(t, err, fault.Invalid, test.sentence)
		})
	}
}

func TestDataThatIsAbsentCountsAsEmpty(t *testing.T) {
	got, err := protocol.Data[protocol.Hello](protocol.Frame{Action: "presence", ID: 1, Do: "hello"})
	if err != nil || got != (protocol.Hello{}) {
		t.Errorf("It gives %v and %v.", got, err)
	}
}

func TestWhatAClientWroteIsToldBackShortened(t *testing.T) {
	for what, data := range map[string]string{
		"a long field":                   `{"` + strings.Repeat("x", 20<<10) + `":1}`,
		"a long field, long when quoted": `{"` + strings.Repeat(`\u0001`, 5<<10) + `":1}`,
		"a field of two-byte letters":    `{"x` + strings.Repeat("é", 10<<10) + `":1}`,
		"a long number":                  `{"after":` + strings.Repeat("9", 20<<10) + `}`,
	} {
		t.Run(what, func(t *testing.T) {
			_, err := protocol.Data[protocol.Post](frameWith(data))
			f := faultOf(t, err)
			if len(f.Message) > 200 || !utf8.ValidString(f.Message) || !strings.HasSuffix(f.Message, "….") {
				t.Errorf("The sentence is %q.", f.Message)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(golden, "commands", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{``, `{}`, `{"id":1}`, `{"id":-1,"x":0}`, `{"id":1,"data":null}`, `{"ID":1,"id":2}`, `{"id":1} x`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		frame, err := protocol.Decode(text)
		if err != nil {
			if frame.ID < 0 || frame.ID > 1<<53 || frame.Action != "" || frame.Data != nil {
				t.Errorf("A refused frame gives %+v.", frame)
			}
			faultOf(t, err)
			return
		}
		if frame.ID < 1 || frame.ID > 1<<53 {
			t.Errorf("The id is %d.", frame.ID)
		}
		sameAgain(t, frame)
	})
}

func FuzzData(f *testing.F) {
	for _, data := range []string{``, `{}`, `null`, `{"session":"s","text":"hé","after":3}`, `{"signal":{"description":{}}}`, `{"companies":[""]}`} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		frame := frameWith(data)
		dataAgain[protocol.Post](t, frame)
		dataAgain[protocol.Watch](t, frame)
		dataAgain[protocol.Signal](t, frame)
		dataAgain[protocol.SetSettings](t, frame)
		dataAgain[protocol.Notify](t, frame)
		dataAgain[protocol.Empty](t, frame)
	})
}

// dataAgain fails unless data that can be read reads the same once written.
func dataAgain[T any](t *testing.T, frame protocol.Frame) {
	t.Helper()
	data, err := protocol.Data[T](frame)
	if err != nil {
		faultOf(t, err)
		return
	}
	text := encode(t, data)
	again, err := protocol.Data[T](frameWith(string(text)))
	if err != nil {
		t.Fatalf("%s was written and cannot be read: %v", text, err)
	}
	if !bytes.Equal(encode(t, again), text) {
		t.Errorf("%s was written and reads as %s.", text, encode(t, again))
	}
}

// sameAgain fails unless the frame reads the same once written. The encoder
// lengthens some characters, so that the largest frames no longer fit.
func sameAgain(t *testing.T, frame protocol.Frame) {
	t.Helper()
	text := encode(t, frame)
	if len(text) > protocol.MaxFrame {
		return
	}
	again, err := protocol.Decode(string(text))
	if err != nil {
		t.Fatalf("%s was written and cannot be read: %v", text, err)
	}
	if !bytes.Equal(encode(t, again), text) {
		t.Errorf("%s was written and reads as %s.", text, encode(t, again))
	}
}

func frameWith(data string) protocol.Frame {
	return protocol.Frame{Action: "message", ID: 1, Do: "post", Data: json.RawMessage(data)}
}

func is(t *testing.T, err error, code fault.Code, sentence string) {
	t.Helper()
	if f := faultOf(t, err); f.Code != code || f.Message != sentence {
		t.Errorf("The fault is %s %q, want %s %q.", f.Code, f.Message, code, sentence)
	}
}

func faultOf(t *testing.T, err error) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("The error is %v, want a fault.", err)
	}
	return f
}
