package dynamodb

import (
	"maps"
	"slices"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// Limits of batches.
const (
	maxBatchWrites   = 25
	maxBatchGets     = 100
	maxBatchAnswer   = 16 << 20
	duplicateInBatch = "Provided list of item keys contains duplicates"
)

type batchWriteRequest struct {
	RequestItems           map[string][]batchWrite
	ReturnConsumedCapacity string
}

// batchWrite is one put or delete of a batch.
type batchWrite struct {
	PutRequest    *struct{ Item attribute.Item } `json:",omitempty"`
	DeleteRequest *struct{ Key attribute.Item }  `json:",omitempty"`
}

type batchWriteAnswer struct {
	UnprocessedItems map[string][]batchWrite
	ConsumedCapacity []*consumedCapacity `json:",omitempty"`
}

func (s *Server) batchWriteItem(r *batchWriteRequest) (*batchWriteAnswer, error) {
	writes, err := r.writes()
	if err != nil {
		return nil, err
	}
	if err := checkCapacity(r.ReturnConsumedCapacity); err != nil {
		return nil, err
	}
	answer := &batchWriteAnswer{UnprocessedItems: map[string][]batchWrite{}}
	err = s.store.Write(func(tx *store.Tx) error {
		changes, err := s.decideAll(tx, writes)
		if err != nil {
			return err
		}
		for _, total := range sumWritten(changes, 1) {
			answer.ConsumedCapacity = appendReport(answer.ConsumedCapacity, total, r.ReturnConsumedCapacity)
		}
		s.applyAll(tx, changes)
		return nil
	})
	return answer, err
}

// writes checks the request and makes its writes.
func (r *batchWriteRequest) writes() ([]write, error) {
	var writes []write
	for _, given := range slices.Sorted(maps.Keys(r.RequestItems)) {
		name, err := tableName(&given)
		if err != nil {
			return nil, err
		}
		for _, one := range r.RequestItems[given] {
			w := write{table: name}
			switch {
			case (one.PutRequest == nil) == (one.DeleteRequest == nil):
				return nil, validation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
			case one.PutRequest != nil:
				if w, err = w.putting(one.PutRequest.Item); err != nil {
					return nil, err
				}
			default:
				w = w.deleting(one.DeleteRequest.Key)
			}
			writes = append(writes, w)
		}
	}
	if len(writes) == 0 {
		return nil, validation("1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	if len(writes) > maxBatchWrites {
		return nil, validation("Too many items requested for the BatchWriteItem call")
	}
	return writes, nil
}

// decideAll decides writes that must be of different items.
func (s *Server) decideAll(tx *store.Tx, writes []write) ([]change, error) {
	changes := make([]change, len(writes))
	seen := map[string]bool{}
	for i, w := range writes {
		c, err := s.decide(tx, w)
		if err != nil {
			return nil, err
		}
		if place := c.place(); seen[place] {
			return nil, validation(duplicateInBatch)
		} else {
			seen[place] = true
		}
		changes[i] = c
	}
	return changes, nil
}

// place tells changes of different items apart.
func (c change) place() string { return c.table.Name + "/" + c.key }

func (s *Server) applyAll(tx *store.Tx, changes []change) {
	for _, c := range changes {
		s.apply(tx, c)
	}
}

// sumWritten adds up what changes consume, table by table in order of name.
func sumWritten(changes []change, factor float64) []units {
	var all []units
	for _, c := range changes {
		all = append(all, written(c, factor))
	}
	return sumByTable(all)
}

func sumByTable(all []units) []units {
	sums := map[string]units{}
	for _, u := range all {
		sums[u.name] = sums[u.name].plus(u)
	}
	return slices.SortedFunc(maps.Values(sums), func(a, b units) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
}

func appendReport(reports []*consumedCapacity, u units, wish string) []*consumedCapacity {
	if report := u.report(wish); report != nil {
		return append(reports, report)
	}
	return reports
}

type batchGetRequest struct {
	RequestItems           map[string]keysRequest
	ReturnConsumedCapacity string
}

// keysRequest is what a batch wants of one table.
type keysRequest struct {
	Keys                     []attribute.Item
	ProjectionExpression     *string           `json:",omitempty"`
	ConsistentRead           bool              `json:",omitempty"`
	ExpressionAttributeNames map[string]string `json:",omitempty"`
	AttributesToGet          any               `json:",omitempty"`
}

type batchGetAnswer struct {
	Responses        map[string][]attribute.Item
	UnprocessedKeys  map[string]keysRequest
	ConsumedCapacity []*consumedCapacity `json:",omitempty"`
}

func (s *Server) batchGetItem(r *batchGetRequest) (*batchGetAnswer, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	answer := &batchGetAnswer{Responses: map[string][]attribute.Item{}, UnprocessedKeys: map[string]keysRequest{}}
	return answer, s.store.Read(func(tx *store.Tx) error {
		room := maxBatchAnswer
		for _, given := range slices.Sorted(maps.Keys(r.RequestItems)) {
			consumed, err := s.getKeys(tx, given, r.RequestItems[given], answer, &room)
			if err != nil {
				return err
			}
			answer.ConsumedCapacity = appendReport(answer.ConsumedCapacity, consumed, r.ReturnConsumedCapacity)
		}
		return nil
	})
}

func (r *batchGetRequest) check() error {
	n := 0
	for _, wanted := range r.RequestItems {
		n += len(wanted.Keys)
		if len(wanted.Keys) == 0 {
			return validation("1 validation error detected: Value '[]' at 'requestItems.keys' failed to satisfy constraint: Member must have length greater than or equal to 1")
		}
		if err := (legacy{AttributesToGet: wanted.AttributesToGet}).check(); err != nil {
			return err
		}
	}
	if n == 0 {
		return validation("1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	if n > maxBatchGets {
		return validation("Too many items requested for the BatchGetItem call")
	}
	return checkCapacity(r.ReturnConsumedCapacity)
}

// getKeys reads one table's share of a batch while there is room in the
// answer; what does not fit is given back as unprocessed.
func (s *Server) getKeys(tx *store.Tx, given string, wanted keysRequest, answer *batchGetAnswer, room *int) (units, error) {
	var consumed units
	answer.Responses[given] = []attribute.Item{}
	seen := map[string]bool{}
	for i, key := range wanted.Keys {
		one := getRequest{TableName: &given, Key: key, ProjectionExpression: wanted.ProjectionExpression}
		one.ExpressionAttributeNames = wanted.ExpressionAttributeNames
		read, err := one.read()
		if err != nil {
			return consumed, err
		}
		t, item, err := s.fetch(tx, read)
		if err != nil {
			return consumed, err
		}
		if place := t.key(key); seen[place] {
			return consumed, validation(duplicateInBatch)
		} else {
			seen[place] = true
		}
		if *room -= item.Size(); *room < 0 {
			wanted.Keys = wanted.Keys[i:]
			answer.UnprocessedKeys[given] = wanted
			return consumed, nil
		}
		consumed = consumed.plus(itemRead(t.Name, item, readFactor(wanted.ConsistentRead)))
		if item != nil {
			answer.Responses[given] = append(answer.Responses[given], read.projection.whole(item))
		}
	}
	return consumed, nil
}
