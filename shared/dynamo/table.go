// Package dynamo keeps sessions, presence, the directory and settings in one
// DynamoDB table.
//
// The company stands in the partition keys, so that no query crosses companies
// by mistake. The access paths:
//
//	pk                        sk                      what                        read by
//	session#company/uuid      entry#000000000000012   one line of a transcript    range of seq
//	session#company/uuid      head                    the session itself          with the last entries, or with the listeners
//	session#company/uuid      picture#principal#m1    the image of a message      key
//	session#company/uuid      listener#connection     who hears the session       prefix
//	session#company/uuid      mark#principal          how far somebody has come   with the listeners
//	session#company/uuid      secret#000000000000012  a text shown once, sealed   key, or prefix at the end
//	person#home#principal     session#company/uuid    sessions not over           prefix
//	person#home#principal     ticket#open#time#uuid   a contact's open tickets    prefix, newest first
//	person#home#principal     ticket#closed#time#uuid and the closed ones         prefix, newest first
//	ticket#company/uuid       head                    a ticket                    key
//	person#home#principal     profile                 what a technician has set   key
//	presence#home             principal#connection    a lease                     partition, or principal's prefix
//	devices#company           device                  its key, what it last told  key, or pages of the partition
//	enrolments#company        hash                    the right to enrol devices  key
//	pass#hash                 pass                    a device user's way in      key
//	watch#place               connection              who watches a company       partition
//	waiting                   company/uuid            what nobody answered yet    partition
//	directory#home            kind#id                 a record of the directory   keys, or a kind's page
//	audit#home                time-random             an administrative act       partition, newest first
//	turn                    task                    a live TURN server          partition
//	settings                  deployment              the settings                key
//	invite#sha256             invite                  how one guest gets in       key
//	refused#sha256            refused                 tries of one address        key
//
// Index lists holds what has an attribute list: open#company, the sessions of
// a company that are not over, and left#company, those to be followed up, by
// listAt, when they were created; tickets#company#open and #closed, its tickets
// in the same order; and hidden, the secrets of all sessions, by when they are to
// be deleted.
//
// TTL attribute expiresAt enforces retention and clears leases; every read
// drops what is past its time, whether DynamoDB has deleted it or not.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/session"
)

// Schema names the attributes that the template declares.
var Schema = struct {
	PartitionKey, SortKey, TTL             string
	Index, IndexPartitionKey, IndexSortKey string
}{
	PartitionKey: "pk", SortKey: "sk", TTL: "expiresAt",
	Index: "lists", IndexPartitionKey: "list", IndexSortKey: "listAt",
}

// Table is the one table.
type Table struct {
	Client *dynamodb.Client
	Name   string
	Now    func() time.Time
}

type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func key(pk, sk string) item {
	return item{Schema.PartitionKey: str(pk), Schema.SortKey: str(sk)}
}

// expiry is when DynamoDB may delete an item: the first whole second at which
// it is past its time.
func expiry(at time.Time) types.AttributeValue { return num(at.Add(time.Second - 1).Unix()) }

// expired reports whether an item is past its time.
func (t Table) expired(i item) bool {
	n, ok := i[Schema.TTL].(*types.AttributeValueMemberN)
	if !ok {
		return false
	}
	at, err := strconv.ParseInt(n.Value, 10, 64)
	return err == nil && at <= t.Now().Unix()
}

// encode turns a value into attributes named by its json tags.
func encode(v any) (item, error) {
	i, err := attributevalue.MarshalMapWithOptions(v, func(o *attributevalue.EncoderOptions) { o.TagKey = "json" })
	if err != nil {
		return nil, fmt.Errorf("encode an item: %w", err)
	}
	return i, nil
}

func decode(i item, v any) error {
	err := attributevalue.UnmarshalMapWithOptions(i, v, func(o *attributevalue.DecoderOptions) { o.TagKey = "json" })
	if err != nil {
		return fmt.Errorf("decode an item: %w", err)
	}
	return nil
}

// query reads every page of a query, without what is past its time.
func (t Table) query(ctx context.Context, q *dynamodb.QueryInput) ([]item, error) {
	q.TableName = &t.Name
	var all []item
	for pages := dynamodb.NewQueryPaginator(t.Client, q); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("query: %w", translate(err))
		}
		all = append(all, page.Items...)
	}
	return slices.DeleteFunc(all, t.expired), nil
}

// within is a strongly consistent query of a partition's sort keys from one to
// another, both included.
func within(pk, from, to string) *dynamodb.QueryInput {
	condition, consistent := "pk = :pk AND sk BETWEEN :from AND :to", true
	return &dynamodb.QueryInput{
		KeyConditionExpression:    &condition,
		ConsistentRead:            &consistent,
		ExpressionAttributeValues: item{":pk": str(pk), ":from": str(from), ":to": str(to)},
	}
}

// prefixed is a strongly consistent query of the sort keys with a prefix, or of
// the whole partition where it is empty.
func prefixed(pk, prefix string) *dynamodb.QueryInput {
	q := within(pk, prefix, "")
	delete(q.ExpressionAttributeValues, ":to")
	if prefix == "" {
		delete(q.ExpressionAttributeValues, ":from")
		q.KeyConditionExpression = aws.String("pk = :pk")
		return q
	}
	q.KeyConditionExpression = aws.String("pk = :pk AND begins_with(sk, :from)")
	return q
}

// remove deletes one item, if it is there.
func (t Table) remove(ctx context.Context, pk, sk string) error {
	_, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name, Key: key(pk, sk)})
	if err != nil {
		return fmt.Errorf("delete: %w", translate(err))
	}
	return nil
}

// translate says what an error of DynamoDB means to the domain.
func translate(err error) error {
	var cancelled *types.TransactionCanceledException
	var api smithy.APIError
	switch {
	case errors.As(err, &cancelled):
		for _, reason := range cancelled.CancellationReasons {
			if code := reason.Code; code != nil && (*code == "ConditionalCheckFailed" || *code == "TransactionConflict") {
				return session.ErrRaced
			}
		}
		return fault.New(fault.Unavailable, "The database is busy. Please try again.").Because(err)
	case !errors.As(err, &api):
		return err
	}
	switch api.ErrorCode() {
	case "ConditionalCheckFailedException", "TransactionConflictException":
		return session.ErrRaced
	case "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "InternalServerError", "TransactionInProgressException":
		return fault.New(fault.Unavailable, "The database is busy. Please try again.").Because(err)
	}
	return err
}
