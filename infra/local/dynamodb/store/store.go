// Package store keeps sorted keys and values in memory and every change to them
// in a log on disk, and lets many writers share one sync of that log.
//
// Every write is a function that runs alone, in the order of arrival. All that
// wait run one after another as a batch; the batch is synced to disk as one,
// and meanwhile the next one gathers. Whoever waits for a write hears of it
// only after the sync, also of a refusal, since that may rest on what the same
// batch wrote. Reads run beside all that, on the last synced state, which never
// changes: the tree copies what it changes and shares the rest.
//
// Why not a database library: docs/decisions/0002-embedded-store.md.
package store

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// maxBatch is how many writes share a sync at most.
const maxBatch = 256

// ErrClosed is returned by reads and writes after Close.
var ErrClosed = errors.New("store is closed")

// Store is an open store. It is safe for concurrent use.
type Store struct {
	log     *logFile
	synced  atomic.Pointer[state]
	queue   chan *write
	closing chan struct{}
	closed  sync.WaitGroup
}

type write struct {
	do   func(*Tx) error
	err  error
	done chan struct{}
}

// Open opens the store in a folder that exists, reading its log if there is
// one. It fails if another process has it open.
func Open(dir string) (*Store, error) {
	s := &Store{queue: make(chan *write, maxBatch), closing: make(chan struct{})}
	log, restored, err := openLog(dir)
	if err != nil {
		return nil, fmt.Errorf("open the store in %s: %w", dir, err)
	}
	s.log = log
	s.synced.Store(restored)
	s.closed.Go(s.commitBatches)
	return s, nil
}

// Close finishes the writes under way and closes the log.
func (s *Store) Close() error {
	close(s.closing)
	s.closed.Wait()
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
	}
	select {
	case <-w.done:
		return w.err
	default:
		return ErrClosed
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

// commit runs a batch, syncs what it wrote and answers its writers.
func (s *Store) commit(batch []*write) {
	next := *s.synced.Load()
	var changes []byte
	for _, w := range batch {
		tx := &Tx{state: next.clone(), changes: changes, writable: true}
		if w.err = tx.run(w.do); w.err == nil {
			next, changes = tx.state, tx.changes
		}
	}
	if len(changes) > 0 {
		if err := s.log.append(changes, next); err != nil {
			for _, w := range batch {
				w.err = err
			}
		} else {
			s.synced.Store(&next)
		}
	}
	for _, w := range batch {
		close(w.done)
	}
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
