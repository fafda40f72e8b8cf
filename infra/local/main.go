// Command local is the twin of AWS on a developer's machine: template.yaml is
// served by a WebSocket gateway, a Lambda host, a DynamoDB engine and the TURN
// server, with a portal and an identity provider beside them.
//
//	local                    starts everything and prints where it is
//	local token ROLE NAME    prints a token of the local identity provider
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	debug.SetGCPercent(400) // The default collects so small a heap many times a second.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "parley:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "token" {
		return printToken(s, args[1:])
	}
	t := twin{settings: s, out: os.Stdout}
	defer t.stop()
	if err := t.start(ctx); err != nil {
		return err
	}
	t.announce()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.out, "\nStopping.")
		return nil
	case err := <-t.failed:
		return err
	}
}
