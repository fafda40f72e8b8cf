package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Directory is the directory.Store on the table.
type Directory struct{ Table }

func directoryKey(home string) string { return "directory#" + home }

func recordKey(k protocol.RecordKind, id string) string { return string(k) + "#" + id }

func recordPlace(k directory.Key) item { return key(directoryKey(k.Home()), recordKey(k.Kind, k.ID)) }

// Records reads at most 100 records by their keys.
func (t Directory) Records(ctx context.Context, keys []directory.Key) ([]protocol.Record, error) {
	places := make([]item, len(keys))
	for i, k := range keys {
		places[i] = recordPlace(k)
	}
	var records []protocol.Record
	asked := map[string]types.KeysAndAttributes{t.Name: {Keys: places, ConsistentRead: aws.Bool(true)}}
	for len(asked) > 0 {
		out, err := t.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: asked})
		if err != nil {
			return nil, fmt.Errorf("read the directory: %w", translate(err))
		}
		for _, i := range out.Responses[t.Name] {
			var r protocol.Record
			if err := decode(i, &r); err != nil {
				return nil, err
			}
			records = append(records, r)
		}
		asked = out.UnprocessedKeys
	}
	return records, nil
}

// List reads a page of the records of a kind in a home, by id, after an id.
func (t Directory) List(ctx context.Context, k protocol.RecordKind, home, after string, limit int) ([]protocol.Record, bool, error) {
	q := prefixed(directoryKey(home), recordKey(k, ""))
	if after != "" {
		q.ExclusiveStartKey = key(directoryKey(home), recordKey(k, after))
	}
	page, more, err := pageOf[protocol.Record](ctx, t.Table, q, limit)
	if err != nil {
		return nil, false, fmt.Errorf("list the directory: %w", err)
	}
	return page, more, nil
}

// pageOf reads one page of a query.
func pageOf[T any](ctx context.Context, t Table, q *dynamodb.QueryInput, limit int) ([]T, bool, error) {
	q.TableName, q.Limit = &t.Name, aws.Int32(int32(limit))
	out, err := t.Client.Query(ctx, q)
	if err != nil {
		return nil, false, translate(err)
	}
	list := make([]T, 0, len(out.Items))
	for _, i := range out.Items {
		if t.expired(i) {
			continue
		}
		var v T
		if err := decode(i, &v); err != nil {
			return nil, false, err
		}
		list = append(list, v)
	}
	return list, out.LastEvaluatedKey != nil, nil
}

// Save writes a record, or removes it, and the line of the audit with it.
func (t Directory) Save(ctx context.Context, c directory.Change) error {
	write, err := t.recorded(c)
	if err != nil {
		return err
	}
	writes := []types.TransactWriteItem{write}
	if c.Audited != nil {
		line, err := t.audited(c.Home(), *c.Audited)
		if err != nil {
			return err
		}
		writes = append(writes, line)
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return fault.New(fault.Conflict, "Somebody else has changed this in the same moment. Look at it again.")
	}
	if err != nil {
		return fmt.Errorf("save a record: %w", err)
	}
	return nil
}

// recorded is the write of a record, under the condition that the stored one is
// still the one before.
func (t Directory) recorded(c directory.Change) (types.TransactWriteItem, error) {
	condition, values := "attribute_not_exists(pk)", item(nil)
	if c.Before != nil {
		condition, values = "version = :before", item{":before": num(c.Before.Version)}
	}
	place := recordPlace(c.Key())
	if c.After == nil {
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.Name, Key: place, ConditionExpression: &condition, ExpressionAttributeValues: values,
		}}, nil
	}
	i, err := encode(c.After)
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	for name, v := range place {
		i[name] = v
	}
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &t.Name, Item: i, ConditionExpression: &condition, ExpressionAttributeValues: values,
	}}, nil
}

// Follow has a connection told of changes until a time.
func (t Directory) Follow(ctx context.Context, connection string, until time.Time) error {
	i := key(watchKey(directory.Followers), connection)
	i["connection"], i[Schema.TTL] = str(connection), expiry(until)
	if _, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: i}); err != nil {
		return fmt.Errorf("follow the directory: %w", translate(err))
	}
	return nil
}

func auditKey(home string) string { return "audit#" + home }

// audited is the write of a line of the audit. Its id sorts by time.
func (t Table) audited(home string, a protocol.Audited) (types.TransactWriteItem, error) {
	a.ID = fmt.Sprintf("%015d-%s", a.At, strings.ToLower(rand.Text()[:8]))
	i, err := encode(a)
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	i[Schema.PartitionKey], i[Schema.SortKey] = str(auditKey(home)), str(a.ID)
	i[Schema.TTL] = expiry(a.At.Time().Add(directory.AuditTerm))
	return types.TransactWriteItem{Put: &types.Put{TableName: &t.Name, Item: i}}, nil
}

// Audit reads a page of a home's audit, newest first, before a line's id, and
// whether more follow.
func (t Directory) Audit(ctx context.Context, home, before string, limit int) ([]protocol.Audited, bool, error) {
	q := prefixed(auditKey(home), "")
	q.ScanIndexForward = aws.Bool(false)
	if before != "" {
		q.ExclusiveStartKey = key(auditKey(home), before)
	}
	page, more, err := pageOf[protocol.Audited](ctx, t.Table, q, limit)
	if err != nil {
		return nil, false, fmt.Errorf("read the audit: %w", err)
	}
	return page, more, nil
}
