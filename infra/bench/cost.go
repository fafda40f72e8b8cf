package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// sample is how many messages are counted.
const sample = 20

// costs prints what a message costs. It is cold for a function that has not
// seen the session since its start, which itself asks DynamoDB for nothing.
func costs(ctx context.Context, t *twin, m *meter) error {
	w := tabulate("What a message of 100 bytes costs. Target, when warm: one conditional write of one unit, at most one read.",
		"participants\thistory\tfunction\tDynamoDB calls\tWCU\tRCU\tbytes\tpushes\ttarget")
	for _, history := range []int{10, 10_000} {
		c, err := t.begin(ctx)
		if err != nil {
			return err
		}
		if err := c.age(ctx, m, history); err != nil {
			return err
		}
		for _, technicians := range []int{1, 4, 19} {
			if err := c.join(ctx, technicians); err != nil {
				return err
			}
			first, err := c.metered(ctx, m, 1)
			if err != nil {
				return err
			}
			warm, err := c.metered(ctx, m, sample)
			if err != nil {
				return err
			}
			if technicians == 1 { // Later it has seen the session, only not who joined.
				fmt.Fprintf(w, "%d\t%d\tcold\t%s\n", technicians+1, history, first)
			}
			fmt.Fprintf(w, "%d\t%d\twarm\t%s\t%s\n", technicians+1, history, warm, verdict(warm.onTarget()))
		}
	}
	return w.Flush()
}

// cost is what a number of messages used.
type cost struct {
	usage
	messages, pushes int
}

func (c cost) onTarget() bool {
	return c.writes == c.messages && c.calls["conditional PutItem"] == c.messages && int(c.writeUnits) == c.messages && c.reads <= c.messages
}

// String is what one message used on average, as a part of the table's row.
func (c cost) String() string {
	n := float64(c.messages)
	return fmt.Sprintf("%s\t%.3g\t%.3g\t%.0f\t%.3g", c.averageCalls(), c.writeUnits/n, c.readUnits/n, float64(c.bytes)/n, float64(c.pushes)/n)
}

func (c cost) averageCalls() string {
	var calls []string
	for _, operation := range slices.Sorted(maps.Keys(c.calls)) {
		calls = append(calls, fmt.Sprintf("%.3g %s", float64(c.calls[operation])/float64(c.messages), operation))
	}
	return strings.Join(calls, ", ")
}

// age gives the session a history that its contact wrote, past the functions,
// with what they use for it.
func (c *chat) age(ctx context.Context, m *meter, messages int) error {
	store := dynamo.NewSessions(dynamo.Table{Client: table.Client(m.endpoint), Name: "parley", Now: time.Now})
	s, err := store.Load(ctx, c.session, 0)
	if err != nil {
		return err
	}
	by := identity.Principal{ID: s.Contact.ID, Role: identity.Contact, Name: s.Contact.Name, Company: s.Company}
	for i := range messages {
		post := protocol.Post{Session: c.session, Message: fmt.Sprint("history-", i), Text: "Once upon a time", After: c.seq}
		change, err := session.Service{Store: store}.Do(ctx, c.session, c.seq, func(s session.Session) (session.Change, error) {
			return s.Post(by, post, time.Now())
		})
		if err != nil {
			return err
		}
		c.seq = change.Entry.Seq
	}
	return nil
}

// breath is between two messages, so that they are fewer than one connection may
// send.
const breath = 105 * time.Millisecond

// metered posts messages that everybody hears.
func (c *chat) metered(ctx context.Context, m *meter, messages int) (cost, error) {
	m.take()
	c.pushes.Store(0)
	allowed := time.NewTicker(breath)
	defer allowed.Stop()
	for range messages {
		<-allowed.C
		if err := c.post(ctx, strings.Repeat("a", 100)); err != nil {
			return cost{}, err
		}
		if err := c.collect(ctx, c.joined, func(hearing) error { return nil }); err != nil {
			return cost{}, err
		}
	}
	return cost{m.take(), messages, int(c.pushes.Load())}, nil
}
