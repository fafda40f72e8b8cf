// Package fault is the vocabulary of failures that a client may see: a code
// and one plain sentence.
//
// Every other error stays inside: [Public] turns it into internal with a bland
// sentence, and only the log line has its text.
package fault

import (
	"errors"
	"fmt"
)

// Code says what kind of failure it is. It is part of the wire.
type Code string

// The codes. Retrying helps only where [Code.Retryable] says so.
const (
	Invalid         Code = "invalid"         // The request cannot be understood or breaks a stated limit.
	Unauthenticated Code = "unauthenticated" // Nobody knows who is asking.
	Forbidden       Code = "forbidden"       // The asker may know of the thing, but not do this to it.
	NotFound        Code = "not_found"       // There is no such thing, or the asker may not know of it.
	Conflict        Code = "conflict"        // The state does not allow it, or somebody else was first.
	TooLarge        Code = "too_large"       // More bytes than the limit.
	RateLimited     Code = "rate_limited"    // Too many requests; later it works.
	Unavailable     Code = "unavailable"     // A part of the service does not answer; later it works.
	Internal        Code = "internal"        // Our fault; the sentence says nothing more.
)

// Retryable reports whether the same request may succeed later without any
// change to it.
func (c Code) Retryable() bool {
	return c == RateLimited || c == Unavailable || c == Internal
}

// Error is a failure that a client may see.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Cause   error  `json:"-"` // For the log only.
}

// New returns a fault with a formatted sentence.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Error returns the code, the sentence and the cause, for logs.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s (%v)", e.Code, e.Message, e.Cause)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Because returns a copy of e with its cause.
func (e *Error) Because(cause error) *Error {
	with := *e
	with.Cause = cause
	return &with
}

// Is reports whether err is a fault with this code.
func Is(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// Public returns what a client may see of err: the fault itself, or internal
// with a sentence that tells nothing.
func Public(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(Internal, "Something went wrong on our side. Please try again.").Because(err)
}
