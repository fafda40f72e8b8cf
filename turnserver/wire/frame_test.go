package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAStreamIsCutIntoFramesHoweverItArrives(t *testing.T) {
	frames := [][]byte{
		Build(nil, Binding, Request, Transaction{1}).Raw(),
		{0x40, 0x00, 0x00, 0x00},
		{0x40, 0x01, 0x00, 0x05, 'h', 'e', 'l', 'l', 'o', 0, 0, 0},
		sampleRequest,
	}
	stream := bytes.Join(frames, nil)
	for name, arrives := range map[string]io.Reader{
		"at once":      bytes.NewReader(stream),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(stream)),
		"by halves":    iotest.HalfReader(bytes.NewReader(stream)),
	} {
		reader, p := bufio.NewReader(arrives), make([]byte, MaxFrame)
		for i, want := range frames {
			if n, err := ReadFrame(reader, p); err != nil || !bytes.Equal(p[:n], want) {
				t.Errorf("%s: frame %d is %x, %v", name, i, p[:n], err)
			}
		}
		if _, err := ReadFrame(reader, p); err != io.EOF {
			t.Errorf("%s: after the last frame comes %v", name, err)
		}
	}
}

// Row 2: pion adds 20 to the length in 16 bits, gets 0, and reads that frame
// for ever.
func TestAFrameThatCannotBeEndsTheStream(t *testing.T) {
	for name, head := range map[string][]byte{
		"a length that overflows":    {0x00, 0x01, 0xff, 0xec, 0x21, 0x12, 0xa4, 0x42},
		"STUN longer than any frame": {0x00, 0x01, 0x06, 0x30, 0x21, 0x12, 0xa4, 0x42},
		"a length that is not whole": {0x00, 0x01, 0x00, 0x06, 0x21, 0x12, 0xa4, 0x42},
		"ChannelData too long":       {0x40, 0x00, 0xff, 0xff},
		"TLS on the port for TURN":   {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01},
		"HTTP":                       []byte("POST"),
		"the first bits of RTP":      {0x80, 0x00, 0x00, 0x00},
		"the first bits of nothing":  {0xff, 0xff, 0xff, 0xff},
	} {
		_, err := ReadFrame(bufio.NewReader(bytes.NewReader(head)), make([]byte, MaxFrame))
		if !errors.Is(err, ErrFrame) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAStreamThatEndsInsideAFrameHasNoFrame(t *testing.T) {
	for n := 1; n < len(sampleRequest); n++ {
		_, err := ReadFrame(bufio.NewReader(bytes.NewReader(sampleRequest[:n])), make([]byte, MaxFrame))
		if err == nil {
			t.Errorf("the first %d bytes were taken for a frame", n)
		}
	}
}

func TestOnlyWholeChannelDataPasses(t *testing.T) {
	for frame, want := range map[string]bool{
		"\x40\x00\x00\x00":                  true,
		"\x40\x00\x00\x05hello":             true,
		"\x40\x00\x00\x05hello\x00":         true,
		"\x7f\xfe\x00\x01x\x00\x00\x00":     true,
		"\x40\x00\x00\x05hell":              false,
		"\x40\x00\x00\x01x\x00\x00\x00\x00": false,
		"\x40\x00\xff\xff":                  false,
		"\x40\x00\x00":                      false,
		"\x40":                              false,
		"":                                  false,
		"\x3f\xff\x00\x00":                  false,
		"\x80\x00\x00\x00":                  false,
	} {
		number, data, got := ChannelData([]byte(frame))
		if got != want {
			t.Errorf("%x: %v", frame, got)
		}
		if got && (number != uint16(frame[0])<<8|uint16(frame[1]) || string(data) != frame[4:4+len(data)]) {
			t.Errorf("%x is %q on channel %x", frame, data, number)
		}
	}
	if n := testing.AllocsPerRun(100, func() { ChannelData([]byte{0x40, 0, 0, 0}) }); n != 0 {
		t.Errorf("looking at ChannelData allocates %v times", n)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(sampleRequest)
	f.Add([]byte("\x40\x01\x00\x05hello\x00\x00\x00"))
	f.Add([]byte("\x00\x01\xff\xec\x21\x12\xa4\x42"))
	f.Add([]byte(strings.Repeat("\x40\x00\x00\x00", 9)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		reader, p := bufio.NewReader(bytes.NewReader(raw)), make([]byte, MaxFrame)
		read := 0
		for {
			n, err := ReadFrame(reader, p)
			if err != nil {
				return
			}
			if n < 4 || n%4 != 0 || !bytes.Equal(p[:n], raw[read:read+n]) {
				t.Fatalf("at %d a frame of %d bytes was read", read, n)
			}
			read += n
		}
	})
}
