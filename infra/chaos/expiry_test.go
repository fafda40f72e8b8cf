package chaos

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// retention is short, so that a session outlives what was said in it.
const retention = time.Hour

// A session goes on while its entries expire and are deleted, in any order
// (docs/decisions/0005): its order goes on too, and nothing is written twice.
func TestTheOrderOutlivesTheEntries(t *testing.T) {
	all := tally{faults: map[string]int{}}
	overSeeds(t, max(*seeds/20, 1), (*world).outlives, &all)
	all.tells(t)
}

// outlives is a session of several hours.
func (w *world) outlives() {
	w.startsDirectly()
	for range 8 {
		if len(w.problems) > 0 {
			return
		}
		from := w.step
		w.calm = false
		for ; w.step < from+80 && len(w.problems) == 0; w.step++ {
			w.stepOnce(false)
		}
		w.heal()
		w.jump()
		w.reap()
	}
	w.calm = false
	for from := w.step; w.step < from+80 && len(w.problems) == 0; w.step++ {
		w.stepOnce(false)
	}
	w.heal()
	if len(w.problems) == 0 {
		w.checkOutlived()
	}
	w.tally.steps += w.step
	w.tally.messages += len(w.messages)
	w.tally.entries += len(w.written)
}

// startsDirectly begins a session with a retention that no settings allow.
func (w *world) startsDirectly() {
	to := session.Reach{Contact: session.Person(w.pages[carol].who), Activity: protocol.ActivityOnline}
	change, err := session.Start(w.pages[alice].who, w.session, to, session.Terms{Retention: retention}, time.Now())
	if err == nil {
		_, err = session.Service{Store: w.store}.Create(context.Background(), w.pages[alice].who, change)
	}
	if err != nil {
		w.problemf("no session: %v", err)
		return
	}
	joined := map[string]bool{w.pages[alice].who.ID: true, w.pages[carol].who.ID: true}
	w.heads = append(w.heads, headAt{version: 1, joined: joined, state: protocol.Active})
	w.written = append(w.written, change.Entry)
}

// jump lets time pass while nothing is on its way: mostly to about the moment
// at which the last entry expires.
func (w *world) jump() {
	for _, i := range slices.Clone(w.lambda.working) {
		w.kill(i, "before the jump")
	}
	w.settle()
	last := w.written[len(w.written)-1].At.Time().Add(retention)
	to := []time.Duration{
		time.Until(last) - time.Minute + time.Duration(w.IntN(2001)-1000)*time.Millisecond,
		time.Until(last) + time.Duration(w.IntN(4001)-2000)*time.Millisecond,
		time.Until(last) + time.Duration(w.IntN(60))*time.Minute,
		time.Duration(10+w.IntN(50)) * time.Minute,
	}[w.IntN(4)]
	to = max(to, time.Minute)
	w.notef("%s pass", to)
	w.passes(to)
	w.tally.faults["jump"]++
	for _, p := range w.pages {
		if p.conn != nil && (time.Since(p.conn.born) > 2*time.Hour || w.IntN(2) == 0) {
			w.cut(p, "after a long time")
		}
	}
}

// reap deletes some of what has expired, in any order, as DynamoDB does.
func (w *world) reap() {
	now := fmt.Sprint(time.Now().Unix())
	name := tableName
	out, err := w.store.Client.Query(context.Background(), &sdk.QueryInput{
		TableName: &name, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("pk = :pk"),
		FilterExpression: aws.String("expiresAt < :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk": &types.AttributeValueMemberS{Value: "session#" + w.session}, ":now": &types.AttributeValueMemberN{Value: now},
		},
	})
	if err != nil {
		w.problemf("the table cannot be read: %v", err)
		return
	}
	spares := w.IntN(3) // Of three.
	for _, item := range out.Items {
		if w.IntN(3) < spares {
			continue
		}
		key := map[string]types.AttributeValue{"pk": item["pk"], "sk": item["sk"]}
		if _, err := w.store.Client.DeleteItem(context.Background(), &sdk.DeleteItemInput{TableName: &name, Key: key}); err != nil {
			w.problemf("an item cannot be deleted: %v", err)
		}
		w.tally.faults["expired and deleted"]++
		w.notef("DELETED %s", item["sk"].(*types.AttributeValueMemberS).Value)
	}
}

// checkOutlived compares what was written with what pages show: each misses
// only what had expired before it could be read.
func (w *world) checkOutlived() {
	once := w.withoutExpired()
	w.checkOrder(once)
	w.checkMessages(once)
	for _, p := range []*page{w.pages[alice], w.pages[carol], w.pages[carolsOther]} {
		if !w.heads[len(w.heads)-1].joined[p.who.ID] {
			continue // Who has left hears no more.
		}
		if p.live == nil {
			w.problemf("%s does not know of the session", p.name)
			continue
		}
		shown := lines(p.shown.entries)
		for _, e := range w.written {
			alive := time.Now().Before(e.At.Time().Add(retention))
			if line := lines([]protocol.Entry{e}); alive && !strings.Contains(shown, line) {
				w.problemf("%s does not show %s", p.name, line)
			}
		}
		w.checkShown(p)
	}
}

// withoutExpired is what was written, without messages that were sent again
// when what the first try had written was past its retention: nobody can read
// that any more, the service neither.
func (w *world) withoutExpired() []protocol.Entry {
	again := func(e protocol.Entry) bool {
		return slices.ContainsFunc(w.written, func(later protocol.Entry) bool {
			return e.Kind == protocol.EntryMessage && later.Text == e.Text && later.By == e.By &&
				later.At.Time().Sub(e.At.Time()) >= retention
		})
	}
	return slices.DeleteFunc(slices.Clone(w.written), again)
}

// checkShown looks whether a page shows what was written, in that order.
func (w *world) checkShown(p *page) {
	rest := w.written
	for _, e := range p.shown.entries {
		at := slices.IndexFunc(rest, func(other protocol.Entry) bool { return lines([]protocol.Entry{other}) == lines([]protocol.Entry{e}) })
		if at < 0 {
			w.problemf("%s shows out of its order, or without its being written: %s", p.name, lines([]protocol.Entry{e}))
			return
		}
		rest = rest[at+1:]
	}
}
