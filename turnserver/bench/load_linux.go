package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sys/unix"
)

// direction says which way packets go.
type direction int

const (
	both   direction = iota
	up               // client to peer
	down             // peer to client
	across           // client to client, over both their relays
)

// load is what is sent through a server.
type load struct {
	name    string
	size    int // bytes of data in a packet
	rate    int // packets a second in all; 0 is as many as go through
	burst   int // packets of one client in a row
	way     direction
	clients int
}

// inFlight is how many packets may be on their way when as many are sent as go
// through, so that the server is busy and no buffer overflows.
const inFlight = 1600

// outcome is what came of a load.
type outcome struct {
	sent, received int
	elapsed        time.Duration
	cpu            time.Duration // of the server
	delays         [20000]int    // packets by microseconds
}

func (o *outcome) perPacket() float64 {
	return float64(o.cpu.Nanoseconds()) / float64(o.received) / 1000
}
func (o *outcome) perSecond() float64 { return float64(o.received) / o.elapsed.Seconds() }
func (o *outcome) lost() float64      { return 100 * float64(o.sent-o.received) / float64(o.sent) }

// busy is how much of the time the server's processor had to do, in percent.
func (o *outcome) busy() float64 { return 100 * o.cpu.Seconds() / o.elapsed.Seconds() }

// delay is that of the packet at a share of all, in microseconds.
func (o *outcome) delay(share float64) int {
	left := int(float64(o.received) * share)
	for us, n := range o.delays {
		if left -= n; left < 0 {
			return us
		}
	}
	return len(o.delays)
}

// field is the clients and the peer of a load.
type field struct {
	load     load
	clients  []*client
	peer     *endpoint
	epoll    int
	ready    [64]unix.EpollEvent
	out, in  *batch
	turn     int // whose is the next burst
	inFlight int
	outcome  *outcome
	counts   bool // what is received, and not only warms up
}

func newField(l load, p *process) (*field, error) {
	f := &field{load: l, out: newBatch(), in: newBatch(), outcome: &outcome{}}
	var err error
	if f.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	if f.peer, err = newEndpoint(); err != nil {
		return nil, err
	}
	f.watch(f.peer, -1)
	for i := range l.clients {
		c, err := allocate(p.addr, fmt.Sprintf("s1.p%d", i))
		if err != nil {
			return nil, err
		}
		f.clients = append(f.clients, c)
		f.watch(c.endpoint, int32(i))
	}
	for i, c := range f.clients {
		to := f.peer.on
		if l.way == across {
			to = f.clients[i^1].relay
		}
		if err := c.bind(to); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *field) watch(e *endpoint, number int32) {
	unix.EpollCtl(f.epoll, unix.EPOLL_CTL_ADD, e.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: number})
}

func (f *field) close() {
	for _, c := range f.clients {
		c.close()
	}
	f.peer.close()
	unix.Close(f.epoll)
}

// run sends for a while and returns what came of it.
func (f *field) run(p *process, warm, lasting time.Duration) *outcome {
	f.send(warm)
	f.drain()
	*f.outcome = outcome{}
	f.counts = true
	begin, cpu := time.Now(), p.cpu()
	f.send(lasting)
	f.outcome.elapsed = time.Since(begin)
	f.drain()
	f.outcome.cpu = p.cpu() - cpu
	return f.outcome
}

// send sends at the load's rate. It never sleeps: waking it would be a part of
// the server's work, which it is not where the network is a real one.
func (f *field) send(lasting time.Duration) {
	now := time.Now()
	end, last, due := now.Add(lasting), now, now
	for now.Before(end) {
		switch {
		case f.load.rate == 0:
			f.saturate(now, &last)
			now = time.Now()
			continue
		case now.Sub(due) > heldUp:
			due = now
		case !now.Before(due):
			f.sendBurst(f.load.burst)
			gap := float64(f.load.burst) / float64(f.load.rate)
			due = due.Add(time.Duration(gap * (0.5 + rand.Float64()) * 1e9)) // real packets come irregularly
		}
		f.receive()
		now = time.Now()
	}
}

// heldUp is when the generator itself was held up too long to make up for it.
const heldUp = 5 * time.Millisecond

func (f *field) saturate(now time.Time, last *time.Time) {
	if f.inFlight < inFlight {
		f.sendBurst(f.load.burst)
	}
	if f.receive() > 0 {
		*last = now
	} else if now.Sub(*last) > 10*time.Millisecond { // what is in flight is lost
		f.inFlight, *last = 0, now
	}
}

// drain takes what is still on its way.
func (f *field) drain() {
	for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		f.receive()
	}
	f.inFlight = 0
}

func (f *field) sendBurst(n int) {
	c := f.clients[f.turn/2%len(f.clients)]
	from, head := c.endpoint, 4
	if f.load.way == down || f.load.way == both && f.turn%2 == 1 {
		from, head = f.peer, 0
		from.to = rawAddress(c.relay)
	}
	f.turn++
	if f.load.way == up || f.load.way == down || f.load.way == across {
		f.turn++
	}
	now := uint64(time.Now().UnixNano())
	for i := range n {
		p := f.out.datagram(i, head+f.load.size)
		if head > 0 {
			binary.BigEndian.PutUint16(p, channel)
			binary.BigEndian.PutUint16(p[2:], uint16(f.load.size))
		}
		binary.BigEndian.PutUint64(p[head:], now)
	}
	sent := from.send(f.out, n)
	f.outcome.sent += sent
	f.inFlight += sent
}

// receive takes what has arrived, and returns how much that was.
func (f *field) receive() int {
	n, err := unix.EpollWait(f.epoll, f.ready[:], 0)
	if err != nil {
		return 0
	}
	sum := 0
	for _, event := range f.ready[:n] {
		to, head := f.peer, 0
		if event.Fd >= 0 {
			to, head = f.clients[event.Fd].endpoint, 4
		}
		got := to.receive(f.in)
		now := uint64(time.Now().UnixNano())
		for i := range got {
			if p := f.in.received(i); len(p) >= head+8 {
				us := int(now-binary.BigEndian.Uint64(p[head:])) / 1000
				f.outcome.delays[min(max(us, 0), len(f.outcome.delays)-1)]++
			}
		}
		sum += got
	}
	f.outcome.received += sum
	f.inFlight -= sum
	return sum
}
