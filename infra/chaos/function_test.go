package chaos

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parleychat/parley/shared/apigw"
	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/settings"
)

// lifetime is the timeout of the functions in template.yaml.
const lifetime = 10 * time.Second

// environment is one of a function's: it remembers sessions, and works on one
// event at a time.
type environment struct {
	name   string
	handle func(context.Context, events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error)
	works  *invocation
}

// invocation is an environment at work on an event.
type invocation struct {
	name   string
	in     *environment
	to     *connection
	began  int // The step.
	at     time.Time
	ctx    context.Context
	cancel func()
	dead   bool
	answer events.APIGatewayProxyResponse
	err    error
}

// call is one call of a function to the outside, which waits for the scheduler.
type call struct {
	by     *invocation
	target string // The operation of DynamoDB, or the connection that is posted to.
	post   bool   // To a connection.
	header http.Header
	body   []byte
	ctx    context.Context
	done   chan verdict
}

// verdict is how a call ends.
type verdict struct {
	response *http.Response
	err      error
}

// lambda is the service: its functions' environments and their calls.
type lambda struct {
	mu       sync.Mutex
	calls    []*call
	finished []*invocation
	idle     map[string][]*environment
	working  []*invocation
	made     int
}

// steadily is a pause between the tries of a call that is no different the next
// time the seed is played.
func steadily(attempt int, _ error) (time.Duration, error) {
	return time.Duration(attempt) * 30 * time.Millisecond, nil
}

func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.Backoff = retry.BackoffDelayerFunc(steadily) })
}

// environment makes a cold one of a function, wired as its main does.
func (w *world) environment(function string) *environment {
	w.lambda.made++
	e := &environment{name: fmt.Sprintf("%s%d", function, w.lambda.made)}
	client := &outside{w, e}
	keys := credentials.NewStaticCredentialsProvider("local", "local", "")
	endpoint := "http://dynamodb.local"
	t := dynamo.Table{Name: tableName, Now: time.Now, Client: sdk.New(sdk.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", Credentials: keys, HTTPClient: client, Retryer: retryer(),
	})}
	log := slog.New(slog.DiscardHandler)
	sender := apigw.New(aws.Config{Region: "us-east-1", Credentials: keys, HTTPClient: client, Retryer: retryer}, "http://gateway.local/live")
	fan := fanout.Fan{Directory: dynamo.Audiences{Table: t}, Sender: sender, Log: log}
	sessions, presence := dynamo.NewSessions(t), dynamo.Presence{Table: t}
	rights := &directory.Recent{Store: dynamo.Directory{Table: t}, Settings: dynamo.Settings{Table: t}, Now: time.Now}
	frames := handler.Frames{Fan: fan, Rights: rights, Log: log, Now: time.Now}
	switch function {
	case "message":
		frames.Commands = handler.Message(sessions, &settings.Recent{Store: dynamo.Settings{Table: t}, Now: time.Now})
	case "session":
		frames.Commands = handler.Session(sessions, presence, dynamo.Settings{Table: t}, dynamo.Tickets{Table: t}, rights)
	case "presence":
		frames.Commands = handler.Presence(presence, sessions, rights)
	}
	e.handle = frames.Handle
	if function == "connect" {
		e.handle = handler.Connections{Frames: frames, Sessions: sessions, Presence: presence}.Handle
	}
	return e
}

// invoke hands an event to an idle environment, or to a cold one.
func (w *world) invoke(function string, from *connection, event events.APIGatewayWebsocketProxyRequest) {
	idle := w.lambda.idle[function]
	var e *environment
	if n := w.IntN(len(idle) + 1); n < len(idle) && w.IntN(10) > 0 {
		e = idle[n]
		w.lambda.idle[function] = slices.Delete(idle, n, n+1)
	} else {
		e = w.environment(function)
	}
	w.invoked++
	i := &invocation{name: fmt.Sprintf("%s/%d", e.name, w.invoked), in: e, to: from, began: w.step, at: time.Now()}
	i.ctx, i.cancel = context.WithCancel(context.Background())
	e.works = i
	w.lambda.working = append(w.lambda.working, i)
	w.notef("%s begins for %s", i.name, from.name)
	go func() {
		i.answer, i.err = e.handle(i.ctx, event)
		w.lambda.mu.Lock()
		defer w.lambda.mu.Unlock()
		w.lambda.finished = append(w.lambda.finished, i)
	}()
}

// outside is an environment's way to DynamoDB and the gateway.
type outside struct {
	w *world
	e *environment
}

// Do waits for the scheduler to decide what becomes of a request.
func (o *outside) Do(r *http.Request) (*http.Response, error) {
	i := o.e.works
	c := &call{by: i, header: r.Header, ctx: r.Context(), done: make(chan verdict, 1)}
	var err error
	if r.Body != nil {
		if c.body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	if _, c.target, c.post = strings.Cut(r.URL.Path, "/@connections/"); !c.post {
		_, c.target, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	}
	o.w.lambda.mu.Lock()
	o.w.lambda.calls = append(o.w.lambda.calls, c)
	o.w.lambda.mu.Unlock()
	select {
	case v := <-c.done:
		return v.response, v.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// settle lets everything run until it waits for the scheduler, and takes the
// answers of the invocations that are done.
func (w *world) settle() {
	synctest.Wait()
	l := &w.lambda
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = slices.DeleteFunc(l.calls, func(c *call) bool { return c.ctx.Err() != nil })
	slices.SortStableFunc(l.calls, func(a, b *call) int {
		if a.by != b.by {
			return cmp.Compare(a.by.began, b.by.began)
		}
		return cmp.Or(strings.Compare(a.target, b.target), bytes.Compare(a.sorted(), b.sorted()))
	})
	slices.SortFunc(l.finished, func(a, b *invocation) int { return cmp.Compare(a.began, b.began) })
	for _, i := range l.finished {
		w.answered(i)
	}
	l.finished = nil
}

// waiting are the calls that wait for the scheduler.
func (l *lambda) waiting() []*call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

// takes lets a call wait no longer.
func (l *lambda) takes(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = slices.DeleteFunc(l.calls, func(other *call) bool { return other == c })
}

// sorted is the body with its names in order, which the SDK writes in any.
func (c *call) sorted() []byte {
	var body any
	if json.Unmarshal(c.body, &body) != nil {
		return c.body
	}
	text, err := json.Marshal(body)
	if err != nil {
		return c.body
	}
	return text
}

// answered takes the answer of an invocation to its client.
func (w *world) answered(i *invocation) {
	i.in.works = nil
	i.cancel()
	w.lambda.working = slices.DeleteFunc(w.lambda.working, func(other *invocation) bool { return other == i })
	if i.dead {
		return
	}
	function := strings.TrimRight(i.in.name, "0123456789")
	w.lambda.idle[function] = append(w.lambda.idle[function], i.in)
	if i.err == nil && i.answer.Body != "" {
		w.mindReply(i)
		i.to.down = append(i.to.down, downward{text: i.answer.Body})
		w.notef("%s answers %s", i.name, brief(i.answer.Body))
	}
}

// kill ends an environment in the middle of its work.
func (w *world) kill(i *invocation, how string) {
	if i.dead {
		return
	}
	w.notef("%s dies %s", i.name, how)
	w.tally.faults["kill"]++
	i.dead = true
	i.cancel()
}

// expire kills the invocations that have reached their timeout.
func (w *world) expire() {
	for _, i := range slices.Clone(w.lambda.working) {
		if time.Since(i.at) >= lifetime {
			w.kill(i, "at its timeout")
		}
	}
	w.settle()
}

// forget throws away the memory of all that is idle.
func (w *world) forget() {
	clear(w.lambda.idle)
	w.notef("all idle environments are gone")
}

func brief(text string) string {
	if len(text) > 160 {
		return text[:160] + "…"
	}
	return text
}
