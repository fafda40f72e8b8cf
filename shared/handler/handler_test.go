package handler_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func TestEveryCommandOfTheProtocolHasOneRoute(t *testing.T) {
	tables := map[string]handler.Commands{
		"presence": handler.Presence(nil, nil, nil), "session": handler.Session(nil, nil, nil, nil, nil), "ticket": handler.Ticket(nil, nil, nil, nil, nil),
		"message": handler.Message(nil, nil), "call": handler.Call(nil, nil), "admin": handler.Admin(nil), "directory": handler.Directory(nil, nil),
	}
	maps.Copy(tables["presence"], handler.Admission(nil, nil))
	maps.Copy(tables["admin"], handler.Enrolment(nil))
	routed := map[string]bool{}
	for noun, table := range tables {
		for name := range table {
			if got, _, _ := strings.Cut(name, "."); got != noun {
				t.Errorf("%s stands in the table of %s", name, noun)
			}
			routed[name] = true
		}
	}
	for _, c := range protocol.Commands {
		if !routed[c.Name] {
			t.Errorf("%s has no route", c.Name)
		}
		delete(routed, c.Name)
	}
	for name := range routed {
		t.Errorf("%s is not in the protocol", name)
	}
}

// frame is a MESSAGE event as API Gateway sends it.
func frame(body string, authorizer any) events.APIGatewayWebsocketProxyRequest {
	return events.APIGatewayWebsocketProxyRequest{
		Body: body,
		RequestContext: events.APIGatewayWebsocketProxyRequestContext{
			EventType: "MESSAGE", ConnectionID: "c1=", Authorizer: authorizer,
		},
	}
}

func asked(t *testing.T, h handler.Frames, e events.APIGatewayWebsocketProxyRequest) protocol.Reply {
	t.Helper()
	response, err := h.Handle(t.Context(), e)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got %d and %v", response.StatusCode, err)
	}
	var reply protocol.Reply
	if err := json.Unmarshal([]byte(response.Body), &reply); err != nil {
		t.Fatal(err)
	}
	return reply
}

func TestEveryFailureIsAReply(t *testing.T) {
	broken := errors.New("the disk of 10.0.0.7 is full")
	h := handler.Frames{Log: quiet, Now: time.Now, Commands: handler.Commands{
		"message.post": func(context.Context, handler.Caller, protocol.Frame) (handler.Outcome, error) {
			return handler.Outcome{}, broken
		},
	}}
	somebody := map[string]any{"principal": `{"id":"a","role":"contact","name":"A","company":"acme"}`}
	for name, c := range map[string]struct {
		body       string
		authorizer any
		id         int64
		code       fault.Code
	}{
		"no command":           {"hello", somebody, 0, fault.Invalid},
		"an unknown command":   {`{"action":"message","id":3,"do":"sing"}`, somebody, 3, fault.Invalid},
		"nobody":               {`{"action":"message","id":3,"do":"post"}`, nil, 3, fault.Unauthenticated},
		"a broken context":     {`{"action":"message","id":3,"do":"post"}`, map[string]any{"principal": "{"}, 3, fault.Unauthenticated},
		"a context of no one":  {`{"action":"message","id":3,"do":"post"}`, map[string]any{"principal": "{}"}, 3, fault.Unauthenticated},
		"an error of our own":  {`{"action":"message","id":3,"do":"post"}`, somebody, 3, fault.Internal},
		"an error on $default": {`{"action":"dance","id":3,"do":"waltz"}`, somebody, 3, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			reply := asked(t, h, frame(c.body, c.authorizer))
			if reply.ID != c.id || reply.Error == nil || reply.Error.Code != c.code {
				t.Fatalf("got %+v", reply)
			}
			if strings.Contains(reply.Error.Message, "10.0.0.7") {
				t.Errorf("the sentence tells too much: %s", reply.Error.Message)
			}
		})
	}
}

func TestTheLogNamesNoTextAndNoPeople(t *testing.T) {
	var log strings.Builder
	h := handler.Frames{Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: time.Now, Commands: handler.Commands{
		"message.post": func(context.Context, handler.Caller, protocol.Frame) (handler.Outcome, error) {
			return handler.Outcome{}, fault.New(fault.Conflict, "This session is ended.")
		},
	}}
	asked(t, h, frame(`{"action":"message","id":1,"do":"post","data":{"text":"my password is hunter2"}}`,
		map[string]any{"principal": `{"id":"a","role":"contact","name":"Carol Jones","company":"acme"}`}))
	asked(t, h, frame(`{"action":"hunter2","id":1,"do":"Carol Jones"}`, nil))
	if strings.Count(log.String(), "\n") != 2 || strings.Contains(log.String(), "hunter2") || strings.Contains(log.String(), "Carol") {
		t.Errorf("logged %s", log.String())
	}
}

func TestConnectChoosesOurSubprotocolAndWritesNothing(t *testing.T) {
	h := handler.Connections{Frames: handler.Frames{Log: quiet, Now: time.Now}}
	response, err := h.Handle(t.Context(), events.APIGatewayWebsocketProxyRequest{
		RequestContext: events.APIGatewayWebsocketProxyRequestContext{EventType: "CONNECT"},
	})
	if err != nil || response.StatusCode != http.StatusOK || response.Headers["Sec-WebSocket-Protocol"] != "parley" {
		t.Errorf("got %+v and %v", response, err)
	}
}

// verifier knows one token.
type verifier struct{}

func (verifier) Verify(_ context.Context, token string) (identity.Principal, error) {
	switch token {
	case "good":
		return identity.Principal{ID: "a", Role: identity.Contact, Name: "A", Company: "acme"}, nil
	case "unlucky":
		return identity.Principal{}, fault.New(fault.Unavailable, "The issuer of the token does not answer.")
	}
	return identity.Principal{}, fault.New(fault.Unauthenticated, "This token is not good.")
}

// A8: only listed portals connect.
func TestTheAuthorizerLetsInWhoHasAGoodTokenAndAListedOrigin(t *testing.T) {
	a := handler.Authorizer{Verifier: verifier{}, Origins: []string{"https://desk.example.com"}, Log: quiet}
	const arn = "arn:aws:execute-api:r:1:api/live/$connect"
	for name, c := range map[string]struct {
		headers map[string]string
		effect  string // Allow, Deny, or the error's text.
	}{
		"a good token":             {map[string]string{"Sec-WebSocket-Protocol": "parley, good"}, "Allow"},
		"in lower case":            {map[string]string{"sec-websocket-protocol": "parley,good"}, "Allow"},
		"from a listed portal":     {map[string]string{"Sec-WebSocket-Protocol": "parley, good", "Origin": "https://desk.example.com"}, "Allow"},
		"from another portal":      {map[string]string{"Sec-WebSocket-Protocol": "parley, good", "origin": "https://evil.example"}, "Deny"},
		"from no origin at all":    {map[string]string{"Sec-WebSocket-Protocol": "parley, good", "Origin": "null"}, "Deny"},
		"no header":                {nil, "Unauthorized"},
		"only the token":           {map[string]string{"Sec-WebSocket-Protocol": "good"}, "Unauthorized"},
		"only the name":            {map[string]string{"Sec-WebSocket-Protocol": "parley"}, "Unauthorized"},
		"an empty token":           {map[string]string{"Sec-WebSocket-Protocol": "parley, "}, "Unauthorized"},
		"three offers":             {map[string]string{"Sec-WebSocket-Protocol": "parley, good, more"}, "Unauthorized"},
		"another name":             {map[string]string{"Sec-WebSocket-Protocol": "chat, good"}, "Unauthorized"},
		"a bad token":              {map[string]string{"Sec-WebSocket-Protocol": "parley, bad"}, "Unauthorized"},
		"an issuer that is silent": {map[string]string{"Sec-WebSocket-Protocol": "parley, unlucky"}, "unavailable: The issuer of the token does not answer."},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := a.Handle(t.Context(), events.APIGatewayCustomAuthorizerRequestTypeRequest{MethodArn: arn, Headers: c.headers})
			if err != nil {
				if err.Error() != c.effect {
					t.Errorf("got %v, want %s", err, c.effect)
				}
				return
			}
			s := response.PolicyDocument.Statement[0]
			if s.Effect != c.effect || len(s.Resource) != 1 || s.Resource[0] != arn {
				t.Errorf("got %+v, want %s", s, c.effect)
			}
			if _, told := response.Context["principal"]; told != (c.effect == "Allow") {
				t.Errorf("the context is %v", response.Context)
			}
		})
	}
}
