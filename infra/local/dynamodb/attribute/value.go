// Package attribute owns DynamoDB's values: their JSON and stored forms, their
// equality and order, their sizes as DynamoDB bills them, and the bytes under
// which keys sort.
//
//	{"S":"hi"}  {"N":"1.5"}  {"B":"aGk="}  {"BOOL":true}  {"NULL":true}
//	{"L":[…]}  {"M":{…}}  {"SS":["a"]}  {"NS":["1"]}  {"BS":["aGk="]}
//
// Values are never changed once made: an update copies the path that it
// changes, so an item may be shared by a table, its indexes and its stream.
package attribute

import (
	"fmt"
	"slices"
)

// Kind is the data type of a value.
type Kind byte

// The kinds of DynamoDB. Their order is part of the stored form.
const (
	None Kind = iota // an absent value
	String
	Number
	Binary
	Bool
	Null
	List
	Map
	StringSet
	NumberSet
	BinarySet
)

var kindNames = [...]string{"", "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}

// String is the kind's name on the wire, such as "NS".
func (k Kind) String() string { return kindNames[k] }

// KindOf finds the kind with a name of the wire; None if there is none.
func KindOf(name string) Kind {
	return Kind(max(0, slices.Index(kindNames[:], name)))
}

// IsSet tells whether values of the kind are sets.
func (k Kind) IsSet() bool { return k >= StringSet && k <= BinarySet }

// element is the kind of a set's members.
func (k Kind) element() Kind { return k - StringSet + String }

// Value is one attribute value. Only the field of its kind is filled.
type Value struct {
	Kind Kind
	Text string  // String as UTF-8, Number in its canonical form, Binary as raw bytes
	Bool bool    // Bool
	List []Value // List; of a set its members, each of the member's own kind
	Map  Item    // Map
}

// Item is a set of named values: an item, a key, or the inside of a Map.
type Item map[string]Value

// Invalid is a refusal in DynamoDB's own words; the server sends it as a
// ValidationException.
type Invalid string

// Error is the refusal itself.
func (e Invalid) Error() string { return string(e) }

// Refuse makes an Invalid.
func Refuse(format string, args ...any) error { return Invalid(fmt.Sprintf(format, args...)) }

// Text makes a String value.
func Text(s string) Value { return Value{Kind: String, Text: s} }

// Int makes a Number value.
func Int(n int64) Value { return Value{Kind: Number, Text: fmt.Sprint(n)} }

// Equal tells whether two values are the same; the order of set members does
// not count, numbers compare by value.
func (v Value) Equal(w Value) bool {
	if v.Kind != w.Kind || v.Text != w.Text || v.Bool != w.Bool || len(v.List) != len(w.List) {
		return false
	}
	if v.Kind.IsSet() {
		return !slices.ContainsFunc(v.List, func(m Value) bool { return !w.Contains(m) })
	}
	return slices.EqualFunc(v.List, w.List, Value.Equal) && v.Map.Equal(w.Map)
}

// Equal tells whether two items have the same names with equal values.
func (it Item) Equal(other Item) bool {
	if len(it) != len(other) {
		return false
	}
	for name, v := range it {
		if w, ok := other[name]; !ok || !v.Equal(w) {
			return false
		}
	}
	return true
}

// Contains tells whether a list or set has an element equal to e.
func (v Value) Contains(e Value) bool { return slices.ContainsFunc(v.List, e.Equal) }

// Clone copies a value so deeply that nothing of it is shared.
func (v Value) Clone() Value {
	v.Map = v.Map.Clone()
	if v.List != nil {
		list := make([]Value, len(v.List))
		for i, e := range v.List {
			list[i] = e.Clone()
		}
		v.List = list
	}
	return v
}

// Clone copies an item so deeply that nothing of it is shared.
func (it Item) Clone() Item {
	if it == nil {
		return nil
	}
	c := make(Item, len(it))
	for name, v := range it {
		c[name] = v.Clone()
	}
	return c
}

// Pick copies the named attributes that it has, sharing their values.
func (it Item) Pick(names ...string) Item {
	picked := make(Item, len(names))
	for _, name := range names {
		if v, ok := it[name]; ok {
			picked[name] = v
		}
	}
	return picked
}
