package handler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	engine "github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var direct = []identity.Capability{identity.Direct}

var (
	alice = identity.Principal{ID: "alice", Role: identity.Technician, Name: "Alice", Companies: []string{"acme"}, Capabilities: direct}
	bob   = identity.Principal{ID: "bob", Role: identity.Technician, Name: "Bob", Companies: []string{"acme"}, Capabilities: direct}
	carol = identity.Principal{ID: "carol", Role: identity.Contact, Name: "Carol", Company: "acme"}
	dave  = identity.Principal{ID: "dave", Role: identity.Contact, Name: "Dave", Company: "acme"}
	erin  = identity.Principal{ID: "erin", Role: identity.Contact, Name: "Erin", Company: "globex"}
)

// world is the functions on the template's table in a real engine, with a
// clock that the test sets and pushes that nobody sends.
type world struct {
	t     *testing.T
	table dynamo.Table
	log   strings.Builder
	lists atomic.Int64 // Reads of a company's list.
	calls atomic.Int64 // To the outside: of the table, and pushes.
	warm  bool         // Whether the functions remember.
	kept  *handler.Frames

	mu     sync.Mutex
	now    time.Time
	pushed []sent
	dead   string // A connection that the gateway no longer has.
}

// sent is a push on its way to a connection.
type sent struct {
	connection string
	push       protocol.Push
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: noon}
	server, err := engine.Open(t.TempDir(), engine.Options{TTLInterval: -1, Now: w.time})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			t.Error(err)
		}
		w.calls.Add(1)
		if bytes.Contains(body, []byte(`"IndexName"`)) {
			w.lists.Add(1)
		}
		in.Body = io.NopCloser(bytes.NewReader(body))
		server.ServeHTTP(out, in)
	}))
	t.Cleanup(func() {
		listening.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	described, err := template.Load("../../template.yaml", template.Options{Parameters: map[string]string{
		"TokenIssuers": `[{"issuer":"https://id.example.com","audience":"parley"}]`, "AllowedOrigins": "https://desk.example.com",
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.table = dynamo.Table{Client: table.Client(listening.URL), Name: "parley", Now: w.time}
	if err := table.Create(t.Context(), w.table.Client, described.Tables[0], w.table.Name); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// reads is how often a company's list was read since it was asked before.
func (w *world) reads() int64 { return w.lists.Swap(0) }

// passes lets time pass.
func (w *world) passes(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Send keeps a push, instead of a gateway.
func (w *world) Send(_ context.Context, connection string, frame []byte) error {
	w.calls.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if connection == w.dead {
		return fanout.ErrGone
	}
	var p protocol.Push
	err := json.Unmarshal(frame, &p)
	w.pushed = append(w.pushed, sent{connection, p})
	return err
}

// heard are the names of the pushes to a connection since it was asked before.
func (w *world) heard(connection string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	names := []string{}
	w.pushed = slices.DeleteFunc(w.pushed, func(s sent) bool {
		if s.connection == connection {
			names = append(names, s.push.Name)
		}
		return s.connection == connection
	})
	return names
}

func (w *world) fan() fanout.Fan {
	return fanout.Fan{Directory: dynamo.Audiences{Table: w.table}, Sender: w, Log: quiet}
}

// frames are all the functions in one, each time without a memory unless the
// world is warm.
func (w *world) frames() handler.Frames {
	if w.warm && w.kept != nil {
		return *w.kept
	}
	sessions, people, set := dynamo.NewSessions(w.table), dynamo.Presence{Table: w.table}, dynamo.Settings{Table: w.table}
	sessions.Key = func(context.Context) (string, error) { return "a key", nil }
	devices := dynamo.Devices{Table: w.table}
	rights := &directory.Recent{Store: dynamo.Directory{Table: w.table}, Settings: set, Now: w.time}
	all := handler.Commands{}
	tickets := dynamo.Tickets{Table: w.table}
	for _, table := range []handler.Commands{
		handler.Presence(people, sessions, rights), handler.Session(sessions, people, set, tickets, rights),
		handler.Message(sessions, set), handler.Ticket(tickets, sessions, people, set, rights),
		handler.Call(sessions, relays{}),
		handler.Enrolment(devices), handler.Admission(people, devices),
		handler.Admin(set), handler.Directory(dynamo.Directory{Table: w.table}, set),
	} {
		for name, command := range table {
			all[name] = command
		}
	}
	w.kept = &handler.Frames{Commands: all, Fan: w.fan(), Rights: rights, Log: quiet, Now: w.time}
	return *w.kept
}

// asks sends a command over a connection of somebody, which is named after them.
func (w *world) asks(by identity.Principal, connection, command string, data any) protocol.Reply {
	w.t.Helper()
	action, do, _ := strings.Cut(command, ".")
	body, err := json.Marshal(map[string]any{"action": action, "do": do, "id": 1, "data": data})
	if err != nil {
		w.t.Fatal(err)
	}
	e := frame(string(body), authorized(w.t, by))
	e.RequestContext.ConnectionID = connection
	return asked(w.t, w.frames(), e)
}

func authorized(t *testing.T, by identity.Principal) map[string]any {
	t.Helper()
	text, err := json.Marshal(by)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"principal": string(text)}
}

// does sends what must be done over somebody's usual connection.
func does[Reply any](w *world, by identity.Principal, command string, data any) Reply {
	w.t.Helper()
	return doesAt[Reply](w, by, by.ID, command, data)
}

func doesAt[Reply any](w *world, by identity.Principal, connection, command string, data any) Reply {
	w.t.Helper()
	reply := w.asks(by, connection, command, data)
	if reply.Error != nil {
		w.t.Fatalf("%s by %s: %v", command, by.ID, reply.Error)
	}
	var decoded Reply
	text, err := json.Marshal(reply.Data)
	if err == nil {
		err = json.Unmarshal(text, &decoded)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return decoded
}

// refused is how a command that must not be done is refused.
func (w *world) refused(by identity.Principal, command string, data any) fault.Error {
	w.t.Helper()
	reply := w.asks(by, by.ID, command, data)
	if reply.Error == nil {
		w.t.Fatalf("%s by %s is not refused", command, by.ID)
	}
	return *reply.Error
}

// arrives says hello over a connection.
func (w *world) arrives(by identity.Principal, connection string) {
	w.t.Helper()
	doesAt[protocol.Welcome](w, by, connection, "presence.hello", protocol.Hello{})
}

// requests asks for help under an id that ends in n, and stays to hear.
func (w *world) requests(by identity.Principal, n string) string {
	w.t.Helper()
	id := by.Company + "/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b" + n
	w.arrives(by, by.ID)
	does[protocol.SessionReply](w, by, "session.request", protocol.RequestSession{Session: id, Problem: "Help"})
	does[protocol.Resumed](w, by, "message.resume", protocol.Resume{Session: id})
	return id
}

// goes closes a connection, and the service hears of it.
func (w *world) goes(by identity.Principal, connection string) {
	w.t.Helper()
	h := handler.Connections{Frames: w.frames(), Sessions: dynamo.NewSessions(w.table), Presence: dynamo.Presence{Table: w.table}}
	_, err := h.Handle(w.t.Context(), events.APIGatewayWebsocketProxyRequest{RequestContext: events.APIGatewayWebsocketProxyRequestContext{
		EventType: "DISCONNECT", ConnectionID: connection, Authorizer: authorized(w.t, by),
	}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// sweeps does what the schedule does every minute.
func (w *world) sweeps() {
	w.t.Helper()
	sweep := handler.Sweep{
		Sessions: dynamo.NewSessions(w.table), Presence: dynamo.Presence{Table: w.table},
		Fan: w.fan(), Log: slog.New(slog.NewTextHandler(&w.log, nil)), Now: w.time,
	}
	if err := sweep.Handle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// stands fails unless a session is in a state.
func (w *world) stands(when, id string, state protocol.SessionState) session.Heard {
	w.t.Helper()
	heard, err := dynamo.NewSessions(w.table).Hear(w.t.Context(), id)
	if err != nil || heard.State != state {
		w.t.Errorf("%s: it is %s (%v), want %s", when, heard.State, err, state)
	}
	return heard
}

// relays hands out no relay.
type relays struct{}

func (relays) Servers(context.Context, string, string, time.Time) ([]ice.Server, time.Time, error) {
	return []ice.Server{}, noon, nil
}
