package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/protocol"
)

// B1 C2: the agent keeps a user in the roster without a page, and opens the
// page when a technician wants to talk; it ends when it is told to.
func TestTheAgentOpensThePageOfAUserWithoutOne(t *testing.T) {
	w := start(t)
	a := w.agent("carol")
	alice := w.arrives("alice")
	alice.watches("acme")
	row := a.inRoster(alice)
	if row.Name != "Carol Jones" || len(row.Devices) != 1 || row.Devices[0].Name != "ACME-LT-07" {
		t.Errorf("alice sees %+v", row)
	}
	does[protocol.SessionReply](alice, "session.start", protocol.StartSession{
		Session: newID("acme"), Contact: a.inRoster(alice).ID, Device: "acme-lt-07",
	})
	a.opens(t, "http://"+w.twin.portal.address+"/contact/?as=carol")
	if err := a.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := a.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// It comes back by itself when its connection is ended, as API Gateway does
// after two hours.
func TestTheAgentComesBack(t *testing.T) {
	w := start(t, func(s *settings) { s.age = time.Second })
	a := w.agent("carol")
	a.inRoster(w.arrives("alice"))
	for limit := time.Now().Add(patience); !strings.Contains(a.log.printed(), "not connected"); {
		if time.Now().After(limit) {
			t.Fatal("its connection is never ended")
		}
	}
	a.inRoster(w.arrives("alice"))
}

// runningAgent is the agent as a program of its own.
type runningAgent struct {
	*exec.Cmd
	notes string
	log   *running
}

func (w *world) agent(key string) runningAgent {
	w.t.Helper()
	folder := w.t.TempDir()
	program, notes, token := filepath.Join(folder, "agent"), filepath.Join(folder, "opened"), filepath.Join(folder, "token")
	build := exec.Command("go", "build", "-o", program, "../../agent")
	if out, err := build.CombinedOutput(); err != nil {
		w.t.Fatalf("build the agent: %v\n%s", err, out)
	}
	opener := filepath.Join(folder, "opener")
	if err := os.WriteFile(opener, []byte("#!/bin/sh\necho \"$1\" >>"+notes+"\n"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(token, []byte(w.token(key)+"\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	a := runningAgent{exec.Command(program), notes, &running{}}
	a.Env = append(os.Environ(), "AGENT_URL="+websocketURL(w.twin.settings), "AGENT_TOKEN_FILE="+token,
		"AGENT_PAGE=http://"+w.twin.portal.address+"/contact/?as="+key, "AGENT_OPEN="+opener)
	a.Stderr = a.log
	if err := a.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = a.Process.Kill() }) // Ended already where this fails.
	return a
}

// inRoster waits until carol is there.
func (a runningAgent) inRoster(c *client) protocol.RosterRow {
	c.w.t.Helper()
	again := time.NewTicker(200 * time.Millisecond) // More often than the service allows is refused.
	defer again.Stop()
	for limit := time.Now().Add(patience); time.Now().Before(limit); <-again.C {
		for _, row := range c.watches("acme").Contacts {
			if row.Activity == protocol.ActivityOnline {
				return row
			}
		}
	}
	c.w.t.Fatal("nobody comes into the roster")
	return protocol.RosterRow{}
}

func (a runningAgent) opens(t *testing.T, page string) {
	t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		if text, err := os.ReadFile(a.notes); err == nil && strings.HasSuffix(string(text), "\n") {
			if string(text) != page+"\n" {
				t.Errorf("opened %s", text)
			}
			return
		}
	}
	t.Error("no page is opened")
}
