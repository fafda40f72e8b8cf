package lambda

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// start starts an environment and waits until it asks for its first invocation.
// If it never does, the result says so as Lambda would, and the environment is
// dead or about to be. An error means that there is no process at all.
func (h *Host) start(f Function, inv *invocation) (*environment, *Result, error) {
	e, err := h.launch(f)
	if err != nil {
		return nil, nil, fmt.Errorf("start function %s: %w", f.Name, err)
	}
	timer := time.NewTimer(h.o.InitTimeout)
	defer timer.Stop()
	var failure Result
	select {
	case <-e.polled:
		return e, nil, nil
	case failure = <-e.answers:
	case <-e.exited:
		failure = e.posted(func() Result { return e.exitError(inv) })
	case <-timer.C:
		failure = timedOut(inv, h.o.InitTimeout)
	}
	e.end()
	return e, &failure, nil
}

// launch starts the process and the listener of an environment.
func (h *Host) launch(f Function) (*environment, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the Runtime API: %w", err)
	}
	logs, err := newLogs(f.Name, h.out)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	e := &environment{
		function: f,
		freeze:   h.o.Freeze,
		logs:     logs,
		polled:   make(chan struct{}),
		work:     make(chan *invocation),
		answers:  make(chan Result, 1),
		exited:   make(chan struct{}),
	}
	e.current = initID
	e.server = &http.Server{Handler: e.runtimeAPI(), ReadHeaderTimeout: 10 * time.Second}
	e.cmd = exec.Command(f.Path)
	e.cmd.Dir = filepath.Dir(f.Path)
	e.cmd.Env = environ(f, listener.Addr().String())
	e.cmd.Stdout, e.cmd.Stderr = logs.write, logs.write
	e.cmd.SysProcAttr = processGroup()

	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errors.Join(ErrClosed, listener.Close(), logs.abandon())
	}
	if err := e.cmd.Start(); err != nil {
		return nil, errors.Join(err, listener.Close(), logs.abandon())
	}
	logs.read()
	h.environments[e] = true
	h.running.Go(func() { _ = e.server.Serve(listener) })
	h.running.Go(func() {
		e.watch()
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.environments, e)
	})
	return e, nil
}

// environ is the environment that Lambda gives a function. Nothing of the
// developer's own is in it.
func environ(f Function, runtimeAPI string) []string {
	root, err := filepath.Abs(filepath.Dir(f.Path))
	if err != nil {
		root = filepath.Dir(f.Path)
	}
	vars := map[string]string{
		"PATH":                            "/usr/local/bin:/usr/bin:/bin",
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
		"_HANDLER":                        "bootstrap",
		"LAMBDA_TASK_ROOT":                root,
		"LAMBDA_RUNTIME_DIR":              root,
		"AWS_REGION":                      region,
		"AWS_DEFAULT_REGION":              region,
		"AWS_ACCESS_KEY_ID":               "local",
		"AWS_SECRET_ACCESS_KEY":           "local",
		"AWS_SESSION_TOKEN":               "local",
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_FORMAT":           "JSON",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      time.Now().UTC().Format("2006/01/02/") + "[" + version + "]" + randomHex(16),
	}
	maps.Copy(vars, f.Env)
	vars["AWS_LAMBDA_RUNTIME_API"] = runtimeAPI
	list := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		list = append(list, name+"="+vars[name])
	}
	return list
}

// The parts of a local function's ARN.
const (
	region  = "us-east-1"
	account = "000000000000"
	version = "$LATEST"
)

func functionARN(name string) string {
	return "arn:aws:lambda:" + region + ":" + account + ":function:" + name
}

// newTraceID is an X-Ray trace header that asks not to be sampled.
func newTraceID() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), randomHex(12), randomHex(8))
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
