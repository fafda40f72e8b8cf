package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	rules "github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/protocol"
)

// The pace of reconnecting: at once, then slower up to a minute, always drawn
// at random so that many agents do not come back together.
const (
	firstWait = time.Second
	mostWait  = time.Minute
	steady    = 30 * time.Second // A connection that held this long was a good one.
)

// glance is how often the system is asked who is there, where it does not tell.
const glance = 5 * time.Second

// login is somebody who is logged on, as the system has them.
type login struct {
	session string // The system's own id.
	account string
	name    string
	idle    time.Duration
	uid     string // On systems that have one.
}

// system is what the agent needs of the machine.
type system interface {
	// logins are the people who are logged on.
	logins(ctx context.Context) ([]login, error)
	// news returns a channel that is sent to when somebody has come or gone;
	// nil where the system does not tell.
	news() <-chan struct{}
	// open shows a page in somebody's browser.
	open(ctx context.Context, l login, page string) error
	// notify shows somebody a sentence.
	notify(ctx context.Context, l login, sentence string) error
}

// agent keeps a device in the roster and its users reachable.
type agent struct {
	device *device
	system system
	log    *slog.Logger
	clock  clock

	mu     sync.Mutex
	link   *link            // Nil while there is no connection.
	users  map[string]login // By the contact's id, as of the last check-in.
	opened map[string]bool  // The sessions for which a page was opened.
}

func newAgent(d *device, s system, log *slog.Logger) *agent {
	return &agent{device: d, system: s, log: log, users: map[string]login{}, opened: map[string]bool{}}
}

// run stays connected until the context ends.
func (a *agent) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := a.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > steady {
			failures = 0
		}
		wait := mathrand.N(min(firstWait<<min(failures, 10), mostWait))
		a.log.Warn("not connected", "error", err, "wait", wait.Round(time.Millisecond).String())
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// connect holds one connection as long as it lasts.
func (a *agent) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l, err := dial(ctx, a.device, &a.clock)
	if err != nil {
		return err
	}
	defer l.close()
	go func() { cancel(l.read(ctx, func(s protocol.Session) { go a.calls(ctx, s) })) }()
	var welcome protocol.Welcome
	if err := l.asks(ctx, "presence.hello", protocol.Hello{}, &welcome); err != nil {
		return err
	}
	a.connected(l)
	defer a.connected(nil)
	if err := a.tell(ctx, l); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return nil
}

func (a *agent) connected(l *link) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.link = l
}

// tell checks in at every change and every beat, until the context ends.
func (a *agent) tell(ctx context.Context, l *link) error {
	look := time.NewTicker(glance)
	defer look.Stop()
	var last told
	for {
		logins, err := a.system.logins(ctx)
		if err != nil {
			return fmt.Errorf("ask who is logged on: %w", err)
		}
		if last.isOld(logins, time.Now()) {
			if last, err = a.checkIn(ctx, l, logins); err != nil {
				return err
			}
		}
		select {
		case <-look.C:
		case <-a.system.news():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// told is a check-in that was made.
type told struct {
	at     time.Time
	logins []login
	protocol.CheckedIn
}

// isOld reports whether it is time to check in again: after a beat, or when
// somebody came, went, or passed one of the idle times that the service wants
// to hear of.
func (t told) isOld(now []login, at time.Time) bool {
	if t.at.IsZero() || at.Sub(t.at) >= time.Duration(t.BeatSeconds)*time.Second || len(now) != len(t.logins) {
		return true
	}
	for i, l := range now {
		before := t.logins[i]
		if l.session != before.session || l.account != before.account || t.stage(l.idle) != t.stage(before.idle) {
			return true
		}
	}
	return false
}

// stage is how many of the times that the service wants to hear of have passed.
func (t told) stage(idle time.Duration) int {
	passed := 0
	for _, seconds := range t.TellSeconds {
		if idle >= time.Duration(seconds)*time.Second {
			passed++
		}
	}
	return passed
}

func (a *agent) checkIn(ctx context.Context, l *link, logins []login) (told, error) {
	said := protocol.CheckIn{Name: hostname(), Users: []protocol.LoggedOn{}}
	for _, who := range logins {
		said.Users = append(said.Users, protocol.LoggedOn{
			Account: a.account(who), Name: who.name, IdleSeconds: int64(max(0, who.idle).Seconds()),
		})
	}
	made := told{at: time.Now(), logins: logins}
	if err := l.asks(ctx, "presence.check", said, &made.CheckedIn); err != nil {
		return told{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.users = map[string]login{}
	for i, contact := range made.Users {
		if _, again := a.users[contact]; !again && i < len(logins) {
			a.users[contact] = logins[i]
		}
	}
	return made, nil
}

// account is how the service knows an account: with its domain, if it has one.
func (a *agent) account(l login) string {
	if a.device.Domain == "" || strings.Contains(l.account, `\`) {
		return l.account
	}
	return a.device.Domain + `\` + l.account
}

// calls opens the page of a session that begins with one of the users here.
func (a *agent) calls(ctx context.Context, s protocol.Session) {
	if s.State != protocol.Connecting && s.State != protocol.Active {
		return
	}
	a.mu.Lock()
	who, here := a.users[s.Contact.ID]
	again := a.opened[s.ID]
	a.opened[s.ID] = true
	a.mu.Unlock()
	if !here || again {
		return
	}
	a.log.Info("open the page", "session", s.ID)
	page, err := a.page(ctx, s.Contact.ID)
	if err == nil {
		err = a.system.open(ctx, who, page)
	}
	if err == nil {
		return
	}
	a.log.Error("page not opened", "error", err)
	if err := a.system.notify(ctx, who, "Support would like to talk to you. Open "+a.device.Page); err != nil {
		a.log.Error("nobody notified", "error", err)
	}
}

// page is the address of the page at which one of the users here is let in.
func (a *agent) page(ctx context.Context, contact string) (string, error) {
	a.mu.Lock()
	l := a.link
	a.mu.Unlock()
	if l == nil {
		return "", errNotConnected
	}
	secret := rand.Text()
	var admitted protocol.Admitted
	err := l.asks(ctx, "presence.admit", protocol.Admit{Contact: contact, Secret: rules.Hash(secret)}, &admitted)
	return a.device.Page + "#" + rules.PassPrefix + secret, err
}

// contactOf is the contact behind an account or uid of this machine.
func (a *agent) contactOf(is func(login) bool) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ids := make([]string, 0, len(a.users))
	for id, l := range a.users {
		if is(l) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		return "", false
	}
	return ids[0], true
}
