// Package store keeps sorted keys and values in one bbolt file and lets many
// writers share one fsync.
//
// Every write is a function that runs alone, in the order of arrival, inside
// the transaction of a batch; while a batch is synced to disk the next one
// gathers. Whoever waits for a write hears of it only after the sync, also of
// a refusal, since that may rest on what the same batch wrote. Reads run beside
// all that, on the last synced state.
package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	maxBatch    = 256     // writes that share a sync
	initialMmap = 1 << 30 // address space, not memory: growing it would make readers wait
	lockTimeout = 2 * time.Second
)

// ErrClosed is returned by writes after Close.
var ErrClosed = errors.New("store is closed")

// Store is an open file. It is safe for concurrent use.
type Store struct {
	db      *bolt.DB
	queue   chan *write
	closing chan struct{}
	closed  sync.WaitGroup
}

type write struct {
	do   func(*Tx) error
	err  error
	done chan struct{}
}

// Open opens the store in a folder that exists, making its file if needed. It
// waits two seconds for another process to let go of the file.
func Open(dir string) (*Store, error) {
	db, err := bolt.Open(filepath.Join(dir, "dynamodb.bolt"), 0o600, &bolt.Options{
		Timeout:         lockTimeout,
		FreelistType:    bolt.FreelistMapType,
		NoFreelistSync:  true,
		InitialMmapSize: initialMmap,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store in %s: %w", dir, err)
	}
	s := &Store{db: db, queue: make(chan *write, maxBatch), closing: make(chan struct{})}
	s.closed.Go(s.commitBatches)
	return s, nil
}

// Close finishes the writes under way and closes the file.
func (s *Store) Close() error {
	close(s.closing)
	s.closed.Wait()
	return s.db.Close()
}

// Read runs do on the last synced state.
func (s *Store) Read(do func(*Tx) error) error {
	return s.db.View(func(tx *bolt.Tx) error { return do(&Tx{bolt: tx}) })
}

// Write runs do alone and returns its error, or nil once all that it wrote is
// on disk. If do fails, nothing of it stays. It may run more than once, when a
// neighbour in its batch fails half-way, so it must not build on an earlier
// run.
func (s *Store) Write(do func(*Tx) error) error {
	w := &write{do: do, done: make(chan struct{})}
	select {
	case s.queue <- w:
	case <-s.closing:
		return ErrClosed
	}
	select {
	case <-w.done:
		return w.err
	case <-s.closing:
		s.closed.Wait()
		select {
		case <-w.done:
			return w.err
		default:
			return ErrClosed
		}
	}
}

func (s *Store) commitBatches() {
	for {
		select {
		case first := <-s.queue:
			s.commit(s.gather(first))
		case <-s.closing:
			return
		}
	}
}

// gather takes all that waits, up to a full batch.
func (s *Store) gather(first *write) []*write {
	batch := []*write{first}
	for len(batch) < maxBatch {
		select {
		case w := <-s.queue:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch and answers its writers. A write that fails after it
// wrote something spoils the transaction: then it is answered and the others
// run again without it.
func (s *Store) commit(batch []*write) {
	for len(batch) > 0 {
		spoiler, err := s.attempt(batch)
		if spoiler < 0 {
			for _, w := range batch {
				if err != nil {
					w.err = err
				}
				close(w.done)
			}
			return
		}
		close(batch[spoiler].done)
		batch = append(batch[:spoiler], batch[spoiler+1:]...)
	}
}

// attempt runs a batch in one transaction. It gives the place of the write
// that spoiled it, or -1 and the error of the transaction itself.
func (s *Store) attempt(batch []*write) (spoiler int, err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		return -1, fmt.Errorf("begin a batch: %w", err)
	}
	defer func() {
		if e := tx.Rollback(); e != nil && !errors.Is(e, bolt.ErrTxClosed) {
			err = errors.Join(err, e)
		}
	}()
	changed := false
	for i, w := range batch {
		own := &Tx{bolt: tx}
		w.err = own.run(w.do)
		if w.err != nil && own.changed {
			return i, nil
		}
		changed = changed || own.changed
	}
	if !changed {
		return -1, nil
	}
	if err := tx.Commit(); err != nil {
		return -1, fmt.Errorf("commit a batch of %d writes: %w", len(batch), err)
	}
	return -1, nil
}
