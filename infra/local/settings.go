package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

// place is an address that a part listens on, and the variable that moves it.
type place struct{ variable, address string }

// settings are what the environment says.
type settings struct {
	portal, websocket, lambda, dynamodb, turn place

	data             string // Folder of everything that is kept.
	root             string // Folder of the checkout: template.yaml, build, portal/dist.
	dynamodbEndpoint string // Another DynamoDB than our engine.
	lambdaEndpoint   string // Another Lambda than our host.

	logLevel string // The least level that functions log.

	signIn provider // Another identity provider than our own issuer; may be empty.

	faults dynamodb.Faults // That the engine makes up.

	ttl, idle, age time.Duration // Overrides of the twin's clocks; 0 for AWS's.
}

// provider is an OpenID Connect provider at which readers of the portal sign in.
type provider struct {
	Authority string `json:"authority"`
	ClientID  string `json:"clientId"` // The audience of its tokens too.
}

// origin is where the pages ask the provider.
func (p provider) origin() string {
	at, err := url.Parse(p.Authority)
	if err != nil || at.Host == "" {
		return ""
	}
	return at.Scheme + "://" + at.Host
}

// parseProvider reads "https://id.example.com,client".
func parseProvider(text string) (provider, error) {
	authority, client, found := strings.Cut(text, ",")
	at, err := url.Parse(authority)
	if text != "" && (!found || client == "" || err != nil || at.Host == "") {
		return provider{}, fmt.Errorf("PARLEY_SIGN_IN=%s is no provider and client such as https://id.example.com,parley", text)
	}
	return provider{authority, client}, nil
}

func readSettings() (settings, error) {
	s := settings{
		portal:    placeIn("PARLEY_PORTAL", "127.0.0.1:8080"),
		websocket: placeIn("PARLEY_WEBSOCKET", "127.0.0.1:8081"),
		lambda:    placeIn("PARLEY_LAMBDA", "127.0.0.1:3001"),
		dynamodb:  placeIn("PARLEY_DYNAMODB", "127.0.0.1:8000"),
		turn:      placeIn("PARLEY_TURN", "127.0.0.1:3478"),

		dynamodbEndpoint: os.Getenv("DYNAMODB_ENDPOINT"),
		lambdaEndpoint:   os.Getenv("LAMBDA_ENDPOINT"),
		logLevel:         cmp.Or(os.Getenv("PARLEY_LOG_LEVEL"), "WARN"),
	}
	for _, p := range []place{s.portal, s.websocket, s.lambda, s.dynamodb, s.turn} {
		if _, _, err := net.SplitHostPort(p.address); err != nil {
			return s, fmt.Errorf("%s=%s is no address such as 127.0.0.1:8080", p.variable, p.address)
		}
	}
	var err error
	if s.root, err = os.Getwd(); err != nil {
		return s, fmt.Errorf("find the checkout: %w", err)
	}
	if s.data, err = filepath.Abs(cmp.Or(os.Getenv("PARLEY_DATA"), ".parley")); err != nil {
		return s, fmt.Errorf("find the data folder: %w", err)
	}
	if s.signIn, err = parseProvider(os.Getenv("PARLEY_SIGN_IN")); err != nil {
		return s, err
	}
	if s.faults, err = parseFaults(os.Getenv("PARLEY_DYNAMODB_FAULTS")); err != nil {
		return s, err
	}
	for variable, into := range map[string]*time.Duration{
		"PARLEY_TTL_INTERVAL": &s.ttl, "PARLEY_IDLE_TIMEOUT": &s.idle, "PARLEY_MAX_AGE": &s.age,
	} {
		if *into, err = time.ParseDuration(cmp.Or(os.Getenv(variable), "0s")); err != nil {
			return s, fmt.Errorf("%s is no duration such as 90s or 2h", variable)
		}
	}
	return s, nil
}

// parseFaults reads shares and a delay such as throttle=0.1,fail=0.05,lose=0.01,latency=20ms.
func parseFaults(text string) (dynamodb.Faults, error) {
	var f dynamodb.Faults
	if text == "" {
		return f, nil
	}
	shares := map[string]*float64{"throttle": &f.Throttle, "fail": &f.Fail, "lose": &f.Lose}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var err error
		if share, ok := shares[name]; ok {
			if *share, err = strconv.ParseFloat(value, 64); err == nil && (*share < 0 || *share > 1) {
				err = errors.New("a share is from 0 to 1")
			}
		} else if name == "latency" {
			f.Latency, err = time.ParseDuration(value)
		} else {
			err = errors.New("there is no such fault")
		}
		if err != nil {
			return f, fmt.Errorf("PARLEY_DYNAMODB_FAULTS: %q is no fault such as throttle=0.1 or latency=20ms: %w", part, err)
		}
	}
	return f, nil
}

func placeIn(variable, otherwise string) place {
	return place{variable, cmp.Or(os.Getenv(variable), otherwise)}
}

// listen takes the place's TCP port, or says who can move it.
func (p place) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		return nil, p.taken(err)
	}
	return l, nil
}

func (p place) taken(err error) error {
	return fmt.Errorf("%s cannot be used (%w); set %s to another address", p.address, err, p.variable)
}
