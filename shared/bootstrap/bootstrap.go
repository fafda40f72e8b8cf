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
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/fanout"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/ice"
	"github.com/parleychat/parley/shared/oidc"
	"github.com/parleychat/parley/shared/proof"
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

// Frames returns the journey of frames with its own clock and log.
func Frames(t dynamo.Table, commands handler.Commands) handler.Frames {
	log := Log()
	return handler.Frames{Commands: commands, Fan: Fan(t, log), Limits: handler.NewLimits(), Log: log, Now: time.Now}
}

// Authorizer returns what decides at $connect, with the issuers in
// TOKEN_ISSUERS, a JSON list of {"issuer","audience"}, and the portals' origins
// in ALLOWED_ORIGINS, separated by commas. Devices are in the table.
func Authorizer() handler.Authorizer {
	var issuers []oidc.Issuer
	err := json.Unmarshal([]byte(required("TOKEN_ISSUERS")), &issuers)
	half := func(i oidc.Issuer) bool { return i.Issuer == "" || i.Audience == "" }
	if err != nil || len(issuers) == 0 || slices.ContainsFunc(issuers, half) {
		fail(`TOKEN_ISSUERS is no JSON list of {"issuer":…,"audience":…}`)
	}
	gate := device.Gate{Store: dynamo.Devices{Table: Table()}, Prove: proof.Check, Others: oidc.New(issuers), Now: time.Now}
	return handler.Authorizer{Verifier: gate, Origins: list("ALLOWED_ORIGINS"), Log: Log()}
}

// ICE returns what hands out the TURN servers in TURN_URLS, separated by
// commas, with credentials made from the secret named by TURN_SECRET_ID.
func ICE() handler.ICE {
	urls := list("TURN_URLS")
	if len(urls) == 0 {
		return turn{}
	}
	id := required("TURN_SECRET_ID")
	value, err := secret(context.Background(), id)
	if err != nil {
		fail("the secret named by TURN_SECRET_ID " + err.Error())
	}
	return turn{urls: urls, secret: value}
}

// SealKey returns what reads the secret named by SEAL_SECRET_ID, with which
// secret messages are sealed. It is read when the first of them comes: the
// start of a function that only carries messages does not wait for it.
func SealKey() func(context.Context) (string, error) {
	id := required("SEAL_SECRET_ID")
	var known atomic.Pointer[string]
	return func(ctx context.Context) (string, error) {
		if value := known.Load(); value != nil {
			return *value, nil
		}
		value, err := secret(ctx, id)
		if err != nil {
			return "", fmt.Errorf("the secret named by SEAL_SECRET_ID %w", err)
		}
		known.Store(&value)
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
	secret string
}

// credentialTerm is how long a TURN credential is good for.
const credentialTerm = 10 * time.Minute

// Servers issues a credential bound to one participant of one session.
func (t turn) Servers(session, participant string, now time.Time) ([]ice.Server, time.Time) {
	if len(t.urls) == 0 {
		return []ice.Server{}, now.Add(credentialTerm)
	}
	username, credential := ice.Issue(t.secret, session+"."+participant, now, credentialTerm)
	return []ice.Server{{URLs: t.urls, Username: username, Credential: credential}}, now.Add(credentialTerm)
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
