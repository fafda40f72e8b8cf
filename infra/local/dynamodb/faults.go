package dynamodb

import (
	"context"
	"math/rand/v2"
	"time"
)

// Faults are failures that the server makes up, to show clients what real
// DynamoDB does now and then. Shares are between 0 and 1 of all requests.
type Faults struct {
	Throttle float64       // share refused with ProvisionedThroughputExceededException
	Fail     float64       // share answered InternalServerError, nothing carried out
	Lose     float64       // share carried out and then answered InternalServerError
	Latency  time.Duration // added before each request
}

// SetFaults replaces the faults from now on.
func (s *Server) SetFaults(f Faults) { s.faults.Store(&f) }

// strike draws a request's fault. With lose the request is to be carried out
// and its answer lost.
func (s *Server) strike(ctx context.Context) (lose bool, err error) {
	f := s.faults.Load()
	if f.Latency > 0 {
		select {
		case <-time.After(f.Latency):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	switch draw := rand.Float64(); {
	case draw < f.Throttle:
		return false, errThrottled
	case draw < f.Throttle+f.Fail:
		return false, errInternal
	case draw < f.Throttle+f.Fail+f.Lose:
		return true, nil
	}
	return false, nil
}
