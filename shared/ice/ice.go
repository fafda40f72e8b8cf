// Package ice names the ICE servers of a call, and issues and checks the
// credentials with which a participant may use our TURN server.
//
// A credential follows draft-uberti-behave-turn-rest: whoever shares a secret
// with the TURN server can issue one, and the server needs no database.
//
//	username   = "<unix seconds of the expiry>:<bind>"
//	credential = base64(HMAC-SHA1(secret, username))
//
// The bind says for whom the credential is: "<session>.<participant>". The
// server counts allocations by it, so that fetching a second credential does
// not buy a second quota.
package ice

// Server is one ICE server in the shape that RTCPeerConnection takes
// (W3C WebRTC, dictionary RTCIceServer). A STUN server has URLs only.
type Server struct {
	// URLs are alternatives for the same server, for example
	// "turn:turn.example.com:3478?transport=udp".
	URLs []string `json:"urls"`
	// Username and Credential come from Issue; both are empty for STUN.
	Username   string `json:"username,omitempty"`
	Credential string `json:"credential,omitempty"`
}
