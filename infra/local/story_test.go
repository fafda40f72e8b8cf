package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

func asClose(err error, into *websocket.CloseError) error {
	if errors.As(err, into) {
		return nil
	}
	return err
}

// The main job, with the compiled functions: find, chat both ways, typing,
// call, end. C1 C2 C13 C21 C22 D7 D9 E3 F1 F2.
func TestATechnicianAndAContactTalk(t *testing.T) { talk(t, start(t)) }

func talk(t *testing.T, w *world) {
	t.Helper()
	alice, carol, session := w.chat()

	said := alice.says(session, "Can you restart your machine?", 1)
	heard := hears(carol, "message.posted", anything[protocol.MessagePosted])
	if heard.Entry.Seq != said.Seq || heard.Entry.Text != "Can you restart your machine?" || heard.Entry.By.Name != "Alice Archer" {
		t.Errorf("carol hears %+v", heard.Entry)
	}
	does[protocol.Empty](carol, "message.type", protocol.Type{Session: session, Typing: true})
	if typed := hears(alice, "message.typed", anything[protocol.MessageTyped]); typed.By.Name != "Carol Jones" || !typed.Typing {
		t.Errorf("alice sees %+v", typed)
	}
	carol.says(session, "Ok.", said.Seq)
	hears(alice, "message.posted", func(m protocol.MessagePosted) bool { return m.Entry.Text == "Ok." })

	does[protocol.SessionReply](alice, "call.ring", protocol.Ring{Session: session, Call: "c1", Media: protocol.Voice, Peer: "pa"})
	ringing := hears(carol, "session.changed", func(s protocol.SessionChanged) bool { return s.Session.Call != nil })
	if ringing.Session.Call.State != protocol.Ringing {
		t.Errorf("carol's call is %+v", ringing.Session.Call)
	}
	does[protocol.SessionReply](carol, "call.answer", protocol.Answer{Session: session, Call: "c1", Peer: "pc", Accept: true})
	does[protocol.Empty](alice, "call.signal", protocol.Signal{Session: session, Call: "c1", Peer: "pa", To: "pc", Signal: json.RawMessage(`{"description":{"type":"offer","sdp":"v=0"}}`)})
	if s := hears(carol, "call.signalled", anything[protocol.CallSignalled]); string(s.Signal) != `{"description":{"type":"offer","sdp":"v=0"}}` || s.To != "pc" {
		t.Errorf("carol's peer gets %s", s.Signal)
	}
	servers := does[protocol.ICEServers](carol, "call.servers", protocol.NameSession{Session: session})
	if len(servers.ICEServers) != 1 || servers.ICEServers[0].Credential == "" {
		t.Errorf("carol is given %+v", servers)
	}
	over := does[protocol.SessionReply](carol, "call.leave", protocol.HangUp{Session: session, Call: "c1", Peer: "pc", Path: protocol.PathLocal})
	if over.Session.Call != nil {
		t.Errorf("the call goes on: %+v", over.Session.Call)
	}

	ended := does[protocol.SessionReply](alice, "session.end", protocol.NameSession{Session: session})
	hears(carol, "session.changed", func(s protocol.SessionChanged) bool { return s.Session.State == protocol.Ended })
	carol.refused(fault.Conflict, "message.post", protocol.Post{Session: session, Message: "late", Text: "One more thing", After: ended.Seq})
	_, transcript := carol.resumes(session)
	var kinds []string
	for i, e := range transcript {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has seq %d", i, e.Seq)
		}
		kinds = append(kinds, string(e.Kind))
	}
	if got := strings.Join(kinds, " "); got != "started message message call_rang call_answered call_ended ended" {
		t.Errorf("the transcript is %s", got)
	}
}

// A contact asks for help, and whoever watches the company answers. B20 C4.
func TestAContactAsksForHelp(t *testing.T) {
	w := start(t)
	bob, dave, carol := w.arrives("bob"), w.arrives("dave"), w.arrives("carol")
	does[protocol.Watched](bob, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	session := newID("acme")
	does[protocol.SessionReply](carol, "session.request", protocol.RequestSession{Session: session, Problem: "The printer is on fire"})
	asked := hears(bob, "session.changed", anything[protocol.SessionChanged])
	if asked.Session.Problem != "The printer is on fire" || asked.Session.State != protocol.Requested {
		t.Errorf("bob hears %+v", asked.Session)
	}
	dave.refused(fault.NotFound, "session.join", protocol.NameSession{Session: session})
	joined := does[protocol.SessionReply](bob, "session.join", protocol.NameSession{Session: session})
	if joined.Session.State != protocol.Active || len(joined.Session.Participants) != 2 {
		t.Errorf("bob joins %+v", joined.Session)
	}
	does[protocol.SessionReply](bob, "session.leave", protocol.NameSession{Session: session})
	bob.refused(fault.Forbidden, "message.post", protocol.Post{Session: session, Message: "m", Text: "still here", After: joined.Seq})
}

// What was acknowledged is still there after everything was stopped. N3.
func TestNothingIsLostWhenEverythingIsRestarted(t *testing.T) {
	w := start(t)
	alice, _, session := w.chat()
	alice.says(session, "Before", 1)
	w.twin.stop()
	w.begin(w.twin.settings)
	again := w.connects("carol")
	welcome := does[protocol.Welcome](again, "presence.hello", protocol.Hello{})
	if len(welcome.Sessions) != 1 || welcome.Sessions[0].ID != session {
		t.Fatalf("carol's sessions are %+v", welcome.Sessions)
	}
	_, transcript := again.resumes(session)
	if len(transcript) != 2 || transcript[1].Text != "Before" {
		t.Errorf("carol reads %+v", transcript)
	}
}

// A message sent again is the same message, also by another connection and
// after others have spoken. N3.
func TestTheSameMessageSentTwiceStandsOnce(t *testing.T) {
	w := start(t)
	alice, carol, session := w.chat()
	post := protocol.Post{Session: session, Message: "m1", Text: "Once", After: 1}
	first := does[protocol.Posted](alice, "message.post", post)
	for i := range 40 {
		carol.says(session, "Noise", int64(i)+first.Seq)
	}
	again := w.arrives("alice")
	second := does[protocol.Posted](again, "message.post", post)
	if first != second {
		t.Errorf("posted as %+v and again as %+v", first, second)
	}
	if _, transcript := carol.resumes(session); len(transcript) != 42 {
		t.Errorf("the transcript has %d entries, want 42", len(transcript))
	}
}

// Who closes the page is disconnected for the others, and offline in the
// roster. B24 D28.
func TestWhoClosesThePageIsDisconnected(t *testing.T) {
	w := start(t)
	alice, carol, session := w.chat()
	_ = carol.conn.Close(websocket.StatusNormalClosure, "") // The answer may be lost.
	row := hears(alice, "presence.changed", func(p protocol.PresenceChanged) bool { return p.Contact != nil })
	if row.Contact.Activity != protocol.ActivityOffline {
		t.Errorf("alice sees %+v", row.Contact)
	}
	gone := hears(alice, "session.attended", func(s protocol.SessionAttended) bool { return !s.Connected })
	if gone.Session != session || gone.Participant.Name != "Carol Jones" {
		t.Errorf("alice hears %+v", gone)
	}
	alice.refused(fault.Conflict, "session.start", protocol.StartSession{Session: newID("acme"), Contact: gone.Participant.ID})
}

// Presence of both kinds. B19 B21 B22 B23 H5.
func TestPresenceIsSeenByThoseWhoWatch(t *testing.T) {
	w := start(t)
	alice, bob, carol := w.arrives("alice"), w.arrives("bob"), w.arrives("carol")
	does[protocol.Watched](alice, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	does[protocol.Watched](bob, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	does[protocol.Empty](carol, "presence.report", protocol.ReportActivity{Activity: protocol.ActivityAway})
	hears(alice, "presence.changed", func(p protocol.PresenceChanged) bool {
		return p.Contact != nil && p.Contact.Activity == protocol.ActivityAway
	})
	hears(alice, "presence.changed", func(p protocol.PresenceChanged) bool { // B16: who comes later is seen too.
		return p.Technician != nil && p.Technician.Name == "Bob Baker" && p.Technician.Availability == protocol.Available
	})
	carol.refused(fault.Forbidden, "presence.set", protocol.SetAvailability{Availability: protocol.BusyTechnician})
	carol.refused(fault.Forbidden, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	bob.refused(fault.NotFound, "presence.watch", protocol.Watch{Companies: []string{"globex"}})
	does[protocol.Empty](bob, "presence.set", protocol.SetAvailability{Availability: protocol.BusyTechnician})
	hears(alice, "presence.changed", func(p protocol.PresenceChanged) bool {
		return p.Technician != nil && p.Technician.Name == "Bob Baker" && p.Technician.Availability == protocol.BusyTechnician
	})
	again := does[protocol.Welcome](w.connects("bob"), "presence.hello", protocol.Hello{})
	if again.Availability != protocol.BusyTechnician {
		t.Errorf("bob comes back as %s", again.Availability)
	}
}

// An administrator says how long history is kept. G1 G3.
func TestAnAdministratorSetsTheRetention(t *testing.T) {
	w := start(t)
	alice, bob := w.connects("alice"), w.connects("bob")
	before := does[protocol.Settings](alice, "admin.show", protocol.Empty{})
	after := does[protocol.Settings](alice, "admin.set", protocol.SetSettings{Settings: protocol.Settings{RetentionDays: 7, Version: before.Version}})
	if after.RetentionDays != 7 || !reflect.DeepEqual(does[protocol.Settings](alice, "admin.show", protocol.Empty{}), after) {
		t.Errorf("the settings are %+v", after)
	}
	alice.refused(fault.Conflict, "admin.set", protocol.SetSettings{Settings: protocol.Settings{RetentionDays: 8, Version: before.Version}})
	alice.refused(fault.Invalid, "admin.set", protocol.SetSettings{Settings: protocol.Settings{Version: after.Version}})
	bob.refused(fault.Forbidden, "admin.set", protocol.SetSettings{Settings: protocol.Settings{RetentionDays: 8, Version: after.Version}})
	bob.refused(fault.Forbidden, "admin.show", protocol.Empty{})
}

func TestOnlyAGoodTokenConnects(t *testing.T) {
	w := start(t)
	other := start(t)
	good := w.token("alice")
	expired, err := w.ids.Token("alice", identity.Claims{}, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token  string
		header http.Header
		want   int
	}{
		"a good token":              {good, nil, http.StatusSwitchingProtocols},
		"a portal that is listed":   {good, http.Header{"Origin": {"http://" + w.twin.portal.address}}, http.StatusSwitchingProtocols},
		"a portal that is not":      {good, http.Header{"Origin": {"https://evil.example"}}, http.StatusForbidden},
		"no token":                  {"", nil, http.StatusUnauthorized},
		"garbage":                   {"garbage", nil, http.StatusUnauthorized},
		"an expired token":          {expired, nil, http.StatusUnauthorized},
		"a token of another issuer": {other.token("alice"), nil, http.StatusUnauthorized},
		"a token without a role":    {w.signed("alice", identity.Claims{Name: "Alice"}), nil, http.StatusUnauthorized},
		"a tampered token":          {good[:len(good)-4] + "AAAA", nil, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			conn, status := w.dial(c.token, c.header)
			if status != c.want {
				t.Errorf("got %d, want %d", status, c.want)
			}
			if conn != nil {
				_ = conn.CloseNow() // Nothing is left to be said.
			}
		})
	}
}

func TestABadFrameGetsASentenceAndDisturbsNobody(t *testing.T) {
	w := start(t)
	alice, carol, session := w.chat()
	for name, c := range map[string]struct {
		id    int64
		frame string
		code  fault.Code
	}{
		"no JSON":             {0, "hello", fault.Invalid},
		"no object":           {0, "[1]", fault.Invalid},
		"no id":               {0, `{"action":"message","do":"post"}`, fault.Invalid},
		"an unknown action":   {900, `{"action":"dance","id":900,"do":"waltz"}`, fault.Invalid},
		"an unknown verb":     {901, `{"action":"message","id":901,"do":"shout"}`, fault.Invalid},
		"an unknown field":    {902, `{"action":"message","id":902,"do":"post","data":{"session":"x","shout":true}}`, fault.Invalid},
		"another route's":     {903, `{"action":"message","id":903,"do":"message.post"}`, fault.Invalid},
		"no text":             {904, `{"action":"message","id":904,"do":"post","data":{"session":"` + session + `","message":"m","text":"","after":1}}`, fault.Invalid},
		"too much text":       {905, `{"action":"message","id":905,"do":"post","data":{"session":"` + session + `","message":"m","text":"` + strings.Repeat("a", protocol.MaxText+1) + `","after":1}}`, fault.Invalid},
		"somebody else's":     {906, `{"action":"message","id":906,"do":"post","data":{"session":"` + newID("globex") + `","message":"m","text":"a","after":1}}`, fault.NotFound},
		"no session at all":   {907, `{"action":"message","id":907,"do":"post","data":{"session":"../settings","message":"m","text":"a","after":1}}`, fault.NotFound},
		"a contact starting":  {908, `{"action":"session","id":908,"do":"start","data":{"session":"` + newID("acme") + `","contact":"x"}}`, fault.Forbidden},
		"a contact watching":  {909, `{"action":"presence","id":909,"do":"watch","data":{"companies":["acme"]}}`, fault.Forbidden},
		"a contact in charge": {910, `{"action":"admin","id":910,"do":"set","data":{"settings":{"retentionDays":1,"askManaged":false,"askOnDemand":true,"officeHours":{},"version":0}}}`, fault.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			a := carol.sends(c.id, c.frame)
			if a.Error == nil || a.Error.Code != c.code || a.Error.Message == "" {
				t.Errorf("got %s and %v, want %s", a.Data, a.Error, c.code)
			}
		})
	}
	for name, c := range map[string]struct {
		kind websocket.MessageType
		data string
		want websocket.StatusCode
	}{
		"a frame over 32 KB": {websocket.MessageText, strings.Repeat("a", protocol.MaxFrame+1), websocket.StatusMessageTooBig},
		"a binary frame":     {websocket.MessageBinary, "{}", websocket.StatusUnsupportedData},
		"invalid UTF-8":      {websocket.MessageText, "\xff\xfe", websocket.StatusInvalidFramePayloadData},
	} {
		t.Run(name, func(t *testing.T) {
			mallory := w.connects("dave")
			if err := mallory.conn.Write(t.Context(), c.kind, []byte(c.data)); err != nil {
				t.Fatal(err)
			}
			select {
			case e := <-mallory.closed:
				if e.Code != c.want {
					t.Errorf("closed with %d, want %d", e.Code, c.want)
				}
			case <-time.After(patience):
				t.Error("never closed")
			}
		})
	}
	alice.says(session, "Are you still there?", 1)
	hears(carol, "message.posted", anything[protocol.MessagePosted])
}

// A device agent and a guest are no technicians.
func TestADeviceIsNoTechnician(t *testing.T) {
	w := start(t)
	alice, _, session := w.chat()
	var claims identity.Claims
	claims.Name, claims.Parley.Role, claims.Parley.Company = "ACME-LT-07", identity.Device, "acme"
	device := w.connected("device", w.signed("device", claims))
	does[protocol.Welcome](device, "presence.hello", protocol.Hello{})
	for _, command := range []string{"session.join", "session.end", "session.leave"} {
		device.refused(fault.NotFound, command, protocol.NameSession{Session: session})
	}
	device.refused(fault.NotFound, "message.resume", protocol.Resume{Session: session})
	device.refused(fault.Forbidden, "session.request", protocol.RequestSession{Session: newID("acme"), Problem: "I am a toaster"})
	alice.says(session, "Nobody else is here.", 1)
	select {
	case p := <-device.pushes:
		t.Errorf("the device hears %s", p.Name)
	default:
	}
}
