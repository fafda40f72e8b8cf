package dynamo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

const password = "correct horse battery staple"

// sealing is a process that has the key.
func (w *world) sealing() process {
	p := w.process()
	p.store.Key = func(context.Context) (string, error) { return "the key of the house", nil }
	return p
}

// hides sends a secret and returns its seq.
func (p process) hides(by identity.Principal, id, text string) int64 {
	p.w.t.Helper()
	c, err := p.Do(p.w.t.Context(), id, 1, func(s session.Session) (session.Change, error) {
		return s.Hide(by, protocol.Hide{Session: id, Message: uuid.NewString(), Text: text, After: 1}, p.w.now())
	})
	if err != nil {
		p.w.t.Fatal(err)
	}
	return c.Entry.Seq
}

func (p process) reveals(by identity.Principal, id string, seq int64, reveal string) (session.Change, error) {
	return p.Reveal(p.w.t.Context(), by, protocol.Reveal{Session: id, Seq: seq, Reveal: reveal}, p.w.now())
}

// holds reports whether a text stands anywhere in the table or its index.
func (w *world) holds(text string) bool {
	w.t.Helper()
	for _, index := range []*string{nil, aws.String("lists")} {
		out, err := w.client.Scan(w.t.Context(), &dynamodb.ScanInput{TableName: &w.name, IndexName: index})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, i := range out.Items {
			if bytes.Contains(fmt.Append(nil, deep(i)), []byte(text)) {
				return true
			}
		}
	}
	return false
}

func TestASecretIsReadableNowhereInTheTable(t *testing.T) {
	w := newWorld(t, -1)
	p := w.sealing()
	id := p.starts(time.Hour)
	p.mustSay(alice, id, "Here it comes.")
	seq := p.hides(alice, id, password)
	if !w.holds("Here it comes.") {
		t.Fatal("a message is not found in the table either")
	}
	if w.holds(password) {
		t.Error("the table holds the secret before it is shown")
	}
	if c, err := p.reveals(carol, id, seq, "r1"); err != nil || c.Secret.Text != password {
		t.Fatalf("carol is shown %+v, %v", c.Secret, err)
	}
	if w.holds(password) {
		t.Error("the table holds the secret after it was shown")
	}
}

func TestOfManyWhoAskAtOnceOneIsShownTheSecret(t *testing.T) {
	w := newWorld(t, -1)
	p := w.sealing()
	id := p.starts(time.Hour)
	seq := p.hides(alice, id, password)
	var all sync.WaitGroup
	var mu sync.Mutex
	shown := 0
	for n := range 8 {
		all.Go(func() {
			c, err := w.sealing().reveals(carol, id, seq, fmt.Sprint("page", n))
			mu.Lock()
			defer mu.Unlock()
			if err == nil && c.Secret.Text == password {
				shown++
			} else {
				wants(t, err, fault.Conflict)
			}
		})
	}
	all.Wait()
	if shown != 1 {
		t.Errorf("%d pages are shown the secret", shown)
	}
	if entries := p.transcript(id); len(entries) != 3 || entries[2].Kind != protocol.EntryRevealed || entries[2].Of != seq {
		t.Errorf("the transcript is %+v", entries)
	}
}

// The function died after its write: the page asks again.
func TestALostReplyIsAnsweredAgainForAMinute(t *testing.T) {
	w := newWorld(t, -1)
	id := w.sealing().starts(time.Hour)
	seq := w.sealing().hides(alice, id, password)
	first, err := w.sealing().reveals(carol, id, seq, "r1")
	if err != nil {
		t.Fatal(err)
	}
	w.at(noon.Add(59 * time.Second))
	again, err := w.sealing().reveals(carol, id, seq, "r1")
	if err != nil || !again.Repeat || again.Secret.Text != password || again.Entry != first.Entry {
		t.Errorf("asked again: got %+v, %v; want %+v", again, err, first)
	}
	_, err = w.sealing().reveals(carol, id, seq, "r2")
	wants(t, err, fault.Conflict)
	w.at(noon.Add(61 * time.Second))
	_, err = w.sealing().reveals(carol, id, seq, "r1")
	wants(t, err, fault.Conflict)
}

func TestTheEndOfASessionDestroysItsSecrets(t *testing.T) {
	w := newWorld(t, -1)
	p := w.sealing()
	id, other := p.starts(time.Hour), p.starts(time.Hour)
	p.hides(alice, id, password)
	p.hides(alice, id, "another")
	kept := p.hides(alice, other, password)
	before := w.items()
	if err := p.store.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if gone := before - w.items(); gone != 2 {
		t.Errorf("%d items are deleted, want 2", gone)
	}
	if _, err := p.reveals(carol, other, kept, "r1"); err != nil {
		t.Errorf("that of another session: %v", err)
	}
}

// The time-to-live of DynamoDB may take days.
func TestSecretsAreDeletedAMinuteAfterTheyWereShownAndAfterAnHour(t *testing.T) {
	w := newWorld(t, -1)
	p := w.sealing()
	id := p.starts(24 * time.Hour)
	shown, waits := p.hides(alice, id, password), p.hides(alice, id, "another")
	if _, err := p.reveals(carol, id, shown, "r1"); err != nil {
		t.Fatal(err)
	}
	for _, when := range []struct {
		after     time.Duration
		destroyed int
	}{{59 * time.Second, 0}, {time.Minute, 1}, {59 * time.Minute, 0}, {time.Hour, 1}, {2 * time.Hour, 0}} {
		w.at(noon.Add(when.after))
		if n, err := p.store.DestroyDue(t.Context()); err != nil || n != when.destroyed {
			t.Errorf("after %v: %d are deleted (%v), want %d", when.after, n, err, when.destroyed)
		}
	}
	_, err := p.reveals(carol, id, waits, "r1")
	wants(t, err, fault.Conflict)
}

func TestASecretOpensOnlyWithItsKey(t *testing.T) {
	w := newWorld(t, -1)
	p := w.sealing()
	id := p.starts(time.Hour)
	seq := p.hides(alice, id, password)
	for what, key := range map[string]func(context.Context) (string, error){
		"no key":              nil,
		"another key":         func(context.Context) (string, error) { return "another", nil },
		"a key out of reach":  func(context.Context) (string, error) { return "", errors.New("no answer") },
		"an empty key's text": func(context.Context) (string, error) { return "", nil },
	} {
		p := w.process()
		p.store.Key = key
		c, err := p.reveals(carol, id, seq, "r1")
		if err == nil || fault.Public(err).Code != fault.Internal || c.Secret != nil {
			t.Errorf("with %s: got %+v, %v", what, c.Secret, err)
		}
	}
	if _, err := p.reveals(carol, id, seq, "r1"); err != nil {
		t.Errorf("it is lost by that: %v", err)
	}
}

// deep is an item with what its pointers point to, to look for a text in it.
func deep(i map[string]types.AttributeValue) map[string]any {
	var plain map[string]any
	if err := attributevalue.UnmarshalMap(i, &plain); err != nil {
		panic(err) // Only for what is no item.
	}
	for name, value := range plain {
		if b, ok := value.([]byte); ok {
			plain[name] = string(b)
		}
	}
	return plain
}
