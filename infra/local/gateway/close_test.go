package gateway

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
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
	unmasked, rsv := frame(ws.OpText, true, 3), frame(ws.OpText, true, 3)
	unmasked.Header.Masked = false
	rsv.Header.Rsv = 4
	badText := ws.MaskFrame(ws.NewTextFrame([]byte{0xff, 0xfe}))
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
		"a close with a code of 5000":  {[]ws.Frame{ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(5000, "")))}, 1002},
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

func TestClientThatLeavesDuringConnectIsStillReported(t *testing.T) {
	w := newWorld(t, nil)
	release := make(chan struct{})
	w.when("connect", func(context.Context, received) (Result, error) {
		<-release
		return Result{Payload: []byte(`{"statusCode":200}`)}, nil
	})
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(w.http, "http://"), "/local"))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "GET /local HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	id := w.hears("connect").Context.ConnectionID
	conn.Close()
	close(release)
	if e := w.hears("disconnect").Context; e.ConnectionID != id || e.DisconnectStatusCode != 1006 {
		t.Errorf("$disconnect of %s says %d, want 1006 of %s", e.ConnectionID, e.DisconnectStatusCode, id)
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
