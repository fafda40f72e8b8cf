package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

const (
	rounds = 5  // Repetitions, to know the spread.
	sample = 20 // Messages of a round.
	short  = 10 // Messages that a session with a short history has.
	long   = 10_000
)

// breath is between two messages, so that they are fewer than one connection may
// send.
const breath = 105 * time.Millisecond

// costs prints what a message costs with a short and with a long history. The
// two take turns, message by message, so that whatever else this machine does
// weighs on both.
func costs(ctx context.Context, t *twin, m *meter) error {
	w := tabulate(fmt.Sprintf("What a message of 100 bytes costs, and how long it takes until the last participant has heard it; %d messages.\n"+
		"Target, when warm: one conditional write of one unit, at most one read, and a push for every other participant.\n"+
		"Messages that met a function which had not seen the session are left out: less than a tenth.", rounds*sample),
		"participants\thistory\tfunction\toutside calls\tDynamoDB calls\tWCU\tRCU\tits bytes\tframe\treply\tpushes\tp50\tp99\ttarget")
	ratios := compares("participants\toutside calls\tWCU\tRCU\tbytes on the wire\tp50\tspread\tp99\tspread")
	chats := map[int]*chat{}
	for _, history := range []int{short, long} {
		c, err := t.begin(ctx)
		if err == nil {
			err = c.age(ctx, m, history)
		}
		if err != nil {
			return err
		}
		chats[history] = c
	}
	for _, technicians := range []int{1, 4, 19} {
		if err := compared(ctx, w, ratios, m, chats, technicians); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Printf("\nThe same with a history of %d messages, as a multiple of that with %d; spread over %d rounds. Bytes grow by the digits of the seq.\n\n%s", long, short, rounds, ratios.String())
	return nil
}

// compared adds the rows of a number of technicians.
func compared(ctx context.Context, w *tabwriter.Writer, ratios *ratioTable, m *meter, chats map[int]*chat, technicians int) error {
	total := map[int]*cost{short: {}, long: {}}
	for _, history := range []int{short, long} {
		if err := chats[history].join(ctx, technicians); err != nil {
			return err
		}
		first, err := chats[history].metered(ctx, m)
		if err != nil {
			return err
		}
		if technicians == 1 { // Later it has seen the session, only not who joined.
			fmt.Fprintf(w, "%d\t%d\tcold\t%s\n", technicians+1, history, first)
		}
	}
	allowed := time.NewTicker(breath)
	defer allowed.Stop()
	var middle, slow []float64
	for range rounds {
		round := map[int]*cost{short: {}, long: {}}
		for n := range 2 * sample {
			history := []int{short, long, long, short}[n%4] // Neither is always the first.
			if n%2 == 0 {
				<-allowed.C
			}
			one, err := chats[history].metered(ctx, m)
			if err != nil {
				return err
			}
			if one.reads > 1 { // The function had not seen the session.
				total[history].cold++
				continue
			}
			round[history].add(one)
		}
		for history := range chats {
			total[history].add(*round[history])
		}
		middle = append(middle, round[long].quantile(50)/round[short].quantile(50))
		slow = append(slow, round[long].quantile(99)/round[short].quantile(99))
	}
	for _, history := range []int{short, long} {
		fmt.Fprintf(w, "%d\t%d\twarm\t%s\t%s\n", technicians+1, history, total[history], verdict(total[history].onTarget(technicians)))
	}
	ratios.row(technicians+1, *total[long], *total[short], middle, slow)
	return nil
}

// cost is what a number of messages used.
type cost struct {
	usage
	messages, pushes     int
	cold                 int             // Messages that are left out, since a function had not seen the session.
	frame, reply, pushed int             // Bytes on the wire.
	took                 []time.Duration // From the post until the last participant has heard it.
}

func (c *cost) add(other cost) {
	c.usage.add(other.usage)
	c.messages, c.pushes = c.messages+other.messages, c.pushes+other.pushes
	c.frame, c.reply, c.pushed = c.frame+other.frame, c.reply+other.reply, c.pushed+other.pushed
	c.took = append(c.took, other.took...)
}

func (c cost) onTarget(others int) bool {
	oneWrite := c.writes == c.messages && c.calls["conditional PutItem"] == c.messages && int(c.writeUnits) == c.messages
	return oneWrite && c.reads <= c.messages && c.pushes == others*c.messages && c.cold*10 <= c.messages
}

// outside counts the calls to anybody else.
func (c cost) outside() int { return c.writes + c.reads + c.pushes }

// quantile is how long the message took that so many in a hundred are as quick
// as, in milliseconds.
func (c cost) quantile(percent int) float64 {
	sorted := slices.Sorted(slices.Values(c.took))
	return float64(sorted[min(len(sorted)*percent/100, len(sorted)-1)].Microseconds()) / 1000
}

// String is what one message used on average, as a part of the table's row.
func (c cost) String() string {
	n := float64(c.messages)
	each := func(many int) float64 { return float64(many) / n }
	return fmt.Sprintf("%.3g\t%s\t%.3g\t%.3g\t%.0f\t%.0f\t%.0f\t%.0f\t%.1f ms\t%.1f ms", each(c.outside()), c.averageCalls(),
		c.writeUnits/n, c.readUnits/n, each(c.bytes), each(c.frame), each(c.reply), each(c.pushed), c.quantile(50), c.quantile(99))
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

// metered posts a message that everybody hears.
func (c *chat) metered(ctx context.Context, m *meter) (cost, error) {
	m.take()
	c.pushes.Store(0)
	c.pushed.Store(0)
	c.contact.asked, c.contact.told = 0, 0
	begun, last := time.Now(), time.Duration(0)
	err := c.post(ctx, strings.Repeat("a", 100))
	if err == nil {
		err = c.collect(ctx, c.joined, func(h hearing) error {
			last = max(last, h.at.Sub(begun))
			return nil
		})
	}
	return cost{
		usage: m.take(), messages: 1, pushes: int(c.pushes.Load()), took: []time.Duration{last},
		frame: c.contact.asked, reply: c.contact.told, pushed: int(c.pushed.Load()),
	}, err
}
