package datagram

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func fastDropped(l Loop) *atomic.Int64 { return l.(*fast).options.Dropped }

func newFastLoop(t *testing.T) (*fast, *looped) {
	t.Helper()
	loop, err := newFast(Options{Dropped: new(atomic.Int64)})
	if err != nil {
		t.Fatal(err)
	}
	return loop.(*fast), serveLoop(t, loop)
}

// Row 3 of docs/decisions/0003-turn-server.md.
func TestAnErrorThatPassesDoesNotEndAFastSocket(t *testing.T) {
	_, l := newFastLoop(t)
	s, who := l.listens("127.0.0.1:0", "s"), newOutsider(t, "127.0.0.1:0")
	fd := s.(*fastSocket).fd
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVERR, 1); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the next call on the socket fails with "connection refused"
		s.Write([]byte("is anybody there?"), netip.MustParseAddrPort("127.0.0.1:9"))
	}
	who.says("hello", s.LocalAddr())
	if got := l.hears(); string(got.Data) != "hello" {
		t.Errorf("%q comes", got.Data)
	}
}

// What the kernel has joined comes apart again, the shorter last one too.
func TestJoinedDatagramsComeOneByOne(t *testing.T) {
	loop, l := newFastLoop(t)
	if !loop.offload {
		t.Log("this kernel joins nothing")
	}
	s, who := l.listens("127.0.0.1:0", "s"), newOutsider(t, "127.0.0.1:0")
	raw, err := who.conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_SEGMENT, 100) })
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for i := range 10 {
		text += fmt.Sprintf("%0100d", i)
	}
	who.says(text+"the last", s.LocalAddr())
	for i := range 10 {
		if got := l.hears(); string(got.Data) != fmt.Sprintf("%0100d", i) || got.From != who.on() {
			t.Fatalf("in place %d comes %q", i, got.Data)
		}
	}
	if got := l.hears(); string(got.Data) != "the last" {
		t.Errorf("at last comes %q", got.Data)
	}
}

// Not every interface can cut runs, and a run may not fit where a datagram does.
func TestARunThatIsRefusedIsSentOneByOne(t *testing.T) {
	for failure, goesOn := range map[unix.Errno]bool{unix.EINVAL: true, unix.EIO: false} {
		loop, l := newFastLoop(t)
		s, who := l.listens("127.0.0.1:0", "s"), newOutsider(t, "127.0.0.1:0")
		l.does(func() {
			loop.offload = true
			for range 3 {
				s.Send([]byte("head "), []byte("body"), 1, who.on())
			}
			if loop.out.begun != 1 {
				t.Errorf("three datagrams of equal size make %d runs", loop.out.begun)
			}
			loop.out.refused(loop, &loop.out.runs[0], failure)
			if loop.offload != goesOn {
				t.Errorf("after %v runs are made: %v", failure, loop.offload)
			}
		})
		for range 6 { // one by one, and then as the loop sends its queue
			if text, _ := who.hears(); text != "head body\x00" {
				t.Errorf("%q arrives", text)
			}
		}
	}
}

func TestItRestsOnlyWhereThatGathersSeveral(t *testing.T) {
	for rate, want := range map[int]struct{ busy, resting bool }{
		100: {false, false}, 5000: {true, false}, 20000: {true, true},
	} {
		p := newPace(400 * time.Microsecond)
		p.start = time.Now().Add(-time.Second)
		p.packets = rate
		p.measure()
		if p.busy != want.busy || p.resting != want.resting {
			t.Errorf("at %d packets a second it is busy: %v, and rests: %v", rate, p.busy, p.resting)
		}
		p = newPace(0)
		p.start = time.Now().Add(-time.Second)
		p.packets = rate
		if p.measure(); p.resting {
			t.Errorf("at %d packets a second it rests though it must never", rate)
		}
	}
}

func TestARestIsAsLongAsItWasToldToBe(t *testing.T) {
	p := newPace(2 * time.Millisecond)
	for end := time.Now().Add(patient); ; { // a signal of Go's may end one early
		begin := time.Now()
		p.rest()
		if took := time.Since(begin); took >= 2*time.Millisecond {
			return
		}
		if time.Now().After(end) {
			t.Fatal("it does not rest")
		}
	}
}

func TestAnAddressIsReadAsItWasWritten(t *testing.T) {
	for _, text := range []string{"192.0.2.7:1", "[2001:db8::7]:65535", "[fe80::1%3]:9"} {
		var raw [addressSize]byte
		to := netip.MustParseAddrPort(text)
		size := writeAddress(&raw, to)
		if to.Addr().Is4() != (size == unix.SizeofSockaddrInet4) || readAddress(&raw) != to {
			t.Errorf("%s is read as %s", to, readAddress(&raw))
		}
	}
}
