package main

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/protocol"
)

// B1 B5 C2: the agent tells of two people who are logged on, keeps them in the
// roster without a page, and opens the page for the one whom a technician wants
// to talk to, who needs no other sign-in. It ends when it is told to.
func TestTheAgentOpensThePageOfAUserWithoutOne(t *testing.T) {
	w := start(t)
	greeter, leaving := somebody("c1", "gdm", 111), somebody("9", "dan", 4243)
	greeter.Class, leaving.State = "greeter", "closing"
	bus := newLogind(t, greeter, me("2", "bob"), somebody("3", "eve", 4242), leaving)
	alice := w.arrives("alice")
	alice.watches("acme")
	a := w.enrolled(alice).runs(bus)
	row := a.state(alice, protocol.DeviceUsed)
	if len(row.Users) != 2 || row.Users[1].Name != "eve" {
		t.Fatalf("logged on are %+v", row.Users)
	}
	bob := row.Users[0].ID
	does[protocol.SessionReply](alice, "session.start", protocol.StartSession{Session: newID("acme"), Contact: bob, Device: row.ID})
	page, secret, _ := strings.Cut(a.opens(t), "#")
	if page != "http://"+w.twin.portal.address+"/contact/" {
		t.Errorf("opened %s", page)
	}
	carols := w.connected("bob", secret+"."+rand.Text())
	if you := does[protocol.Welcome](carols, "presence.hello", protocol.Hello{}).You; you.ID != bob || you.Company != "acme" {
		t.Errorf("at the page is %+v", you)
	}
	a.ends(t)
	a.state(alice, protocol.DeviceOffline)
}

// B9 B10: who comes, goes and falls idle is seen within a second or two, and
// the agent takes less than 20 MB.
func TestTheRosterFollowsWhoIsLoggedOn(t *testing.T) {
	w := start(t)
	bus := newLogind(t)
	alice := w.arrives("alice")
	alice.watches("acme")
	a := w.enrolled(alice).runs(bus)
	a.state(alice, protocol.DeviceOnline)
	idle := somebody("3", "eve", 4242)
	idle.IdleSince = uint64(time.Now().Add(-11 * time.Minute).UnixMicro())
	for _, step := range []struct {
		sessions []seat
		want     protocol.DeviceState
	}{
		{[]seat{idle}, protocol.DeviceIdle},
		{[]seat{idle, me("2", "bob")}, protocol.DeviceUsed},
		{nil, protocol.DeviceOnline},
	} {
		began := time.Now()
		bus.are(step.sessions...)
		a.state(alice, step.want)
		t.Logf("%s after %v", step.want, time.Since(began).Round(time.Millisecond))
	}
	if kilobytes := a.resident(t); kilobytes > 20_000 {
		t.Errorf("it takes %d KB", kilobytes)
	}
}

// P15: a user opens the page the other way.
func TestAUserAsksForHelpAtTheirDevice(t *testing.T) {
	w := start(t)
	bus := newLogind(t, me("2", "bob"))
	alice := w.arrives("alice")
	alice.watches("acme")
	d := w.enrolled(alice)
	a := d.runs(bus)
	row := a.state(alice, protocol.DeviceUsed)
	asks := d.command("ask")
	if out, err := asks.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, secret, _ := strings.Cut(a.opens(t), "#")
	bob := w.connected("bob", secret+"."+rand.Text())
	if you := does[protocol.Welcome](bob, "presence.hello", protocol.Hello{}).You; you.ID != row.Users[0].ID {
		t.Errorf("at the page is %+v", you)
	}
	s := does[protocol.SessionReply](bob, "session.request", protocol.RequestSession{Session: newID("acme"), Problem: "Help"}).Session
	if s.Kind != protocol.Managed || s.Device == nil || s.Device.ID != row.ID {
		t.Errorf("the request is %+v", s)
	}
}

// It comes back by itself when its connection is ended, as API Gateway does
// after two hours; a device that is revoked does not.
func TestTheAgentComesBack(t *testing.T) {
	w := start(t, func(s *settings) { s.age = time.Second })
	alice := w.connects("alice")
	d := w.enrolled(alice)
	a := d.runs(newLogind(t, me("2", "bob")))
	var id string
	for times := range 2 {
		technician := w.arrives("alice")
		technician.watches("acme")
		id = a.state(technician, protocol.DeviceUsed).ID
		a.logs(t, "not connected", times+1)
	}
	does[protocol.Empty](w.connects("alice"), "admin.revoke", protocol.NameDevice{Company: "acme", Device: id})
	a.logs(t, "does not know this device", 1)
}

// enrolledDevice is the agent as a program of its own, and what it has kept.
type enrolledDevice struct {
	w                      *world
	program, folder, notes string
	opener                 string
}

// agentProgram is built once for all tests.
var agentProgram = sync.OnceValues(func() (string, error) {
	root, err := checkout()
	if err != nil {
		return "", err
	}
	program := filepath.Join(root, "build", "agent")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "../../agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	_, err = build.CombinedOutput()
	return program, err
})

// enrolled is a device that an administrator's secret has enrolled.
func (w *world) enrolled(administrator *client) enrolledDevice {
	w.t.Helper()
	program, err := agentProgram()
	if err != nil {
		w.t.Fatal(err)
	}
	secret := rand.Text()
	does[protocol.Enrolment](administrator, "admin.enrol", protocol.OfferEnrolment{
		Secret: device.Hash(secret), Company: "acme", Uses: 1, Days: 1,
	})
	folder := w.t.TempDir()
	d := enrolledDevice{w, program, filepath.Join(folder, "kept"), filepath.Join(folder, "opened"), filepath.Join(folder, "opener")}
	if err := os.WriteFile(d.opener, []byte("#!/bin/sh\necho \"$1\" >>"+d.notes+"\n"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	enrol := d.command("enrol", "-url", websocketURL(w.twin.settings), "-page", "http://"+w.twin.portal.address+"/contact/", "-token", "acme."+secret)
	if out, err := enrol.CombinedOutput(); err != nil {
		w.t.Fatalf("enrol: %v\n%s", err, out)
	}
	return d
}

// command is one of the program, with what it has kept.
func (d enrolledDevice) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(d.program, slices.Concat([]string{name, "-folder", d.folder}, args)...)
	c.Env = append(os.Environ(), "PARLEY_AGENT_OPEN="+d.opener)
	return c
}

// runningAgent is the agent as a service.
type runningAgent struct {
	*exec.Cmd
	enrolledDevice
	log *running
}

// runs starts the agent on a machine with such a bus.
func (d enrolledDevice) runs(bus *logind) runningAgent {
	d.w.t.Helper()
	a := runningAgent{d.command("run"), d, &running{}}
	a.Env = append(a.Env, "DBUS_SYSTEM_BUS_ADDRESS="+bus.address)
	a.Stderr = a.log
	if err := a.Start(); err != nil {
		d.w.t.Fatal(err)
	}
	d.w.t.Cleanup(func() {
		_ = a.Process.Kill() // Ended already where this fails.
		if d.w.t.Failed() {
			d.w.t.Log(a.log.printed())
		}
	})
	return a
}

// state waits until a technician who watches sees the device in a state.
func (a runningAgent) state(c *client, want protocol.DeviceState) protocol.DeviceRow {
	c.w.t.Helper()
	for _, row := range c.watches("acme").Devices {
		if row.State == want {
			return row
		}
	}
	return *hears(c, "presence.changed", func(p protocol.PresenceChanged) bool {
		return p.Device != nil && p.Device.State == want
	}).Device
}

// opens waits for the page that is opened, and returns its address.
func (a runningAgent) opens(t *testing.T) string {
	t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		if text, err := os.ReadFile(a.notes); err == nil && strings.HasSuffix(string(text), "\n") {
			return strings.TrimSpace(string(text))
		}
	}
	t.Fatal("no page is opened")
	return ""
}

// logs waits until the agent has said something so many times.
func (a runningAgent) logs(t *testing.T, sentence string, times int) {
	t.Helper()
	for limit := time.Now().Add(patience); strings.Count(a.log.printed(), sentence) < times; {
		if time.Now().After(limit) {
			t.Fatalf("it never says %q %d times", sentence, times)
		}
	}
}

// ends tells it to end, and waits until it has.
func (a runningAgent) ends(t *testing.T) {
	t.Helper()
	if err := a.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := a.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// resident is the memory of the agent in kilobytes, as the kernel counts it.
func (a runningAgent) resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(a.Process.Pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("the kernel says %s", status)
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the agent takes %d KB", kilobytes)
	return kilobytes
}
