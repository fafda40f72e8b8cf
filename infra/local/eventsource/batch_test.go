package eventsource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

// consumer is a function that gets batches. Its behaviour decides on each, from
// the sequence numbers in it; it keeps them as "1 2 3".
type consumer struct {
	batches   []string
	behaviour func(batch string) (lambda.Result, error)
}

func (c *consumer) Invoke(_ context.Context, _ string, payload []byte) (lambda.Result, error) {
	var event struct {
		Records []struct{ Sequence string }
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return lambda.Result{}, err
	}
	var names []string
	for _, r := range event.Records {
		names = append(names, r.Sequence)
	}
	batch := strings.Join(names, " ")
	c.batches = append(c.batches, batch)
	return c.behaviour(batch)
}

// What a consumer may answer.
func takes() (lambda.Result, error) { return lambda.Result{Payload: []byte("null")}, nil }
func fails() (lambda.Result, error) {
	return lambda.Result{Payload: []byte(`{"errorMessage":"no"}`), FunctionError: "Unhandled"}, nil
}
func throttles() (lambda.Result, error) { return lambda.Result{}, lambda.ErrThrottled }
func reports(sequences ...string) (lambda.Result, error) {
	var list []string
	for _, s := range sequences {
		list = append(list, fmt.Sprintf(`{"itemIdentifier":%q}`, s))
	}
	return lambda.Result{Payload: []byte(`{"batchItemFailures":[` + strings.Join(list, ",") + `]}`)}, nil
}

// records makes records with the sequence numbers 1 to n.
func records(n int) []record {
	var list []record
	for i := range n {
		s := fmt.Sprint(i + 1)
		list = append(list, record{sequence: s, created: time.Now(), json: json.RawMessage(`{"Sequence":"` + s + `"}`)})
	}
	return list
}

// deliver delivers four records to a consumer, in a test's own time, and returns
// the log.
func deliver(t *testing.T, s Stream, c *consumer) (log string, took time.Duration) {
	t.Helper()
	var text bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		s.RetryDelay = time.Second
		d := &delivery{Stream: s, invoker: c, log: slog.New(slog.NewTextHandler(&text, nil))}
		began := time.Now()
		d.deliver(t.Context(), records(4))
		took = time.Since(began)
	})
	return text.String(), took
}

// hears fails unless the consumer got exactly these batches.
func (c *consumer) hears(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(c.batches, want) {
		t.Errorf("the function got %q, want %q", c.batches, want)
	}
}

func TestAGoodBatchIsDeliveredOnce(t *testing.T) {
	c := &consumer{behaviour: func(string) (lambda.Result, error) { return takes() }}
	deliver(t, Stream{}, c)
	c.hears(t, "1 2 3 4")
}

func TestABatchThatFailsIsRetriedWithGrowingDelay(t *testing.T) {
	c := &consumer{}
	c.behaviour = func(string) (lambda.Result, error) {
		if len(c.batches) < 4 {
			return fails()
		}
		return takes()
	}
	_, took := deliver(t, Stream{MaxRetries: -1}, c)
	c.hears(t, "1 2 3 4", "1 2 3 4", "1 2 3 4", "1 2 3 4")
	if took != (1+2+4)*time.Second {
		t.Errorf("it took %s, want 7s", took)
	}
}

func TestABatchIsGivenUpAfterItsRetries(t *testing.T) {
	c := &consumer{behaviour: func(string) (lambda.Result, error) { return fails() }}
	log, _ := deliver(t, Stream{MaxRetries: 2}, c)
	c.hears(t, "1 2 3 4", "1 2 3 4", "1 2 3 4")
	if !strings.Contains(log, "records are given up") || !strings.Contains(log, "first=1 count=4") {
		t.Errorf("the log is %s", log)
	}
}

func TestAThrottledBatchLosesNoRetry(t *testing.T) {
	c := &consumer{}
	c.behaviour = func(string) (lambda.Result, error) {
		if len(c.batches) < 10 {
			return throttles()
		}
		return takes()
	}
	log, _ := deliver(t, Stream{MaxRetries: 0}, c)
	if len(c.batches) != 10 || strings.Contains(log, "given up") {
		t.Errorf("the function got %d batches; log: %s", len(c.batches), log)
	}
}

func TestATooLargeBatchDoesNotBlockForEver(t *testing.T) {
	c := &consumer{behaviour: func(b string) (lambda.Result, error) {
		if b == "1 2 3 4" {
			return lambda.Result{}, fmt.Errorf("invoke: %w", lambda.ErrTooLarge)
		}
		return takes()
	}}
	deliver(t, Stream{Bisect: true}, c)
	c.hears(t, "1 2 3 4", "1 2", "3 4")
}

func TestBisectingFindsTheBadRecord(t *testing.T) {
	c := &consumer{behaviour: func(b string) (lambda.Result, error) {
		if strings.Contains(b, "3") {
			return fails()
		}
		return takes()
	}}
	log, _ := deliver(t, Stream{Bisect: true, MaxRetries: 1}, c)
	c.hears(t, "1 2 3 4", "1 2", "3 4", "3", "3", "4")
	if !strings.Contains(log, "first=3 count=1") {
		t.Errorf("the log is %s", log)
	}
}

func TestReportedFailuresAreRetriedFromTheFirst(t *testing.T) {
	c := &consumer{}
	c.behaviour = func(string) (lambda.Result, error) {
		if len(c.batches) == 1 {
			return reports("4", "2")
		}
		return reports()
	}
	deliver(t, Stream{ReportFailures: true}, c)
	c.hears(t, "1 2 3 4", "2 3 4")
}

func TestAReportThatNamesNoRecordFailsTheBatch(t *testing.T) {
	for name, payload := range map[string]string{
		"unknown":  `{"batchItemFailures":[{"itemIdentifier":"9"}]}`,
		"empty":    `{"batchItemFailures":[{"itemIdentifier":""}]}`,
		"no JSON":  `nonsense`,
		"no array": `{"batchItemFailures":7}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := &consumer{behaviour: func(string) (lambda.Result, error) {
				return lambda.Result{Payload: []byte(payload)}, nil
			}}
			deliver(t, Stream{ReportFailures: true, MaxRetries: 1}, c)
			c.hears(t, "1 2 3 4", "1 2 3 4")
		})
	}
}

func TestAReportIsIgnoredUnlessAskedFor(t *testing.T) {
	c := &consumer{behaviour: func(string) (lambda.Result, error) { return reports("1") }}
	deliver(t, Stream{}, c)
	c.hears(t, "1 2 3 4")
}

func TestOldRecordsAreGivenUp(t *testing.T) {
	c := &consumer{behaviour: func(string) (lambda.Result, error) { return fails() }}
	log, took := deliver(t, Stream{MaxRetries: -1, MaxAge: 10 * time.Second}, c)
	if !strings.Contains(log, "given up for its age") || took > 20*time.Second {
		t.Errorf("it took %s; log: %s", took, log)
	}
}

func TestFilteredRecordsAreNotSent(t *testing.T) {
	c := &consumer{behaviour: func(string) (lambda.Result, error) { return takes() }}
	filter, err := compileFilter(`{"Sequence":["2","4"]}`)
	if err != nil {
		t.Fatal(err)
	}
	d := &delivery{filters: []pattern{filter}, invoker: c}
	d.deliver(t.Context(), records(4))
	c.hears(t, "2 4")
}

func TestDeliveryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		c := &consumer{behaviour: func(string) (lambda.Result, error) {
			cancel(errors.New("stop"))
			return fails()
		}}
		d := &delivery{Stream: Stream{MaxRetries: -1, RetryDelay: time.Hour}, invoker: c, log: slog.New(slog.DiscardHandler)}
		d.deliver(ctx, records(4))
		c.hears(t, "1 2 3 4")
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"batchItemFailures":[{"itemIdentifier":"3"},{"itemIdentifier":"2"}]}`))
	f.Add([]byte(`{"batchItemFailures":null}`))
	f.Add([]byte(`null`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if done := firstFailure(lambda.Result{Payload: answer}, records(4)); done < 0 || done > 4 {
			t.Errorf("%d of 4 records are done", done)
		}
	})
}
