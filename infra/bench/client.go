package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// client is one connection of somebody made up, who does one thing at a time.
type client struct {
	conn    *websocket.Conn
	last    int64
	asked   int         // Bytes of the frames that were sent.
	told    int         // Bytes of the replies.
	pushed  func(frame) // Called for every push.
	replies chan frame
	ended   chan error // Why the connection is no more.
}

// frame is a reply, or a push if it has a name.
type frame struct {
	ID    int64           `json:"id"`
	Push  string          `json:"push"`
	Data  json.RawMessage `json:"data"`
	Error *fault.Error    `json:"error"`
	size  int             // In bytes, as it came.
}

// connect opens a connection and says hello.
func (t *twin) connect(ctx context.Context, role identity.Role, name string, pushed func(frame)) (*client, error) {
	claims := identity.Claims{Name: name}
	claims.Parley.Role, claims.Parley.Company = role, "acme"
	if role == identity.Technician {
		claims.Parley.Company, claims.Parley.Companies = "", []string{"acme"}
	}
	token, err := t.ids.Token(name, claims, time.Now())
	if err != nil {
		return nil, err
	}
	conn, _, err := websocket.Dial(ctx, "ws://"+t.websocket+"/local", &websocket.DialOptions{Subprotocols: []string{protocol.Subprotocol, token}})
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", name, err)
	}
	conn.SetReadLimit(128 << 10) // API Gateway's longest message.
	c := &client{conn: conn, pushed: pushed, replies: make(chan frame, 1), ended: make(chan error, 1)}
	go c.listen(ctx)
	return c, c.does(ctx, "presence.hello", protocol.Hello{}, nil)
}

// listen reads until the connection ends.
func (c *client) listen(ctx context.Context) {
	for {
		var f frame
		_, text, err := c.conn.Read(ctx)
		if err == nil {
			err = json.Unmarshal(text, &f)
			f.size = len(text)
		}
		switch {
		case err != nil:
			c.ended <- err
			return
		case f.Push != "":
			c.pushed(f)
		default:
			c.replies <- f
		}
	}
}

// does carries out a command and reads its reply, unless that is nil.
func (c *client) does(ctx context.Context, command string, data, into any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	c.last++
	noun, verb, _ := strings.Cut(command, ".")
	asked, err := json.Marshal(protocol.Frame{Action: noun, ID: c.last, Do: verb, Data: text})
	if err != nil {
		return err
	}
	c.asked += len(asked)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = c.conn.Write(ctx, websocket.MessageText, asked) // Where it fails, reading fails too and says why.
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", command, ctx.Err())
	case err := <-c.ended:
		return fmt.Errorf("%s: %w", command, err)
	case r := <-c.replies:
		c.told += r.size
		switch {
		case r.Error != nil:
			return fmt.Errorf("%s: %w", command, r.Error)
		case r.ID != c.last:
			return fmt.Errorf("%s: got the reply to another command", command)
		case into == nil:
			return nil
		}
		return json.Unmarshal(r.Data, into)
	}
}
