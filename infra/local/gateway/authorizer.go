package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// authorize runs the authorizer, if there is one, and leaves its context in
// c.authorizer. Nothing is cached: WebSocket APIs have no authorizer cache.
func (g *Gateway) authorize(c *connection, r *http.Request) *refusal {
	a := g.cfg.Authorizer
	if a == nil {
		return nil
	}
	for _, source := range a.IdentitySources {
		if identityOf(r, source) == "" {
			return &unauthorized
		}
	}
	arn := fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/%s/%s",
		g.cfg.Region, g.cfg.AccountID, g.cfg.APIID, g.cfg.Stage, routeConnect)
	started := time.Now()
	payload, err := g.invoke(Route{Function: a.Function, Timeout: maxRouteTimeout}, g.authorizerEvent(c, r, arn))
	if failed := (*functionError)(nil); errors.As(err, &failed) && failed.message == "Unauthorized" {
		return &unauthorized
	}
	if err != nil {
		g.cfg.Log.Warn("authorizer failed", "connection", c.id, "error", err)
		return &brokenGrant
	}
	grant, err := decodeGrant(payload)
	if err != nil {
		g.cfg.Log.Warn("authorizer answered nonsense", "connection", c.id, "error", err)
		return &brokenGrant
	}
	if !grant.Policy.allows(arn) {
		return &accessDenied
	}
	c.authorizer = grant.context(time.Since(started))
	return nil
}

// parseIdentitySource splits route.request.header.NAME into "header" and NAME.
func parseIdentitySource(source string) (place, name string, ok bool) {
	rest, ok := strings.CutPrefix(source, "route.request.")
	place, name, cut := strings.Cut(rest, ".")
	return place, name, ok && cut && name != "" && (place == "header" || place == "querystring")
}

func identityOf(r *http.Request, source string) string {
	switch place, name, _ := parseIdentitySource(source); place {
	case "header":
		return r.Header.Get(name)
	case "querystring":
		return r.URL.Query().Get(name)
	}
	return ""
}

// grant is an authorizer's answer.
type grant struct {
	PrincipalID string
	Policy      policy
	Context     map[string]string // flat; numbers and booleans as text
}

type policy struct {
	Version   string
	ID        string `json:"Id"`
	Statement []statement
}

type statement struct {
	Sid      string
	Effect   string
	Action   oneOrMany
	Resource oneOrMany
}

// oneOrMany reads the policy language's "x" and ["x","y"] alike.
type oneOrMany []string

// UnmarshalJSON reads a string or a list of strings.
func (o *oneOrMany) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*o = make(oneOrMany, 1)
		return json.Unmarshal(data, &(*o)[0])
	}
	return json.Unmarshal(data, (*[]string)(o))
}

// decodeGrant reads an authorizer's answer as strictly as the service: a
// principal is required, context values are flat. A policy element that this
// twin would not judge (Condition, NotAction) is an error, not an Allow.
func decodeGrant(payload []byte) (grant, error) {
	var wire struct {
		PrincipalID    string          `json:"principalId"`
		PolicyDocument json.RawMessage `json:"policyDocument"`
		Context        map[string]any  `json:"context"`
	}
	if len(payload) > maxGrant {
		return grant{}, fmt.Errorf("the answer has %d bytes, over %d", len(payload), maxGrant)
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if err := decoder.Decode(&wire); err != nil {
		return grant{}, fmt.Errorf("the answer is not an authorizer's: %w", err)
	}
	if wire.PrincipalID == "" {
		return grant{}, errors.New("the answer has no principalId")
	}
	g := grant{PrincipalID: wire.PrincipalID, Context: make(map[string]string, len(wire.Context))}
	decoder = json.NewDecoder(bytes.NewReader(wire.PolicyDocument))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&g.Policy); err != nil {
		return grant{}, fmt.Errorf("the policy cannot be judged: %w", err)
	}
	for key, value := range wire.Context {
		switch value := value.(type) {
		case string, bool, json.Number:
			g.Context[key] = fmt.Sprint(value)
		case nil:
		default:
			return grant{}, fmt.Errorf("context value %q is neither text, number nor boolean", key)
		}
	}
	return g, nil
}

// context is what every later event of the connection carries.
func (g grant) context(took time.Duration) map[string]any {
	flat := make(map[string]any, len(g.Context)+2)
	for key, value := range g.Context {
		flat[key] = value
	}
	flat["principalId"] = g.PrincipalID
	flat["integrationLatency"] = took.Milliseconds()
	return flat
}

// allows judges like IAM: a matching Deny wins, and without a matching Allow
// the answer is no.
func (p policy) allows(arn string) bool {
	allowed := false
	for _, s := range p.Statement {
		if !matchesAny(s.Action, "execute-api:Invoke") || !matchesAny(s.Resource, arn) {
			continue
		}
		if s.Effect != "Allow" {
			return false
		}
		allowed = true
	}
	return allowed
}

// matchesAny matches with IAM's wildcards, which do not stop at a slash.
func matchesAny(patterns []string, s string) bool {
	for _, pattern := range patterns {
		quoted := regexp.QuoteMeta(pattern)
		quoted = strings.ReplaceAll(quoted, `\*`, `.*`)
		quoted = strings.ReplaceAll(quoted, `\?`, `.`)
		if re, err := regexp.Compile(`(?s)^` + quoted + `$`); err == nil && re.MatchString(s) {
			return true
		}
	}
	return false
}
