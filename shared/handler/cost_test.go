package handler_test

import (
	"fmt"
	"testing"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// costs is how many calls to the outside something takes.
func (w *world) costs(does func()) int64 {
	before := w.calls.Load()
	does()
	return w.calls.Load() - before
}

// Clients tell that somebody types, and how far they have read, no more often
// than messages are written; portal/src/client has the tests. So they cost less
// than the messages as long as each costs no more than a message does.
func TestTypingAndReadMarksCostNoMoreThanMessages(t *testing.T) {
	w := newWorld(t)
	id := w.requests(carol, "01")
	for n := 2; n <= 5; n++ {
		w.warm = false
		helper := identity.Principal{ID: fmt.Sprint("helper", n), Role: identity.Technician, Name: "Helper", Companies: []string{"acme"}}
		w.arrives(helper, helper.ID)
		does[protocol.SessionReply](w, helper, "session.join", protocol.JoinSession{Session: id})
		does[protocol.Resumed](w, helper, "message.resume", protocol.Resume{Session: id})
		var seq int64
		say := func() {
			post := protocol.Post{Session: id, Message: fmt.Sprint("m", n, seq), Text: "hello", After: seq}
			seq = does[protocol.Posted](w, helper, "message.post", post).Seq
		}
		w.warm = true
		say() // The function has seen the session from now on.
		message := w.costs(say)
		typing := w.costs(func() {
			does[protocol.Empty](w, carol, "message.type", protocol.Type{Session: id, Typing: true})
		})
		reading := w.costs(func() {
			does[protocol.Empty](w, carol, "message.read", protocol.Read{Session: id, Delivered: seq, Read: seq})
		})
		pushes := int64(n - 1)
		if message != 2+pushes || typing != 1+pushes || reading != 2+pushes {
			t.Errorf("between %d a message takes %d calls, typing %d, reading %d", n, message, typing, reading)
		}
	}
}
