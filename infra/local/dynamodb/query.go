package dynamodb

import (
	"slices"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

type queryRequest struct {
	listRequest
	KeyConditionExpression *string
	ScanIndexForward       *bool
}

func (s *Server) query(r *queryRequest) (*listAnswer, error) {
	e := r.expressions()
	tests := e.key(r.KeyConditionExpression)
	l, err := r.prepare(e)
	if err != nil {
		return nil, err
	}
	if r.KeyConditionExpression == nil {
		return nil, validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	l.descending = r.ScanIndexForward != nil && !*r.ScanIndexForward
	var answer *listAnswer
	err = s.store.Read(func(tx *store.Tx) error {
		if err := l.bind(s, tx); err != nil {
			return err
		}
		if err := l.keys.narrow(&l.part, tests); err != nil {
			return err
		}
		if err := l.checkFilter(); err != nil {
			return err
		}
		if err := l.resume(r.ExclusiveStartKey); err != nil {
			return err
		}
		answer, err = l.read(tx)
		return err
	})
	return answer, err
}

// checkFilter refuses filters on key attributes, which a query has no use for.
func (l *listing) checkFilter() error {
	if l.filter == nil {
		return nil
	}
	for _, name := range l.filter.Names {
		if l.keys.has(name) {
			return validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", name)
		}
	}
	return nil
}

// narrow turns the tests of a key condition into the range of keys that meet
// them.
func (k schema) narrow(part *store.Range, tests []expression.KeyTest) error {
	hash, sort, err := k.assign(tests)
	if err != nil {
		return err
	}
	prefix := string(attribute.AppendPartition(nil, hash.Values[0]))
	*part = store.Range{Low: prefix, High: attribute.After(prefix)}
	if sort == nil {
		return nil
	}
	first := func(v attribute.Value) string { return string(attribute.AppendOrdered([]byte(prefix), v)) }
	v := sort.Values[0]
	switch sort.Operator {
	case "=":
		part.Low, part.High = first(v), attribute.After(first(v))
	case "<":
		part.High = first(v)
	case "<=":
		part.High = attribute.After(first(v))
	case ">":
		part.Low = attribute.After(first(v))
	case ">=":
		part.Low = first(v)
	case "BETWEEN":
		part.Low, part.High = first(v), attribute.After(first(sort.Values[1]))
	case "begins_with":
		part.Low = string(attribute.AppendOrderedPrefix([]byte(prefix), v))
		part.High = attribute.After(part.Low)
	}
	return nil
}

// assign finds which test is for the hash key and which for the sort key.
func (k schema) assign(tests []expression.KeyTest) (hash, sort *expression.KeyTest, err error) {
	for i := range tests {
		test := &tests[i]
		switch {
		case test.Name == k.Hash.Name && hash == nil:
			hash = test
		case k.has(test.Name) && test.Name == k.Sort.Name && sort == nil:
			sort = test
		case k.has(test.Name):
			return nil, nil, validation("KeyConditionExpressions must only contain one condition per key")
		}
	}
	switch {
	case hash == nil:
		return nil, nil, validation("Query condition missed key schema element: %s", k.Hash.Name)
	case sort == nil && len(tests) > 1 && k.Sort.Name != "":
		return nil, nil, validation("Query condition missed key schema element: %s", k.Sort.Name)
	case sort == nil && len(tests) > 1 || len(tests) > 2 || hash.Operator != "=":
		return nil, nil, validation("Query key condition not supported")
	}
	if err := k.Hash.checkTest(hash); err != nil || sort == nil {
		return hash, nil, err
	}
	return hash, sort, k.Sort.checkTest(sort)
}

func (k keyAttribute) checkTest(test *expression.KeyTest) error {
	for _, v := range test.Values {
		if v.Kind != k.Kind {
			return validation("One or more parameter values were invalid: Condition parameter type does not match schema type")
		}
		if v.Kind != attribute.Number && v.Text == "" {
			return validation("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", emptyName(v.Kind), k.Name)
		}
	}
	if test.Operator == "begins_with" && k.Kind == attribute.Number {
		return validation("Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N")
	}
	return nil
}

// resume moves the start of the range behind the key on which the page before
// ended.
func (l *listing) resume(start attribute.Item) error {
	if start == nil {
		return nil
	}
	names := slices.Concat(l.table.Keys.names(), l.keys.names())
	if len(start) != len(start.Pick(names...)) || !l.table.Keys.covers(start) || !l.keys.covers(start) {
		return validation("The provided starting key is invalid: The provided key element does not match the schema")
	}
	key := l.table.key(start)
	if l.index != nil {
		key, _ = l.index.entry(l.table, start)
	}
	if key < l.part.Low || l.part.High != "" && key >= l.part.High {
		return validation("The provided starting key is outside query boundaries based on provided conditions")
	}
	if l.descending {
		l.part.High = key
	} else {
		l.part.Low = key + "\x00"
	}
	return nil
}
