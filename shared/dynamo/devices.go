package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// toldDevice is what a check-in writes of one: beside it stands what enrolment wrote.
type toldDevice struct {
	ID         string                `json:"id"`
	Name       string                `json:"name"`
	Group      string                `json:"group"`
	Company    string                `json:"company"`
	Users      []protocol.DeviceUser `json:"users"`
	Auditing   bool                  `json:"auditing"`
	NoRemote   bool                  `json:"noRemote"`
	Suspended  bool                  `json:"suspended"`
	CheckedAt  protocol.Millis       `json:"checkedAt"`
	Until      protocol.Millis       `json:"until"`
	Connection string                `json:"connection"`
}

func devicesKey(company string) string { return "devices#" + company }

func stored(d presence.Device) toldDevice {
	return toldDevice{
		ID: d.ID, Name: d.Name, Group: d.Group, Company: d.Company, Users: d.Users, Auditing: d.Auditing, NoRemote: d.NoRemote,
		Suspended: d.Suspended, CheckedAt: d.CheckedAt, Until: d.Until, Connection: d.Connection,
	}
}

// read is the device of an item, with its state by the table's clock.
func (t Table) read(i item) (presence.Device, error) {
	var d toldDevice
	if err := decode(i, &d); err != nil {
		return presence.Device{}, err
	}
	row := protocol.DeviceRow{
		Machine: identity.Machine{ID: d.ID, Name: d.Name, Group: d.Group}, Company: d.Company, Users: d.Users,
		Auditing: d.Auditing, NoRemote: d.NoRemote, Suspended: d.Suspended, CheckedAt: d.CheckedAt, Until: d.Until,
	}
	if row.Users == nil {
		row.Users = []protocol.DeviceUser{}
	}
	row.State = presence.StateOf(row, t.Now())
	return presence.Device{DeviceRow: row, Connection: d.Connection}, nil
}

// CheckIn keeps what a device told, and then the leases of its users. Where it
// ends in between, the agent has no answer and checks in again; the leases of
// those who logged off meanwhile run out by themselves.
func (t Presence) CheckIn(ctx context.Context, d presence.Device) (presence.Device, error) {
	values, err := encode(stored(d))
	if err != nil {
		return presence.Device{}, err
	}
	out, err := t.Client.UpdateItem(ctx, set(t.Name, devicePlace(d.Company, d.ID), values, "attribute_not_exists(revokedAt)"))
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return presence.Device{}, fault.New(fault.Unauthenticated, "This device is no longer enrolled.")
	}
	if err != nil {
		return presence.Device{}, fmt.Errorf("check a device in: %w", err)
	}
	before, err := t.read(out.Attributes)
	if err != nil {
		return presence.Device{}, err
	}
	var writes []types.WriteRequest
	for _, l := range d.Leases() {
		i, err := leaseItem(l)
		if err != nil {
			return presence.Device{}, err
		}
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: i}})
	}
	for _, l := range before.Leases() {
		if !slices.ContainsFunc(d.Leases(), func(now presence.Lease) bool { return leaseID(now) == leaseID(l) }) {
			writes = append(writes, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: leasePlace(l)}})
		}
	}
	return before, t.batch(ctx, writes)
}

func leaseID(l presence.Lease) string { return leaseKey(l.Principal.ID, l.Connection) }

// CheckOut makes a device offline and releases the leases of its users.
func (t Presence) CheckOut(ctx context.Context, company, id, connection string, now time.Time) (presence.Device, bool, error) {
	values := item{"until": num(int64(protocol.At(now)))}
	update := set(t.Name, devicePlace(company, id), values, "#connection = :was")
	update.ExpressionAttributeNames["#connection"], update.ExpressionAttributeValues[":was"] = "connection", str(connection)
	out, err := t.Client.UpdateItem(ctx, update)
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return presence.Device{}, false, nil
	}
	if err != nil {
		return presence.Device{}, false, fmt.Errorf("check a device out: %w", err)
	}
	before, err := t.read(out.Attributes)
	if err != nil {
		return presence.Device{}, false, err
	}
	return before, true, t.batch(ctx, releases(before))
}

// set is the update of attributes of an item, on a condition, that answers with
// all that was there before.
func set(table string, at, values item, condition string) *dynamodb.UpdateItemInput {
	update := &dynamodb.UpdateItemInput{
		TableName: &table, Key: at, ConditionExpression: &condition, ReturnValues: types.ReturnValueAllOld,
		ExpressionAttributeNames: map[string]string{}, ExpressionAttributeValues: item{},
	}
	expression := ""
	for name, value := range values {
		if expression != "" {
			expression += ", "
		}
		expression += "#" + name + " = :" + name
		update.ExpressionAttributeNames["#"+name], update.ExpressionAttributeValues[":"+name] = name, value
	}
	update.UpdateExpression = aws.String("SET " + expression)
	return update
}

// DevicesAfter reads devices of a company by id, without those that are revoked.
func (t Presence) DevicesAfter(ctx context.Context, company, id string, limit int) ([]presence.Device, bool, error) {
	items, more, err := t.some(ctx, devicesKey(company), id, limit, func(i item) bool { return i["revokedAt"] == nil })
	if err != nil {
		return nil, false, err
	}
	devices := make([]presence.Device, 0, len(items))
	for _, i := range items {
		d, err := t.read(i)
		if err != nil {
			return nil, false, err
		}
		devices = append(devices, d)
	}
	return devices, more, nil
}

// LeasesAfter reads leases of a home in the order of principals.
func (t Presence) LeasesAfter(ctx context.Context, home, principal string, limit int) ([]presence.Lease, bool, error) {
	if principal != "" {
		principal = leaseKey(principal, "\U0010ffff") // After all connections.
	}
	items, more, err := t.some(ctx, presenceKey(home), principal, limit, func(i item) bool { return !t.expired(i) })
	if err != nil {
		return nil, false, err
	}
	leases, err := leasesOf(items)
	return leases, more, err
}

// some reads up to limit items of a partition after a sort key, or its first
// ones, and reports whether there are more. It reads on while none is wanted.
func (t Table) some(ctx context.Context, pk, after string, limit int, wanted func(item) bool) ([]item, bool, error) {
	q := prefixed(pk, "")
	q.TableName, q.Limit = &t.Name, aws.Int32(int32(limit))
	if after != "" {
		q.KeyConditionExpression = aws.String("pk = :pk AND sk > :after")
		q.ExpressionAttributeValues[":after"] = str(after)
	}
	for {
		out, err := t.Client.Query(ctx, q)
		if err != nil {
			return nil, false, fmt.Errorf("query: %w", translate(err))
		}
		items := slices.DeleteFunc(out.Items, func(i item) bool { return !wanted(i) })
		if len(items) > 0 || out.LastEvaluatedKey == nil {
			return items, out.LastEvaluatedKey != nil, nil
		}
		q.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// batch writes any number of items, 25 at a time.
func (t Table) batch(ctx context.Context, writes []types.WriteRequest) error {
	for chunk := range slices.Chunk(writes, 25) {
		for pending := map[string][]types.WriteRequest{t.Name: chunk}; len(pending) > 0; {
			out, err := t.Client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: pending})
			if err != nil {
				return fmt.Errorf("write a batch: %w", translate(err))
			}
			pending = out.UnprocessedItems
		}
	}
	return nil
}
