package session_test

import (
	"math"
	"strings"
	"testing"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

func TestWhatIsSaidStandsInOrder(t *testing.T) {
	r := started(t, nil)
	first := r.as(alice).says("Hello, how can I help?")
	second := r.as(carol).says("The printer is on fire.")
	if first.Entry.Seq != 2 || second.Entry.Seq != 3 || r.Seq != 3 {
		t.Errorf("numbered %d, %d in a session at %d", first.Entry.Seq, second.Entry.Seq, r.Seq)
	}
	e := second.Entry
	if e.Kind != protocol.EntryMessage || e.By.ID != "carol" || e.By.Role != carol.Role || e.Text != "The printer is on fire." {
		t.Errorf("stands as %s", text(e))
	}
	if second.Alters || second.PrevAt != first.Entry.At || r.Version != 1 {
		t.Errorf("a message is more than a message: %s", text(second))
	}
}

func TestAMessagePostedTwiceIsAnsweredWithTheFirst(t *testing.T) {
	r := started(t, nil)
	post := protocol.Post{Message: "m1", Text: "My printer", After: r.Seq}
	first := r.as(carol).posts(post)
	theirs := r.as(alice).posts(post) // Her own m1.
	r.as(alice).says("What about it?")

	again := func(when string) {
		t.Helper()
		post.Text = "is on fire"
		c := r.as(carol).posts(post)
		if !c.Repeat || text(c.Entry) != text(first.Entry) {
			t.Errorf("%s: got %s, want what stands: %s", when, text(c.Entry), text(first.Entry))
		}
	}
	if theirs.Repeat || theirs.Entry.Seq == first.Entry.Seq {
		t.Errorf("two senders share the id m1: %s", text(theirs.Entry))
	}
	again("while it goes on")
	r.as(alice).ends()
	again("after the end")

	_, err := r.Post(carol, protocol.Post{Message: "m2", Text: "Wait!", After: r.Seq}, noon)
	want(t, "something new after the end", err, fault.Conflict)
}

func TestWhoHasLeftIsNotAnsweredWithWhatTheySaid(t *testing.T) {
	r := started(t, nil)
	post := protocol.Post{Message: "m1", Text: "I hand you over.", After: r.Seq}
	r.as(alice).posts(post)
	r.as(bob).joins()
	r.as(alice).leaves()
	_, err := r.Post(alice, post, noon)
	want(t, "once outside", err, fault.Forbidden)
}

func TestTheLimitsOfAMessage(t *testing.T) {
	r := started(t, nil)
	good := protocol.Post{Message: "m1", Text: "hello"}
	for what, test := range map[string]struct {
		change func(*protocol.Post)
		code   fault.Code
	}{
		"1 byte":                    {func(p *protocol.Post) { p.Text = "x" }, ""},
		"8,192 bytes":               {func(p *protocol.Post) { p.Text = strings.Repeat("x", 8192) }, ""},
		"8,192 bytes of emoji":      {func(p *protocol.Post) { p.Text = strings.Repeat("🔥", 2048) }, ""},
		"8,193 bytes":               {func(p *protocol.Post) { p.Text = strings.Repeat("x", 8193) }, fault.Invalid},
		"no byte":                   {func(p *protocol.Post) { p.Text = "" }, fault.Invalid},
		"blanks only":               {func(p *protocol.Post) { p.Text = " \t\r\n\u00a0\u2003" }, fault.Invalid},
		"half a character":          {func(p *protocol.Post) { p.Text = "fir\xf0\x9f" }, fault.Invalid},
		"an id of 64 bytes":         {func(p *protocol.Post) { p.Message = strings.Repeat("x", 64) }, ""},
		"an id of 65 bytes":         {func(p *protocol.Post) { p.Message = strings.Repeat("x", 65) }, fault.Invalid},
		"no id":                     {func(p *protocol.Post) { p.Message = "" }, fault.Invalid},
		"half a character of an id": {func(p *protocol.Post) { p.Message = "\xf0\x9f" }, fault.Invalid},
		"after the last":            {func(p *protocol.Post) { p.After = r.Seq }, ""},
		"after what is not there":   {func(p *protocol.Post) { p.After = r.Seq + 1 }, fault.Invalid},
		"after less than nothing":   {func(p *protocol.Post) { p.After = -1 }, fault.Invalid},
		"after more than can be":    {func(p *protocol.Post) { p.After = math.MaxInt64 }, fault.Invalid},
		"after less than can be":    {func(p *protocol.Post) { p.After = math.MinInt64 }, fault.Invalid},
	} {
		post := good
		test.change(&post)
		_, err := r.Post(carol, post, noon)
		want(t, what, err, test.code)
	}
}

func TestASignalIsBounded(t *testing.T) {
	r := started(t, nil)
	r.as(alice).rings()
	good := protocol.Signal{Call: "c1", Peer: page(alice), To: "p", Signal: []byte(`{"candidate":null}`)}
	for what, test := range map[string]struct {
		change func(*protocol.Signal)
		code   fault.Code
	}{
		"an end of candidates":   {func(*protocol.Signal) {}, ""},
		"24 KB":                  {func(g *protocol.Signal) { g.Signal = make([]byte, 24<<10) }, ""},
		"24 KB and a byte":       {func(g *protocol.Signal) { g.Signal = make([]byte, 24<<10+1) }, fault.Invalid},
		"nothing":                {func(g *protocol.Signal) { g.Signal = nil }, fault.Invalid},
		"to nobody":              {func(g *protocol.Signal) { g.To = "" }, fault.Invalid},
		"to too long a name":     {func(g *protocol.Signal) { g.To = strings.Repeat("x", 65) }, fault.Invalid},
		"from another's page":    {func(g *protocol.Signal) { g.Peer = page(carol) }, fault.Conflict},
		"of a call that is over": {func(g *protocol.Signal) { g.Call = "c0" }, fault.Conflict},
	} {
		signal := good
		test.change(&signal)
		want(t, what, r.Signals(alice, signal), test.code)
	}
}

func TestAReportNamesAPath(t *testing.T) {
	r := started(t, nil)
	r.as(alice).rings()
	for path, code := range map[protocol.CallPath]fault.Code{
		protocol.PathLocal: "", protocol.PathDirect: "", protocol.PathRelayed: "", "": fault.Invalid, "pigeon": fault.Invalid,
	} {
		report := protocol.ReportPath{Call: "c1", Peer: page(alice), Path: path}
		want(t, "path "+string(path), r.Reports(alice, report), code)
		if path == "" {
			continue // To hang up without knowing is allowed.
		}
		_, err := r.HangUp(alice, protocol.HangUp{Call: "c1", Peer: page(alice), Path: path}, noon)
		want(t, "hang up with path "+string(path), err, code)
	}
}

func TestHowFarSomebodyHasComeAddsUp(t *testing.T) {
	r := started(t, nil)
	for what, test := range map[string]struct {
		read protocol.Read
		code fault.Code
	}{
		"delivered":                   {protocol.Read{Delivered: 1}, ""},
		"read":                        {protocol.Read{Delivered: 1, Read: 1}, ""},
		"read before it came":         {protocol.Read{Delivered: 1, Read: 2}, fault.Invalid},
		"less than nothing":           {protocol.Read{Read: -1}, fault.Invalid},
		"more than can be":            {protocol.Read{Delivered: 1e15 + 1}, fault.Invalid},
		"told of by a notification":   {protocol.Read{Delivered: 1, Notified: 1, Rung: protocol.RungToast}, ""},
		"told of before it came":      {protocol.Read{Delivered: 1, Notified: 2, Rung: protocol.RungDot}, fault.Invalid},
		"told of less than nothing":   {protocol.Read{Delivered: 1, Notified: -1, Rung: protocol.RungDot}, fault.Invalid},
		"told of by a pigeon":         {protocol.Read{Delivered: 1, Notified: 1, Rung: "pigeon"}, fault.Invalid},
		"told of by nothing":          {protocol.Read{Delivered: 1, Notified: 1}, fault.Invalid},
		"told of nothing, by a tone":  {protocol.Read{Delivered: 1, Rung: protocol.RungTone}, fault.Invalid},
		"told of by a tone, and read": {protocol.Read{Delivered: 1, Read: 1, Notified: 1, Rung: protocol.RungTone}, ""},
	} {
		want(t, what, r.Reads(carol, test.read), test.code)
		want(t, "an outsider's "+what, r.Reads(outsiders["another contact"], test.read), fault.NotFound)
	}
}
