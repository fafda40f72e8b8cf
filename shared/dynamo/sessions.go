package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

const (
	remembered = 256          // Sessions that one process remembers.
	recent     = 32           // Entries of each, and of the first page of a load.
	unsettled  = 8            // Reads of a session that changes meanwhile.
	reach      = 1000         // Entries that a load reads back at most.
	margin     = time.Minute  // Before an entry expires, in which clocks may disagree.
	unbounded  = "\U0010FFFF" // After every seq and every connection.
)

var (
	errNoSuch   = fault.New(fault.NotFound, "There is no such session.")
	errNoInvite = fault.New(fault.NotFound, "There is no such invite.")
)

// Sessions is the session.Store on the table.
//
// A message is one conditional write of its own item: its key is its place in
// the order. Whatever changes more than the transcript writes the head in the
// same transaction. The process remembers the sessions it has seen, and finds
// out that a memory is old when the next place is taken.
//
// Entries expire while a session goes on. As long as the newest is there, the
// order goes on behind it; when it may have been deleted, nobody can know the
// last seq any more, and the next one jumps by the milliseconds since, further
// than anything can have been written. Such a change, and every one within a
// minute of it, writes the head too, so that only one of several can win.
type Sessions struct {
	Table
	// Key reads what secrets are sealed with; nil where none are hidden or shown.
	Key    func(context.Context) (string, error)
	memory *lru.Cache[string, session.Session]
}

// NewSessions returns the store, remembering nothing.
func NewSessions(t Table) *Sessions {
	memory, err := lru.New[string, session.Session](remembered)
	if err != nil {
		panic(err) // Only for a size below one.
	}
	return &Sessions{Table: t, memory: memory}
}

// head is how the session itself is stored.
type head struct {
	Session   protocol.Session `json:"session"`
	Version   int64            `json:"version"`
	At        protocol.Millis  `json:"at"`        // Of the entry that made it so.
	Retention int64            `json:"retention"` // Seconds.
}

func sessionKey(id string) string { return "session#" + id }

func entryKey(seq int64) string { return fmt.Sprintf("entry#%015d", seq) }

func personKey(home, principal string) string { return "person#" + home + "#" + principal }

func membershipKey(id string) string { return "session#" + id }

// Recall returns what is remembered, unless its last entry may have expired.
func (t *Sessions) Recall(id string) (session.Session, bool) {
	s, ok := t.memory.Get(id)
	return s, ok && !t.fading(s.LastAt, s.Retention)
}

// fading reports whether an entry is, or is about to be, past its retention.
func (t *Sessions) fading(at protocol.Millis, retention time.Duration) bool {
	return !t.Now().Before(at.Time().Add(retention - margin))
}

// Load reads the head and the last entries in one query, newest first, and
// goes on until it has every entry after the seq.
func (t *Sessions) Load(ctx context.Context, id string, after int64) (session.Session, error) {
	for range unsettled {
		s, settled, err := t.load(ctx, id, after)
		if err != nil || settled {
			return s, err
		}
	}
	return session.Session{}, fault.New(fault.Unavailable, "This session changes too fast. Please try again.")
}

// load reports as not settled what was changed between the reads of a head and
// of an entry that altered it.
func (t *Sessions) load(ctx context.Context, id string, after int64) (session.Session, bool, error) {
	q := within(sessionKey(id), "entry#", "head")
	q.TableName, q.ScanIndexForward, q.Limit = &t.Name, aws.Bool(false), aws.Int32(recent)
	page, err := t.Client.Query(ctx, q)
	if err != nil {
		return session.Session{}, false, fmt.Errorf("load session: %w", translate(err))
	}
	s, err := t.head(page.Items)
	if err != nil {
		return s, false, err
	}
	lines := page.Items[1:]
	for page.LastEvaluatedKey != nil && len(lines) < reach && seqOf(lines)-1 > after {
		q.ExclusiveStartKey = page.LastEvaluatedKey
		if page, err = t.Client.Query(ctx, q); err != nil {
			return s, false, fmt.Errorf("load session: %w", translate(err))
		}
		lines = append(lines, page.Items...)
	}
	if page.LastEvaluatedKey != nil && seqOf(lines)-1 > after {
		return s, false, fault.New(fault.Conflict, "Too much was said since. Resume the session first.")
	}
	settled, err := t.unfold(&s, lines)
	if settled {
		t.remember(s)
	}
	return s, settled, err
}

// unfold reads the entries, newest first, into the session.
func (t *Sessions) unfold(s *session.Session, lines []item) (bool, error) {
	for _, line := range slices.Backward(lines) {
		var e protocol.Entry
		if err := decode(line, &e); err != nil {
			return false, err
		}
		if session.Alters(e.Kind) && e.Seq > s.Version {
			return false, nil
		}
		s.Recent = append(s.Recent, e)
		if e.Seq > s.Seq {
			s.Seq, s.LastAt = e.Seq, e.At
		}
	}
	if now := t.Now(); !now.Before(s.LastAt.Time().Add(s.Retention)) {
		s.Seq += now.Sub(s.LastAt.Time()).Milliseconds()
	}
	return true, nil
}

// head reads the session out of the first item, if that is its head.
func (t *Sessions) head(items []item) (session.Session, error) {
	if len(items) == 0 || t.expired(items[0]) {
		return session.Session{}, errNoSuch
	}
	if sk, ok := items[0][Schema.SortKey].(*types.AttributeValueMemberS); !ok || sk.Value != "head" {
		return session.Session{}, errNoSuch
	}
	var h head
	if err := decode(items[0], &h); err != nil {
		return session.Session{}, err
	}
	s := session.Session{Session: h.Session, Seq: h.Version, LastAt: h.At, Retention: time.Duration(h.Retention) * time.Second}
	s.Version = h.Version
	return s, nil
}

// seqOf is the seq of the last of these entries; 0 where there is none.
func seqOf(lines []item) int64 {
	var e protocol.Entry
	if len(lines) == 0 || decode(lines[len(lines)-1], &e) != nil {
		return 0
	}
	return e.Seq
}

func (t *Sessions) remember(s session.Session) {
	if len(s.Recent) > recent {
		s.Recent = slices.Clone(s.Recent[len(s.Recent)-recent:])
	}
	t.memory.Add(s.ID, s)
}

// Hear reads the head, the listeners and the marks in one query.
func (t *Sessions) Hear(ctx context.Context, id string) (session.Heard, error) {
	items, err := t.query(ctx, within(sessionKey(id), "head", "mark#"+unbounded))
	if err != nil {
		return session.Heard{}, err
	}
	s, err := t.head(items)
	if err != nil {
		return session.Heard{}, err
	}
	heard := session.Heard{Session: s}
	for _, i := range items[1:] {
		var row struct {
			listener
			protocol.Mark
		}
		if err := decode(i, &row); err != nil {
			return heard, err
		}
		if row.Connection != "" {
			heard.Listeners = append(heard.Listeners, session.Listener(row.listener))
		} else {
			heard.Marks = append(heard.Marks, row.Mark)
		}
	}
	return heard, nil
}

// Mark keeps how far somebody has come; it never goes back.
func (t *Sessions) Mark(ctx context.Context, s session.Session, m protocol.Mark) error {
	update := "SET participant = :who, delivered = :delivered, #read = :read, #ttl = :ttl"
	values := item{
		":who": str(m.Participant), ":delivered": num(m.Delivered), ":read": num(m.Read),
		":notified": num(m.Notified), ":ttl": expiry(t.Now().Add(s.Retention)),
	}
	if m.Notified > 0 {
		update += ", notified = :notified, rung = :rung, notifiedAt = :at"
		values[":rung"], values[":at"] = str(string(m.Rung)), num(int64(m.NotifiedAt))
	}
	_, err := t.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.Name, Key: key(sessionKey(s.ID), "mark#"+m.Participant), UpdateExpression: &update,
		ConditionExpression: aws.String("attribute_not_exists(pk) OR (delivered <= :delivered AND #read <= :read" +
			" AND (attribute_not_exists(notified) OR notified <= :notified))"),
		ExpressionAttributeNames:  map[string]string{"#read": "read", "#ttl": Schema.TTL},
		ExpressionAttributeValues: values,
	})
	if err = translate(err); errors.Is(err, session.ErrRaced) {
		return nil // Further already.
	}
	return err
}

// Entries reads a page, going on past what has expired until it is full.
func (t *Sessions) Entries(ctx context.Context, s session.Session, after int64, limit int) ([]protocol.Entry, bool, error) {
	if after < 0 || after >= 1e15 {
		return nil, false, fault.New(fault.Invalid, "After is the last seq that you know, 0 for none.")
	}
	entries := make([]protocol.Entry, 0, limit)
	q := within(sessionKey(s.ID), entryKey(after+1), "entry#"+unbounded)
	q.TableName, q.Limit = &t.Name, aws.Int32(int32(limit+1))
	for pages := dynamodb.NewQueryPaginator(t.Client, q); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("read entries: %w", translate(err))
		}
		for _, i := range page.Items {
			var e protocol.Entry
			if err := decode(i, &e); err != nil {
				return nil, false, err
			}
			if !t.Now().Before(e.At.Time().Add(s.Retention)) {
				continue
			}
			if len(entries) == limit {
				return entries, true, nil
			}
			entries = append(entries, e)
		}
	}
	return entries, false, nil
}

// listener is how one is stored.
type listener struct {
	Connection string `json:"connection"`
	Principal  string `json:"principal"`
}

// waitingKey is the partition of the requests that nobody has answered.
const waitingKey = "waiting"

// Listen adds a connection to those who hear the session.
func (t *Sessions) Listen(ctx context.Context, id string, l session.Listener, until time.Time) error {
	i, err := encode(listener(l))
	if err != nil {
		return err
	}
	i[Schema.PartitionKey], i[Schema.SortKey] = str(sessionKey(id)), str("listener#"+l.Connection)
	i[Schema.TTL] = expiry(until)
	if _, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: i}); err != nil {
		return fmt.Errorf("listen: %w", translate(err))
	}
	return nil
}

// Ignore takes a connection out.
func (t *Sessions) Ignore(ctx context.Context, id, connection string) error {
	return t.remove(ctx, sessionKey(id), "listener#"+connection)
}
