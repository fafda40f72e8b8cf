package gateway

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gobwas/ws"
)

// refusal is an HTTP answer other than the one asked for. kind is the error
// type in x-amzn-ErrorType, by which the SDK picks its exception; it may be
// empty.
type refusal struct {
	status  int
	kind    string
	message string
}

var (
	forbidden    = refusal{http.StatusForbidden, "ForbiddenException", "Forbidden"}
	unauthorized = refusal{http.StatusUnauthorized, "UnauthorizedException", "Unauthorized"}
	accessDenied = refusal{http.StatusForbidden, "AccessDeniedException", "User is not authorized to access this resource"}
	brokenGrant  = refusal{http.StatusInternalServerError, "AuthorizerConfigurationException", "Internal server error"}
	badGateway   = refusal{http.StatusBadGateway, "InternalServerErrorException", "Internal server error"}
	tooMany      = refusal{http.StatusTooManyRequests, "LimitExceededException", "Too Many Requests"}
	notUpgrading = refusal{http.StatusUpgradeRequired, "", "Upgrade Required"}
	badUpgrade   = refusal{http.StatusBadRequest, "BadRequestException", "Bad Request"}
)

func (f refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if f.kind != "" {
		w.Header().Set("x-amzn-ErrorType", f.kind)
	}
	if f.status == http.StatusUpgradeRequired {
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
	}
	w.WriteHeader(f.status)
	json.NewEncoder(w).Encode(map[string]string{"message": f.message})
}

// handshake carries one client from its GET to its $disconnect. The upgrade
// is answered only when the authorizer and $connect have agreed.
func (g *Gateway) handshake(w http.ResponseWriter, r *http.Request) {
	if f := checkUpgrade(r); f != nil {
		f.write(w)
		return
	}
	if !g.enter() {
		tooMany.write(w)
		return
	}
	defer g.leave()

	c := g.newConnection(r)
	subprotocol, refused := g.admit(c, r)
	if refused != nil {
		g.cfg.Log.Info("handshake refused", "connection", c.id, "status", refused.status)
		refused.write(w)
		return
	}
	// Known before the 101 leaves, so that nobody who has seen the 101 can
	// find the connection missing; frames queue until the socket is there.
	g.add(c)
	upgrader := ws.HTTPUpgrader{Header: http.Header{}, Timeout: g.cfg.WriteTimeout}
	if subprotocol != "" {
		upgrader.Header.Set("Sec-WebSocket-Protocol", subprotocol)
	}
	socket, buffered, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		c.end(lost)
	}
	if socket != nil {
		c.serve(socket, buffered.Reader)
	}
	g.disconnect(c)
}

// admit runs the authorizer and $connect. It returns the subprotocol that
// $connect chose: the gateway never chooses one itself.
func (g *Gateway) admit(c *connection, r *http.Request) (subprotocol string, refused *refusal) {
	if refused := g.authorize(c, r); refused != nil {
		return "", refused
	}
	route, ok := g.routes[routeConnect]
	if !ok {
		return "", nil
	}
	answer, err := g.call(route, g.connectEvent(c, r))
	switch {
	case err != nil:
		g.cfg.Log.Warn("$connect failed", "connection", c.id, "error", err)
		return "", &badGateway
	case answer.ok():
		return answer.header("Sec-WebSocket-Protocol"), nil
	case answer.status < 300 || answer.status > 599: // 1xx and nonsense
		return "", &badGateway
	default:
		return "", &refusal{answer.status, "", http.StatusText(answer.status)}
	}
}

// checkUpgrade says what is wrong with a handshake before any function is
// asked (RFC 6455 section 4.2.1).
func checkUpgrade(r *http.Request) *refusal {
	switch {
	case r.Method != http.MethodGet:
		return &forbidden
	case !hasToken(r.Header.Get("Upgrade"), "websocket"), !hasToken(r.Header.Get("Connection"), "upgrade"):
		return &notUpgrading
	case r.ProtoMajor != 1 || r.ProtoMinor < 1, r.Host == "", r.Header.Get("Sec-WebSocket-Version") != "13":
		return &badUpgrade
	}
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	if err != nil || len(key) != 16 {
		return &badUpgrade
	}
	return nil
}

func hasToken(list, token string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(item), token) {
			return true
		}
	}
	return false
}
