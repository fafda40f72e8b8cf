package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// mac asks who owns the console, and the registry of devices when its mouse and
// keyboard were used.
type mac struct{}

func thisSystem() (system, error) { return mac{}, nil }

func (mac) news() <-chan struct{} { return nil }

// idleTime finds the nanoseconds since the last use of mouse or keyboard.
var idleTime = regexp.MustCompile(`"HIDIdleTime"\s*=\s*(\d+)`)

// logins are whoever is at the console: a session in the background has no
// browser to show.
func (mac) logins(ctx context.Context) ([]login, error) {
	info, err := os.Stat("/dev/console")
	if err != nil {
		return nil, fmt.Errorf("ask who is at the console: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 { // The login window.
		return nil, nil
	}
	uid := strconv.FormatUint(uint64(owner.Uid), 10)
	who, err := user.LookupId(uid)
	if err != nil {
		return nil, fmt.Errorf("look up who is at the console: %w", err)
	}
	out, err := exec.CommandContext(ctx, "/usr/sbin/ioreg", "-c", "IOHIDSystem", "-d", "4").Output()
	if err != nil {
		return nil, fmt.Errorf("ask for the idle time: %w", err)
	}
	var idle time.Duration
	if found := idleTime.FindSubmatch(out); found != nil {
		nanoseconds, _ := strconv.ParseInt(string(found[1]), 10, 64) // Of digits; too many are the most there is.
		idle = time.Duration(nanoseconds)
	}
	name := strings.TrimSpace(who.Name)
	return []login{{session: "console", account: who.Username, name: name, idle: idle, uid: uid}}, nil
}

func (mac) open(ctx context.Context, l login, page string) error {
	return carry(ctx, inSession(l, opening("darwin", opener(), page))...)
}

func (mac) notify(ctx context.Context, l login, sentence string) error {
	script := "display notification " + strconv.Quote(sentence) + ` with title "Parley"`
	return carry(ctx, inSession(l, []string{"/usr/bin/osascript", "-e", script})...)
}

// inSession is a command that runs in somebody's own session.
func inSession(l login, command []string) []string {
	if l.uid == strconv.Itoa(os.Getuid()) {
		return command
	}
	return append([]string{"/bin/launchctl", "asuser", l.uid, "/usr/bin/sudo", "-u", "#" + l.uid}, command...)
}
