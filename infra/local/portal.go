package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"sync/atomic"

	"github.com/parleychat/parley/infra/local/issuer"
)

// site serves the built portal, what its pages must know, the issuer, and
// whether everything is ready.
func site(s settings, i *issuer.Issuer, ready *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	i.Register(mux, "/issuer")
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n")) // The client is gone if this fails.
	})
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		config := map[string]any{"websocket": websocketURL(s)}
		if s.signIn.Authority != "" {
			config["signIn"] = s.signIn
		}
		_ = json.NewEncoder(w).Encode(config) // As above.
	})
	files := http.FileServer(http.Dir(filepath.Join(s.root, "portal", "dist")))
	mux.Handle("GET /", secured(s, files))
	return mux
}

// secured adds the headers that the deployed site has: only our own scripts,
// and connections only to our own service.
func secured(s settings, next http.Handler) http.Handler {
	policy := "default-src 'self'; connect-src 'self' " + websocketOrigin(s) + " " + s.signIn.origin() +
		"; media-src 'self' blob:; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

func websocketOrigin(s settings) string { return "ws://" + s.websocket.address }

func websocketURL(s settings) string { return websocketOrigin(s) + "/" + stage }
