package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/parleychat/parley/shared/fault"
)

var errSecret = errors.New("table parley-7f3a: no such host 10.0.0.7")

func TestAClientSeesOnlyTheCodeAndTheSentence(t *testing.T) {
	busy := fault.New(fault.Unavailable, "The %s is busy.", "database").Because(errSecret)
	for what, test := range map[string]struct {
		err  error
		wire string
	}{
		"a fault":                {fault.New(fault.NotFound, "There is no such session."), `{"code":"not_found","message":"There is no such session."}`},
		"a fault with its cause": {busy, `{"code":"unavailable","message":"The database is busy."}`},
		"a fault deep in others": {fmt.Errorf("commit: %w", fmt.Errorf("write: %w", busy)), `{"code":"unavailable","message":"The database is busy."}`},
		"any other error":        {errSecret, `{"code":"internal","message":"Something went wrong on our side. Please try again."}`},
	} {
		wire, err := json.Marshal(fault.Public(test.err))
		if err != nil || string(wire) != test.wire {
			t.Errorf("%s: a client sees %s, %v", what, wire, err)
		}
	}
	if !errors.Is(fault.Public(errSecret), errSecret) {
		t.Error("the log does not see what went wrong")
	}
}

func TestACauseIsToldToTheLogAndChangesNoOther(t *testing.T) {
	plain := fault.New(fault.Conflict, "Somebody else was first.")
	caused := plain.Because(errSecret)
	if plain.Cause != nil || !errors.Is(caused, errSecret) {
		t.Errorf("plain is %v, caused %v", plain, caused)
	}
	if plain.Error() != "conflict: Somebody else was first." || caused.Error() != "conflict: Somebody else was first. ("+errSecret.Error()+")" {
		t.Errorf("logged as %q and %q", plain, caused)
	}
}

func TestACodeIsFoundInsideOtherErrors(t *testing.T) {
	err := fmt.Errorf("load: %w", fault.New(fault.NotFound, "There is no such session."))
	if !fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) || fault.Is(errSecret, fault.Internal) || fault.Is(nil, fault.Internal) {
		t.Error("a code is missed, or seen where none is")
	}
}

func TestRetryingHelpsOnlyWithWhatPasses(t *testing.T) {
	for code, helps := range map[fault.Code]bool{
		fault.Invalid: false, fault.Unauthenticated: false, fault.Forbidden: false, fault.NotFound: false, fault.Conflict: false,
		fault.TooLarge: false, fault.RateLimited: true, fault.Unavailable: true, fault.Internal: true,
	} {
		if code.Retryable() != helps {
			t.Errorf("%s: retrying helps is %v", code, !helps)
		}
	}
}
