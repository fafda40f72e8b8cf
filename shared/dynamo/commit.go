package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Commit writes the entry where no other stands; with the head and the
// memberships where the change is of more than the transcript.
func (t *Sessions) Commit(ctx context.Context, c session.Change) error {
	entry, err := t.entry(c)
	if err != nil {
		return err
	}
	if c.Alters || t.fading(c.PrevAt, c.Next.Retention) {
		c.Next.Version = c.Entry.Seq
		err = t.transact(ctx, c, entry)
	} else {
		_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: &t.Name, Item: entry, ConditionExpression: aws.String("attribute_not_exists(pk)"),
		})
	}
	if err != nil {
		t.memory.Remove(c.Next.ID)
		return fmt.Errorf("commit: %w", translate(err))
	}
	t.remember(c.Next)
	return nil
}

func (t *Sessions) entry(c session.Change) (item, error) {
	entry, err := encode(c.Entry)
	if err != nil {
		return nil, err
	}
	entry[Schema.PartitionKey], entry[Schema.SortKey] = str(sessionKey(c.Next.ID)), str(entryKey(c.Entry.Seq))
	entry[Schema.TTL] = expiry(c.Entry.At.Time().Add(c.Next.Retention))
	return entry, nil
}

func (t *Sessions) transact(ctx context.Context, c session.Change, entry item) error {
	top, err := encode(head{Session: c.Next.Session, Version: c.Next.Version, At: c.Entry.At, Retention: int64(c.Next.Retention.Seconds())})
	if err != nil {
		return err
	}
	top[Schema.PartitionKey], top[Schema.SortKey] = str(sessionKey(c.Next.ID)), str("head")
	if c.Next.Ended() {
		top[Schema.TTL] = expiry(c.Next.EndedAt.Time().Add(c.Next.Retention))
	} else {
		top[Schema.IndexPartitionKey], top[Schema.IndexSortKey] = str("open#"+c.Next.Company), str(fmt.Sprintf("%015d", c.Next.CreatedAt))
	}
	put := &types.Put{TableName: &t.Name, Item: top, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if c.Since > 0 {
		put.ConditionExpression = aws.String("version = :since")
		put.ExpressionAttributeValues = item{":since": num(c.Since)}
	}
	writes := []types.TransactWriteItem{
		{Put: put},
		{Put: &types.Put{TableName: &t.Name, Item: entry, ConditionExpression: aws.String("attribute_not_exists(pk)")}},
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: append(writes, t.memberships(c)...)})
	return err
}

// memberships are the writes that keep each participant's list of sessions.
func (t *Sessions) memberships(c session.Change) []types.TransactWriteItem {
	var writes []types.TransactWriteItem
	for _, p := range c.Next.Participants {
		switch c.Entry.Kind {
		case protocol.EntryJoined, protocol.EntryLeft:
			if p.ID != c.Entry.By.ID {
				continue
			}
		case protocol.EntryStarted, protocol.EntryRequested, protocol.EntryEnded:
		default:
			return nil
		}
		home := c.Next.Company
		if p.Role == identity.Technician {
			home = identity.Staff
		}
		place := key(personKey(home, p.ID), membershipKey(c.Next.ID))
		if c.Next.Ended() || !p.Joined {
			writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{TableName: &t.Name, Key: place}})
			continue
		}
		place["session"] = str(c.Next.ID)
		writes = append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &t.Name, Item: place}})
	}
	return writes
}
