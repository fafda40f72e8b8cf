package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/parleychat/parley/infra/local/issuer"
)

// patience is how long anything may take.
const patience = 30 * time.Second

// twin is the running product.
type twin struct {
	process                   *exec.Cmd
	log                       *os.File
	portal, websocket, lambda string // Addresses.
	ids                       *issuer.Issuer
}

// start starts the twin on ports of its own, with a DynamoDB that runs already,
// and waits until it is ready.
func start(ctx context.Context, folder, storage string) (*twin, error) {
	addresses, err := free(5)
	if err != nil {
		return nil, err
	}
	t := &twin{portal: addresses[0], websocket: addresses[1], lambda: addresses[2]}
	if t.ids, err = issuer.Open("http://"+t.portal+"/issuer", folder); err != nil {
		return nil, err
	}
	if t.log, err = os.Create(filepath.Join(folder, "twin.log")); err != nil {
		return nil, err
	}
	t.process = exec.Command(filepath.Join("build", "local"))
	t.process.Stdout, t.process.Stderr = t.log, t.log
	t.process.Env = append(os.Environ(), "PARLEY_DATA="+folder, "DYNAMODB_ENDPOINT="+storage, "LAMBDA_ENDPOINT=",
		"PARLEY_PORTAL="+t.portal, "PARLEY_WEBSOCKET="+t.websocket, "PARLEY_LAMBDA="+t.lambda,
		"PARLEY_DYNAMODB="+addresses[3], "PARLEY_TURN="+addresses[4])
	if err := t.process.Start(); err != nil {
		return nil, fmt.Errorf("start the twin, which make build makes: %w", err)
	}
	if err := t.ready(ctx); err != nil {
		t.stop()
		said, _ := os.ReadFile(t.log.Name()) // Nothing can be shown if this fails.
		return nil, fmt.Errorf("start the twin: %w\n%s", err, said)
	}
	return t, nil
}

// ready waits until the twin says that it is.
func (t *twin) ready(ctx context.Context) error {
	return until(ctx, func() error {
		response, err := http.Get("http://" + t.portal + "/healthz")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return nil
	})
}

// until tries something until it succeeds.
func until(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// stop ends the twin and all its functions.
func (t *twin) stop() {
	_ = t.process.Process.Signal(os.Interrupt) // It has ended by itself if this fails.
	_ = t.process.Wait()                       // How it ended does not matter.
	_ = t.log.Close()                          // The folder goes with the program.
}

// free finds addresses where nobody listens.
func free(n int) ([]string, error) {
	var addresses []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}
