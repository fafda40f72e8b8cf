package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/issuer"
	"github.com/parleychat/parley/infra/local/lambda"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/shared/apigw"
	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/oidc"
)

// The functions' event.json files tell one story in this order: alice signs in
// and connects, carol is there, alice starts a session, writes, rings, and looks
// at tickets, the directory and the settings.
var story = []string{"authorize", "connect", "presence", "session", "message", "call", "ticket", "directory", "admin", "sweep"}

// What a function answers on AWS is what its handler answers in a test: the
// compiled binary, invoked over HTTP, and the handler in this process, each on
// its own table, answer every function's event with the same bytes.
func TestACompiledFunctionAnswersAsItsHandlerDoes(t *testing.T) {
	w := start(t)
	compiled, err := lambda.Remote("http://" + w.twin.lambda.address)
	if err != nil {
		t.Fatal(err)
	}
	handlers := w.handlers(w.anotherTable())
	for _, name := range story {
		event := w.event(name)
		got, err := compiled.Invoke(t.Context(), strings.ToUpper(name[:1])+name[1:]+"Function", event)
		if err != nil || got.FunctionError != "" || strings.Contains(string(got.Payload), "error") {
			t.Fatalf("the compiled %s answers %s %s and %v", name, got.FunctionError, got.Payload, err)
		}
		want, err := runtime.NewHandler(handlers[name]).Invoke(t.Context(), event)
		if err != nil {
			t.Fatalf("the handler of %s: %v", name, err)
		}
		if got, want := withoutTimes(got.Payload), withoutTimes(want); got != want {
			t.Errorf("the compiled %s answers\n%s\nand its handler\n%s", name, got, want)
		}
	}
}

// Every function has an event, and the story has every function.
func TestEveryFunctionHasAnEvent(t *testing.T) {
	functions, err := filepath.Glob("../../functions/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, main := range functions {
		names = append(names, filepath.Base(filepath.Dir(main)))
	}
	if want := slices.Sorted(slices.Values(story)); !slices.Equal(names, want) {
		t.Errorf("the functions are %v, and the story has %v", names, want)
	}
}

// event reads a function's event.json, with a token of this world's issuer and
// the origin of its portal in the places of those that are only examples.
func (w *world) event(function string) []byte {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join("../../functions", function, "event.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	fill := strings.NewReplacer("TOKEN", w.token("alice"), "http://127.0.0.1:8080", "http://"+w.twin.portal.address)
	event := []byte(fill.Replace(string(text)))
	if !json.Valid(event) {
		w.t.Fatalf("the event of %s is no JSON", function)
	}
	return event
}

// withoutTimes puts 0 for every time in an answer. Times are milliseconds since
// 1970, the only numbers of 13 digits that there are.
func withoutTimes(answer []byte) string {
	return regexp.MustCompile(`\b1\d{12}\b`).ReplaceAllString(string(answer), "0")
}

// anotherTable is a table like the twin's in an engine of its own.
func (w *world) anotherTable() dynamo.Table {
	w.t.Helper()
	endpoint := engine(w.t)
	described, err := w.twin.described()
	if err != nil {
		w.t.Fatal(err)
	}
	client := table.Client(endpoint)
	if err := table.Create(w.t.Context(), client, described.Tables[0], tableName); err != nil {
		w.t.Fatal(err)
	}
	return dynamo.Table{Client: client, Name: tableName, Now: time.Now}
}

// engine serves an empty DynamoDB and returns its URL.
func engine(t *testing.T) string {
	t.Helper()
	e, err := dynamodb.Open(t.TempDir(), dynamodb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		server.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// handlers are the handlers of all functions, wired as each main does, to the
// twin's connections and issuer.
func (w *world) handlers(t dynamo.Table) map[string]any {
	log := slog.New(slog.DiscardHandler)
	endpoint := "http://" + w.twin.websocket.address + "/" + stage
	sender := apigw.New(aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}, endpoint)
	settings := dynamo.Settings{Table: t}
	rights := &directory.Recent{Store: dynamo.Directory{Table: t}, Settings: settings, Now: time.Now}
	frames := func(c handler.Commands) handler.Frames {
		fan := fanout.Fan{Directory: dynamo.Audiences{Table: t}, Sender: sender, Log: log}
		return handler.Frames{Commands: c, Fan: fan, Rights: rights, Log: log, Now: time.Now}
	}
	sessions, presence, tickets := dynamo.NewSessions(t), dynamo.Presence{Table: t}, dynamo.Tickets{Table: t}
	sessions.Key = func(context.Context) (string, error) { return "a key", nil }
	authorizer := handler.Authorizer{
		Verifier: oidc.New([]oidc.Issuer{{Issuer: issuerURL(w.twin.settings), Audience: issuer.Audience}}),
		Origins:  []string{"http://" + w.twin.portal.address}, Log: log,
	}
	return map[string]any{
		"authorize": authorizer.Handle,
		"connect":   handler.Connections{Frames: frames(nil), Sessions: sessions, Presence: presence}.Handle,
		"presence":  frames(handler.Presence(presence, sessions, rights)).Handle,
		"session":   frames(handler.Session(sessions, presence, settings, tickets, rights)).Handle,
		"message":   frames(handler.Message(sessions, settings)).Handle,
		"call":      frames(handler.Call(sessions, nil)).Handle, // Ringing asks for no ICE servers.
		"ticket":    frames(handler.Ticket(tickets, sessions, presence, settings, rights)).Handle,
		"directory": frames(handler.Directory(dynamo.Directory{Table: t}, settings)).Handle,
		"admin":     frames(handler.Admin(settings)).Handle,
		"sweep": handler.Sweep{
			Sessions: sessions, Presence: presence, Fan: frames(nil).Fan, Log: log, Now: time.Now,
		}.Handle,
	}
}
