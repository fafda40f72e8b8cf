package eventsource

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// record is one change, as a function gets it.
type record struct {
	sequence string
	created  time.Time
	json     json.RawMessage
}

// newRecord puts a change of a stream into the form of an event.
func newRecord(streamARN string, from types.Record) (record, error) {
	change := from.Dynamodb
	if change == nil || change.SequenceNumber == nil {
		return record{}, fmt.Errorf("stream record %s has no sequence number", aws.ToString(from.EventID))
	}
	created := aws.ToTime(change.ApproximateCreationDateTime)
	event := events.DynamoDBEventRecord{
		AWSRegion:      region,
		EventID:        aws.ToString(from.EventID),
		EventName:      string(from.EventName),
		EventSource:    "aws:dynamodb",
		EventVersion:   "1.1",
		EventSourceArn: streamARN,
		Change: events.DynamoDBStreamRecord{
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: created},
			Keys:                        item(change.Keys),
			NewImage:                    item(change.NewImage),
			OldImage:                    item(change.OldImage),
			SequenceNumber:              *change.SequenceNumber,
			SizeBytes:                   aws.ToInt64(change.SizeBytes),
			StreamViewType:              string(change.StreamViewType),
		},
	}
	if by := from.UserIdentity; by != nil {
		event.UserIdentity = &events.DynamoDBUserIdentity{
			Type: aws.ToString(by.Type), PrincipalID: aws.ToString(by.PrincipalId),
		}
	}
	text, err := json.Marshal(event)
	if err != nil {
		return record{}, fmt.Errorf("write stream record %s: %w", *change.SequenceNumber, err)
	}
	return record{sequence: *change.SequenceNumber, created: created, json: text}, nil
}

// passes tells whether one of the filters takes the record. Without filters
// every record passes.
func (r record) passes(filters []pattern) bool {
	if len(filters) == 0 {
		return true
	}
	var value any
	if err := json.Unmarshal(r.json, &value); err != nil {
		return false // newRecord wrote it, so this does not happen
	}
	for _, matches := range filters {
		if matches(value, true) {
			return true
		}
	}
	return false
}

// payload is the event for a batch.
func payload(batch []record) ([]byte, error) {
	list := make([]json.RawMessage, len(batch))
	for i, r := range batch {
		list[i] = r.json
	}
	text, err := json.Marshal(map[string]any{"Records": list})
	if err != nil {
		return nil, fmt.Errorf("write event: %w", err)
	}
	return text, nil
}

// item turns the SDK's attributes into those of the events.
func item(from map[string]types.AttributeValue) map[string]events.DynamoDBAttributeValue {
	if from == nil {
		return nil
	}
	to := make(map[string]events.DynamoDBAttributeValue, len(from))
	for name, v := range from {
		to[name] = attribute(v)
	}
	return to
}

func attribute(from types.AttributeValue) events.DynamoDBAttributeValue {
	switch v := from.(type) {
	case *types.AttributeValueMemberS:
		return events.NewStringAttribute(v.Value)
	case *types.AttributeValueMemberN:
		return events.NewNumberAttribute(v.Value)
	case *types.AttributeValueMemberB:
		return events.NewBinaryAttribute(v.Value)
	case *types.AttributeValueMemberBOOL:
		return events.NewBooleanAttribute(v.Value)
	case *types.AttributeValueMemberSS:
		return events.NewStringSetAttribute(v.Value)
	case *types.AttributeValueMemberNS:
		return events.NewNumberSetAttribute(v.Value)
	case *types.AttributeValueMemberBS:
		return events.NewBinarySetAttribute(v.Value)
	case *types.AttributeValueMemberM:
		return events.NewMapAttribute(item(v.Value))
	case *types.AttributeValueMemberL:
		list := make([]events.DynamoDBAttributeValue, len(v.Value))
		for i, entry := range v.Value {
			list[i] = attribute(entry)
		}
		return events.NewListAttribute(list)
	default:
		return events.NewNullAttribute()
	}
}
