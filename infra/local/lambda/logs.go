package lambda

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	maxLine  = 64 << 10 // a longer line is cut into several
	pipeSize = 64 << 10 // what a pipe holds at most
	maxTail  = 4 << 10  // what X-Amz-Log-Result carries at most
)

// output is where all functions write. Lines do not mix.
type output struct {
	mu sync.Mutex
	w  io.Writer
}

// line writes one line after a function's name.
func (o *output) line(name string, text []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = fmt.Fprintf(o.w, "%s: %s\n", name, text) // nobody is there to hear of a failure
}

// logs carries what one process writes to the output, and keeps the tail of the
// present invocation. The host holds the reading end of the pipe itself, so that
// it can empty it at the end of an invocation: a line that the function wrote
// before its answer comes before the answer.
type logs struct {
	name     string
	out      *output
	pipe     *os.File // reading end
	write    *os.File // writing end, for the process
	drains   chan chan struct{}
	done     chan struct{} // closed when the pipe has ended
	finished atomic.Bool   // the process is gone

	partial []byte // the line that is not finished; owned by the reading goroutine

	mu   sync.Mutex
	last []byte // the tail
}

func newLogs(name string, out *output) (*logs, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe for the log: %w", err)
	}
	return &logs{name: name, out: out, pipe: r, write: w, drains: make(chan chan struct{}, 1), done: make(chan struct{})}, nil
}

// abandon closes the pipe of a process that did not start.
func (l *logs) abandon() error { return errors.Join(l.pipe.Close(), l.write.Close()) }

// read starts to read what the process writes. Only the process holds the
// writing end from now on.
func (l *logs) read() {
	_ = l.write.Close()
	go func() {
		defer close(l.done)
		buffer := make([]byte, 16<<10)
		for {
			n, err := l.pipe.Read(buffer)
			l.add(buffer[:n])
			switch {
			case errors.Is(err, os.ErrDeadlineExceeded):
				l.rest(buffer)
				if l.finished.Load() {
					l.flush()
					return
				}
				close(<-l.drains)
			case err != nil:
				l.flush()
				return
			}
		}
	}()
}

// drain returns when everything that the process has written so far has been
// read. An expired deadline gets the reading goroutine out of its wait.
func (l *logs) drain() {
	drained := make(chan struct{})
	l.drains <- drained
	_ = l.pipe.SetReadDeadline(time.Unix(1, 0))
	select {
	case <-drained:
	case <-l.done:
	}
}

// rest reads what is in the pipe without waiting for more, and not longer than
// an eager writer could refill it.
func (l *logs) rest(buffer []byte) {
	_ = l.pipe.SetReadDeadline(time.Time{})
	raw, err := l.pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(fd uintptr) bool {
		for range 2 * pipeSize / len(buffer) {
			n, err := syscall.Read(int(fd), buffer)
			if n <= 0 && !errors.Is(err, syscall.EINTR) {
				return true
			}
			l.add(buffer[:max(n, 0)])
		}
		return true
	})
}

// finish reads the rest of a process that is gone. A grandchild that escaped
// its process group may hold the pipe open; it is not waited for.
func (l *logs) finish() {
	l.finished.Store(true)
	_ = l.pipe.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	<-l.done
	_ = l.pipe.Close()
}

// add takes what was read apart into lines.
func (l *logs) add(text []byte) {
	l.keep(text)
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		room := maxLine - len(l.partial)
		if len(line) > room {
			line, rest, ended = text[:room], text[room:], true
		}
		l.partial = append(l.partial, line...)
		text = rest
		if ended {
			l.out.line(l.name, l.partial)
			l.partial = l.partial[:0]
		}
	}
}

func (l *logs) flush() {
	if len(l.partial) > 0 {
		l.out.line(l.name, l.partial)
		l.partial = nil
	}
}

// keep adds to the tail.
func (l *logs) keep(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, text...)
	if extra := len(l.last) - maxTail; extra > 0 {
		l.last = append(l.last[:0], l.last[extra:]...)
	}
}

// begin starts the tail of an invocation. What initialisation wrote stays in it.
func (l *logs) begin(id string) {
	l.keep([]byte("START RequestId: " + id + " Version: " + version + "\n"))
}

// end completes the tail with Lambda's last two lines.
func (l *logs) end(id string, took time.Duration, memoryMB int) {
	ms := float64(took.Microseconds()) / 1000
	l.keep(fmt.Appendf(nil, "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\t"+
		"Memory Size: %d MB\n", id, id, ms, math.Ceil(ms), memoryMB))
}

// tail returns the tail and starts a new one.
func (l *logs) tail() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.last
	l.last = nil
	return t
}
