// Package protocol is the WebSocket protocol between clients and the service:
// the one definition of the wire. The TypeScript types and docs/asyncapi.yaml
// are generated from it.
//
//	→ {"action":"message","id":7,"do":"post","data":{"session":"acme/5d0…","message":"m1","text":"hello","after":11}}
//	← {"id":7,"data":{"seq":12,"at":1790000000000}}
//	← {"id":7,"error":{"code":"conflict","message":"This session is ended."}}
//	← {"push":"message.posted","data":{"session":"acme/5d0…","entry":{"seq":12,…}}}
//
// The command "message.post" travels as action "message", which is the route
// of the API, and do "post". Times are milliseconds since 1970 in UTC.
package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/parleychat/parley/shared/fault"
)

// Subprotocol is what a client offers first in Sec-WebSocket-Protocol, with
// its token as the second offer; the service chooses this one.
const Subprotocol = "parley"

// Limits of the wire, in bytes unless they say otherwise.
const (
	MaxFrame   = 32 << 10 // API Gateway closes with 1009 above it.
	MaxText    = 8 << 10  // One message.
	MaxSecret  = 1 << 10  // One text that is shown once.
	MaxImage   = 22 << 10 // One image before it is encoded: a frame has room for four thirds of it.
	MaxPixels  = 4096     // Width and height of an image.
	MaxProblem = 1 << 10  // What a contact writes when asking for help.
	MaxNote    = 4 << 10  // A closing note.
	MaxNotice  = 1 << 10  // One text that a technician shows without a session.
	MaxSignal  = 24 << 10 // One session description or candidate.
	MaxID      = 64       // A client's own id of a message or call.
	MaxWatched = 25       // Companies that one connection watches.
	PageSize   = 100      // Entries of a transcript in one reply.
	MaxDays    = 3650     // Of retention.
	SecretLife = 3600     // Seconds that a secret waits to be shown.
	ShownAgain = 60       // Seconds for which a lost reply to a reveal can be asked for again.
	MaxTickets = 25       // Tickets in one page.
	MaxTied    = 50       // Sessions that a ticket names.
)

const (
	maxFrameID = 1 << 53 // JavaScript counts no further.
	maxShown   = 64      // Bytes of what a client wrote, in a sentence about it.
)

// Frame is one command as it travels.
type Frame struct {
	Action string          `json:"action"` // The noun, and the route of the API.
	ID     int64           `json:"id"`     // Chosen by the client; the reply carries it.
	Do     string          `json:"do"`     // The verb.
	Data   json.RawMessage `json:"data,omitempty"`
}

// Command is the whole name, such as message.post.
func (f Frame) Command() string { return f.Action + "." + f.Do }

// Reply is the one answer to a command: data or an error.
type Reply struct {
	ID    int64        `json:"id"`
	Data  any          `json:"data,omitempty"`
	Error *fault.Error `json:"error,omitempty"`
}

// Push is unasked news.
type Push struct {
	Name string `json:"push"`
	Data any    `json:"data"`
}

// Decode reads one command. Where the frame is not one it returns the fault
// invalid or too_large, with as much of the frame (its id) as could be read.
func Decode(text string) (Frame, error) {
	var f Frame
	if len(text) > MaxFrame {
		return f, fault.New(fault.TooLarge, "A frame has at most %d bytes.", MaxFrame)
	}
	err := strict(text, &f)
	if f.ID < 1 || f.ID > maxFrameID {
		f.ID = 0
	}
	switch {
	case err != nil:
		return Frame{ID: f.ID}, fault.New(fault.Invalid, "This is no command: %s.", reason(err))
	case f.ID == 0:
		return Frame{}, fault.New(fault.Invalid, "A command has an id from 1 to 2^53.")
	}
	return f, nil
}

// Data reads the data of a command strictly: unknown fields are refused, so
// that a misspelt one is noticed. Absent data counts as {}.
func Data[T any](f Frame) (T, error) {
	var data T
	text := string(f.Data)
	if text == "" {
		text = "{}"
	}
	if err := strict(text, &data); err != nil {
		return data, fault.New(fault.Invalid, "The data of %s is wrong: %s.", f.Command(), reason(err))
	}
	return data, nil
}

var (
	errNotUTF8   = errors.New("it is not UTF-8")
	errNotObject = errors.New("it is not a JSON object")
	errTrailing  = errors.New("something follows the JSON object")
)

func strict(text string, into any) error {
	if !utf8.ValidString(text) {
		return errNotUTF8
	}
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return errNotObject
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	return nil
}

// reason says what is wrong in words that name no Go type.
func reason(err error) string {
	var kind *json.UnmarshalTypeError
	unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return "field " + kind.Field + " cannot be a " + short(kind.Value)
	case errors.As(err, &kind):
		return "it cannot be a " + short(kind.Value)
	case errors.Is(err, errNotUTF8), errors.Is(err, errNotObject), errors.Is(err, errTrailing):
		return err.Error()
	case isUnknown:
		return "unknown field " + short(unknown)
	}
	return "it is not valid JSON"
}

// short cuts what a client wrote and is told back: quoting can make it longer
// than a frame may be.
func short(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "…"
}
