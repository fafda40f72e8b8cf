package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/gateway"
	"github.com/parleychat/parley/infra/local/issuer"
	"github.com/parleychat/parley/infra/local/lambda"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/oidc"
)

// tableName is the fixed name of the table here; on AWS the stack draws one.
const tableName = "parley"

// twin is everything that runs.
type twin struct {
	settings
	out    io.Writer
	ready  atomic.Bool
	failed chan error // The first part that ends by itself.
	stops  []func()   // In the order of the starts.

	storage string  // The URL of DynamoDB.
	runs    invoker // What runs functions.
}

// start starts the parts in the order in which they need each other: storage,
// relay, functions, gateway, pages.
func (t *twin) start(ctx context.Context) error {
	t.failed = make(chan error, 8)
	identities, err := issuer.Open(issuerURL(t.settings), t.data)
	if err != nil {
		return err
	}
	if err := t.serve(t.portal, site(t.settings, identities, &t.ready)); err != nil {
		return err
	}
	secret, err := turnSecret(t.data)
	if err != nil {
		return err
	}
	described, err := t.described()
	if err != nil {
		return err
	}
	if err := t.startStorage(ctx, described); err != nil {
		return err
	}
	stopTURN, err := startTURN(ctx, t.settings, secret, t.out)
	if err != nil {
		return err
	}
	t.stops = append(t.stops, stopTURN)
	if err := t.startService(described, secret); err != nil {
		return err
	}
	t.ready.Store(true)
	return nil
}

// described reads the template as it would be deployed here.
func (t *twin) described() (*template.Template, error) {
	trusted := []oidc.Issuer{{Issuer: issuerURL(t.settings), Audience: issuer.Audience}}
	if t.signIn.Authority != "" {
		trusted = append(trusted, oidc.Issuer{Issuer: t.signIn.Authority, Audience: t.signIn.ClientID})
	}
	issuers, err := json.Marshal(trusted)
	if err != nil {
		return nil, fmt.Errorf("name the issuer: %w", err)
	}
	return template.Load(filepath.Join(t.root, "template.yaml"), template.Options{
		Parameters: map[string]string{
			"TokenIssuers": string(issuers), "AllowedOrigins": "http://" + t.portal.address,
			"LogLevel": t.logLevel, "TurnUrls": fmt.Sprintf("turn:%[1]s?transport=udp,turn:%[1]s?transport=tcp", t.turn.address),
		},
		Values: map[string]string{"Table": tableName},
	})
}

// startStorage starts our engine unless there is another, and makes the table.
func (t *twin) startStorage(ctx context.Context, described *template.Template) error {
	t.storage = t.dynamodbEndpoint
	if t.storage == "" {
		engine, err := dynamodb.Open(filepath.Join(t.data, "dynamodb"), dynamodb.Options{TTLInterval: t.ttl, Faults: t.faults})
		if err != nil {
			return err
		}
		t.stops = append(t.stops, func() { _ = engine.Close() }) // Every acknowledged write is on disk already.
		if err := t.serve(t.dynamodb, engine); err != nil {
			return err
		}
		t.storage = "http://" + t.dynamodb.address
	}
	for _, described := range described.Tables {
		if err := table.Create(ctx, table.Client(t.storage), described, tableName); err != nil {
			return err
		}
	}
	return nil
}

// startService starts what runs functions and the gateway that calls it.
func (t *twin) startService(described *template.Template, secret string) error {
	runs, err := t.startFunctions(described, secret)
	if err != nil {
		return err
	}
	config, err := api(t.settings, described)
	if err != nil {
		return err
	}
	config.Log = slog.New(slog.NewTextHandler(t.out, &slog.HandlerOptions{Level: slog.LevelWarn}))
	t.runs = runs
	t.stops = append(t.stops, startSources(described, t.storage, runs, config.Log))
	g := gateway.New(config, invoking{runs})
	l, err := t.websocket.listen()
	if err != nil {
		return err
	}
	t.run(g.Server(t.websocket.address), l)
	t.stops = append(t.stops, g.Close)
	return nil
}

func (t *twin) startFunctions(described *template.Template, secret string) (invoker, error) {
	if t.lambdaEndpoint != "" {
		return lambda.Remote(t.lambdaEndpoint)
	}
	ids := map[string]string{}
	for _, r := range described.OfType("AWS::SecretsManager::Secret") {
		ids[r.Ref] = secret
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve secrets: %w", err)
	}
	t.run(&http.Server{Handler: secretsManager(ids), ReadHeaderTimeout: 10 * time.Second}, l)
	host := lambda.New(lambda.Options{Output: t.out, Functions: hosted(t.settings, described, map[string]string{
		"CONNECTIONS_ENDPOINT":             "http://" + t.websocket.address + "/" + stage,
		"AWS_ENDPOINT_URL_DYNAMODB":        t.storage,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://" + l.Addr().String(),
	})})
	t.stops = append(t.stops, func() { _ = host.Close() }) // Nothing is left to be done about it.
	return host, t.serve(t.lambda, host)
}

// serve answers HTTP at a place.
func (t *twin) serve(p place, h http.Handler) error {
	l, err := p.listen()
	if err != nil {
		return err
	}
	t.run(&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}, l)
	return nil
}

func (t *twin) run(server *http.Server, l net.Listener) {
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.failed <- err
		}
	}()
	t.stops = append(t.stops, func() { _ = server.Close() }) // Nothing is left to be done about it.
}

// stop ends all that was started, last first.
func (t *twin) stop() {
	for _, stop := range slices.Backward(t.stops) {
		stop()
	}
}
