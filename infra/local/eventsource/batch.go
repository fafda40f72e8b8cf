package eventsource

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

// maxRetryDelay bounds the wait between attempts, which doubles each time.
const maxRetryDelay = time.Minute

// delivery brings records to a function.
type delivery struct {
	Stream
	filters []pattern
	invoker Invoker
	log     *slog.Logger
}

// batch is a run of records that the function gets at once.
type batch struct {
	records []record
	retries int // those already made
}

// deliver brings records to the function in their order, and returns when all
// are taken or given up, or the context ends.
func (d *delivery) deliver(ctx context.Context, records []record) {
	records = slices.DeleteFunc(records, func(r record) bool { return !r.passes(d.filters) })
	queue := []batch{{records: records}}
	for len(queue) > 0 {
		b := queue[0]
		b.records = slices.DeleteFunc(slices.Clone(b.records), d.tooOld)
		if len(b.records) == 0 {
			queue = queue[1:]
			continue
		}
		done, ran := d.attempt(ctx, b.records)
		if ctx.Err() != nil {
			return
		}
		after, delay := d.next(b, done, ran)
		queue = append(after, queue[1:]...)
		if delay > 0 && !wait(ctx, delay) {
			return
		}
	}
}

// next decides what becomes of a batch of which the first records are done: the
// rest as one batch, as two halves, or nothing, and how long to wait first.
func (d *delivery) next(b batch, done int, ran bool) (after []batch, delay time.Duration) {
	rest := b.records[done:]
	switch {
	case len(rest) == 0:
		return nil, 0
	case !ran: // throttled or not there; this is no retry
		return []batch{{rest, b.retries}}, d.backoff(b.retries)
	case done > 0: // the function went forward, so its retries start again
		return []batch{{rest, 0}}, d.backoff(0)
	case d.Bisect && len(rest) > 1:
		half := len(rest) / 2
		return []batch{{rest[:half], b.retries}, {rest[half:], b.retries}}, d.backoff(b.retries)
	case d.MaxRetries >= 0 && b.retries >= d.MaxRetries:
		d.log.Error("records are given up", "function", d.Function, "retries", b.retries,
			"first", rest[0].sequence, "count", len(rest))
		return nil, 0
	default:
		return []batch{{rest, b.retries + 1}}, d.backoff(b.retries)
	}
}

// backoff is the wait before the retry that follows n others.
func (d *delivery) backoff(n int) time.Duration {
	return min(d.RetryDelay<<min(n, 20), max(maxRetryDelay, d.RetryDelay))
}

// attempt calls the function once. It tells how many records are done, and
// whether the function ran or cannot run with this batch.
func (d *delivery) attempt(ctx context.Context, records []record) (done int, ran bool) {
	event, err := payload(records)
	if err != nil {
		d.log.Error("records cannot be sent", "function", d.Function, "error", err)
		return 0, true
	}
	result, err := d.invoker.Invoke(ctx, d.Function, event)
	if err != nil || result.FunctionError != "" {
		if ctx.Err() == nil {
			report(d.log, d.Function, result, err)
		}
		return 0, err == nil || errors.Is(err, lambda.ErrTooLarge)
	}
	if !d.ReportFailures {
		return len(records), true
	}
	return firstFailure(result, records), true
}

// firstFailure is the index of the first record that the function reported as
// failed; all after it are sent again. An answer that cannot be understood fails
// the whole batch, as on AWS.
func firstFailure(result lambda.Result, records []record) int {
	var answer struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if len(result.Payload) == 0 {
		return len(records)
	}
	if err := json.Unmarshal(result.Payload, &answer); err != nil {
		return 0
	}
	first := len(records)
	for _, failure := range answer.BatchItemFailures {
		i := slices.IndexFunc(records, func(r record) bool { return r.sequence == failure.ItemIdentifier })
		if i < 0 {
			return 0
		}
		first = min(first, i)
	}
	return first
}

// tooOld tells whether a record has passed the mapping's maximum age.
func (d *delivery) tooOld(r record) bool {
	if d.MaxAge <= 0 || time.Since(r.created) <= d.MaxAge {
		return false
	}
	d.log.Error("a record is given up for its age", "function", d.Function, "record", r.sequence)
	return true
}
