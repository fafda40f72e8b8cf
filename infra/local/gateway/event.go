package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/gobwas/ws"
)

// event is the payload of $connect, message and $disconnect functions
// (events.APIGatewayWebsocketProxyRequest in aws-lambda-go). Which fields a
// kind of event has is part of the contract: a message has no headers, and
// query fields are absent, not empty.
type event struct {
	Headers           map[string]string   `json:"headers,omitempty"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders,omitempty"`
	Query             map[string]string   `json:"queryStringParameters,omitempty"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters,omitempty"`
	RequestContext    requestContext      `json:"requestContext"`
	Body              *string             `json:"body,omitempty"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

// authorizerEvent is the payload of a REQUEST authorizer. Its fields are never
// absent, and its headers keep Connection and Upgrade.
type authorizerEvent struct {
	Type              string              `json:"type"`
	MethodARN         string              `json:"methodArn"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Query             map[string]string   `json:"queryStringParameters"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters"`
	StageVariables    map[string]string   `json:"stageVariables"`
	RequestContext    requestContext      `json:"requestContext"`
}

type requestContext struct {
	RouteKey             string         `json:"routeKey"`
	Authorizer           map[string]any `json:"authorizer,omitempty"`
	MessageID            string         `json:"messageId,omitempty"`
	DisconnectStatusCode ws.StatusCode  `json:"disconnectStatusCode,omitempty"`
	EventType            string         `json:"eventType"`
	ExtendedRequestID    string         `json:"extendedRequestId"`
	RequestTime          string         `json:"requestTime"` // 09/Feb/2024:18:11:43 +0000
	MessageDirection     string         `json:"messageDirection"`
	DisconnectReason     *string        `json:"disconnectReason,omitempty"`
	Stage                string         `json:"stage"`
	ConnectedAt          int64          `json:"connectedAt"`      // ms since 1970
	RequestTimeEpoch     int64          `json:"requestTimeEpoch"` // ms since 1970
	Identity             identity       `json:"identity"`
	RequestID            string         `json:"requestId"`
	DomainName           string         `json:"domainName"`
	ConnectionID         string         `json:"connectionId"`
	APIID                string         `json:"apiId"`
}

type identity struct {
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent,omitempty"`
}

// newID returns an id as the service makes them: 11 bytes in base64, 16
// characters of which the last is "=".
func newID() string {
	var id [11]byte
	rand.Read(id[:])
	return base64.URLEncoding.EncodeToString(id[:])
}

func (g *Gateway) requestContext(c *connection, eventType, routeKey string) requestContext {
	now := g.cfg.Now().UTC()
	id := newID()
	return requestContext{
		RouteKey:          routeKey,
		Authorizer:        c.authorizer,
		EventType:         eventType,
		ExtendedRequestID: id,
		RequestTime:       now.Format("02/Jan/2006:15:04:05 -0700"),
		MessageDirection:  "IN",
		Stage:             g.cfg.Stage,
		ConnectedAt:       c.connectedAt.UnixMilli(),
		RequestTimeEpoch:  now.UnixMilli(),
		Identity:          c.identity,
		RequestID:         id,
		DomainName:        c.domain,
		ConnectionID:      c.id,
		APIID:             g.cfg.APIID,
	}
}

func (g *Gateway) connectEvent(c *connection, r *http.Request) event {
	headers := requestHeaders(r, c)
	delete(headers, "Connection")
	delete(headers, "Upgrade")
	query := r.URL.Query()
	return event{
		Headers:           lastOf(headers),
		MultiValueHeaders: headers,
		Query:             lastOf(query),
		MultiValueQuery:   query,
		RequestContext:    g.requestContext(c, "CONNECT", routeConnect),
	}
}

func (g *Gateway) authorizerEvent(c *connection, r *http.Request, arn string) authorizerEvent {
	headers := requestHeaders(r, c)
	query := r.URL.Query()
	return authorizerEvent{
		Type:              "REQUEST",
		MethodARN:         arn,
		Headers:           lastOf(headers),
		MultiValueHeaders: headers,
		Query:             lastOf(query),
		MultiValueQuery:   query,
		StageVariables:    map[string]string{},
		RequestContext:    g.requestContext(c, "CONNECT", routeConnect),
	}
}

func (g *Gateway) messageEvent(c *connection, routeKey, body string) event {
	e := event{RequestContext: g.requestContext(c, "MESSAGE", routeKey), Body: &body}
	e.RequestContext.MessageID = newID()
	return e
}

func (g *Gateway) disconnectEvent(c *connection) event {
	headers := map[string][]string{
		"Host": {c.domain}, "x-api-key": {""}, "X-Forwarded-For": {""}, "x-restapi": {""},
	}
	e := event{
		Headers:           lastOf(headers),
		MultiValueHeaders: headers,
		RequestContext:    g.requestContext(c, "DISCONNECT", routeDisconnect),
	}
	e.RequestContext.DisconnectStatusCode = c.ending.code
	e.RequestContext.DisconnectReason = &c.ending.reason
	return e
}

// requestHeaders returns the client's headers as the service hands them on:
// with Host, the forwarding headers of a front end, and WebSocket spelled as
// the RFC spells it.
func requestHeaders(r *http.Request, c *connection) map[string][]string {
	headers := make(map[string][]string, len(r.Header)+5)
	for name, values := range r.Header {
		if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
			name = "Sec-WebSocket-" + rest
		}
		headers[name] = values
	}
	proto, port := "http", 80
	if r.TLS != nil {
		proto, port = "https", 443
	}
	headers["Host"] = []string{r.Host}
	headers["X-Amzn-Trace-Id"] = []string{c.trace}
	headers["X-Forwarded-For"] = []string{strings.Join(append(r.Header.Values("X-Forwarded-For"), c.identity.SourceIP), ", ")}
	headers["X-Forwarded-Port"] = []string{portOf(r.Host, strconv.Itoa(port))}
	headers["X-Forwarded-Proto"] = []string{proto}
	return headers
}

func portOf(host, otherwise string) string {
	if _, port, err := net.SplitHostPort(host); err == nil && port != "" {
		return port
	}
	return otherwise
}

func lastOf(many map[string][]string) map[string]string {
	single := make(map[string]string, len(many))
	for name, values := range many {
		if len(values) > 0 {
			single[name] = values[len(values)-1]
		}
	}
	return single
}

// newTrace returns an X-Ray trace header for a request at second now.
func newTrace(now int64) string {
	var id [12]byte
	rand.Read(id[:])
	return fmt.Sprintf("Root=1-%08x-%x", now, id)
}
