package dynamodb

import (
	"fmt"
	"slices"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// maxPage is how many bytes of items a page of Query or Scan reads.
const maxPage = 1 << 20

// listRequest are the fields that Query and Scan share.
type listRequest struct {
	TableName              *string
	IndexName              *string
	FilterExpression       *string
	ProjectionExpression   *string
	ExclusiveStartKey      attribute.Item
	Limit                  *int
	Select                 string
	ConsistentRead         bool
	ReturnConsumedCapacity string
	placeholders
	legacy
}

type listAnswer struct {
	Items            *[]attribute.Item `json:",omitempty"`
	Count            int
	ScannedCount     int
	LastEvaluatedKey attribute.Item    `json:",omitempty"`
	ConsumedCapacity *consumedCapacity `json:",omitempty"`
}

// listing is a Query or Scan under way.
type listing struct {
	request    *listRequest
	name       string
	filter     *expression.Condition
	projection kept
	descending bool

	table *table
	index *secondary // nil for the table itself
	keys  schema     // of the index or the table
	part  store.Range
}

// prepare checks what needs no table and parses the rest of the expressions.
func (r *listRequest) prepare(e *expressions) (*listing, error) {
	name, err := tableName(r.TableName)
	if err != nil {
		return nil, err
	}
	if r.Limit != nil && *r.Limit < 1 {
		return nil, constraint(fmt.Sprint(*r.Limit), "limit", "have value greater than or equal to 1")
	}
	if err := r.legacy.check(); err != nil {
		return nil, err
	}
	if err := checkCapacity(r.ReturnConsumedCapacity); err != nil {
		return nil, err
	}
	l := &listing{request: r, name: name, filter: e.filter(r.FilterExpression)}
	l.projection = kept{e.projection(r.ProjectionExpression)}
	if err := e.done(); err != nil {
		return nil, err
	}
	return l, r.checkSelect()
}

func (r *listRequest) checkSelect() error {
	switch r.Select {
	case "", "SPECIFIC_ATTRIBUTES":
		return nil
	case "ALL_ATTRIBUTES", "COUNT", "ALL_PROJECTED_ATTRIBUTES":
		if r.ProjectionExpression != nil {
			return validation("Cannot specify the ProjectionExpression when choosing to get %s", r.Select)
		}
		if r.Select == "ALL_PROJECTED_ATTRIBUTES" && r.IndexName == nil {
			return validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
		}
		return nil
	}
	return constraint(r.Select, "select", "satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]")
}

// bind finds the table and the index, and refuses what the index cannot give.
func (l *listing) bind(s *Server, tx *store.Tx) (err error) {
	if l.table, err = s.tables.find(tx, l.name); err != nil {
		return err
	}
	l.keys = l.table.Keys
	if l.request.IndexName == nil {
		return nil
	}
	index, ok := l.table.index(*l.request.IndexName)
	if !ok {
		return validation("The table does not have the specified index: %s", *l.request.IndexName)
	}
	l.index, l.keys = index, index.Keys
	if l.request.ConsistentRead {
		return validation("Consistent reads are not supported on global secondary indexes")
	}
	if index.Projection == "ALL" {
		return nil
	}
	if l.request.Select == "ALL_ATTRIBUTES" {
		return validation("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", index.Name)
	}
	for _, p := range l.projection.Projection {
		if !slices.Contains(index.projected(l.table), p.Top()) {
			return validation("One or more parameter values were invalid: Global secondary index %s does not project [%s]", index.Name, p.Top())
		}
	}
	return nil
}

func (l *listing) bucket() string {
	if l.index == nil {
		return l.table.itemsBucket()
	}
	return l.table.indexBucket(l.index.Name)
}

// read gives one page. The limit counts items before the filter; a page that
// ends on its limit has a last key even if nothing follows, as DynamoDB's has.
func (l *listing) read(tx *store.Tx) (*listAnswer, error) {
	answer := &listAnswer{}
	items := []attribute.Item{}
	size := 0
	var last attribute.Item
	for _, stored := range tx.Bucket(l.bucket()).All(l.part, l.descending) {
		item, err := attribute.Decode(stored)
		if err != nil {
			return nil, fmt.Errorf("list table %s: %w", l.name, err)
		}
		if size+item.Size() > maxPage {
			answer.LastEvaluatedKey = l.place(last)
			break
		}
		size += item.Size()
		last = item
		answer.ScannedCount++
		if l.filter.Holds(item) {
			answer.Count++
			items = append(items, item)
		}
		if l.request.Limit != nil && answer.ScannedCount == *l.request.Limit {
			answer.LastEvaluatedKey = l.place(last)
			break
		}
	}
	answer.ConsumedCapacity = l.consumed(size).report(l.request.ReturnConsumedCapacity)
	if l.request.Select != "COUNT" {
		for i := range items {
			items[i] = l.projection.whole(items[i])
		}
		answer.Items = &items
	}
	return answer, nil
}

// place is the key from which a listing goes on behind an item.
func (l *listing) place(item attribute.Item) attribute.Item {
	return item.Pick(slices.Concat(l.table.Keys.names(), l.keys.names())...)
}

func (l *listing) consumed(size int) units {
	n := readFactor(l.request.ConsistentRead) * whole(size, readUnit)
	if l.index == nil {
		return units{name: l.name, table: n}
	}
	return units{name: l.name, indexes: map[string]float64{l.index.Name: n}}
}
