package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/parleychat/parley/turnserver/wire"
)

// contestant is a TURN server and how to start it.
type contestant struct {
	name    string
	version string
	command func(folder string) *exec.Cmd
}

const (
	address    = "127.0.0.1:3479"
	serverCore = "0"
	loadCore   = 1
)

func coturn() (contestant, error) {
	path, err := exec.LookPath("turnserver")
	if err != nil {
		return contestant{}, errors.New("coturn is not installed; \"apt-get install coturn\" does it")
	}
	version, _ := exec.Command("dpkg-query", "-W", "-f=${Version}", "coturn").Output()
	return contestant{"coturn", string(version), func(folder string) *exec.Cmd {
		return exec.Command("taskset", "-c", serverCore, path, "-n", "--listening-ip=127.0.0.1", "--listening-port=3479",
			"--relay-ip=127.0.0.1", "--min-port=49152", "--max-port=65535", "--use-auth-secret",
			"--static-auth-secret="+secret, "--realm=parley", "--relay-threads=1", "--no-tls", "--no-dtls", "--no-tcp",
			"--no-cli", "--no-rfc5780", "--allow-loopback-peers", "--log-file=/dev/null",
			"--pidfile="+filepath.Join(folder, "pid"), "--db="+filepath.Join(folder, "db"))
	}}, nil
}

func ours(binary string, environment ...string) contestant {
	return contestant{name: "parley", command: func(string) *exec.Cmd {
		command := exec.Command("taskset", "-c", serverCore, binary)
		command.Env = append([]string{
			"TURN_SECRET=" + secret, "TURN_LISTEN=" + address, "TURN_ALLOW_PRIVATE_PEERS=true", "TURN_LOG_LEVEL=error",
			"TURN_ALLOCATIONS=16000", "TURN_SOURCE_ALLOCATIONS=16000", "TURN_USER_ALLOCATIONS=16000",
			"TURN_BANDWIDTH=1000000000", "TURN_ANSWERS=1000000", "TURN_ANSWER_BURST=1000000",
		}, environment...)
		return command
	}}
}

// process is a running server.
type process struct {
	command *exec.Cmd
	addr    netip.AddrPort
}

func start(c contestant, folder string) (*process, error) {
	p := &process{command: c.command(folder), addr: netip.MustParseAddrPort(address)}
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.name, err)
	}
	for range 50 {
		if p.answers() {
			return p, nil
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not answer", c.name)
}

// answers waits up to 100 ms for an answer to a Binding request.
func (p *process) answers() bool {
	c, err := newClient(p.addr, "s1.p1")
	if err != nil {
		return false
	}
	defer c.close()
	c.patience = 100 * time.Millisecond
	limit := time.Now().Add(c.patience)
	answer, err := c.ask(request(wire.Binding))
	if err != nil {
		time.Sleep(time.Until(limit)) // nobody listens yet
	}
	return err == nil && answer.Class == wire.Success
}

func (p *process) stop() {
	p.command.Process.Kill()
	p.command.Wait()
}

// cpu is how long the server's threads have run, to the nanosecond.
func (p *process) cpu() time.Duration {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid))
	var sum time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if fields := strings.Fields(string(text)); err == nil && len(fields) > 0 {
			ran, _ := strconv.ParseInt(fields[0], 10, 64)
			sum += time.Duration(ran)
		}
	}
	return sum
}

// resident is the server's memory in bytes.
func (p *process) resident() int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.command.Process.Pid))
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.Atoi(fields[1])
	return pages * os.Getpagesize()
}
