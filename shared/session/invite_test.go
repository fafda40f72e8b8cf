package session_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/invite"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
)

// byLink is a guest whom alice has invited into a session, which they have not
// joined.
func byLink(r *room, secret string) identity.Principal {
	r.t.Helper()
	c := r.does(r.Invite(alice, protocol.InviteGuest{Session: id, Secret: invite.Hash(secret)}, r.now))
	if c.Invite == nil || c.Invite.Hash != invite.Hash(secret) || c.Invite.Session != id || c.Invite.Kind != protocol.Guest {
		r.t.Errorf("the invite is %+v", c.Invite)
	}
	return guest(c.Entry.To.ID)
}

func TestAnInviteBeginsASessionThatWaits(t *testing.T) {
	for kind, term := range map[protocol.SessionKind]time.Duration{protocol.OnDemand: 15 * time.Minute, protocol.Guest: 24 * time.Hour} {
		d := protocol.InviteGuest{Session: id, Kind: kind, Secret: secretHash, Name: " Gwen "}
		c, err := session.Invites(alice, d, session.Terms{AskOnDemand: true}, noon)
		if err != nil {
			t.Fatal(err)
		}
		s, until := c.Next, protocol.At(noon.Add(term))
		want := invite.Invite{Hash: secretHash, Session: id, Guest: s.Contact.ID, Kind: kind, Until: until}
		if *c.Invite != want {
			t.Errorf("%s: the invite is %+v, want %+v", kind, *c.Invite, want)
		}
		if s.State != protocol.Connecting || s.Owner != alice.ID || s.Asks != (kind == protocol.OnDemand) {
			t.Errorf("%s: it begins as %s", kind, text(s))
		}
		place := s.Participants[1]
		if place.Joined || place.InvitedUntil != until || place.Name != "Gwen (guest)" || !s.Concerns(place.ID) || !s.Admits(place.ID) {
			t.Errorf("%s: the place of the guest is %+v", kind, place)
		}
	}
}

func TestOnlyATechnicianOfTheCompanyInvites(t *testing.T) {
	good := protocol.InviteGuest{Session: id, Kind: protocol.OnDemand, Secret: secretHash}
	change := func(alter func(*protocol.InviteGuest)) protocol.InviteGuest {
		d := good
		alter(&d)
		return d
	}
	for what, c := range map[string]struct {
		by   identity.Principal
		d    protocol.InviteGuest
		code fault.Code
	}{
		"a technician":                    {alice, good, ""},
		"a technician of other companies": {technician("mallory", "globex"), good, fault.NotFound},
		"a contact":                       {carol, good, fault.Forbidden},
		"a guest":                         {guest("g"), good, fault.Forbidden},
		"among technicians":               {alice, change(func(d *protocol.InviteGuest) { d.Session = identity.Staff + id[4:] }), fault.NotFound},
		"into no session":                 {alice, change(func(d *protocol.InviteGuest) { d.Session = "acme" }), fault.NotFound},
		"as a contact at a portal":        {alice, change(func(d *protocol.InviteGuest) { d.Kind = protocol.Portal }), fault.Invalid},
		"with the secret itself":          {alice, change(func(d *protocol.InviteGuest) { d.Secret = "7K2MQ4X9" }), fault.Invalid},
		"by a name that turns text round": {alice, change(func(d *protocol.InviteGuest) { d.Name = "x\u202ey" }), fault.Invalid},
	} {
		got, err := session.Invites(c.by, c.d, session.Terms{}, noon)
		want(t, what, err, c.code)
		if (got.Invite != nil) != (err == nil) {
			t.Errorf("%s: the invite is %v", what, got.Invite)
		}
	}
}

// A13 C12: nobody is in a session that they came to by a code before they agree.
func TestWhoComesByACodeAllowsOrDeclines(t *testing.T) {
	r := called(t, protocol.OnDemand)
	by := gwen(r.Session)
	by.Machine = &identity.Machine{ID: by.ID, Name: "Gwen's laptop"}
	_, err := r.Post(by, protocol.Post{Message: "m", Text: "hello"}, noon)
	want(t, "writes before agreeing", err, fault.NotFound)
	r.does(r.Approve(by, r.now))
	if r.Contact.Name != by.Name || r.Device == nil || r.Device.Name != "Gwen's laptop" || r.State != protocol.Active {
		t.Errorf("after agreeing it is %s", text(r.Session))
	}
	r.as(by).says("hello")
	r.as(by).ends()

	r = called(t, protocol.OnDemand)
	r.does(r.Refuse(gwen(r.Session), r.now))
	if r.State != protocol.Declined || r.Admits(r.Contact.ID) {
		t.Errorf("after declining it is %s", text(r.Session))
	}
}

// N11: a link works once and can be revoked.
func TestAGuestComesByALinkOnceAndMayLeave(t *testing.T) {
	r := started(t, nil)
	gwen := byLink(r, "link")
	want(t, "reads before joining", r.Audible(gwen), fault.NotFound)
	r.as(gwen).joins()
	r.as(gwen).says("hello")
	_, err := r.End(gwen, protocol.EndSession{}, true, r.now.Add(2*time.Hour))
	want(t, "a guest ends", err, fault.Forbidden)
	r.as(gwen).leaves()
	if r.Admits(gwen.ID) || r.State != protocol.Active {
		t.Errorf("after leaving it is %s", text(r.Session))
	}
	_, err = r.Join(gwen, protocol.JoinSession{}, r.now)
	want(t, "joins again", err, fault.NotFound)
}

func TestAnInviteIsWithdrawn(t *testing.T) {
	r := started(t, nil)
	early, late := byLink(r, "one"), byLink(r, "two")
	r.as(late).joins()
	r.as(late).rings()
	for _, by := range []identity.Principal{late, early} {
		r.does(r.Revoke(alice, by.ID, r.now))
		if r.Admits(by.ID) || r.Call != nil {
			t.Errorf("after withdrawing it is %s", text(r.Session))
		}
		_, err := r.Join(by, protocol.JoinSession{}, r.now)
		want(t, "joins after all", err, fault.NotFound)
		if c, err := r.Revoke(alice, by.ID, r.now); err != nil || !c.Repeat {
			t.Errorf("again it is %v and %v", c, err)
		}
	}
	if c, err := r.Invite(alice, protocol.InviteGuest{Session: id, Secret: invite.Hash("one")}, r.now); err != nil || !c.Repeat {
		t.Errorf("sent again the invite is made again: %v", err)
	}
}

// C12: withdrawing the code is withdrawing the session.
func TestWithdrawingTheCodeCancelsTheSession(t *testing.T) {
	r := called(t, protocol.OnDemand)
	r.does(r.Revoke(alice, r.Contact.ID, r.now))
	if r.State != protocol.Cancelled || r.Admits(r.Contact.ID) {
		t.Errorf("it is %s", text(r.Session))
	}
	if c, err := r.Revoke(alice, r.Contact.ID, r.now); err != nil || !c.Repeat {
		t.Errorf("again it is %v and %v", c, err)
	}
	r = called(t, protocol.OnDemand)
	r.does(r.Approve(gwen(r.Session), r.now))
	_, err := r.Revoke(alice, r.Contact.ID, r.now)
	want(t, "withdraws who is in it", err, fault.Conflict)
}

func TestNobodyWaitsForAGuestWhoHasLeft(t *testing.T) {
	r := called(t, protocol.Guest)
	by := gwen(r.Session)
	r.does(r.Approve(by, r.now))
	friend := byLink(r, "friend")
	r.as(friend).joins()
	r.as(by).leaves()
	_, err := r.GiveBack(alice, r.now)
	want(t, "gives back a session whose guest has left", err, fault.Conflict)
	r.as(alice).leaves()
	if r.State != protocol.Ended || r.EndedAt == 0 {
		t.Errorf("when the technician leaves it is %s", text(r.Session))
	}

	r = called(t, protocol.Guest)
	r.does(r.Approve(by, r.now))
	r.as(alice).leaves()
	r.as(by).leaves()
	if r.State != protocol.Abandoned {
		t.Errorf("when the guest leaves who waits it is %s", text(r.Session))
	}
}

func TestASessionHoldsNoMoreThanAreInvited(t *testing.T) {
	r := started(t, nil)
	for n := range session.MaxParticipants - 2 {
		byLink(r, string(rune('a'+n)))
	}
	_, err := r.Invite(alice, protocol.InviteGuest{Session: id, Secret: invite.Hash("one more")}, r.now)
	want(t, "one more", err, fault.Conflict)
	waits := func(p protocol.Participant) bool { return p.InvitedUntil != 0 }
	r.as(bob).joins() // A place that is kept for a guest is no technician's, but the list keeps who is to come.
	if got := len(r.Participants); got != session.MaxParticipants+1 || !slices.ContainsFunc(r.Participants, waits) {
		t.Errorf("the list has %d", got)
	}
}
