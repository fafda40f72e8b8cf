package chaos

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// mistake is a rule that is broken on purpose, to show that it is noticed.
type mistake string

const (
	none              mistake = ""
	sendsWithNewIDs   mistake = "a client sends again under a new id"
	sendsAllAtOnce    mistake = "a client does not wait for the outcome of a message"
	trustsPushes      mistake = "a client neither resumes nor fetches what is missing"
	showsAsItComes    mistake = "a client shows entries in the order in which they come"
	writesAnyway      mistake = "the service writes an entry where another stands"
	answersTooEarly   mistake = "the service answers before it has written"
	pushesToOutsiders mistake = "the service pushes to everybody who is connected"
)

// tally counts what came of the seeds.
type tally struct {
	seeds, steps, calls, messages, refused, entries int
	faults                                          map[string]int
}

// world is the service, its clients, and the scheduler who decides everything
// that happens, from one seed.
type world struct {
	*rand.Rand
	seed, run   uint64
	mistake     mistake
	line        line
	lambda      lambda
	store       *dynamo.Sessions // For the tests' own reads.
	session     string
	connections []*connection
	pages       []*page
	late        []*call // Of functions that have died since.
	messages    []*message
	written     []protocol.Entry
	tokens      map[string]bool // Of transactions.
	heads       []headAt

	step, rounds, invoked int
	calm                  bool // No more faults.
	notes, problems       []string
	tally                 tally
}

// headAt is who takes part from a step on.
type headAt struct {
	step    int
	version int64
	joined  map[string]bool
	offered string // To whom it is offered.
	state   protocol.SessionState
}

func newWorld(seed uint64, l line, m mistake) *world {
	w := &world{
		Rand: rand.New(rand.NewPCG(seed, 0)), seed: seed, run: seed % 1_000_000, mistake: m, line: l,
		tokens: map[string]bool{}, tally: tally{faults: map[string]int{}},
	}
	w.lambda.idle = map[string][]*environment{}
	endpoint := "http://dynamodb.local"
	w.store = dynamo.NewSessions(dynamo.Table{Name: tableName, Now: time.Now, Client: sdk.New(sdk.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", HTTPClient: l,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})})
	company := fmt.Sprintf("c%06d", w.run)
	w.session = fmt.Sprintf("%s/00000000-0000-4000-8000-%012x", company, w.run)
	technician := func(name string) identity.Principal {
		return identity.Principal{ID: fmt.Sprintf("%s%06d", name, w.run), Role: identity.Technician, Name: name, Companies: []string{company}}
	}
	contact := func(name, company string) identity.Principal {
		return identity.Principal{ID: fmt.Sprintf("%s%06d", name, w.run), Role: identity.Contact, Name: name, Company: company}
	}
	w.page("alice", technician("alice"))
	w.page("carol", contact("carol", company))
	w.page("carol's other", contact("carol", company))
	w.page("bob", technician("bob"))
	w.page("dave", technician("dave"))
	w.page("mallory", contact("mallory", company))
	w.page("eve", contact("eve", "other"))
	return w
}

// The pages of a world by their place.
const (
	alice = iota
	carol
	carolsOther
	bob
	dave // May see the company and never joins.
	mallory
	eve
)

func (w *world) page(name string, who identity.Principal) {
	text, err := json.Marshal(who)
	if err != nil {
		panic(err) // Our own type.
	}
	w.pages = append(w.pages, &page{w: w, name: name, who: who, authorized: string(text), waits: map[int64]wait{}})
}

func (w *world) notef(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf("%4d  ", w.step)+fmt.Sprintf(format, args...))
}

func (w *world) problemf(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
	w.notef("PROBLEM: "+format, args...)
}

// story is what has happened, for a reader.
func (w *world) story() string { return strings.Join(w.notes, "\n") }

// moves are what can happen next without anybody doing anything new.
func (w *world) moves() []func() {
	var moves []func()
	for _, c := range w.lambda.waiting() {
		moves = append(moves, func() { w.strike(c) })
	}
	for _, c := range w.connections {
		if len(c.up) > 0 {
			moves = append(moves, func() { w.route(c) })
		}
		if len(c.down) > 0 {
			moves = append(moves, func() { w.deliver(c) })
		}
		if c.page == nil && c.open {
			moves = append(moves, func() { w.notice(c) })
		}
	}
	for n, c := range w.late {
		moves = append(moves, func() {
			w.late = slices.Delete(w.late, n, n+1)
			w.notef("late: %s of %s", c.target, c.by.name)
			w.perform(c)
		})
	}
	for _, p := range w.pages {
		if p.live == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(p.timers)) {
			if name != "look" {
				moves = append(moves, func() { w.fire(p, name) })
			}
		}
	}
	return moves
}

// fire lets a timer of a page run out.
func (w *world) fire(p *page, name string) {
	do := p.timers[name]
	delete(p.timers, name)
	w.notef("%s: time for %s", p.name, name)
	do()
}

// passes lets time pass.
func (w *world) passes(d time.Duration) {
	<-time.After(d)
	w.expire()
}

// strike decides what becomes of a call.
func (w *world) strike(c *call) {
	w.lambda.takes(c)
	w.tally.calls++
	if w.calm {
		w.carryOut(c)
		return
	}
	if c.post {
		w.strikePost(c)
		return
	}
	fails := func(kind string, r *http.Response) {
		w.notef("%s: %s %s", c.by.name, c.target, kind)
		w.tally.faults[kind]++
		c.done <- verdict{response: r}
	}
	writes := c.target == "PutItem" || c.target == "TransactWriteItems"
	switch draw := w.IntN(1000); {
	case draw < 15:
		w.kill(c.by, "before "+c.target)
	case draw < 30:
		w.perform(c)
		w.kill(c.by, "after "+c.target)
	case draw < 38 && writes:
		w.kill(c.by, "with "+c.target+" on its way")
		w.late = append(w.late, c)
	case draw < 60:
		fails("throttled", response(http.StatusBadRequest, "ProvisionedThroughputExceededException"))
	case draw < 72:
		fails("internal error", response(http.StatusInternalServerError, "InternalServerError"))
	case draw < 90:
		w.perform(c)
		fails("done but answered as an error", response(http.StatusInternalServerError, "InternalServerError"))
	case draw < 100 && c.target == "TransactWriteItems":
		fails("transaction conflict", response(http.StatusBadRequest, "TransactionCanceledException", "TransactionConflict", "None"))
	case draw < 100 && c.target == "PutItem":
		fails("transaction conflict", response(http.StatusBadRequest, "TransactionConflictException"))
	default:
		w.carryOut(c)
	}
}

func (w *world) strikePost(c *call) {
	fails := func(kind string, status int, code string) {
		w.notef("%s: push to %s is %s", c.by.name, c.target, kind)
		w.tally.faults[kind]++
		c.done <- verdict{response: response(status, code)}
	}
	switch draw := w.IntN(1000); {
	case draw < 15:
		w.kill(c.by, "before a push")
	case draw < 25:
		w.posted(c)
		w.kill(c.by, "after a push")
	case draw < 40:
		fails("push 410", http.StatusGone, "GoneException")
	case draw < 70:
		fails("push 429", http.StatusTooManyRequests, "LimitExceededException")
	case draw < 85:
		fails("push 500", http.StatusInternalServerError, "InternalServerErrorException")
	case draw < 100:
		w.posted(c)
		fails("pushed but answered as an error", http.StatusInternalServerError, "InternalServerErrorException")
	default:
		w.carryOut(c)
	}
}

// carryOut carries out a call and answers it.
func (w *world) carryOut(c *call) {
	if c.post {
		c.done <- verdict{response: w.posted(c)}
		return
	}
	c.done <- verdict{response: w.perform(c)}
}

// perform carries out a call of DynamoDB.
func (w *world) perform(c *call) *http.Response {
	body := c.body
	if c.target == "PutItem" && strings.Contains(string(body), `"entry#`) {
		switch {
		case w.mistake == writesAnyway:
			body = unconditional(body)
		case w.mistake == answersTooEarly && w.IntN(4) == 0:
			return response(http.StatusOK, "")
		}
	}
	r := w.line.do(c.header, body)
	w.notef("%s: %s is answered %d", c.by.name, c.target, r.StatusCode)
	if r.StatusCode == http.StatusOK {
		w.observe(c.target, body)
	}
	return r
}

// unconditional is a write without its condition.
func unconditional(body []byte) []byte {
	var put map[string]any
	if err := json.Unmarshal(body, &put); err != nil {
		panic(err) // The SDK's own.
	}
	delete(put, "ConditionExpression")
	body, err := json.Marshal(put)
	if err != nil {
		panic(err)
	}
	return body
}
