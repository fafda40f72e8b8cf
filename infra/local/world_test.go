package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/parleychat/parley/infra/local/issuer"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// checkout is a folder with the template and the binaries that make build
// makes, built once for all tests.
var checkout = sync.OnceValues(func() (string, error) {
	source, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	root, err := os.MkdirTemp("", "parley")
	if err != nil {
		return "", err
	}
	if err := os.Symlink(filepath.Join(source, "template.yaml"), filepath.Join(root, "template.yaml")); err != nil {
		return "", err
	}
	functions, err := filepath.Glob(filepath.Join(source, "functions", "*"))
	if err != nil {
		return "", err
	}
	for _, folder := range append(functions, filepath.Join(source, "turnserver")) {
		into := filepath.Join(root, "build", "functions", filepath.Base(folder), "bootstrap")
		if filepath.Base(folder) == "turnserver" {
			into = filepath.Join(root, "build", "turnserver")
		}
		build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", into, ".")
		build.Dir, build.Env = folder, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("build %s: %w\n%s", folder, err, out)
		}
	}
	return root, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if root, err := checkout(); err == nil {
		_ = os.RemoveAll(root) // A folder in the temporary folder.
	}
	os.Exit(code)
}

// world is a running twin with ports and data of its own.
type world struct {
	t    *testing.T
	twin *twin
	ids  *issuer.Issuer
}

// start starts a twin. What the options change, they change before the start.
func start(t *testing.T, options ...func(*settings)) *world {
	t.Helper()
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	s := settings{root: root, data: t.TempDir(), logLevel: "WARN"}
	for _, p := range []*place{&s.portal, &s.websocket, &s.lambda, &s.dynamodb, &s.turn} {
		*p = place{"TEST", freeAddress(t)}
	}
	for _, option := range options {
		option(&s)
	}
	w := &world{t: t}
	w.begin(s)
	t.Cleanup(func() { w.twin.stop() })
	return w
}

// begin starts the twin, which stop and begin restart with the same data.
func (w *world) begin(s settings) {
	w.t.Helper()
	w.twin = &twin{settings: s, out: logger{w.t}}
	if err := w.twin.start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	ids, err := issuer.Open(issuerURL(s), s.data)
	if err != nil {
		w.t.Fatal(err)
	}
	w.ids = ids
}

// logger writes what the parts print into the test's log.
type logger struct{ t *testing.T }

func (l logger) Write(p []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Log(strings.TrimSpace(string(p)))
	}
	return len(p), nil
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// token signs one for somebody of the demo directory.
func (w *world) token(key string) string {
	w.t.Helper()
	people, err := issuer.People()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range people {
		if p.Key == key {
			return w.signed(key, p.Claims)
		}
	}
	w.t.Fatalf("nobody is called %s", key)
	return ""
}

func (w *world) signed(subject string, claims identity.Claims) string {
	w.t.Helper()
	token, err := w.ids.Token(subject, claims, time.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// dial opens a connection, or returns the status with which it was refused.
func (w *world) dial(token string, header http.Header) (*websocket.Conn, int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	o := &websocket.DialOptions{HTTPHeader: header}
	if token != "" {
		o.Subprotocols = []string{protocol.Subprotocol, token}
	}
	c, response, err := websocket.Dial(ctx, websocketURL(w.twin.settings), o)
	if err != nil {
		if response == nil {
			w.t.Fatal(err)
		}
		return nil, response.StatusCode
	}
	c.SetReadLimit(1 << 20)
	return c, response.StatusCode
}

// client is one connection of somebody.
type client struct {
	w      *world
	name   string
	conn   *websocket.Conn
	id     int64
	pushes chan arrived
	heard  []arrived // Pushes that nobody has asked for yet.
	mu     sync.Mutex
	waits  map[int64]chan answer
	closed chan websocket.CloseError
}

// arrived is a push.
type arrived struct {
	Name string
	Data json.RawMessage
}

// answer is a reply.
type answer struct {
	ID    int64
	Data  json.RawMessage
	Error *fault.Error
}

// connects opens a connection without a word.
func (w *world) connects(key string) *client {
	w.t.Helper()
	return w.connected(key, w.token(key))
}

func (w *world) connected(name, token string) *client {
	w.t.Helper()
	conn, status := w.dial(token, nil)
	if conn == nil {
		w.t.Fatalf("%s is refused with %d", name, status)
	}
	c := &client{
		w: w, name: name, conn: conn, pushes: make(chan arrived, 1000), waits: map[int64]chan answer{},
		closed: make(chan websocket.CloseError, 1),
	}
	go c.read()
	w.t.Cleanup(func() { _ = conn.CloseNow() }) // Closed already where this fails.
	return c
}

// arrives opens a connection and says hello.
func (w *world) arrives(key string) *client {
	w.t.Helper()
	c := w.connects(key)
	does[protocol.Welcome](c, "presence.hello", protocol.Hello{})
	return c
}

func (c *client) read() {
	for {
		_, text, err := c.conn.Read(context.Background())
		if err != nil {
			var e websocket.CloseError
			_ = asClose(err, &e) // The zero error where it was cut.
			c.closed <- e
			return
		}
		var frame struct {
			ID    int64           `json:"id"`
			Push  string          `json:"push"`
			Data  json.RawMessage `json:"data"`
			Error *fault.Error    `json:"error"`
		}
		if err := json.Unmarshal(text, &frame); err != nil {
			panic(err)
		}
		if frame.Push != "" {
			c.pushes <- arrived{frame.Push, frame.Data}
			continue
		}
		c.mu.Lock()
		wait := c.waits[frame.ID]
		c.mu.Unlock()
		if wait != nil {
			wait <- answer{frame.ID, frame.Data, frame.Error}
		}
	}
}

// sends sends a raw frame and returns the answer with this id.
func (c *client) sends(id int64, frame string) answer {
	c.w.t.Helper()
	wait := make(chan answer, 1)
	c.mu.Lock()
	c.waits[id] = wait
	c.mu.Unlock()
	if err := c.conn.Write(c.w.t.Context(), websocket.MessageText, []byte(frame)); err != nil {
		c.w.t.Fatalf("%s cannot send: %v", c.name, err)
	}
	select {
	case a := <-wait:
		return a
	case <-time.After(patience):
		c.w.t.Fatalf("%s gets no answer to %.200s", c.name, frame)
		return answer{}
	}
}

func (c *client) asks(command string, data any) answer {
	c.w.t.Helper()
	c.mu.Lock()
	c.id++
	id := c.id
	c.mu.Unlock()
	text, err := json.Marshal(data)
	if err != nil {
		c.w.t.Fatal(err)
	}
	noun, verb, _ := strings.Cut(command, ".")
	frame, err := json.Marshal(protocol.Frame{Action: noun, ID: id, Do: verb, Data: text})
	if err != nil {
		c.w.t.Fatal(err)
	}
	return c.sends(id, string(frame))
}

// does carries out a command that must succeed.
func does[Reply any](c *client, command string, data any) Reply {
	c.w.t.Helper()
	a := c.asks(command, data)
	if a.Error != nil {
		c.w.t.Fatalf("%s cannot %s: %v", c.name, command, a.Error)
	}
	var reply Reply
	if err := json.Unmarshal(a.Data, &reply); err != nil {
		c.w.t.Fatalf("%s reads the reply of %s: %v", c.name, command, err)
	}
	return reply
}

// refused carries out a command that must be refused with a code.
func (c *client) refused(code fault.Code, command string, data any) {
	c.w.t.Helper()
	if a := c.asks(command, data); a.Error == nil || a.Error.Code != code || a.Error.Message == "" {
		c.w.t.Errorf("%s does %s: got %s and %v, want %s", c.name, command, a.Data, a.Error, code)
	}
}

// hears waits for a push that the condition takes; others wait for their turn.
func hears[Data any](c *client, name string, is func(Data) bool) Data {
	c.w.t.Helper()
	takes := func(p arrived) (Data, bool) {
		var data Data
		if p.Name != name {
			return data, false
		}
		if err := json.Unmarshal(p.Data, &data); err != nil {
			c.w.t.Fatalf("%s reads %s: %v", c.name, name, err)
		}
		return data, is(data)
	}
	for i, p := range c.heard {
		if data, ok := takes(p); ok {
			c.heard = slices.Delete(c.heard, i, i+1)
			return data
		}
	}
	for limit := time.After(patience); ; {
		select {
		case p := <-c.pushes:
			if data, ok := takes(p); ok {
				return data
			}
			c.heard = append(c.heard, p)
		case <-limit:
			c.w.t.Fatalf("%s never hears %s", c.name, name)
		}
	}
}

func anything[Data any](Data) bool { return true }

// says posts a message with an id of its own.
func (c *client) says(session, text string, after int64) protocol.Posted {
	c.w.t.Helper()
	return does[protocol.Posted](c, "message.post", protocol.Post{Session: session, Message: uuid.NewString(), Text: text, After: after})
}

// resumes reads the whole transcript and hears what comes.
func (c *client) resumes(session string) (protocol.Session, []protocol.Entry) {
	c.w.t.Helper()
	page := does[protocol.Resumed](c, "message.resume", protocol.Resume{Session: session})
	entries := page.Entries
	for more := page.More; more; {
		next := does[protocol.Page](c, "message.list", protocol.List{Session: session, After: entries[len(entries)-1].Seq})
		entries, more = append(entries, next.Entries...), next.More
	}
	return page.Session, entries
}

// chat begins a session of alice with carol that both hear.
func (w *world) chat() (alice, carol *client, session string) {
	w.t.Helper()
	alice, carol = w.arrives("alice"), w.arrives("carol")
	roster := does[protocol.Watched](alice, "presence.watch", protocol.Watch{Companies: []string{"acme", "globex"}})
	if len(roster.Contacts) != 1 || roster.Contacts[0].Name != "Carol Jones" {
		w.t.Fatalf("alice sees %+v", roster.Contacts)
	}
	session = newID("acme")
	does[protocol.SessionReply](alice, "session.start", protocol.StartSession{
		Session: session, Contact: roster.Contacts[0].ID, Device: "acme-lt-07",
	})
	alice.resumes(session)
	hears(carol, "session.changed", func(s protocol.SessionChanged) bool { return s.Session.ID == session })
	carol.resumes(session)
	hears(alice, "session.attended", func(s protocol.SessionAttended) bool { return s.Connected })
	return alice, carol, session
}

func newID(company string) string { return company + "/" + uuid.NewString() }
