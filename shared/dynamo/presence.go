package dynamo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Presence is the presence.Directory on the table.
type Presence struct{ Table }

// lease is how one is stored.
type lease struct {
	Principal    identity.Principal    `json:"principal"`
	Connection   string                `json:"connection"`
	Activity     protocol.Activity     `json:"activity,omitempty"`
	Availability protocol.Availability `json:"availability,omitempty"`
	Watches      []string              `json:"watches,omitempty"`
	ActiveAt     protocol.Millis       `json:"activeAt"`
	Until        protocol.Millis       `json:"until"`
}

func presenceKey(home string) string { return "presence#" + home }

func leaseKey(principal, connection string) string { return principal + "#" + connection }

func watchKey(company string) string { return "watch#" + company }

func leasePlace(l presence.Lease) item {
	return key(presenceKey(l.Principal.Home()), leaseKey(l.Principal.ID, l.Connection))
}

func leaseItem(l presence.Lease) (item, error) {
	i, err := encode(lease(l))
	if err != nil {
		return nil, err
	}
	maps.Copy(i, leasePlace(l))
	i[Schema.TTL] = expiry(l.Until.Time())
	return i, nil
}

// Hold writes a lease.
func (t Presence) Hold(ctx context.Context, l presence.Lease) error {
	i, err := leaseItem(l)
	if err != nil {
		return err
	}
	if _, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: i}); err != nil {
		return fmt.Errorf("hold a lease: %w", translate(err))
	}
	return nil
}

// Renew changes the term and, unless empty, the activity of a lease.
func (t Presence) Renew(ctx context.Context, l presence.Lease) error {
	update := "SET #until = :until, #ttl = :ttl"
	names := map[string]string{"#until": "until", "#ttl": Schema.TTL}
	values := item{":until": num(int64(l.Until)), ":ttl": expiry(l.Until.Time())}
	if l.Activity != "" {
		update += ", activity = :activity"
		values[":activity"] = str(string(l.Activity))
	}
	if l.ActiveAt != 0 {
		update += ", activeAt = :activeAt"
		values[":activeAt"] = num(int64(l.ActiveAt))
	}
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: leasePlace(l), UpdateExpression: &update,
		ConditionExpression:      aws.String("attribute_exists(pk)"),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return fault.New(fault.Conflict, "Say hello first.")
	}
	return err
}

// Release removes a lease and what it watched.
func (t Presence) Release(ctx context.Context, home, principal, connection string) (presence.Lease, bool, error) {
	out, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &t.Name, Key: key(presenceKey(home), leaseKey(principal, connection)),
		ReturnValues: types.ReturnValueAllOld,
	})
	if err != nil {
		return presence.Lease{}, false, fmt.Errorf("release a lease: %w", translate(err))
	}
	if len(out.Attributes) == 0 {
		return presence.Lease{}, false, nil
	}
	var l lease
	if err := decode(out.Attributes, &l); err != nil {
		return presence.Lease{}, false, err
	}
	for _, company := range l.Watches {
		if err := t.remove(ctx, watchKey(company), connection); err != nil {
			return presence.Lease{}, false, err
		}
	}
	return presence.Lease(l), true, nil
}

// Leases reads all the leases of a home.
func (t Presence) Leases(ctx context.Context, home string) ([]presence.Lease, error) {
	return t.leases(ctx, home, "")
}

// LeasesOf reads the leases of one principal.
func (t Presence) LeasesOf(ctx context.Context, home, principal string) ([]presence.Lease, error) {
	return t.leases(ctx, home, principal+"#")
}

func (t Presence) leases(ctx context.Context, home, prefix string) ([]presence.Lease, error) {
	items, err := t.query(ctx, prefixed(presenceKey(home), prefix))
	if err != nil {
		return nil, err
	}
	return leasesOf(items)
}

func leasesOf(items []item) ([]presence.Lease, error) {
	leases := make([]presence.Lease, 0, len(items))
	for _, i := range items {
		var l lease
		if err := decode(i, &l); err != nil {
			return nil, err
		}
		leases = append(leases, presence.Lease(l))
	}
	return leases, nil
}

// Watch replaces what a lease watches: the lease first, so that a release in
// the middle leaves only what DynamoDB deletes by its time.
func (t Presence) Watch(ctx context.Context, l presence.Lease, companies []string) error {
	watches, err := encode(struct {
		Watches []string `json:"watches"`
	}{companies})
	if err != nil {
		return err
	}
	out, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: leasePlace(l), ReturnValues: types.ReturnValueUpdatedOld,
		UpdateExpression:          aws.String("SET watches = :watches"),
		ConditionExpression:       aws.String("attribute_exists(pk)"),
		ExpressionAttributeValues: item{":watches": watches["watches"]},
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return fault.New(fault.Conflict, "Say hello first.")
	}
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	var old lease
	if err := decode(out.Attributes, &old); err != nil {
		return err
	}
	for _, company := range old.Watches {
		if !slices.Contains(companies, company) {
			if err := t.remove(ctx, watchKey(company), l.Connection); err != nil {
				return err
			}
		}
	}
	return t.follow(ctx, l, companies)
}

// follow writes what the connection watches.
func (t Presence) follow(ctx context.Context, l presence.Lease, companies []string) error {
	writes := make([]types.WriteRequest, 0, len(companies))
	for _, company := range companies {
		i := key(watchKey(company), l.Connection)
		i["connection"], i[Schema.TTL] = str(l.Connection), expiry(t.Now().Add(presence.Stay))
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: i}})
	}
	return t.batch(ctx, writes)
}

// profile is what a technician has set.
type profile struct {
	Availability protocol.Availability `json:"availability"`
}

// Availability reads what a technician has set.
func (t Presence) Availability(ctx context.Context, principal string) (protocol.Availability, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, Key: key(personKey(identity.Staff, principal), "profile"), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return "", fmt.Errorf("read a profile: %w", translate(err))
	}
	set := profile{Availability: protocol.Available}
	err = decode(out.Item, &set)
	return set.Availability, err
}

// SetAvailability keeps what a technician has set.
func (t Presence) SetAvailability(ctx context.Context, principal string, a protocol.Availability) error {
	i, err := encode(profile{a})
	if err != nil {
		return err
	}
	i[Schema.PartitionKey], i[Schema.SortKey] = str(personKey(identity.Staff, principal)), str("profile")
	if _, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: i}); err != nil {
		return fmt.Errorf("keep a profile: %w", translate(err))
	}
	return nil
}
