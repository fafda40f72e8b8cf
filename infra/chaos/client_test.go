package chaos

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// page is one page of somebody: the rules of portal/src/client, whose timers
// run out whenever the scheduler says so.
type page struct {
	w          *world
	name       string
	who        identity.Principal
	authorized string
	conn       *connection
	open       bool
	lastID     int64
	waits      map[int64]wait
	outbox     []*message // Survives a reload.
	leaves     *step      // What is on its way, or is sent again.

	*live // Nil until the session is known.
}

// wait is what happens when a command is answered.
type wait struct {
	command string
	round   int // 0 for one that outlives the round.
	then    func(arrived)
}

var unanswered = arrived{Error: fault.New(fault.Unavailable, "The service did not answer in time.")}

// ask sends a command. Where its round is over when the answer comes, nothing
// happens.
func (p *page) ask(command string, round int, data any, then func(arrived)) {
	if p.conn == nil {
		then(unanswered)
		return
	}
	p.lastID++
	noun, verb, _ := strings.Cut(command, ".")
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // Our own types.
	}
	frame, err := json.Marshal(protocol.Frame{Action: noun, ID: p.lastID, Do: verb, Data: text})
	if err != nil {
		panic(err)
	}
	p.waits[p.lastID] = wait{command, round, then}
	p.conn.up = append(p.conn.up, string(frame))
	p.w.notef("%s sends %s", p.conn.name, brief(string(frame)))
}

// settled hands an answer to who waits for it.
func (p *page) settled(id int64, a arrived) {
	w, ok := p.waits[id]
	delete(p.waits, id)
	if ok && (w.round == 0 || p.live != nil && w.round == p.round) {
		w.then(a)
	}
}

// giveUp waits no longer for the answer of a command.
func (p *page) giveUp(id int64) {
	p.w.notef("%s waits no longer for %d %s", p.name, id, p.waits[id].command)
	p.w.tally.faults["gave up waiting"]++
	p.settled(id, unanswered)
}

// lost is the connection gone.
func (p *page) lost() {
	p.conn, p.open = nil, false
	for _, id := range slices.Sorted(maps.Keys(p.waits)) {
		w := p.waits[id]
		delete(p.waits, id)
		if w.round == 0 {
			w.then(unanswered)
		}
	}
	if p.live != nil {
		p.suspend()
	}
}

func (p *page) hello() {
	conn := p.conn
	p.ask("presence.hello", 0, protocol.Hello{}, func(a arrived) {
		switch {
		case p.conn != conn:
		case a.Error != nil:
			p.w.cut(p, "since nobody says welcome")
		default:
			p.welcomed(read[protocol.Welcome](a))
		}
	})
}

func (p *page) welcomed(welcome protocol.Welcome) {
	p.open = true
	known := p.live != nil
	for _, s := range welcome.Sessions {
		if known && s.ID == p.session.ID {
			p.take(s)
		}
		p.adopt(s, nil)
	}
	if known {
		p.resume(nil)
	} else if p.live == nil && len(p.outbox) > 0 {
		p.fetch()
	}
}

// fetch brings a session by its id.
func (p *page) fetch() {
	p.ask("message.resume", 0, protocol.Resume{Session: p.w.session}, func(a arrived) {
		switch {
		case p.live != nil:
		case a.Error == nil:
			resumed := read[protocol.Resumed](a)
			p.adopt(resumed.Session, &resumed)
		case !a.Error.Code.Retryable():
			for _, m := range p.outbox {
				m.refused = a.Error
			}
			p.outbox = nil
		}
	})
}

// reload loads the page anew; what was not sent survives.
func (p *page) reload() {
	p.w.cut(p, "by a reload")
	p.live = nil
}

func (p *page) hear(text string) {
	var a arrived
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		p.w.problemf("%s hears %s: %v", p.name, text, err)
		return
	}
	if a.Push == "" {
		p.settled(a.ID, a)
		return
	}
	switch a.Push {
	case "message.posted":
		m := read[protocol.MessagePosted](a)
		if p.live == nil {
			p.fetch()
		} else {
			p.heard(m.Entry)
		}
	case "session.changed":
		s := read[protocol.SessionChanged](a)
		if s.Session.State != protocol.Ended && takesPart(s.Session, p.who) {
			p.adopt(s.Session, nil)
		}
		if p.live != nil {
			p.becomes(s.Session, s.Entry)
		}
	}
}

func (p *page) adopt(s protocol.Session, resumed *protocol.Resumed) {
	if p.live != nil {
		return
	}
	p.w.rounds++
	p.live = &live{p: p, session: s, round: p.w.rounds, timers: map[string]func(){}, items: slices.Clone(p.outbox)}
	for _, m := range p.items {
		m.state = ""
	}
	if p.open {
		p.resume(resumed)
	}
}

// begin is a command that may be sent again until its outcome is known.
func (p *page) begin(command string, data any) {
	p.ask(command, 0, data, func(a arrived) {
		if a.Error == nil {
			reply := read[protocol.SessionReply](a)
			p.adopt(reply.Session, nil)
			p.apply(reply)
		} else {
			p.w.notef("%s: %s is refused: %v", p.name, command, a.Error)
		}
	})
}

// does is a command of somebody who takes part.
func (p *page) does(command string, data any) {
	p.ask(command, 0, data, func(a arrived) {
		if a.Error == nil && p.live != nil {
			p.apply(read[protocol.SessionReply](a))
		}
	})
}

// step is what somebody does who leaves the session.
type step struct {
	command string
	data    any
	since   int  // How many entries were written when it was sent first.
	again   bool // Whether nobody answered.
}

// leave begins to leave, if that is not on its way already.
func (p *page) leave(command string, data any) {
	if p.leaves == nil {
		p.leaves = &step{command: command, data: data, since: len(p.w.written)}
		p.insists(p.leaves)
	}
}

// insists is a command that is sent until it is answered. What was done is not
// refused when it is sent again.
func (p *page) insists(s *step) {
	s.again = false
	p.ask(s.command, 0, s.data, func(a arrived) {
		if a.Error != nil && a.Error.Code.Retryable() {
			s.again = true
			return
		}
		p.leaves = nil
		if a.Error == nil && p.live != nil {
			p.apply(read[protocol.SessionReply](a))
		}
		left := slices.ContainsFunc(p.w.written[s.since:], func(e protocol.Entry) bool {
			return e.By.ID == p.who.ID && (e.Kind == protocol.EntryLeft || e.Kind == protocol.EntryTransferred && e.To == nil)
		})
		switch {
		case a.Error == nil && !left:
			p.w.problemf("%s is told that %s is done, and it is not", p.name, s.command)
		case a.Error != nil && left:
			p.w.problemf("%s has left, and %s is refused: %v", p.name, s.command, a.Error)
		}
	})
}

// say writes a message.
func (p *page) say() {
	m := &message{by: p, id: fmt.Sprintf("%s-m%d", p.name, len(p.w.messages)+1), after: -1}
	m.text = "This is " + m.id
	p.w.messages = append(p.w.messages, m)
	p.outbox = append(p.outbox, m)
	p.w.notef("%s writes %s", p.name, m.id)
	p.items = append(p.items, m)
	p.wake()
}

func read[T any](a arrived) T {
	var data T
	if err := json.Unmarshal(a.Data, &data); err != nil {
		panic(fmt.Sprintf("%s: %v", a.Data, err))
	}
	return data
}

func takesPart(s protocol.Session, who identity.Principal) bool {
	return slices.ContainsFunc(s.Participants, func(p protocol.Participant) bool { return p.Joined && p.ID == who.ID })
}
