package ice

import "math/rand/v2"

// Relay is one TURN server of the fleet that is alive.
type Relay struct {
	ID      string `json:"id"`      // Of its task; printable ASCII.
	Address string `json:"address"` // 192.0.2.1:3478 or [2001:db8::1]:3478
}

// Offered is how many relays a call is given: a second one, in case the first
// ends before the call has asked it.
const Offered = 2

// Choose draws at most Offered of the relays, so that calls spread evenly.
func Choose(relays []Relay) []Relay {
	chosen := make([]Relay, 0, Offered)
	for _, i := range rand.Perm(len(relays)) {
		if len(chosen) == Offered {
			break
		}
		chosen = append(chosen, relays[i])
	}
	return chosen
}

// URLs are the ways to reach the relay, the faster first (RFC 7065).
func (r Relay) URLs() []string {
	at := "turn:" + r.Address
	return []string{at + "?transport=udp", at + "?transport=tcp"}
}
