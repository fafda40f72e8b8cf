package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// chat is one session: a contact writes, technicians hear.
type chat struct {
	t       *twin
	session string
	seq     int64 // The last that the contact knows.
	contact *client
	joined  int          // Technicians.
	heard   chan hearing // Messages, once for each technician.
	pushes  atomic.Int64 // Of any kind, to anybody.
	pushed  atomic.Int64 // Bytes of them.
}

// hearing is a message that somebody has heard.
type hearing struct {
	text string
	at   time.Time
}

// begin has a new contact ask for help.
func (t *twin) begin(ctx context.Context) (*chat, error) {
	id := uuid.NewString()
	c := &chat{t: t, session: "acme/" + id, heard: make(chan hearing, 1000)}
	var err error
	if c.contact, err = t.connect(ctx, identity.Contact, "contact-"+id, c.hears); err != nil {
		return nil, err
	}
	var asked protocol.SessionReply
	err = c.contact.does(ctx, "session.request", protocol.RequestSession{Session: c.session, Problem: "Measure me"}, &asked)
	if err != nil {
		return nil, err
	}
	c.seq = asked.Seq
	return c, c.contact.does(ctx, "message.resume", protocol.Resume{Session: c.session, After: c.seq}, nil)
}

// hears notes what somebody in the chat hears.
func (c *chat) hears(push frame) {
	at := time.Now()
	c.pushes.Add(1)
	c.pushed.Add(int64(push.size))
	var posted protocol.MessagePosted
	if push.Push == "message.posted" && json.Unmarshal(push.Data, &posted) == nil {
		c.heard <- hearing{posted.Entry.Text, at}
	}
}

// join has technicians join, one after the other, until there are n.
func (c *chat) join(ctx context.Context, n int) error {
	for ; c.joined < n; c.joined++ {
		name := fmt.Sprintf("technician-%d-of-%s", c.joined, c.session)
		technician, err := c.t.connect(ctx, identity.Technician, name, c.hears)
		if err != nil {
			return err
		}
		var joined protocol.SessionReply
		if err := technician.does(ctx, "session.join", protocol.NameSession{Session: c.session}, &joined); err != nil {
			return err
		}
		c.seq = joined.Seq
		if err := technician.does(ctx, "message.resume", protocol.Resume{Session: c.session, After: c.seq}, nil); err != nil {
			return err
		}
	}
	return nil
}

// post has the contact write a message.
func (c *chat) post(ctx context.Context, text string) error {
	var posted protocol.Posted
	post := protocol.Post{Session: c.session, Message: uuid.NewString(), Text: text, After: c.seq}
	if err := c.contact.does(ctx, "message.post", post, &posted); err != nil {
		return err
	}
	c.seq = posted.Seq
	return nil
}

// collect waits until n messages were heard.
func (c *chat) collect(ctx context.Context, n int, note func(hearing) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for range n {
		select {
		case h := <-c.heard:
			if err := note(h); err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("somebody in %s never hears a message: %w", c.session, ctx.Err())
		}
	}
	return nil
}
