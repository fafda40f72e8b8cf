package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

// bootstrap is the binary of testdata/echo.
var bootstrap string

func TestMain(m *testing.M) {
	if path := os.Getenv("SERVE_AND_WAIT"); path != "" {
		serveAndWait(path)
	}
	os.Exit(testMain(m))
}

// serveAndWait is a host that writes the id of its function's process and then
// waits to be killed.
func serveAndWait(path string) {
	h := lambda.New(lambda.Options{Functions: []lambda.Function{{Name: "echo", Path: path}}})
	result, err := h.Invoke(context.Background(), "echo", []byte(`{"do":"about"}`))
	var about struct{ PID int }
	if err != nil || json.Unmarshal(result.Payload, &about) != nil {
		os.Exit(1)
	}
	fmt.Println(about.PID)
	<-time.After(time.Minute)
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "parley-lambda")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bootstrap = filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", bootstrap, "./testdata/echo")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build testdata/echo: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// world is a host with the function "echo".
type world struct {
	*testing.T
	*lambda.Host
	log *transcript
}

// transcript collects what functions write.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// start starts a host with one function, as changed by the changes.
func start(t *testing.T, changes ...func(*lambda.Options, *lambda.Function)) *world {
	t.Helper()
	log := &transcript{}
	o := lambda.Options{Output: log}
	f := lambda.Function{Name: "echo", Path: bootstrap, Timeout: 20 * time.Second, MemoryMB: 512}
	for _, change := range changes {
		change(&o, &f)
	}
	o.Functions = append(o.Functions, f)
	w := &world{T: t, Host: lambda.New(o), log: log}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// do invokes the function with an event of testdata/echo.
func (w *world) do(event string) lambda.Result {
	w.Helper()
	result, err := w.Invoke(w.Context(), "echo", []byte(event))
	if err != nil {
		w.Fatal(err)
	}
	return result
}

// answer invokes the function and reads its answer, which must be no failure.
func answer[T any](w *world, event string) T {
	w.Helper()
	result := w.do(event)
	var v T
	if err := json.Unmarshal(result.Payload, &v); err != nil || result.FunctionError != "" {
		w.Fatalf("answer is %s %s, error %v", result.FunctionError, result.Payload, err)
	}
	return v
}

// pid tells which process answers.
func (w *world) pid() int {
	w.Helper()
	return answer[struct{ PID int }](w, `{"do":"about"}`).PID
}

// task is an invocation that stays inside the function until it is told to end.
type task struct {
	w    *world
	pipe *os.File
	done chan lambda.Result
}

// begin starts a task and returns when the function is at work on it: a named
// pipe opens for writing only once the function reads it.
func (w *world) begin() task {
	w.Helper()
	path := filepath.Join(w.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		w.Fatal(err)
	}
	k := task{w: w, done: make(chan lambda.Result, 1)}
	go func() {
		result, err := w.Invoke(context.Background(), "echo", fmt.Appendf(nil, `{"do":"wait","text":%q}`, path))
		if err != nil {
			w.Error(err)
		}
		k.done <- result
	}()
	eventually(w.T, "the start of the task", func() bool {
		var err error
		k.pipe, err = os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		return err == nil
	})
	return k
}

// end lets the function finish.
func (k task) end() lambda.Result {
	k.w.Helper()
	if err := k.pipe.Close(); err != nil {
		k.w.Fatal(err)
	}
	return <-k.done
}

// eventually waits until a condition holds, ten seconds at most.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s did not happen", what)
		}
	}
}

// gone tells whether there is no process, or only its remains.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	return processState(pid) == 'Z'
}

// processState is the letter of ps: R, S, T (stopped), Z (ended).
func processState(pid int) byte {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, ok := strings.Cut(string(stat), ") ")
	if err != nil || !ok {
		return 'Z'
	}
	return state[0]
}
