package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/parleychat/parley/turnserver/relay"
)

// serve runs the server until the first signal, drains it, and closes it at
// the second signal or when the time for draining is over.
func serve(ctx context.Context, settings settings, signals <-chan os.Signal) error {
	log := settings.relay.Log
	makeRoom(settings.relay.Shards)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if err := findAddress(ctx, &settings); err != nil {
		return err
	}
	server, err := relay.Start(ctx, settings.relay)
	if err != nil {
		return err
	}
	defer server.Close()
	if settings.healthListen != "" {
		stop, err := serveHealth(settings.healthListen, server)
		if err != nil {
			return err
		}
		defer stop()
	}
	leave, err := join(ctx, settings, server)
	if err != nil {
		return err
	}
	if settings.relay.AllowPrivatePeers {
		log.Warn("private and loopback peers are admitted; this is for development only")
	}
	log.Info("serving", "listen", server.Addr().String(), "dataPath", server.DataPath(), "shards", settings.relay.Shards)
	<-signals
	leave() // First, so that no new call is sent here.
	drain(ctx, server, settings.drain, signals, log)
	return nil
}

// garbage is how much of it there may be, in percent of what is in use. The
// server uses little, so that Go's default would have it collected after every
// few hundred allocations, at the cost of half of what those cost.
const garbage = 200

// makeRoom lets Go run so many shards and two threads more at the same time.
// A shard that is in the kernel or rests would else hold up everything else
// where there are few processors.
func makeRoom(shards int) {
	runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), shards+2))
}

func drain(ctx context.Context, server *relay.Server, limit time.Duration, signals <-chan os.Signal, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	go func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	log.Info("draining", "allocations", server.AllocationCount(), "limit", limit.String())
	err := server.Drain(ctx)
	log.Info("closing", "allocations", server.AllocationCount(), "drained", err == nil)
}

// serveHealth serves /healthz and /metrics. A draining server is not healthy,
// so that a load balancer sends new clients elsewhere.
func serveHealth(on string, server *relay.Server) (stop func(), err error) {
	listener, err := net.Listen("tcp", on)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", server.Metrics())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if server.Draining() {
			http.Error(w, "draining", http.StatusServiceUnavailable)
			return
		}
		w.Write([]byte("ok\n"))
	})
	web := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 8 << 10}
	go func() {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("health listener", "error", err)
		}
	}()
	return func() { web.Close() }, nil
}
