package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/session"
)

// Invites is the invite.Store on the table.
type Invites struct{ Table }

func inviteKey(hash string) item { return key("invite#"+hash, "invite") }

// invitePut writes an invite together with the change that makes it. A secret that
// another invite has already is refused as a lost race.
func (t *Sessions) invitePut(i invite.Invite) (*types.Put, error) {
	stored, err := encode(i)
	if err != nil {
		return nil, err
	}
	for name, value := range inviteKey(i.Hash) {
		stored[name] = value
	}
	stored[Schema.TTL] = expiry(i.Until.Time())
	return &types.Put{TableName: &t.Name, Item: stored, ConditionExpression: aws.String("attribute_not_exists(pk)")}, nil
}

// Find reads an invite.
func (t Invites) Find(ctx context.Context, hash string) (invite.Invite, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: inviteKey(hash), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return invite.Invite{}, fmt.Errorf("find an invite: %w", translate(err))
	}
	if out.Item == nil || t.expired(out.Item) {
		return invite.Invite{}, errNoInvite
	}
	var i invite.Invite
	return i, decode(out.Item, &i)
}

// Bind keeps who came first.
func (t Invites) Bind(ctx context.Context, i invite.Invite, until time.Time) error {
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: inviteKey(i.Hash),
		UpdateExpression:         aws.String("SET bound = :key, #name = :name, device = :device, #ttl = :ttl"),
		ConditionExpression:      aws.String("attribute_exists(pk) AND (attribute_not_exists(bound) OR bound = :key)"),
		ExpressionAttributeNames: map[string]string{"#name": "name", "#ttl": Schema.TTL},
		ExpressionAttributeValues: item{
			":key": str(i.Bound), ":name": str(i.Name), ":device": str(i.Device), ":ttl": expiry(until),
		},
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return invite.ErrRefused
	}
	return err
}

// refusalsKey is where the tries of one address in one window are counted. The
// address stands there as a digest that is another in every window.
func refusalsKey(address string, window time.Time) item {
	sum := sha256.Sum256([]byte(address + "\x00" + window.Format(time.RFC3339)))
	return key("refused#"+hex.EncodeToString(sum[:16]), "refused")
}

// Count adds one, unless the limit is reached.
func (t Invites) Count(ctx context.Context, address string, window time.Time, limit int) (bool, error) {
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: refusalsKey(address, window),
		UpdateExpression:          aws.String("ADD tries :one SET #ttl = :ttl"),
		ConditionExpression:       aws.String("attribute_not_exists(tries) OR tries < :limit"),
		ExpressionAttributeNames:  map[string]string{"#ttl": Schema.TTL},
		ExpressionAttributeValues: item{":one": num(1), ":limit": num(int64(limit)), ":ttl": expiry(window.Add(invite.Window))},
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return false, nil
	}
	return err == nil, err
}

// Discount takes one back.
func (t Invites) Discount(ctx context.Context, address string, window time.Time) error {
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: refusalsKey(address, window), UpdateExpression: aws.String("ADD tries :less"),
		ConditionExpression:       aws.String("tries > :none"),
		ExpressionAttributeValues: item{":less": num(-1), ":none": num(0)},
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return nil // The window is over and forgotten.
	}
	return err
}
