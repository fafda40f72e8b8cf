package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// running is the twin as a program of its own, as make run starts it.
type running struct {
	*exec.Cmd
	mu     sync.Mutex
	output bytes.Buffer
	ended  chan error
	portal string
}

// Write collects what the program prints.
func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.output.Write(p)
}

func (r *running) printed() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.output.String()
}

// runs starts the program with places of its own, changed by env.
func runs(t *testing.T, env ...string) *running {
	t.Helper()
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "local")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the twin: %v\n%s", err, out)
	}
	r := &running{Cmd: exec.Command(program), ended: make(chan error, 1), portal: freeAddress(t)}
	r.Dir, r.Stdout, r.Stderr = root, r, r
	r.Env = append(os.Environ(), "PARLEY_DATA="+t.TempDir(), "PARLEY_PORTAL="+r.portal)
	for _, variable := range []string{"PARLEY_WEBSOCKET", "PARLEY_LAMBDA", "PARLEY_DYNAMODB", "PARLEY_TURN"} {
		r.Env = append(r.Env, variable+"="+freeAddress(t))
	}
	r.Env = append(r.Env, env...)
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.Wait() }()
	t.Cleanup(func() { _ = r.Process.Kill() }) // Ended already where this fails.
	return r
}

func (r *running) waits(t *testing.T, within time.Duration) {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(within):
		t.Fatalf("still running after %s:\n%s", within, r.printed())
	}
}

// ready waits until /healthz says so.
func (r *running) ready(t *testing.T) {
	t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		response, err := http.Get("http://" + r.portal + "/healthz")
		if err != nil {
			continue
		}
		_ = response.Body.Close() // It has no more to say.
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatalf("never ready:\n%s", r.printed())
}

// children are the processes whose parent or group is pid's.
func children(t *testing.T, pid int) []string {
	t.Helper()
	out, err := exec.Command("ps", "-e", "-o", "ppid=,pid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) > 2 && fields[0] == strconv.Itoa(pid) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// N28 J4: one command, and nothing is left of it.
func TestCtrlCEndsEverythingWithinTwoSeconds(t *testing.T) {
	r := runs(t)
	r.ready(t)
	for _, want := range []string{"/technician/?as=alice", "/technician/?as=bob", "/contact/?as=carol", "/contact/?as=dave", "WebSocket API", "TURN"} {
		if !strings.Contains(r.printed(), want) {
			t.Errorf("the table does not name %s:\n%s", want, r.printed())
		}
	}
	started := children(t, r.Process.Pid)
	if len(started) == 0 {
		t.Fatal("no child is running, not even the TURN server")
	}
	if err := r.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	r.waits(t, 2*time.Second)
	for _, child := range started {
		pid, err := strconv.Atoi(strings.Fields(child)[1])
		if err != nil {
			t.Fatal(err)
		}
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("left behind: %s", child)
		}
	}
}

func TestAPortInUseIsNamedWithItsVariable(t *testing.T) {
	for _, variable := range []string{"PARLEY_PORTAL", "PARLEY_WEBSOCKET", "PARLEY_LAMBDA", "PARLEY_DYNAMODB", "PARLEY_TURN"} {
		t.Run(variable, func(t *testing.T) {
			taken, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			r := runs(t, variable+"="+taken.Addr().String())
			r.waits(t, patience)
			if code := r.ProcessState.ExitCode(); code != 1 {
				t.Errorf("exit code %d", code)
			}
			if out := r.printed(); !strings.Contains(out, taken.Addr().String()) || !strings.Contains(out, "set "+variable) {
				t.Errorf("it says %s", out)
			}
		})
	}
}
