package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The names of systemd-logind on the system's bus; see org.freedesktop.login1(5).
const (
	logind  = "org.freedesktop.login1"
	manager = "org.freedesktop.login1.Manager"
	session = "org.freedesktop.login1.Session"
	place   = "/org/freedesktop/login1"
)

// linux asks systemd-logind.
type linux struct {
	bus  *dbus.Conn
	came chan struct{}
}

func thisSystem() (system, error) {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		return nil, fmt.Errorf("connect to the system's bus: %w", err)
	}
	s := &linux{bus, make(chan struct{}, 1)}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	for _, name := range []string{"SessionNew", "SessionRemoved"} {
		if err := bus.AddMatchSignal(dbus.WithMatchInterface(manager), dbus.WithMatchMember(name)); err != nil {
			return nil, fmt.Errorf("listen to the system's bus: %w", err)
		}
	}
	go func() {
		for range signals {
			select {
			case s.came <- struct{}{}:
			default: // It will look anyway.
			}
		}
	}()
	return s, nil
}

func (s *linux) news() <-chan struct{} { return s.came }

// listed is a session in the answer of ListSessions.
type listed struct {
	ID   string
	UID  uint32
	User string
	Seat string
	Path dbus.ObjectPath
}

// logins are the sessions of people; those of greeters and of services, and those
// that are closing, are none.
func (s *linux) logins(ctx context.Context) ([]login, error) {
	var sessions []listed
	if err := s.bus.Object(logind, place).CallWithContext(ctx, manager+".ListSessions", 0).Store(&sessions); err != nil {
		return nil, fmt.Errorf("list the sessions: %w", err)
	}
	var people []login
	for _, l := range sessions {
		var p map[string]dbus.Variant
		err := s.bus.Object(logind, l.Path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, session).Store(&p)
		if err != nil {
			continue // It has ended since.
		}
		class, state := text(p, "Class"), text(p, "State")
		if !strings.HasPrefix(class, "user") || state == "closing" {
			continue
		}
		uid := strconv.FormatUint(uint64(l.UID), 10)
		people = append(people, login{
			session: l.ID, account: l.User, name: fullName(uid), idle: idleOf(p, time.Now()), uid: uid,
		})
	}
	slices.SortFunc(people, func(a, b login) int { return strings.Compare(a.session, b.session) })
	return people, nil
}

func text(p map[string]dbus.Variant, name string) string {
	value, _ := p[name].Value().(string)
	return value
}

// idleOf is how long a session has been idle. A desktop says so when its own time
// is over, a terminal by its last input.
func idleOf(p map[string]dbus.Variant, now time.Time) time.Duration {
	idle, _ := p["IdleHint"].Value().(bool)
	since, _ := p["IdleSinceHint"].Value().(uint64) // Microseconds since 1970.
	if !idle || since == 0 {
		return 0
	}
	return max(0, now.Sub(time.UnixMicro(int64(since))))
}

// fullName is what the machine's list of accounts calls somebody; empty where it
// does not.
func fullName(uid string) string {
	u, err := user.LookupId(uid)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(u.Name, ",")
	return name
}

// open shows a page in somebody's own session: their service manager knows their
// display.
func (s *linux) open(ctx context.Context, l login, page string) error {
	return carry(ctx, inSession(l, opening("linux", opener(), page))...)
}

func (s *linux) notify(ctx context.Context, l login, sentence string) error {
	command := []string{"notify-send", "--urgency=critical", "Parley", sentence}
	if program := os.Getenv("PARLEY_AGENT_NOTIFY"); program != "" {
		command = []string{program, sentence}
	}
	return carry(ctx, inSession(l, command)...)
}

// inSession is a command that runs as somebody else, or directly where that is
// whom the agent runs as.
func inSession(l login, command []string) []string {
	if l.uid == strconv.Itoa(os.Getuid()) || opener() != "" {
		return command
	}
	return append([]string{"systemd-run", "--quiet", "--collect", "--user", "--machine=" + l.account + "@.host", "--"}, command...)
}
