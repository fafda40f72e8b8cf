package eventsource

import (
	"encoding/json"
	"testing"
)

const sample = `{"eventName":"INSERT","n":5,"ok":true,"none":null,
	"dynamodb":{"NewImage":{"kind":{"S":"ticket.opened"},"tags":{"SS":["a","b"]}}}}`

func matches(t *testing.T, text string) bool {
	t.Helper()
	p, err := compileFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal([]byte(sample), &value); err != nil {
		t.Fatal(err)
	}
	return p(value, true)
}

func TestFiltersMatch(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`:                                  true,
		`{"eventName":["INSERT","MODIFY"]}`:   true,
		`{"eventName":["REMOVE"]}`:            false,
		`{"eventName":["INSERT"],"n":[6]}`:    false,
		`{"n":[5],"ok":[true],"none":[null]}`: true,
		`{"missing":[null]}`:                  false,
		`{"dynamodb":{"NewImage":{"kind":{"S":[{"prefix":"ticket."}]}}}}`:      true,
		`{"dynamodb":{"NewImage":{"kind":{"S":[{"suffix":".closed"}]}}}}`:      false,
		`{"dynamodb":{"OldImage":{"kind":{"S":["x"]}}}}`:                       false,
		`{"dynamodb":{"NewImage":{"tags":{"SS":["b"]}}}}`:                      true,
		`{"dynamodb":{"NewImage":{"tags":{"SS":["c"]}}}}`:                      false,
		`{"dynamodb":{"NewImage":{"kind":{"S":[{"exists":true}]}}}}`:           true,
		`{"dynamodb":{"NewImage":{"kind":{"N":[{"exists":false}]}}}}`:          true,
		`{"dynamodb":{"OldImage":{"kind":{"S":[{"exists":false}]}}}}`:          true,
		`{"eventName":[{"anything-but":["INSERT"]}]}`:                          false,
		`{"eventName":[{"anything-but":"REMOVE"}]}`:                            true,
		`{"eventName":[{"anything-but":{"prefix":"IN"}}]}`:                     false,
		`{"missing":[{"anything-but":"x"}]}`:                                   false,
		`{"eventName":[{"equals-ignore-case":"insert"}]}`:                      true,
		`{"n":[{"numeric":["=",5]}]}`:                                          true,
		`{"n":[{"numeric":[">",0,"<=",5]}]}`:                                   true,
		`{"n":[{"numeric":[">",5]}]}`:                                          false,
		`{"$or":[{"n":[1]},{"eventName":["INSERT"]}]}`:                         true,
		`{"$or":[{"n":[1]},{"eventName":["REMOVE"]}]}`:                         false,
		`{"ok":[false],"$or":[{"n":[1]},{"eventName":["INSERT"]}]}`:            false,
		`{"dynamodb":[{"exists":true}]}`:                                       false,
		`{"eventName":[{"prefix":"INS"},"REMOVE"],"n":[{"numeric":["<",10]}]}`: true,
	} {
		if got := matches(t, text); got != want {
			t.Errorf("%s gives %t, want %t", text, got, want)
		}
	}
}

func TestFiltersAreRefusedWithASentence(t *testing.T) {
	for text, want := range map[string]string{
		`null`:                            "a filter pattern is a JSON object, not null",
		`{"a":"INSERT"}`:                  "filter pattern at a: want a list or an object",
		`{"a":[]}`:                        "filter pattern at a: want at least one value",
		`{"a":{"b":[{"wildcard":"x*"}]}}`: "filter pattern at a: filter pattern at b: the local twin does not know the operator wildcard with this operand",
		`{"a":[{"prefix":1}]}`:            "filter pattern at a: the local twin does not know the operator prefix with this operand",
		`{"a":[{"exists":"yes"}]}`:        "filter pattern at a: exists: want true or false",
		`{"a":[{"numeric":["~",1]}]}`:     "filter pattern at a: numeric: the signs are =, <, <=, > and >=",
		`{"a":[{"numeric":[">"]}]}`:       "filter pattern at a: numeric: want one or two comparisons",
		`{"a":[{"prefix":"a","b":1}]}`:    "filter pattern at a: an operator stands alone",
		`{"a":[["x"]]}`:                   "filter pattern at a: a list stands inside a list",
		`{"$or":[1]}`:                     "filter pattern at $or: want objects",
		`{"a":[{"anything-but":[{}]}]}`:   "filter pattern at a: anything-but: an operator stands alone",
	} {
		if _, err := compileFilter(text); err == nil || err.Error() != want {
			t.Errorf("%s gives %v, want %s", text, err, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(`{"eventName":["INSERT",{"prefix":"A"}],"$or":[{"n":[{"numeric":[">",1]}]}]}`, sample)
	f.Add(`{"a":[{"anything-but":["x",{"exists":true}]}]}`, `{"a":[1,{"b":2},[3]]}`)
	f.Add(`null`, `null`)
	f.Fuzz(func(t *testing.T, text, event string) {
		p, err := compileFilter(text)
		if err != nil {
			return
		}
		var value any
		if json.Unmarshal([]byte(event), &value) != nil {
			return
		}
		either, err := compileFilter(`{"$or":[` + text + `]}`)
		if err != nil {
			t.Fatalf("the pattern is refused as a branch: %v", err)
		}
		if either(value, true) != p(value, true) {
			t.Error("the pattern decides otherwise as the only branch of $or")
		}
	})
}
