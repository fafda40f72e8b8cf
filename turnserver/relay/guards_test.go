package relay_test

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v2"

	"github.com/parleychat/parley/turnserver/relay"
)

// The rows are those of docs/decisions/0003-turn-server.md. Each test of a row
// fails when the row's guard is taken away.

// Row 1.
func TestAnEmptyPeerAddressDoesNotCrashTheServer(t *testing.T) {
	server := serve(t)
	for _, over := range []string{"udp", "tcp"} {
		client := connect(t, server, over).allocates()
		for _, value := range [][]byte{nil, {0}, {0, 1}, {0, 1, 0, 0}, {0, 9, 1, 2, 3, 4, 5, 6}} {
			empty := attribute{stun.AttrXORPeerAddress, value}
			for n := 0; n <= 48; n += 4 { // pion reads past the end only where Go allocates no spare bytes: at 32
				client.sends(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodSend, stun.ClassIndication),
					attribute{stun.AttrData, make([]byte, n)}, empty).Raw)
			}
			if code := client.requests(stun.MethodCreatePermission, empty); code != 400 {
				t.Errorf("CreatePermission for the peer %x gets %d", value, code)
			}
			if code := client.requests(stun.MethodChannelBind, channelNumber(0x4000), empty); code != 400 {
				t.Errorf("ChannelBind to the peer %x gets %d", value, code)
			}
		}
		if code := client.refreshes(600); code != 0 {
			t.Errorf("after that the server answers %d", code)
		}
	}
}

// Row 2.
func TestALengthThatOverflowsEndsTheConnection(t *testing.T) {
	server := serve(t)
	for name, raw := range map[string]string{
		"the length of the known attack": "0001ffec2112a442000102030405060708090a0b",
		"ChannelData that overflows":     "4000ffff0000000000",
		"no TURN at all":                 "1603010200010001fc0303",
	} {
		client := connect(t, server, "tcp")
		bytes, _ := hex.DecodeString(raw)
		client.sends(bytes)
		client.getsClosed()
		if connect(t, server, "tcp").allocates().refreshes(0) != 0 {
			t.Errorf("after %s the server does not serve", name)
		}
	}
}

// Row 4.
func TestAConnectionThatDoesNothingIsClosed(t *testing.T) {
	server := serve(t, withTLS(t), withLimits(relay.Limits{Opening: time.Second, Idle: 1200 * time.Millisecond}))
	silent := connect(t, server, "tcp")
	halfway := connect(t, server, "tcp")
	halfway.sends([]byte{0x00, 0x03, 0x00})
	stranger := connect(t, server, "tcp")
	stranger.learns()
	idle := connect(t, server, "tcp").allocates()
	unshaken, err := net.Dial("tcp", server.TLSAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []*client{silent, halfway, stranger, idle, {t: t, conn: unshaken}} {
		client.getsClosed()
	}
	eventually(t, "their allocations end", func() bool { return server.AllocationCount() == 0 })
}

// Row 4.
func TestAConnectionWithAnAllocationOutlivesTheOpening(t *testing.T) {
	client := connect(t, serve(t, withLimits(relay.Limits{Opening: time.Second, Idle: time.Minute})), "tcp").allocates()
	if raw, ok := client.next(1100 * time.Millisecond); ok {
		t.Errorf("%x comes", raw)
	}
	if code := client.refreshes(600); code != 0 {
		t.Errorf("it gets %d", code)
	}
}

// Row 4.
func TestAClientThatDoesNotReadLosesItsConnection(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{Write: 100 * time.Millisecond}))
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "tcp")
	client.conn.(*net.TCPConn).SetReadBuffer(4096)
	client.allocates().permits(peer.addr())
	packet := strings.Repeat("x", 1400)
	eventually(t, "the allocation ends", func() bool {
		for range 500 {
			peer.says(packet, client.relay)
		}
		return server.AllocationCount() == 0
	})
}

// Row 4.
func TestASourceHasOnlySoManyConnections(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{SourceConnections: 2}))
	first, second := connect(t, server, "tcp").allocates(), connect(t, server, "tcp").allocates()
	connect(t, server, "tcp").getsClosed()
	first.conn.Close()
	eventually(t, "the first is gone", func() bool { return server.AllocationCount() == 1 })
	connect(t, server, "tcp").allocates()
	if second.refreshes(600) != 0 {
		t.Error("the second has suffered")
	}
}

// Row 5.
func TestBadPacketsFillNoLog(t *testing.T) {
	var lines lockedBuffer
	server := serve(t, func(c *relay.Config) {
		c.Log = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	peer := newPeer(t, "127.0.0.1:0")
	client := connect(t, server, "udp").allocates()
	for i := range 500 {
		client.sends([]byte{0, 1, 2, 3, byte(i)})
		client.saysOn(0x4000, "a channel that is not bound")
		client.says("a peer without a permission", peer.addr())
	}
	client.refreshes(0)
	text := lines.String()
	if n := strings.Count(text, "\n"); n > 5 {
		t.Errorf("1,500 bad packets made %d lines", n)
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, `"INFO"`) && strings.Contains(line, "127.0.0.1") {
			t.Errorf("an address at info level: %s", line)
		}
	}
}

// Row 5: clients decide how many lines there are to write.
func TestLinesAreLimitedInRate(t *testing.T) {
	var lines lockedBuffer
	server := serve(t, func(c *relay.Config) { c.Log = slog.New(slog.NewJSONHandler(&lines, nil)).With("server", 1) })
	client, begin := connect(t, server, "udp"), time.Now()
	for range 200 {
		client.allocates().refreshes(0)
	}
	most := 101 + int(20*time.Since(begin).Seconds())
	if n := strings.Count(lines.String(), "allocation ended"); n < 100 || n > most {
		t.Errorf("200 allocations in %v make %d lines", time.Since(begin), n)
	}
}

func TestTheSoftwareIsNamedWhereThatIsWanted(t *testing.T) {
	for _, name := range []string{"", "Parley"} {
		client := connect(t, serve(t, func(c *relay.Config) { c.Software = name }), "udp")
		var software stun.Software
		software.GetFrom(client.asks(stun.MethodBinding))
		if software.String() != name {
			t.Errorf("Binding is answered by %q in place of %q", software, name)
		}
		client.learns()
		answer := client.asksSealed(stun.MethodRefresh)
		software = nil
		software.GetFrom(answer)
		if software.String() != name || codeOf(answer) != 437 || client.key().Check(answer) != nil {
			t.Errorf("a refusal is %v by %q", answer, software)
		}
	}
}

// Row 6.
func TestAStrangerGetsOnlySoManyAnswers(t *testing.T) {
	server := serve(t, withLimits(relay.Limits{Answers: 1, AnswerBurst: 5}))
	friend := connect(t, server, "udp").allocates() // takes one answer
	stranger := connect(t, server, "udp")
	for range 20 {
		stranger.sends(stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw)
		stranger.sends(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw)
	}
	answers := 0
	for answered := true; answered; {
		if _, answered = stranger.next(curt); answered {
			answers++
		}
	}
	if answers < 3 || answers > 6 {
		t.Errorf("40 requests got %d answers", answers)
	}
	for range 20 {
		if code := friend.refreshes(600); code != 0 {
			t.Fatalf("who is known gets %d", code)
		}
	}
}

// Row 19.
func TestTheEndOfAnAllocationDoesNotEndTheNext(t *testing.T) {
	server := serve(t)
	peer := newPeer(t, "127.0.0.1:0")
	for range 20 {
		client := connect(t, server, "udp")
		for range 20 {
			client.allocates()
			if code := client.permits(peer.addr()); code != 0 {
				t.Fatalf("the permission of a new allocation gets %d", code)
			}
			if code := client.refreshes(0); code != 0 {
				t.Fatalf("a new allocation cannot be ended: %d", code)
			}
		}
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
