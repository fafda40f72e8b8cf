// Package eventsource calls functions without a client: at the rate of a
// schedule, and with the changes on a table's stream.
//
// A Schedule is a rule of EventBridge, or a schedule of EventBridge Scheduler. A
// Stream is an event source mapping of Lambda: it reads every shard in order,
// filters, makes batches, and keeps at a batch that fails until the function
// takes it, the batch has been cut down to the record that is to blame, or its
// retries are used up. It remembers its place only as long as it runs.
package eventsource

import (
	"context"
	"log/slog"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

// Invoker runs functions: a lambda.Host or a lambda.Client.
type Invoker interface {
	// Invoke runs a function once and waits for its answer. What the function
	// does wrong is in the result; the error says why it did not run.
	Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error)
}

// The local twin's account, as it stands in events.
const (
	region  = "us-east-1"
	account = "000000000000"
)

// wait returns after a delay, or with false when the context ends first.
func wait(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// report logs an invocation that did not succeed.
func report(log *slog.Logger, function string, result lambda.Result, err error) {
	if err != nil {
		log.Warn("function did not run", "function", function, "error", err)
		return
	}
	log.Warn("function failed", "function", function, "answer", string(result.Payload))
}
