package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// The channel numbers of RFC 5766 section 11, of which RFC 8656 keeps those
// below 0x5000. Clients in use still pick from the whole range.
const (
	MinChannel = 0x4000
	MaxChannel = 0x7FFE
)

const (
	channelHeader = 4
	cookieAt      = 4
	cookieEnd     = 8
)

// ErrFrame means that a stream does not carry TURN. There is no way to find
// the next frame after it, so the connection must be closed.
var ErrFrame = errors.New("the stream carries neither STUN nor ChannelData")

// ChannelData reads a frame of ChannelData: a channel's number, a length that
// fits, and at most the padding of a stream behind the data.
func ChannelData(frame []byte) (number uint16, data []byte, ok bool) {
	if len(frame) < channelHeader || !LooksLikeChannel(frame) {
		return 0, nil, false
	}
	length := int(binary.BigEndian.Uint16(frame[2:]))
	spare := len(frame) - channelHeader - length
	if spare < 0 || spare > 3 {
		return 0, nil, false
	}
	return binary.BigEndian.Uint16(frame), frame[channelHeader : channelHeader+length], true
}

// LooksLikeChannel tells ChannelData from STUN by the first two bits.
func LooksLikeChannel(frame []byte) bool {
	return len(frame) > 0 && frame[0]>>6 == 1
}

// ReadFrame reads one whole frame from a stream into p, which must hold
// MaxFrame bytes, and returns its length. It reads nothing past the frame. It
// returns ErrFrame as soon as the header cannot be that of a frame of at most
// MaxFrame bytes, or the stream's own error.
func ReadFrame(stream *bufio.Reader, p []byte) (int, error) {
	head, err := stream.Peek(channelHeader)
	if err != nil {
		return 0, err
	}
	length := int(binary.BigEndian.Uint16(head[2:]))
	size := 0
	switch head[0] >> 6 {
	case 0:
		if head, err = stream.Peek(cookieEnd); err != nil {
			return 0, err
		}
		if binary.BigEndian.Uint32(head[cookieAt:]) != cookie {
			return 0, ErrFrame
		}
		size = headerSize + length
	case 1:
		size = channelHeader + padded(length)
	}
	if size == 0 || size > MaxFrame || size%4 != 0 {
		return 0, ErrFrame
	}
	return io.ReadFull(stream, p[:size])
}
