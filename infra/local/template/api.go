package template

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// API is the AWS::Serverless::WebSocketApi.
type API struct {
	LogicalID string
	ID        string // ten letters, as in ID.execute-api.us-east-1.amazonaws.com
	Stage     string
	Selection string // RouteSelectionExpression: "$request.body.action"
	Auth      Auth
	Routes    []Route // sorted by key
}

// Auth says who may connect.
type Auth struct {
	Type           string   // NONE, AWS_IAM or CUSTOM
	Function       string   // the authorizer's logical id, with CUSTOM
	IdentitySource []string // "route.request.querystring.token"
	InvokeRole     string
}

// Route is a route of the API.
type Route struct {
	Key      string // "$connect", "message"
	Function string // logical id
	Alias    string // the alias that is invoked; empty: $LATEST
	Timeout  time.Duration

	// TwoWay tells that the function's answer goes back to the client: the
	// route has a selection expression and a route response.
	TwoWay bool
}

// apiProperties are the properties of an API that the twin reads.
type apiProperties struct {
	StageName                string
	RouteSelectionExpression string
	Auth                     struct {
		AuthType       string
		AuthArn        string
		IdentitySource []string
		InvokeRole     string
	}
	Routes map[string]routeProperties
}

type routeProperties struct {
	FunctionArn                      string
	IntegrationTimeout               *whole
	RouteResponseSelectionExpression string
}

func newAPI(r Resource, t *Template, s *stack) (*API, error) {
	var p apiProperties
	if err := convert(r.Properties, &p); err != nil {
		return nil, err
	}
	api := &API{LogicalID: r.LogicalID, ID: apiID(r.LogicalID), Selection: p.RouteSelectionExpression}
	var err error
	if api.Stage, err = s.stage(r.LogicalID); err != nil {
		return nil, err
	}
	if api.Selection == "" {
		return nil, errors.New("RouteSelectionExpression: want an expression like $request.body.action")
	}
	if api.Auth, err = newAuth(p, t.Functions); err != nil {
		return nil, fmt.Errorf("Auth: %w", err)
	}
	responses, err := routeResponses(t)
	if err != nil {
		return nil, err
	}
	bases := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(p.Routes)) {
		base, ok := routeBase(r.LogicalID, key)
		if !ok {
			return nil, fmt.Errorf("Routes.%s: SAM takes $connect, $disconnect, $default and keys of letters and digits", key)
		}
		if other, taken := bases[base]; taken {
			return nil, fmt.Errorf("Routes.%s: SAM makes one route of this and %s", key, other)
		}
		bases[base] = key
		route, err := newRoute(key, p.Routes[key], t.Functions, responses[StackName+"-"+base+"Route"])
		if err != nil {
			return nil, fmt.Errorf("Routes.%s: %w", key, err)
		}
		api.Routes = append(api.Routes, route)
	}
	if len(api.Routes) == 0 {
		return nil, errors.New("Routes: want at least one route")
	}
	return api, nil
}

func newAuth(p apiProperties, functions []Function) (Auth, error) {
	_, connects := p.Routes["$connect"]
	a := Auth{Type: strings.ToUpper(p.Auth.AuthType), IdentitySource: p.Auth.IdentitySource, InvokeRole: p.Auth.InvokeRole}
	switch a.Type {
	case "":
		a.Type = "NONE"
		return a, nil
	case "NONE", "AWS_IAM":
		return a, nil
	case "CUSTOM":
		if !connects {
			return Auth{}, errors.New("an authorizer needs a $connect route")
		}
		f, _, err := functionOf(p.Auth.AuthArn, functions)
		a.Function = f
		if err != nil {
			return Auth{}, fmt.Errorf("AuthArn: %w", err)
		}
		return a, nil
	default:
		return Auth{}, errors.New("AuthType: want NONE, AWS_IAM or CUSTOM")
	}
}

// newRoute joins a route with the question whether a route response names it.
// One without the other is refused, because AWS would drop the answers silently.
func newRoute(key string, p routeProperties, functions []Function, answered bool) (Route, error) {
	r := Route{
		Key:     key,
		Timeout: time.Duration(p.IntegrationTimeout.or(29_000)) * time.Millisecond,
		TwoWay:  answered,
	}
	var err error
	r.Function, r.Alias, err = functionOf(p.FunctionArn, functions)
	switch {
	case err != nil:
		return Route{}, fmt.Errorf("FunctionArn: %w", err)
	case r.Timeout < 50*time.Millisecond || r.Timeout > 29*time.Second:
		return Route{}, errors.New("IntegrationTimeout: want 50 to 29000 milliseconds")
	case answered && p.RouteResponseSelectionExpression == "":
		return Route{}, errors.New("has a RouteResponse but no RouteResponseSelectionExpression, so answers would be dropped")
	case !answered && p.RouteResponseSelectionExpression != "":
		return Route{}, errors.New("has a RouteResponseSelectionExpression but no RouteResponse, so answers would be dropped")
	}
	return r, nil
}

// routeResponses gives the ids of the routes that have a $default response.
func routeResponses(t *Template) (map[string]bool, error) {
	answered := map[string]bool{}
	for _, r := range t.OfType(typeRouteResponse) {
		var p struct{ RouteID, RouteResponseKey string }
		if err := convert(r.Properties, &p); err != nil {
			return nil, place(r, err)
		}
		if p.RouteResponseKey != "$default" {
			return nil, place(r, errors.New("RouteResponseKey: a WebSocket API knows only $default"))
		}
		answered[p.RouteID] = true
	}
	return answered, nil
}

// functionOf finds the function, and the alias if any, that an ARN names.
func functionOf(arn string, functions []Function) (logicalID, alias string, err error) {
	for _, f := range functions {
		rest, ok := strings.CutPrefix(arn, f.ARN)
		if ok && (rest == "" || rest[0] == ':') {
			return f.LogicalID, strings.TrimPrefix(rest, ":"), nil
		}
	}
	return "", "", fmt.Errorf("%q is no function of this template", arn)
}
