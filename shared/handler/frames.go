// Package handler turns gateway events into gateway responses. It has no rules.
//
// The journey of a frame is [Frames.Handle]: decode, route, decide and write,
// fan out, reply. Each function brings its own table of commands; an entry
// reads the data, calls the service and names the reply and the pushes.
package handler

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Caller is who sent a frame, over which connection, and when it is now.
type Caller struct {
	identity.Principal                    // As the directory knows them.
	Token              identity.Principal // As their token describes them.
	Connection         string
	Now                time.Time
}

// Outcome is what a command answers and whom it tells.
type Outcome struct {
	Reply   any
	Pushes  []fanout.Push
	Arrived func(int) (any, error) // Makes the reply of how many pushes arrived, where it depends on that.
}

// Command carries out one command.
type Command func(context.Context, Caller, protocol.Frame) (Outcome, error)

// Commands are the commands of one function, by whole name.
type Commands map[string]Command

// Frames answers the frames of one function's routes.
type Frames struct {
	Commands Commands
	Fan      fanout.Fan // The zero value where no command pushes.
	Limits   *Limits    // Nil where nothing is limited.
	Rights   Rights     // Nil where no command needs more than taking part.
	Log      *slog.Logger
	Now      func() time.Time
}

// Rights is what the directory knows, some seconds old at most.
type Rights interface {
	// Resolve returns a principal as the directory knows them.
	Resolve(ctx context.Context, p identity.Principal) (identity.Principal, error)
	// Around returns what is known around somebody.
	Around(ctx context.Context, w directory.Who) (directory.Around, error)
	// Learn adds to the directory what somebody's token tells.
	Learn(ctx context.Context, p identity.Principal) error
}

// rightless are the commands that need no right beyond taking part, so that
// they read nothing of the directory: what is sent again and again.
var rightless = []string{
	"message.post", "message.type", "message.read", "call.signal", "call.report", "presence.beat", "presence.report",
}

// on reads the data of a command before carrying it out.
func on[Data any](do func(context.Context, Caller, Data) (Outcome, error)) Command {
	return func(ctx context.Context, c Caller, f protocol.Frame) (Outcome, error) {
		data, err := protocol.Data[Data](f)
		if err != nil {
			return Outcome{}, err
		}
		return do(ctx, c, data)
	}
}

// Handle answers one frame with one reply. A fault is a reply too, so the
// response is always 200 and the error nil.
func (h Frames) Handle(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
	start := h.Now()
	frame, err := protocol.Decode(e.Body)
	var out Outcome
	if err == nil {
		out, err = h.run(ctx, e, frame, start)
	}
	arrived := h.Fan.Out(ctx, out.Pushes)
	if err == nil && out.Arrived != nil {
		out.Reply, err = out.Arrived(arrived)
	}
	h.log(ctx, frame, start, err)
	return reply(frame.ID, out.Reply, err), nil
}

func (h Frames) run(ctx context.Context, e events.APIGatewayWebsocketProxyRequest, f protocol.Frame, now time.Time) (Outcome, error) {
	by, err := principal(e)
	if err != nil {
		return Outcome{}, err
	}
	command, ok := h.Commands[f.Command()]
	if !ok {
		return Outcome{}, fault.New(fault.Invalid, "There is no such command.")
	}
	caller := Caller{Principal: by, Token: by, Connection: e.RequestContext.ConnectionID, Now: now}
	if err := h.Limits.allow(caller, f.Command()); err != nil {
		return Outcome{}, err
	}
	if h.Rights != nil && !slices.Contains(rightless, f.Command()) {
		if caller.Principal, err = h.Rights.Resolve(ctx, by); err != nil {
			return Outcome{}, err
		}
	}
	return command(ctx, caller, f)
}

// log writes the one line of an invocation: never text, tokens or names.
func (h Frames) log(ctx context.Context, f protocol.Frame, start time.Time, err error) {
	level, code, cause := slog.LevelInfo, fault.Code("ok"), error(nil)
	if err != nil {
		public := fault.Public(err)
		code, cause = public.Code, public.Cause
	}
	if cause != nil {
		level = slog.LevelError
	}
	command := "unknown"
	if _, ok := h.Commands[f.Command()]; ok {
		command = f.Command()
	}
	h.Log.Log(ctx, level, "frame", "command", command, "code", code, "ms", h.Now().Sub(start).Milliseconds(), "cause", cause)
}

// principal reads who sent the event out of the authorizer context.
func principal(e events.APIGatewayWebsocketProxyRequest) (identity.Principal, error) {
	var p identity.Principal
	context, _ := e.RequestContext.Authorizer.(map[string]any)
	text, _ := context[principalKey].(string)
	if err := json.Unmarshal([]byte(text), &p); err != nil || p.ID == "" {
		return p, fault.New(fault.Unauthenticated, "Sign in first.")
	}
	return p, nil
}

func reply(id int64, data any, err error) events.APIGatewayProxyResponse {
	r := protocol.Reply{ID: id, Data: data}
	if err != nil {
		r = protocol.Reply{ID: id, Error: fault.Public(err)}
	}
	body, err := json.Marshal(r)
	if err != nil {
		body, _ = json.Marshal(protocol.Reply{ID: id, Error: fault.Public(err)})
	}
	return events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Body: string(body)}
}
