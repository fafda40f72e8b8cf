// Package expression is DynamoDB's expression language: conditions and filters,
// key conditions, projections and updates.
//
//	condition    #a = :v AND (attribute_exists(b.c[0]) OR size(d) > :n)
//	key          pk = :p AND begins_with(sk, :prefix)
//	projection   pk, b.c[0]
//	update       SET a = if_not_exists(a, :zero) + :one REMOVE b ADD c :n DELETE d :set
//
// An expression is parsed once, without any item, and whatever DynamoDB refuses
// without looking at an item is refused then, in DynamoDB's words where they
// are known. Parsed expressions never change and may be used concurrently.
package expression

import (
	_ "embed"
	"maps"
	"slices"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// reservedList is the developer guide's "Reserved words in DynamoDB".
//
//go:embed reserved.txt
var reservedList string

var reserved = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(reservedList) {
		words[w] = true
	}
	return words
}()

// Params are a request's placeholders. They remember which of them its
// expressions used, because a leftover is refused.
type Params struct {
	names      map[string]string
	values     map[string]attribute.Value
	usedNames  map[string]bool
	usedValues map[string]bool
}

// NewParams checks ExpressionAttributeNames and ExpressionAttributeValues; a
// nil map means that the request has none.
func NewParams(names map[string]string, values map[string]attribute.Value) (*Params, error) {
	if names != nil && len(names) == 0 {
		return nil, attribute.Refuse("ExpressionAttributeNames must not be empty")
	}
	if values != nil && len(values) == 0 {
		return nil, attribute.Refuse("ExpressionAttributeValues must not be empty")
	}
	for name := range names {
		if t, ok := next(name + " "); !ok || t.kind != namePlace || t.text != name {
			return nil, attribute.Refuse("ExpressionAttributeNames contains invalid key: Syntax error; key: %q", name)
		}
	}
	for name := range values {
		if t, ok := next(name + " "); !ok || t.kind != valuePlace || t.text != name {
			return nil, attribute.Refuse("ExpressionAttributeValues contains invalid key: Syntax error; key: %q", name)
		}
	}
	return &Params{names: names, values: values, usedNames: map[string]bool{}, usedValues: map[string]bool{}}, nil
}

// Leftover refuses names and values that no expression parsed so far has used;
// anyExpression tells whether the request has an expression at all.
func (p *Params) Leftover(anyExpression bool) error {
	if !anyExpression && p.names != nil {
		return attribute.Refuse("ExpressionAttributeNames can only be specified when using expressions")
	}
	if !anyExpression && p.values != nil {
		return attribute.Refuse("ExpressionAttributeValues can only be specified when using expressions")
	}
	if left := unused(p.names, p.usedNames); left != "" {
		return attribute.Refuse("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", left)
	}
	if left := unused(p.values, p.usedValues); left != "" {
		return attribute.Refuse("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", left)
	}
	return nil
}

func unused[V any](given map[string]V, used map[string]bool) string {
	left := slices.DeleteFunc(slices.Sorted(maps.Keys(given)), func(name string) bool { return used[name] })
	return strings.Join(left, ", ")
}
