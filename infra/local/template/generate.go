package template

import (
	"maps"
	"strings"
	"unicode"
)

// generated gives the logical ids and types of the resources that the SAM
// translator (1.110.0) makes of one resource, as far as templates refer to them.
func generated(id string, r *resource) map[string]string {
	switch r.kind {
	case typeFunction:
		return generatedByFunction(id, r)
	case typeWebSocketAPI:
		return generatedByAPI(id, r)
	default:
		return nil
	}
}

func generatedByFunction(id string, r *resource) map[string]string {
	made := map[string]string{}
	if _, own := r.properties["Role"]; !own {
		made[id+"Role"] = "AWS::IAM::Role"
	}
	events, _ := r.properties["Events"].(map[string]any)
	for name, e := range events {
		event, _ := e.(map[string]any)
		switch event["Type"] {
		case "Schedule":
			made[id+name] = "AWS::Events::Rule"
		case "ScheduleV2":
			made[id+name] = "AWS::Scheduler::Schedule"
			made[id+name+"Role"] = "AWS::IAM::Role"
		case "DynamoDB":
			made[id+name] = "AWS::Lambda::EventSourceMapping"
		}
	}
	return made
}

func generatedByAPI(id string, r *resource) map[string]string {
	made := map[string]string{}
	routes, _ := r.properties["Routes"].(map[string]any)
	for key := range routes {
		base, ok := routeBase(id, key)
		if !ok {
			continue // newAPI says what is wrong with the key
		}
		maps.Copy(made, map[string]string{
			base + "Route":       "AWS::ApiGatewayV2::Route",
			base + "Integration": "AWS::ApiGatewayV2::Integration",
			base + "Permission":  "AWS::Lambda::Permission",
		})
	}
	made[id+"ConnectAuthorizer"] = "AWS::ApiGatewayV2::Authorizer"
	return made
}

// routeBase is the start of a route's logical ids: the route sendMessage of Api
// becomes ApiSendmessageRoute, $connect becomes ApiConnectRoute. It refuses the
// keys that SAM refuses.
func routeBase(api, key string) (string, bool) {
	switch key {
	case "$connect", "$disconnect", "$default":
		key = key[1:]
	}
	for _, c := range key {
		if c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return "", false
		}
	}
	if key == "" {
		return "", false
	}
	return api + strings.ToUpper(key[:1]) + strings.ToLower(key[1:]), true
}
