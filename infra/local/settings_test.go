package main

import (
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

func TestFaultsAreReadFromOneVariable(t *testing.T) {
	for text, want := range map[string]dynamodb.Faults{
		"":                          {},
		"throttle=0.1":              {Throttle: 0.1},
		"fail=0.05, lose=1":         {Fail: 0.05, Lose: 1},
		"latency=20ms,throttle=0.5": {Latency: 20 * time.Millisecond, Throttle: 0.5},
	} {
		if got, err := parseFaults(text); err != nil || got != want {
			t.Errorf("%q is %+v (%v)", text, got, err)
		}
	}
	for _, text := range []string{"throttle", "throttle=2", "fail=-1", "latency=20", "earthquake=1", ","} {
		if got, err := parseFaults(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

func TestAnotherIdentityProviderIsNamedWithItsClient(t *testing.T) {
	got, err := parseProvider("https://id.example.com/realm,parley")
	if err != nil || got != (provider{"https://id.example.com/realm", "parley"}) || got.origin() != "https://id.example.com" {
		t.Errorf("got %+v at %s, %v", got, got.origin(), err)
	}
	if none, err := parseProvider(""); err != nil || none.origin() != "" {
		t.Errorf("nobody is %+v, %v", none, err)
	}
	for _, text := range []string{"https://id.example.com", "https://id.example.com,", ",parley", "id.example.com,parley"} {
		if got, err := parseProvider(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// The story is the same with a database that refuses, fails and loses answers:
// the SDK tries again, and what was done already is found.
func TestTheStoryBearsAFaultyDatabase(t *testing.T) {
	w := start(t, func(s *settings) {
		s.faults = dynamodb.Faults{Throttle: 0.005, Fail: 0.005, Lose: 0.005, Latency: 2 * time.Millisecond}
	})
	talk(t, w)
}
