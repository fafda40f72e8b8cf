package guard

import "sync"

// Quota counts what each holder holds and all hold together, and refuses more
// than a limit of either.
type Quota[Holder comparable] struct {
	each, all int

	mu    sync.Mutex
	total int
	held  map[Holder]int
}

// NewQuota makes a quota of so many for each holder and for all together.
func NewQuota[Holder comparable](each, all int) *Quota[Holder] {
	return &Quota[Holder]{each: each, all: all, held: make(map[Holder]int)}
}

// Take counts one more for a holder and tells whether it may have it. What
// was taken must be given back once.
func (q *Quota[Holder]) Take(holder Holder) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.total >= q.all || q.held[holder] >= q.each {
		return false
	}
	q.total++
	q.held[holder]++
	return true
}

// Give gives one back.
func (q *Quota[Holder]) Give(holder Holder) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.total--
	if q.held[holder]--; q.held[holder] == 0 {
		delete(q.held, holder)
	}
}

// Total is what all hold together.
func (q *Quota[Holder]) Total() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}
