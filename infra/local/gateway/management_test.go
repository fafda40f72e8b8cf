package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/coder/websocket"
)

// sdk is a function's own way to the API: the AWS client, unchanged.
type sdk struct {
	t      testing.TB
	client *apigatewaymanagementapi.Client
}

func (w *world) sdk() sdk {
	return sdk{w.t, apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		BaseEndpoint:     aws.String(w.http),
		Region:           "us-east-1",
		Credentials:      credentials.NewStaticCredentialsProvider("key", "secret", ""),
		RetryMaxAttempts: 1,
	})}
}

func (s sdk) posts(id string, data string) error {
	_, err := s.client.PostToConnection(context.Background(),
		&apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(data)})
	return err
}

func (s sdk) deletes(id string) error {
	_, err := s.client.DeleteConnection(context.Background(),
		&apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id})
	return err
}

func (s sdk) asks(id string) (*apigatewaymanagementapi.GetConnectionOutput, error) {
	return s.client.GetConnection(context.Background(),
		&apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

func TestPostReachesTheClient(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	for name, data := range map[string]string{
		"a line": "hello", "nothing": "", "128 KB": strings.Repeat("x", maxPush),
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.sdk().posts(c.id, data); err != nil {
				t.Fatal(err)
			}
			if got := c.gets(); got != data {
				t.Errorf("got %d bytes, want %d", len(got), len(data))
			}
		})
	}
}

func TestLongPushLeavesInFramesOf32KB(t *testing.T) {
	w := newWorld(t, nil)
	conn := w.rawJoin()
	if err := w.sdk().posts(w.gateway.Connections()[0], strings.Repeat("x", 80<<10)); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{32 << 10, 32 << 10, 16 << 10} {
		header, _ := readFrame(t, conn)
		if header.Length != want || header.Fin != (i == 2) {
			t.Errorf("frame %d has %d bytes, final %v", i, header.Length, header.Fin)
		}
	}
}

func TestPostOver128KBIsTooLarge(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	err := w.sdk().posts(c.id, strings.Repeat("x", maxPush+1))
	var tooLarge *types.PayloadTooLargeException
	if !errors.As(err, &tooLarge) || statusOf(err) != http.StatusRequestEntityTooLarge {
		t.Errorf("got %v, want PayloadTooLargeException 413", err)
	}
	c.gotNothing(w)
}

func TestGetDescribesTheConnection(t *testing.T) {
	var now atomic.Int64
	now.Store(time.Date(2024, 2, 9, 18, 11, 43, 0, time.UTC).UnixNano())
	w := newWorld(t, func(cfg *Config) { cfg.Now = func() time.Time { return time.Unix(0, now.Load()) } })
	conn, _, err := w.dial("", &websocket.DialOptions{HTTPHeader: http.Header{"User-Agent": {"test"}}})
	if err != nil {
		t.Fatal(err)
	}
	now.Add(int64(time.Minute))
	(&client{t: t, conn: conn}).says("hello")
	w.hears("other")
	out, err := w.sdk().asks(w.hears("connect").Context.ConnectionID)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.ConnectedAt.Format(time.RFC3339); got != "2024-02-09T18:11:43Z" {
		t.Errorf("connected at %s", got)
	}
	if got := out.LastActiveAt.Format(time.RFC3339); got != "2024-02-09T18:12:43Z" {
		t.Errorf("last active at %s", got)
	}
	if *out.Identity.SourceIp != "127.0.0.1" || *out.Identity.UserAgent != "test" {
		t.Errorf("identity %s %s", *out.Identity.SourceIp, *out.Identity.UserAgent)
	}
}

func TestDeleteClosesTheConnectionAfterWhatWasPosted(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	if err := w.sdk().posts(c.id, "last words"); err != nil {
		t.Fatal(err)
	}
	if err := w.sdk().deletes(c.id); err != nil {
		t.Fatal(err)
	}
	if err := w.sdk().posts(c.id, "too late"); statusOf(err) != http.StatusGone {
		t.Errorf("a post after the delete: %v, want 410", err)
	}
	if got := c.gets(); got != "last words" {
		t.Errorf("got %q", got)
	}
	if code, _ := c.closedWith(); code != websocket.StatusNormalClosure {
		t.Errorf("closed with %d, want 1000", code)
	}
	e := w.hears("disconnect").Context
	if e.DisconnectStatusCode != 1000 || e.DisconnectReason != "Connection Closed Normally" {
		t.Errorf("$disconnect says %d %q", e.DisconnectStatusCode, e.DisconnectReason)
	}
}

func TestUnknownConnectionIsGone(t *testing.T) {
	w := newWorld(t, nil)
	api := w.sdk()
	_, getErr := api.asks("AAAAAAAAAAAAAAA=")
	for name, err := range map[string]error{
		"post": api.posts("AAAAAAAAAAAAAAA=", "x"), "get": getErr, "delete": api.deletes("AAAAAAAAAAAAAAA="),
	} {
		var exception *types.GoneException
		if !errors.As(err, &exception) || statusOf(err) != http.StatusGone {
			t.Errorf("%s: %v, want GoneException 410", name, err)
		}
	}
}

func TestPostDuringConnectIsGone(t *testing.T) {
	w := newWorld(t, nil)
	posted := make(chan error, 1)
	w.when("connect", func(_ context.Context, e received) (Result, error) {
		posted <- w.sdk().posts(e.Context.ConnectionID, "welcome")
		return Result{Payload: []byte(`{"statusCode":200}`)}, nil
	})
	c := w.join()
	if err := <-posted; statusOf(err) != http.StatusGone {
		t.Errorf("a post inside $connect: %v, want 410", err)
	}
	c.gotNothing(w)
}

func TestPostRightAfterTheHandshakeNeverMisses(t *testing.T) {
	w := newWorld(t, nil)
	for range 50 {
		c := w.join()
		if err := w.sdk().posts(c.id, "welcome"); err != nil {
			t.Fatal(err)
		}
		if got := c.gets(); got != "welcome" {
			t.Fatalf("got %q", got)
		}
		c.conn.CloseNow()
	}
}

func TestConnectionPathTakesTheIDEncodedOrPlain(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	for name, path := range map[string]string{
		"plain":         "/@connections/" + c.id,
		"encoded":       "/@connections/" + strings.ReplaceAll(c.id, "=", "%3D"),
		"fully encoded": "/%40connections/" + strings.ReplaceAll(c.id, "=", "%3d"),
	} {
		if status := do(t, "POST", w.http+path); status != http.StatusOK {
			t.Errorf("%s: %d, want 200", name, status)
		}
	}
}

func TestWrongPlaceIsForbidden(t *testing.T) {
	w := newWorld(t, nil)
	c := w.join()
	root := strings.TrimSuffix(w.http, "/local")
	for name, row := range map[string][2]string{
		"another stage":     {"POST", root + "/prod/@connections/" + c.id},
		"no stage":          {"POST", root + "/@connections/" + c.id},
		"another path":      {"POST", w.http + "/connections/" + c.id},
		"the bare resource": {"POST", w.http + "/@connections"},
		"another method":    {"PUT", w.http + "/@connections/" + c.id},
	} {
		if status := do(t, row[0], row[1]); status != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, status)
		}
	}
	api := w.sdk()
	api.client = apigatewaymanagementapi.New(api.client.Options(), func(o *apigatewaymanagementapi.Options) {
		o.BaseEndpoint = aws.String(root + "/prod")
	})
	var exception *types.ForbiddenException
	if err := api.posts(c.id, "x"); !errors.As(err, &exception) {
		t.Errorf("the SDK got %v, want ForbiddenException", err)
	}
}

func do(t *testing.T, method, url string) int {
	t.Helper()
	r, err := http.NewRequest(method, url, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}
