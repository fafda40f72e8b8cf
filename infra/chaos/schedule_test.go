package chaos

import (
	"maps"
	"slices"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

const (
	steps    = 400  // In which faults happen.
	mostSaid = 24   // Messages of one world.
	patience = 8000 // Steps in which everything must have come to rest.
)

// playAndCheck goes through the steps, heals everything and looks at the end.
func (w *world) playAndCheck() {
	for w.step = 1; w.step <= steps && len(w.problems) == 0; w.step++ {
		w.stepOnce(w.step > steps*4/5)
	}
	w.heal()
	if len(w.problems) == 0 {
		w.check()
	}
	w.tally.steps += w.step
}

// stepOnce makes one step; near the end the session may be ended.
func (w *world) stepOnce(late bool) {
	w.settle()
	moves := w.moves()
	switch draw := w.IntN(100); {
	case draw < 76 && len(moves) > 0:
		moves[w.IntN(len(moves))]()
	case draw < 93:
		w.act(w.pages[w.somebody()], late)
	case draw < 94:
		w.trouble()
	default:
		w.passes(time.Duration(1+w.IntN(400)) * time.Millisecond)
	}
}

// somebody is a page, mostly one of those who have something to say.
func (w *world) somebody() int {
	return []int{alice, alice, alice, carol, carol, carol, carolsOther, carolsOther, bob, bob, bob, dave, mallory, eve}[w.IntN(14)]
}

// trouble is a fault that nobody has asked for.
func (w *world) trouble() {
	switch draw := w.IntN(10); {
	case draw < 5:
		w.forget()
	case draw < 6:
		w.notef("everything is started again")
		w.tally.faults["restart of everything"]++
		for _, i := range slices.Clone(w.lambda.working) {
			w.kill(i, "in a restart")
		}
		w.forget()
		for _, p := range w.pages {
			w.cut(p, "by a restart")
		}
	default:
		w.cut(w.pages[w.somebody()], "by the network")
	}
}

// act lets somebody do something.
func (w *world) act(p *page, late bool) {
	switch {
	case p.conn == nil:
		w.connect(p)
	case w.IntN(25) == 0 && len(p.waits) > 0:
		waiting := slices.Sorted(maps.Keys(p.waits))
		p.giveUp(waiting[w.IntN(len(waiting))])
	case w.IntN(50) == 0:
		w.cut(p, "by its end")
	case w.IntN(150) == 0:
		p.reload()
	case !p.open:
	case p.leaves != nil && p.leaves.again:
		p.insists(p.leaves)
	case p == w.pages[dave], p == w.pages[mallory], p == w.pages[eve]:
		w.pries(p)
	case p.live == nil:
		w.enters(p)
	default:
		w.takesPart(p, late)
	}
}

// enters is somebody who wants to be in the session.
func (w *world) enters(p *page) {
	request := w.seed%2 == 0
	switch {
	case p == w.pages[alice] && !request:
		p.begin("session.start", protocol.StartSession{Session: w.session, Contact: w.pages[carol].who.ID})
	case p == w.pages[carol] && request:
		p.begin("session.request", protocol.RequestSession{Session: w.session, Problem: "It does not work."})
	case p == w.pages[alice], p == w.pages[bob] && w.IntN(3) == 0 && len(w.heads) > 0:
		p.begin("session.join", protocol.JoinSession{Session: w.session})
	}
}

// takesPart is something that a participant does.
func (w *world) takesPart(p *page, late bool) {
	name := protocol.NameSession{Session: w.session}
	technician, in := p.who.Role == identity.Technician, takesPart(p.session, p.who)
	switch draw := w.IntN(100); {
	case technician && !in:
		w.comes(p)
	case p == w.pages[bob] && draw < 14, p == w.pages[alice] && draw < 5:
		p.leave("session.leave", name)
	case technician && draw < 30:
		w.handsOn(p)
	case p == w.pages[alice] && draw < 36 && late && w.seed%3 > 0:
		p.does("session.end", protocol.EndSession{Session: w.session})
	case draw < 38:
		p.ask("message.type", 0, protocol.Type{Session: w.session, Typing: draw%2 == 0}, func(arrived) {})
	case draw < 44:
		p.ask("message.read", 0, protocol.Read{Session: w.session, Delivered: p.shown.seq, Read: p.shown.seq}, func(arrived) {})
	case draw < 48 && p.timers["look"] != nil:
		w.fire(p, "look")
	case draw < 95 && len(w.messages) < mostSaid && p.unreachable == nil && p.session.State != protocol.Ended:
		p.say()
	}
}

// comes is a technician who knows of the session and is not in it.
func (w *world) comes(p *page) {
	offered := p.session.Transfer != nil && p.session.Transfer.To.ID == p.who.ID
	switch draw := w.IntN(4); {
	case offered && draw == 0:
		p.does("session.refuse", protocol.NameSession{Session: w.session})
	case offered:
		p.begin("session.take", protocol.TakeSession{Session: w.session})
	case draw == 0:
		p.begin("session.take", protocol.TakeSession{Session: w.session, From: p.session.Owner})
	default:
		p.begin("session.join", protocol.JoinSession{Session: w.session, Answer: draw == 1})
	}
}

// handsOn is a technician who gives the session to the other, takes it from
// them, or gives it back to those who wait.
func (w *world) handsOn(p *page) {
	other := w.pages[alice+bob-slices.Index(w.pages, p)]
	switch w.IntN(3) {
	case 0:
		p.does("session.transfer", protocol.TransferSession{Session: w.session, To: other.who.ID})
	case 1:
		p.does("session.take", protocol.TakeSession{Session: w.session, From: other.who.ID})
	default:
		p.leave("session.transfer", protocol.TransferSession{Session: w.session})
	}
}

// pries is what somebody tries who takes no part; all of it must be refused.
func (w *world) pries(p *page) {
	commands := map[string]any{
		"message.post":   protocol.Post{Session: w.session, Message: "intruder", Text: "Let me in."},
		"message.resume": protocol.Resume{Session: w.session},
		"message.list":   protocol.List{Session: w.session},
		"message.type":   protocol.Type{Session: w.session, Typing: true},
		"message.read":   protocol.Read{Session: w.session},
		"session.leave":  protocol.NameSession{Session: w.session},
		"session.end":    protocol.EndSession{Session: w.session},
	}
	names := slices.Sorted(maps.Keys(commands))
	command := names[w.IntN(len(names))]
	p.ask(command, 0, commands[command], func(a arrived) {
		if a.Error == nil {
			w.problemf("%s, an outsider, may %s: %s", p.name, command, a.Data)
		}
	})
}

// heal lets everything come to rest without further faults: all reconnect,
// resume, and send what waits.
func (w *world) heal() {
	w.calm = true
	w.notef("from here on nothing fails")
	for range 3 {
		w.rest()
		for _, p := range w.pages {
			switch {
			case p.conn != nil && (p.live == nil || !p.current): // It may have missed the one push that tells of the session.
				w.cut(p, "to say hello again")
				w.connect(p)
			case p.conn == nil:
				w.connect(p)
			case p.live != nil && p.timers["look"] != nil:
				w.fire(p, "look")
			}
		}
	}
	w.rest()
}

// rest goes on until nothing is left to happen.
func (w *world) rest() {
	for last := w.step + patience; w.step < last && len(w.problems) == 0; w.step++ {
		w.settle()
		moves := w.moves()
		switch {
		case len(moves) > 0:
			moves[w.IntN(len(moves))]()
		case len(w.lambda.working) > 0:
			w.passes(100 * time.Millisecond)
		default:
			if !w.stuck() {
				return
			}
		}
	}
	if len(w.problems) == 0 {
		w.problemf("nothing comes to rest in %d steps", patience)
	}
}

// stuck lets pages give up waiting for answers that died with a function, and
// reports whether there were any.
func (w *world) stuck() bool {
	waited := false
	for _, p := range w.pages {
		for _, id := range slices.Sorted(maps.Keys(p.waits)) {
			if _, ok := p.waits[id]; ok {
				p.giveUp(id)
				waited = true
			}
		}
	}
	return waited
}

// finish ends what still works, so that the world can end.
func (w *world) finish() {
	for _, i := range w.lambda.working {
		i.dead = true
		i.cancel()
	}
	w.settle()
}
