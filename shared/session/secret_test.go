package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// hiddenBy is a secret that somebody sent at noon.
func hiddenBy(by identity.Principal) session.Secret {
	return session.Secret{Seq: 1, By: session.Person(by), Text: "hunter2", Until: protocol.At(noon.Add(time.Hour))}
}

// hides sends a secret and returns it as it is stored.
func (p part) hides(text string) session.Secret {
	p.room.t.Helper()
	c := p.room.does(p.room.Hide(p.Principal, protocol.Hide{Message: "s1", Text: text, After: p.room.Seq}, p.room.now))
	return *c.Secret
}

func TestTheTranscriptTellsOfASecretAndNotTheSecret(t *testing.T) {
	r := started(t, nil)
	now := r.now
	hidden := r.as(alice).hides("hunter2")
	if hidden.Seq != r.Seq || hidden.Text != "hunter2" || hidden.By.ID != "alice" || hidden.Until != protocol.At(now.Add(time.Hour)) || hidden.Shown != nil {
		t.Errorf("hidden is %s", text(hidden))
	}
	c := r.does(r.Reveal(carol, protocol.Reveal{Seq: hidden.Seq, Reveal: "r1"}, hidden, r.now))
	if c.Entry.Kind != protocol.EntryRevealed || c.Entry.Of != hidden.Seq || c.Entry.By.ID != "carol" || c.Secret.Text != "hunter2" {
		t.Errorf("shown as %s", text(c))
	}
	if s := text(r.Session); strings.Contains(s, "hunter2") {
		t.Errorf("the session keeps it: %s", s)
	}
}

func TestASecretIsShownToOneOnce(t *testing.T) {
	r := started(t, nil)
	r.as(bob).joins()
	hidden := r.as(alice).hides("hunter2")
	shown := *r.does(r.Reveal(carol, protocol.Reveal{Seq: hidden.Seq, Reveal: "r1"}, hidden, noon)).Secret

	for what, test := range map[string]struct {
		by     identity.Principal
		reveal string
		hidden session.Secret
		after  time.Duration
		came   string
	}{
		"the sender asks":                        {alice, "r1", hidden, 0, "forbidden"},
		"another who is there":                   {bob, "r1", hidden, 0, "ok"},
		"in the last millisecond of its hour":    {carol, "r1", hidden, time.Hour - time.Millisecond, "ok"},
		"after its hour":                         {carol, "r1", hidden, time.Hour + time.Second, "conflict"},
		"when it is deleted":                     {carol, "r1", session.Secret{}, 0, "conflict"},
		"without an id":                          {carol, "", hidden, 0, "invalid"},
		"with too long an id":                    {carol, strings.Repeat("x", 65), hidden, 0, "invalid"},
		"with half a character of an id":         {carol, "\xf0\x9f", hidden, 0, "invalid"},
		"the same page again":                    {carol, "r1", shown, 59 * time.Second, "repeat"},
		"the same page after a minute":           {carol, "r1", shown, time.Minute, "conflict"},
		"another page of the same person":        {carol, "r2", shown, time.Second, "conflict"},
		"somebody else, by the same id":          {bob, "r1", shown, time.Second, "conflict"},
		"the sender, of what another was shown":  {alice, "r1", shown, time.Second, "forbidden"},
		"somebody who takes no part in it":       {technician("dora", "acme"), "r1", hidden, 0, "forbidden"},
		"somebody who may not even know of that": {contact("dave", "acme"), "r1", hidden, 0, "not_found"},
	} {
		c, err := r.Reveal(test.by, protocol.Reveal{Seq: hidden.Seq, Reveal: test.reveal}, test.hidden, noon.Add(test.after))
		if got := came(c, err); got != test.came {
			t.Errorf("%s: got %s (%v), want %s", what, got, err, test.came)
		}
		if err == nil && c.Secret.Text != "hunter2" {
			t.Errorf("%s: is shown %q", what, c.Secret.Text)
		}
	}
	_, err := r.Reveal(bob, protocol.Reveal{Seq: hidden.Seq, Reveal: "r9"}, shown, noon)
	if err == nil || !strings.Contains(err.Error(), "carol has seen this secret.") {
		t.Errorf("bob is not told who has seen it: %v", err)
	}
}

func TestNobodyIsShownASecretAfterTheEnd(t *testing.T) {
	r := started(t, nil)
	hidden := r.as(alice).hides("hunter2")
	shown := *r.does(r.Reveal(carol, protocol.Reveal{Seq: hidden.Seq, Reveal: "r1"}, hidden, noon)).Secret
	r.as(alice).ends()
	for what, s := range map[string]session.Secret{"not shown before": hidden, "shown before": shown} {
		_, err := r.Reveal(carol, protocol.Reveal{Seq: hidden.Seq, Reveal: "r1"}, s, noon)
		want(t, what, err, fault.Conflict)
	}
}

func TestASecretSentTwiceIsOne(t *testing.T) {
	r := started(t, nil)
	hide := protocol.Hide{Message: "m1", Text: "hunter2", After: r.Seq}
	first := r.does(r.Hide(alice, hide, noon))
	for what, again := range map[string]func() (session.Change, error){
		"hidden": func() (session.Change, error) { return r.Hide(alice, hide, noon) },
		"posted": func() (session.Change, error) {
			return r.Post(alice, protocol.Post{Message: "m1", Text: "hunter2", After: hide.After}, noon)
		},
	} {
		c, err := again()
		if err != nil || !c.Repeat || text(c.Entry) != text(first.Entry) || c.Secret != nil {
			t.Errorf("%s again: got %s, %v", what, text(c), err)
		}
	}
	r.as(alice).ends()
	c, err := r.Hide(alice, hide, noon)
	if err != nil || !c.Repeat {
		t.Errorf("after the end: got %s, %v", text(c), err)
	}
}

func TestTheLimitsOfASecret(t *testing.T) {
	r := started(t, nil)
	for what, test := range map[string]struct {
		change func(*protocol.Hide)
		code   fault.Code
	}{
		"1 byte":                  {func(h *protocol.Hide) { h.Text = "x" }, ""},
		"1,024 bytes":             {func(h *protocol.Hide) { h.Text = strings.Repeat("x", 1024) }, ""},
		"1,025 bytes":             {func(h *protocol.Hide) { h.Text = strings.Repeat("x", 1025) }, fault.Invalid},
		"blanks only":             {func(h *protocol.Hide) { h.Text = " \n" }, fault.Invalid},
		"half a character":        {func(h *protocol.Hide) { h.Text = "fir\xf0\x9f" }, fault.Invalid},
		"no id":                   {func(h *protocol.Hide) { h.Message = "" }, fault.Invalid},
		"an id of 65 bytes":       {func(h *protocol.Hide) { h.Message = strings.Repeat("x", 65) }, fault.Invalid},
		"after what is not there": {func(h *protocol.Hide) { h.After = r.Seq + 1 }, fault.Invalid},
		"after less than nothing": {func(h *protocol.Hide) { h.After = -1 }, fault.Invalid},
	} {
		hide := protocol.Hide{Message: "m1", Text: "hunter2"}
		test.change(&hide)
		_, err := r.Hide(carol, hide, noon)
		want(t, what, err, test.code)
	}
}
