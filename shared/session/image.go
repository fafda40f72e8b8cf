package session

import (
	"bytes"
	"encoding/binary"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

// checkImage returns nil for an image that is what it says: of a kind that every
// browser shows, within the limits, not moving, and as large as declared. Only
// its head is looked at; what follows can at worst show a broken picture.
func checkImage(i protocol.Image) error {
	if len(i.Data) == 0 || len(i.Data) > protocol.MaxImage {
		return fault.New(fault.TooLarge, "An image has 1 to %d bytes. Send a smaller one.", protocol.MaxImage)
	}
	if i.Width < 1 || i.Height < 1 || i.Width > protocol.MaxPixels || i.Height > protocol.MaxPixels {
		return fault.New(fault.Invalid, "An image is 1 to %d pixels wide and high.", protocol.MaxPixels)
	}
	width, height, moves := 0, 0, false
	switch i.Type {
	case "image/png":
		width, height, moves = png(i.Data)
	case "image/jpeg":
		width, height = jpeg(i.Data)
	case "image/webp":
		width, height, moves = webp(i.Data)
	default:
		return fault.New(fault.Invalid, "An image is in WebP, JPEG or PNG.")
	}
	switch {
	case moves:
		return fault.New(fault.Invalid, "An image does not move. Send a single picture.")
	case width == 0 || width != i.Width || height != i.Height:
		return fault.New(fault.Invalid, "This is no image of the kind and size that it says.")
	}
	return nil
}

// png reads the size out of IHDR, the first chunk (W3C PNG, third edition,
// section 11.2.1), and whether a chunk acTL makes it move. Zero where it is none.
func png(data []byte) (width, height int, moves bool) {
	rest, ok := bytes.CutPrefix(data, []byte("\x89PNG\r\n\x1a\n"))
	if !ok || len(rest) < 16 || string(rest[4:8]) != "IHDR" {
		return 0, 0, false
	}
	width, height = int(binary.BigEndian.Uint32(rest[8:])), int(binary.BigEndian.Uint32(rest[12:]))
	for len(rest) >= 12 {
		kind, size := string(rest[4:8]), uint64(binary.BigEndian.Uint32(rest))
		if kind == "acTL" {
			return width, height, true
		}
		if kind == "IDAT" || size > uint64(len(rest)-12) {
			break
		}
		rest = rest[12+size:]
	}
	return width, height, false
}

// jpeg reads the size out of the frame header (ITU-T T.81, B.2.2); zero where
// there is none.
func jpeg(data []byte) (width, height int) {
	rest, ok := bytes.CutPrefix(data, []byte{0xff, 0xd8})
	for ok && len(rest) >= 9 && rest[0] == 0xff {
		marker, size := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		frame := marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
		if frame {
			return int(binary.BigEndian.Uint16(rest[7:])), int(binary.BigEndian.Uint16(rest[5:]))
		}
		if size < 2 || size > len(rest)-2 {
			break
		}
		rest = rest[2+size:]
	}
	return 0, 0
}

// webp reads the size out of the first chunk (RFC 9649), and whether it says
// that it moves; zero where it is none.
func webp(data []byte) (width, height int, moves bool) {
	if len(data) < 30 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return 0, 0, false
	}
	switch chunk := data[20:]; string(data[12:16]) {
	case "VP8 ":
		if string(chunk[3:6]) != "\x9d\x01\x2a" {
			return 0, 0, false
		}
		return int(binary.LittleEndian.Uint16(chunk[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(chunk[8:]) & 0x3fff), false
	case "VP8L":
		if chunk[0] != 0x2f {
			return 0, 0, false
		}
		bits := binary.LittleEndian.Uint32(chunk[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1, false
	case "VP8X":
		wide := int(chunk[4]) | int(chunk[5])<<8 | int(chunk[6])<<16
		high := int(chunk[7]) | int(chunk[8])<<8 | int(chunk[9])<<16
		return wide + 1, high + 1, chunk[0]&0x02 != 0
	}
	return 0, 0, false
}
