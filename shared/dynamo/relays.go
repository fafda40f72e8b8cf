package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parleychat/parley/shared/ice"
)

// relaysKey is the partition in which live TURN servers list themselves. Their
// role may write no other: infra/turn.yaml names it.
const relaysKey = "turn"

// Relays lists the TURN servers of the fleet.
type Relays struct{ Table }

// Relays reads those that are alive.
func (t Relays) Relays(ctx context.Context) ([]ice.Relay, error) {
	items, err := t.query(ctx, prefixed(relaysKey, ""))
	if err != nil {
		return nil, fmt.Errorf("read the relays: %w", err)
	}
	relays := make([]ice.Relay, len(items))
	for n, i := range items {
		if err := decode(i, &relays[n]); err != nil {
			return nil, err
		}
	}
	return relays, nil
}

// Enlist lists a relay until a time. It counts as alive for no longer, unless
// it is listed again.
func (t Relays) Enlist(ctx context.Context, r ice.Relay, until time.Time) error {
	i, err := encode(r)
	if err != nil {
		return err
	}
	i[Schema.PartitionKey], i[Schema.SortKey], i[Schema.TTL] = str(relaysKey), str(r.ID), expiry(until)
	if _, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: i}); err != nil {
		return fmt.Errorf("list a relay: %w", translate(err))
	}
	return nil
}

// Dismiss takes a relay off the list.
func (t Relays) Dismiss(ctx context.Context, id string) error { return t.remove(ctx, relaysKey, id) }
