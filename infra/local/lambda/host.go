// Package lambda runs the unmodified bootstrap binaries of Lambda functions
// (provided.al2023) on the developer's machine.
//
// The host speaks the Runtime API to them, one listener and one process to an
// environment, and keeps Lambda's rules: an environment works on one invocation
// at a time and is free only when it asks for the next one; a function that
// exceeds its timeout or its memory is killed; a panic is reported first and
// ends the process afterwards; beyond the reserved concurrency callers are
// throttled.
//
//	host → bootstrap   GET  /2018-06-01/runtime/invocation/next
//	bootstrap → host   POST /2018-06-01/runtime/invocation/{id}/response
//	bootstrap → host   POST /2018-06-01/runtime/invocation/{id}/error
//	bootstrap → host   POST /2018-06-01/runtime/init/error
//
// The Host is also an http.Handler with Lambda's Invoke API, and Remote is a
// client of that API, so that functions can run elsewhere. The package needs a
// Unix system: it works with process groups.
package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
)

// The faults of an invocation that never reached the function. Those that the
// function itself makes are in Result.FunctionError.
var (
	// ErrNotFound says that there is no such function (404
	// ResourceNotFoundException).
	ErrNotFound = errors.New("there is no such function")

	// ErrThrottled says that all environments are busy (429
	// TooManyRequestsException). A retry helps.
	ErrThrottled = errors.New("too many invocations at once")

	// ErrTooLarge says that a payload exceeds MaxPayload (413
	// RequestTooLargeException).
	ErrTooLarge = errors.New("the payload is too large")

	// ErrClosed says that the host is closed.
	ErrClosed = errors.New("the Lambda host is closed")
)

// MaxPayload is the largest payload of an invocation, in bytes.
const MaxPayload = 6 << 20

// Function is a function that the host runs.
type Function struct {
	Name     string
	Path     string            // the bootstrap binary
	Timeout  time.Duration     // of one invocation; 3 s if 0
	MemoryMB int               // resident memory at which the process is killed; 128 if 0
	Reserved int               // most invocations at once; 0: only the host's bound holds
	Env      map[string]string // variables, which win over those that Lambda sets
}

// Result is a function's answer.
type Result struct {
	Payload []byte

	// FunctionError is "Unhandled" if the function failed; the payload is then
	// {"errorMessage":…,"errorType":…}. Otherwise it is empty.
	FunctionError string
}

// Options configure a Host.
type Options struct {
	Functions []Function

	// Output gets the lines that functions write, each after the function's
	// name. The host writes one line at a time. Nil discards them.
	Output io.Writer

	// MaxEnvironments bounds the processes of all functions; 50 if 0. It is
	// also the account's concurrency.
	MaxEnvironments int

	// Freeze stops an environment's processes between invocations, as Lambda
	// does, to show what a function wrongly does in the background.
	Freeze bool

	// InitTimeout bounds the time from the start of a process until it asks for
	// its first invocation; Lambda's 10 s if 0.
	InitTimeout time.Duration

	// RetryDelay is how long a failed Event invocation waits before its first
	// retry, and twice as long before the second; Lambda's minute if 0.
	RetryDelay time.Duration
}

// Host runs functions. Its methods may be called at the same time.
type Host struct {
	o       Options
	out     *output
	closing chan struct{}
	running sync.WaitGroup // invocations and environments

	mu           sync.Mutex
	functions    map[string]*pool
	live         int // environments of all functions, idle ones included
	queued       int // Event invocations that are not over
	closed       bool
	environments map[*environment]bool
}

// pool holds the environments of one function.
type pool struct {
	Function
	busy int
	idle []*environment // the one that was used last is at the end
}

// New returns a host. It starts processes only when functions are invoked.
func New(o Options) *Host {
	o.MaxEnvironments = orDefault(o.MaxEnvironments, 50)
	o.InitTimeout = orDefault(o.InitTimeout, 10*time.Second)
	o.RetryDelay = orDefault(o.RetryDelay, time.Minute)
	if o.Output == nil {
		o.Output = io.Discard
	}
	h := &Host{
		o: o, out: &output{w: o.Output}, closing: make(chan struct{}),
		functions: map[string]*pool{}, environments: map[*environment]bool{},
	}
	for _, f := range o.Functions {
		f.Timeout = orDefault(f.Timeout, 3*time.Second)
		f.MemoryMB = orDefault(f.MemoryMB, 128)
		h.functions[f.Name] = &pool{Function: f}
	}
	return h
}

// orDefault gives v, or a default in place of its zero value.
func orDefault[T comparable](v, otherwise T) T {
	if v == *new(T) {
		return otherwise
	}
	return v
}

// Invoke runs a function once and waits for its answer. What goes wrong inside
// the function is in the result; the error is ErrNotFound, ErrThrottled,
// ErrTooLarge, ErrClosed, says that the binary does not start, or is the
// context's. When the context ends first, the function goes on, as on AWS.
func (h *Host) Invoke(ctx context.Context, function string, payload []byte) (Result, error) {
	o, err := h.invoke(ctx, function, uuid.NewString(), payload)
	return o.Result, err
}

// outcome is how an invocation went.
type outcome struct {
	Result
	tail []byte // the end of its log
}

func (h *Host) invoke(ctx context.Context, function, id string, payload []byte) (outcome, error) {
	if len(payload) > MaxPayload {
		return outcome{}, fmt.Errorf("invoke %s with %d bytes: %w", function, len(payload), ErrTooLarge)
	}
	p, e, err := h.acquire(function)
	if err != nil {
		return outcome{}, fmt.Errorf("invoke %s: %w", function, err)
	}
	type ending struct {
		outcome
		err error
	}
	done := make(chan ending, 1)
	go func() {
		defer h.running.Done()
		o, err := h.run(p, e, &invocation{id: id, payload: payload, traceID: newTraceID()})
		done <- ending{o, err}
	}()
	select {
	case end := <-done:
		return end.outcome, end.err
	case <-ctx.Done():
		return outcome{}, fmt.Errorf("invoke %s: %w", function, ctx.Err())
	}
}

// acquire takes a place for one invocation: an idle environment, or nil and the
// right to start one. It counts the invocation in h.running.
func (h *Host) acquire(function string) (*pool, *environment, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.functions[function]
	switch {
	case h.closed:
		return nil, nil, ErrClosed
	case !ok:
		return nil, nil, ErrNotFound
	case p.Reserved > 0 && p.busy >= p.Reserved:
		return nil, nil, ErrThrottled
	}
	e := h.takeIdle(p)
	if e == nil {
		if h.live >= h.o.MaxEnvironments && !h.evict() {
			return nil, nil, ErrThrottled
		}
		h.live++
	}
	p.busy++
	h.running.Add(1)
	return p, e, nil
}

// takeIdle takes the idle environment that was used last, if any still lives.
func (h *Host) takeIdle(p *pool) *environment {
	for len(p.idle) > 0 {
		e := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if e.alive() {
			return e
		}
		h.live--
	}
	return nil
}

// evict ends an idle environment of any function, to make room for another.
func (h *Host) evict() bool {
	for _, p := range h.functions {
		if len(p.idle) > 0 {
			p.idle[0].kill()
			p.idle = p.idle[1:]
			h.live--
			return true
		}
	}
	return false
}

// run executes one invocation in e, or in a new environment if e is nil, and
// gives the environment back.
func (h *Host) run(p *pool, e *environment, inv *invocation) (outcome, error) {
	var failure *Result
	var err error
	if e == nil {
		e, failure, err = h.start(p.Function, inv)
	}
	var o outcome
	switch {
	case err != nil:
	case failure != nil:
		o = outcome{Result: *failure, tail: e.logs.tail()}
	default:
		o = e.run(inv)
	}
	h.release(p, e)
	return o, err
}

// release gives an environment back. It is nil if it never started.
func (h *Host) release(p *pool, e *environment) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p.busy--
	if e != nil && e.alive() && !h.closed {
		p.idle = append(p.idle, e)
		return
	}
	h.live--
}

// Close ends all environments and waits until no process is left. Invocations
// under way fail. It takes well under a second.
func (h *Host) Close() error {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
	for e := range h.environments {
		e.kill()
	}
	h.mu.Unlock()
	h.running.Wait()
	return nil
}
