package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/protocol"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func TestWhatIsKeptIsReadByTheAgentAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "agent")
	d := device{URL: "wss://x", Page: "https://desk.example.com/contact/", Domain: "ACME"}
	if err := d.begin("acme.SECRET"); err != nil {
		t.Fatal(err)
	}
	if err := d.save(folder); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file(folder))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v (%v)", info.Mode(), err)
	}
	again, err := load(folder)
	if err != nil || !again.key().Equal(d.key()) || again.Company != "acme" || again.Enrol != "SECRET" || again.Domain != "ACME" {
		t.Errorf("read is %+v (%v)", again, err)
	}
	if err := os.Chmod(file(folder), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := load(folder); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others may read: %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("beside it there are %v (%v)", left, err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	folder := t.TempDir()
	damaged := filepath.Join(folder, "damaged")
	if err := os.Mkdir(damaged, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file(damaged), []byte(`{"seed":"AAAA"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"agent enrol":    nil,
		"agent ask":      {"dance"},
		"-url and -page": {"enrol", "-folder", folder, "-token", "acme.SECRET"},
		"company.SECRET": {"enrol", "-folder", folder, "-url", "ws://x", "-page", "http://x", "-token", "SECRET"},
		"not enrolled":   {"run", "-folder", folder},
		"is damaged":     {"run", "-folder", damaged},
		"does not run":   {"ask", "-folder", folder},
	} {
		if err := carryOut(t.Context(), args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("agent %s: %v", strings.Join(args, " "), err)
		}
	}
}

func TestEverySystemOpensAPageItsOwnWay(t *testing.T) {
	for system, want := range map[string]string{
		"linux": "xdg-open P", "freebsd": "xdg-open P", "darwin": "open P", "windows": "rundll32 url.dll,FileProtocolHandler P",
	} {
		if got := strings.Join(opening(system, "", "P"), " "); got != want {
			t.Errorf("%s opens with %s, want %s", system, got, want)
		}
	}
	if got := opening("linux", "/bin/mine", "P"); !slices.Equal(got, []string{"/bin/mine", "P"}) {
		t.Errorf("opens with %s", got)
	}
}

func TestAProgramThatFailsSaysWhyButNotThePage(t *testing.T) {
	err := carry(t.Context(), "/bin/sh", "-c", `echo "cannot open $0" >&2; exit 3`, "https://desk.example.com/#pass.SECRET")
	if err == nil || !strings.Contains(err.Error(), "cannot open the page") || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("it says %v", err)
	}
	if err := carry(t.Context(), "/bin/true"); err != nil {
		t.Errorf("one that works says %v", err)
	}
}

func TestTheAgentChecksInWhenThereIsNews(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	bob, eve := login{session: "1", account: "bob"}, login{session: "2", account: "eve"}
	idle := func(l login, d time.Duration) login { l.idle = d; return l }
	last := told{at, []login{bob}, protocol.CheckedIn{BeatSeconds: 240, TellSeconds: []int{300, 600}}}
	for what, test := range map[string]struct {
		now   []login
		after time.Duration
		old   bool
	}{
		"nothing":                    {[]login{bob}, time.Second, false},
		"a second before the beat":   {[]login{bob}, 239 * time.Second, false},
		"the beat":                   {[]login{bob}, 240 * time.Second, true},
		"one more":                   {[]login{bob, eve}, time.Second, true},
		"nobody":                     {nil, time.Second, true},
		"another in the same place":  {[]login{{session: "1", account: "eve"}}, time.Second, true},
		"the same in another place":  {[]login{{session: "3", account: "bob"}}, time.Second, true},
		"a pause":                    {[]login{idle(bob, 299*time.Second)}, time.Second, false},
		"quiet":                      {[]login{idle(bob, 300*time.Second)}, time.Second, true},
		"the first time of all time": {nil, 0, true},
	} {
		before := last
		if what == "the first time of all time" {
			before = told{}
		}
		if got := before.isOld(test.now, at.Add(test.after)); got != test.old {
			t.Errorf("%s: is news %v", what, got)
		}
	}
}

func TestAnAccountHasItsDomain(t *testing.T) {
	for domain, want := range map[string]string{"": "bob", "ACME": `ACME\bob`} {
		if got := newAgent(&device{Domain: domain}, nil, quiet).account(login{account: "bob"}); got != want {
			t.Errorf("with domain %q it is %s", domain, got)
		}
	}
	if got := newAgent(&device{Domain: "ACME"}, nil, quiet).account(login{account: `OTHER\bob`}); got != `OTHER\bob` {
		t.Errorf("of another domain it is %s", got)
	}
}

// screen is a system whose users see what they are shown.
type screen struct {
	broken   bool
	opened   []string
	notified []string
}

func (*screen) logins(context.Context) ([]login, error) { return nil, nil }
func (*screen) news() <-chan struct{}                   { return nil }

func (s *screen) open(_ context.Context, l login, page string) error {
	if s.broken {
		return errors.New("no browser")
	}
	s.opened = append(s.opened, l.account+" "+page)
	return nil
}

func (s *screen) notify(_ context.Context, l login, sentence string) error {
	s.notified = append(s.notified, l.account+": "+sentence)
	return nil
}

// Where no page can be opened, the user is told.
func TestAUserIsNotifiedWhereNoPageCanBeOpened(t *testing.T) {
	s := &screen{broken: true}
	a := newAgent(&device{Page: "https://desk.example.com/contact/"}, s, quiet)
	a.users["c1"] = login{account: "bob"}
	for _, session := range []protocol.Session{
		{ID: "acme/1", State: protocol.Requested, Contact: protocol.Person{ID: "c1"}}, // Began with the user themselves.
		{ID: "acme/2", State: protocol.Active, Contact: protocol.Person{ID: "else"}},  // Not at this device.
		{ID: "acme/3", State: protocol.Active, Contact: protocol.Person{ID: "c1"}},
		{ID: "acme/3", State: protocol.Active, Contact: protocol.Person{ID: "c1"}}, // Once.
		{ID: "acme/3", State: protocol.Ended, Contact: protocol.Person{ID: "c1"}},
	} {
		a.calls(t.Context(), session)
	}
	want := []string{"bob: Support would like to talk to you. Open https://desk.example.com/contact/"}
	if len(s.opened) != 0 || !slices.Equal(s.notified, want) {
		t.Errorf("opened %q, told %q", s.opened, s.notified)
	}
}

func FuzzAFrame(f *testing.F) {
	f.Add([]byte(`{"push":"session.changed","data":{"session":{"id":"acme/1","state":"ended"}}}`))
	f.Add([]byte(`{"id":1,"data":{"sessions":[{}]}}`))
	f.Add([]byte(`{"id":1,"error":{"code":"internal","message":"No."}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := &link{waits: map[int64]chan frame{1: make(chan frame, 1)}}
		l.take(text, func(protocol.Session) {})
		l.take(text, func(protocol.Session) {}) // The second answer has nobody who waits.
	})
}

func FuzzWhatIsKept(f *testing.F) {
	f.Add([]byte(`{"url":"wss://x","seed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		folder := t.TempDir()
		if err := os.WriteFile(file(folder), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if d, err := load(folder); err == nil && len(d.key()) == 0 {
			t.Error("a device without a key")
		}
	})
}
