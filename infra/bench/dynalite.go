package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// dynalite is what the twin's DynamoDB is compared with, at the last version.
const dynalite = "dynalite@4.0.0"

// compare installs dynalite under build, starts it and the twin's DynamoDB,
// each on files in the folder, and has infra/local/dynamodb/bench compare them.
func compare(ctx context.Context, folder string) error {
	fmt.Printf("\nThe twin's DynamoDB and %s, both on files: puts, updates and queries, a third each.\n\n", dynalite)
	home := filepath.Join("build", "dynalite")
	install := exec.CommandContext(ctx, "npm", "install", "--prefix", home, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", dynalite)
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("install %s: %w\n%s", dynalite, err, out)
	}
	program := filepath.Join(folder, "engine")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./infra/local/dynamodb/bench")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the comparison: %w\n%s", err, out)
	}
	addresses, err := free(2)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(addresses[1])
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cli := filepath.Join(home, "node_modules", "dynalite", "cli.js")
	for i, server := range []*exec.Cmd{
		exec.CommandContext(ctx, program, "serve", "-addr", addresses[0], "-dir", filepath.Join(folder, "ours")),
		exec.CommandContext(ctx, "node", cli, "--port", port, "--path", filepath.Join(folder, "theirs")),
	} {
		if err := server.Start(); err != nil {
			return err
		}
		defer func() {
			stop()
			_ = server.Wait() // It was killed.
		}()
		err := until(ctx, func() error {
			c, err := net.Dial("tcp", addresses[i])
			if err != nil {
				return err
			}
			return c.Close()
		})
		if err != nil {
			return err
		}
	}
	load := exec.CommandContext(ctx, program, "http://"+addresses[0], "http://"+addresses[1])
	load.Stdout, load.Stderr = os.Stdout, os.Stderr
	return load.Run()
}
