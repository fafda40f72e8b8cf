package attribute_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

func number(t *testing.T, text string) attribute.Value {
	t.Helper()
	v, err := attribute.ParseNumber(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func decode(t *testing.T, text string) attribute.Item {
	t.Helper()
	var it attribute.Item
	if err := json.Unmarshal([]byte(text), &it); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return it
}

func TestSumsAreExactOrRefused(t *testing.T) {
	for sum, terms := range map[string][2]string{
		"0.3": {"0.1", "0.2"},
		"100000000000000000000000000000000000001": {"100000000000000000000000000000000000000", "1"},
		"0":    {"-1.5", "1.5"},
		"0.99": {"1", "-0.01"},
	} {
		got, err := number(t, terms[0]).Add(number(t, terms[1]))
		if len(sum) > 38 { // 39 digits do not fit
			if err == nil {
				t.Errorf("%s was not refused", sum)
			}
			continue
		}
		if err != nil || got.Text != sum {
			t.Errorf("%v = %s %v, want %s", terms, got.Text, err, sum)
		}
	}
	if _, err := number(t, "9E125").Add(number(t, "9E125")); err == nil {
		t.Error("an overflow was not refused")
	}
	if _, err := number(t, "1E100").Subtract(number(t, "1E-100")); err == nil {
		t.Error("a difference of 200 digits was not refused")
	}
	if d, err := number(t, "5").Subtract(number(t, "7")); err != nil || d.Text != "-2" {
		t.Errorf("got %v %v", d, err)
	}
}

func TestSizesAreDynamoDBs(t *testing.T) {
	for text, size := range map[string]int{
		`{}`:                           0,
		`{"ab":{"S":"äc"}}`:            2 + 3,
		`{"a":{"N":"0"}}`:              1 + 1,
		`{"a":{"N":"123"}}`:            1 + 3,
		`{"a":{"N":"-123000"}}`:        1 + 4,
		`{"a":{"N":"0.0012"}}`:         1 + 2,
		`{"a":{"B":"AAEC"}}`:           1 + 3,
		`{"a":{"BOOL":true}}`:          1 + 1,
		`{"a":{"NULL":true}}`:          1 + 1,
		`{"a":{"L":[]}}`:               1 + 3,
		`{"a":{"L":[{"S":"xy"}]}}`:     1 + 3 + 1 + 2,
		`{"a":{"M":{"k":{"S":"xy"}}}}`: 1 + 3 + 1 + 1 + 2,
		`{"a":{"SS":["xy","z"]}}`:      1 + 3,
		`{"a":{"NS":["1","22"]}}`:      1 + 2 + 2,
		`{"a":{"BS":["AAEC","AAE="]}}`: 1 + 5,
	} {
		if got := decode(t, text).Size(); got != size {
			t.Errorf("%s has size %d, want %d", text, got, size)
		}
	}
}

func TestSetsAreEqualInAnyOrder(t *testing.T) {
	for _, pair := range [][2]string{
		{`{"a":{"SS":["x","y"]}}`, `{"a":{"SS":["y","x"]}}`},
		{`{"a":{"NS":["1","2.0"]}}`, `{"a":{"NS":["2","1.00"]}}`},
		{`{"a":{"N":"1e2"}}`, `{"a":{"N":"100"}}`},
	} {
		if !decode(t, pair[0]).Equal(decode(t, pair[1])) {
			t.Errorf("%v differ", pair)
		}
	}
	for _, pair := range [][2]string{
		{`{"a":{"SS":["x","y"]}}`, `{"a":{"SS":["x","z"]}}`},
		{`{"a":{"L":[{"S":"x"},{"S":"y"}]}}`, `{"a":{"L":[{"S":"y"},{"S":"x"}]}}`},
		{`{"a":{"S":"1"}}`, `{"a":{"N":"1"}}`},
		{`{"a":{"M":{}}}`, `{"a":{"M":{"k":{"S":""}}}}`},
	} {
		if decode(t, pair[0]).Equal(decode(t, pair[1])) {
			t.Errorf("%v are equal", pair)
		}
	}
}

// randomNumber makes numbers of which many share digits or magnitude.
func randomNumber(r *rand.Rand) string {
	digits := make([]byte, 1+r.IntN(6))
	for i := range digits {
		digits[i] = "0129"[r.IntN(4)]
	}
	text := string(digits)
	if r.IntN(2) == 0 {
		at := r.IntN(len(text) + 1)
		text = text[:at] + "." + text[at:]
		text = strings.TrimSuffix("0"+text, ".")
	}
	if r.IntN(4) == 0 {
		text += []string{"e120", "E-100", "e3", "e-3"}[r.IntN(4)]
	}
	if r.IntN(2) == 0 {
		text = "-" + text
	}
	return text
}

func TestStoredKeysSortAsTheirValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		a, b := number(t, randomNumber(r)), number(t, randomNumber(r))
		checkOrder(t, a, b)
		checkOrder(t, randomText(r), randomText(r))
	}
}

func randomText(r *rand.Rand) attribute.Value {
	text := make([]byte, r.IntN(5))
	for i := range text {
		text[i] = "\x00\x01a\xff"[r.IntN(4)]
	}
	return attribute.Text(string(text))
}

// checkOrder compares the order of two values with that of their keys, also
// when more follows in the key.
func checkOrder(t *testing.T, a, b attribute.Value) {
	t.Helper()
	want, _ := a.Compare(b)
	keyA := string(attribute.AppendOrdered(nil, a)) + "\xff"
	keyB := string(attribute.AppendOrdered(nil, b)) + "\x00"
	if want == 0 {
		keyA = keyA[:len(keyA)-1] + "\x00"
	}
	if got := strings.Compare(keyA, keyB); got != want {
		t.Fatalf("%q and %q compare %d, their keys %d", a.Text, b.Text, want, got)
	}
	prefix := string(attribute.AppendOrderedPrefix([]byte("p"), b)) // a partition comes before it
	inside := "p"+keyA >= prefix && "p"+keyA < attribute.After(prefix)
	if a.Kind == attribute.String && strings.HasPrefix(a.Text, b.Text) != inside {
		t.Fatalf("keys do not tell whether %q begins with %q", a.Text, b.Text)
	}
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-1.50", "1e125", "1E-130", "+.5", "5.", "1e", "--1", "Infinity", "12345678901234567890123456789012345678", "1e999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := attribute.ParseNumber(text)
		if err != nil {
			return
		}
		again, err := attribute.ParseNumber(v.Text)
		if err != nil || again.Text != v.Text {
			t.Fatalf("%q became %q and then %q %v", text, v.Text, again.Text, err)
		}
		zero, err := v.Subtract(v)
		if err != nil || zero.Text != "0" {
			t.Fatalf("%q - %q = %q %v", text, text, zero.Text, err)
		}
		v.Seconds()
		checkOrder(t, v, zero)
	})
}

func FuzzItem(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"S":"x\u0000\"é"},"b":{"N":"-1.5"},"c":{"B":"AAE="},"d":{"BOOL":true},"e":{"NULL":true}}`,
		`{"l":{"L":[{"S":""},{"L":[]}]},"m":{"M":{"":{"M":{}}}},"s":{"SS":["a","b"]},"n":{"NS":["1"]},"b":{"BS":["AA=="]}}`,
		`{"a":{"S":null,"N":"1"}}`, `{"a":{}}`, `{"a":null}`, `{"a":{"X":1}}`, `null`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var it attribute.Item
		if err := json.Unmarshal(text, &it); err != nil || it == nil {
			return
		}
		wire, err := json.Marshal(it)
		if err != nil {
			t.Fatal(err)
		}
		var fromWire attribute.Item
		if err := json.Unmarshal(wire, &fromWire); err != nil || !fromWire.Equal(it) {
			t.Fatalf("%s became %s: %v", text, wire, err)
		}
		stored, err := attribute.Decode(it.Encode())
		if err != nil || !stored.Equal(it) || stored.Size() != it.Size() {
			t.Fatalf("%s was stored as %v: %v", text, stored, err)
		}
		if !it.Clone().Equal(it) {
			t.Fatal("a clone differs")
		}
	})
}

func FuzzDecode(f *testing.F) {
	item := attribute.Item{"a": attribute.Text("x"), "n": {Kind: attribute.List, List: []attribute.Value{attribute.Int(1)}}}
	f.Add(item.Encode())
	f.Add("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Add("\x01\x01a\x06\x7f")
	f.Add("\x01\x01a" + strings.Repeat("\x06\x01", 100))
	f.Fuzz(func(t *testing.T, stored string) {
		it, err := attribute.Decode(stored)
		if err != nil {
			return
		}
		again, err := attribute.Decode(it.Encode())
		if err != nil || !again.Equal(it) {
			t.Fatalf("%q became %v and then %v: %v", stored, it, again, err)
		}
	})
}
