package chaos

import (
	"slices"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// message is what somebody has written.
type message struct {
	by       *page
	id, text string
	after    int64 // The last seq that was known at the first try; -1 before it.
	state    string
	acked    int64 // The seq that the service told; 0 before.
	refused  *fault.Error
}

// live is a session as a page sees it: portal/src/client/session.ts and
// sender.ts, which are the rules that every client follows.
type live struct {
	p           *page
	session     protocol.Session
	shown       transcript
	current     bool
	round       int // Changes with every connection.
	timers      map[string]func()
	items       []*message
	going, busy bool
	unreachable *fault.Error
}

func (l *live) suspend() {
	l.p.w.rounds++
	l.round = l.p.w.rounds
	l.current, l.going, l.busy = false, false, false
	clear(l.timers)
	for _, m := range l.items {
		if m.state == "sending" {
			m.state = ""
		}
	}
}

// later does something when the scheduler says that the time has come.
func (l *live) later(name string, do func()) { l.timers[name] = do }

func (l *live) resume(first *protocol.Resumed) {
	l.suspend()
	switch {
	case l.complete():
		l.caughtUp()
		return
	case first == nil && !takesPart(l.session, l.p.who):
		return
	}
	if l.p.w.mistake == trustsPushes && first == nil && len(l.shown.entries) > 0 {
		l.caughtUp()
		return
	}
	round := l.round
	l.catchUp(first, func(f *fault.Error) {
		switch {
		case l.round != round:
		case f == nil:
			l.caughtUp()
		case f.Code.Retryable():
			l.later("resume", func() { l.resume(nil) })
		default:
			l.lose(f)
		}
	})
}

func (l *live) catchUp(first *protocol.Resumed, then func(*fault.Error)) {
	if first != nil {
		l.took(0, *first, then)
		return
	}
	after := l.shown.seq
	l.p.ask("message.resume", l.round, protocol.Resume{Session: l.session.ID, After: after}, func(a arrived) {
		if a.Error != nil {
			then(a.Error)
			return
		}
		l.took(after, read[protocol.Resumed](a), then)
	})
}

func (l *live) took(after int64, r protocol.Resumed, then func(*fault.Error)) {
	l.take(r.Session)
	l.added(l.shown.page(after, r.Entries, r.More))
	done := func(f *fault.Error) {
		if f == nil {
			l.unreachable = nil
		}
		then(f)
	}
	if r.More {
		l.list(done)
		return
	}
	done(nil)
}

func (l *live) list(then func(*fault.Error)) {
	after := l.shown.seq
	l.p.ask("message.list", l.round, protocol.List{Session: l.session.ID, After: after}, func(a arrived) {
		if a.Error != nil {
			then(a.Error)
			return
		}
		page := read[protocol.Page](a)
		l.added(l.shown.page(after, page.Entries, page.More))
		if page.More && len(page.Entries) > 0 {
			l.list(then)
			return
		}
		then(nil)
	})
}

// fill brings what is missing, and the session again where it has changed.
func (l *live) fill() {
	round := l.round
	again := func(f *fault.Error) {
		refused := f != nil && !f.Code.Retryable() // Until the next look.
		if l.round == round && l.shown.gap() && !refused {
			l.later("gap", l.fill)
		}
	}
	l.list(func(f *fault.Error) {
		changed := int64(0)
		for _, e := range l.shown.entries {
			if e.Kind != protocol.EntryMessage {
				changed = e.Seq
			}
		}
		if f == nil && changed > l.session.Version {
			l.catchUp(nil, again)
			return
		}
		again(f)
	})
}

func (l *live) caughtUp() {
	l.current = true
	l.going, l.busy = true, false
	l.wake()
	l.mindGap()
	if l.p.w.mistake != trustsPushes {
		l.look()
	}
}

// complete reports whether everything is here that can ever come.
func (l *live) complete() bool {
	return l.session.State == protocol.Ended && len(l.shown.entries) > 0 && l.shown.seq >= l.session.Version
}

// look asks now and then whether the last push was lost.
func (l *live) look() {
	l.later("look", func() {
		if !l.complete() {
			l.look()
			l.fill()
		}
	})
}

func (l *live) mindGap() {
	if l.current && l.shown.gap() && l.p.w.mistake != trustsPushes {
		l.later("gap", l.fill)
	}
}

func (l *live) lose(f *fault.Error) {
	l.suspend()
	l.unreachable = f
	l.p.w.notef("%s has lost the session: %v", l.p.name, f)
	for _, m := range l.items {
		l.refuse(m, f)
	}
}

func (l *live) apply(r protocol.SessionReply) {
	l.take(r.Session)
	l.shown.promise(r.Seq)
	l.mindGap()
}

func (l *live) becomes(s protocol.Session, e *protocol.Entry) {
	if e != nil || s.Version > l.session.Version {
		l.take(s)
	}
	if e != nil {
		l.heard(*e)
	}
}

func (l *live) heard(e protocol.Entry) {
	if l.p.w.mistake == showsAsItComes && e.Seq > l.shown.seq {
		l.shown.entries = append(l.shown.entries, e)
		l.shown.seq = e.Seq
		l.added([]protocol.Entry{e})
		return
	}
	l.added(l.shown.push(e))
	l.mindGap()
}

func (l *live) take(s protocol.Session) {
	if s.Version < l.session.Version {
		return
	}
	before, after := takesPart(l.session, l.p.who), takesPart(s, l.p.who)
	l.session = s
	if before && !after {
		l.suspend()
	}
	if after && (!before || l.unreachable != nil) {
		l.resume(nil)
	}
}

func (l *live) added(entries []protocol.Entry) {
	for _, e := range entries {
		if e.By == session.Person(l.p.who) && e.Message != "" {
			l.delivered(e.Message)
		}
	}
}

// delivered is a message seen in the transcript.
func (l *live) delivered(id string) {
	is := func(m *message) bool { return m.id == id }
	l.items = slices.DeleteFunc(l.items, is)
	l.p.outbox = slices.DeleteFunc(l.p.outbox, is)
}

// wake sends the next message that waits, one at a time.
func (l *live) wake() {
	if l.busy && l.p.w.mistake != sendsAllAtOnce || !l.going {
		return
	}
	n := slices.IndexFunc(l.items, func(m *message) bool { return m.state == "" })
	if n < 0 {
		return
	}
	l.busy = true
	l.post(l.items[n])
	if l.p.w.mistake == sendsAllAtOnce {
		l.wake()
	}
}

// post tries until the service has taken or refused the message.
func (l *live) post(m *message) {
	if !slices.Contains(l.items, m) {
		l.next()
		return
	}
	m.state = "sending"
	if m.after < 0 {
		m.after = l.shown.seq
	} else if l.p.w.mistake == sendsWithNewIDs {
		m.id += "'"
	}
	data := protocol.Post{Session: l.session.ID, Message: m.id, Text: m.text, After: m.after}
	l.p.ask("message.post", l.round, data, func(a arrived) {
		switch {
		case a.Error == nil:
			l.posted(m, read[protocol.Posted](a))
		case a.Error.Code.Retryable():
			l.later("post "+m.id, func() { l.post(m) })
			return
		default:
			l.refuse(m, a.Error)
		}
		l.next()
	})
}

func (l *live) next() {
	l.busy = false
	l.wake()
}

func (l *live) posted(m *message, r protocol.Posted) {
	m.state, m.acked = "sent", r.Seq
	l.p.outbox = slices.DeleteFunc(l.p.outbox, func(other *message) bool { return other == m })
	l.heard(protocol.Entry{
		Seq: r.Seq, At: r.At, Kind: protocol.EntryMessage, By: session.Person(l.p.who), Message: m.id, Text: m.text,
	})
}

func (l *live) refuse(m *message, f *fault.Error) {
	l.p.w.notef("%s is refused %s: %v", l.p.name, m.id, f)
	m.state, m.refused = "failed", f
	l.p.outbox = slices.DeleteFunc(l.p.outbox, func(other *message) bool { return other == m })
}
