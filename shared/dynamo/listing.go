package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/session"
)

// Mine reads the list of somebody's sessions, and then the sessions.
func (t *Sessions) Mine(ctx context.Context, home, principal string) ([]session.Session, error) {
	places, err := t.query(ctx, prefixed(personKey(home, principal), "session#"))
	if err != nil {
		return nil, err
	}
	sessions := make([]session.Session, 0, len(places))
	for _, place := range places {
		id, ok := place["session"].(*types.AttributeValueMemberS)
		if !ok {
			return nil, errors.New("a membership names no session")
		}
		s, err := t.read(ctx, id.Value)
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

// InCompany reads the index of what is not over, oldest first.
func (t *Sessions) InCompany(ctx context.Context, company string) ([]session.Session, error) {
	items, err := t.query(ctx, &dynamodb.QueryInput{
		IndexName:                 &Schema.Index,
		KeyConditionExpression:    aws.String("#list = :list"),
		ExpressionAttributeNames:  map[string]string{"#list": Schema.IndexPartitionKey},
		ExpressionAttributeValues: item{":list": str("open#" + company)},
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
