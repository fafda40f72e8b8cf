package handler

import (
	"context"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/presence"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
)

// messageRoute carries out the commands of route message.
type messageRoute struct {
	service  session.Service
	settings Reader
}

// Reader reads the settings.
type Reader interface {
	Settings(ctx context.Context) (protocol.Settings, error)
}

// Message returns the commands of route message.
func Message(s session.Store, set Reader) Commands {
	r := messageRoute{session.Service{Store: s}, set}
	return Commands{
		"message.post":   on(r.post),
		"message.hide":   on(r.hide),
		"message.reveal": on(r.reveal),
		"message.image":  on(r.image),
		"message.type":   on(r.typed),
		"message.resume": on(r.resume),
		"message.read":   on(r.read),
		"message.list":   on(r.list),
	}
}

func (r messageRoute) post(ctx context.Context, c Caller, p protocol.Post) (Outcome, error) {
	change, err := r.service.Do(ctx, p.Session, p.After, func(s session.Session) (session.Change, error) {
		return s.Post(c.Principal, p, c.Now)
	})
	if err != nil {
		return Outcome{}, err
	}
	news := change.Entry
	if change.Image != nil { // A push has room for it, so that nobody has to ask.
		news.Image = p.Image
	}
	return Outcome{
		Reply:  protocol.Posted{Seq: change.Entry.Seq, At: change.Entry.At},
		Pushes: posted(p.Session, c.Connection, news),
	}, nil
}

func (r messageRoute) image(ctx context.Context, c Caller, d protocol.ShowImage) (Outcome, error) {
	s, err := r.heard(ctx, c, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	set, err := r.settings.Settings(ctx)
	if err != nil {
		return Outcome{}, err
	}
	s.Retention = min(s.Retention, settings.Retention(set))
	picture, err := r.service.Store.Image(ctx, s.Session, d.By, d.Message)
	return Outcome{Reply: picture}, err
}

// posted tells the others of an entry, of a repeat too: the function may have
// died before the first.
func posted(id, except string, e protocol.Entry) []fanout.Push {
	return toSession(id, except, "message.posted", protocol.MessagePosted{Session: id, Entry: e})
}

// hide posts that there is a secret; the text travels to nobody with it.
func (r messageRoute) hide(ctx context.Context, c Caller, h protocol.Hide) (Outcome, error) {
	change, err := r.service.Do(ctx, h.Session, h.After, func(s session.Session) (session.Change, error) {
		return s.Hide(c.Principal, h, c.Now)
	})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Reply:  protocol.Posted{Seq: change.Entry.Seq, At: change.Entry.At},
		Pushes: posted(h.Session, c.Connection, change.Entry),
	}, nil
}

// reveal answers with the text; the others hear who has seen it.
func (r messageRoute) reveal(ctx context.Context, c Caller, d protocol.Reveal) (Outcome, error) {
	change, err := r.service.Reveal(ctx, c.Principal, d, c.Now)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Reply:  protocol.Revealed{Text: change.Secret.Text, Entry: change.Entry},
		Pushes: posted(d.Session, c.Connection, change.Entry),
	}, nil
}

func (r messageRoute) typed(ctx context.Context, c Caller, t protocol.Type) (Outcome, error) {
	s, err := r.heard(ctx, c, t.Session)
	if err != nil {
		return Outcome{}, err
	}
	if s.Ended() {
		return Outcome{}, fault.New(fault.Conflict, "This session is ended.")
	}
	return Outcome{
		Reply: protocol.Empty{},
		Pushes: toHearers(s, c.Connection, "message.typed", protocol.MessageTyped{
			Session: t.Session, By: session.Person(c.Principal), Typing: t.Typing,
		}),
	}, nil
}

// resume makes the connection a listener before it reads, so that whatever is
// posted meanwhile is in the page or pushed.
func (r messageRoute) resume(ctx context.Context, c Caller, d protocol.Resume) (Outcome, error) {
	if _, err := r.heard(ctx, c, d.Session); err != nil {
		return Outcome{}, err
	}
	listener := session.Listener{Connection: c.Connection, Principal: c.ID}
	if err := r.service.Store.Listen(ctx, d.Session, listener, c.Now.Add(presence.Stay)); err != nil {
		return Outcome{}, err
	}
	heard, err := r.service.Store.Hear(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	page, err := r.page(ctx, heard.Session, d.After)
	if err != nil {
		return Outcome{}, err
	}
	reply := protocol.Resumed{
		Session: seenBy(c.Role, heard.Session.Session), Entries: page.Entries, More: page.More,
		Connected: connected(heard.Listeners), Marks: append([]protocol.Mark{}, heard.Marks...),
	}
	if heard.State == protocol.Requested && heard.Contact.ID == c.ID {
		if err := r.service.Store.Gone(ctx, d.Session, time.Time{}); err != nil {
			return Outcome{}, err
		}
		if reply.Place, err = place(ctx, r.service.Store, heard.Session.Session); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{Reply: reply, Pushes: []fanout.Push{sessionAttended(d.Session, c.Principal, true, c.Connection)}}, nil
}

// read keeps how far the caller has come, and tells the others.
func (r messageRoute) read(ctx context.Context, c Caller, d protocol.Read) (Outcome, error) {
	if _, err := session.Company(d.Session); err != nil {
		return Outcome{}, err
	}
	heard, err := r.service.Store.Hear(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	mark, further, err := heard.Marked(c.Principal, d, c.Now)
	if err != nil || !further {
		return Outcome{Reply: protocol.Empty{}}, err
	}
	if err := r.service.Store.Mark(ctx, heard.Session, mark); err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Reply:  protocol.Empty{},
		Pushes: toHearers(heard, c.Connection, "message.marked", protocol.MessageRead{Session: d.Session, Mark: mark}),
	}, nil
}

func (r messageRoute) list(ctx context.Context, c Caller, d protocol.List) (Outcome, error) {
	s, err := r.heard(ctx, c, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	page, err := r.page(ctx, s.Session, d.After)
	return Outcome{Reply: page}, err
}

// page reads what one reply can carry of a transcript. A retention that was made
// shorter holds at once for what was said before.
func (r messageRoute) page(ctx context.Context, s session.Session, after int64) (protocol.Page, error) {
	set, err := r.settings.Settings(ctx)
	if err != nil {
		return protocol.Page{}, err
	}
	s.Retention = min(s.Retention, settings.Retention(set))
	entries, more, err := r.service.Store.Entries(ctx, s, after, protocol.PageSize)
	if err != nil {
		return protocol.Page{}, err
	}
	fitting, cut, err := fit(entries, pageBytes)
	return protocol.Page{Entries: fitting, More: more || cut}, err
}

// heard reads a session that the caller may hear.
func (r messageRoute) heard(ctx context.Context, c Caller, id string) (session.Heard, error) {
	if _, err := session.Company(id); err != nil {
		return session.Heard{}, err
	}
	heard, err := r.service.Store.Hear(ctx, id)
	if err != nil {
		return session.Heard{}, err
	}
	return heard, heard.Audible(c.Principal)
}

// connected are the participants with a connection that hears the session.
func connected(listeners []session.Listener) []string {
	ids := []string{}
	for _, l := range listeners {
		ids = append(ids, l.Principal)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
