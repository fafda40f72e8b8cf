package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

// open shows a page in the user's browser, with a program or the system's own.
func open(ctx context.Context, program, page string) error {
	command := opening(runtime.GOOS, program, page)
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	if err := run.Start(); err != nil {
		return fmt.Errorf("open %s: %w", page, err)
	}
	go func() { _ = run.Wait() }() // Whether the browser likes the page is not ours to say.
	return nil
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
