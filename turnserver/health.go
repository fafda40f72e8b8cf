package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

const healthTimeout = 2 * time.Second

// askHealth sends a STUN Binding request to the server that listens on an
// address of this machine, and waits for its answer.
func askHealth(listen netip.AddrPort) error {
	conn, err := net.Dial("udp", reachable(listen).String())
	if err != nil {
		return fmt.Errorf("ask the TURN server: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(healthTimeout))

	var asked wire.Transaction
	rand.Read(asked[:]) // never fails
	if _, err := conn.Write(wire.Build(nil, wire.Binding, wire.Request, asked).Raw()); err != nil {
		return fmt.Errorf("ask the TURN server: %w", err)
	}
	answer := make([]byte, wire.MaxFrame)
	n, err := conn.Read(answer)
	if err != nil {
		return fmt.Errorf("the TURN server does not answer: %w", err)
	}
	var m wire.Message
	if m.Decode(answer[:n]) != nil || m.Transaction != asked || m.Class != wire.Success {
		return errors.New("the TURN server's answer is not one to our request")
	}
	return nil
}

// reachable is where to reach a listener from its own machine.
func reachable(listen netip.AddrPort) netip.AddrPort {
	switch ip := listen.Addr(); {
	case ip.Is4() && ip.IsUnspecified():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), listen.Port())
	case ip.IsUnspecified():
		return netip.AddrPortFrom(netip.IPv6Loopback(), listen.Port())
	}
	return listen
}
