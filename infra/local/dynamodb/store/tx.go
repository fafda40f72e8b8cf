package store

import (
	"bytes"
	"fmt"
	"iter"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// Tx is a transaction, valid only inside the function that it was given to.
// Keys and values that it hands out are lent: they must be copied to be kept.
type Tx struct {
	bolt    *bolt.Tx
	changed bool
}

// run calls do and makes a panic an error, so that one bad write cannot stop
// the others.
func (tx *Tx) run(do func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			tx.changed = true
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return do(tx)
}

// Bucket finds a bucket; ok is false if there is none of that name.
func (tx *Tx) Bucket(name string) (b Bucket, ok bool) {
	found := tx.bolt.Bucket([]byte(name))
	return Bucket{tx, found}, found != nil
}

// Create makes a bucket, or finds the one that is there.
func (tx *Tx) Create(name string) (Bucket, error) {
	if b, ok := tx.Bucket(name); ok {
		return b, nil
	}
	tx.changed = true
	b, err := tx.bolt.CreateBucket([]byte(name))
	return Bucket{tx, b}, err
}

// Drop removes a bucket with all that is in it; it may be missing.
func (tx *Tx) Drop(name string) error {
	if _, ok := tx.Bucket(name); !ok {
		return nil
	}
	tx.changed = true
	return tx.bolt.DeleteBucket([]byte(name))
}

// Bucket is a sorted set of keys with values.
type Bucket struct {
	tx   *Tx
	bolt *bolt.Bucket
}

// Get gives the value of a key, nil if there is none.
func (b Bucket) Get(key []byte) []byte { return b.bolt.Get(key) }

// Put sets the value of a key, which must stay unchanged until the commit.
func (b Bucket) Put(key, value []byte) error {
	b.tx.changed = true
	return b.bolt.Put(key, value)
}

// Delete removes a key, which may be missing.
func (b Bucket) Delete(key []byte) error {
	b.tx.changed = true
	return b.bolt.Delete(key)
}

// NextSequence counts 1, 2, 3 … for the bucket's whole life.
func (b Bucket) NextSequence() (uint64, error) {
	b.tx.changed = true
	return b.bolt.NextSequence()
}

// Sequence is the last number that NextSequence gave, 0 before the first.
func (b Bucket) Sequence() uint64 { return b.bolt.Sequence() }

// Stats counts the keys and the bytes that they and their values fill. It
// reads the whole bucket.
func (b Bucket) Stats() (keys, size int) {
	s := b.bolt.Stats()
	return s.KeyN, s.LeafInuse
}

// Range is a part of a bucket: from Low, included, to High, excluded; a nil
// bound is open.
type Range struct{ Low, High []byte }

// All walks a range in ascending order, or descending if so told. The bucket
// must not be changed during the walk.
func (b Bucket) All(r Range, descending bool) iter.Seq2[[]byte, []byte] {
	c := b.bolt.Cursor()
	if descending {
		return func(yield func(k, v []byte) bool) {
			for k, v := before(c, r.High); k != nil && bytes.Compare(k, r.Low) >= 0; k, v = c.Prev() {
				if !yield(k, v) {
					return
				}
			}
		}
	}
	return func(yield func(k, v []byte) bool) {
		for k, v := c.Seek(r.Low); k != nil && (r.High == nil || bytes.Compare(k, r.High) < 0); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// before places a cursor on the last key below high.
func before(c *bolt.Cursor, high []byte) (k, v []byte) {
	if high == nil {
		return c.Last()
	}
	if k, _ = c.Seek(high); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// First copies the first keys of a range, at most limit, so that the bucket
// may be changed afterwards.
func (b Bucket) First(r Range, limit int) [][]byte {
	var keys [][]byte
	for k := range b.All(r, false) {
		if len(keys) == limit {
			break
		}
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}
