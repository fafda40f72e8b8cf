package expression_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
)

func item(t testing.TB, text string) attribute.Item {
	t.Helper()
	var it attribute.Item
	if err := json.Unmarshal([]byte(text), &it); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return it
}

// placeholders are those of all tests here; the leftovers do not matter.
func placeholders(t testing.TB) *expression.Params {
	t.Helper()
	p, err := expression.NewParams(
		map[string]string{"#name": "name", "#dot": "a.b", "#empty": ""},
		item(t, `{":a":{"S":"a"},":b":{"S":"b"},":one":{"N":"1"},":two":{"N":"2"},":yes":{"BOOL":true},":B":{"B":"YQ=="},
			":S":{"S":"S"},":bad":{"S":"X"},":list":{"L":[{"S":"z"}]},":map":{"M":{}},":ss":{"SS":["a","z"]},":ns":{"NS":["1","9"]},":null":{"NULL":true}}`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const thing = `{"s":{"S":"abc"},"n":{"N":"2"},"bin":{"B":"YWI="},"t":{"BOOL":true},"nil":{"NULL":true},
	"l":{"L":[{"S":"a"},{"N":"1"},{"M":{"k":{"S":"b"}}}]},"m":{"M":{"x":{"N":"1"},"y":{"M":{"z":{"S":"a"}}}}},
	"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"name":{"S":"a"},"a.b":{"S":"dotted"},"a":{"S":"a"}}`

func TestConditions(t *testing.T) {
	it := item(t, thing)
	for source, want := range map[string]bool{
		"n = :two": true, "n = :one": false, "n <> :one": true, "n > :one": true, "n >= :two": true, "n < :two": false, "n <= :two": true,
		"s = :two": false, "s < :two": false, "s <> :two": true, "absent = :one": false, "absent <> :one": true, "absent < :one": false,
		"s > :a AND s < :b": true, "n BETWEEN :one AND :two": true, "s BETWEEN :a AND :b": true, "n BETWEEN :a AND :b": false,
		"n IN (:a, :two)": true, "n IN (:a)": false, "n IN (n)": true, "absent IN (:a)": false,
		"attribute_exists(m.y.z)": true, "attribute_exists(m.y.q)": false, "attribute_not_exists(m.q)": true, "attribute_exists(l[2].k)": true, "attribute_exists(l[3])": false,
		"attribute_type(s, :S)": true, "attribute_type(n, :S)": false, "attribute_type(absent, :S)": false,
		"begins_with(s, :a)": true, "begins_with(s, :b)": false, "begins_with(bin, :B)": true, "begins_with(n, :a)": false,
		"contains(s, :b)": true, "contains(ss, :b)": true, "contains(l, :one)": true, "contains(ns, :two)": true, "contains(ss, :one)": false, "contains(n, :two)": false, "contains(bin, :B)": true,
		"size(s) > :two": true, "size(l) > size(ss)": true, "size(m) = :two": true, "size(n) = :one": false, "size(absent) < :one": false,
		"l[1] = :one": true, "l[2].k = :b": true, "m.y.z = :a": true, "#name = :a": true, "#dot <> :a": true, "m.x = l[1]": true,
		"NOT n = :two": false, "NOT NOT n = :two": true, "NOT n = :one AND s = :a": false, "NOT (n = :one AND s = :a)": true,
		"n = :two OR n = :one AND s = :a": true, "(n = :two OR n = :one) AND s = :a": false,
		"n = :one OR NOT s = :a": true, "not n = :one and n = :two Or s = :a": true, "t = :yes": true, "nil = :null": true,
		"m <> :map": true, "ss = :ss": false, "(n = :two) AND (s <> :a)": true,
	} {
		c, err := placeholders(t).Condition("ConditionExpression", source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if c.Holds(it) != want {
			t.Errorf("%s is %v", source, !want)
		}
		c.Holds(nil)
	}
}

func TestWhatConditionsAreRefused(t *testing.T) {
	for source, message := range map[string]string{
		"":                             `The expression can not be empty;`,
		"  ":                           `The expression can not be empty;`,
		"a":                            `Syntax error; token: "<EOF>", near: "a"`,
		"a = ":                         `Syntax error; token: "<EOF>", near: "="`,
		"a = :a b":                     `Syntax error; token: "b", near: ":a b"`,
		"a = :a)":                      `Syntax error; token: ")", near: ":a )"`,
		"a ! :a":                       `Syntax error; token: "!", near: "a !"`,
		"a..b = :a":                    `Syntax error; token: ".", near: ". . b"`,
		"a[x] = :a":                    `Syntax error; token: "x", near: "[ x ]"`,
		"a[99999999999999999999] = :a": `List index is not within the allowable range; index: [99999999999999999999]`,
		"_a = :a":                      `Syntax error; token: "_a"`,
		"AND = :a":                     `reserved keyword: AND`,
		"Name = :a":                    `Attribute name is a reserved keyword; reserved keyword: Name`,
		"a.status = :a":                `Attribute name is a reserved keyword; reserved keyword: status`,
		"#none = :a":                   `An expression attribute name used in the document path is not defined; attribute name: #none`,
		"a = :none":                    `An expression attribute value used in expression is not defined; attribute value: :none`,
		"((a = :a))":                   `The expression has redundant parentheses;`,
		"a = a":                        `The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]`,
		"nope(a)":                      `Invalid function name; function: nope`,
		"a = nope(a)":                  `Invalid function name; function: nope`,
		"attribute_exists(a, b)":       `Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2`,
		"attribute_exists(:a)":         `Operator or function requires a document path; operator or function: attribute_exists`,
		"attribute_type(a, :one)":      `Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N`,
		"attribute_type(a, :bad)":      `Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
		"begins_with(a, :one)":         `Incorrect operand type for operator or function; operator or function: begins_with, operand type: N`,
		"a < :map":                     `Incorrect operand type for operator or function; operator or function: <, operand type: M`,
		"a BETWEEN :b AND :a":          `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}`,
		"a BETWEEN :a AND :one":        `The BETWEEN operator requires same data type for lower and upper bounds`,
		"size(a)":                      `Syntax error; token: "<EOF>"`,
		"size(:one) = :one":            `Incorrect operand type for operator or function; operator or function: size, operand type: N`,
		"size(a, b) = :one":            `Incorrect number of operands for operator or function; operator or function: size, number of operands: 2`,
		"list_append(a, b)":            `The function is not allowed in a condition expression; function: list_append`,
		"a = contains(b, :a)":          `The function is not allowed to be used this way in an expression; function: contains`,
		"a IN ()":                      `Syntax error; token: ")", near: "( )"`,
		"a IN (" + strings.Repeat(":a,", 100) + ":a)": `number of operands: 101`,
		strings.Repeat("a", 5000):                     `Expression size has exceeded the maximum allowed size`,
	} {
		_, err := placeholders(t).Condition("FilterExpression", source)
		want := "Invalid FilterExpression: "
		if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: got %v, want %s", source, err, message)
		}
	}
}

func TestUpdates(t *testing.T) {
	for source, want := range map[string]string{
		"SET a = :a, c = :b":                                                    `{"a":{"S":"a"},"c":{"S":"b"},"n":{"N":"5"},"l":{"L":[{"S":"0"},{"S":"1"},{"S":"2"}]},"m":{"M":{"x":{"N":"1"}}},"s":{"SS":["a","b"]}}`,
		"SET n = n + :one":                                                      `{"n":{"N":"6"},"l":{"L":[{"S":"0"},{"S":"1"},{"S":"2"}]},"m":{"M":{"x":{"N":"1"}}},"s":{"SS":["a","b"]}}`,
		"SET n = :one - n REMOVE l, m, s":                                       `{"n":{"N":"-4"}}`,
		"set n = m.x, m.x = n remove l, s":                                      `{"n":{"N":"1"},"m":{"M":{"x":{"N":"5"}}}}`,
		"SET n = if_not_exists(q, :two) REMOVE l, m, s":                         `{"n":{"N":"2"}}`,
		"SET n = if_not_exists(n, :two) + :two REMOVE l, m, s":                  `{"n":{"N":"7"}}`,
		"SET n = if_not_exists(q, if_not_exists(m.x, :two)) REMOVE l, m, s":     `{"n":{"N":"1"}}`,
		"SET l = list_append(:list, l) REMOVE n, m, s":                          `{"l":{"L":[{"S":"z"},{"S":"0"},{"S":"1"},{"S":"2"}]}}`,
		"SET q = list_append(if_not_exists(q, :list), :list) REMOVE l, n, m, s": `{"q":{"L":[{"S":"z"},{"S":"z"}]}}`,
		"SET l[1] = :a, l[9] = :b REMOVE n, m, s":                               `{"l":{"L":[{"S":"0"},{"S":"a"},{"S":"2"},{"S":"b"}]}}`,
		"SET m.y = :map REMOVE l, n, s":                                         `{"m":{"M":{"x":{"N":"1"},"y":{"M":{}}}}}`,
		"REMOVE l[0], l[2], l[7], n, m, s, nothing":                             `{"l":{"L":[{"S":"1"}]}}`,
		"REMOVE l[2], l[0], n, m.x, s":                                          `{"l":{"L":[{"S":"1"}]},"m":{"M":{}}}`,
		"ADD n :two, q :one, s :ss, t :ns REMOVE l, m":                          `{"n":{"N":"7"},"q":{"N":"1"},"s":{"SS":["a","b","z"]},"t":{"NS":["1","9"]}}`,
		"ADD m.x :one REMOVE l, n, s":                                           `{"m":{"M":{"x":{"N":"2"}}}}`,
		"DELETE s :ss REMOVE l, m, n":                                           `{"s":{"SS":["b"]}}`,
		"DELETE q :ss REMOVE l, m, n, s":                                        `{}`,
		"SET #name = :a, #dot = :b REMOVE l, m, n, s":                           `{"name":{"S":"a"},"a.b":{"S":"b"}}`,
	} {
		before := item(t, `{"n":{"N":"5"},"l":{"L":[{"S":"0"},{"S":"1"},{"S":"2"}]},"m":{"M":{"x":{"N":"1"}}},"s":{"SS":["a","b"]}}`)
		kept := before.Clone()
		u, err := placeholders(t).Update(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		after, err := u.Apply(before)
		if err != nil || !after.Equal(item(t, want)) {
			got, _ := json.Marshal(after)
			t.Errorf("%s: %v\ngot  %s\nwant %s", source, err, got, want)
		}
		if !before.Equal(kept) {
			t.Errorf("%s changed the item before", source)
		}
	}
}

func TestASetLosesItsLastMemberAndIsGone(t *testing.T) {
	u, err := placeholders(t).Update("DELETE s :ss")
	if err != nil {
		t.Fatal(err)
	}
	after, err := u.Apply(item(t, `{"s":{"SS":["a"]}}`))
	if err != nil || len(after) != 0 {
		t.Errorf("got %v %v", after, err)
	}
}

func TestWhatUpdatesAreRefused(t *testing.T) {
	for source, message := range map[string]string{
		"":                             `The expression can not be empty;`,
		"a = :a":                       `Syntax error; token: "a", near: "a ="`,
		"SET a":                        `Syntax error; token: "<EOF>"`,
		"SET a = :a SET b = :b":        `The "SET" section can only be used once in an update expression;`,
		"SET a = :a, a = :b":           `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]`,
		"SET a.b = :a REMOVE a":        `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]`,
		"SET a.b = :a REMOVE a[1]":     `Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]`,
		"SET a = :a + :one":            `Incorrect operand type for operator or function; operator or function: +, operand type: S`,
		"SET a = size(b)":              `The function is not allowed in an update expression; function: size`,
		"SET a = nope(b)":              `Invalid function name; function: nope`,
		"SET a = if_not_exists(:a, b)": `Operator or function requires a document path; operator or function: if_not_exists`,
		"SET a = if_not_exists(b)":     `Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1`,
		"SET a = list_append(:a, b)":   `Incorrect operand type for operator or function; operator or function: list_append, operand type: S`,
		"ADD a :a":                     `Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND`,
		"DELETE a :one":                `Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND`,
		"ADD a b":                      `Syntax error; token: "b"`,
		"REMOVE a,":                    `Syntax error; token: "<EOF>"`,
	} {
		_, err := placeholders(t).Update(source)
		if err == nil || !strings.HasPrefix(err.Error(), "Invalid UpdateExpression: ") || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: got %v, want %s", source, err, message)
		}
	}
}

func TestUpdatesThatTheItemRefuses(t *testing.T) {
	for source, message := range map[string]string{
		"SET a = absent":                "The provided expression refers to an attribute that does not exist in the item",
		"SET a = absent + :one":         "The provided expression refers to an attribute that does not exist in the item",
		"SET a = s + :one":              "An operand in the update expression has an incorrect data type",
		"SET a = list_append(s, :list)": "An operand in the update expression has an incorrect data type",
		"ADD s :one":                    "An operand in the update expression has an incorrect data type",
		"DELETE ss :ns":                 "An operand in the update expression has an incorrect data type",
		"SET absent.x = :a":             "The document path provided in the update expression is invalid for update",
		"SET s.x = :a":                  "The document path provided in the update expression is invalid for update",
		"SET m[0] = :a":                 "The document path provided in the update expression is invalid for update",
		"SET l[9].x = :a":               "The document path provided in the update expression is invalid for update",
		"REMOVE absent.x":               "The document path provided in the update expression is invalid for update",
	} {
		u, err := placeholders(t).Update(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if _, err := u.Apply(item(t, thing)); err == nil || err.Error() != message {
			t.Errorf("%s: got %v", source, err)
		}
	}
}

func TestProjections(t *testing.T) {
	for source, want := range map[string]string{
		"s, n":              `{"s":{"S":"abc"},"n":{"N":"2"}}`,
		"absent, m.q, s.x":  `{}`,
		"m.y.z, m.x":        `{"m":{"M":{"x":{"N":"1"},"y":{"M":{"z":{"S":"a"}}}}}}`,
		"l[2].k, l[0]":      `{"l":{"L":[{"S":"a"},{"M":{"k":{"S":"b"}}}]}}`,
		"#dot, #name, l[9]": `{"a.b":{"S":"dotted"},"name":{"S":"a"}}`,
	} {
		p, err := placeholders(t).Projection(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := p.Apply(item(t, thing)); !got.Equal(item(t, want)) {
			text, _ := json.Marshal(got)
			t.Errorf("%s: got %s", source, text)
		}
	}
	for source, message := range map[string]string{
		"a, a.b":  "Two document paths overlap with each other",
		"a,":      `Syntax error; token: "<EOF>", near: ","`,
		":a":      `Syntax error; token: ":a"`,
		"#empty":  "is not defined; attribute name: #empty",
		"a, data": "reserved keyword: data",
	} {
		if _, err := placeholders(t).Projection(source); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v", source, err)
		}
	}
}

func TestPlaceholderNamesAreChecked(t *testing.T) {
	for name, message := range map[string]string{
		"a":   `contains invalid key: Syntax error; key: "a"`,
		"#":   `contains invalid key: Syntax error; key: "#"`,
		"#a-": `contains invalid key: Syntax error; key: "#a-"`,
	} {
		if _, err := expression.NewParams(map[string]string{name: "x"}, nil); err == nil || !strings.Contains(err.Error(), "ExpressionAttributeNames "+message) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := expression.NewParams(nil, attribute.Item{"#a": attribute.Text("")}); err == nil || !strings.Contains(err.Error(), `ExpressionAttributeValues contains invalid key: Syntax error; key: "#a"`) {
		t.Errorf("got %v", err)
	}
	if _, err := expression.NewParams(map[string]string{}, nil); err == nil || err.Error() != "ExpressionAttributeNames must not be empty" {
		t.Errorf("got %v", err)
	}
}

// FuzzExpressions parses any text as every kind of expression, and runs what
// is one.
func FuzzExpressions(f *testing.F) {
	for _, seed := range []string{
		"a = :a AND NOT (b.c[0] <> :b OR size(d) > :one)", "pk = :a AND begins_with(sk, :b)", "a, b.c[1], #name",
		"SET a = if_not_exists(b, :one) + :two, l = list_append(l, :list) REMOVE m.x ADD n :one DELETE ss :ss",
		"a BETWEEN :a AND :b OR a IN (:a, :b)", "((((((", "a[", "é", "a.b.c.d[1][2][3]", "SET l[5] = :a REMOVE l[0], l[1]", "#", ":",
	} {
		f.Add(seed)
	}
	it := item(f, thing)
	f.Fuzz(func(t *testing.T, source string) {
		p := placeholders(t)
		if c, err := p.Condition("ConditionExpression", source); err == nil {
			c.Holds(it)
			c.Holds(nil)
		}
		if projection, err := p.Projection(source); err == nil && len(projection.Apply(it)) > len(it) {
			t.Error("a projection has more than its item")
		}
		if u, err := p.Update(source); err == nil {
			if _, err := u.Apply(it); err == nil && u.Paths().Apply(it) == nil {
				t.Error("no item")
			}
		}
		if tests, err := p.KeyCondition(source); err == nil && len(tests) == 0 {
			t.Error("a key condition tests nothing")
		}
		if !it.Equal(item(t, thing)) {
			t.Fatal("the item was changed")
		}
	})
}
