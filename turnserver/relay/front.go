package relay

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// front stands between the clients of one transport and pion, and each
// transport has a pion server of its own. Data of clients is carried here;
// pion gets requests only.
//
// pion reads, handles and answers a frame in one goroutine, so what pion is
// doing is always the last thing that this front gave it: the request in
// asked. Only the allocations are shared with other goroutines, because an
// allocation ends in whichever notices its end.
type front struct {
	server    *Server
	transport transport

	mu          sync.Mutex
	allocations map[netip.AddrPort]*allocation // by client

	message wire.Message
	peers   []netip.AddrPort
	asked   request
	nonce   pionNonce
	answer  []byte // memory of answers to clients
	forPion []byte // memory of messages to pion
}

// request is one authenticated request on its way through pion.
type request struct {
	client  netip.AddrPort
	at      time.Time
	held    *allocation // the client's, nil when it has none
	opened  *allocation // opened for this request, nil once pion has taken it
	user    string
	bind    string
	key     []byte
	message wire.Builder // what pion gets, without its credentials
	waiting bool         // for a nonce of pion's
}

func newFront(s *Server, t transport) *front {
	return &front{server: s, transport: t, allocations: make(map[netip.AddrPort]*allocation)}
}

// admit takes a frame of a client, and returns the length of the message in p
// that pion is to handle, 0 for none. That is written anew from what was
// understood of the frame, so that pion never parses a byte from outside.
func (f *front) admit(p, frame []byte, client netip.AddrPort) (int, net.Addr) {
	if wire.LooksLikeChannel(frame) {
		f.channelData(frame, client)
		return 0, nil
	}
	m := &f.message
	if err := m.Decode(frame); err != nil || client.Port() == 0 {
		f.server.counters.dropped.Add(1)
		return 0, nil
	}
	rule := rules[m.Method]
	switch {
	case m.Class == wire.Request && m.Method == wire.Binding:
		f.answerBinding(client)
	case m.Class == wire.Indication && m.Method == wire.Send:
		f.sendIndication(client)
	case m.Class == wire.Request && rule != nil:
		return f.handle(p, client, rule)
	}
	return 0, nil
}

// handle is the way of a request: understand, authenticate, apply the rule of
// its method, and then either refuse it or give it to pion.
func (f *front) handle(p []byte, client netip.AddrPort, rule rule) (int, net.Addr) {
	r := request{client: client, at: f.server.config.Now(), held: f.holds(client)}
	code := f.understand()
	if code == granted {
		code = f.authenticate(&r)
	}
	if code == granted {
		code = rule(f, &r)
	}
	if code != granted {
		f.refuse(&r, code)
		return 0, nil
	}
	f.asked = r
	return f.give(p), f.addrOf(&r)
}

// understand refuses what the sender needs to be understood and is not.
func (f *front) understand() int {
	if len(f.message.Unknown()) > 0 {
		return unknownAttribute
	}
	return granted
}

// channelData carries ChannelData when its sender has an allocation.
func (f *front) channelData(frame []byte, client netip.AddrPort) {
	held := f.holds(client)
	number, data, ok := wire.ChannelData(frame)
	if held == nil || !ok {
		f.server.counters.dropped.Add(1)
		return
	}
	held.onChannel(number, data)
}

// sendIndication carries the data of a Send indication when it is whole and
// its peer is admitted. An indication has no answer.
func (f *front) sendIndication(client netip.AddrPort) {
	m, held := &f.message, f.holds(client)
	data, found := m.Value(wire.DataValue)
	peers, ok := m.Peers(f.peers[:0])
	f.peers = peers
	if held == nil || !found || !ok || len(peers) != 1 || len(m.Unknown()) > 0 ||
		peers[0].Port() == 0 || f.judgePeer(held, peers[0].Addr()) != granted {
		f.server.counters.dropped.Add(1)
		return
	}
	held.indicated(peers[0], data)
}

// resume is called before the next frame is read, when pion is done with the
// last one. It returns the length of a request in p that was waiting for a
// nonce of pion's, 0 for none.
func (f *front) resume(p []byte) (int, net.Addr) {
	if f.asked.waiting && f.nonce.text != "" {
		f.asked.waiting = false
		return f.seal(p), f.addrOf(&f.asked)
	}
	if unused := f.asked.opened; unused != nil {
		unused.end()
	}
	f.asked = request{}
	return 0, nil
}

// holds returns a client's allocation, nil when it has none.
func (f *front) holds(client netip.AddrPort) *allocation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.allocations[client]
}

func (f *front) addrOf(r *request) net.Addr {
	if r.held != nil {
		return r.held.addr
	}
	if r.opened != nil {
		return r.opened.addr
	}
	return f.transport.addr(r.client)
}
