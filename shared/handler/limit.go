package handler

import (
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/parleychat/parley/shared/fault"
)

// allowance is how often something may be done: so many a second, and so many
// at once.
type allowance struct {
	rate  rate.Limit
	burst int
}

// allowances are what one connection may do, by command; others share one. They
// are far above what people do and far below what hurts.
var allowances = map[string]allowance{
	"message.post":         {10, 40},
	"message.hide":         {0.5, 10},
	"message.reveal":       {1, 10},
	"message.type":         {1, 5},
	"message.read":         {1, 10},
	"session.request":      {0.1, 3},
	"session.callback":     {0.1, 3},
	"session.invite":       {0.2, 10},
	"presence.notify":      {0.2, 5},
	"presence.acknowledge": {0.2, 10},
	"call.signal":          {20, 200},
}

var (
	otherwise = allowance{10, 60}
	// together is what all the connections of a principal may do.
	together = allowance{100, 600}
)

// watchedBuckets is how many connections and principals are counted; the ones that
// were quiet longest are forgotten.
const watchedBuckets = 4096

// Limits count what connections and principals do. They are kept by one
// process, so what many processes let through together is a multiple; that
// costs no read for a frame, and keeps any one client from crowding out others.
type Limits struct {
	buckets *lru.Cache[string, *rate.Limiter]
}

// NewLimits returns limits that have seen nothing.
func NewLimits() *Limits {
	buckets, err := lru.New[string, *rate.Limiter](watchedBuckets)
	if err != nil {
		panic(err) // Only for a size below one.
	}
	return &Limits{buckets}
}

// allow returns the fault rate_limited where the caller does something too
// often. No limits allow everything.
func (l *Limits) allow(c Caller, command string) error {
	if l == nil {
		return nil
	}
	own, ok := allowances[command]
	class := command
	if !ok {
		own, class = otherwise, ""
	}
	if !l.bucket("connection#"+c.Connection+"#"+class, own).AllowN(c.Now, 1) || !l.bucket("principal#"+c.ID, together).AllowN(c.Now, 1) {
		return fault.New(fault.RateLimited, "That was too much at once. Wait a moment and try again.")
	}
	return nil
}

func (l *Limits) bucket(key string, a allowance) *rate.Limiter {
	if known, ok := l.buckets.Get(key); ok {
		return known
	}
	fresh := rate.NewLimiter(a.rate, a.burst)
	l.buckets.Add(key, fresh)
	return fresh
}
