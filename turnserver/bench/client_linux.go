package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/turnserver/wire"
)

const (
	secret   = "a secret for this measurement alone"
	channel  = 0x4000
	patience = 2 * time.Second
)

// client is a TURN client over UDP with one allocation.
type client struct {
	*endpoint
	user         string
	patience     time.Duration
	realm, nonce string
	key          []byte
	relay        netip.AddrPort
	in           *batch
}

// allocate makes a client that has an allocation.
func allocate(server netip.AddrPort, bind string) (*client, error) {
	c, err := newClient(server, bind)
	if err != nil {
		return nil, err
	}
	if err := c.allocate(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func newClient(server netip.AddrPort, bind string) (*client, error) {
	e, err := newEndpoint()
	if err != nil {
		return nil, err
	}
	if err := e.connect(server); err != nil {
		e.close()
		return nil, fmt.Errorf("connect: %w", err)
	}
	user, _ := ice.Issue(secret, bind, time.Now(), time.Hour)
	return &client{endpoint: e, user: user, patience: patience, in: newBatch()}, nil
}

func (c *client) allocate() error {
	const overUDP = 17 << 24
	first, err := c.ask(request(wire.Allocate).Number(wire.RequestedTransport, overUDP))
	if err != nil {
		return err
	}
	c.realm, c.nonce = first.Text(wire.Realm), first.Text(wire.Nonce)
	grant, err := ice.Check([]string{secret}, c.user, time.Now())
	if err != nil {
		return err
	}
	c.key = wire.Key(c.user, c.realm, grant.Credentials[0])
	answer, err := c.request(request(wire.Allocate).Number(wire.RequestedTransport, overUDP))
	if err != nil {
		return fmt.Errorf("allocate: %w", err)
	}
	var found bool
	if c.relay, found = answer.Relay(); !found {
		return errors.New("the answer to Allocate names no relay")
	}
	return nil
}

func (c *client) bind(peer netip.AddrPort) error {
	_, err := c.request(request(wire.ChannelBind).Number(wire.ChannelNumber, channel<<16).Address(wire.XORPeerAddress, peer))
	if err != nil {
		return fmt.Errorf("bind a channel: %w", err)
	}
	return nil
}

// release ends the allocation.
func (c *client) release() error {
	_, err := c.request(request(wire.Refresh).Number(wire.Lifetime, 0))
	return err
}

func request(method wire.Method) wire.Builder {
	var t wire.Transaction
	rand.Read(t[:]) // never fails
	return wire.Build(nil, method, wire.Request, t)
}

// request sends a request with credentials, which must succeed.
func (c *client) request(b wire.Builder) (*wire.Message, error) {
	answer, err := c.ask(b.Text(wire.Username, c.user).Text(wire.Realm, c.realm).Text(wire.Nonce, c.nonce).Seal(c.key))
	if err == nil && answer.Class != wire.Success {
		reason, _ := answer.Value(wire.ErrorCode)
		err = fmt.Errorf("refused: %q", reason)
	}
	return answer, err
}

// ask sends a message and returns the answer to it. It never sleeps; see
// field.send.
func (c *client) ask(b wire.Builder) (*wire.Message, error) {
	if _, err := unix.Write(c.fd, b.Raw()); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	for end := time.Now().Add(c.patience); time.Now().Before(end); {
		for i := range c.receive(c.in) {
			m := &wire.Message{}
			if m.Decode(c.in.received(i)) == nil && m.Transaction == wire.Transaction(b.Raw()[8:20]) {
				return m, nil
			}
		}
	}
	return nil, errors.New("no answer came")
}
