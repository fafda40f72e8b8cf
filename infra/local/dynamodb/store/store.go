// Package store keeps sorted keys and values in memory and every change to them
// in a log on disk, and lets many writers share one sync of that log.
//
// Every write is a function that runs alone, in the order of arrival. A writer
// whose turn it is runs all that wait, one after another, as a batch, and syncs
// the batch to disk as one; meanwhile the next one gathers. Whoever waits for a
// write hears of it only after the sync, also of a refusal, since that may rest
// on what the same batch wrote. Reads run beside all that, on the last synced
// state, which never changes: the tree copies what it changes and shares the
// rest.
//
// Why not a database library: docs/decisions/0002-embedded-store.md.
package store

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// maxBatch is how many writes share a sync at most.
const maxBatch = 256

// ErrClosed is returned by reads and writes after Close.
var ErrClosed = errors.New("store is closed")

// Store is an open store. It is safe for concurrent use.
type Store struct {
	log    *logFile
	synced atomic.Pointer[state] // nil once closed
	queue  chan *write
	turn   chan struct{} // holds a value while a writer commits
}

type write struct {
	do   func(*Tx) error
	err  error
	done chan struct{}
}

// Open opens the store in a folder that exists, reading its log if there is
// one. It fails if another process has it open.
func Open(dir string) (*Store, error) {
	log, restored, err := openLog(dir)
	if err != nil {
		return nil, fmt.Errorf("open the store in %s: %w", dir, err)
	}
	s := &Store{log: log, queue: make(chan *write, maxBatch), turn: make(chan struct{}, 1)}
	s.synced.Store(restored)
	return s, nil
}

// Close waits for the batch under way and closes the log; what was not in the
// batch fails with ErrClosed.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.synced.Store(nil)
	return s.log.close()
}

// Read runs do on the last synced state.
func (s *Store) Read(do func(*Tx) error) error {
	synced := s.synced.Load()
	if synced == nil {
		return ErrClosed
	}
	return do(&Tx{state: *synced})
}

// Write runs do alone and returns its error, or nil once all that it wrote is
// on disk. If do fails or panics, nothing of it stays. After an error of the
// disk, every further write fails with it.
func (s *Store) Write(do func(*Tx) error) error {
	w := &write{do: do, done: make(chan struct{})}
	s.queue <- w
	for {
		select {
		case <-w.done:
			return w.err
		case s.turn <- struct{}{}:
			s.commit(s.waiting())
			<-s.turn
		}
	}
}

// waiting takes the writes that wait, up to a full batch.
func (s *Store) waiting() []*write {
	var batch []*write
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

// commit runs a batch, syncs what it wrote and answers its writers.
func (s *Store) commit(batch []*write) {
	err := s.sync(batch)
	for _, w := range batch {
		if err != nil {
			w.err = err
		}
		close(w.done)
	}
}

func (s *Store) sync(batch []*write) error {
	synced := s.synced.Load()
	if synced == nil {
		return ErrClosed
	}
	next := *synced
	var changes []byte
	for _, w := range batch {
		tx := &Tx{state: next.clone(), changes: changes, writable: true}
		if w.err = tx.run(w.do); w.err == nil {
			next, changes = tx.state, tx.changes
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := s.log.append(changes, next); err != nil {
		return err
	}
	s.synced.Store(&next)
	return nil
}

// run calls do and makes a panic an error, so that one bad write cannot stop
// the others.
func (tx *Tx) run(do func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return do(tx)
}
