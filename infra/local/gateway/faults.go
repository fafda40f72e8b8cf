package gateway

import (
	"context"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Faults are the failures of the real service that a test or a developer can
// turn on while the gateway runs. The zero value is a healthy service.
type Faults struct {
	// LoseDisconnect never runs $disconnect, which AWS only promises to try.
	LoseDisconnect bool
	// BareGone answers 410 with neither x-amzn-ErrorType nor a body, as AWS at
	// times does; the SDK then has no GoneException to offer.
	BareGone bool
	// PushFailShare is the share of pushes, 0 to 1, that fail with
	// PushFailStatus. They are spread evenly, not drawn: 0.25 fails each
	// fourth push.
	PushFailShare float64
	// PushFailStatus is 429 (LimitExceededException, the default) or a 5xx.
	PushFailStatus int
	// Delay is added before each push is taken and before each frame's
	// function is run.
	Delay time.Duration
	// Spread adds a random delay up to itself before each frame's function is
	// run, so that frames of one connection overtake each other.
	Spread time.Duration
}

type faultState struct {
	Faults
	pushes atomic.Int64
}

// SetFaults replaces all faults at once; SetFaults(Faults{}) heals.
func (g *Gateway) SetFaults(f Faults) {
	orDefault(&f.PushFailStatus, 429)
	g.faults.Store(&faultState{Faults: f})
}

// Cut drops the connection like a torn cable: no close frame goes out, and
// $disconnect reports 1006. It reports whether there was such a connection.
func (g *Gateway) Cut(id string) bool {
	c, ok := g.find(id)
	if ok {
		c.end(lost)
	}
	return ok
}

// failsPush counts one push and says whether it is one that must fail.
func (f *faultState) failsPush() bool {
	n := float64(f.pushes.Add(1))
	return math.Floor(n*f.PushFailShare) > math.Floor((n-1)*f.PushFailShare)
}

// beforeFrame waits as long as the faults ask before a frame's function runs.
func (f *faultState) beforeFrame(ctx context.Context) {
	wait := f.Delay
	if f.Spread > 0 {
		wait += rand.N(f.Spread)
	}
	pause(ctx, wait)
}

func pause(ctx context.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
