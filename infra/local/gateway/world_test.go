package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// patience is how long a test waits for something that must happen.
const patience = 10 * time.Second

// world is one API on a real listener, with functions that the test writes.
type world struct {
	t         testing.TB
	gateway   *Gateway
	functions *functions
	http      string // http://host/local
	ws        string // ws://host/local
}

// newWorld starts an API with functions "connect", "disconnect" and "other"
// ($default), all of which answer 200, changed by adjust.
func newWorld(t testing.TB, adjust func(*Config)) *world {
	t.Helper()
	cfg := Config{
		APIID: "a1b2c3d4e5",
		Routes: []Route{
			{Key: "$connect", Function: "connect"},
			{Key: "$disconnect", Function: "disconnect"},
			{Key: "$default", Function: "other"},
			{Key: "ask", Function: "ask", TwoWay: true},
			{Key: "tell", Function: "tell"},
		},
	}
	if adjust != nil {
		adjust(&cfg)
	}
	if err := cfg.Check(); err != nil {
		t.Fatalf("the test's own configuration is refused: %v", err)
	}
	f := &functions{bodies: make(map[string]function), events: make(map[string]chan received)}
	w := &world{t: t, gateway: New(cfg, f), functions: f}
	server := httptest.NewUnstartedServer(w.gateway)
	server.Config = w.gateway.Server("")
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(w.gateway.Close)
	w.http = server.URL + "/local"
	w.ws = "ws" + strings.TrimPrefix(w.http, "http")
	return w
}

// function is the body of a function under test.
type function func(ctx context.Context, e received) (Result, error)

// functions is the outside world of the gateway: it runs what the test wrote
// and keeps every event, by function.
type functions struct {
	mu     sync.Mutex
	bodies map[string]function
	events map[string]chan received
}

// received is an event as a function got it.
type received struct {
	Raw     json.RawMessage   `json:"-"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Context struct {
		RouteKey             string         `json:"routeKey"`
		ConnectionID         string         `json:"connectionId"`
		RequestID            string         `json:"requestId"`
		Authorizer           map[string]any `json:"authorizer"`
		DisconnectStatusCode int            `json:"disconnectStatusCode"`
		DisconnectReason     string         `json:"disconnectReason"`
	} `json:"requestContext"`
}

// Invoke runs a function as the Lambda host would.
func (f *functions) Invoke(ctx context.Context, name string, payload []byte) (Result, error) {
	e := received{Raw: payload}
	if err := json.Unmarshal(payload, &e); err != nil {
		return Result{}, err
	}
	f.mu.Lock()
	body := f.bodies[name]
	f.mu.Unlock()
	select {
	case f.seen(name) <- e:
	default: // a test that floods does not look at every event
	}
	if body == nil {
		return Result{Payload: []byte(`{"statusCode":200}`)}, nil
	}
	return body(ctx, e)
}

func (f *functions) seen(name string) chan received {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.events[name] == nil {
		f.events[name] = make(chan received, 1000)
	}
	return f.events[name]
}

// when says what a function does.
func (w *world) when(name string, body function) {
	w.functions.mu.Lock()
	defer w.functions.mu.Unlock()
	w.functions.bodies[name] = body
}

// answers makes a function return a payload.
func (w *world) answers(name, payload string) {
	w.when(name, func(context.Context, received) (Result, error) {
		return Result{Payload: []byte(payload)}, nil
	})
}

// throws makes a function fail by itself.
func (w *world) throws(name, message string) {
	w.when(name, func(context.Context, received) (Result, error) {
		payload, _ := json.Marshal(map[string]string{"errorMessage": message, "errorType": "errorString"})
		return Result{Payload: payload, FunctionError: "Unhandled"}, nil
	})
}

// unreachable makes a function impossible to run.
func (w *world) unreachable(name string) {
	w.when(name, func(context.Context, received) (Result, error) {
		return Result{}, errors.New("no such function")
	})
}

// hears waits for the next event of a function.
func (w *world) hears(name string) received {
	w.t.Helper()
	select {
	case e := <-w.functions.seen(name):
		return e
	case <-time.After(patience):
		w.t.Fatalf("function %s was never run", name)
		return received{}
	}
}

// heardNothing says that a function has not been run since the test last
// looked.
func (w *world) heardNothing(name string) {
	w.t.Helper()
	select {
	case e := <-w.functions.seen(name):
		w.t.Fatalf("function %s was run with %s", name, e.Raw)
	default:
	}
}

// client is a browser, as far as the gateway can tell.
type client struct {
	t    testing.TB
	conn *websocket.Conn
	id   string
}

// join connects and learns its connection id from the $connect event.
func (w *world) join() *client {
	w.t.Helper()
	conn, status, err := w.dial("", nil)
	if err != nil {
		w.t.Fatalf("join: status %d: %v", status, err)
	}
	return &client{t: w.t, conn: conn, id: w.hears("connect").Context.ConnectionID}
}

// dial attempts a handshake and returns its status.
func (w *world) dial(query string, options *websocket.DialOptions) (*websocket.Conn, int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, w.ws+query, options)
	if conn != nil {
		conn.SetReadLimit(1 << 20)
		w.t.Cleanup(func() { conn.CloseNow() })
	}
	if response == nil {
		return conn, 0, err
	}
	return conn, response.StatusCode, err
}

// refused is the status of a handshake that must fail.
func (w *world) refused(query string) int {
	w.t.Helper()
	_, status, err := w.dial(query, nil)
	if err == nil {
		w.t.Fatal("the handshake was accepted")
	}
	return status
}

func (c *client) says(text string) {
	c.t.Helper()
	c.sends(websocket.MessageText, []byte(text))
}

func (c *client) sends(kind websocket.MessageType, data []byte) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, kind, data); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// gets waits for the next frame.
func (c *client) gets() string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	if err != nil {
		c.t.Fatalf("no frame came: %v", err)
	}
	return string(data)
}

// closedWith waits for the close frame and returns its code and reason.
func (c *client) closedWith() (websocket.StatusCode, string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		_, _, err := c.conn.Read(ctx)
		var closed websocket.CloseError
		switch {
		case errors.As(err, &closed):
			return closed.Code, closed.Reason
		case err != nil:
			c.t.Fatalf("no close frame came: %v", err)
		}
	}
}

// gotNothing proves that no frame is on its way: a question asked now is the
// next thing answered.
func (c *client) gotNothing(w *world) {
	c.t.Helper()
	w.answers("ask", `{"statusCode":200,"body":"still here"}`)
	c.says(`{"action":"ask"}`)
	if got := c.gets(); got != "still here" {
		c.t.Fatalf("got a frame %s, want none", got)
	}
}

// eventually polls until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
