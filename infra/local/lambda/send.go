package lambda

import (
	"context"
	"fmt"
	"time"
)

const (
	maxQueued = 100 // Event invocations that are not over
	attempts  = 3   // of an Event invocation, as Lambda makes
)

// Send runs a function in the background, as the invocation type Event does. An
// attempt that fails or is throttled is made again, twice at most; a line of the
// output tells of an event that is given up. Send returns ErrNotFound,
// ErrTooLarge over 1 MiB, ErrClosed, or ErrThrottled if 100 events wait already.
func (h *Host) Send(function string, payload []byte) error {
	if len(payload) > maxEvent {
		return fmt.Errorf("send %d bytes to %s: %w", len(payload), function, ErrTooLarge)
	}
	if err := h.enqueue(function); err != nil {
		return fmt.Errorf("send to %s: %w", function, err)
	}
	go func() {
		defer h.running.Done()
		h.deliver(function, payload)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.queued--
	}()
	return nil
}

// enqueue takes a place in the queue and counts the event in h.running.
func (h *Host) enqueue(function string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return ErrClosed
	case h.functions[function] == nil:
		return ErrNotFound
	case h.queued >= maxQueued:
		return ErrThrottled
	}
	h.queued++
	h.running.Add(1)
	return nil
}

// deliver makes the attempts.
func (h *Host) deliver(function string, payload []byte) {
	for attempt := range attempts {
		result, err := h.Invoke(context.Background(), function, payload)
		if err == nil && result.FunctionError == "" {
			return
		}
		if attempt == attempts-1 {
			h.out.line(function, fmt.Appendf(nil, "an event failed %d times and is given up", attempts))
			return
		}
		timer := time.NewTimer(h.o.RetryDelay << attempt)
		select {
		case <-timer.C:
		case <-h.closing:
			timer.Stop()
			return
		}
	}
}
