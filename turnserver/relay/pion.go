package relay

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/pion/turn/v3"

	"github.com/parleychat/parley/turnserver/wire"
)

// pion accepts a request only with a nonce of its own, for an hour. Clients
// know our nonces and not pion's, so the front asks pion for one now and then
// with a request that has no credentials, and reads it from the 401.
type pionNonce struct {
	text  string
	since time.Time
}

const pionNonceLifetime = 30 * time.Minute

// question is the transaction of the request that asks pion for a nonce.
var question = wire.Transaction{'n', 'o', 'n', 'c', 'e'}

// pionMTU is the size of pion's buffer: a request may grow by pion's nonce,
// which is longer than ours.
const pionMTU = 4096

// serve starts a pion server on one transport.
func (f *front) serve(transport net.PacketConn) (*turn.Server, error) {
	return turn.NewServer(turn.ServerConfig{
		Realm:       f.server.config.Realm,
		AuthHandler: f.keyOf,
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn:            transport,
			RelayAddressGenerator: generator{f},
			PermissionHandler:     f.permits,
		}},
		LoggerFactory: f.server.pionLog,
		InboundMTU:    pionMTU,
	})
}

// give writes the request in f.asked into p for pion, or else the question
// for a nonce that must go before it.
func (f *front) give(p []byte) int {
	if time.Since(f.nonce.since) < pionNonceLifetime {
		return f.seal(p)
	}
	f.nonce = pionNonce{}
	f.asked.waiting = true
	f.forPion = f.asked.message.Raw()
	return copy(p, wire.Build(nil, wire.Refresh, wire.Request, question).Raw())
}

// seal writes the request in f.asked into p with the client's own key, which
// pion will answer with, and pion's nonce.
func (f *front) seal(p []byte) int {
	message := f.asked.message.
		Text(wire.Username, f.asked.user).
		Text(wire.Realm, f.server.config.Realm).
		Text(wire.Nonce, f.nonce.text).
		Seal(f.asked.key)
	f.forPion = message.Raw()
	return copy(p, f.forPion)
}

// keyOf is pion's question for a user's key. The front has authenticated the
// request, so the answer is known.
func (f *front) keyOf(string, string, net.Addr) ([]byte, bool) {
	return f.asked.key, f.asked.key != nil
}

// permits repeats the rule about peers, should a way around the front exist.
func (f *front) permits(_ net.Addr, peer net.IP) bool {
	ip, ok := netip.AddrFromSlice(peer)
	return ok && f.server.peers.Admits(ip)
}

// answered looks at what pion sends to a client, and returns false for the
// answer that is for the front itself.
func (f *front) answered(frame []byte) bool {
	if len(frame) < 20 || frame[0]>>6 != 0 || !bytes.Equal(frame[8:20], question[:]) {
		return true
	}
	var m wire.Message
	if m.Decode(frame) == nil {
		f.nonce = pionNonce{text: m.Text(wire.Nonce), since: time.Now()}
	}
	return false
}

// generator gives pion the relay that the front has opened already.
type generator struct{ front *front }

func (generator) Validate() error { return nil }

func (g generator) AllocatePacketConn(string, int) (net.PacketConn, net.Addr, error) {
	opened := g.front.asked.opened
	if opened == nil {
		return nil, nil, errNotOpened
	}
	g.front.asked.opened = nil
	opened.begin()
	return opened, net.UDPAddrFromAddrPort(opened.port.public), nil
}

func (generator) AllocateConn(string, int) (net.Conn, net.Addr, error) {
	return nil, nil, errNotOpened
}

var errNotOpened = errors.New("the front has opened no relay for this request")
