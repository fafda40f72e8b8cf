package session_test

import (
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

func (p part) givesBack() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.GiveBack(p.Principal, p.room.now))
}

func (p part) offersTo(whom identity.Principal) session.Change {
	p.room.t.Helper()
	person := session.Person(whom)
	return p.room.does(p.room.Offer(p.Principal, whom.ID, &person, p.room.now))
}

func (p part) refuses() session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Refuse(p.Principal, p.room.now))
}

func (p part) takes(from string) session.Change {
	p.room.t.Helper()
	return p.room.does(p.room.Take(p.Principal, protocol.TakeSession{From: from}, p.room.now))
}

// A contact is never left alone in a session that goes on.
func TestTheLastTechnicianToLeaveGivesTheSessionBack(t *testing.T) {
	r := requested(t, nil)
	r.as(alice).joins()
	r.as(bob).joins()
	if c := r.as(alice).leaves(); r.State != protocol.Active || c.Entry.Kind != protocol.EntryLeft {
		t.Errorf("bob is there, but it is %s", text(r.Session))
	}
	left := r.now
	c := r.as(bob).leaves()
	if r.State != protocol.Requested || r.Owner != "" || r.RequestedAt != protocol.At(left) || len(joined(r.Session)) != 1 {
		t.Errorf("after the last it is %s", text(r.Session))
	}
	if c.Entry.Kind != protocol.EntryTransferred || c.Entry.To != nil || c.Entry.By.ID != "bob" {
		t.Errorf("carol reads %s", text(c.Entry))
	}
}

// A session that was given back waits like one that was just requested, however
// long ago it began.
func TestASessionThatWasGivenBackWaitsAnew(t *testing.T) {
	r := requested(t, nil)
	r.as(alice).joins()
	r.now = noon.Add(time.Hour)
	r.as(alice).givesBack()
	back := noon.Add(time.Hour)
	if r.RequestedAt != protocol.At(back) || r.CreatedAt != protocol.At(noon) {
		t.Errorf("it waits since %v", r.RequestedAt.Time())
	}
	_, err := r.End(carol, protocol.EndSession{}, true, back.Add(session.Answering-time.Millisecond))
	want(t, "ended before its minute", err, fault.Conflict)
	_, err = r.End(carol, protocol.EndSession{}, true, back.Add(session.Answering))
	want(t, "ended after its minute", err, "")
	call := protocol.AskCallback{Phone: "999"}
	_, err = r.CallBack(carol, call, true, back.Add(session.Answering-time.Millisecond))
	want(t, "called before its minute", err, fault.Conflict)
	_, err = r.CallBack(carol, call, true, back.Add(session.Answering))
	want(t, "called after its minute", err, "")
	// Carol was last seen long before, by whoever swept in between.
	for after, lost := range map[time.Duration]bool{session.Lost: false, session.Lost + time.Millisecond: true} {
		if c, err := r.Abandon(noon, back.Add(after)); err != nil || c.Repeat == lost {
			t.Errorf("%v after: abandoned is %v (%v)", after, !c.Repeat, err)
		}
	}
}

// The reply was lost, and the client sends again what it wanted.
func TestWhatIsSentAgainIsAnsweredAgain(t *testing.T) {
	for what, story := range map[string]func(*room) session.Change{
		"leave": func(r *room) session.Change {
			r.as(bob).joins()
			r.as(alice).leaves()
			return r.as(alice).leaves()
		},
		"leave, as the last": func(r *room) session.Change {
			r.as(alice).leaves()
			return r.as(alice).leaves()
		},
		"leave, while others go on": func(r *room) session.Change {
			r.as(alice).leaves()
			r.as(bob).joins()
			r.as(carol).says("Hello again.")
			return r.as(alice).leaves()
		},
		"give back": func(r *room) session.Change {
			r.as(alice).givesBack()
			return r.as(alice).givesBack()
		},
		"give back what is answered by now": func(r *room) session.Change {
			r.as(alice).givesBack()
			r.as(bob).joins()
			return r.as(alice).givesBack()
		},
		"offer": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(carol).says("Who is that?")
			return r.as(alice).offersTo(bob)
		},
		"offer what is taken by now": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(bob).takes("")
			return r.as(alice).offersTo(bob)
		},
		"take": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(bob).takes("")
			return r.as(bob).takes("")
		},
		"refuse an offer": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(bob).refuses()
			r.as(carol).says("What now?")
			return r.as(bob).refuses()
		},
		"decline a call": func(r *room) session.Change {
			r.as(alice).rings()
			r.as(carol).declines()
			return r.as(carol).declines()
		},
	} {
		r := started(t, nil)
		if c := story(r); !c.Repeat {
			t.Errorf("%s, sent again, adds %s", what, text(c.Entry))
		}
	}
}

func TestWhatIsDoneAnewIsNoRepeat(t *testing.T) {
	for what, story := range map[string]func(*room) session.Change{
		"leave after coming back": func(r *room) session.Change {
			r.as(alice).leaves()
			r.as(alice).joins()
			return r.as(alice).leaves()
		},
		"offer to somebody else": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			return r.as(alice).offersTo(grace)
		},
		"offer again after a refusal": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(bob).refuses()
			return r.as(alice).offersTo(bob)
		},
		"refuse a second offer": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(bob).refuses()
			r.as(alice).offersTo(bob)
			return r.as(bob).refuses()
		},
		"offer after taking it back": func(r *room) session.Change {
			r.as(alice).offersTo(bob)
			r.as(bob).takes("")
			r.as(alice).takes("bob")
			return r.as(alice).offersTo(bob)
		},
	} {
		r := started(t, nil)
		if c := story(r); c.Repeat {
			t.Errorf("%s is taken for a repeat", what)
		}
	}
}

// N20: whoever may not see the company any more is an outsider, whatever they did.
func TestWhoLeftAndMaySeeTheCompanyNoMoreLearnsNothing(t *testing.T) {
	r := started(t, nil)
	r.as(bob).joins()
	r.as(alice).offersTo(grace)
	r.as(grace).refuses()
	r.as(bob).leaves()
	for _, by := range []identity.Principal{technician("bob", "globex"), technician("grace", "globex")} {
		for what, try := range map[string]attempt{"leave": actions["leave"], "give back": actions["give back"], "refuse": actions["refuse"]} {
			_, err := try(r.Session, by)
			want(t, by.ID+" does "+what, err, fault.NotFound)
		}
	}
}

// Whether somebody is logged on is told only to who may hand on the session.
func TestOnlyWhoMayOfferASessionLearnsWhoIsThere(t *testing.T) {
	r := started(t, nil)
	r.as(bob).joins()
	for who, test := range map[string]struct {
		by   identity.Principal
		code fault.Code
	}{
		"who has it":      {alice, fault.NotFound},
		"who is in it":    {bob, fault.Forbidden},
		"a colleague":     {grace, fault.Forbidden},
		"the contact":     {carol, fault.Forbidden},
		"another contact": {contact("dave", "acme"), fault.NotFound},
	} {
		_, err := r.Offer(test.by, "henry", nil, noon)
		want(t, who, err, test.code)
	}
}

// A call that ends with something else is logged there.
func TestWhateverEndsACallSaysHowLongItWas(t *testing.T) {
	for what, ends := range map[string]func(*room) session.Change{
		"the end":     func(r *room) session.Change { return r.as(alice).ends() },
		"leaving":     func(r *room) session.Change { return r.as(alice).leaves() },
		"giving back": func(r *room) session.Change { return r.as(alice).givesBack() },
	} {
		r := started(t, nil)
		r.as(alice).rings()
		r.as(carol).accepts()
		r.now = r.Call.AnsweredAt.Time().Add(75 * time.Second)
		log := ends(r).Entry.Call
		if log == nil || *log != (protocol.CallLog{ID: "c1", Media: protocol.Voice, Seconds: 75}) {
			t.Errorf("%s says %s", what, text(log))
		}
	}
	r := started(t, nil)
	if log := r.as(alice).ends().Entry.Call; log != nil {
		t.Errorf("without a call the end says %s", text(log))
	}
}
