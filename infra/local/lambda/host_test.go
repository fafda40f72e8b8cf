package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

// failure reads the answer of a function that failed.
func failure(t *testing.T, result lambda.Result) (kind, message string) {
	t.Helper()
	var f struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(result.Payload, &f); err != nil {
		t.Fatal(err)
	}
	if result.FunctionError != "Unhandled" {
		t.Errorf("FunctionError is %q, want Unhandled", result.FunctionError)
	}
	return f.ErrorType, f.ErrorMessage
}

func TestAFunctionAnswers(t *testing.T) {
	result := start(t).do(`{"text":"hello"}`)
	if string(result.Payload) != `{"text":"hello"}` || result.FunctionError != "" {
		t.Errorf("answer is %s %s", result.FunctionError, result.Payload)
	}
}

func TestAnEnvironmentIsReused(t *testing.T) {
	w := start(t)
	first := w.pid()
	if second := w.pid(); second != first {
		t.Errorf("the second invocation ran in process %d, the first in %d", second, first)
	}
	if calls := answer[int](w, `{"do":"calls"}`); calls != 3 {
		t.Errorf("the process saw %d calls, want 3", calls)
	}
}

func TestTheFunctionSeesItsContext(t *testing.T) {
	about := answer[struct {
		RequestID, ARN string
		Left           float64
	}](start(t), `{"do":"about"}`)
	if len(about.RequestID) != 36 || about.ARN != "arn:aws:lambda:us-east-1:000000000000:function:echo" {
		t.Errorf("context is %+v", about)
	}
	if about.Left < 10 || about.Left > 20 {
		t.Errorf("%f s are left, want a little less than 20", about.Left)
	}
}

func TestTheEnvironmentIsLambdasAndNotTheDevelopers(t *testing.T) {
	t.Setenv("DEVELOPERS_OWN", "secret")
	w := start(t, func(_ *lambda.Options, f *lambda.Function) {
		f.Env = map[string]string{"TABLE": "parley", "AWS_REGION": "eu-central-1"}
	})
	vars := answer[[]string](w, `{"do":"environ"}`)
	for _, want := range []string{
		"TABLE=parley", "AWS_REGION=eu-central-1", "AWS_LAMBDA_FUNCTION_NAME=echo", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_LOG_FORMAT=JSON", "_HANDLER=bootstrap", "AWS_ACCESS_KEY_ID=local",
	} {
		if !slices.Contains(vars, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, v := range vars {
		name, _, _ := strings.Cut(v, "=")
		if name == "DEVELOPERS_OWN" || name == "HOME" || name == "USER" {
			t.Errorf("%s was inherited", name)
		}
	}
}

func TestAnErrorComesBackAndTheProcessLivesOn(t *testing.T) {
	w := start(t)
	before := w.pid()
	kind, message := failure(t, w.do(`{"do":"error","text":"no such session"}`))
	if kind != "errorString" || message != "no such session" {
		t.Errorf("error is %s: %s", kind, message)
	}
	if w.pid() != before {
		t.Error("the process was replaced after an ordinary error")
	}
}

func TestAPanicIsReportedAndTheProcessReplaced(t *testing.T) {
	w := start(t)
	before := w.pid()
	kind, message := failure(t, w.do(`{"do":"panic","text":"index out of range"}`))
	if kind != "string" || message != "index out of range" {
		t.Errorf("error is %s: %s", kind, message)
	}
	if w.pid() == before {
		t.Error("the process went on after a panic")
	}
}

func TestAnExitIsAnError(t *testing.T) {
	w := start(t)
	for event, want := range map[string]string{
		`{"do":"exit","code":1}`: `^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 1$`,
		`{"do":"exit","code":0}`: `^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$`,
	} {
		kind, message := failure(t, w.do(event))
		if kind != "Runtime.ExitError" || !regexp.MustCompile(want).MatchString(message) {
			t.Errorf("error is %s: %s", kind, message)
		}
	}
}

func TestAFunctionIsKilledAtItsTimeout(t *testing.T) {
	w := start(t, func(_ *lambda.Options, f *lambda.Function) { f.Timeout = 300 * time.Millisecond })
	before := w.pid()
	_, message := failure(t, w.do(`{"do":"sleep"}`))
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\S+Z [0-9a-f-]{36} Task timed out after 0.30 seconds$`).MatchString(message) {
		t.Errorf("message is %q", message)
	}
	if !gone(before) {
		t.Error("the process outlived its timeout")
	}
}

func TestAFunctionIsKilledBeyondItsMemory(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Log("memory is watched on Linux only")
		return
	}
	w := start(t, func(_ *lambda.Options, f *lambda.Function) { f.MemoryMB = 128 })
	if got := answer[int](w, `{"do":"allocate","count":40}`); got != 40 {
		t.Errorf("allocated %d MB, want 40", got)
	}
	kind, message := failure(t, w.do(`{"do":"hoard","count":150}`))
	if kind != "Runtime.ExitError" || !strings.HasSuffix(message, "signal: killed") {
		t.Errorf("error is %s: %s", kind, message)
	}
}

func TestInitialisationCanFail(t *testing.T) {
	for init, want := range map[string]string{
		"exit":  "exit status 3",
		"panic": "exit status 2",
		"hang":  "Task timed out after 0.50 seconds",
	} {
		w := start(t, func(o *lambda.Options, f *lambda.Function) {
			f.Env = map[string]string{"INIT": init}
			o.InitTimeout = 500 * time.Millisecond
		})
		if _, message := failure(t, w.do(`{}`)); !strings.HasSuffix(message, want) {
			t.Errorf("INIT=%s gives %q, want …%s", init, message, want)
		}
	}
}

func TestABinaryThatIsMissingIsNamed(t *testing.T) {
	w := start(t, func(_ *lambda.Options, f *lambda.Function) { f.Path = "/nowhere/bootstrap" })
	_, err := w.Invoke(t.Context(), "echo", []byte("{}"))
	if err == nil || !strings.Contains(err.Error(), "/nowhere/bootstrap") {
		t.Errorf("error is %v", err)
	}
}

func TestAnEnvironmentHasOneInvocationAtATime(t *testing.T) {
	w := start(t)
	first, second := w.begin(), w.begin()
	for _, k := range []task{first, second} {
		if result := k.end(); result.FunctionError != "" {
			t.Errorf("answer is %s", result.Payload)
		}
	}
}

func TestReservedConcurrencyThrottles(t *testing.T) {
	w := start(t, func(_ *lambda.Options, f *lambda.Function) { f.Reserved = 1 })
	w.do(`{}`)
	k := w.begin()
	if _, err := w.Invoke(t.Context(), "echo", []byte("{}")); !errors.Is(err, lambda.ErrThrottled) {
		t.Errorf("error is %v, want ErrThrottled", err)
	}
	k.end()
	w.do(`{}`)
}

func TestEnvironmentsAreBoundedAndIdleOnesMakeRoom(t *testing.T) {
	w := start(t, func(o *lambda.Options, f *lambda.Function) {
		other := *f
		other.Name = "other"
		o.Functions = append(o.Functions, other)
		o.MaxEnvironments = 1
	})
	idle := w.pid()
	if _, err := w.Invoke(t.Context(), "other", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the idle environment", func() bool { return gone(idle) })
	k := w.begin()
	if _, err := w.Invoke(t.Context(), "other", []byte("{}")); !errors.Is(err, lambda.ErrThrottled) {
		t.Errorf("error is %v, want ErrThrottled", err)
	}
	k.end()
}

func TestAFrozenEnvironmentStandsStillBetweenInvocations(t *testing.T) {
	w := start(t, func(o *lambda.Options, _ *lambda.Function) { o.Freeze = true })
	pid := w.pid()
	eventually(t, "the stop", func() bool { return processState(pid) == 'T' })
	if again := w.pid(); again != pid {
		t.Errorf("process %d answered, want %d", again, pid)
	}
}

func TestTheCallerMayLeaveAndTheFunctionGoesOn(t *testing.T) {
	w := start(t, func(_ *lambda.Options, f *lambda.Function) { f.Reserved = 1 })
	before := w.pid()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Invoke(ctx, "echo", []byte(`{}`)); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	eventually(t, "the end of the invocation", func() bool {
		_, err := w.Invoke(t.Context(), "echo", []byte("{}"))
		return err == nil
	})
	if w.pid() != before {
		t.Error("the process was replaced")
	}
}

func TestWhatAFunctionWritesIsThereWithItsAnswer(t *testing.T) {
	w := start(t)
	w.do(`{"do":"print","text":"line","count":3000}`)
	if got := strings.Count(w.log.String(), "echo: line "); got != 3000 {
		t.Errorf("%d lines are there, want 3000", got)
	}
	if !strings.HasSuffix(w.log.String(), "echo: line 2999\n") {
		t.Error("the last line is missing")
	}
}

func TestAnAnswerIsAtMostSixMegabytes(t *testing.T) {
	w := start(t)
	kind, _ := failure(t, w.do(`{"do":"large","count":6291600}`))
	if kind != "Function.ResponseSizeTooLarge" {
		t.Errorf("error is %s", kind)
	}
	_, err := w.Invoke(t.Context(), "echo", make([]byte, lambda.MaxPayload+1))
	if !errors.Is(err, lambda.ErrTooLarge) {
		t.Errorf("error is %v, want ErrTooLarge", err)
	}
}

func TestCloseLeavesNoProcess(t *testing.T) {
	for _, freeze := range []bool{false, true} {
		w := start(t, func(o *lambda.Options, _ *lambda.Function) { o.Freeze = freeze })
		pid := w.pid()
		child := answer[int](w, `{"do":"child"}`)
		w.begin().end()
		k := w.begin()
		began := time.Now()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("Close took %s", took)
		}
		eventually(t, "the end of all processes", func() bool { return gone(pid) && gone(child) })
		failure(t, <-k.done)
		if _, err := w.Invoke(t.Context(), "echo", []byte("{}")); !errors.Is(err, lambda.ErrClosed) {
			t.Errorf("error is %v, want ErrClosed", err)
		}
	}
}

func TestAKilledHostLeavesNoProcess(t *testing.T) {
	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), "SERVE_AND_WAIT="+bootstrap)
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait() // it says that the host was killed
	if runtime.GOOS == "linux" {
		eventually(t, "the end of the function", func() bool { return gone(pid) })
	}
}
