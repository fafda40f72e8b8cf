package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func TestAMissingSettingIsNamed(t *testing.T) {
	set := map[string]string{"AGENT_URL": "ws://x", "AGENT_TOKEN_FILE": "t", "AGENT_PAGE": "http://x"}
	for name := range set {
		without := func(n string) string {
			if n == name {
				return ""
			}
			return set[n]
		}
		if _, err := configured(without, quiet); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if _, err := configured(func(n string) string { return set[n] }, quiet); err != nil {
		t.Error(err)
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

// opener is a program that notes the pages it is to open.
func opener(t *testing.T) (program, notes string) {
	t.Helper()
	notes = filepath.Join(t.TempDir(), "opened")
	program = filepath.Join(t.TempDir(), "opener")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$1\" >>"+notes+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, notes
}

func TestThePageIsOpenedOnceForASession(t *testing.T) {
	program, notes := opener(t)
	a := &agent{page: "https://desk.example.com/contact/", opener: program, log: quiet}
	for _, text := range []string{
		`{"id":1,"data":{"sessions":[]}}`,
		`{"push":"session.changed","data":{"session":{"id":"acme/1","state":"requested"}}}`,
		`{"push":"presence.changed","data":{"contact":{"id":"x"}}}`,
		`{"push":"message.typed","data":{"session":"acme/1"}}`,
		`no JSON`,
		`{"push":"session.changed","data":{"session":{"id":"acme/2","state":"active"}}}`,
		`{"push":"session.changed","data":{"session":{"id":"acme/2","state":"active"}}}`,
		`{"push":"session.changed","data":{"session":{"id":"acme/2","state":"ended"}}}`,
	} {
		if err := a.hears(t.Context(), []byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := a.hears(t.Context(), []byte(`{"id":1,"error":{"code":"unauthenticated","message":"Sign in first."}}`)); err == nil {
		t.Error("a refusal goes unheeded")
	}
	if got := noted(t, notes); got != "https://desk.example.com/contact/\n" {
		t.Errorf("opened %q", got)
	}
}

// noted waits for what an opener has noted.
func noted(t *testing.T, notes string) string {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); {
		if text, err := os.ReadFile(notes); err == nil && strings.HasSuffix(string(text), "\n") {
			return string(text)
		}
	}
	t.Fatal("nothing was opened")
	return ""
}

func FuzzAFrame(f *testing.F) {
	f.Add([]byte(`{"push":"session.changed","data":{"session":{"id":"acme/1","state":"ended"}}}`))
	f.Add([]byte(`{"id":1,"data":{"sessions":[{}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a := &agent{page: "P", opener: "/bin/true", log: quiet}
		_ = a.hears(t.Context(), text) // Whatever it is, the agent lives on.
	})
}
