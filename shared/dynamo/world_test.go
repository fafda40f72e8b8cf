package dynamo_test

import (
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"

	engine "github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// noon is when the tests begin.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var (
	alice = identity.Principal{ID: "alice", Role: identity.Technician, Name: "Alice", Companies: []string{"acme", "globex"}}
	carol = identity.Principal{ID: "carol", Role: identity.Contact, Name: "Carol", Company: "acme"}
)

// world is the template's table in a real engine, and a clock. The engine
// never deletes what has expired unless told to, so that the code's own filter
// is seen.
type world struct {
	t      *testing.T
	clock  atomic.Pointer[time.Time] // The engine looks at it too.
	client *dynamodb.Client
	name   string
}

func newWorld(t *testing.T, ttl time.Duration) *world {
	t.Helper()
	w := &world{t: t}
	w.at(noon)
	server, err := engine.Open(t.TempDir(), engine.Options{TTLInterval: ttl, Now: w.now})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(func() {
		listening.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	w.client = table.Client(listening.URL)
	w.create()
	return w
}

// now is the time.
func (w *world) now() time.Time { return *w.clock.Load() }

// at sets the time.
func (w *world) at(now time.Time) { w.clock.Store(&now) }

// create makes the table that template.yaml describes.
func (w *world) create() {
	w.t.Helper()
	described, err := template.Load("../../template.yaml", template.Options{Parameters: map[string]string{
		"TokenIssuers": `[{"issuer":"https://id.example.com","audience":"parley"}]`, "AllowedOrigins": "https://desk.example.com",
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name = "parley"
	if err := table.Create(w.t.Context(), w.client, described.Tables[0], w.name); err != nil {
		w.t.Fatal(err)
	}
}

// table is what one process sees of the table.
func (w *world) table() dynamo.Table {
	return dynamo.Table{Client: w.client, Name: w.name, Now: w.now}
}

// process is a function's process, with a memory of its own.
type process struct {
	w     *world
	store *dynamo.Sessions
	session.Service
}

func (w *world) process() process {
	store := dynamo.NewSessions(w.table())
	return process{w, store, session.Service{Store: store}}
}

// starts begins a session of alice with carol.
func (p process) starts(retention time.Duration) string {
	p.w.t.Helper()
	id := "acme/" + uuid.NewString()
	to := session.Reach{Contact: session.Person(carol), Activity: protocol.ActivityOnline}
	change, err := session.Start(alice, id, to, session.Terms{Retention: retention}, p.w.now())
	if err != nil {
		p.w.t.Fatal(err)
	}
	if _, err := p.Create(p.w.t.Context(), alice, change); err != nil {
		p.w.t.Fatal(err)
	}
	return id
}

// says posts a message and returns its seq.
func (p process) says(by identity.Principal, id, message, text string, after int64) (int64, error) {
	change, err := p.Do(p.w.t.Context(), id, after, func(s session.Session) (session.Change, error) {
		return s.Post(by, protocol.Post{Session: id, Message: message, Text: text, After: after}, p.w.now())
	})
	return change.Entry.Seq, err
}

func (p process) mustSay(by identity.Principal, id, text string) int64 {
	p.w.t.Helper()
	seq, err := p.says(by, id, uuid.NewString(), text, 0)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return seq
}

func (p process) ends(id string) {
	p.w.t.Helper()
	_, err := p.Do(p.w.t.Context(), id, 1<<62, func(s session.Session) (session.Change, error) {
		return s.End(alice, protocol.EndSession{}, true, p.w.now())
	})
	if err != nil {
		p.w.t.Fatal(err)
	}
}

// transcript reads every entry, page by page.
func (p process) transcript(id string) []protocol.Entry {
	p.w.t.Helper()
	s, err := p.store.Hear(p.w.t.Context(), id)
	if err != nil {
		p.w.t.Fatal(err)
	}
	var all []protocol.Entry
	for after, more := int64(0), true; more; {
		var page []protocol.Entry
		page, more, err = p.store.Entries(p.w.t.Context(), s.Session, after, 7)
		if err != nil {
			p.w.t.Fatal(err)
		}
		all = append(all, page...)
		if len(page) > 0 {
			after = page[len(page)-1].Seq
		}
	}
	return all
}

// items counts the items of the table, expired ones included.
func (w *world) items() int {
	w.t.Helper()
	out, err := w.client.Scan(w.t.Context(), &dynamodb.ScanInput{TableName: &w.name, ConsistentRead: aws.Bool(true)})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(out.Items)
}

func wants(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}
