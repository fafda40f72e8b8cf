package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

// A secret message leaves no trace in anything that is kept, logged or pushed,
// with the compiled functions at their most talkative. N14.
func TestASecretMessageIsKeptNowhere(t *testing.T) {
	const password, spoken = "correct horse battery staple", "The next line is a password."
	var logs journal
	w := start(t, func(s *settings) { s.logLevel = "DEBUG" })
	w.twin.stop()
	settings := w.twin.settings
	w.twin = &twin{settings: settings, out: &logs}
	if err := w.twin.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	alice, carol, session := w.chat()
	alice.says(session, spoken, 1)
	hidden := does[protocol.Posted](alice, "message.hide", protocol.Hide{Session: session, Message: "s1", Text: password, After: 2})
	hears(carol, "message.posted", func(m protocol.MessagePosted) bool {
		return m.Entry.Kind == protocol.EntrySecret && m.Entry.Seq == hidden.Seq && m.Entry.Text == ""
	})
	alice.refused(fault.Forbidden, "message.reveal", protocol.Reveal{Session: session, Seq: hidden.Seq, Reveal: "r0"})
	shown := does[protocol.Revealed](carol, "message.reveal", protocol.Reveal{Session: session, Seq: hidden.Seq, Reveal: "r1"})
	if shown.Text != password {
		t.Errorf("carol is shown %q", shown.Text)
	}
	hears(alice, "message.posted", func(m protocol.MessagePosted) bool {
		return m.Entry.Kind == protocol.EntryRevealed && m.Entry.Of == hidden.Seq && m.Entry.By.Name == "Carol Jones"
	})
	carol.refused(fault.Conflict, "message.reveal", protocol.Reveal{Session: session, Seq: hidden.Seq, Reveal: "r2"})
	if _, transcript := alice.resumes(session); len(transcript) != 4 || transcript[2].Text != "" || transcript[3].Text != "" {
		t.Errorf("the transcript is %+v", transcript)
	}
	w.twin.stop()

	if kept := keptIn(t, settings.data, spoken); len(kept) == 0 {
		t.Error("not even what was said is found in the files of the table")
	}
	if kept := keptIn(t, settings.data, password); len(kept) > 0 {
		t.Errorf("the secret is kept in %v", kept)
	}
	if !strings.Contains(logs.String(), "message.reveal") || strings.Contains(logs.String(), password) {
		t.Errorf("the functions log %s", logs.String())
	}
}

// keptIn are the files below a folder that hold a text.
func keptIn(t *testing.T, folder, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// journal keeps what the parts of a twin print.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
