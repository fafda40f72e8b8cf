package handler_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

// picture is an image of 1 by 1 pixel that takes so many bytes.
func picture(size int) *protocol.Image {
	data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		panic(err)
	}
	return &protocol.Image{Type: "image/webp", Width: 1, Height: 1, Data: append(data, make([]byte, size-len(data))...)}
}

func TestTheLargestImageFitsIntoAFrame(t *testing.T) {
	data := protocol.Post{
		Session: "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b11", Message: strings.Repeat("m", 36),
		Text: strings.Repeat("ä", 512), Image: picture(protocol.MaxImage), After: 1e15,
	}
	text, err := json.Marshal(map[string]any{"action": "message", "do": "post", "id": 1 << 53, "data": data})
	if err != nil || len(text) > protocol.MaxFrame {
		t.Errorf("the frame has %d bytes (%v)", len(text), err)
	}
}

func TestAnImageIsPushedWholeAndReadWhenItIsWanted(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	sent := picture(protocol.MaxImage)
	post := protocol.Post{Session: id, Message: "m1", Text: "The error", Image: sent, After: 1}
	first := does[protocol.Posted](w, alice, "message.post", post)
	w.mu.Lock()
	pushed, err := json.Marshal(w.pushed[len(w.pushed)-1].push)
	w.mu.Unlock()
	if err != nil || !bytes.Contains(pushed, []byte(base64.StdEncoding.EncodeToString(sent.Data))) {
		t.Errorf("pushed are %d bytes (%v)", len(pushed), err)
	}
	if len(pushed) > protocol.MaxFrame {
		t.Errorf("the push has %d bytes", len(pushed))
	}
	if again := does[protocol.Posted](w, alice, "message.post", post); again != first {
		t.Errorf("sent again it is %+v, was %+v", again, first)
	}
	page := does[protocol.Page](w, carol, "message.list", protocol.List{Session: id})
	last := page.Entries[len(page.Entries)-1]
	if last.Image == nil || last.Image.Data != nil || last.Image.Type != "image/webp" || last.Text != "The error" {
		t.Errorf("the transcript has %+v", last)
	}
	got := does[protocol.Image](w, carol, "message.image", protocol.ShowImage{Session: id, By: "alice", Message: "m1"})
	if !bytes.Equal(got.Data, sent.Data) || got.Type != sent.Type || got.Width != 1 || got.Height != 1 {
		t.Errorf("carol gets %d bytes of %s", len(got.Data), got.Type)
	}
}

// A hundred images would be two megabytes, and a reply has room for 128 KB.
func TestManyImagesAreOnePage(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	for n := range 20 {
		does[protocol.Posted](w, alice, "message.post", protocol.Post{Session: id, Message: fmt.Sprint("m", n), Image: picture(protocol.MaxImage), After: 1})
	}
	page := does[protocol.Page](w, carol, "message.list", protocol.List{Session: id})
	text, err := json.Marshal(page)
	if err != nil || len(page.Entries) != 22 || page.More || len(text) > 8<<10 {
		t.Errorf("a page has %d entries in %d bytes (%v)", len(page.Entries), len(text), err)
	}
}

func TestAnImageIsForThoseInTheSessionUntilItsRetention(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	does[protocol.Posted](w, alice, "message.post", protocol.Post{Session: id, Message: "m1", Image: picture(100), After: 1})
	ask := protocol.ShowImage{Session: id, By: "alice", Message: "m1"}
	if got := w.refused(dave, "message.image", ask); got.Code != fault.NotFound || got.Message != "There is no such session." {
		t.Errorf("dave is told %+v", got)
	}
	for what, ask := range map[string]protocol.ShowImage{
		"another's":    {Session: id, By: "carol", Message: "m1"},
		"nobody's":     {Session: id, Message: "m1"},
		"no message's": {Session: id, By: "alice"},
		"a long name":  {Session: id, By: strings.Repeat("x", 3000), Message: "m1"},
	} {
		if got := w.refused(carol, "message.image", ask); got.Code != fault.NotFound {
			t.Errorf("%s: carol is told %+v", what, got)
		}
	}
	w.passes(365 * 24 * time.Hour)
	if got := w.refused(carol, "message.image", ask); got.Code != fault.NotFound {
		t.Errorf("after its retention carol is told %+v", got)
	}
}

func TestNobodyPutsAnotherImageInThePlaceOfTheirs(t *testing.T) {
	w := newWorld(t)
	id := w.helped()
	first, second := picture(100), picture(200)
	does[protocol.Posted](w, alice, "message.post", protocol.Post{Session: id, Message: "m1", Image: first, After: 1})
	does[protocol.Posted](w, alice, "message.post", protocol.Post{Session: id, Message: "m1", Image: second, After: 1})
	got := does[protocol.Image](w, carol, "message.image", protocol.ShowImage{Session: id, By: "alice", Message: "m1"})
	if len(got.Data) != 100 {
		t.Errorf("carol gets the one of %d bytes", len(got.Data))
	}
}
