// Package bootstrap is the cold start of a function: settings from the
// environment, each read once and named in template.yaml, a JSON log and AWS
// clients. A missing setting ends the cold start with its name.
package bootstrap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/parleychat/parley/shared/apigw"
	"github.com/parleychat/parley/shared/device"
	"github.com/parleychat/parley/shared/directory"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/shared/oidc"
	"github.com/parleychat/parley/shared/proof"
	"github.com/parleychat/parley/shared/session"
	"github.com/parleychat/parley/shared/settings"
)

// Log returns the JSON log of a function; the level comes from Lambda's own
// logging configuration.
func Log() *slog.Logger { return slog.New(lambdacontext.NewLogHandler()) }

// Table returns the table named by TABLE_NAME.
func Table() dynamo.Table {
	return dynamo.Table{Client: dynamodb.NewFromConfig(awsConfig()), Name: required("TABLE_NAME"), Now: time.Now}
}

// Fan returns the fan-out over CONNECTIONS_ENDPOINT to the audiences of a table.
func Fan(t dynamo.Table, log *slog.Logger) fanout.Fan {
	return fanout.Fan{Directory: dynamo.Audiences{Table: t}, Sender: apigw.New(awsConfig(), required("CONNECTIONS_ENDPOINT")), Log: log}
}

// Rights returns what the directory on a table knows, and remembers it.
func Rights(t dynamo.Table) *directory.Recent {
	set := &settings.Recent{Store: dynamo.Settings{Table: t}, Now: time.Now}
	return &directory.Recent{Store: dynamo.Directory{Table: t}, Settings: set, Now: time.Now}
}

// Frames returns the journey of frames with its own clock and log.
func Frames(t dynamo.Table, commands handler.Commands) handler.Frames {
	log := Log()
	return handler.Frames{Commands: commands, Fan: Fan(t, log), Limits: handler.NewLimits(), Log: log, Now: time.Now}
}

// Entitled returns the journey of frames whose senders are looked up in the
// directory first.
func Entitled(t dynamo.Table, rights handler.Rights, commands handler.Commands) handler.Frames {
	f := Frames(t, commands)
	f.Rights = rights
	return f
}

// Authorizer returns what decides at $connect, with the issuers in
// TOKEN_ISSUERS, a JSON list of {"issuer","audience"}, and the portals' origins
// in ALLOWED_ORIGINS, separated by commas. Devices and invites are in the table.
func Authorizer() handler.Authorizer {
	var issuers []oidc.Issuer
	err := json.Unmarshal([]byte(required("TOKEN_ISSUERS")), &issuers)
	half := func(i oidc.Issuer) bool { return i.Issuer == "" || i.Audience == "" }
	if err != nil || len(issuers) == 0 || slices.ContainsFunc(issuers, half) {
		fail(`TOKEN_ISSUERS is no JSON list of {"issuer":…,"audience":…}`)
	}
	table := Table()
	gate := device.Gate{Store: dynamo.Devices{Table: table}, Prove: proof.Check, Others: oidc.New(issuers), Now: time.Now}
	door := session.Door{Invites: dynamo.Invites{Table: table}, Sessions: dynamo.NewSessions(table)}
	return handler.Authorizer{Verifier: gate, Guests: door, Now: time.Now, Origins: list("ALLOWED_ORIGINS"), Log: Log()}
}

// ICE returns what hands out the TURN servers in TURN_URLS, separated by
// commas, and those of the fleet that are alive, with credentials made from the
// secret named by TURN_SECRET_ID. While one secret replaces another it holds
// both, separated by a comma, and the first one signs.
func ICE(t dynamo.Table) handler.ICE {
	return turn{urls: list("TURN_URLS"), fleet: dynamo.Relays{Table: t}, secret: keptSecret("TURN_SECRET_ID", required("TURN_SECRET_ID"))}
}

// SealKey returns what reads the secret named by SEAL_SECRET_ID, with which
// secret messages are sealed.
func SealKey() func(context.Context) (string, error) {
	return keptSecret("SEAL_SECRET_ID", required("SEAL_SECRET_ID"))
}

// secretTerm is how long a secret is believed before it is read again, so that
// a new one needs no deployment.
const secretTerm = 5 * time.Minute

// keptSecret returns what reads the secret that a setting names. It is read when
// it is first needed: a function's start does not wait for it.
func keptSecret(setting, id string) func(context.Context) (string, error) {
	type kept struct {
		value string
		until time.Time
	}
	var known atomic.Pointer[kept]
	return func(ctx context.Context) (string, error) {
		if k := known.Load(); k != nil && time.Now().Before(k.until) {
			return k.value, nil
		}
		value, err := secret(ctx, id)
		if err != nil {
			return "", fmt.Errorf("the secret named by %s %w", setting, err)
		}
		known.Store(&kept{value, time.Now().Add(secretTerm)})
		return value, nil
	}
}

// secret reads a text from Secrets Manager. Its errors follow the name of the
// secret in a sentence.
func secret(ctx context.Context, id string) (string, error) {
	out, err := secretsmanager.NewFromConfig(awsConfig()).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id})
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	if aws.ToString(out.SecretString) == "" {
		return "", errors.New("is empty")
	}
	return *out.SecretString, nil
}

// turn is the handler.ICE of our own TURN servers.
type turn struct {
	urls   []string
	fleet  dynamo.Relays
	secret func(context.Context) (string, error)
}

// credentialTerm is how long a TURN credential is good for.
const credentialTerm = 10 * time.Minute

// Servers issues a credential bound to one participant of one session.
func (t turn) Servers(ctx context.Context, session, participant string, now time.Time) ([]ice.Server, time.Time, error) {
	alive, err := t.fleet.Relays(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	urls, until := slices.Clone(t.urls), now.Add(credentialTerm)
	for _, r := range ice.Choose(alive) {
		urls = append(urls, r.URLs()...)
	}
	if len(urls) == 0 {
		return []ice.Server{}, until, nil
	}
	secrets, err := t.secret(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	signing, _, _ := strings.Cut(secrets, ",")
	username, credential := ice.Issue(signing, session+"."+participant, now, credentialTerm)
	return []ice.Server{{URLs: urls, Username: username, Credential: credential}}, until, nil
}

// longestBackoff is how long a call waits before it is tried again: somebody is
// waiting for the reply, and the SDK's own 20 s are for batches.
const longestBackoff = 100 * time.Millisecond

// awsConfig reads region, credentials and endpoints as every AWS program does.
func awsConfig() aws.Config {
	c, err := config.LoadDefaultConfig(context.Background(), config.WithRetryer(func() aws.Retryer {
		return retry.AddWithMaxBackoffDelay(retry.NewStandard(), longestBackoff)
	}))
	if err != nil {
		fail(fmt.Sprintf("the AWS configuration cannot be read: %v", err))
	}
	return c
}

func required(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fail(name + " is not set")
	}
	return value
}

// list reads a setting that may be empty, separated by commas.
func list(name string) []string {
	var values []string
	for value := range strings.SplitSeq(os.Getenv(name), ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// fail ends the cold start.
func fail(sentence string) {
	Log().Error("cold start failed", "cause", sentence)
	os.Exit(1)
}
