package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
)

// Settings is the settings.Store on the table.
type Settings struct{ Table }

// Settings reads the deployment's settings.
func (t Settings) Settings(ctx context.Context) (protocol.Settings, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, Key: key("settings", "deployment"), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return protocol.Settings{}, fmt.Errorf("read settings: %w", translate(err))
	}
	now := settings.Default
	err = decode(out.Item, &now)
	return now, err
}

// SaveSettings writes the settings, if nobody has written them since, and the
// line of the audit with them.
func (t Settings) SaveSettings(ctx context.Context, s protocol.Settings, a protocol.Audited) error {
	i, err := encode(s)
	if err != nil {
		return err
	}
	i[Schema.PartitionKey], i[Schema.SortKey] = str("settings"), str("deployment")
	put := &types.Put{TableName: &t.Name, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if s.Version > 1 {
		put.ConditionExpression = aws.String("version = :before")
		put.ExpressionAttributeValues = item{":before": num(s.Version - 1)}
	}
	line, err := t.audited(identity.Staff, a)
	if err != nil {
		return err
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: put}, line}})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return fault.New(fault.Conflict, "Somebody else changed the settings. Look at them again.")
	}
	return err
}
