package store

import (
	"errors"
	"iter"

	"github.com/cockroachdb/pebble/v2"
)

// Tx is a transaction, valid only inside the function that it was given to. An
// error of the disk in a read ends it with a panic, which whoever runs it makes
// an error.
type Tx struct {
	reader pebble.Reader
	batch  *pebble.Batch // nil where it only reads
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
	found, closer, err := b.tx.reader.Get([]byte(b.prefix + key))
	if errors.Is(err, pebble.ErrNotFound) {
		return "", false
	}
	must(err)
	value = string(found)
	must(closer.Close())
	return value, true
}

// Put sets the value of a key.
func (b Bucket) Put(key, value string) {
	must(b.tx.batch.Set([]byte(b.prefix+key), []byte(value), nil))
}

// Delete removes a key, which may be missing.
func (b Bucket) Delete(key string) {
	must(b.tx.batch.Delete([]byte(b.prefix+key), nil))
}

// Clear removes all keys.
func (b Bucket) Clear() {
	low, high := b.bounds(Range{})
	must(b.tx.batch.DeleteRange(low, high, nil))
}

// Range is a part of a bucket: from Low, included, to High, excluded; an empty
// bound is open.
type Range struct{ Low, High string }

// bounds are a range as the store's own keys.
func (b Bucket) bounds(r Range) (low, high []byte) {
	high = []byte(b.prefix + r.High)
	if r.High == "" {
		high[len(high)-1]++ // The zero byte behind the name.
	}
	return []byte(b.prefix + r.Low), high
}

// All walks a range in ascending order, or descending if so told. The bucket
// must not be changed during the walk.
func (b Bucket) All(r Range, descending bool) iter.Seq2[string, string] {
	low, high := b.bounds(r)
	return func(yield func(key, value string) bool) {
		walk, err := b.tx.reader.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
		must(err)
		defer func() { must(walk.Close()) }()
		begin, step := walk.First, walk.Next
		if descending {
			begin, step = walk.Last, walk.Prev
		}
		for ok := begin(); ok; ok = step() {
			if !yield(string(walk.Key()[len(b.prefix):]), string(walk.Value())) {
				return
			}
		}
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

// must ends a transaction that cannot go on.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
