// Command turnserver is Parley's TURN server. It is configured by its
// environment (see environment.go) and stops on SIGTERM: it makes no new
// allocation then, serves the live ones until they end or TURN_DRAIN is over,
// and closes. A second signal closes it at once.
//
// "turnserver -health" asks the server that runs with the same environment
// for an answer, and exits with 1 when there is none.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "turnserver:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	settings, err := readEnvironment(os.LookupEnv)
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "-health" {
		return askHealth(settings.relay.Listen[0])
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	return serve(context.Background(), settings, signals)
}
