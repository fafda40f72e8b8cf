package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startTURN runs the TURN server's own binary, which may relay to this machine
// because there is no other, and waits until it listens. The returned function
// ends it.
func startTURN(ctx context.Context, s settings, secret string, out io.Writer) (func(), error) {
	if err := free(s.turn); err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(s.turn.address)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.turn.variable, err)
	}
	server := exec.Command(filepath.Join(s.root, "build", "turnserver"))
	server.Env = append(os.Environ(), "TURN_LISTEN="+s.turn.address, "TURN_PUBLIC_IP="+host, "TURN_SECRET="+secret,
		"TURN_ALLOW_PRIVATE_PEERS=true", "TURN_DRAIN=0s", "TURN_HEALTH_LISTEN=127.0.0.1:0")
	server.Stdout, server.Stderr, server.SysProcAttr = out, out, ownGroup()
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start the TURN server: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	stop := func() {
		_ = server.Process.Signal(os.Interrupt) // It has ended by itself if this fails.
		select {
		case <-ended:
		case <-time.After(time.Second):
			_ = server.Process.Kill() // As above.
		}
	}
	if err := answers(ctx, s.turn.address, ended); err != nil {
		stop()
		return nil, fmt.Errorf("start the TURN server: %w", err)
	}
	return stop, nil
}

// free reports that nobody listens on a place, over UDP or TCP.
func free(p place) error {
	l, err := p.listen()
	if err != nil {
		return err
	}
	defer l.Close()
	packets, err := net.ListenPacket("udp", p.address)
	if err != nil {
		return p.taken(err)
	}
	return packets.Close()
}

// answers waits until somebody accepts connections at the address.
func answers(ctx context.Context, address string, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		if c, err := net.Dial("tcp", address); err == nil {
			return c.Close()
		}
		select {
		case err := <-ended:
			return fmt.Errorf("it ended: %v", err)
		case <-ctx.Done():
			return fmt.Errorf("it does not answer at %s", address)
		case <-tick.C:
		}
	}
}
