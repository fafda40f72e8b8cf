package main

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
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

	ttl, idle, age time.Duration // Overrides of the twin's clocks; 0 for AWS's.
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
	for variable, into := range map[string]*time.Duration{
		"PARLEY_TTL_INTERVAL": &s.ttl, "PARLEY_IDLE_TIMEOUT": &s.idle, "PARLEY_MAX_AGE": &s.age,
	} {
		if *into, err = time.ParseDuration(cmp.Or(os.Getenv(variable), "0s")); err != nil {
			return s, fmt.Errorf("%s is no duration such as 90s or 2h", variable)
		}
	}
	return s, nil
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
