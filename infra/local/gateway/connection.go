package gateway

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// closeWait is how long a client gets to answer our close frame.
const closeWait = 2 * time.Second

// connection is one WebSocket from its handshake on. One goroutine reads it,
// one writes it; everybody else only queues frames or asks for its end.
type connection struct {
	gateway     *Gateway
	id          string
	connectedAt time.Time
	domain      string
	trace       string
	identity    identity
	authorizer  map[string]any // set before the upgrade, then only read

	lastActive atomic.Int64 // ms since 1970 of the last message either way
	out        chan outgoing
	inFlight   chan struct{} // one token for each function that runs

	closing chan struct{} // closed once ending is set
	mu      sync.Mutex
	ended   bool
	ending  ending
	socket  net.Conn
}

func (g *Gateway) newConnection(r *http.Request) *connection {
	now := g.cfg.Now()
	source, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		source = r.RemoteAddr
	}
	c := &connection{
		gateway:     g,
		id:          newID(),
		connectedAt: now,
		domain:      g.cfg.DomainName,
		trace:       newTrace(now.Unix()),
		identity:    identity{SourceIP: source, UserAgent: r.UserAgent()},
		out:         make(chan outgoing, g.cfg.MaxQueue),
		inFlight:    make(chan struct{}, g.cfg.MaxInFlight),
		closing:     make(chan struct{}),
	}
	orDefault(&c.domain, r.Host)
	c.touch()
	return c
}

// serve runs the connection on its socket and returns when it is over.
func (c *connection) serve(socket net.Conn, buffered *bufio.Reader) {
	c.attach(socket)
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.writeFrames(socket)
	}()
	frames := &frameReader{
		from:         buffered,
		frameLimit:   c.gateway.cfg.FrameLimit,
		messageLimit: c.gateway.cfg.MessageLimit,
		pong:         func(payload []byte) { c.queue(outgoing{ws.OpPong, payload}) },
	}
	c.readFrames(frames)
	<-written
	frames.drain()
	socket.Close()
}

func (c *connection) attach(socket net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socket = socket
	if c.ended && c.ending.silent {
		socket.Close()
	}
}

// end asks for the connection's end; the first one to ask decides how. From
// then on nobody finds the connection any more.
func (c *connection) end(how ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended, c.ending = true, how
	c.gateway.remove(c)
	close(c.closing)
	if how.silent && c.socket != nil {
		c.socket.Close()
	}
}

// readFrames starts a function for each message until the connection ends.
func (c *connection) readFrames(frames *frameReader) {
	for {
		body, end := frames.next()
		if end != nil {
			c.end(*end)
			return
		}
		if !c.claim() {
			continue
		}
		c.touch()
		c.gateway.running.Go(func() {
			defer func() { <-c.inFlight }()
			c.gateway.message(c, body)
		})
	}
}

// claim waits until one more function may run for this connection. It reports
// false when the connection ends first: what comes after our close frame
// counts no more.
func (c *connection) claim() bool {
	select {
	case <-c.closing:
		return false
	default:
	}
	select {
	case <-c.closing:
		return false
	case c.inFlight <- struct{}{}:
		return true
	}
}

// writeFrames is the only one to write to the socket. It also watches the
// clock, because an idle connection has nobody else awake.
func (c *connection) writeFrames(socket net.Conn) {
	frames := newFrameWriter(socket, c.gateway.cfg.FrameLimit)
	expiry := time.NewTimer(c.untilExpiry())
	defer expiry.Stop()
	for {
		select {
		case out := <-c.out:
			socket.SetWriteDeadline(time.Now().Add(c.gateway.cfg.WriteTimeout))
			if frames.write(out) != nil {
				c.end(lost)
				return
			}
		case <-expiry.C:
			left := c.untilExpiry()
			if left <= 0 {
				c.end(goingAway)
			}
			expiry.Reset(left)
		case <-c.closing:
			c.sayClose(socket, frames)
			return
		}
	}
}

// sayClose sends what was already accepted for the client, then the close
// frame, and bounds how long the reader waits for the answer.
func (c *connection) sayClose(socket net.Conn, frames frameWriter) {
	defer func() { socket.SetReadDeadline(time.Now().Add(closeWait)) }()
	if c.ending.silent {
		return
	}
	socket.SetWriteDeadline(time.Now().Add(c.gateway.cfg.WriteTimeout))
	for len(c.out) > 0 {
		if frames.write(<-c.out) != nil {
			return
		}
	}
	var payload []byte
	switch how := c.ending; {
	case how.byPeer && how.code == ws.StatusNoStatusRcvd:
	case how.byPeer:
		payload = ws.NewCloseFrameBody(how.code, "")
	default:
		payload = ws.NewCloseFrameBody(how.code, how.reason)
	}
	frames.write(outgoing{ws.OpClose, payload}) // if it fails, the socket ends anyway
}

// push queues a message from @connections. It reports false at once when the
// client reads too slowly to take one more.
func (c *connection) push(body []byte) bool {
	select {
	case c.out <- outgoing{ws.OpText, body}:
		c.touch()
		return true
	default:
		return false
	}
}

// reply queues a message of the connection's own functions. A slow client
// makes its own functions wait, nobody else's.
func (c *connection) reply(body []byte) {
	c.touch()
	c.queue(outgoing{ws.OpText, body})
}

func (c *connection) queue(out outgoing) {
	select {
	case c.out <- out:
	case <-c.closing:
	}
}

// touch marks activity. A ping is none: AWS does not say whether it resets the
// idle timer, so a client that relies on it should fail here.
func (c *connection) touch() { c.lastActive.Store(c.gateway.cfg.Now().UnixMilli()) }

func (c *connection) activeAt() time.Time { return time.UnixMilli(c.lastActive.Load()) }

// untilExpiry is the time left to the idle timeout or the maximum age,
// whichever comes first.
func (c *connection) untilExpiry() time.Duration {
	cfg := c.gateway.cfg
	now := cfg.Now()
	return min(cfg.IdleTimeout-now.Sub(c.activeAt()), cfg.MaxAge-now.Sub(c.connectedAt))
}
