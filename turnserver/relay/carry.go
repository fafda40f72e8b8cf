package relay

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// This file is the way of every media packet. Nothing is allocated on it.

// onChannel carries ChannelData of the client to the peer of the channel.
func (a *allocation) onChannel(number uint16, data []byte) {
	now := a.front.server.config.Now()
	a.mu.RLock()
	bound, found := a.channels[number]
	a.mu.RUnlock()
	if !found || !now.Before(bound.expires) {
		a.front.server.counters.dropped.Add(1)
		return
	}
	a.toPeer(bound.peer, data, now)
}

// indicated carries the data of a Send indication, if its peer is permitted.
func (a *allocation) indicated(peer netip.AddrPort, data []byte) {
	now := a.front.server.config.Now()
	if !a.permitted(peer.Addr(), now) {
		a.front.server.counters.dropped.Add(1)
		return
	}
	a.toPeer(peer, data, now)
}

func (a *allocation) permitted(peer netip.Addr, now time.Time) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	until, found := a.permissions[peer]
	return found && now.Before(until)
}

// toPeer sends data to a peer. A peer that is a relay of the same front is
// reached without the network.
func (a *allocation) toPeer(peer netip.AddrPort, data []byte, now time.Time) {
	counters := a.front.server.counters
	other, target, ok := a.port.target(peer)
	switch {
	case !ok:
		counters.dropped.Add(1)
		return
	case !a.up.meter.Takes(len(data), now):
		counters.capped.Add(1)
		return
	}
	a.up.add(len(data))
	if other != nil && other.front == a.front {
		other.fromPeer(a.port.public, data)
		return
	}
	a.port.socket.Send(nil, data, 0, target)
}

// fromPeer carries what a peer has sent to the client, on a channel if the
// peer has one, and else in a Data indication if it is permitted.
func (a *allocation) fromPeer(peer netip.AddrPort, data []byte) {
	counters, now := a.front.server.counters, a.front.server.config.Now()
	head := a.head(a.memory[:0], peer, len(data), now)
	switch {
	case head == nil, len(data) >= wire.MaxFrame:
		counters.dropped.Add(1)
		return
	case !a.down.meter.Takes(len(data), now):
		counters.capped.Add(1)
		return
	}
	a.down.add(len(data))
	a.front.transport.forward(head, data, a.client)
}

// head writes what goes before a peer's data. It returns nil if the peer may
// send nothing.
func (a *allocation) head(into []byte, peer netip.AddrPort, length int, now time.Time) []byte {
	a.mu.RLock()
	number, bound := a.numbers[peer]
	bound = bound && now.Before(a.channels[number].expires)
	a.mu.RUnlock()
	if bound {
		into = binary.BigEndian.AppendUint16(into, number)
		return binary.BigEndian.AppendUint16(into, uint16(length))
	}
	if !a.permitted(peer.Addr(), now) {
		return nil
	}
	var t wire.Transaction
	binary.NativeEndian.PutUint64(t[:], rand.Uint64())
	binary.NativeEndian.PutUint32(t[8:], rand.Uint32())
	return wire.AppendDataHead(into, t, peer, length)
}

// add counts a packet.
func (w *way) add(bytes int) {
	w.packets.Add(1)
	w.bytes.Add(int64(bytes))
}
