package datagram

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const patient = 5 * time.Second

// onEach runs a test on every loop that there is here.
func onEach(t *testing.T, test func(t *testing.T, l *looped)) {
	for _, path := range []string{"portable", "fast"} {
		t.Run(path, func(t *testing.T) {
			loop, err := New(Options{Path: path, Pause: 200 * time.Microsecond, Dropped: new(atomic.Int64)})
			if path == "fast" && err != nil {
				t.Logf("there is none here: %v", err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			test(t, serveLoop(t, loop))
		})
	}
}

// looped is a loop whose goroutine does what a test asks it to.
type looped struct {
	t       *testing.T
	loop    Loop
	work    chan func()
	nudger  net.Conn    // sends the loop a datagram, for it to look for work
	packets chan Packet // copies of what else comes
	ended   chan error
}

const nudge = "nudge" // the tag of the socket that the nudger sends to

func serveLoop(t *testing.T, loop Loop) *looped {
	control, err := loop.Listen(netip.MustParseAddrPort("127.0.0.1:0"), false, nudge)
	if err != nil {
		t.Fatal(err)
	}
	l := &looped{t: t, loop: loop, work: make(chan func(), 1), packets: make(chan Packet, 4096), ended: make(chan error, 1)}
	if l.nudger, err = net.Dial("udp4", control.LocalAddr().String()); err != nil {
		t.Fatal(err)
	}
	go l.run()
	t.Cleanup(func() {
		loop.Close()
		l.nudger.Close()
	})
	return l
}

func (l *looped) run() {
	for {
		packet, err := l.loop.Next()
		switch {
		case err != nil:
			l.ended <- err
			return
		case packet.Tag == nudge:
			(<-l.work)()
		default:
			packet.Data = bytes.Clone(packet.Data)
			l.packets <- packet
		}
	}
}

// does something in the goroutine of the loop, which has sent all that was
// queued there when it gets to the next thing.
func (l *looped) does(do func()) {
	l.t.Helper()
	done := make(chan struct{})
	l.work <- func() { do(); close(done) }
	l.nudger.Write(nil)
	select {
	case <-done:
	case <-time.After(patient):
		l.t.Fatal("the loop does nothing")
	}
}

func (l *looped) listens(on string, tag any) (s Socket) {
	l.t.Helper()
	l.does(func() {
		var err error
		if s, err = l.loop.Listen(netip.MustParseAddrPort(on), false, tag); err != nil {
			l.t.Errorf("listen on %s: %v", on, err)
		}
	})
	if s == nil {
		l.t.FailNow()
	}
	return s
}

func (l *looped) hears() Packet {
	l.t.Helper()
	select {
	case packet := <-l.packets:
		return packet
	case <-time.After(patient):
		l.t.Fatal("nothing comes")
		return Packet{}
	}
}

// outsider is a plain socket.
type outsider struct {
	t    *testing.T
	conn *net.UDPConn
}

func newOutsider(t *testing.T, on string) *outsider {
	t.Helper()
	conn, err := ListenUDP(netip.MustParseAddrPort(on))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &outsider{t, conn}
}

func (o *outsider) on() netip.AddrPort { return o.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (o *outsider) says(text string, to netip.AddrPort) {
	o.t.Helper()
	if _, err := o.conn.WriteToUDPAddrPort([]byte(text), to); err != nil {
		o.t.Fatal(err)
	}
}

func (o *outsider) hears() (string, netip.AddrPort) {
	o.t.Helper()
	o.conn.SetReadDeadline(time.Now().Add(patient))
	p := make([]byte, 4096)
	n, from, err := o.conn.ReadFromUDPAddrPort(p)
	if err != nil {
		o.t.Fatalf("nothing comes: %v", err)
	}
	return string(p[:n]), from
}

func TestADatagramComesWithItsTagAndItsSender(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		for _, on := range []string{"127.0.0.1:0", "[::1]:0"} {
			first, second := l.listens(on, "first"), l.listens(on, "second")
			who := newOutsider(t, on)
			who.says("to the first", first.LocalAddr())
			if got := l.hears(); got.Tag != "first" || got.From != who.on() || string(got.Data) != "to the first" {
				t.Errorf("%v from %v with %q comes", got.Tag, got.From, got.Data)
			}
			who.says("", second.LocalAddr())
			if got := l.hears(); got.Tag != "second" || len(got.Data) != 0 {
				t.Errorf("%v with %q comes", got.Tag, got.Data)
			}
			l.does(func() { second.Write([]byte("at once"), who.on()) })
			if text, from := who.hears(); text != "at once" || from != second.LocalAddr() {
				t.Errorf("%q from %v arrives", text, from)
			}
		}
	})
}

// Runs of equal size, shorter and longer ones, heads and padding, to several
// places at the same time: everything arrives whole and in its order.
func TestWhatIsQueuedArrivesWholeAndInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		s := l.listens("127.0.0.1:0", "s")
		var who []*outsider
		for range 3 {
			who = append(who, newOutsider(t, "127.0.0.1:0"))
		}
		sizes := []int{200, 200, 200, 7, 200, 300, 300, 0, 0, 1100, 1100, 1100, 1100, 90}
		want := make([][]string, len(who))
		for round := range 30 {
			l.does(func() {
				for i, size := range sizes {
					to := (i + round) % len(who)
					head := fmt.Sprintf("%d-%d:", round, i)
					body := []byte(strings.Repeat(string(rune('a'+i)), size))
					s.Send([]byte(head), body, i%4, who[to].on())
					want[to] = append(want[to], head+string(body)+strings.Repeat("\x00", i%4))
				}
			})
		}
		for i, one := range who {
			for _, text := range want[i] {
				if got, from := one.hears(); got != text || from != s.LocalAddr() {
					t.Fatalf("%q from %v arrives in place of %q", got, from, text)
				}
			}
		}
	})
}

func TestALongQueueArrives(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		s, who := l.listens("127.0.0.1:0", "s"), newOutsider(t, "127.0.0.1:0")
		body := bytes.Repeat([]byte("x"), 1200)
		l.does(func() {
			for i := range 1000 {
				s.Send([]byte{byte(i >> 8), byte(i)}, body, 0, who.on())
			}
		})
		for i := range 1000 {
			text, _ := who.hears()
			if len(text) != 1202 || text[0] != byte(i>>8) || text[1] != byte(i) {
				t.Fatalf("in place %d comes %x of %d bytes", i, text[:2], len(text))
			}
		}
	})
}

func TestADatagramThatIsTooLongIsDropped(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		s, who := l.listens("127.0.0.1:0", "s"), newOutsider(t, "127.0.0.1:0")
		who.says(strings.Repeat("x", MaxSize+1), s.LocalAddr())
		who.says(strings.Repeat("y", MaxSize), s.LocalAddr())
		if got := l.hears(); len(got.Data) != MaxSize || got.Data[0] != 'y' {
			t.Errorf("%d bytes come", len(got.Data))
		}
		if n := dropped(l.loop).Load(); n != 1 {
			t.Errorf("%d are counted as dropped", n)
		}
	})
}

func TestWhatCannotBeSentIsCountedAndHoldsUpNothing(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		s, who := l.listens("127.0.0.1:0", "s"), newOutsider(t, "127.0.0.1:0")
		l.does(func() {
			s.Send(nil, []byte("one"), 0, who.on())
			s.Send(nil, []byte("to another family"), 0, netip.MustParseAddrPort("[::1]:9"))
			s.Send(nil, []byte("to nowhere"), 0, netip.MustParseAddrPort("127.0.0.1:0"))
			s.Write([]byte("to nowhere"), netip.MustParseAddrPort("127.0.0.1:0"))
			s.Send(nil, []byte("two"), 0, who.on())
		})
		for _, want := range []string{"one", "two"} {
			if text, _ := who.hears(); text != want {
				t.Errorf("%q arrives in place of %q", text, want)
			}
		}
		if n := dropped(l.loop).Load(); n != 3 {
			t.Errorf("%d are counted as dropped", n)
		}
	})
}

func TestAClosedSocketGivesItsPortBack(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		s := l.listens("127.0.0.1:0", "first")
		on := s.LocalAddr().String()
		s.Close()
		s.Close()
		l.does(func() {}) // the loop has been round
		l.does(func() {})
		again := l.listens(on, "second")
		newOutsider(t, "127.0.0.1:0").says("hello", again.LocalAddr())
		if got := l.hears(); got.Tag != "second" {
			t.Errorf("it comes to %v", got.Tag)
		}
	})
}

func TestSharedSocketsHaveTheSameAddress(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		l.does(func() {
			first, err := l.loop.Listen(netip.MustParseAddrPort("127.0.0.1:0"), true, "first")
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := l.loop.Listen(first.LocalAddr(), true, "second"); err != nil {
				t.Errorf("the second: %v", err)
			}
			if _, err := l.loop.Listen(first.LocalAddr(), false, "third"); err == nil {
				t.Error("one that is not shared listens on the same address")
			}
		})
	})
}

func TestClosingEndsNextAndAllSockets(t *testing.T) {
	onEach(t, func(t *testing.T, l *looped) {
		on := l.listens("127.0.0.1:0", "s").LocalAddr()
		l.loop.Close()
		l.loop.Close()
		if err := <-l.ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Next ends with %v", err)
		}
		newOutsider(t, on.String())
		if _, err := l.loop.Listen(netip.MustParseAddrPort("127.0.0.1:0"), false, nil); err == nil {
			t.Error("a closed loop listens")
		}
	})
}

func TestAnUnknownPathIsRefused(t *testing.T) {
	if _, err := New(Options{Path: "quick"}); err == nil || !strings.Contains(err.Error(), "quick") {
		t.Errorf("it says %v", err)
	}
	loop, err := New(Options{Path: "auto", Dropped: new(atomic.Int64)})
	if err != nil || loop.Name() == "" {
		t.Errorf("auto is %v", err)
	}
	for _, on := range []string{"192.0.2.254:0", "[2001:db8::1]:0"} {
		if _, err := loop.Listen(netip.MustParseAddrPort(on), false, nil); err == nil {
			t.Errorf("it listens on %s, which is no address of ours", on)
		}
	}
	serveLoop(t, loop) // which closes it
}

// script is a socket that reads what it was told to.
type script struct {
	reader
	steps []any // error or string
}

func (s *script) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	if len(s.steps) == 0 {
		return 0, netip.AddrPort{}, net.ErrClosed
	}
	step := s.steps[0]
	s.steps = s.steps[1:]
	if err, failed := step.(error); failed {
		return 0, netip.AddrPort{}, err
	}
	return copy(p, step.(string)), netip.MustParseAddrPort("127.0.0.1:4000"), nil
}

// Row 3 of docs/decisions/0003-turn-server.md: pion ends a listener at its
// first error.
func TestAnErrorThatPassesDoesNotEndAPortableSocket(t *testing.T) {
	loop := newPortable(Options{Dropped: new(atomic.Int64)})
	s := &portableSocket{loop: loop, tag: "s", taken: make(chan struct{}, 1), ended: make(chan struct{}), conn: &script{steps: []any{
		&net.OpError{Op: "read", Err: syscall.ENOBUFS}, &net.OpError{Op: "read", Err: syscall.ECONNREFUSED}, os.ErrDeadlineExceeded, "hello",
	}}}
	over := make(chan struct{})
	go func() { s.read(); close(over) }()
	if packet, err := loop.Next(); err != nil || string(packet.Data) != "hello" {
		t.Errorf("after the errors comes %q, %v", packet.Data, err)
	}
	loop.last.taken <- struct{}{}
	<-over
}

func dropped(l Loop) *atomic.Int64 {
	switch l := l.(type) {
	case *portable:
		return l.options.Dropped
	default:
		return fastDropped(l)
	}
}
