package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

// downward is a frame on its way to a client.
type downward struct {
	text string
	push bool
}

// connection is one, with what is on its way in both directions.
type connection struct {
	name, id string
	page     *page // The client's end; nil when it is cut.
	owner    *page
	open     bool // At the gateway, which notices a cut later.
	born     time.Time
	up       []string
	down     []downward
}

// event is what the gateway hands to a function.
func (c *connection) event(kind, body string) events.APIGatewayWebsocketProxyRequest {
	return events.APIGatewayWebsocketProxyRequest{Body: body, RequestContext: events.APIGatewayWebsocketProxyRequestContext{
		EventType: kind, ConnectionID: c.id, Authorizer: map[string]any{"principal": c.owner.authorized},
	}}
}

// connect opens a connection for a page.
func (w *world) connect(p *page) {
	c := &connection{name: fmt.Sprintf("%s#%d", p.name, len(w.connections)+1), page: p, owner: p, open: true, born: time.Now()}
	c.id = fmt.Sprintf("%06d-%04d=", w.run, len(w.connections)+1)
	w.connections = append(w.connections, c)
	p.conn = c
	w.notef("%s connects", c.name)
	p.hello()
}

// cut loses a connection for the client. What it has sent may be lost with it;
// the gateway notices later.
func (w *world) cut(p *page, why string) {
	c := p.conn
	if c == nil {
		return
	}
	w.notef("%s is cut %s", c.name, why)
	w.tally.faults["cut"]++
	c.page = nil
	c.down = nil
	if w.IntN(2) == 0 {
		c.up = nil
	}
	p.lost()
}

// notice ends a connection at the gateway too, and mostly tells the function.
func (w *world) notice(c *connection) {
	c.open = false
	if w.IntN(5) == 0 && !w.calm {
		w.notef("the $disconnect of %s is lost", c.name)
		w.tally.faults["lost $disconnect"]++
		return
	}
	w.invoke("connect", c, c.event("DISCONNECT", ""))
}

// route starts the function for a frame that a client has sent. Frames of one
// connection may overtake each other.
func (w *world) route(c *connection) {
	n := 0
	if w.IntN(5) == 0 && !w.calm {
		n = w.IntN(len(c.up))
	}
	text := c.up[n]
	c.up = slices.Delete(c.up, n, n+1)
	frame, err := protocol.Decode(text)
	if err != nil {
		w.problemf("%s sends %s: %v", c.name, text, err)
		return
	}
	w.invoke(frame.Action, c, c.event("MESSAGE", text))
}

// posted answers a call that posts to a connection, and puts the push on its way.
func (w *world) posted(c *call) *http.Response {
	n := slices.IndexFunc(w.connections, func(there *connection) bool { return there.id == c.target })
	if n < 0 || !w.connections[n].open {
		return response(http.StatusGone, "GoneException")
	}
	to := w.connections[n]
	w.mindPush(c.by, to, c.body)
	if w.mistake == pushesToOutsiders {
		w.mindPush(c.by, w.connections[w.IntN(len(w.connections))], c.body)
	}
	to.down = append(to.down, downward{string(c.body), true})
	return response(http.StatusOK, "")
}

// deliver brings a client one of the frames that are on their way.
func (w *world) deliver(c *connection) {
	n := 0
	if w.IntN(3) == 0 && !w.calm {
		if n = w.IntN(len(c.down)); n > 0 {
			w.tally.faults["reordered"]++
		}
	}
	f := c.down[n]
	fate := w.IntN(100)
	if f.push && fate < 6 && !w.calm {
		w.notef("%s hears twice: %s", c.name, brief(f.text))
		w.tally.faults["duplicated"]++
	} else {
		c.down = slices.Delete(c.down, n, n+1)
	}
	if f.push && fate >= 94 && !w.calm {
		w.notef("%s never hears %s", c.name, brief(f.text))
		w.tally.faults["push lost"]++
		return
	}
	if c.page != nil {
		w.notef("%s hears %s", c.name, brief(f.text))
		c.page.hear(f.text)
	}
}

// response is an answer of DynamoDB or the gateway that nobody has worked for.
func response(status int, kind string, reasons ...string) *http.Response {
	body := []byte("{}")
	if kind != "" {
		answer := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + kind, "message": "made up"}
		var list []map[string]string
		for _, reason := range reasons {
			list = append(list, map[string]string{"Code": reason})
		}
		if list != nil {
			answer["CancellationReasons"] = list
		}
		body, _ = json.Marshal(answer) // Strings only.
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}}
	if kind != "" {
		header.Set("X-Amzn-Errortype", kind)
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// arrived is a frame as a client reads it.
type arrived struct {
	ID    int64           `json:"id"`
	Push  string          `json:"push"`
	Data  json.RawMessage `json:"data"`
	Error *fault.Error    `json:"error"`
}

// told is what any push of the session says that matters here.
type told struct {
	Session json.RawMessage  `json:"session"` // Its id, or itself.
	Entry   *protocol.Entry  `json:"entry"`
	Entries []protocol.Entry `json:"entries"`
}
