// Package gateway is the local twin of an API Gateway WebSocket API: it holds
// the connections, calls the functions and serves the @connections API.
//
//	GET  /{stage}?token=…                  → authorizer → $connect → 101
//	text frame {"action":"message",…}      → the function of route "message"
//	POST /{stage}/@connections/{id}        → text frame to that client
//	the socket ends, however it ends       → $disconnect
//
// It is as strict as the service where the service surprises: a binary frame
// closes the connection (1003), so does a frame over 32 KB or a message over
// 128 KB (1009), frames of one connection run at the same time and in no
// order, and a one-way function that answers 500 is silently ignored. What AWS
// does not document (the texts of close reasons, whether a ping is activity)
// is chosen on the strict side and said where it is chosen. Request signatures
// are not checked.
package gateway

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Invoker runs functions. The gateway declares what it needs; the Lambda host
// implements it.
type Invoker interface {
	// Invoke runs function once with a JSON payload. It returns an error when
	// the function could not be run or ctx ended first, and a Result with a
	// FunctionError when the function ran and failed.
	Invoke(ctx context.Context, function string, payload []byte) (Result, error)
}

// Result is what one run of a function gave.
type Result struct {
	// Payload is the JSON that the function returned, or
	// {"errorMessage":…,"errorType":…} when FunctionError is set.
	Payload []byte
	// FunctionError is empty for a run that returned, else Lambda's word for
	// the failure ("Unhandled").
	FunctionError string
}

// Gateway is one WebSocket API with one stage. It is an http.Handler; Server
// gives it a listener's limits. Its methods may be called at any time.
type Gateway struct {
	cfg     Config
	invoker Invoker
	selects selector
	routes  map[string]Route
	faults  atomic.Pointer[faultState]

	ctx     context.Context // ends the functions that Close no longer waits for
	cancel  context.CancelFunc
	running sync.WaitGroup // handshakes, connections, functions

	mu          sync.Mutex
	closed      bool
	held        int // places taken: handshakes and connections
	connections map[string]*connection
}

// New returns a gateway that runs functions through invoker. Zero fields of
// cfg get their defaults. Call cfg.Check first: New itself refuses nothing, and
// what Check would refuse then simply never matches.
func New(cfg Config, invoker Invoker) *Gateway {
	cfg = cfg.withDefaults()
	selects, _ := parseSelection(cfg.Selection)
	g := &Gateway{
		cfg:         cfg,
		invoker:     invoker,
		selects:     selects,
		routes:      make(map[string]Route, len(cfg.Routes)),
		connections: make(map[string]*connection),
	}
	for _, route := range cfg.Routes {
		g.routes[route.Key] = route
	}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.SetFaults(Faults{LoseDisconnect: cfg.LoseDisconnect})
	return g
}

// Server returns an HTTP server for this gateway at addr. It bounds what a
// client may cost before a handshake is read: 10 s and 16 KB of header (AWS
// takes 10 KB of header and 4 KB of URL). Shutdown of that server does not end
// WebSocket connections; Close of the gateway does.
func (g *Gateway) Server(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           g,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// ServeHTTP answers handshakes at /{stage} and the management API at
// /{stage}/@connections/{id}. Every other path is 403 Forbidden, as on AWS.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	stage, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	id, manages := strings.CutPrefix(rest, "@connections/")
	switch {
	case len(r.RequestURI) > maxURL:
		refusal{http.StatusRequestURITooLong, "", "Request-URI Too Long"}.write(w)
	case stage != g.cfg.Stage:
		forbidden.write(w)
	case manages:
		g.manage(w, r, id)
	case rest == "":
		g.handshake(w, r)
	default:
		forbidden.write(w)
	}
}

// Connections returns the ids of the connections that are open now, in no
// order.
func (g *Gateway) Connections() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	ids := make([]string, 0, len(g.connections))
	for id := range g.connections {
		ids = append(ids, id)
	}
	return ids
}

// Close ends every connection with 1001 "Going away", refuses new ones, and
// waits until the functions, $disconnect included, have returned. After
// CloseGrace it cancels those that have not.
func (g *Gateway) Close() {
	g.mu.Lock()
	g.closed = true
	open := make([]*connection, 0, len(g.connections))
	for _, c := range g.connections {
		open = append(open, c)
	}
	g.mu.Unlock()
	for _, c := range open {
		c.end(goingAway)
	}
	grace := time.AfterFunc(g.cfg.CloseGrace, g.cancel)
	defer grace.Stop()
	g.running.Wait()
	g.cancel()
}

// enter takes a place for a handshake and the connection that it may become.
// It reports false when the gateway is closed or full. leave gives it back.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.held >= g.cfg.MaxConnections {
		return false
	}
	g.held++
	g.running.Add(1)
	return true
}

func (g *Gateway) leave() {
	g.mu.Lock()
	g.held--
	g.mu.Unlock()
	g.running.Done()
}

func (g *Gateway) add(c *connection) {
	g.mu.Lock()
	g.connections[c.id] = c
	closed := g.closed
	g.mu.Unlock()
	if closed {
		c.end(goingAway)
	}
}

func (g *Gateway) remove(c *connection) {
	g.mu.Lock()
	delete(g.connections, c.id)
	g.mu.Unlock()
}

func (g *Gateway) find(id string) (*connection, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, ok := g.connections[id]
	return c, ok
}
