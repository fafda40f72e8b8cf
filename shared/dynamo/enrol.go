package dynamo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Devices is the device.Store on the table. What enrolment writes of a device
// and what its check-ins write is one item.
type Devices struct{ Table }

func enrolmentPlace(company, hash string) item { return key("enrolments#"+company, hash) }

func devicePlace(company, id string) item { return key(devicesKey(company), id) }

func passPlace(hash string) item { return key("pass#"+hash, "pass") }

// one reads an item that is not past its time into a value.
func (t Table) one(ctx context.Context, place item, into any) error {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: place, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return fmt.Errorf("read: %w", translate(err))
	}
	if out.Item == nil || t.expired(out.Item) {
		return fault.New(fault.NotFound, "There is no such thing.")
	}
	return decode(out.Item, into)
}

// placed is the item of a value at its place; until is zero where it stays.
func placed(place item, v any, until time.Time) (item, error) {
	i, err := encode(v)
	if err != nil {
		return nil, err
	}
	maps.Copy(i, place)
	if !until.IsZero() {
		i[Schema.TTL] = expiry(until)
	}
	return i, nil
}

// Enrolment reads one.
func (t Devices) Enrolment(ctx context.Context, company, hash string) (device.Enrolment, error) {
	var e device.Enrolment
	return e, t.one(ctx, enrolmentPlace(company, hash), &e)
}

// Offer keeps a new enrolment.
func (t Devices) Offer(ctx context.Context, e device.Enrolment) error {
	i, err := placed(enrolmentPlace(e.Company, e.Hash), e, e.Until.Time())
	if err != nil {
		return err
	}
	_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.Name, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return raced(err, "There is an enrolment with this secret already.")
}

// raced turns a lost race into a conflict with a sentence.
func raced(err error, sentence string) error {
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return fault.New(fault.Conflict, "%s", sentence)
	}
	return err
}

// Enrol keeps a new device, its record in the directory and the line of the
// audit, and takes one use of its enrolment.
func (t Devices) Enrol(ctx context.Context, e device.Enrolment, r device.Record) error {
	i, err := placed(devicePlace(r.Company, r.ID), r, time.Time{})
	if err != nil {
		return err
	}
	record, audit := r.Listed(e.By)
	listed, err := placed(recordPlace(directory.KeyOf(record)), record, time.Time{})
	if err != nil {
		return err
	}
	line, err := t.audited(r.Company, audit)
	if err != nil {
		return err
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{
			TableName: &t.Name, Key: enrolmentPlace(e.Company, e.Hash),
			UpdateExpression:          aws.String("SET #left = #left - :one"),
			ConditionExpression:       aws.String("#left > :none AND #until > :now"),
			ExpressionAttributeNames:  map[string]string{"#left": "left", "#until": "until"},
			ExpressionAttributeValues: item{":one": num(1), ":none": num(0), ":now": num(int64(r.EnrolledAt))},
		}},
		{Put: &types.Put{TableName: &t.Name, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)")}},
		{Put: &types.Put{TableName: &t.Name, Item: listed, ConditionExpression: aws.String("attribute_not_exists(pk)")}},
		line,
	}})
	return raced(err, "This enrolment is used up.")
}

// Enrolled reads a device that was enrolled.
func (t Devices) Enrolled(ctx context.Context, company, id string) (device.Record, error) {
	var r device.Record
	return r, t.one(ctx, devicePlace(company, id), &r)
}

// Revoke takes the key of a device back, and then the leases of its users. What
// is left of them where it ends in between runs out by itself.
func (t Devices) Revoke(ctx context.Context, company, id string, now time.Time) error {
	values := item{"revokedAt": num(int64(protocol.At(now))), "until": num(int64(protocol.At(now)))}
	out, err := t.Client.UpdateItem(ctx, set(t.Name, devicePlace(company, id), values, "attribute_exists(pk)"))
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return fault.New(fault.NotFound, "There is no such device.")
	}
	if err != nil {
		return fmt.Errorf("revoke a device: %w", err)
	}
	before, err := t.read(out.Attributes)
	if err != nil {
		return err
	}
	return t.batch(ctx, releases(before))
}

// releases are the deletions of the leases of a device's users.
func releases(d presence.Device) []types.WriteRequest {
	var writes []types.WriteRequest
	for _, l := range d.Leases() {
		writes = append(writes, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: leasePlace(l)}})
	}
	return writes
}

// Issue keeps a new pass, if the device is still enrolled and the connection the
// one that checked in last.
func (t Devices) Issue(ctx context.Context, p device.Pass, connection string) error {
	i, err := placed(passPlace(p.Hash), p, p.Until.Time())
	if err != nil {
		return err
	}
	_, err = t.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{ConditionCheck: &types.ConditionCheck{
			TableName: &t.Name, Key: devicePlace(p.User.Company, p.User.Machine.ID),
			ConditionExpression:       aws.String("#connection = :connection AND attribute_not_exists(revokedAt)"),
			ExpressionAttributeNames:  map[string]string{"#connection": "connection"},
			ExpressionAttributeValues: item{":connection": str(connection)},
		}},
		{Put: &types.Put{TableName: &t.Name, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)")}},
	}})
	return raced(err, "Check in first, and make a new secret.")
}

// Pass reads one.
func (t Devices) Pass(ctx context.Context, hash string) (device.Pass, error) {
	var p device.Pass
	return p, t.one(ctx, passPlace(hash), &p)
}

// Bind keeps which browser came first.
func (t Devices) Bind(ctx context.Context, p device.Pass, until time.Time) error {
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: passPlace(p.Hash), UpdateExpression: aws.String("SET bound = :key, #ttl = :ttl"),
		ConditionExpression:       aws.String("attribute_exists(pk) AND (attribute_not_exists(bound) OR bound = :key)"),
		ExpressionAttributeNames:  map[string]string{"#ttl": Schema.TTL},
		ExpressionAttributeValues: item{":key": str(p.Bound), ":ttl": expiry(until)},
	})
	return raced(err, "Another browser has come by this pass.")
}

// Told reads what a device told last.
func (t Presence) Told(ctx context.Context, company, id string) (presence.Device, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: devicePlace(company, id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return presence.Device{}, fmt.Errorf("read a device: %w", translate(err))
	}
	return t.read(out.Item)
}
