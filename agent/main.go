// Command agent runs on a managed device as a service. It tells Parley who is
// logged on, and opens the chat page in a user's browser when a technician wants
// to talk, or shows a notification where it cannot.
//
//	agent enrol -url wss://… -page https://desk.example.com/contact/ -token acme.SECRET
//	agent run    as a service
//	agent ask    opens the page for whoever calls it: "I need help"
//
// What it keeps is one file, device.json, with the device's own key, which only
// the agent may read: in /var/lib/parley-agent, /Library/Application
// Support/Parley Agent or %ProgramData%\Parley Agent, or where -folder says.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// memory is what the collector tries to stay below, in bytes; all of the agent
// takes less than 20 MB.
const memory = 10 << 20

func main() {
	debug.SetMemoryLimit(memory)
	debug.SetGCPercent(50)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := carryOut(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("say agent enrol, agent run or agent ask; each takes -h")

// carryOut does what the command line says.
func carryOut(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet("agent "+args[0], flag.ContinueOnError)
	folder := flags.String("folder", stateFolder(), "where device.json is")
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	switch args[0] {
	case "enrol":
		d := device{}
		flags.StringVar(&d.URL, "url", "", "the WebSocket API, as in wss://id.execute-api.eu-west-1.amazonaws.com/live")
		flags.StringVar(&d.Page, "page", "", "the contact's page, as in https://desk.example.com/contact/")
		flags.StringVar(&d.Domain, "domain", "", "the directory whose accounts these are; empty where they are the device's own")
		token := flags.String("token", "", "what an administrator made: company.SECRET")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return enrol(ctx, *folder, d, *token)
	case "run":
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return asService(ctx, func(ctx context.Context) error { return run(ctx, *folder, log) })
	case "ask":
		page := flags.String("page", "", "the page to open where the agent cannot be asked for one's own")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return ask(ctx, *folder, *page)
	}
	return errUsage
}

// enrol makes a key, and has it kept by the service.
func enrol(ctx context.Context, folder string, d device, token string) error {
	if err := d.begin(token); err != nil {
		return err
	}
	if err := d.save(folder); err != nil { // Before the service knows it: an answer may be lost.
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	l, err := dial(ctx, &d, &clock{})
	if err != nil {
		return err
	}
	l.close()
	d.Enrol = ""
	return d.save(folder)
}

// run is the service, until the context ends.
func run(ctx context.Context, folder string, log *slog.Logger) error {
	d, err := load(folder)
	if err != nil {
		return err
	}
	system, err := thisSystem()
	if err != nil {
		return err
	}
	a := newAgent(d, system, log)
	door, err := listen(folder)
	if err != nil {
		return err
	}
	defer door.Close()
	go a.answer(ctx, door)
	a.run(ctx)
	return nil
}
