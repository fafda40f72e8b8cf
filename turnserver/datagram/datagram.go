// Package datagram moves the datagrams of many UDP sockets in one goroutine:
// those of a listener and of every relay that belongs to it.
//
//	for {
//		packet, err := loop.Next() // sends what was queued, then waits
//		...
//		socket.Send(head, packet.Data, 0, to) // queues
//	}
//
// There are two loops with the same promises. The fast one is for Linux alone:
// it reads and writes up to 64 datagrams with one system call, lets the kernel
// cut long runs into datagrams of equal size, and under load rests a moment
// before it looks again, so that there is more to do at a time. The portable
// one has a goroutine for each socket and needs nothing but package net.
package datagram

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"
)

// Loop is a set of sockets and the goroutine that serves them: whoever calls
// Next. Listen and Socket.Send are for that goroutine too; everything else is
// for any.
type Loop interface {
	// Listen binds a socket of one address family and adds it to the loop. A
	// shared socket leaves room for others on the same address, which the
	// kernel spreads the senders over, if they are shared too. The tag comes
	// back with every packet.
	Listen(on netip.AddrPort, shared bool, tag any) (Socket, error)
	// Next waits for a datagram of any socket. It returns net.ErrClosed once
	// the loop is closed, and no other error. A packet may still come from a
	// socket that was closed a moment ago.
	Next() (Packet, error)
	// Name says for the log which loop this is and what it can use.
	Name() string
	// Close closes every socket and returns when they are closed. Somebody must
	// be in Next, or come there.
	Close() error
}

// Socket is a UDP socket of a loop.
type Socket interface {
	// Send queues a datagram made of a head of at most MaxHead bytes, which is
	// copied, a body, which must stay as it is until Next is called, and up to
	// three bytes of zeros. What cannot be sent is counted as dropped.
	Send(head, body []byte, pad int, to netip.AddrPort)
	// Write sends a datagram at once.
	Write(datagram []byte, to netip.AddrPort)
	// LocalAddr is the address that the socket is bound to.
	LocalAddr() netip.AddrPort
	// Close closes the socket, soon. What is queued may be lost.
	Close() error
}

// Packet is a datagram that came in.
type Packet struct {
	Tag  any            // of the socket that it came to
	From netip.AddrPort // never an IPv4 address in its IPv6 form
	Data []byte         // valid until Next is called
}

// MaxHead is the longest head in bytes of a datagram that is sent: that of a
// Data indication from an IPv6 peer.
const MaxHead = 48

// MaxSize is the longest datagram in bytes that a loop reads. Longer ones are
// counted as dropped.
const MaxSize = 2048

// Options say which loop New makes and how it runs.
type Options struct {
	// Path is "fast", "portable", or "auto" for the fast one where there is one.
	Path string
	// Pause is how long the fast loop rests before it looks for datagrams
	// again, while so many arrive that it finds several then. 0 is never.
	Pause time.Duration
	// Dropped counts the datagrams that were too long, or could not be sent.
	Dropped *atomic.Int64
}

// New makes a loop without sockets. It fails when the path is not known or
// cannot be had on this machine.
func New(o Options) (Loop, error) {
	switch o.Path {
	case "auto":
		if loop, err := newFast(o); err == nil {
			return loop, nil
		}
		return newPortable(o), nil
	case "fast":
		loop, err := newFast(o)
		if err != nil {
			return nil, fmt.Errorf("the fast data path: %w", err)
		}
		return loop, nil
	case "portable":
		return newPortable(o), nil
	}
	return nil, fmt.Errorf("%q is no data path; there are auto, fast and portable", o.Path)
}

// bufferSize is what every socket asks for to receive into. A burst of video
// must wait in the kernel while its reader is busy or rests; Linux's default
// of 208 KiB loses 15 % at saturation.
const bufferSize = 4 << 20

var errFamily = errors.New("an address without a family cannot be listened on")
