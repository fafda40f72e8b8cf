package gateway

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// selector is the path below $request.body at which a frame carries its route
// key.
type selector []string

// parseSelection reads $request.body.a.b, also in the ${…} form.
func parseSelection(expression string) (selector, error) {
	plain := expression
	if inner, ok := strings.CutPrefix(plain, "${"); ok {
		plain = "$" + strings.TrimSuffix(inner, "}")
	}
	path, ok := strings.CutPrefix(plain, bodyFieldSelector)
	fields := strings.Split(path, ".")
	for _, field := range fields {
		ok = ok && field != ""
	}
	if !ok {
		return nil, fmt.Errorf("route selection expression %q must be %sNAME", expression, bodyFieldSelector)
	}
	return fields, nil
}

// key returns the text, number or boolean at the path, as text. It returns ""
// for a frame that is not JSON or has nothing of that kind there.
func (s selector) key(body []byte) string {
	if len(s) == 0 {
		return ""
	}
	value := json.RawMessage(body)
	for _, field := range s {
		var object map[string]json.RawMessage
		if json.Unmarshal(value, &object) != nil {
			return ""
		}
		value = object[field]
	}
	var text string
	switch {
	case len(value) == 0 || strings.IndexByte("{[n", value[0]) >= 0: // object, list, null
		return ""
	case json.Unmarshal(value, &text) == nil:
		return text
	default:
		return string(value)
	}
}

// route finds the route of a frame. A key that starts with "$" is a client
// reaching for $connect or $disconnect and matches nothing.
func (g *Gateway) route(body []byte) (Route, bool) {
	key := g.selects.key(body)
	if route, ok := g.routes[key]; ok && !strings.HasPrefix(key, "$") {
		return route, true
	}
	route, ok := g.routes[routeDefault]
	return route, ok
}

// message runs the function of one frame and sends what the service would
// send back: nothing at all for a one-way route whose function returned, even
// when it returned a 500.
func (g *Gateway) message(c *connection, body []byte) {
	g.faults.Load().beforeFrame(g.ctx)
	route, ok := g.route(body)
	if !ok {
		c.reply(serviceFrame("Forbidden", c.id, newID()))
		return
	}
	e := g.messageEvent(c, route.Key, string(body))
	answer, err := g.call(route, e)
	if err == nil && route.TwoWay {
		err = answer.fitsFrame()
	}
	switch {
	case err != nil:
		g.cfg.Log.Warn("function failed", "connection", c.id, "route", route.Key, "error", err)
		c.reply(serviceFrame("Internal server error", c.id, e.RequestContext.RequestID))
	case route.TwoWay && len(answer.body) > 0:
		c.reply(answer.body)
	}
}

// disconnect runs $disconnect once the connection is over. The answer of the
// function changes nothing.
func (g *Gateway) disconnect(c *connection) {
	route, ok := g.routes[routeDisconnect]
	if !ok || g.faults.Load().LoseDisconnect {
		return
	}
	if _, err := g.call(route, g.disconnectEvent(c)); err != nil {
		g.cfg.Log.Warn("$disconnect failed", "connection", c.id, "error", err)
	}
}

// serviceFrame is a frame by the service itself, with the service's own odd
// spacing, which clients have been seen to compare.
func serviceFrame(message, connection, request string) []byte {
	return fmt.Appendf(nil, `{"message": %q, "connectionId":%q, "requestId":%q}`, message, connection, request)
}

// answer is a function's proxy response.
type answer struct {
	status  int
	headers map[string]string // names in lower case
	body    []byte
}

func (a answer) ok() bool                  { return a.status >= 200 && a.status < 300 }
func (a answer) header(name string) string { return a.headers[strings.ToLower(name)] }

// fitsFrame says why a two-way answer cannot be sent as a frame.
func (a answer) fitsFrame() error {
	switch {
	case !a.ok():
		return fmt.Errorf("the function answered status %d", a.status)
	case len(a.body) > maxPush:
		return fmt.Errorf("the function answered %d bytes, over %d", len(a.body), maxPush)
	}
	return nil
}

// functionError is a function that ran and failed.
type functionError struct{ function, kind, message string }

// Error names the function and what it said.
func (e *functionError) Error() string {
	return fmt.Sprintf("function %s failed (%s): %s", e.function, e.kind, e.message)
}

// call runs a route's function and reads its proxy response.
func (g *Gateway) call(route Route, e any) (answer, error) {
	payload, err := g.invoke(route, e)
	if err != nil {
		return answer{}, err
	}
	return decodeAnswer(payload)
}

// invoke runs a route's function within the route's timeout. A failure that
// the function reports itself is a *functionError.
func (g *Gateway) invoke(route Route, e any) ([]byte, error) {
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode the event: %w", err)
	}
	ctx, cancel := context.WithTimeout(g.ctx, route.Timeout)
	defer cancel()
	result, err := g.invoker.Invoke(ctx, route.Function, payload)
	if err != nil {
		return nil, fmt.Errorf("invoke function %s: %w", route.Function, err)
	}
	if result.FunctionError == "" {
		return result.Payload, nil
	}
	var failure struct {
		ErrorMessage string `json:"errorMessage"`
	}
	json.Unmarshal(result.Payload, &failure) // a failure without a text stays one
	return nil, &functionError{route.Function, result.FunctionError, failure.ErrorMessage}
}

// decodeAnswer reads {"statusCode":…,"headers":…,"body":…}. Without a status
// the service calls a response malformed and so does the twin.
func decodeAnswer(payload []byte) (answer, error) {
	var wire struct {
		StatusCode        json.Number         `json:"statusCode"` // "200" is taken too
		Headers           map[string]string   `json:"headers"`
		MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
		Body              string              `json:"body"`
		IsBase64Encoded   bool                `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(payload, &wire); err != nil {
		return answer{}, fmt.Errorf("malformed proxy response: %w", err)
	}
	status, err := strconv.Atoi(wire.StatusCode.String())
	if err != nil {
		return answer{}, errors.New("malformed proxy response: no statusCode")
	}
	a := answer{status: status, headers: make(map[string]string), body: []byte(wire.Body)}
	for name, value := range wire.Headers {
		a.headers[strings.ToLower(name)] = value
	}
	for name, value := range lastOf(wire.MultiValueHeaders) {
		a.headers[strings.ToLower(name)] = value
	}
	if wire.IsBase64Encoded {
		if a.body, err = base64.StdEncoding.DecodeString(wire.Body); err != nil {
			return answer{}, fmt.Errorf("malformed proxy response: body is not base64: %w", err)
		}
	}
	return a, nil
}
