// Command bench measures DynamoDB endpoints against each other, or serves the
// twin's engine alone so that it can be measured from outside.
//
//	bench serve -addr 127.0.0.1:4701 -dir /tmp/tables
//	bench -ops 2000 http://127.0.0.1:4701 http://127.0.0.1:4702
//
// With two endpoints it prints, for each load, how many times as fast the first
// is as the second. With -bare it measures without the SDK in between.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		err = serve(ctx, os.Args[2:])
	} else {
		err = compare(ctx, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	addr := flags.String("addr", "127.0.0.1:4701", "address to listen on")
	dir := flags.String("dir", "", "folder of the tables")
	if err := flags.Parse(args); err != nil {
		return err
	}
	debug.SetGCPercent(400) // the default collects so small a heap 20 times a second
	start := time.Now()
	engine, err := dynamodb.Open(*dir, dynamodb.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("open in %v on %s\n", time.Since(start), *addr)
	server := &http.Server{Addr: *addr, Handler: engine, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close() // the listener ends ListenAndServe below
	}()
	err = server.ListenAndServe()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, engine.Close())
}
