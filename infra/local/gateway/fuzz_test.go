package gateway

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// bytesOf is what frames look like on the wire.
func bytesOf(frames ...ws.Frame) []byte {
	var wire bytes.Buffer
	for _, f := range frames {
		ws.MustWriteFrame(&wire, f)
	}
	return wire.Bytes()
}

// FuzzFrames feeds any bytes to the frame loop: each message that comes out is
// within the limits and text, and the end has a code that may be reported.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{})
	f.Add(bytesOf(frame(ws.OpText, true, 5), frame(ws.OpPing, true, 2), frame(ws.OpClose, true, 0)))
	f.Add(bytesOf(frame(ws.OpText, false, 60), frame(ws.OpContinuation, false, 60), frame(ws.OpContinuation, true, 60)))
	f.Add(bytesOf(frame(ws.OpText, true, 70)))
	f.Add(bytesOf(frame(ws.OpBinary, true, 1)))
	f.Add(bytesOf(ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(4000, "bye")))))
	f.Add([]byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) // length over 2^63
	f.Add([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, wire []byte) {
		frames := &frameReader{
			from: bufio.NewReader(bytes.NewReader(wire)), frameLimit: 64, messageLimit: 128,
			pong: func(payload []byte) {
				if len(payload) > 125 {
					t.Errorf("a pong of %d bytes", len(payload))
				}
			},
		}
		for {
			message, end := frames.next()
			if end == nil {
				if len(message) > 128 || !utf8.Valid(message) {
					t.Fatalf("message %q", message)
				}
				continue
			}
			if end.code < 1000 || end.code > 4999 || !utf8.ValidString(end.reason) {
				t.Fatalf("ended with %+v", *end)
			}
			frames.drain()
			return
		}
	})
}

// FuzzConnection sends any bytes over a real socket beside a healthy
// connection: the broken one ends, is reported once, and the other still gets
// its answers.
func FuzzConnection(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add(bytesOf(frame(ws.OpText, true, 5), frame(ws.OpText, false, 5)))
	f.Add(bytesOf(frame(ws.OpText, true, 40<<10)))
	f.Add([]byte{0x88, 0x80})
	f.Fuzz(func(t *testing.T, wire []byte) {
		w := newWorld(t, nil)
		w.answers("ask", `{"statusCode":200,"body":"still here"}`)
		healthy, broken := w.join(), w.rawJoin()
		go io.Copy(io.Discard, broken)
		broken.Write(wire)
		healthy.gotNothing(w)
		broken.Close()
		w.hears("disconnect")
		healthy.gotNothing(w)
		w.heardNothing("disconnect")
	})
}

// FuzzSelection reads a route key out of any bytes: only from JSON, and always
// the same one.
func FuzzSelection(f *testing.F) {
	for _, seed := range []string{
		`{"action":"tell"}`, `{"action":7e3}`, `{"action":false}`, `{"action":null}`, `{"action":{"a":1}}`,
		`[1]`, `"action"`, `{"action":"a","action":"b"}`, `{"action":"\ud800"}`, `{`, ``,
	} {
		f.Add("$request.body.action", []byte(seed))
	}
	f.Add("${request.body.a.b}", []byte(`{"a":{"b":"c"}}`))
	f.Add("$request.body.", []byte(`{"":"x"}`))
	f.Fuzz(func(t *testing.T, expression string, body []byte) {
		s, err := parseSelection(expression)
		key := s.key(body)
		if key != "" && (err != nil || !json.Valid(body)) {
			t.Errorf("%q finds %q in %q", expression, key, body)
		}
		if again := s.key(body); again != key {
			t.Errorf("%q finds %q, then %q", expression, key, again)
		}
	})
}

// FuzzAnswers reads any bytes as what functions return.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"statusCode":200,"headers":{"A":"b"},"body":"x"}`))
	f.Add([]byte(`{"statusCode":"201","multiValueHeaders":{"A":[]},"body":"eA==","isBase64Encoded":true}`))
	f.Add([]byte(allow("Allow", arn)))
	f.Add([]byte(`{"principalId":"p","policyDocument":{"Statement":[{"Effect":"Deny","Action":["*"],"Resource":null}]}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if a, err := decodeAnswer(payload); err == nil {
			a.header("Sec-WebSocket-Protocol")
		}
		if g, err := decodeGrant(payload); err == nil {
			g.Policy.allows(arn)
			if _, err := json.Marshal(g.context(time.Second)); err != nil {
				t.Errorf("the context cannot be sent on: %v", err)
			}
		}
	})
}
