package relay

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
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
