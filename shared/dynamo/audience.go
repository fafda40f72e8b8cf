package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
)

// Audiences is the fanout.Directory on the table: one query an audience.
type Audiences struct{ Table }

// place is the partition of an audience and the prefix of its sort keys, which
// the connection's id follows.
func place(a fanout.Audience) (pk, prefix string, err error) {
	switch a.Kind {
	case fanout.Listeners:
		return sessionKey(a.Key), "listener#", nil
	case fanout.Devices:
		return presenceKey(a.Key), a.Sub + "#", nil
	case fanout.Watchers:
		return watchKey(a.Key), "", nil
	}
	return "", "", fmt.Errorf("no audience is called %q", a.Kind)
}

// Connections reads an audience. Of a session's listeners only those hear who
// take part in it now: the head is read with them, since somebody may have left
// whose place among them a function had no time to clear.
func (t Audiences) Connections(ctx context.Context, a fanout.Audience) ([]string, error) {
	pk, prefix, err := place(a)
	if err != nil {
		return nil, err
	}
	if a.Kind == fanout.Listeners {
		return t.listening(ctx, a.Key)
	}
	items, err := t.query(ctx, prefixed(pk, prefix))
	if err != nil {
		return nil, err
	}
	connections := make([]string, 0, len(items))
	for _, i := range items {
		if c, ok := i["connection"].(*types.AttributeValueMemberS); ok {
			connections = append(connections, c.Value)
		}
	}
	return connections, nil
}

// listening reads the connections that hear a session.
func (t Audiences) listening(ctx context.Context, id string) ([]string, error) {
	heard, err := (&Sessions{Table: t.Table}).Hear(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return heard.Hearers(), nil
}

// Forget deletes a connection from an audience.
func (t Audiences) Forget(ctx context.Context, a fanout.Audience, connection string) error {
	pk, prefix, err := place(a)
	if err != nil {
		return err
	}
	return t.remove(ctx, pk, prefix+connection)
}
