package gateway

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/coder/websocket"
)

var update = flag.Bool("update", false, "rewrite the golden events in testdata")

// TestEventsHaveTheShapeOfTheService compares each kind of event with the one
// in testdata, field by field and in order, and reads it with AWS's own types.
func TestEventsHaveTheShapeOfTheService(t *testing.T) {
	plain := newWorld(t, func(cfg *Config) { cfg.DomainName = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com" })
	plain.dialOnce("")
	golden(t, "connect", plain.hears("connect"), plain.hears("other"))

	guarded := newGuardedWorld(t)
	guarded.answers("authorize", allow("Allow", arn))
	guarded.dialOnce("?token=x&tag=a&tag=b%20c")
	connect, message, disconnect := guarded.hears("connect"), guarded.hears("other"), guarded.hears("disconnect")
	golden(t, "connect-authorised", connect, message)
	golden(t, "message", message, disconnect)
	golden(t, "disconnect", disconnect, connect)

	authorizer := guarded.hears("authorize")
	goldenFile(t, "authorizer", authorizer.Raw)
	var e events.APIGatewayCustomAuthorizerRequestTypeRequest
	if err := json.Unmarshal(authorizer.Raw, &e); err != nil || e.MethodArn != arn || e.QueryStringParameters["tag"] != "b c" {
		t.Errorf("AWS's own type reads %+v, %v", e, err)
	}
}

// dialOnce connects, says one thing and leaves.
func (w *world) dialOnce(query string) {
	w.t.Helper()
	conn, _, err := w.dial(query, &websocket.DialOptions{HTTPHeader: http.Header{
		"Origin": {"https://portal"}, "User-Agent": {"test/1"}, "X-Forwarded-For": {"203.0.113.9"},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	(&client{t: w.t, conn: conn}).says(`{"action":"hello","text":"é<&>"}`)
	conn.Close(4001, "signed out")
}

// golden checks an event, and that its ids are its own.
func golden(t *testing.T, name string, e, another received) {
	t.Helper()
	goldenFile(t, name, e.Raw)
	if e.Context.ConnectionID != another.Context.ConnectionID || e.Context.RequestID == another.Context.RequestID {
		t.Errorf("%s: a connection keeps its id and each event has its own request id", name)
	}
	decoder := json.NewDecoder(bytes.NewReader(e.Raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&events.APIGatewayWebsocketProxyRequest{}); err != nil {
		t.Errorf("%s: AWS's own type cannot hold it: %v", name, err)
	}
}

// volatile are the values that differ from run to run, each with the format
// that they must have.
var volatile = []struct {
	found       *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`("(?:requestId|extendedRequestId|connectionId|messageId)": )"[A-Za-z0-9_-]{15}="`), `$1"<id>"`},
	{regexp.MustCompile(`("requestTime": )"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000"`), `$1"<time>"`},
	{regexp.MustCompile(`("(?:connectedAt|requestTimeEpoch)": )\d{13}\b`), `${1}0`},
	{regexp.MustCompile(`("integrationLatency": )\d+`), `${1}0`},
	{regexp.MustCompile(`Root=1-[0-9a-f]{8}-[0-9a-f]{24}`), `Root=<trace>`},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), `<host>`},
	{regexp.MustCompile(`("X-Forwarded-Port": (?:\[\s*)?)"\d+"`), `$1"<port>"`},
	{regexp.MustCompile(`"[A-Za-z0-9+/]{22}=="`), `"<key>"`},
}

func goldenFile(t *testing.T, name string, raw []byte) {
	t.Helper()
	var indented bytes.Buffer
	if err := json.Indent(&indented, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	got := append(indented.Bytes(), '\n')
	for _, v := range volatile {
		got = v.found.ReplaceAll(got, []byte(v.replacement))
	}
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from %s:\n%s", name, file, got)
	}
}
