package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var errNotConnected = errors.New("the agent is not connected")

// doorName is the socket at which users of the machine ask for their page.
const doorName = "ask.sock"

// longestAsk bounds how long somebody may stand in the door.
const longestAsk = 30 * time.Second

// listen opens the door: anybody on this machine may ask, and is told only what
// is their own.
func listen(folder string) (net.Listener, error) {
	path := filepath.Join(folder, doorName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open the door of agent ask: %w", err)
	}
	door, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the door of agent ask: %w", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		return nil, errors.Join(err, door.Close())
	}
	return door, nil
}

// answer tells everybody who asks the address of their page, until the context ends.
func (a *agent) answer(ctx context.Context, door net.Listener) {
	for {
		conn, err := door.Accept()
		if err != nil {
			return // Closed.
		}
		go func() {
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(longestAsk)) // Whoever asks goes on without an answer.
			page := a.device.Page
			if uid, err := peer(conn); err == nil {
				if contact, ok := a.contactOf(func(l login) bool { return l.uid == uid }); ok {
					if own, err := a.page(ctx, contact); err == nil {
						page = own
					}
				}
			}
			_, _ = fmt.Fprintln(conn, page)
		}()
	}
}

// ask opens the page for whoever runs this, as themselves; another page where
// the agent cannot be asked.
func ask(ctx context.Context, folder, otherwise string) error {
	page, err := ownPage(ctx, folder)
	if err != nil && otherwise == "" {
		return err
	}
	if err != nil {
		page = otherwise
	}
	return openHere(ctx, page)
}

// ownPage asks the agent that runs as a service for the page of who runs this.
func ownPage(ctx context.Context, folder string) (string, error) {
	dialer := net.Dialer{Timeout: longestAsk}
	conn, err := dialer.DialContext(ctx, "unix", filepath.Join(folder, doorName))
	if err != nil {
		return "", fmt.Errorf("the agent does not run on this computer: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(longestAsk)); err != nil {
		return "", err
	}
	page, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the agent does not answer: %w", err)
	}
	return strings.TrimSpace(page), nil
}
