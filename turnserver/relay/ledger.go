package relay

import (
	"context"
	"sync"
)

// ledger knows the live allocations, and keeps account of the ended ones.
type ledger struct {
	mu      sync.Mutex
	changed sync.Cond // when an allocation has ended
	live    map[*allocation]struct{}
	opened  int64
	up      traffic // of ended allocations
	down    traffic
}

// traffic is what went one way.
type traffic struct{ packets, bytes int64 }

func (t *traffic) add(more *way) {
	t.packets += more.packets.Load()
	t.bytes += more.bytes.Load()
}

func newLedger() *ledger {
	l := &ledger{live: make(map[*allocation]struct{})}
	l.changed.L = &l.mu
	return l
}

func (l *ledger) add(a *allocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live[a] = struct{}{}
	l.opened++
}

func (l *ledger) remove(a *allocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, a)
	l.up.add(&a.up)
	l.down.add(&a.down)
	l.changed.Broadcast()
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.live)
}

// account is what was relayed so far, live allocations included.
func (l *ledger) account() (opened int64, up, down traffic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	up, down = l.up, l.down
	for a := range l.live {
		up.add(&a.up)
		down.add(&a.down)
	}
	return l.opened, up, down
}

// wait returns when no allocation is live, or with the error of ctx.
func (l *ledger) wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.changed.Broadcast()
	})
	defer stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.live) > 0 && ctx.Err() == nil {
		l.changed.Wait()
	}
	if len(l.live) > 0 {
		return ctx.Err()
	}
	return nil
}

// streams are the open connections.
type streams struct {
	mu     sync.Mutex
	open   map[*stream]struct{}
	closed bool
}

// add returns false once all streams are closed.
func (s *streams) add(st *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open[st] = struct{}{}
	return true
}

func (s *streams) remove(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, st)
}

func (s *streams) closeAll() {
	s.mu.Lock()
	s.closed = true
	all := make([]*stream, 0, len(s.open))
	for st := range s.open {
		all = append(all, st)
	}
	s.mu.Unlock()
	for _, st := range all {
		st.Close()
	}
}
