package gateway

import (
	"fmt"
	"log/slog"
	"time"
)

// Quotas of the service ("Quotas for configuring and running a WebSocket API"
// in the API Gateway developer guide). KB are 1024 bytes.
const (
	maxURL            = 4096      // bytes of path and query
	maxGrant          = 8 << 10   // bytes of an authorizer's answer
	maxPush           = 128 << 10 // bytes of a POST @connections body
	minRouteTimeout   = 50 * time.Millisecond
	maxRouteTimeout   = 29 * time.Second
	routeConnect      = "$connect"
	routeDisconnect   = "$disconnect"
	routeDefault      = "$default"
	bodyFieldSelector = "$request.body."
)

// Route connects a route key to the function that serves it.
type Route struct {
	// Key is $connect, $disconnect, $default, or what the selection finds in
	// a frame.
	Key string
	// Function is the name that the Invoker knows.
	Function string
	// TwoWay says that the route has a route response: the body that the
	// function returns is sent back as a frame. Else it is dropped.
	TwoWay bool
	// Timeout bounds one run, 50 ms to 29 s. Zero means 29 s.
	Timeout time.Duration
}

// Authorizer is a REQUEST authorizer; WebSocket APIs run it on $connect only.
type Authorizer struct {
	// Function is the name that the Invoker knows.
	Function string
	// IdentitySources must all be present and not empty, or the handshake is
	// 401 without running Function. Forms: route.request.querystring.NAME and
	// route.request.header.NAME.
	IdentitySources []string
}

// Config describes one API and its bounds. A zero field means the default.
type Config struct {
	APIID      string // default "local"
	Stage      string // default "local"
	Region     string // default "us-east-1"
	AccountID  string // default "000000000000"
	DomainName string // what events carry; default the Host header of the handshake

	Routes     []Route
	Selection  string      // route selection expression; default $request.body.action
	Authorizer *Authorizer // nil: everybody may connect

	IdleTimeout    time.Duration // without a message either way; default 10 min
	MaxAge         time.Duration // of a connection; default 2 h
	FrameLimit     int           // bytes of one frame from a client; default 32 KB
	MessageLimit   int           // bytes of one message from a client; default 128 KB
	MaxConnections int           // handshakes and connections at once, more are 429; default 1000
	MaxInFlight    int           // functions at once for one connection's frames, more wait; default 16
	MaxQueue       int           // frames waiting for one client, more are 429; default 128
	WriteTimeout   time.Duration // for one frame to leave; a slower client is cut; default 10 s
	CloseGrace     time.Duration // what Close leaves running functions; default 5 s

	// LoseDisconnect starts the gateway with Faults.LoseDisconnect.
	LoseDisconnect bool
	// Now is the clock of events, idleness and age; default time.Now.
	Now func() time.Time
	// Log gets one line for every refused handshake and failed function, never
	// a body or a token; default none.
	Log *slog.Logger
}

func (c Config) withDefaults() Config {
	orDefault(&c.APIID, "local")
	orDefault(&c.Stage, "local")
	orDefault(&c.Region, "us-east-1")
	orDefault(&c.AccountID, "000000000000")
	orDefault(&c.Selection, bodyFieldSelector+"action")
	orDefault(&c.IdleTimeout, 10*time.Minute)
	orDefault(&c.MaxAge, 2*time.Hour)
	orDefault(&c.FrameLimit, 32<<10)
	orDefault(&c.MessageLimit, 128<<10)
	orDefault(&c.MaxConnections, 1000)
	orDefault(&c.MaxInFlight, 16)
	orDefault(&c.MaxQueue, 128)
	orDefault(&c.WriteTimeout, 10*time.Second)
	orDefault(&c.CloseGrace, 5*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	routes := c.Routes
	c.Routes = make([]Route, len(routes))
	for i, route := range routes {
		orDefault(&route.Timeout, maxRouteTimeout)
		c.Routes[i] = route
	}
	return c
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Check says in one sentence what the service would refuse about c, or what
// this twin does not know how to do.
func (c Config) Check() error {
	c = c.withDefaults()
	if _, err := parseSelection(c.Selection); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, route := range c.Routes {
		switch {
		case route.Key == "":
			return fmt.Errorf("a route has no key")
		case route.Function == "":
			return fmt.Errorf("route %s has no function", route.Key)
		case seen[route.Key]:
			return fmt.Errorf("route %s is there twice", route.Key)
		case route.Timeout < minRouteTimeout || route.Timeout > maxRouteTimeout:
			return fmt.Errorf("route %s has a timeout of %s; it must be %s to %s",
				route.Key, route.Timeout, minRouteTimeout, maxRouteTimeout)
		}
		seen[route.Key] = true
	}
	if c.Authorizer == nil {
		return nil
	}
	if c.Authorizer.Function == "" {
		return fmt.Errorf("the authorizer has no function")
	}
	if !seen[routeConnect] {
		return fmt.Errorf("an authorizer needs a %s route", routeConnect)
	}
	for _, source := range c.Authorizer.IdentitySources {
		if _, _, ok := parseIdentitySource(source); !ok {
			return fmt.Errorf("identity source %q must be route.request.querystring.NAME or route.request.header.NAME", source)
		}
	}
	return nil
}
