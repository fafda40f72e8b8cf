// Command agent runs on a managed device for the user who is logged on. It
// keeps them in the technicians' roster without a page open, and opens the chat
// page in their browser when a technician wants to talk.
//
// It is configured by its environment:
//
//	AGENT_URL         the WebSocket API, as in wss://id.execute-api.eu-west-1.amazonaws.com/live
//	AGENT_TOKEN_FILE  a file with a token of the user, read anew for every connection
//	AGENT_PAGE        the contact's page, as in https://desk.example.com/contact/
//	AGENT_OPEN        the program that opens a page; the system's own unless set
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a, err := configured(os.Getenv, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
	a.run(ctx)
}

// configured returns the agent that the environment describes.
func configured(env func(string) string, log *slog.Logger) (*agent, error) {
	a := &agent{url: env("AGENT_URL"), tokenFile: env("AGENT_TOKEN_FILE"), page: env("AGENT_PAGE"), opener: env("AGENT_OPEN"), log: log}
	for name, value := range map[string]string{"AGENT_URL": a.url, "AGENT_TOKEN_FILE": a.tokenFile, "AGENT_PAGE": a.page} {
		if value == "" {
			return nil, fmt.Errorf("%s is not set", name)
		}
	}
	return a, nil
}
