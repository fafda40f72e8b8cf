package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// image is how one is stored: beside the transcript, so that reading the last
// entries of a session costs the same with images and without.
type image struct {
	Type   string          `json:"type"`
	Width  int             `json:"width"`
	Height int             `json:"height"`
	Data   []byte          `json:"data"`
	At     protocol.Millis `json:"at"`
}

// imageKey stands behind what is read to hear a session.
func imageKey(by, message string) string { return "picture#" + by + "#" + message }

// keepImage writes the image of a change before its entry: an entry never tells
// of an image that is not there, and an image of no entry goes with its time. It
// is written once, so that nobody can put another in its place.
func (t *Sessions) keepImage(ctx context.Context, c session.Change) error {
	if c.Image == nil {
		return nil
	}
	about := c.Entry.Image
	i, err := encode(image{Type: about.Type, Width: about.Width, Height: about.Height, Data: c.Image, At: c.Entry.At})
	if err != nil {
		return err
	}
	for name, value := range key(sessionKey(c.Next.ID), imageKey(c.Entry.By.ID, c.Entry.Message)) {
		i[name] = value
	}
	i[Schema.TTL] = expiry(c.Entry.At.Time().Add(c.Next.Retention))
	_, err = t.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.Name, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	if err = translate(err); err != nil && !errors.Is(err, session.ErrRaced) { // There since an earlier try.
		return fmt.Errorf("keep an image: %w", err)
	}
	return nil
}

// Image reads the image of a message.
func (t *Sessions) Image(ctx context.Context, s session.Session, by, message string) (protocol.Image, error) {
	missing := fault.New(fault.NotFound, "This image is not there any more.")
	if by == "" || message == "" || len(by)+len(message) > 4*protocol.MaxID {
		return protocol.Image{}, missing
	}
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, Key: key(sessionKey(s.ID), imageKey(by, message)), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return protocol.Image{}, fmt.Errorf("read an image: %w", translate(err))
	}
	var i image
	if err := decode(out.Item, &i); err != nil {
		return protocol.Image{}, err
	}
	if out.Item == nil || !t.Now().Before(i.At.Time().Add(s.Retention)) {
		return protocol.Image{}, missing
	}
	return protocol.Image{Type: i.Type, Width: i.Width, Height: i.Height, Data: i.Data}, nil
}
