package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Standing reads the list of somebody's sessions, eventually consistent.
func (t *Sessions) Standing(ctx context.Context, home, principal string) ([]string, error) {
	q := prefixed(personKey(home, principal), "session#")
	q.ConsistentRead = aws.Bool(false)
	return t.standing(ctx, q)
}

func (t *Sessions) standing(ctx context.Context, q *dynamodb.QueryInput) ([]string, error) {
	places, err := t.query(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(places))
	for _, place := range places {
		id, ok := place["session"].(*types.AttributeValueMemberS)
		if !ok {
			return nil, errors.New("a membership names no session")
		}
		ids = append(ids, id.Value)
	}
	return ids, nil
}

// Mine reads the list of somebody's sessions, and then the sessions.
func (t *Sessions) Mine(ctx context.Context, home, principal string) ([]session.Session, error) {
	ids, err := t.standing(ctx, prefixed(personKey(home, principal), "session#"))
	if err != nil {
		return nil, err
	}
	sessions := make([]session.Session, 0, len(ids))
	for _, id := range ids {
		s, err := t.read(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, s)
	}
	return sessions, nil
}

func (t *Sessions) read(ctx context.Context, id string) (session.Session, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, Key: key(sessionKey(id), "head"), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return session.Session{}, fmt.Errorf("read session: %w", translate(err))
	}
	if out.Item == nil {
		return session.Session{}, errNoSuch
	}
	return t.head([]item{out.Item})
}

// InCompany reads the index of what is not over, oldest first, and then of what
// waits to be followed up.
func (t *Sessions) InCompany(ctx context.Context, company string) ([]session.Session, error) {
	open, err := t.list(ctx, "open#"+company)
	if err != nil {
		return nil, err
	}
	left, err := t.list(ctx, "left#"+company)
	return append(open, left...), err
}

func (t *Sessions) list(ctx context.Context, name string) ([]session.Session, error) {
	items, err := t.query(ctx, &dynamodb.QueryInput{
		IndexName:                 &Schema.Index,
		KeyConditionExpression:    aws.String("#list = :list"),
		ExpressionAttributeNames:  map[string]string{"#list": Schema.IndexPartitionKey},
		ExpressionAttributeValues: item{":list": str(name)},
	})
	if err != nil {
		return nil, err
	}
	sessions := make([]session.Session, 0, len(items))
	for _, i := range items {
		s, err := t.head([]item{i})
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, s)
	}
	return sessions, nil
}

// Waiting reads the requests of every company that nobody has answered.
func (t *Sessions) Waiting(ctx context.Context) ([]session.Waiting, error) {
	places, err := t.query(ctx, prefixed(waitingKey, ""))
	if err != nil {
		return nil, err
	}
	requests := make([]session.Waiting, 0, len(places))
	for _, place := range places {
		var w waiting
		if err := decode(place, &w); err != nil {
			return nil, err
		}
		requests = append(requests, session.Waiting{ID: w.Session, Gone: w.Gone.Time()})
	}
	return requests, nil
}

// waiting is how the place of a request is stored.
type waiting struct {
	Session string          `json:"session"`
	Gone    protocol.Millis `json:"gone,omitempty"`
}

// Gone notes since when the contact of a request has been gone; the zero time
// when they are back. A request that does not wait any more is left alone.
func (t *Sessions) Gone(ctx context.Context, id string, since time.Time) error {
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: key(waitingKey, id), UpdateExpression: aws.String("SET gone = :gone"),
		ConditionExpression:       aws.String("attribute_exists(pk)"),
		ExpressionAttributeValues: item{":gone": num(int64(protocol.At(since)))},
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return nil
	}
	return err
}
