package gateway

import (
	"bufio"
	"errors"
	"io"
	"net"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// ending is how a connection ended: what $disconnect will report, and whether
// a close frame is owed to the client.
type ending struct {
	code   ws.StatusCode
	reason string
	byPeer bool // the client sent its close frame first
	silent bool // no close frame goes out
}

// The texts of 1005 and 1000 are those seen on AWS, 1001 as emulators have it.
// AWS does not document the others.
var (
	lost          = ending{code: ws.StatusAbnormalClosure, silent: true}
	goingAway     = ending{code: ws.StatusGoingAway, reason: "Going away"}
	deleted       = ending{code: ws.StatusNormalClosure, reason: "Connection Closed Normally"}
	noCode        = ending{code: ws.StatusNoStatusRcvd, reason: "Client-side close frame status not set", byPeer: true}
	binaryFrame   = ending{code: ws.StatusUnsupportedData, reason: "Binary frames are not supported"}
	frameTooBig   = ending{code: ws.StatusMessageTooBig, reason: "Frame is too big"}
	messageTooBig = ending{code: ws.StatusMessageTooBig, reason: "Message is too big"}
	notUTF8       = ending{code: ws.StatusInvalidFramePayloadData, reason: "Text is not UTF-8"}
)

func protocolError(why error) ending {
	return ending{code: ws.StatusProtocolError, reason: why.Error()}
}

// frameReader turns the bytes of one client into messages. It holds at most
// one message in memory.
type frameReader struct {
	from         *bufio.Reader
	frameLimit   int
	messageLimit int
	pong         func(payload []byte)

	unread int64 // payload of a refused frame, still on the wire
	over   bool  // nothing more will come: close frame or broken socket
}

// next returns the next whole message, or how the connection ends. It answers
// pings on the way; control frames are no messages.
func (f *frameReader) next() ([]byte, *ending) {
	message := []byte{}
	state := ws.StateServerSide
	for {
		header, err := ws.ReadHeader(f.from)
		if err != nil {
			return nil, f.broken(err)
		}
		if refused := f.check(header, state, len(message)); refused != nil {
			f.unread = header.Length
			return nil, refused
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(f.from, payload); err != nil {
			return nil, f.broken(err)
		}
		ws.Cipher(payload, header.Mask, 0)
		if header.OpCode.IsControl() {
			if end := f.control(header.OpCode, payload); end != nil {
				return nil, end
			}
			continue
		}
		message = append(message, payload...)
		state = state.Set(ws.StateFragmented)
		if !header.Fin {
			continue
		}
		if !utf8.Valid(message) {
			return nil, &notUTF8
		}
		return message, nil
	}
}

// check refuses a frame by its header alone, before a byte of it is stored.
func (f *frameReader) check(h ws.Header, state ws.State, have int) *ending {
	if err := ws.CheckHeader(h, state); err != nil {
		end := protocolError(err)
		return &end
	}
	switch {
	case h.OpCode == ws.OpBinary:
		return &binaryFrame
	case h.Length > int64(f.frameLimit):
		return &frameTooBig
	case h.OpCode.IsData() && h.Length > int64(f.messageLimit-have):
		return &messageTooBig
	}
	return nil
}

func (f *frameReader) control(op ws.OpCode, payload []byte) *ending {
	switch op {
	case ws.OpPing:
		f.pong(payload)
	case ws.OpClose:
		f.over = true
		end := closedByPeer(payload)
		return &end
	}
	return nil
}

// closedByPeer reads a client's close frame (RFC 6455 section 7.4).
func closedByPeer(payload []byte) ending {
	if len(payload) == 0 {
		return noCode
	}
	code, reason := ws.ParseCloseFrameData(payload)
	switch err := ws.CheckCloseFrameData(code, reason); {
	case code > 4999: // which the library lets through
		return protocolError(ws.ErrProtocolStatusCodeNotInUse)
	case errors.Is(err, ws.ErrProtocolInvalidUTF8):
		return notUTF8
	case err != nil:
		return protocolError(err)
	}
	return ending{code: code, reason: reason, byPeer: true}
}

func (f *frameReader) broken(err error) *ending {
	if errors.Is(err, ws.ErrHeaderLengthMSB) {
		end := protocolError(err)
		return &end
	}
	f.over = true
	return &lost
}

// drain reads on until the client has answered our close frame or the read
// deadline passes. A socket closed with unread bytes would be reset, and the
// reset could overtake the close frame.
func (f *frameReader) drain() {
	for !f.over {
		if _, err := io.CopyN(io.Discard, f.from, f.unread); err != nil {
			return
		}
		header, err := ws.ReadHeader(f.from)
		if err != nil || header.OpCode == ws.OpClose {
			return
		}
		f.unread = header.Length
	}
}

// outgoing is one message or control frame to a client.
type outgoing struct {
	op      ws.OpCode
	payload []byte
}

// frameWriter writes to one client. Messages leave in frames of at most
// frameLimit bytes, as the service's quota says for both directions.
type frameWriter struct {
	to         *bufio.Writer
	frameLimit int
}

func newFrameWriter(socket net.Conn, frameLimit int) frameWriter {
	return frameWriter{to: bufio.NewWriter(socket), frameLimit: frameLimit}
}

func (f frameWriter) write(out outgoing) error {
	op, rest := out.op, out.payload
	for {
		part := rest[:min(len(rest), f.frameLimit)]
		rest = rest[len(part):]
		if err := ws.WriteFrame(f.to, ws.NewFrame(op, len(rest) == 0, part)); err != nil {
			return err
		}
		if len(rest) == 0 {
			return f.to.Flush()
		}
		op = ws.OpContinuation
	}
}
