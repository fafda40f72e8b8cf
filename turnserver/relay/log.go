package relay

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"

	"github.com/parleychat/parley/turnserver/guard"
)

// pionLog takes pion's log lines. Whoever sends us packets decides how many
// there are, and they hold clients' addresses: so only warnings and errors
// are kept, at debug level, and at most one a second.
type pionLog struct {
	log   *slog.Logger
	start time.Time

	next       atomic.Int64 // nanoseconds since start at which a line may go out
	suppressed atomic.Int64
}

const logInterval = time.Second

// NewLogger is called by pion.
func (l *pionLog) NewLogger(string) logging.LeveledLogger { return l }

func (l *pionLog) line(format string, args ...any) {
	now := int64(time.Since(l.start))
	next := l.next.Load()
	if now < next || !l.next.CompareAndSwap(next, now+int64(logInterval)) {
		l.suppressed.Add(1)
		return
	}
	l.log.Debug("pion", "line", fmt.Sprintf(format, args...), "suppressed", l.suppressed.Swap(0))
}

func (l *pionLog) Error(msg string)                  { l.line("%s", msg) }
func (l *pionLog) Errorf(format string, args ...any) { l.line(format, args...) }
func (l *pionLog) Warn(msg string)                   { l.line("%s", msg) }
func (l *pionLog) Warnf(format string, args ...any)  { l.line(format, args...) }
func (l *pionLog) Info(string)                       {}
func (l *pionLog) Infof(string, ...any)              {}
func (l *pionLog) Debug(string)                      {}
func (l *pionLog) Debugf(string, ...any)             {}
func (l *pionLog) Trace(string)                      {}
func (l *pionLog) Tracef(string, ...any)             {}

// slowHandler lets so many lines a second pass, whoever makes them, and says in
// the next line how many it did not. Clients decide how many allocations they
// begin and end.
type slowHandler struct {
	slog.Handler
	rate *lineRate
}

const (
	linesPerSecond = 20
	lineBurst      = 100
)

type lineRate struct {
	mu         sync.Mutex
	meter      guard.Meter // of lines in place of bytes
	suppressed int
}

func newLineRate() *lineRate {
	return &lineRate{meter: guard.NewMeter(linesPerSecond, lineBurst/linesPerSecond*time.Second)}
}

// Handle implements slog.Handler.
func (h *slowHandler) Handle(ctx context.Context, r slog.Record) error {
	suppressed, pass := h.rate.takes(r.Time)
	if !pass {
		return nil
	}
	if suppressed > 0 {
		r.AddAttrs(slog.Int("suppressed", suppressed))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *slowHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &slowHandler{h.Handler.WithAttrs(attrs), h.rate}
}

// WithGroup implements slog.Handler.
func (h *slowHandler) WithGroup(name string) slog.Handler {
	return &slowHandler{h.Handler.WithGroup(name), h.rate}
}

// takes tells whether a line may pass, and how many did not since the last.
func (l *lineRate) takes(now time.Time) (suppressed int, pass bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.meter.Takes(1, now) {
		l.suppressed++
		return 0, false
	}
	suppressed, l.suppressed = l.suppressed, 0
	return suppressed, true
}
