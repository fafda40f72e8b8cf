package gateway

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

func TestHandshakeIsAnsweredByConnect(t *testing.T) {
	w := newWorld(t, nil)
	for name, row := range map[string]struct {
		arrange func()
		status  int
	}{
		"a 200 is a 101":                {func() { w.answers("connect", `{"statusCode":200}`) }, 101},
		"a 204 is a 101":                {func() { w.answers("connect", `{"statusCode":"204"}`) }, 101},
		"a 301 is a 301":                {func() { w.answers("connect", `{"statusCode":301}`) }, 301},
		"a 401 is a 401":                {func() { w.answers("connect", `{"statusCode":401}`) }, 401},
		"a 501 is a 501":                {func() { w.answers("connect", `{"statusCode":501,"body":"secret"}`) }, 501},
		"a status of 99 is a 502":       {func() { w.answers("connect", `{"statusCode":99}`) }, 502},
		"a status of 1000 is a 502":     {func() { w.answers("connect", `{"statusCode":1000}`) }, 502},
		"no status is a 502":            {func() { w.answers("connect", `{}`) }, 502},
		"null is a 502":                 {func() { w.answers("connect", `null`) }, 502},
		"a thrown error is a 502":       {func() { w.throws("connect", "boom") }, 502},
		"a missing function is a 502":   {func() { w.unreachable("connect") }, 502},
		"no proxy response is a 502":    {func() { w.answers("connect", `"hello"`) }, 502},
		"text that is no base64 is 502": {func() { w.answers("connect", `{"statusCode":200,"body":"%","isBase64Encoded":true}`) }, 502},
	} {
		t.Run(name, func(t *testing.T) {
			row.arrange()
			_, status, _ := w.dial("", nil)
			if status != row.status {
				t.Errorf("status %d, want %d", status, row.status)
			}
		})
	}
}

func TestUpgradeWaitsForConnect(t *testing.T) {
	w := newWorld(t, nil)
	release := make(chan struct{})
	w.when("connect", func(context.Context, received) (Result, error) {
		<-release
		return Result{Payload: []byte(`{"statusCode":200}`)}, nil
	})
	done := make(chan int, 1)
	go func() { _, status, _ := w.dial("", nil); done <- status }()
	w.hears("connect")
	select {
	case status := <-done:
		t.Fatalf("answered %d before $connect returned", status)
	default:
	}
	close(release)
	if status := <-done; status != http.StatusSwitchingProtocols {
		t.Errorf("status %d, want 101", status)
	}
}

func TestSubprotocolIsOnlyWhatConnectReturns(t *testing.T) {
	offers := &websocket.DialOptions{Subprotocols: []string{"parley.v1", "bearer"}}
	for name, row := range map[string]struct{ answer, want string }{
		"nothing returned":      {`{"statusCode":200}`, ""},
		"returned":              {`{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"parley.v1"}}`, "parley.v1"},
		"returned in any case":  {`{"statusCode":200,"headers":{"sec-websocket-protocol":"bearer"}}`, "bearer"},
		"returned as multi":     {`{"statusCode":200,"multiValueHeaders":{"Sec-WebSocket-Protocol":["parley.v1"]}}`, "parley.v1"},
		"other headers dropped": {`{"statusCode":200,"headers":{"X-Other":"x"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.answers("connect", row.answer)
			conn, _, err := w.dial("", offers)
			if err != nil {
				t.Fatal(err)
			}
			if got := conn.Subprotocol(); got != row.want {
				t.Errorf("subprotocol %q, want %q", got, row.want)
			}
			if got := w.hears("connect").Headers["Sec-WebSocket-Protocol"]; got != "parley.v1,bearer" {
				t.Errorf("$connect saw the offer %q", got)
			}
		})
	}
}

func TestWithoutConnectRouteEverybodyJoinsAndNoSubprotocolIsChosen(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.Routes = []Route{{Key: "$default", Function: "other"}} })
	conn, _, err := w.dial("", &websocket.DialOptions{Subprotocols: []string{"parley.v1"}})
	if err != nil || conn.Subprotocol() != "" {
		t.Errorf("joined with %q, %v", conn.Subprotocol(), err)
	}
}

func TestHandshakeThatIsNone(t *testing.T) {
	w := newWorld(t, nil)
	good := map[string]string{
		"Connection": "keep-alive, Upgrade", "Upgrade": "websocket",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	}
	for name, row := range map[string]struct {
		method, path string
		header       [2]string
		status       int
	}{
		"a plain GET":          {"GET", "/local", [2]string{"Upgrade", ""}, 426},
		"no Connection header": {"GET", "/local", [2]string{"Connection", ""}, 426},
		"an old version":       {"GET", "/local", [2]string{"Sec-WebSocket-Version", "8"}, 400},
		"a short key":          {"GET", "/local", [2]string{"Sec-WebSocket-Key", "c2hvcnQ="}, 400},
		"a POST":               {"POST", "/local", [2]string{}, 403},
		"another stage":        {"GET", "/prod", [2]string{}, 403},
		"no stage":             {"GET", "/", [2]string{}, 403},
		"below the stage":      {"GET", "/local/x", [2]string{}, 403},
		"a URL over 4096":      {"GET", "/local?token=" + strings.Repeat("x", 4096), [2]string{}, 414},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := http.NewRequest(row.method, strings.TrimSuffix(w.http, "/local")+row.path, nil)
			for key, value := range good {
				r.Header.Set(key, value)
			}
			r.Header.Set(row.header[0], row.header[1])
			if row.header[0] == "" {
				delete(r.Header, "")
			}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != row.status {
				t.Errorf("status %d, want %d", response.StatusCode, row.status)
			}
		})
	}
	w.heardNothing("connect")
}

func TestHandshakeOver16KBOfHeaderIsRefused(t *testing.T) {
	w := newWorld(t, nil)
	_, status, _ := w.dial("", &websocket.DialOptions{HTTPHeader: http.Header{"X-Long": {strings.Repeat("x", 32<<10)}}})
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d, want 431", status)
	}
}

func TestLogNamesTheFailureButNotTheToken(t *testing.T) {
	var log bytes.Buffer
	w := newWorld(t, func(cfg *Config) { cfg.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
	w.throws("connect", "no such table")
	w.refused("?token=s3cret")
	if got := log.String(); !strings.Contains(got, "function connect failed (Unhandled): no such table") || strings.Contains(got, "s3cret") {
		t.Errorf("the log says %s", got)
	}
}

func TestMoreConnectionsThanAllowedAre429(t *testing.T) {
	w := newWorld(t, func(cfg *Config) { cfg.MaxConnections = 2 })
	w.join()
	leaver := w.join()
	if status := w.refused(""); status != http.StatusTooManyRequests {
		t.Errorf("the third is %d, want 429", status)
	}
	leaver.conn.Close(websocket.StatusNormalClosure, "")
	w.hears("disconnect")
	eventually(t, "the place is free again", func() bool {
		_, status, _ := w.dial("", nil)
		return status == http.StatusSwitchingProtocols
	})
}

const arn = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3d4e5/local/$connect"

// allow is an authorizer's answer for a resource.
func allow(effect, resource string) string {
	return fmt.Sprintf(`{"principalId":"t1","policyDocument":{"Version":"2012-10-17","Statement":[
		{"Effect":%q,"Action":"execute-api:Invoke","Resource":%q}]},"context":{"role":"technician","level":3,"on":true,"none":null}}`, effect, resource)
}

func newGuardedWorld(t *testing.T) *world {
	return newWorld(t, func(cfg *Config) {
		cfg.Authorizer = &Authorizer{Function: "authorize", IdentitySources: []string{
			"route.request.querystring.token", "route.request.header.Origin"}}
	})
}

func (w *world) dialAs(query, origin string) (*websocket.Conn, int, error) {
	return w.dial(query, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
}

func TestAuthorizerDecidesTheHandshake(t *testing.T) {
	w := newGuardedWorld(t)
	for name, row := range map[string]struct {
		arrange func()
		status  int
	}{
		"allowed":                     {func() { w.answers("authorize", allow("Allow", arn)) }, 101},
		"allowed by a wildcard":       {func() { w.answers("authorize", allow("Allow", "arn:aws:execute-api:*:a1b2c3d4e?/*")) }, 101},
		"denied":                      {func() { w.answers("authorize", allow("Deny", arn)) }, 403},
		"prod/*/* misses $connect":    {func() { w.answers("authorize", allow("Allow", strings.Replace(arn, "$connect", "*/*", 1))) }, 403},
		"another stage's policy":      {func() { w.answers("authorize", allow("Allow", strings.Replace(arn, "local", "prod", 1))) }, 403},
		"an error named Unauthorized": {func() { w.throws("authorize", "Unauthorized") }, 401},
		"unauthorized in lower case":  {func() { w.throws("authorize", "unauthorized") }, 500},
		"another error":               {func() { w.throws("authorize", "Unauthorized: token expired") }, 500},
		"a function that is missing":  {func() { w.unreachable("authorize") }, 500},
		"no principal":                {func() { w.answers("authorize", strings.Replace(allow("Allow", arn), `"t1"`, `""`, 1)) }, 500},
		"no policy":                   {func() { w.answers("authorize", `{"principalId":"t1"}`) }, 500},
		"no JSON":                     {func() { w.answers("authorize", `yes`) }, 500},
		"a list in the context":       {func() { w.answers("authorize", strings.Replace(allow("Allow", arn), `"level":3`, `"level":[3]`, 1)) }, 500},
		"a policy with a condition": {func() {
			w.answers("authorize", strings.Replace(allow("Allow", arn), `"Effect"`, `"Condition":{},"Effect"`, 1))
		}, 500},
		"an answer over 8 KB": {func() { w.answers("authorize", allow("Allow", arn)+strings.Repeat(" ", 8<<10)) }, 500},
	} {
		t.Run(name, func(t *testing.T) {
			row.arrange()
			_, status, _ := w.dialAs("?token=x", "https://portal")
			if status != row.status {
				t.Errorf("status %d, want %d", status, row.status)
			}
			if status == http.StatusSwitchingProtocols {
				w.hears("connect")
			}
			w.heardNothing("connect")
		})
	}
}

func TestMissingIdentitySourceIs401WithoutAskingTheAuthorizer(t *testing.T) {
	w := newGuardedWorld(t)
	for name, row := range map[string][2]string{
		"no query":        {"", "https://portal"},
		"an empty query":  {"?token=", "https://portal"},
		"an empty header": {"?token=x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, status, _ := w.dialAs(row[0], row[1]); status != http.StatusUnauthorized {
				t.Errorf("status %d, want 401", status)
			}
		})
	}
	w.heardNothing("authorize")
}

func TestAuthorizerContextIsInEveryLaterEvent(t *testing.T) {
	w := newGuardedWorld(t)
	w.answers("authorize", allow("Allow", arn))
	conn, _, err := w.dialAs("?token=x", "https://portal")
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, conn: conn}
	c.says("hello")
	connected, said := w.hears("connect"), w.hears("other")
	conn.Close(websocket.StatusNormalClosure, "")
	for name, e := range map[string]received{"$connect": connected, "message": said, "$disconnect": w.hears("disconnect")} {
		a := e.Context.Authorizer
		if _, ok := a["integrationLatency"].(float64); !ok {
			t.Errorf("%s: integrationLatency is %v, want a number", name, a["integrationLatency"])
		}
		delete(a, "integrationLatency")
		want := map[string]any{"principalId": "t1", "role": "technician", "level": "3", "on": "true"}
		if fmt.Sprint(a) != fmt.Sprint(want) {
			t.Errorf("%s carries %v, want %v", name, a, want)
		}
	}
}

func TestPolicyIsJudgedLikeIAM(t *testing.T) {
	for name, row := range map[string]struct {
		policy string
		want   bool
	}{
		"no statement":           {`{"Statement":[]}`, false},
		"deny wins over allow":   {`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}`, false},
		"a deny elsewhere":       {`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"other"}]}`, true},
		"another action":         {`{"Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}]}`, false},
		"lists":                  {`{"Statement":[{"Effect":"Allow","Action":["s3:*","execute-api:*"],"Resource":["x","` + arn + `"]}]}`, true},
		"an unknown effect":      {`{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}`, false},
		"a dot is no wildcard":   {`{"Statement":[{"Effect":"Allow","Action":"execute.api:Invoke","Resource":"*"}]}`, false},
		"a question mark counts": {`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"` + arn + `?"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := decodeGrant([]byte(`{"principalId":"p","policyDocument":` + row.policy + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := g.Policy.allows(arn); got != row.want {
				t.Errorf("allows = %v, want %v", got, row.want)
			}
		})
	}
}
