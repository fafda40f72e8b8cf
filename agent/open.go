package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// slow is how long a program that opens a page or shows a sentence may take; a
// browser that stays is not waited for.
const slow = 10 * time.Second

// opener is a program that opens a page instead of the system's own; tests and
// unusual desktops set it.
func opener() string { return os.Getenv("PARLEY_AGENT_OPEN") }

// openHere shows a page in the browser of whoever runs this program.
func openHere(ctx context.Context, page string) error {
	return carry(ctx, opening(runtime.GOOS, opener(), page)...)
}

// opening is the command that opens a page on a system.
func opening(system, program, page string) []string {
	switch {
	case program != "":
		return []string{program, page}
	case system == "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", page}
	case system == "darwin":
		return []string{"open", page}
	}
	return []string{"xdg-open", page}
}

// carry runs a program, and returns an error where it fails at once. Its words
// are part of the error, but never the page: that has a secret in it.
func carry(ctx context.Context, command ...string) error {
	var said bytes.Buffer
	run := exec.Command(command[0], command[1:]...)
	run.Stderr = &said
	if err := run.Start(); err != nil {
		return fmt.Errorf("start %s: %w", command[0], err)
	}
	done := make(chan error, 1)
	go func() { done <- run.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			first, _, _ := strings.Cut(said.String(), "\n")
			return fmt.Errorf("%s: %w: %s", command[0], err, strings.ReplaceAll(first, command[len(command)-1], "the page"))
		}
		return nil
	case <-time.After(slow):
		return nil // A browser that stays.
	case <-ctx.Done():
		return ctx.Err()
	}
}
