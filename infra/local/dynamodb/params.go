package dynamodb

import (
	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
)

// placeholders are the fields that every request with expressions has.
type placeholders struct {
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]attribute.Value
}

// legacy are the parameters that expressions replaced in 2014; they are
// refused.
type legacy struct {
	Expected            any
	AttributeUpdates    any
	KeyConditions       any
	QueryFilter         any
	ScanFilter          any
	AttributesToGet     any
	ConditionalOperator any
}

func (l legacy) check() error {
	if l != (legacy{}) {
		return validation("Legacy parameters (Expected, AttributeUpdates, KeyConditions, QueryFilter, ScanFilter, AttributesToGet, ConditionalOperator) are not supported here; use expressions")
	}
	return nil
}

// expressions parses the optional expressions of one request in turn; the
// first failure sticks.
type expressions struct {
	params *expression.Params
	any    bool
	err    error
}

func (p placeholders) expressions() *expressions {
	params, err := expression.NewParams(p.ExpressionAttributeNames, p.ExpressionAttributeValues)
	return &expressions{params: params, err: err}
}

// optional parses a source unless it is missing.
func optional[T any](e *expressions, source *string, parse func(string) (T, error)) T {
	var parsed T
	if source == nil || e.err != nil {
		return parsed
	}
	e.any = true
	parsed, e.err = parse(*source)
	return parsed
}

func (e *expressions) condition(source *string) *expression.Condition {
	return optional(e, source, func(s string) (*expression.Condition, error) {
		return e.params.Condition("ConditionExpression", s)
	})
}

func (e *expressions) filter(source *string) *expression.Condition {
	return optional(e, source, func(s string) (*expression.Condition, error) {
		return e.params.Condition("FilterExpression", s)
	})
}

func (e *expressions) projection(source *string) expression.Projection {
	return optional(e, source, func(s string) (expression.Projection, error) { return e.params.Projection(s) })
}

func (e *expressions) update(source *string) *expression.Update {
	return optional(e, source, func(s string) (*expression.Update, error) { return e.params.Update(s) })
}

func (e *expressions) key(source *string) []expression.KeyTest {
	return optional(e, source, func(s string) ([]expression.KeyTest, error) { return e.params.KeyCondition(s) })
}

// done gives the first failure, or refuses placeholders that were not used.
func (e *expressions) done() error {
	if e.err != nil {
		return e.err
	}
	return e.params.Leftover(e.any)
}
