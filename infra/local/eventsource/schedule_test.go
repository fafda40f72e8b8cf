package eventsource_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleychat/parley/infra/local/eventsource"
	"github.com/parleychat/parley/infra/local/lambda"
)

// function is a Lambda function of a test. It keeps the events it gets and
// answers with what answer gives.
type function struct {
	mu     sync.Mutex
	events []string
	answer func(event string) (lambda.Result, error)
}

func (f *function) Invoke(_ context.Context, _ string, payload []byte) (lambda.Result, error) {
	f.mu.Lock()
	f.events = append(f.events, string(payload))
	f.mu.Unlock()
	if f.answer == nil {
		return lambda.Result{Payload: []byte("null")}, nil
	}
	return f.answer(string(payload))
}

func (f *function) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.events...)
}

// quiet drops the log.
var quiet = slog.New(slog.DiscardHandler)

// run runs a schedule for a while of a test's own time.
func run(t *testing.T, s eventsource.Schedule, f *function, while time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		s.Run(ctx, f, quiet)
		close(ended)
	}()
	<-time.After(while)
	synctest.Wait()
	cancel()
	<-ended
}

func TestAScheduleCallsAtItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &function{}
		run(t, eventsource.Schedule{Function: "Sweep", Every: time.Minute}, f, 5*time.Minute+time.Second)
		if got := len(f.heard()); got != 5 {
			t.Errorf("the function was called %d times in five minutes", got)
		}
	})
}

func TestAScheduleNeverCallsTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		f := &function{answer: func(string) (lambda.Result, error) {
			if !mu.TryLock() {
				t.Error("two calls at once")
				return lambda.Result{}, nil
			}
			defer mu.Unlock()
			<-time.After(150 * time.Second)
			return lambda.Result{}, nil
		}}
		run(t, eventsource.Schedule{Function: "Sweep", Every: time.Minute}, f, 10*time.Minute+time.Second)
		// At 1:00, 4:00, 7:00 and 10:00.
		if got := len(f.heard()); got != 4 {
			t.Errorf("the function was called %d times, want 4", got)
		}
	})
}

func TestAScheduleOutlivesFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &function{}
		f.answer = func(string) (lambda.Result, error) {
			if len(f.heard()) == 1 {
				return lambda.Result{}, errors.New("no binary")
			}
			return lambda.Result{Payload: []byte(`{"errorMessage":"no"}`), FunctionError: "Unhandled"}, nil
		}
		run(t, eventsource.Schedule{Function: "Sweep", Every: time.Minute}, f, 3*time.Minute+time.Second)
		if got := len(f.heard()); got != 3 {
			t.Errorf("the function was called %d times, want 3", got)
		}
	})
}

func TestTheScheduledEventIsEventBridges(t *testing.T) {
	tests := map[string]struct {
		schedule eventsource.Schedule
		want     string
	}{
		"rule": {
			eventsource.Schedule{ARN: "arn:aws:events:us-east-1:000000000000:rule/minute"},
			`{"version":"0","id":"ID","detail-type":"Scheduled Event","source":"aws.events","account":"000000000000",` +
				`"time":"2000-01-01T00:01:00Z","region":"us-east-1","resources":["arn:aws:events:us-east-1:000000000000:rule/minute"],"detail":{}}`,
		},
		"schedule": {
			eventsource.Schedule{ARN: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/minute", V2: true},
			`{"version":"0","id":"ID","detail-type":"Scheduled Event","source":"aws.scheduler","account":"000000000000",` +
				`"time":"2000-01-01T00:01:00Z","region":"us-east-1","resources":["arn:aws:scheduler:us-east-1:000000000000:schedule/default/minute"],"detail":"{}"}`,
		},
		"own input": {eventsource.Schedule{Input: `{"job":"sweep"}`}, `{"job":"sweep"}`},
	}
	id := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &function{}
				test.schedule.Every = time.Minute
				run(t, test.schedule, f, 61*time.Second)
				events := f.heard()
				if len(events) != 1 || id.ReplaceAllString(events[0], "ID") != test.want {
					t.Errorf("events are %s, want %s", events, test.want)
				}
				if !json.Valid([]byte(events[0])) {
					t.Error("the event is no JSON")
				}
			})
		})
	}
}
