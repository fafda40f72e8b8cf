package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// observe notes what a write has changed.
func (w *world) observe(target string, body []byte) {
	var request struct {
		Item               map[string]any
		ClientRequestToken string
		TransactItems      []struct {
			Put *struct{ Item map[string]any }
		}
	}
	if target != "PutItem" && target != "TransactWriteItems" {
		return
	}
	if err := json.Unmarshal(body, &request); err != nil {
		panic(err) // The SDK's own.
	}
	if request.ClientRequestToken != "" && w.tokens[request.ClientRequestToken] {
		return // Answered from what DynamoDB remembers.
	}
	w.tokens[request.ClientRequestToken] = true
	items := []map[string]any{request.Item}
	for _, action := range request.TransactItems {
		if action.Put != nil {
			items = append(items, action.Put.Item)
		}
	}
	for _, item := range items {
		w.stored(attributes(item))
	}
}

func (w *world) stored(item map[string]any) {
	pk, _ := item["pk"].(string)
	sk, _ := item["sk"].(string)
	text, err := json.Marshal(item)
	if err != nil {
		panic(err)
	}
	switch {
	case !strings.HasPrefix(pk, "session#"): // A ticket, or a list.
	case strings.HasPrefix(sk, "entry#"):
		var e protocol.Entry
		if err := json.Unmarshal(text, &e); err != nil {
			panic(err)
		}
		w.written = append(w.written, e)
		w.notef("WRITTEN %d %s by %s %s", e.Seq, e.Kind, e.By.Name, e.Message)
	case sk == "head":
		var h struct {
			Session protocol.Session
			Version int64
		}
		if err := json.Unmarshal(text, &h); err != nil {
			panic(err)
		}
		joined := map[string]bool{}
		for _, p := range h.Session.Participants {
			joined[p.ID] = p.Joined
		}
		next := headAt{step: w.step, version: h.Version, joined: joined, state: h.Session.State}
		if t := h.Session.Transfer; t != nil {
			next.offered = t.To.ID
		}
		w.heads = append(w.heads, next)
		technician := func(p protocol.Participant) bool { return p.Joined && p.Role == identity.Technician }
		if next.state == protocol.Active && !slices.ContainsFunc(h.Session.Participants, technician) {
			w.problemf("at %d the contact is left alone", h.Version)
		}
	}
}

// tookPart reports whether somebody took part at any time since a step.
func (w *world) tookPart(who identity.Principal, since int) bool {
	for n, h := range w.heads {
		over := n+1 < len(w.heads) && w.heads[n+1].step < since
		if !over && h.joined[who.ID] {
			return true
		}
	}
	return false
}

// wasOffered reports whether the session was offered to somebody at any time
// since a step.
func (w *world) wasOffered(who identity.Principal, since int) bool {
	for n, h := range w.heads {
		over := n+1 < len(w.heads) && w.heads[n+1].step < since
		if !over && h.offered == who.ID {
			return true
		}
	}
	return false
}

// joinedAt reports whether somebody took part when an entry was added.
func (w *world) joinedAt(who identity.Principal, seq int64) bool {
	in := false
	for _, h := range w.heads {
		if h.version <= seq {
			in = h.joined[who.ID]
		}
	}
	return in
}

// mindPush looks whether a push goes to somebody who may hear it.
func (w *world) mindPush(by *invocation, to *connection, body []byte) {
	var a arrived
	var what told
	if json.Unmarshal(body, &a) != nil || json.Unmarshal(a.Data, &what) != nil || len(what.Session) == 0 {
		return // Of presence.
	}
	who := to.owner.who
	if e := what.Entry; e != nil {
		if !w.joinedAt(who, e.Seq) && e.By.ID != who.ID && !w.tookPart(who, w.step+1) {
			w.problemf("%s, who takes no part, is pushed entry %d by %s: %s", to.name, e.Seq, by.name, body)
		}
		return
	}
	if !w.tookPart(who, by.began) && !w.wasOffered(who, by.began) {
		w.problemf("%s, who takes no part, is pushed by %s: %s", to.name, by.name, body)
	}
}

// mindReply looks whether a reply brings entries only to somebody who may read
// them: who took part when asking may read on to the end of the page.
func (w *world) mindReply(i *invocation) {
	var a arrived
	var what told
	if json.Unmarshal([]byte(i.answer.Body), &a) != nil || json.Unmarshal(a.Data, &what) != nil || len(what.Entries) == 0 {
		return
	}
	if !w.tookPart(i.to.owner.who, i.began) {
		w.problemf("%s, who takes no part, is told entries by %s: %s", i.to.name, i.name, brief(i.answer.Body))
	}
}

// table reads the whole transcript as it is stored.
func (w *world) table() []protocol.Entry {
	var entries []protocol.Entry
	name := tableName
	pages := sdk.NewQueryPaginator(w.store.Client, &sdk.QueryInput{
		TableName: &name, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("pk = :pk AND begins_with(sk, :e)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk": &types.AttributeValueMemberS{Value: "session#" + w.session}, ":e": &types.AttributeValueMemberS{Value: "entry#"},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			w.problemf("the table cannot be read: %v", err)
			return entries
		}
		for _, item := range page.Items {
			var e protocol.Entry
			err := attributevalue.UnmarshalMapWithOptions(item, &e, func(o *attributevalue.DecoderOptions) { o.TagKey = "json" })
			if sk, _ := item["sk"].(*types.AttributeValueMemberS); err != nil || sk.Value != fmt.Sprintf("entry#%015d", e.Seq) {
				w.problemf("%s holds entry %d, %v", sk.Value, e.Seq, err)
			}
			entries = append(entries, e)
		}
	}
	return entries
}

// check compares everything at the end.
func (w *world) check() {
	table := w.table()
	if got, want := lines(table), lines(w.written); got != want {
		w.problemf("the table is not what was written:\n%s\nbut\n%s", got, want)
	}
	for n, e := range table {
		if e.Seq != int64(n+1) {
			w.problemf("entry %d stands in place %d", e.Seq, n+1)
		}
	}
	w.checkHead(table)
	w.checkOrder(table)
	w.checkMessages(table)
	for _, p := range w.pages[:dave] {
		w.checkPage(p, table)
	}
	w.tally.entries += len(table)
	w.tally.messages += len(w.messages)
}

// checkHead looks whether the head is of the last entry that altered it.
func (w *world) checkHead(table []protocol.Entry) {
	altered := int64(0)
	for _, e := range table {
		if session.Alters(e.Kind) {
			altered = e.Seq
		}
	}
	if n := len(w.heads); n > 0 && w.heads[n-1].version != altered {
		w.problemf("the head is of entry %d, and the last that altered it is %d", w.heads[n-1].version, altered)
	}
}

// checkOrder looks at what must hold whatever has expired.
func (w *world) checkOrder(entries []protocol.Entry) {
	last := map[*page]int{}
	for n, e := range entries {
		if n > 0 && e.Seq <= entries[n-1].Seq {
			w.problemf("entry %d comes after %d", e.Seq, entries[n-1].Seq)
		}
		if n > 0 && entries[n-1].Kind == protocol.EntryEnded {
			w.problemf("entry %d comes after the end", e.Seq)
		}
		if e.Kind != protocol.EntryMessage {
			continue
		}
		at := slices.IndexFunc(w.messages, func(m *message) bool { return m.text == e.Text && m.by.who.ID == e.By.ID })
		if at < 0 {
			w.problemf("entry %d says what nobody has written: %s", e.Seq, e.Text)
			continue
		}
		by := w.messages[at].by
		if before, ok := last[by]; ok && before >= at {
			w.problemf("%s comes after what %s has written later, or twice", e.Text, by.name)
		}
		last[by] = at
	}
}

// checkMessages looks for what is lost, and for what was refused and stands.
func (w *world) checkMessages(entries []protocol.Entry) {
	for _, m := range w.messages {
		at := slices.IndexFunc(entries, func(e protocol.Entry) bool { return e.Text == m.text && e.By.ID == m.by.who.ID })
		stays := m.by.who.Role != identity.Technician // Who leaves may have something waiting, and be refused what was taken before.
		switch {
		case at < 0 && m.refused == nil && (stays || w.heads[len(w.heads)-1].joined[m.by.who.ID]):
			w.problemf("%s is lost", m.text)
		case at < 0 && m.acked > 0:
			w.problemf("%s is lost, and %s was told that it stands at %d", m.text, m.by.name, m.acked)
		case at >= 0 && m.acked > 0 && entries[at].Seq != m.acked:
			w.problemf("%s stands at %d, and %s was told %d", m.text, entries[at].Seq, m.by.name, m.acked)
		case at >= 0 && m.refused != nil && stays:
			w.problemf("%s stands at %d, and %s was told %v", m.text, entries[at].Seq, m.by.name, m.refused)
		}
		if m.refused != nil {
			w.tally.refused++
		}
	}
}

// checkPage compares what a page shows with the table.
func (w *world) checkPage(p *page, table []protocol.Entry) {
	switch {
	case len(w.heads) == 0:
		return // Nobody began a session.
	case p.live == nil:
		if last := w.heads[len(w.heads)-1]; last.joined[p.who.ID] && last.state != protocol.Ended {
			w.problemf("%s does not know of the session", p.name)
		}
		return
	}
	got, want := lines(p.shown.entries), lines(table)
	in := w.heads[len(w.heads)-1].joined[p.who.ID]
	switch {
	case in && got != want:
		w.problemf("%s shows\n%s\nand the table is\n%s", p.name, got, want)
	case !in && !strings.HasPrefix(want, got):
		w.problemf("%s, who has left, shows\n%s\nand the table is\n%s", p.name, got, want)
	}
}

// lines is a transcript, byte for byte.
func lines(entries []protocol.Entry) string {
	var text strings.Builder
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		text.Write(line)
		text.WriteByte('\n')
	}
	return text.String()
}
