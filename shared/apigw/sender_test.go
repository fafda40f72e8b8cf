package apigw_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/parleychat/parley/shared/apigw"
	"github.com/parleychat/parley/shared/fanout"
)

// answer is one answer of the management API.
type answer struct {
	status int
	kind   string // The error type header; often missing.
}

// gateway is a management API that gives these answers, one after the other.
type gateway struct {
	answers []answer
	paths   []string
	bodies  []string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.paths, g.bodies = append(g.paths, r.Method+" "+r.URL.EscapedPath()), append(g.bodies, string(body))
	a := g.answers[min(len(g.paths), len(g.answers))-1]
	if a.kind != "" {
		w.Header().Set("X-Amzn-ErrorType", a.kind)
	}
	w.WriteHeader(a.status)
}

// post sends a frame to a connection of the gateway through the real SDK,
// which waits for nothing between its tries.
func (g *gateway) post(t *testing.T, ctx context.Context) error {
	t.Helper()
	server := httptest.NewServer(g)
	defer server.Close()
	config := aws.Config{
		Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		},
	}
	return apigw.New(config, server.URL+"/live").Send(ctx, "L0SM9cOFvHcCIhw=", []byte(`{"push":"message.posted"}`))
}

func TestAFrameIsPostedToItsConnection(t *testing.T) {
	g := &gateway{answers: []answer{{status: 200}}}
	if err := g.post(t, t.Context()); err != nil {
		t.Fatal(err)
	}
	if g.paths[0] != "POST /live/@connections/L0SM9cOFvHcCIhw%3D" && g.paths[0] != "POST /live/%40connections/L0SM9cOFvHcCIhw%3D" {
		t.Errorf("posted as %s", g.paths[0])
	}
	if g.bodies[0] != `{"push":"message.posted"}` {
		t.Errorf("posted %s", g.bodies[0])
	}
}

// The SDK's own backoff is half a second at first, on average.
func TestAThrottledFrameIsTriedAgainWithinThePatienceOfAPush(t *testing.T) {
	const frames = 20
	start := time.Now()
	for range frames {
		g := &gateway{answers: []answer{{429, "LimitExceededException"}, {429, "LimitExceededException"}, {status: 200}}}
		server := httptest.NewServer(g)
		config := aws.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", "")}
		if err := apigw.New(config, server.URL+"/live").Send(t.Context(), "c", []byte(`{}`)); err != nil {
			t.Error(err)
		}
		server.Close()
	}
	if took := time.Since(start); took > frames*fanout.Patience {
		t.Errorf("%d frames took %v", frames, took)
	}
}

func TestWhatTheAnswersMean(t *testing.T) {
	for what, test := range map[string]struct {
		answers []answer
		fails   bool
		gone    bool
		tries   int
	}{
		"gone":                       {[]answer{{410, "GoneException"}}, true, true, 1},
		"gone, with a longer name":   {[]answer{{410, "GoneException:http://internal.amazon.com/"}}, true, true, 1},
		"gone, and no word about it": {[]answer{{410, ""}}, true, true, 1},
		"not ours":                   {[]answer{{403, "ForbiddenException"}}, true, false, 1},
		"no such connection id":      {[]answer{{400, "BadRequestException"}}, true, false, 1},
		"too large":                  {[]answer{{413, "PayloadTooLargeException"}}, true, false, 1},
		"throttled once":             {[]answer{{429, "LimitExceededException"}, {200, ""}}, false, false, 2},
		"throttled, then gone":       {[]answer{{429, "LimitExceededException"}, {410, ""}}, true, true, 2},
		"broken twice":               {[]answer{{500, ""}, {503, ""}, {200, ""}}, false, false, 3},
		"broken for good":            {[]answer{{500, ""}}, true, false, 3},
		// Never seen; it would cost a push, which costs nothing but time.
		"throttled, and no word about it": {[]answer{{429, ""}, {200, ""}}, true, false, 1},
	} {
		g := &gateway{answers: test.answers}
		err := g.post(t, t.Context())
		if (err != nil) != test.fails || errors.Is(err, fanout.ErrGone) != test.gone || len(g.paths) != test.tries {
			t.Errorf("%s: after %d tries: %v", what, len(g.paths), err)
		}
	}
}

func TestSendingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := &gateway{answers: []answer{{status: 200}}}
	if err := g.post(t, ctx); !errors.Is(err, context.Canceled) || errors.Is(err, fanout.ErrGone) || len(g.paths) != 0 {
		t.Errorf("after %d tries: %v", len(g.paths), err)
	}
}
