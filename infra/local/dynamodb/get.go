package dynamodb

import (
	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

type getRequest struct {
	TableName              *string
	Key                    attribute.Item
	ProjectionExpression   *string
	ConsistentRead         bool
	ReturnConsumedCapacity string
	placeholders
	legacy
}

type getAnswer struct {
	Item             attribute.Item    `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

func (s *Server) getItem(r *getRequest) (*getAnswer, error) {
	read, err := r.read()
	if err != nil {
		return nil, err
	}
	if err := checkCapacity(r.ReturnConsumedCapacity); err != nil {
		return nil, err
	}
	answer := &getAnswer{}
	return answer, s.store.Read(func(tx *store.Tx) error {
		_, item, err := s.fetch(tx, read)
		if err != nil {
			return err
		}
		answer.ConsumedCapacity = itemRead(read.table, item, readFactor(r.ConsistentRead)).report(r.ReturnConsumedCapacity)
		answer.Item = read.projection.whole(item)
		return nil
	})
}

// read is one item wished for, and what of it.
type read struct {
	table      string
	key        attribute.Item
	projection kept
}

// kept is a projection that keeps the whole item if there is none.
type kept struct{ expression.Projection }

func (k kept) whole(item attribute.Item) attribute.Item {
	if k.Projection == nil || item == nil {
		return item
	}
	return k.Apply(item)
}

func (r *getRequest) read() (read, error) {
	name, err := tableName(r.TableName)
	if err != nil {
		return read{}, err
	}
	if r.Key == nil {
		return read{}, missing("key")
	}
	if err := r.legacy.check(); err != nil {
		return read{}, err
	}
	e := r.expressions()
	projection := e.projection(r.ProjectionExpression)
	return read{name, r.Key, kept{projection}}, e.done()
}

// fetch gives the wished item, nil if there is none.
func (s *Server) fetch(tx *store.Tx, r read) (*table, attribute.Item, error) {
	t, err := s.tables.find(tx, r.table)
	if err != nil {
		return nil, nil, err
	}
	if err := t.checkKey(r.key); err != nil {
		return nil, nil, err
	}
	item, err := t.load(tx, t.key(r.key))
	return t, item, err
}
