package handler

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
)

// principalKey is where the principal stands in the authorizer context.
const principalKey = "principal"

// errUnauthorized has the very text that API Gateway answers with 401.
var errUnauthorized = errors.New("Unauthorized")

// Verifier checks a token: signature, issuer, audience, expiry. It returns
// fault.Unauthenticated for a token that is not good.
type Verifier interface {
	Verify(ctx context.Context, token string) (identity.Principal, error)
}

// Guests lets in who has an invite. It returns fault.Unauthenticated for one
// that is not good.
type Guests interface {
	Redeem(ctx context.Context, offered, address string, now time.Time) (identity.Principal, error)
}

// Authorizer decides at $connect who may open a connection.
type Authorizer struct {
	Verifier Verifier
	Guests   Guests
	Now      func() time.Time
	Origins  []string // Of the portals that may connect; a client that is no browser sends none.
	Log      *slog.Logger
}

// Handle answers with a policy for this connection and the principal, or with
// the error that becomes 401, or a denial for an origin that is not listed.
func (a Authorizer) Handle(ctx context.Context, e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
	token, ok := offered(header(e.Headers, "Sec-WebSocket-Protocol"))
	if !ok {
		a.Log.InfoContext(ctx, "connect", "code", fault.Unauthenticated, "cause", "no token")
		return events.APIGatewayCustomAuthorizerResponse{}, errUnauthorized
	}
	if origin := header(e.Headers, "Origin"); origin != "" && !slices.Contains(a.Origins, origin) {
		a.Log.InfoContext(ctx, "connect", "code", fault.Forbidden, "cause", "origin not allowed")
		return policy("nobody", "Deny", e.MethodArn, nil), nil
	}
	p, err := a.known(ctx, token, e.RequestContext.Identity.SourceIP)
	if err != nil {
		a.Log.InfoContext(ctx, "connect", "code", fault.Public(err).Code, "cause", err)
		if !fault.Is(err, fault.Unauthenticated) {
			return events.APIGatewayCustomAuthorizerResponse{}, err
		}
		return events.APIGatewayCustomAuthorizerResponse{}, errUnauthorized
	}
	text, err := json.Marshal(p)
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	a.Log.InfoContext(ctx, "connect", "code", "ok", "principal", p.ID, "role", p.Role)
	return policy(p.ID, "Allow", e.MethodArn, map[string]any{principalKey: string(text)}), nil
}

// known is whose token it is, or who comes by the invite that stands in its place.
func (a Authorizer) known(ctx context.Context, token, address string) (identity.Principal, error) {
	if strings.HasPrefix(token, invite.Prefix) {
		return a.Guests.Redeem(ctx, token, household(address), a.Now())
	}
	return a.Verifier.Verify(ctx, token)
}

// household is the address that tries are counted for: of IPv6 the 64 bits that
// one household has, since it may use all the others in turn.
func household(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, _ := ip.WithZone("").Prefix(64) // Fails only for more bits than there are.
	return prefix.String()
}

// offered returns the token or invite among the subprotocols that a client offers: the
// one after our own name. It never travels in the URL, which proxies log.
func offered(protocols string) (string, bool) {
	list := strings.Split(protocols, ",")
	if len(list) != 2 || strings.TrimSpace(list[0]) != protocol.Subprotocol {
		return "", false
	}
	token := strings.TrimSpace(list[1])
	return token, token != ""
}

// header finds a header whatever the case of its name.
func header(headers map[string]string, name string) string {
	for key, value := range headers {
		if http.CanonicalHeaderKey(key) == http.CanonicalHeaderKey(name) {
			return value
		}
	}
	return ""
}

func policy(principal, effect, resource string, context map[string]any) events.APIGatewayCustomAuthorizerResponse {
	return events.APIGatewayCustomAuthorizerResponse{
		PrincipalID: principal,
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17",
			Statement: []events.IAMPolicyStatement{{
				Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{resource},
			}},
		},
		Context: context,
	}
}
