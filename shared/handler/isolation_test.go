package handler_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/uuid"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// secret stands in everything that the company says: whoever reads it has seen
// something of the company.
const secret = "Secret"

// Of the company, and of everywhere else.
var (
	insiders = []identity.Principal{
		{ID: "helper", Role: identity.Technician, Name: secret + " Helper", Companies: []string{"acme"}, Capabilities: direct},
		{ID: "user", Role: identity.Contact, Name: secret + " User", Company: "acme"},
		{ID: "d7", Role: identity.Device, Name: secret + " Device", Company: "acme"},
	}
	strangers = []identity.Principal{
		{ID: "stranger", Role: identity.Technician, Name: "Stranger", Companies: []string{"globex", "acme-2"}, Capabilities: direct},
		{ID: "grouped", Role: identity.Technician, Name: "Grouped", Companies: []string{"globex/servers"}, Capabilities: []identity.Capability{identity.Direct, identity.History, identity.Supervise}},
		{ID: "nowhere", Role: identity.Technician, Name: "Nowhere", Capabilities: direct},
		{ID: "neighbour", Role: identity.Contact, Name: "Neighbour", Company: "globex"},
		{ID: "namesake", Role: identity.Contact, Name: "Namesake", Company: "acme-2"},
		{ID: "seat", Role: identity.Contact, Name: "Seat", Company: "globex", Machine: &identity.Machine{ID: "d7", Name: "D 7"}},
		{ID: "d9", Role: identity.Device, Name: "D 9", Company: "globex"},
		{ID: "guest", Role: identity.Guest, Name: "Guest", Company: "globex"},
	}
)

// attempts is how often everybody tries something.
const attempts = 60

// N23: no command of anybody reads or changes anything of a company that they
// do not belong to, whatever they name in it.
func TestNoCommandCrossesCompanies(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t)
			names := w.furnished()
			for _, by := range strangers {
				w.arrives(by, by.ID)
				before := w.belongings()
				for range attempts {
					w.tries(by, random, names)
				}
				if after := w.belongings(); !maps.Equal(before, after) {
					t.Fatalf("%s has changed what the company has:\n%v\n%v", by.ID, before, after)
				}
			}
		})
	}
}

// tries sends a command of a stranger, who learns nothing and is heard by
// nobody of the company.
func (w *world) tries(by identity.Principal, random *rand.Rand, names map[string][]string) {
	w.t.Helper()
	command := protocol.Commands[random.IntN(len(protocol.Commands))]
	data := made(random, command.Data, names)
	for _, p := range insiders {
		w.heard(p.ID)
	}
	answer := text(w.t, w.asks(by, by.ID, command.Name, data))
	what := fmt.Sprintf("%s by %s with %s", command.Name, by.ID, text(w.t, data))
	if strings.Contains(answer, secret) {
		w.t.Fatalf("%s reads %s", what, answer)
	}
	for _, p := range insiders {
		if heard := w.heard(p.ID); len(heard) > 0 {
			w.t.Fatalf("%s is heard by %s: %v", what, p.ID, heard)
		}
	}
	w.passes(time.Second)
}

// The test above would prove nothing if what it names were not there: those of
// the company read or change it by the same commands.
func TestTheCompanyItselfReachesItsThings(t *testing.T) {
	reached := map[string]bool{}
	for seed := range uint64(8) { // A company in which a session ends early reaches little.
		random := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(t)
		names := w.furnished()
		for range 4 * attempts * len(insiders) {
			by, command := insiders[random.IntN(len(insiders))], protocol.Commands[random.IntN(len(protocol.Commands))]
			if reply := w.asks(by, by.ID, command.Name, made(random, command.Data, names)); reply.Error == nil {
				reached[command.Name] = true
			}
			w.passes(time.Second)
		}
	}
	for _, name := range []string{"message.list", "message.post", "message.resume", "presence.watch", "session.take", "ticket.close", "ticket.show", "call.servers"} {
		if !reached[name] {
			t.Errorf("%s reaches nothing; reached are %v", name, slices.Sorted(maps.Keys(reached)))
		}
	}
}

// furnished is a company with people, a device, records, a ticket and sessions
// in which something was said. It returns what can be named, by field.
func (w *world) furnished() map[string][]string {
	w.t.Helper()
	helper, user, agent := insiders[0], insiders[1], insiders[2]
	for _, p := range insiders {
		w.arrives(p, p.ID)
	}
	does[protocol.CheckedIn](w, agent, "presence.check", protocol.CheckIn{Name: secret, Users: []protocol.LoggedOn{{Account: secret}}})
	w.keeps(protocol.Record{Kind: "group", Company: "acme", ID: "servers", Name: secret})
	opened := does[protocol.TicketReply](w, helper, "ticket.open", protocol.OpenTicket{Ticket: "acme/" + uuid.NewString(), Contact: "user", Subject: secret})
	var sessions []string
	for range 3 {
		id := "acme/" + uuid.NewString()
		does[protocol.SessionReply](w, user, "session.request", protocol.RequestSession{Session: id, Problem: secret})
		sessions = append(sessions, id)
	}
	for _, id := range sessions[:2] {
		does[protocol.SessionReply](w, helper, "session.join", protocol.JoinSession{Session: id})
		does[protocol.Posted](w, user, "message.post", protocol.Post{Session: id, Message: "m", Text: secret})
		for _, p := range []identity.Principal{helper, user} {
			does[protocol.Resumed](w, p, "message.resume", protocol.Resume{Session: id})
		}
	}
	does[any](w, helper, "presence.watch", protocol.Watch{Companies: []string{"acme"}})
	return map[string][]string{
		"session": append(sessions, "acme/"+uuid.NewString()), "ticket": {opened.Ticket.ID, ""},
		"company": {"acme"}, "companies": {"acme", "acme/servers", "acme/"}, "places": {"acme"},
		"contact": {"user", "helper"}, "to": {"helper", "user"}, "person": {"user", "helper"}, "from": {"", "helper"},
		"device": {"d7", ""}, "id": {"acme", "user", "d7", "servers"}, "kind": {"contact", "company", "device", "group"},
		"message": {"m", "n"}, "call": {"c"}, "peer": {"p"}, "phone": {"555 0100"}, "role": {"contact", "technician"},
		"group": {"servers", ""}, "after": {"", "acme/people/", "user"}, "invite": {"i"}, "account": {"user"},
	}
}

// made is data of a command: each text of a field that the company has names
// for is one of them, and others are words.
func made(random *rand.Rand, kind reflect.Type, names map[string][]string) any {
	v := reflect.New(kind).Elem()
	fill(random, v, "", names)
	return v.Interface()
}

func fill(random *rand.Rand, v reflect.Value, name string, names map[string][]string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fill(random, v.Field(i), tag, names)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte(`{"candidate":null}`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(random, v.Index(0), name, names)
	case reflect.Pointer:
		if random.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(random, v.Elem(), name, names)
		}
	case reflect.String:
		words := names[name]
		if len(words) == 0 {
			words = []string{"a word"}
		}
		v.SetString(words[random.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(random.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(random.Int64N(4))
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// belongings is everything that the company has in the table, by key.
func (w *world) belongings() map[string]string {
	w.t.Helper()
	out, err := w.table.Client.Scan(w.t.Context(), &dynamodb.ScanInput{TableName: &w.table.Name, ConsistentRead: aws.Bool(true)})
	if err != nil {
		w.t.Fatal(err)
	}
	all := map[string]string{}
	for _, i := range out.Items {
		var values map[string]any
		if err := attributevalue.UnmarshalMap(i, &values); err != nil {
			w.t.Fatal(err)
		}
		key := fmt.Sprint(values["pk"], " ", values["sk"])
		if strings.Contains(key+" ", "acme/") || strings.Contains(key, "#acme ") {
			all[key] = text(w.t, values)
		}
	}
	if len(all) < 10 {
		w.t.Fatalf("the company has %d things only", len(all))
	}
	return all
}
