package store

import (
	"encoding/binary"
	"iter"
	"strings"

	"github.com/google/btree"
)

// treeDegree is how wide the tree's nodes are; copying one on a change costs
// more with wider nodes, finding a key costs more with narrower ones.
const treeDegree = 32

type entry struct{ key, value string }

// state is all keys and values at one moment, and their size.
type state struct {
	tree  *btree.BTreeG[entry]
	bytes int
}

func emptyState() state {
	return state{tree: btree.NewG(treeDegree, func(a, b entry) bool { return a.key < b.key })}
}

// clone gives a state that may be changed while this one stays as it is. It
// costs next to nothing.
func (s state) clone() state { return state{s.tree.Clone(), s.bytes} }

func (s *state) put(key, value string) {
	old, replaced := s.tree.ReplaceOrInsert(entry{key, value})
	s.bytes += len(value) - len(old.value)
	if !replaced {
		s.bytes += len(key)
	}
}

func (s *state) delete(key string) (found bool) {
	old, found := s.tree.Delete(entry{key: key})
	s.bytes -= len(old.key) + len(old.value)
	return found
}

// Tx is a transaction, valid only inside the function that it was given to.
type Tx struct {
	state    state
	changes  []byte // as the log records them
	writable bool
}

// Changes in the log: a kind, then texts led by their lengths.
const (
	putChange    = 'P' // key, value
	deleteChange = 'D' // key
)

func (tx *Tx) note(kind byte, texts ...string) {
	if !tx.writable {
		panic("a write in a read-only transaction")
	}
	tx.changes = append(tx.changes, kind)
	for _, text := range texts {
		tx.changes = binary.AppendUvarint(tx.changes, uint64(len(text)))
		tx.changes = append(tx.changes, text...)
	}
}

// Bucket is the part of the store whose keys begin with a name.
type Bucket struct {
	tx     *Tx
	prefix string
}

// Bucket gives the bucket of a name, which has no zero byte. Buckets need not
// be made; one that nothing was put in is empty.
func (tx *Tx) Bucket(name string) Bucket { return Bucket{tx, name + "\x00"} }

// Get gives the value of a key.
func (b Bucket) Get(key string) (value string, ok bool) {
	e, ok := b.tx.state.tree.Get(entry{key: b.prefix + key})
	return e.value, ok
}

// Put sets the value of a key.
func (b Bucket) Put(key, value string) {
	key = b.prefix + key
	b.tx.note(putChange, key, value)
	b.tx.state.put(key, value)
}

// Delete removes a key, which may be missing.
func (b Bucket) Delete(key string) {
	key = b.prefix + key
	if b.tx.state.delete(key) {
		b.tx.note(deleteChange, key)
	}
}

// Clear removes all keys.
func (b Bucket) Clear() {
	for _, key := range b.First(Range{}, b.tx.state.tree.Len()) {
		b.Delete(key)
	}
}

// Range is a part of a bucket: from Low, included, to High, excluded; an empty
// bound is open.
type Range struct{ Low, High string }

// All walks a range in ascending order, or descending if so told. The bucket
// must not be changed during the walk.
func (b Bucket) All(r Range, descending bool) iter.Seq2[string, string] {
	low, high := entry{key: b.prefix + r.Low}, entry{key: b.prefix + r.High}
	if r.High == "" {
		high.key = b.prefix[:len(b.prefix)-1] + "\x01"
	}
	return func(yield func(key, value string) bool) {
		visit := func(e entry) bool { return yield(strings.TrimPrefix(e.key, b.prefix), e.value) }
		if !descending {
			b.tx.state.tree.AscendRange(low, high, visit)
			return
		}
		b.tx.state.tree.DescendLessOrEqual(high, func(e entry) bool {
			if e.key == high.key {
				return true
			}
			return e.key >= low.key && visit(e)
		})
	}
}

// First gives the first keys of a range, at most limit, so that the bucket may
// be changed while they are looked at.
func (b Bucket) First(r Range, limit int) []string {
	var keys []string
	for key := range b.All(r, false) {
		if len(keys) == limit {
			break
		}
		keys = append(keys, key)
	}
	return keys
}
