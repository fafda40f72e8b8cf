package lambda

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"sync"
	"time"
)

// unhandled is what Lambda calls every failure of a custom runtime.
const unhandled = "Unhandled"

// memoryCheck is how often the memory of a working environment is looked at.
const memoryCheck = 20 * time.Millisecond

// invocation is one call of a function.
type invocation struct {
	id       string // UUID
	payload  []byte
	traceID  string
	deadline time.Time
}

// environment is one process and its Runtime API. Between start and kill one
// goroutine at a time owns it: the invocation that acquired it.
type environment struct {
	function Function
	freeze   bool
	cmd      *exec.Cmd
	server   *http.Server
	logs     *logs

	polled  chan struct{}    // the process asks for an invocation
	work    chan *invocation // the invocation it is given
	answers chan Result      // what it posts for that invocation
	exited  chan struct{}    // closed when the process is gone

	mu      sync.Mutex
	current string // id of the invocation that still lacks its answer
}

// run executes an invocation in an environment that waits for one. It returns
// when the process asks for the next one or is gone.
func (e *environment) run(inv *invocation) outcome {
	e.logs.begin(inv.id)
	began := time.Now()
	inv.deadline = began.Add(e.function.Timeout)
	e.expect(inv.id)
	e.thaw()
	result := e.exchange(inv)
	e.logs.drain()
	if e.freeze && e.alive() {
		suspend(e.cmd.Process.Pid)
	}
	e.logs.end(inv.id, time.Since(began), e.function.MemoryMB)
	return outcome{Result: result, tail: e.logs.tail()}
}

// exchange hands the invocation over and waits until the process is done with
// it. The answer that it posted meanwhile counts, however it ends.
func (e *environment) exchange(inv *invocation) Result {
	timer := time.NewTimer(time.Until(inv.deadline))
	defer timer.Stop()
	memory := time.NewTicker(memoryCheck)
	defer memory.Stop()
	work := e.work
	for {
		select {
		case work <- inv:
			work = nil
		case <-e.polled:
			// Asking for more work without an answer breaks the Runtime API.
			return e.posted(func() Result {
				e.end()
				return e.exitError(inv)
			})
		case <-e.exited:
			return e.posted(func() Result { return e.exitError(inv) })
		case <-memory.C:
			e.killIfGreedy()
		case <-timer.C:
			e.end()
			return e.posted(func() Result { return timedOut(inv, e.function.Timeout) })
		}
	}
}

// posted returns the answer that the process has posted, else that of otherwise.
func (e *environment) posted(otherwise func() Result) Result {
	select {
	case answer := <-e.answers:
		return answer
	default:
		return otherwise()
	}
}

// exitError is the result of an invocation during which the process exited.
func (e *environment) exitError(inv *invocation) Result {
	reason := "Runtime exited without providing a reason"
	if state := e.cmd.ProcessState; !state.Success() {
		reason = "Runtime exited with error: " + state.String()
	}
	return failed("Runtime.ExitError", "RequestId: "+inv.id+" Error: "+reason)
}

// timedOut is the result of an invocation that took too long.
func timedOut(inv *invocation, limit time.Duration) Result {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	message := fmt.Sprintf("%s %s Task timed out after %.2f seconds", now, inv.id, limit.Seconds())
	return failed("", message)
}

// failed is a failure as Lambda writes it.
func failed(kind, message string) Result {
	payload, err := json.Marshal(struct {
		Message string `json:"errorMessage"`
		Type    string `json:"errorType,omitempty"`
	}{message, kind})
	if err != nil {
		payload = []byte(`{}`) // two strings always have a JSON form
	}
	return Result{Payload: payload, FunctionError: unhandled}
}

// expect names the invocation whose answer may come now.
func (e *environment) expect(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.current = id
	select {
	case <-e.answers: // an answer that came too late for the one before
	default:
	}
}

// answer keeps the answer for an invocation. It returns false unless that answer
// is still wanted; it is wanted once.
func (e *environment) answer(id string, result Result) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current != id {
		return false
	}
	e.current = ""
	e.answers <- result // has room, because expect emptied it
	return true
}

// alive tells whether the process still runs.
func (e *environment) alive() bool {
	select {
	case <-e.exited:
		return false
	default:
		return true
	}
}

// thaw lets a frozen environment go on.
func (e *environment) thaw() {
	if e.freeze {
		resume(e.cmd.Process.Pid)
	}
}

// killIfGreedy kills a process that has more memory than its function may.
func (e *environment) killIfGreedy() {
	if bytes, ok := residentMemory(e.cmd.Process.Pid); ok && bytes > int64(e.function.MemoryMB)<<20 {
		e.kill()
	}
}

// kill ends the process and all that it started, without waiting.
func (e *environment) kill() {
	if e.alive() {
		killGroup(e.cmd.Process.Pid)
	}
}

// end kills and waits.
func (e *environment) end() {
	e.kill()
	<-e.exited
}

// watch waits for the end of the process and takes the rest down with it.
func (e *environment) watch() {
	_ = e.cmd.Wait() // how it ended is in ProcessState
	killGroup(e.cmd.Process.Pid)
	e.logs.finish()
	close(e.exited)
	_ = e.server.Close()
}
