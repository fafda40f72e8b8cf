package relay_test

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"github.com/pion/stun/v2"
)

// TestRFC8656 goes through what the RFC asks of a server, section by section.
// What it only allows, and what only unfriendly clients do, is in the tests of
// the guards.
func TestRFC8656(t *testing.T) {
	server := serve(t)
	fresh := func(t *testing.T) (*client, *peer) {
		c := connect(t, server, "udp")
		c.t = t
		p := newPeer(t, "127.0.0.1:0")
		return c, p
	}
	for name, test := range map[string]func(t *testing.T, c *client, p *peer){
		"5: a request without credentials gets 401, realm and nonce": func(t *testing.T, c *client, _ *peer) {
			c.learns()
		},
		"5: an old nonce gets 438 and a new one": func(t *testing.T, c *client, _ *peer) {
			c.learns()
			c.nonce = "an old one"
			answer := c.asksSealed(stun.MethodAllocate, requestedTransport(17))
			var nonce stun.Nonce
			if codeOf(answer) != 438 || nonce.GetFrom(answer) != nil || nonce.String() == c.nonce {
				t.Errorf("it gets %v", answer)
			}
		},
		"5: a wrong password gets 401": func(t *testing.T, c *client, _ *peer) {
			c.password = "guessed"
			c.expects(401, stun.MethodAllocate, requestedTransport(17))
		},
		"5: without an allocation everything else gets 437": func(t *testing.T, c *client, p *peer) {
			c.expects(437, stun.MethodRefresh)
			c.expects(437, stun.MethodCreatePermission, peerAddress(p.addr()))
			c.expects(437, stun.MethodChannelBind, channelNumber(0x4000), peerAddress(p.addr()))
		},
		"7.2: an allocation needs REQUESTED-TRANSPORT, and that must be UDP": func(t *testing.T, c *client, _ *peer) {
			c.expects(400, stun.MethodAllocate)
			c.expects(442, stun.MethodAllocate, requestedTransport(6))
		},
		"7.2: DONT-FRAGMENT that is not served is an unknown attribute": func(t *testing.T, c *client, _ *peer) {
			c.learns()
			answer := c.asksSealed(stun.MethodAllocate, requestedTransport(17), attribute{stun.AttrDontFragment, nil})
			unknown, err := answer.Get(stun.AttrUnknownAttributes)
			if codeOf(answer) != 420 || err != nil || string(unknown) != "\x00\x1a" {
				t.Errorf("it gets %v", answer)
			}
		},
		"7.2: a reservation goes with neither an even port nor a family": func(t *testing.T, c *client, _ *peer) {
			token := attribute{stun.AttrReservationToken, make([]byte, 8)}
			c.expects(400, stun.MethodAllocate, requestedTransport(17), token, attribute{stun.AttrEvenPort, []byte{0}})
			c.expects(400, stun.MethodAllocate, requestedTransport(17), token, requestedFamily(1))
			c.expects(508, stun.MethodAllocate, requestedTransport(17), token)
		},
		"7.2: a family that is not served gets 440": func(t *testing.T, c *client, _ *peer) {
			c.expects(440, stun.MethodAllocate, requestedTransport(17), requestedFamily(2))
		},
		"7.2: the answer names the relay, the client and the lifetime": func(t *testing.T, c *client, _ *peer) {
			c.learns()
			answer := c.asksSealed(stun.MethodAllocate, requestedTransport(17))
			var relayed, mapped stun.XORMappedAddress
			seconds, err := answer.Get(stun.AttrLifetime)
			if relayed.GetFromAs(answer, stun.AttrXORRelayedAddress) != nil || relayed.Port < 49152 {
				t.Errorf("the relay is at %v", relayed)
			}
			if mapped.GetFrom(answer) != nil || mapped.String() != c.conn.LocalAddr().String() {
				t.Errorf("the client is at %v", mapped)
			}
			if err != nil || binary.BigEndian.Uint32(seconds) != 600 {
				t.Errorf("it lives %x seconds", seconds)
			}
		},
		"7.2: a second allocation on the 5-tuple gets 437": func(t *testing.T, c *client, _ *peer) {
			c.allocates().expects(437, stun.MethodAllocate, requestedTransport(17))
		},
		"8.2: a refresh tells the new lifetime, and 0 ends it": func(t *testing.T, c *client, _ *peer) {
			c.allocates()
			seconds, err := c.asksSealed(stun.MethodRefresh, lifetime(1200)).Get(stun.AttrLifetime)
			if err != nil || binary.BigEndian.Uint32(seconds) != 1200 {
				t.Errorf("it lives %x seconds", seconds)
			}
			c.expects(443, stun.MethodRefresh, requestedFamily(2))
			c.expects(0, stun.MethodRefresh, lifetime(0))
			c.expects(437, stun.MethodRefresh, lifetime(600))
		},
		"10.2: a permission is for one or more addresses of the family": func(t *testing.T, c *client, p *peer) {
			c.allocates().expects(400, stun.MethodCreatePermission)
			c.expects(443, stun.MethodCreatePermission, peerAddress(netip.MustParseAddrPort("[::1]:9")))
			c.expects(0, stun.MethodCreatePermission, peerAddress(p.addr()), peerAddress(netip.MustParseAddrPort("127.0.0.2:9")))
		},
		"11.2: a Send indication goes where there is a permission, whatever the port": func(t *testing.T, c *client, p *peer) {
			c.allocates().says("before", p.addr())
			c.permits(netip.AddrPortFrom(p.addr().Addr(), 9))
			c.says("", p.addr())
			c.says("after", p.addr())
			for _, want := range []string{"", "after"} {
				if text, from := p.hears(); text != want || from != c.relay {
					t.Errorf("the peer hears %q from %v", text, from)
				}
			}
		},
		"11.2: an indication without data or with two peers is dropped": func(t *testing.T, c *client, p *peer) {
			c.allocates().permits(p.addr())
			indication := stun.NewType(stun.MethodSend, stun.ClassIndication)
			c.sends(stun.MustBuild(stun.TransactionID, indication, peerAddress(p.addr())).Raw)
			c.sends(stun.MustBuild(stun.TransactionID, indication, attribute{stun.AttrData, []byte("no peer")}).Raw)
			c.says("after", p.addr())
			if text, _ := p.hears(); text != "after" {
				t.Errorf("the peer hears %q", text)
			}
		},
		"11.3: what a peer sends comes in a Data indication, if it is permitted": func(t *testing.T, c *client, p *peer) {
			c.allocates()
			p.says("before", c.relay)
			c.getsNothing()
			c.permits(p.addr())
			for n := range 5 { // each with its own padding
				p.says(strings.Repeat("x", n), c.relay)
				if text, from := c.hears(); text != strings.Repeat("x", n) || from != p.addr() {
					t.Errorf("the client hears %q from %v", text, from)
				}
			}
		},
		"12.2: a channel's number, peer and family are checked": func(t *testing.T, c *client, p *peer) {
			c.allocates().expects(400, stun.MethodChannelBind, channelNumber(0x4000))
			c.expects(400, stun.MethodChannelBind, peerAddress(p.addr()))
			c.expects(400, stun.MethodChannelBind, channelNumber(0x3FFF), peerAddress(p.addr()))
			c.expects(443, stun.MethodChannelBind, channelNumber(0x4000), peerAddress(netip.MustParseAddrPort("[::1]:9")))
			c.expects(0, stun.MethodChannelBind, channelNumber(0x4000), peerAddress(p.addr()))
			c.expects(0, stun.MethodChannelBind, channelNumber(0x4000), peerAddress(p.addr()))
			c.expects(400, stun.MethodChannelBind, channelNumber(0x4001), peerAddress(p.addr()))
		},
		"12.2: a channel is a permission too": func(t *testing.T, c *client, p *peer) {
			c.allocates().binds(0x4000, netip.AddrPortFrom(p.addr().Addr(), 9))
			c.says("hello", p.addr())
			p.hears()
			p.says("from another port", c.relay)
			if text, from := c.hears(); text != "from another port" || from != p.addr() {
				t.Errorf("the client hears %q from %v", text, from)
			}
		},
		"12.5: a frame on a channel that is not bound, or too short, is dropped": func(t *testing.T, c *client, p *peer) {
			c.allocates().binds(0x4000, p.addr())
			c.saysOn(0x4001, "nobody")
			c.sends([]byte{0x40, 0, 0, 9, 'x'})
			c.saysOn(0x4000, "")
			c.saysOn(0x4000, "hello")
			for _, want := range []string{"", "hello"} {
				if text, _ := p.hears(); text != want {
					t.Errorf("the peer hears %q", text)
				}
			}
		},
		"12.6: what the peer of a channel sends comes on it": func(t *testing.T, c *client, p *peer) {
			c.allocates().binds(0x4FFF, p.addr())
			for _, want := range []string{"", "x", "hello"} {
				p.says(want, c.relay)
				if text := c.hearsOn(0x4FFF); text != want {
					t.Errorf("the client hears %q", text)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, p := fresh(t)
			test(t, c, p)
		})
	}
}

// expects sends a request with credentials, whose answer must have a code.
func (c *client) expects(code int, method stun.Method, with ...stun.Setter) {
	c.t.Helper()
	if got := c.requests(method, with...); got != code {
		c.t.Errorf("%v gets %d in place of %d", method, got, code)
	}
}

// asksSealed sends a request with credentials and returns the answer.
func (c *client) asksSealed(method stun.Method, with ...stun.Setter) *stun.Message {
	c.t.Helper()
	request := c.sealed(method, with...)
	c.sends(request.Raw)
	answer := c.gets()
	if answer.TransactionID != request.TransactionID {
		c.t.Fatalf("%v is no answer to %v", answer, request)
	}
	return answer
}
