package dynamo

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Commit writes the entry where no other stands; with the head and the
// memberships where the change is of more than the transcript, and with the
// secret that is hidden or shown.
func (t *Sessions) Commit(ctx context.Context, c session.Change) error {
	if t.fading(c.PrevAt, c.Next.Retention) {
		c.Alters = true
	}
	if c.Alters {
		c.Next.Version = c.Entry.Seq
	}
	writes, err := t.writes(ctx, c)
	if err != nil {
		return err
	}
	if err := t.keepImage(ctx, c); err != nil {
		return err
	}
	if first := writes[0].Put; len(writes) == 1 {
		_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: first.TableName, Item: first.Item, ConditionExpression: first.ConditionExpression,
		})
	} else {
		_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	}
	if err != nil {
		t.memory.Remove(c.Next.ID)
		return fmt.Errorf("commit: %w", translate(err))
	}
	t.remember(c.Next)
	return nil
}

// writes are all that a change writes, its entry first.
func (t *Sessions) writes(ctx context.Context, c session.Change) ([]types.TransactWriteItem, error) {
	entry, err := t.entry(c)
	if err != nil {
		return nil, err
	}
	writes := []types.TransactWriteItem{
		{Put: &types.Put{TableName: &t.Name, Item: entry, ConditionExpression: aws.String("attribute_not_exists(pk)")}},
	}
	if c.Alters {
		top, err := t.top(c)
		if err != nil {
			return nil, err
		}
		writes = append(append(writes, types.TransactWriteItem{Put: top}), t.memberships(c)...)
	}
	if c.Invite != nil {
		put, err := t.invitePut(*c.Invite)
		if err != nil {
			return nil, err
		}
		writes = append(writes, types.TransactWriteItem{Put: put})
	}
	if c.Ticket != nil {
		tied, err := t.tied(*c.Ticket)
		if err != nil {
			return nil, err
		}
		writes = append(writes, tied...)
	}
	if c.Secret != nil {
		put, err := t.secretPut(ctx, c.Next.ID, *c.Secret)
		if err != nil {
			return nil, err
		}
		writes = append(writes, types.TransactWriteItem{Put: put})
	}
	return writes, nil
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

// top is the write of the head where it is as the change found it.
func (t *Sessions) top(c session.Change) (*types.Put, error) {
	top, err := encode(head{Session: c.Next.Session, Version: c.Next.Version, At: c.Entry.At, Retention: int64(c.Next.Retention.Seconds())})
	if err != nil {
		return nil, err
	}
	top[Schema.PartitionKey], top[Schema.SortKey] = str(sessionKey(c.Next.ID)), str("head")
	if c.Next.Ended() || c.Next.Left() {
		top[Schema.TTL] = expiry(c.Next.EndedAt.Time().Add(c.Next.Retention))
	}
	if list := listOf(c.Next); list != "" {
		top[Schema.IndexPartitionKey], top[Schema.IndexSortKey] = str(list), str(fmt.Sprintf("%015d", c.Next.CreatedAt))
	}
	put := &types.Put{TableName: &t.Name, Item: top, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if c.Since > 0 {
		put.ConditionExpression = aws.String("version = :since")
		put.ExpressionAttributeValues = item{":since": num(c.Since)}
	}
	return put, nil
}

// listOf is the list in which a session stands; empty for none.
func listOf(s session.Session) string {
	switch {
	case s.Ended():
		return ""
	case s.Left():
		return "left#" + s.Company
	}
	return "open#" + s.Company
}

// memberships are the writes that keep the list of sessions of each whom the
// change concerns, and the list of those who wait.
func (t *Sessions) memberships(c session.Change) []types.TransactWriteItem {
	var writes []types.TransactWriteItem
	for _, p := range concerned(c) {
		home := c.Next.Company
		if p.Role == identity.Technician {
			home = identity.Staff
		}
		place := key(personKey(home, p.ID), membershipKey(c.Next.ID))
		writes = append(writes, t.listed(place, c.Next.ID, c.Next.Concerns(p.ID)))
	}
	if waits := session.Pending(c.Next.Session); waits != session.Pending(c.Before) {
		writes = append(writes, t.listed(key(waitingKey, c.Next.ID), c.Next.ID, waits))
	}
	return writes
}

// listed writes a place of a session in a list, or deletes it.
func (t *Sessions) listed(place item, id string, there bool) types.TransactWriteItem {
	if !there {
		return types.TransactWriteItem{Delete: &types.Delete{TableName: &t.Name, Key: place}}
	}
	place["session"] = str(id)
	return types.TransactWriteItem{Put: &types.Put{TableName: &t.Name, Item: place}}
}

// concerned are those whose lists the change may alter: participants, and those
// to whom the session was offered, or is.
func concerned(c session.Change) []protocol.Person {
	var people []protocol.Person
	for _, p := range c.Next.Participants {
		if concerns(c.Entry, p.ID) {
			people = append(people, p.Person)
		}
	}
	was, is := c.Before.Transfer, c.Next.Transfer
	if was != nil && is != nil && was.To.ID == is.To.ID {
		return people
	}
	for _, t := range []*protocol.Transfer{was, is} {
		if t != nil && !slices.ContainsFunc(people, func(p protocol.Person) bool { return p.ID == t.To.ID }) {
			people = append(people, t.To)
		}
	}
	return people
}

// concerns reports whether an entry may change whether a session stands in
// somebody's list: what somebody does to themselves, theirs only.
func concerns(e protocol.Entry, participant string) bool {
	switch e.Kind {
	case protocol.EntryJoined, protocol.EntryLeft, protocol.EntryTaken, protocol.EntryTransferred:
		return e.By.ID == participant
	case protocol.EntryInvited, protocol.EntryRevoked:
		return e.To.ID == participant || e.Seq == 1 // The first entry begins the session.
	case protocol.EntryStarted, protocol.EntryAsked, protocol.EntryRequested, protocol.EntryApproved, protocol.EntryDeclined,
		protocol.EntryCancelled, protocol.EntryAbandoned, protocol.EntryCallback, protocol.EntryEnded:
		return true
	}
	return false
}
