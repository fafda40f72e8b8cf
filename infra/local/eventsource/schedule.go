package eventsource

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// Schedule calls a function at a fixed rate.
type Schedule struct {
	Function string
	ARN      string        // of the rule or schedule, which the event names
	Every    time.Duration // 1 minute or more on AWS
	Input    string        // JSON that the function gets instead of the event
	V2       bool          // a schedule of EventBridge Scheduler, not a rule
}

// Run calls the function after every interval until the context ends. It waits
// for the answer: what falls due during a call is left out, so that there
// are never two calls at once.
func (s Schedule) Run(ctx context.Context, invoker Invoker, log *slog.Logger) {
	ticker := time.NewTicker(s.Every)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			result, err := invoker.Invoke(ctx, s.Function, s.event(now))
			if ctx.Err() != nil {
				return
			}
			if err != nil || result.FunctionError != "" {
				report(log, s.Function, result, err)
			}
			select {
			case <-ticker.C: // it came during the call
			default:
			}
		case <-ctx.Done():
			return
		}
	}
}

// event is the payload of one call. A rule's detail is an object, a schedule's
// the text "{}".
func (s Schedule) event(now time.Time) []byte {
	if s.Input != "" {
		return []byte(s.Input)
	}
	e := scheduledEvent{
		Version: "0", ID: uuid.NewString(), DetailType: "Scheduled Event", Source: "aws.events",
		Account: account, Time: now.UTC().Format(time.RFC3339), Region: region,
		Resources: []string{s.ARN}, Detail: struct{}{},
	}
	if s.V2 {
		e.Source, e.Detail = "aws.scheduler", "{}"
	}
	text, err := json.Marshal(e)
	if err != nil {
		return []byte(`{}`) // texts always have a JSON form
	}
	return text
}

// scheduledEvent is what EventBridge sends.
type scheduledEvent struct {
	Version    string   `json:"version"`
	ID         string   `json:"id"`
	DetailType string   `json:"detail-type"`
	Source     string   `json:"source"`
	Account    string   `json:"account"`
	Time       string   `json:"time"`
	Region     string   `json:"region"`
	Resources  []string `json:"resources"`
	Detail     any      `json:"detail"`
}
