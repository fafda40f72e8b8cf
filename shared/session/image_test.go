package session_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// The smallest pictures of each kind of WebP: lossy 1 by 1, lossless 1 by 1, and
// extended, which may move.
var (
	lossy    = unpacked("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	lossless = unpacked("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	extended = append([]byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), 0, 0, 0, 0, 2, 0, 0, 1, 0, 0)
)

func unpacked(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return data
}

// drawn is a picture in a kind that Go can write.
func drawn(kind string, width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	picture.Set(0, 0, color.White)
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	if kind == "image/jpeg" {
		b.Reset()
		err = jpeg.Encode(&b, picture, nil)
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// moving is a PNG with the chunk that makes it move.
func moving() []byte {
	still := drawn("image/png", 3, 2)
	control := append([]byte{0, 0, 0, 8}, "acTL\x00\x00\x00\x02\x00\x00\x00\x00crc!"...)
	return append(append(bytes.Clone(still[:33]), control...), still[33:]...)
}

func TestAnImageIsWhatItSays(t *testing.T) {
	r := started(t, nil)
	animated := bytes.Clone(extended)
	animated[20] |= 0x02
	for what, test := range map[string]struct {
		image protocol.Image
		code  fault.Code
	}{
		"a PNG":                   {protocol.Image{Type: "image/png", Width: 3, Height: 2, Data: drawn("image/png", 3, 2)}, ""},
		"a JPEG":                  {protocol.Image{Type: "image/jpeg", Width: 3, Height: 2, Data: drawn("image/jpeg", 3, 2)}, ""},
		"a lossy WebP":            {protocol.Image{Type: "image/webp", Width: 1, Height: 1, Data: lossy}, ""},
		"a lossless WebP":         {protocol.Image{Type: "image/webp", Width: 1, Height: 1, Data: lossless}, ""},
		"an extended WebP":        {protocol.Image{Type: "image/webp", Width: 3, Height: 2, Data: extended}, ""},
		"22 KB":                   {protocol.Image{Type: "image/webp", Width: 1, Height: 1, Data: append(bytes.Clone(lossy), make([]byte, 22<<10-len(lossy))...)}, ""},
		"22 KB and a byte":        {protocol.Image{Type: "image/webp", Width: 1, Height: 1, Data: append(bytes.Clone(lossy), make([]byte, 22<<10+1-len(lossy))...)}, fault.TooLarge},
		"nothing":                 {protocol.Image{Type: "image/png", Width: 3, Height: 2}, fault.TooLarge},
		"another kind":            {protocol.Image{Type: "image/gif", Width: 1, Height: 1, Data: []byte("GIF89a")}, fault.Invalid},
		"a drawing with a script": {protocol.Image{Type: "image/svg+xml", Width: 1, Height: 1, Data: []byte("<svg/>")}, fault.Invalid},
		"a JPEG called a PNG":     {protocol.Image{Type: "image/png", Width: 3, Height: 2, Data: drawn("image/jpeg", 3, 2)}, fault.Invalid},
		"a page called a WebP":    {protocol.Image{Type: "image/webp", Width: 3, Height: 2, Data: []byte("<!doctype html><script>alert(1)</script>")}, fault.Invalid},
		"a moving WebP":           {protocol.Image{Type: "image/webp", Width: 3, Height: 2, Data: animated}, fault.Invalid},
		"a moving PNG":            {protocol.Image{Type: "image/png", Width: 3, Height: 2, Data: moving()}, fault.Invalid},
		"wider than it says":      {protocol.Image{Type: "image/png", Width: 2, Height: 2, Data: drawn("image/png", 3, 2)}, fault.Invalid},
		"higher than it says":     {protocol.Image{Type: "image/jpeg", Width: 3, Height: 1, Data: drawn("image/jpeg", 3, 2)}, fault.Invalid},
		"4,096 pixels":            {protocol.Image{Type: "image/png", Width: 4096, Height: 1, Data: drawn("image/png", 4096, 1)}, ""},
		"4,097 pixels":            {protocol.Image{Type: "image/png", Width: 4097, Height: 1, Data: drawn("image/png", 4097, 1)}, fault.Invalid},
		"less than one pixel":     {protocol.Image{Type: "image/png", Width: 0, Height: 1, Data: drawn("image/png", 3, 2)}, fault.Invalid},
		"a JPEG cut off":          {protocol.Image{Type: "image/jpeg", Width: 3, Height: 2, Data: drawn("image/jpeg", 3, 2)[:40]}, fault.Invalid},
	} {
		post := protocol.Post{Message: "m1", Text: "The error", Image: &test.image}
		c, err := r.Post(carol, post, noon)
		want(t, what, err, test.code)
		if err == nil && (c.Entry.Image == nil || c.Entry.Image.Data != nil || !bytes.Equal(c.Image, test.image.Data) || c.Next.Recent[1].Image.Data != nil) {
			t.Errorf("%s: stands as %s", what, text(c.Entry))
		}
	}
}

func TestAnImageNeedsNoWordsAndHasFew(t *testing.T) {
	r := started(t, nil)
	picture := &protocol.Image{Type: "image/webp", Width: 1, Height: 1, Data: lossy}
	for said, code := range map[string]fault.Code{"": "", string(bytes.Repeat([]byte("x"), 1024)): "", string(bytes.Repeat([]byte("x"), 1025)): fault.Invalid, "\xf0\x9f": fault.Invalid} {
		_, err := r.Post(carol, protocol.Post{Message: "m1", Text: said, Image: picture}, noon)
		want(t, said, err, code)
	}
}

// Whatever comes is looked at without a panic, and what is taken is an image.
func FuzzImage(f *testing.F) {
	for _, data := range [][]byte{lossy, lossless, extended, drawn("image/png", 3, 2), drawn("image/jpeg", 3, 2), moving(), nil} {
		f.Add("image/png", 3, 2, data)
		f.Add("image/jpeg", 3, 2, data)
		f.Add("image/webp", 1, 1, data)
	}
	s := amongSomebody()
	f.Fuzz(func(t *testing.T, kind string, width, height int, data []byte) {
		picture := protocol.Image{Type: kind, Width: width, Height: height, Data: data}
		c, err := s.Post(carol, protocol.Post{Message: "m1", Image: &picture}, noon)
		if err == nil && (len(c.Image) > protocol.MaxImage || c.Entry.Image.Width != width || c.Entry.Image.Width > protocol.MaxPixels) {
			t.Errorf("%d by %d of %d bytes is taken", width, height, len(data))
		}
		if err != nil && fault.Public(err).Code != fault.Invalid && fault.Public(err).Code != fault.TooLarge {
			t.Errorf("refused with %v", err)
		}
	})
}

// amongSomebody is a session of alice with carol, made without a test.
func amongSomebody() session.Session {
	to := session.Reach{Contact: session.Person(carol), Activity: protocol.ActivityOnline}
	c, err := session.Start(alice, id, to, session.Terms{Retention: days}, noon)
	if err != nil {
		panic(err)
	}
	return c.Next
}
