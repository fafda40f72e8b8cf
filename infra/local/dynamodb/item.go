package dynamodb

import (
	"errors"
	"slices"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
)

// writeRequest is a PutItem, UpdateItem or DeleteItem, or one part of
// TransactWriteItems; each uses some of the fields.
type writeRequest struct {
	TableName           *string
	Item                attribute.Item
	Key                 attribute.Item
	ConditionExpression *string
	UpdateExpression    *string
	placeholders
	returnValues
	legacy
}

// returnValues are the fields of a write about what it gives back.
type returnValues struct {
	ReturnValues                        string
	ReturnValuesOnConditionCheckFailure string
	ReturnConsumedCapacity              string
}

var allReturns = []string{"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"}

// writeAnswer is the answer of PutItem, UpdateItem and DeleteItem.
type writeAnswer struct {
	Attributes       attribute.Item    `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

func (s *Server) putItem(r *writeRequest) (*writeAnswer, error) {
	w, err := r.put()
	if err != nil {
		return nil, err
	}
	return s.single(w, r, "NONE", "ALL_OLD")
}

func (s *Server) deleteItem(r *writeRequest) (*writeAnswer, error) {
	w, err := r.delete()
	if err != nil {
		return nil, err
	}
	return s.single(w, r, "NONE", "ALL_OLD")
}

func (s *Server) updateItem(r *writeRequest) (*writeAnswer, error) {
	w, err := r.update()
	if err != nil {
		return nil, err
	}
	return s.single(w, r, allReturns...)
}

// single commits a write of its own and answers what its request wants back.
func (s *Server) single(w write, r *writeRequest, allowed ...string) (*writeAnswer, error) {
	if err := r.checkReturns(allowed); err != nil {
		return nil, err
	}
	c, err := s.commit(w)
	var refused refusal
	if errors.As(err, &refused) {
		if r.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			return nil, conditionFailed(refused.item)
		}
		return nil, conditionFailed(nil)
	}
	if err != nil {
		return nil, err
	}
	answer := &writeAnswer{ConsumedCapacity: written(c, 1).report(r.ReturnConsumedCapacity)}
	switch r.ReturnValues {
	case "ALL_OLD":
		answer.Attributes = c.old
	case "ALL_NEW":
		answer.Attributes = c.new
	case "UPDATED_OLD":
		answer.Attributes = w.touched.Apply(c.old)
	case "UPDATED_NEW":
		answer.Attributes = w.touched.Apply(c.new)
	}
	return answer, nil
}

func (r *writeRequest) checkReturns(allowed []string) error {
	switch v := r.ReturnValues; {
	case v == "" || slices.Contains(allowed, v):
	case slices.Contains(allReturns, v):
		return validation("Return values set to invalid value")
	default:
		return constraint(v, "returnValues", "satisfy enum value set: ["+strings.Join(allReturns, ", ")+"]")
	}
	return checkCapacity(r.ReturnConsumedCapacity)
}

// prepare checks what all writes have in common and parses the expressions.
func (r *writeRequest) prepare() (write, *expression.Update, error) {
	if err := r.legacy.check(); err != nil {
		return write{}, nil, err
	}
	name, err := tableName(r.TableName)
	if err != nil {
		return write{}, nil, err
	}
	if v := r.ReturnValuesOnConditionCheckFailure; v != "" && v != "NONE" && v != "ALL_OLD" {
		return write{}, nil, constraint(v, "returnValuesOnConditionCheckFailure", "satisfy enum value set: [ALL_OLD, NONE]")
	}
	e := r.expressions()
	w := write{table: name, condition: e.condition(r.ConditionExpression)}
	u := e.update(r.UpdateExpression)
	w.touched = u.Paths()
	return w, u, e.done()
}

func (r *writeRequest) put() (write, error) {
	w, _, err := r.prepare()
	switch {
	case err != nil:
		return w, err
	case r.Item == nil:
		return w, missing("item")
	}
	return w.putting(r.Item)
}

// putting completes a write that stores an item.
func (w write) putting(item attribute.Item) (write, error) {
	w.locate = func(t *table) (attribute.Item, error) { return item, t.checkItem(item) }
	w.next = func(*table, attribute.Item) (attribute.Item, error) { return item, nil }
	if item.Size() > maxItem {
		return w, validation("Item size has exceeded the maximum allowed size")
	}
	return w, nil
}

func (r *writeRequest) delete() (write, error) {
	w, err := r.check()
	return w.deleting(r.Key), err
}

// deleting completes a write that deletes the item of a key.
func (w write) deleting(key attribute.Item) write {
	w.locate = func(t *table) (attribute.Item, error) { return key, t.checkKey(key) }
	w.next = func(*table, attribute.Item) (attribute.Item, error) { return nil, nil }
	return w
}

// check makes the write that only checks its condition.
func (r *writeRequest) check() (write, error) {
	w, _, err := r.prepare()
	w.locate = func(t *table) (attribute.Item, error) { return r.Key, t.checkKey(r.Key) }
	if err == nil && r.Key == nil {
		err = missing("key")
	}
	return w, err
}

func (r *writeRequest) update() (write, error) {
	w, u, err := r.prepare()
	if err == nil && r.Key == nil {
		err = missing("key")
	}
	w.locate = func(t *table) (attribute.Item, error) {
		for _, p := range u.Paths() {
			if t.Keys.has(p.Top()) {
				return nil, attribute.Refuse("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", p.Top())
			}
		}
		return r.Key, t.checkKey(r.Key)
	}
	w.next = func(t *table, old attribute.Item) (attribute.Item, error) {
		if old == nil {
			old = r.Key
		}
		item, err := u.Apply(old)
		if err != nil {
			return nil, err
		}
		if item.Size() > maxItem {
			return nil, validation("Item size to update has exceeded the maximum allowed size")
		}
		return item, t.checkItem(item)
	}
	return w, err
}

func missing(member string) error {
	return validation("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", member)
}

// tableName checks a table's name, of which DynamoDB also takes the ARN.
func tableName(given *string) (string, error) {
	if given == nil {
		return "", missing("tableName")
	}
	name := *given
	if strings.HasPrefix(name, tableARN("")) {
		name = strings.TrimPrefix(name, tableARN(""))
	}
	if len(name) < 3 || len(name) > 255 {
		return "", constraint(name, "tableName", "have length less than or equal to 255, Member must have length greater than or equal to 3")
	}
	if strings.Trim(name, nameLetters) != "" {
		return "", constraint(name, "tableName", "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
	return name, nil
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

// tableARN is the twin's name for a table; account and region are made up.
func tableARN(name string) string { return "arn:aws:dynamodb:us-east-1:000000000000:table/" + name }
