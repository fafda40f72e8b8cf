package gateway

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
)

// rawJoin connects without a client library, for frames that no library sends.
func (w *world) rawJoin() net.Conn {
	w.t.Helper()
	conn, _, _, err := ws.Dial(context.Background(), w.ws)
	if err != nil {
		w.t.Fatal(err)
	}
	w.hears("connect")
	w.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// frame returns a masked frame of n bytes of text.
func frame(op ws.OpCode, fin bool, n int) ws.Frame {
	return ws.MaskFrame(ws.NewFrame(op, fin, []byte(strings.Repeat("x", n))))
}

func write(t *testing.T, to io.Writer, frames ...ws.Frame) {
	t.Helper()
	for _, f := range frames {
		if err := ws.WriteFrame(to, f); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
}

// readFrame reads one frame.
func readFrame(t *testing.T, from io.Reader) (ws.Header, []byte) {
	t.Helper()
	header, err := ws.ReadHeader(from)
	if err != nil {
		t.Fatalf("no frame came: %v", err)
	}
	payload := make([]byte, header.Length)
	if _, err := io.ReadFull(from, payload); err != nil {
		t.Fatal(err)
	}
	return header, payload
}

// readClose reads frames up to the close frame.
func readClose(t *testing.T, from io.Reader) (ws.StatusCode, string) {
	t.Helper()
	for {
		header, payload := readFrame(t, from)
		if header.OpCode == ws.OpClose {
			return ws.ParseCloseFrameData(payload)
		}
	}
}

func TestWrongFramesCloseTheConnection(t *testing.T) {
	unmasked, rsv, badText := frame(ws.OpText, true, 3), frame(ws.OpText, true, 3), frame(ws.OpText, true, 1)
	unmasked.Header.Masked = false
	rsv.Header.Rsv = 4
	badText = ws.MaskFrame(ws.NewTextFrame([]byte{0xff, 0xfe}))
	const kb = 1 << 10
	for name, row := range map[string]struct {
		frames []ws.Frame
		code   ws.StatusCode
	}{
		"binary":                       {[]ws.Frame{frame(ws.OpBinary, true, 3)}, 1003},
		"one frame over 32 KB":         {[]ws.Frame{frame(ws.OpText, true, 32*kb+1)}, 1009},
		"a later frame over 32 KB":     {[]ws.Frame{frame(ws.OpText, false, 1), frame(ws.OpContinuation, true, 32*kb+1)}, 1009},
		"a message over 128 KB":        {[]ws.Frame{frame(ws.OpText, false, 32*kb), frame(ws.OpContinuation, false, 32*kb), frame(ws.OpContinuation, false, 32*kb), frame(ws.OpContinuation, false, 32*kb), frame(ws.OpContinuation, true, 1)}, 1009},
		"a megabyte in one frame":      {[]ws.Frame{frame(ws.OpText, true, 1<<20)}, 1009},
		"invalid UTF-8":                {[]ws.Frame{badText}, 1007},
		"no mask":                      {[]ws.Frame{unmasked}, 1002},
		"reserved bits":                {[]ws.Frame{rsv}, 1002},
		"a reserved opcode":            {[]ws.Frame{frame(3, true, 3)}, 1002},
		"a continuation of nothing":    {[]ws.Frame{frame(ws.OpContinuation, true, 3)}, 1002},
		"a text inside a text":         {[]ws.Frame{frame(ws.OpText, false, 3), frame(ws.OpText, true, 3)}, 1002},
		"a long ping":                  {[]ws.Frame{frame(ws.OpPing, true, 126)}, 1002},
		"a ping in pieces":             {[]ws.Frame{frame(ws.OpPing, false, 3)}, 1002},
		"a close of one byte":          {[]ws.Frame{frame(ws.OpClose, true, 1)}, 1002},
		"a close with a reserved code": {[]ws.Frame{ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(1006, "")))}, 1002},
		"a close reason of no UTF-8":   {[]ws.Frame{ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "\xff")))}, 1007},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			conn := w.rawJoin()
			go func() {
				for _, f := range row.frames {
					ws.WriteFrame(conn, f) // may fail: the gateway need not read on
				}
			}()
			code, reason := readClose(t, conn)
			conn.Close()
			if code != row.code || reason == "" {
				t.Errorf("closed with %d %q, want %d and a reason", code, reason, row.code)
			}
			e := w.hears("disconnect").Context
			if e.DisconnectStatusCode != int(row.code) || e.DisconnectReason != reason {
				t.Errorf("$disconnect says %d %q, the frame said %d %q", e.DisconnectStatusCode, e.DisconnectReason, code, reason)
			}
			w.heardNothing("other")
		})
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	w := newWorld(t, nil)
	conn := w.rawJoin()
	const limit = 32 << 10
	write(t, conn, frame(ws.OpText, true, limit))
	if got := len(w.hears("other").Body); got != limit {
		t.Errorf("a 32 KB frame arrived with %d bytes", got)
	}
	write(t, conn, frame(ws.OpText, false, limit), frame(ws.OpContinuation, false, limit),
		frame(ws.OpPing, true, 125), // control frames may lie between
		frame(ws.OpContinuation, false, limit), frame(ws.OpContinuation, true, limit))
	if got := len(w.hears("other").Body); got != 4*limit {
		t.Errorf("a 128 KB message arrived with %d bytes", got)
	}
}

func TestPingIsAnsweredAndIsNoMessage(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.conn.CloseRead(ctx)
	if err := c.conn.Ping(ctx); err != nil {
		t.Errorf("ping: %v", err)
	}
	w.heardNothing("other")
}

func TestDisconnectTellsHowTheClientLeft(t *testing.T) {
	for name, row := range map[string]struct {
		leave  func(*client)
		code   int
		reason string
	}{
		"with a code and a reason": {func(c *client) { c.conn.Close(4001, "signed out") }, 4001, "signed out"},
		"with a code":              {func(c *client) { c.conn.Close(websocket.StatusGoingAway, "") }, 1001, ""},
		"without a code":           {func(c *client) { c.conn.Close(websocket.StatusNoStatusRcvd, "") }, 1005, "Client-side close frame status not set"},
		"without a word":           {func(c *client) { c.conn.CloseNow() }, 1006, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			c := w.join()
			row.leave(c)
			e := w.hears("disconnect").Context
			if e.DisconnectStatusCode != row.code || e.DisconnectReason != row.reason || e.ConnectionID != c.id {
				t.Errorf("$disconnect of %s says %d %q, want %d %q", e.ConnectionID, e.DisconnectStatusCode, e.DisconnectReason, row.code, row.reason)
			}
		})
	}
}

func TestDisconnectDoesNotWaitForRunningFunctions(t *testing.T) {
	w := newWorld(t, nil)
	release := make(chan struct{})
	w.when("tell", func(context.Context, received) (Result, error) {
		<-release
		return Result{Payload: []byte(`{"statusCode":200}`)}, nil
	})
	c := w.join()
	c.says(`{"action":"tell"}`)
	w.hears("tell")
	c.conn.Close(websocket.StatusNormalClosure, "")
	w.hears("disconnect")
	close(release)
}

func TestCloseEndsEverybodyAndWaits(t *testing.T) {
	w := newWorld(t, nil)
	a, b := w.join(), w.join()
	done := make(chan struct{})
	go func() { defer close(done); w.gateway.Close() }()
	for _, c := range []*client{a, b} {
		if code, reason := c.closedWith(); code != websocket.StatusGoingAway || reason != "Going away" {
			t.Errorf("closed with %d %q", code, reason)
		}
	}
	<-done
	if left := w.gateway.Connections(); len(left) != 0 {
		t.Errorf("%d connections are left", len(left))
	}
	w.hears("disconnect")
	w.hears("disconnect")
	if status := w.refused(""); status != 429 {
		t.Errorf("a handshake after Close is %d, want 429", status)
	}
}

func TestCloseCancelsFunctionsAfterItsGrace(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.CloseGrace = time.Millisecond })
	w.when("tell", func(ctx context.Context, _ received) (Result, error) {
		<-ctx.Done()
		return Result{}, ctx.Err()
	})
	c := w.join()
	c.says(`{"action":"tell"}`)
	w.hears("tell")
	go c.closedWith()
	w.gateway.Close()
}

// pipeListener lets a server run inside a synctest bubble, where time is fake.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// inBubble gives play one raw connection to a gateway under fake time.
func inBubble(t *testing.T, cfg Config, play func(g *Gateway, conn net.Conn, from *bufio.Reader)) {
	synctest.Test(t, func(t *testing.T) {
		cfg.Routes = []Route{{Key: "$disconnect", Function: "disconnect"}, {Key: "$default", Function: "other", TwoWay: true}}
		f := &functions{bodies: map[string]function{}, events: map[string]chan received{}}
		g := New(cfg, f)
		server := g.Server("")
		listener := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
		go server.Serve(listener)
		dialer := ws.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			listener.conns <- theirs
			return ours, nil
		}}
		conn, from, _, err := dialer.Dial(context.Background(), "ws://gateway/local")
		if err != nil {
			t.Fatal(err)
		}
		if from == nil {
			from = bufio.NewReader(conn)
		}
		play(g, conn, from)
		conn.Close()
		g.Close()
		close(listener.done)
		server.Close()
	})
}

func TestIdleConnectionIsClosedAfterTenMinutes(t *testing.T) {
	inBubble(t, Config{}, func(_ *Gateway, conn net.Conn, from *bufio.Reader) {
		start := time.Now()
		code, reason := readClose(t, from)
		if idle := time.Since(start).Round(time.Second); code != 1001 || reason != "Going away" || idle != 10*time.Minute {
			t.Errorf("closed with %d %q after %s", code, reason, idle)
		}
	})
}

func TestPingsDoNotKeepAConnectionAlive(t *testing.T) {
	inBubble(t, Config{}, func(_ *Gateway, conn net.Conn, from *bufio.Reader) {
		start := time.Now()
		go func() {
			for range 20 {
				<-time.After(time.Minute)
				if ws.WriteFrame(conn, frame(ws.OpPing, true, 1)) != nil {
					return
				}
			}
		}()
		readClose(t, from)
		if idle := time.Since(start).Round(time.Second); idle != 10*time.Minute {
			t.Errorf("closed after %s, want 10m", idle)
		}
		conn.Close()
		<-time.After(time.Hour) // lets the pinging end inside the bubble
	})
}

func TestMessagesEitherWayKeepAConnectionAliveForTwoHours(t *testing.T) {
	for name, speak := range map[string]func(g *Gateway, conn net.Conn) bool{
		"from the client": func(_ *Gateway, conn net.Conn) bool {
			return ws.WriteFrame(conn, frame(ws.OpText, true, 1)) == nil
		},
		"to the client": func(g *Gateway, _ net.Conn) bool {
			for _, id := range g.Connections() {
				c, _ := g.find(id)
				return c.push([]byte("x"))
			}
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(g *Gateway, conn net.Conn, from *bufio.Reader) {
				start := time.Now()
				go func() {
					for speak(g, conn) {
						<-time.After(9 * time.Minute)
					}
				}()
				code, _ := readClose(t, from)
				if age := time.Since(start).Round(time.Second); code != 1001 || age != 2*time.Hour {
					t.Errorf("closed with %d after %s, want 1001 after 2h", code, age)
				}
				conn.Close()
				<-time.After(time.Hour) // lets the speaking end inside the bubble
			})
		})
	}
}

func TestClientThatReadsNothingIsCutAndDelaysNobody(t *testing.T) {
	inBubble(t, Config{MaxQueue: 2}, func(g *Gateway, conn net.Conn, _ *bufio.Reader) {
		c, _ := g.find(g.Connections()[0])
		synctest.Wait()
		taken, start := 0, time.Now()
		for c.push([]byte("x")) {
			taken++
			synctest.Wait()
		}
		if taken != 3 || time.Since(start) != 0 { // one is being written, two wait
			t.Errorf("%d pushes were taken in %s, want 3 at once", taken, time.Since(start))
		}
		<-c.closing
		if c.ending != lost || time.Since(start) != 10*time.Second {
			t.Errorf("ended with %+v after %s, want a cut after 10s", c.ending, time.Since(start))
		}
	})
}

func TestClientThatNeverAnswersOurCloseIsNotWaitedForLong(t *testing.T) {
	inBubble(t, Config{}, func(g *Gateway, conn net.Conn, from *bufio.Reader) {
		start := time.Now()
		c, _ := g.find(g.Connections()[0])
		c.end(deleted)
		readClose(t, from)
		if _, err := from.ReadByte(); err != io.EOF || time.Since(start) != closeWait {
			t.Errorf("the socket ended with %v after %s, want EOF after %s", err, time.Since(start), closeWait)
		}
	})
}
