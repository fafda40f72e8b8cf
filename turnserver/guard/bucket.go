package guard

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// buckets is a power of two. At 16 bytes each the whole table takes 1 MiB.
const buckets = 1 << 16

// Buckets limits how often each source is served, with a token bucket per
// source. Its memory is fixed: sources share a bucket by a keyed hash that an
// attacker cannot predict, so a flood from many forged sources can slow down
// strangers but never exhaust memory.
type Buckets struct {
	rate  float32 // tokens per second
	burst float32
	seed  maphash.Seed

	mu    sync.Mutex
	table []bucket
}

type bucket struct {
	filled time.Duration // since start, at the last use
	tokens float32
}

// NewBuckets makes buckets that hold burst tokens and regain rate of them a
// second.
func NewBuckets(rate, burst int) *Buckets {
	b := &Buckets{rate: float32(rate), burst: float32(burst), seed: maphash.MakeSeed(), table: make([]bucket, buckets)}
	for i := range b.table {
		b.table[i].tokens = b.burst
	}
	return b
}

// Take takes one token from the bucket of a source and tells whether there
// was one. Elapsed is the time since some fixed start, such as the process's.
func (b *Buckets) Take(source netip.Addr, elapsed time.Duration) bool {
	index := maphash.Comparable(b.seed, Source(source)) % buckets
	b.mu.Lock()
	defer b.mu.Unlock()
	one := &b.table[index]
	if gap := elapsed - one.filled; gap > 0 {
		one.tokens = min(b.burst, one.tokens+float32(gap.Seconds())*b.rate)
		one.filled = elapsed
	}
	if one.tokens < 1 {
		return false
	}
	one.tokens--
	return true
}

// Source is what counts as one source: an IPv4 address, or the /64 that an
// IPv6 host can choose its addresses from.
func Source(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits) // fails only for an address without a family
	return prefix
}
