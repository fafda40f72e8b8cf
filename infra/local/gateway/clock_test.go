package gateway

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

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

func (l *pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	l.conns <- theirs
	return ours, nil
}

// underFakeTime gives play a gateway behind a listener of pipes. Every
// goroutine of the gateway must have ended when play has closed its sockets.
func underFakeTime(t *testing.T, cfg Config, play func(g *Gateway, listener *pipeListener)) {
	synctest.Test(t, func(t *testing.T) {
		cfg.Routes = []Route{{Key: "$disconnect", Function: "disconnect"}, {Key: "$default", Function: "other", TwoWay: true}}
		g := New(cfg, &functions{bodies: map[string]function{}, events: map[string]chan received{}})
		server := g.Server("")
		listener := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
		go server.Serve(listener)
		play(g, listener)
		g.Close()
		close(listener.done)
		server.Close()
	})
}

// inBubble gives play one raw connection to a gateway under fake time.
func inBubble(t *testing.T, cfg Config, play func(g *Gateway, conn net.Conn, from *bufio.Reader)) {
	underFakeTime(t, cfg, func(g *Gateway, listener *pipeListener) {
		dialer := ws.Dialer{NetDial: listener.dial}
		conn, from, _, err := dialer.Dial(context.Background(), "ws://gateway/local")
		if err != nil {
			t.Fatal(err)
		}
		if from == nil {
			from = bufio.NewReader(conn)
		}
		play(g, conn, from)
		conn.Close()
	})
}

func TestClientThatNeverFinishesItsHandshakeIsDropped(t *testing.T) {
	underFakeTime(t, Config{}, func(_ *Gateway, listener *pipeListener) {
		conn, _ := listener.dial(context.Background(), "", "")
		start := time.Now()
		go io.WriteString(conn, "GET /local HTTP/1.1\r\nHost: gateway\r\nX-Slow: ")
		io.Copy(io.Discard, conn)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("dropped after %s, want 10s", took)
		}
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

func TestCutDoesNotWaitForAStuckWrite(t *testing.T) {
	inBubble(t, Config{}, func(g *Gateway, _ net.Conn, _ *bufio.Reader) {
		id, start := g.Connections()[0], time.Now()
		c, _ := g.find(id)
		c.push([]byte("nobody reads this"))
		synctest.Wait()
		g.Cut(id)
		g.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("the cut took %s", took)
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
