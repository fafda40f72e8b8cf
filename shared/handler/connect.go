package handler

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// Connections answers the connection's own routes: $connect, $disconnect, and
// $default for frames that no route takes.
type Connections struct {
	Frames   // Without commands: every frame that comes here is refused with a sentence.
	Sessions session.Store
	Presence presence.Directory
}

// Handle answers one event.
func (h Connections) Handle(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
	switch e.RequestContext.EventType {
	case "CONNECT":
		// Nothing is written: a connection counts from its first frame, since a
		// push that races the handshake would be answered with 410.
		return events.APIGatewayProxyResponse{
			StatusCode: http.StatusOK,
			Headers:    map[string]string{"Sec-WebSocket-Protocol": protocol.Subprotocol},
		}, nil
	case "DISCONNECT":
		return events.APIGatewayProxyResponse{StatusCode: http.StatusOK}, h.gone(ctx, e)
	}
	return h.Frames.Handle(ctx, e)
}

// gone releases what the connection held and tells those who see it.
func (h Connections) gone(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) error {
	by, err := principal(e)
	if err != nil {
		return nil // Never let in.
	}
	c := Caller{Principal: by, Connection: e.RequestContext.ConnectionID, Now: h.Now()}
	if by.Role == identity.Device {
		return h.checkedOut(ctx, c)
	}
	lease, held, err := h.Presence.Release(ctx, by.Home(), by.ID, c.Connection)
	if err != nil || !held {
		return err // Without a lease it never said hello, or another event was first.
	}
	pushes, err := presenceChanged(ctx, h.Presence, c, lease)
	if err != nil {
		return err
	}
	sessions, err := h.Sessions.Mine(ctx, by.Home(), by.ID)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if err := h.Sessions.Ignore(ctx, s.ID, c.Connection); err != nil {
			return err
		}
		heard, err := h.Sessions.Hear(ctx, s.ID)
		if err != nil {
			return err
		}
		if heard.Attends(by.ID) || heard.Audible(by) != nil { // Or it is only offered to them.
			continue
		}
		pushes = append(pushes, sessionAttended(s.ID, by, false, c.Connection))
		if s.State == protocol.Requested && s.Contact.ID == by.ID {
			if err := h.Sessions.Gone(ctx, s.ID, c.Now); err != nil {
				return err
			}
		}
	}
	h.Fan.Out(ctx, pushes)
	h.Log.InfoContext(ctx, "disconnect", "principal", by.ID, "sessions", len(sessions))
	return nil
}

func sessionAttended(id string, by identity.Principal, connected bool, except string) fanout.Push {
	return fanout.Push{
		To:     fanout.Audience{Kind: fanout.Listeners, Key: id},
		Except: except,
		Push: protocol.Push{Name: "session.attended", Data: protocol.SessionAttended{
			Session: id, Participant: session.Person(by), Connected: connected,
		}},
	}
}
