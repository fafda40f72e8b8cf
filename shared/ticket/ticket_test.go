package ticket_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/ticket"
)

const (
	id    = "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b01"
	other = "acme/5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b02"
	month = 30 * 24 * time.Hour
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var (
	alice = identity.Principal{ID: "alice", Role: identity.Technician, Name: "Alice", Companies: []string{"acme"}}
	carol = identity.Principal{ID: "carol", Role: identity.Contact, Name: "Carol", Company: "acme"}
)

// outsiders must not learn that carol's ticket exists.
var outsiders = map[string]identity.Principal{
	"a colleague of the contact":    {ID: "dave", Role: identity.Contact, Name: "Dave", Company: "acme"},
	"a contact of another company":  {ID: "carol", Role: identity.Contact, Name: "Carol", Company: "globex"},
	"a technician of another scope": {ID: "mallory", Role: identity.Technician, Name: "Mallory", Companies: []string{"globex"}},
	"a technician without a scope":  {ID: "nobody", Role: identity.Technician, Name: "Nobody"},
	"the contact's device":          {ID: "carol", Role: identity.Device, Name: "LT-07", Company: "acme"},
	"a guest of the same id":        {ID: "carol", Role: identity.Guest, Name: "Carol", Company: "acme"},
}

// request is the session of carol's request, and the ticket behind it.
func request(t *testing.T) (protocol.Session, ticket.Ticket) {
	t.Helper()
	c, err := session.Request(carol, protocol.RequestSession{Session: id, Problem: "No network"}, session.Terms{Retention: month}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return c.Next.Session, ticket.Requested(c.Next.Session, noon)
}

// another is a later session of carol's.
func another(id string) protocol.Session {
	return protocol.Session{ID: id, Company: "acme", Contact: session.Person(carol), CreatedAt: protocol.At(noon.Add(time.Hour))}
}

func wants(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil || code != "" && !fault.Is(err, code) {
		t.Errorf("%s: got %v, want %q", what, err, code)
	}
}

func TestARequestMakesATicketThatNamesItsSession(t *testing.T) {
	s, made := request(t)
	if made.ID != s.ID || made.Company != "acme" || made.Contact != s.Contact || made.Subject != "No network" || made.State != protocol.TicketOpen || made.Version != 1 {
		t.Errorf("it is %+v", made.Ticket)
	}
	if len(made.Sessions) != 1 || made.Sessions[0] != (protocol.TicketSession{Session: id, At: protocol.At(noon)}) {
		t.Errorf("its sessions are %+v", made.Sessions)
	}
}

func TestANumberCanBeSaidOnThePhone(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	if n := ticket.Number(id); !form.MatchString(n) || n != ticket.Number(id) || n == ticket.Number(other) {
		t.Errorf("it is %s", n)
	}
}

func TestWhoOpensATicket(t *testing.T) {
	contact := session.Person(carol)
	for what, test := range map[string]struct {
		by      identity.Principal
		id      string
		contact protocol.Person
		subject string
		code    fault.Code
	}{
		"a technician of the company":       {alice, id, contact, "Laptop", ""},
		"with a subject of 1,024 bytes":     {alice, id, contact, strings.Repeat("x", 1024), ""},
		"with a subject of 1,025 bytes":     {alice, id, contact, strings.Repeat("x", 1025), fault.Invalid},
		"with blanks for a subject":         {alice, id, contact, " \n", fault.Invalid},
		"with a subject that is no text":    {alice, id, contact, "\xff", fault.Invalid},
		"for a technician":                  {alice, id, session.Person(alice), "Laptop", fault.Invalid},
		"the contact":                       {carol, id, contact, "Laptop", fault.Forbidden},
		"with an id that is none":           {alice, "acme/1", contact, "Laptop", fault.NotFound},
		"among technicians":                 {alice, strings.Replace(id, "acme", identity.Staff, 1), contact, "Laptop", fault.NotFound},
		"in a company that they do not see": {alice, strings.Replace(id, "acme", "globex", 1), contact, "", fault.NotFound},
	} {
		made, err := ticket.Open(test.by, test.id, test.contact, test.subject, noon)
		wants(t, what, err, test.code)
		if err == nil && (made.ID != id || made.Sessions == nil || len(made.Sessions) != 0 || made.Version != 1 || made.Contact != contact) {
			t.Errorf("%s: it is %+v", what, made.Ticket)
		}
	}
}

// C18 C19: what each may do to a ticket that is open, and to one that is closed.
// "again" changes nothing and answers the same.
func TestWhoMayDoWhatToATicket(t *testing.T) {
	_, open := request(t)
	closed, err := open.Close(alice, "Cable", month, noon)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]func(ticket.Ticket, identity.Principal) (ticket.Ticket, error){
		"see":  func(t ticket.Ticket, by identity.Principal) (ticket.Ticket, error) { return t, t.Visible(by) },
		"work": func(t ticket.Ticket, by identity.Principal) (ticket.Ticket, error) { return t, t.Workable(by) },
		"tie": func(t ticket.Ticket, by identity.Principal) (ticket.Ticket, error) {
			return t.Tie(by, another(other), noon)
		},
		"close": func(t ticket.Ticket, by identity.Principal) (ticket.Ticket, error) {
			return t.Close(by, "", month, noon)
		},
		"reopen": func(t ticket.Ticket, by identity.Principal) (ticket.Ticket, error) { return t.Reopen(by, noon) },
	}
	type row struct {
		by     identity.Principal
		states map[string][2]string // What comes of an act on an open and a closed ticket.
	}
	rows := map[string]row{
		"a technician": {alice, map[string][2]string{
			"see": {"again", "again"}, "work": {"again", "conflict"}, "tie": {"ok", "conflict"}, "close": {"ok", "again"}, "reopen": {"again", "ok"},
		}},
		"the contact": {carol, map[string][2]string{
			"see": {"again", "again"}, "work": {"again", "conflict"}, "tie": {"ok", "conflict"}, "close": {"forbidden", "forbidden"}, "reopen": {"forbidden", "forbidden"},
		}},
	}
	hidden := [2]string{"not_found", "not_found"}
	for who, by := range outsiders {
		rows[who] = row{by, map[string][2]string{"see": hidden, "work": hidden, "tie": hidden, "close": hidden, "reopen": hidden}}
	}
	for who, row := range rows {
		for act, do := range acts {
			for i, given := range []ticket.Ticket{open, closed} {
				next, err := do(given, row.by)
				got := "ok"
				switch {
				case err != nil:
					got = string(fault.Public(err).Code)
				case next.Version == given.Version:
					got = "again"
				case next.Version != given.Version+1:
					got = "a version skipped"
				}
				if got != row.states[act][i] {
					t.Errorf("%s, %s what is %s: got %s, want %s", who, act, given.State, got, row.states[act][i])
				}
			}
		}
	}
}

func TestATicketNamesEachSessionOnceAndTheLastFifty(t *testing.T) {
	s, made := request(t)
	again, err := made.Tie(carol, s, noon)
	if err != nil || again.Version != made.Version {
		t.Errorf("tied twice it is %+v, %v", again.Ticket, err)
	}
	for i := range protocol.MaxTied {
		next, err := made.Tie(alice, another(other[:len(other)-2]+string([]byte{'0' + byte(i/10), '0' + byte(i%10)})), noon)
		if err != nil {
			t.Fatal(err)
		}
		made = next
	}
	if len(made.Sessions) != protocol.MaxTied || made.Sessions[protocol.MaxTied-1].Session != other[:len(other)-2]+"49" {
		t.Errorf("it names %d sessions, the last one %v", len(made.Sessions), made.Sessions[len(made.Sessions)-1])
	}
}

// A command that is sent again after the ticket was closed finds its session.
func TestASessionThatIsTiedStaysSoWhenTheTicketIsClosed(t *testing.T) {
	s, made := request(t)
	closed, err := made.Close(alice, "", month, noon)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := closed.Tie(carol, s, noon); err != nil || again.Version != closed.Version {
		t.Errorf("got %+v, %v", again.Ticket, err)
	}
}

func TestASessionWithSomebodyElseIsNotTied(t *testing.T) {
	_, made := request(t)
	theirs := another(other)
	theirs.Contact.ID = "dave"
	elsewhere := another(strings.Replace(other, "acme", "globex", 1))
	elsewhere.Company = "globex"
	for what, s := range map[string]protocol.Session{"with another contact": theirs, "of another company": elsewhere} {
		_, err := made.Tie(alice, s, noon)
		wants(t, what, err, fault.Invalid)
	}
}

func TestAClosedTicketIsKeptAsLongAsHistoryAndAnOpenOneForEver(t *testing.T) {
	_, made := request(t)
	wants(t, "open for ten years", made.Kept(time.Hour, noon.AddDate(10, 0, 0)), "")
	closed, err := made.Close(alice, " Cable ", month, noon)
	if err != nil || closed.Closing == nil || closed.Closing.Note != "Cable" || closed.Closing.By.ID != "alice" {
		t.Fatalf("closed it is %+v, %v", closed.Ticket, err)
	}
	for what, test := range map[string]struct {
		retention, after time.Duration
		code             fault.Code
	}{
		"to the last moment":                  {month, month - 1, ""},
		"not a moment longer":                 {month, month, fault.NotFound},
		"not longer when history is now less": {time.Hour, time.Hour, fault.NotFound},
		"not longer when history is now more": {2 * month, month, fault.NotFound},
	} {
		wants(t, what, closed.Kept(test.retention, noon.Add(test.after)), test.code)
	}
	again, err := closed.Reopen(alice, noon)
	if err != nil || again.Closing != nil || again.Retention != 0 {
		t.Errorf("opened again it is %+v, %v", again, err)
	}
	_, err = made.Close(alice, strings.Repeat("x", protocol.MaxNote+1), month, noon)
	wants(t, "with too long a note", err, fault.Invalid)
}

func TestWhoMayListWhat(t *testing.T) {
	for what, test := range map[string]struct {
		by   identity.Principal
		q    ticket.Query
		code fault.Code
	}{
		"a technician, a company":       {alice, ticket.Query{Company: "acme"}, ""},
		"a technician, a contact":       {alice, ticket.Query{Company: "acme", Contact: "carol"}, ""},
		"a technician, another company": {alice, ticket.Query{Company: "globex"}, fault.NotFound},
		"a technician, no company":      {alice, ticket.Query{}, fault.NotFound},
		"a technician, a strange state": {alice, ticket.Query{Company: "acme", State: "lost"}, fault.Invalid},
		"a technician, a long id":       {alice, ticket.Query{Company: "acme", Contact: strings.Repeat("x", 65)}, fault.Invalid},
		"a contact":                     {carol, ticket.Query{}, ""},
		"a contact, by name":            {carol, ticket.Query{Company: "acme", Contact: "carol"}, ""},
		"a contact, somebody else":      {carol, ticket.Query{Contact: "dave"}, fault.NotFound},
		"a contact, another company":    {carol, ticket.Query{Company: "globex"}, fault.NotFound},
		"a device":                      {outsiders["the contact's device"], ticket.Query{Company: "acme"}, fault.Forbidden},
		"a guest":                       {outsiders["a guest of the same id"], ticket.Query{Company: "acme"}, fault.Forbidden},
		"a technician, technicians":     {alice, ticket.Query{Company: identity.Staff}, fault.NotFound},
	} {
		q := test.q
		if q.State == "" {
			q.State = protocol.TicketOpen
		}
		wants(t, what, ticket.MayList(test.by, &q), test.code)
		if test.code == "" && test.by.Role == identity.Contact && (q.Company != "acme" || q.Contact != "carol") {
			t.Errorf("%s: asks for %+v", what, q)
		}
	}
}
