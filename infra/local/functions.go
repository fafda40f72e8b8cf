package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/gateway"
	"github.com/parleychat/parley/infra/local/lambda"
	"github.com/parleychat/parley/infra/local/template"
)

const (
	stage  = "local"
	region = "us-east-1"
)

// hosted are the template's functions with the binaries that make build made.
// What they would reach on AWS they find at the local endpoints.
func hosted(s settings, t *template.Template, endpoints map[string]string) []lambda.Function {
	list := make([]lambda.Function, 0, len(t.Functions))
	for _, f := range t.Functions {
		env := map[string]string{"AWS_LAMBDA_LOG_LEVEL": f.LogLevel}
		for name, value := range f.Environment {
			env[name] = value
		}
		for name, value := range endpoints {
			if _, named := f.Environment[name]; named || strings.HasPrefix(name, "AWS_") {
				env[name] = value
			}
		}
		folder := strings.ToLower(strings.TrimSuffix(f.LogicalID, "Function"))
		list = append(list, lambda.Function{
			Name: f.Name, Path: filepath.Join(s.root, "build", "functions", folder, "bootstrap"),
			Timeout: f.Timeout, MemoryMB: f.MemoryMB, Reserved: max(0, f.Reserved), Env: env,
		})
	}
	return list
}

// api is the template's API as the gateway serves it.
func api(s settings, t *template.Template) (gateway.Config, error) {
	if t.API == nil {
		return gateway.Config{}, errors.New("template.yaml has no WebSocket API")
	}
	c := gateway.Config{
		APIID: t.API.ID, Stage: stage, Region: region, Selection: t.API.Selection,
		IdleTimeout: s.idle, MaxAge: s.age, CloseGrace: time.Second,
		Authorizer: &gateway.Authorizer{Function: t.API.Auth.Function, IdentitySources: t.API.Auth.IdentitySource},
	}
	for _, r := range t.API.Routes {
		c.Routes = append(c.Routes, gateway.Route{Key: r.Key, Function: r.Function, TwoWay: r.TwoWay, Timeout: r.Timeout})
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("template.yaml: %w", err)
	}
	return c, nil
}

// invoker is what runs functions: our host, or another Invoke API.
type invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error)
}

// invoking fits what runs functions to the gateway.
type invoking struct{ invoker }

// Invoke runs a function once.
func (i invoking) Invoke(ctx context.Context, function string, payload []byte) (gateway.Result, error) {
	r, err := i.invoker.Invoke(ctx, function, payload)
	return gateway.Result(r), err
}
