// Command bench measures what Parley costs and how fast it is on this machine:
// it starts the twin that make build made and prints a table each of what a
// posted message costs and whether that grows with the history, of how long it
// takes to arrive, and of the size and the cold start of every function.
//
//	bench             the tables
//	bench -messages   only what a message costs
//	bench -dynalite   and how much faster the twin's DynamoDB is than dynalite
//
// It runs in the checkout's folder. All its data is in a temporary folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

func main() {
	messages := flag.Bool("messages", false, "measure only what a message costs")
	withDynalite := flag.Bool("dynalite", false, "install dynalite and compare the twin's DynamoDB with it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *messages, *withDynalite); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, messages, withDynalite bool) error {
	folder, err := os.MkdirTemp("", "parley-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	m, closing, err := storage(folder)
	if err != nil {
		return err
	}
	defer closing()
	if err := chatting(ctx, folder, m, messages); err != nil || messages {
		return err
	}
	if err := functions(ctx, folder, m); err != nil {
		return err
	}
	if withDynalite {
		return compare(ctx, folder)
	}
	return nil
}

// storage serves the twin's DynamoDB behind a meter.
func storage(folder string) (*meter, func(), error) {
	engine, err := dynamodb.Open(filepath.Join(folder, "tables"), dynamodb.Options{})
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	m := &meter{next: engine, endpoint: "http://" + l.Addr().String()}
	server := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // Until it is closed.
	return m, func() {
		_ = server.Close() // The program ends.
		_ = engine.Close()
	}, nil
}

// chatting measures messages between clients.
func chatting(ctx context.Context, folder string, m *meter, only bool) error {
	t, err := start(ctx, folder, m.endpoint)
	if err != nil {
		return err
	}
	defer t.stop()
	if err := costs(ctx, t, m); err != nil || only {
		return err
	}
	return speeds(ctx, t, m)
}

// tabulate begins a table with its title and the names of its columns.
func tabulate(title, columns string) *tabwriter.Writer {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\n%s\n\n%s\n", title, columns)
	return w
}

// verdict says whether a target is met.
func verdict(met bool) string {
	if met {
		return "ok"
	}
	return "MISSED"
}
