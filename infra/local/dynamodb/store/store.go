// Package store keeps sorted keys and values in Pebble, and lets many writers
// share one sync of its log.
//
// Every write is a function that runs alone, in the order of arrival. A writer
// whose turn it is runs all that wait, one after another, as a batch, and syncs
// the batch to disk as one; meanwhile the next one gathers. Whoever waits for a
// write hears of it only after the sync, also of a refusal, since that may rest
// on what the same batch wrote. Reads run beside all that, on a snapshot of the
// last synced state.
//
// Why Pebble: docs/decisions/0002-embedded-store.md.
package store

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// maxBatch is how many writes share a sync at most.
const maxBatch = 256

// ErrClosed is returned by reads and writes after Close.
var ErrClosed = errors.New("store is closed")

// Store is an open store. It is safe for concurrent use.
type Store struct {
	db    *pebble.DB
	queue chan *write
	turn  chan struct{} // holds a value while a writer commits

	mu     sync.Mutex
	synced *view // nil once closed
	broken error // of the disk, after which nothing is written
}

// view is a snapshot and how many look at it; the store itself is one.
type view struct {
	*pebble.Snapshot
	users int
}

type write struct {
	do   func(*Tx) error
	err  error
	done chan struct{}
}

// Open opens the store in a folder, which it makes if needed. It fails if
// another process has it open.
func Open(dir string) (*Store, error) { return openOn(vfs.Default, dir) }

// openOn opens the store on a file system.
func openOn(fs vfs.FS, dir string) (*Store, error) {
	db, err := pebble.Open(dir, &pebble.Options{
		FS: fs, Logger: silent{}, FormatMajorVersion: pebble.FormatNewest, MemTableSize: 16 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("open the store in %s (another program may have it open): %w", dir, err)
	}
	return &Store{
		db: db, queue: make(chan *write, maxBatch), turn: make(chan struct{}, 1),
		synced: &view{db.NewSnapshot(), 1},
	}, nil
}

// Close waits for the batch under way and for the reads that run, and closes
// the files; what was not in the batch fails with ErrClosed.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if !s.publish(nil) {
		return ErrClosed
	}
	return s.db.Close()
}

// Read runs do on the last synced state.
func (s *Store) Read(do func(*Tx) error) error {
	s.mu.Lock()
	v := s.synced
	if v == nil {
		s.mu.Unlock()
		return ErrClosed
	}
	v.users++
	s.mu.Unlock()
	defer s.leave(v)
	return do(&Tx{reader: v})
}

// leave closes a view that nobody looks at any more.
func (s *Store) leave(v *view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.users--; v.users == 0 {
		_ = v.Close() // A snapshot closes without an error.
	}
}

// publish puts a new view in the place of the old one, and reports whether
// there was one.
func (s *Store) publish(next *view) bool {
	s.mu.Lock()
	old := s.synced
	if old != nil {
		s.synced = next
	}
	s.mu.Unlock()
	if old == nil {
		return false
	}
	s.leave(old)
	return true
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
	s.mu.Lock()
	closed, broken := s.synced == nil, s.broken
	s.mu.Unlock()
	switch {
	case closed:
		return ErrClosed
	case broken != nil:
		return broken
	}
	wrote, mode := false, pebble.NoSync
	if len(batch) == 1 {
		mode = pebble.Sync
	}
	for _, w := range batch {
		changes := s.db.NewIndexedBatch()
		w.err = (&Tx{reader: changes, batch: changes}).run(w.do)
		if w.err == nil && !changes.Empty() {
			if err := s.db.Apply(changes, mode); err != nil {
				return s.breaks(err)
			}
			wrote = true
		}
		_ = changes.Close() // It has been applied, or is to be forgotten.
	}
	if !wrote {
		return nil
	}
	if mode == pebble.NoSync { // An empty record, synced, brings all of the log before it to disk.
		if err := s.db.LogData(nil, pebble.Sync); err != nil {
			return s.breaks(err)
		}
	}
	s.publish(&view{s.db.NewSnapshot(), 1})
	return nil
}

// breaks remembers an error of the disk: what is in memory and what is on disk
// may differ from now on.
func (s *Store) breaks(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = fmt.Errorf("write to the store: %w", err)
	return s.broken
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

// silent drops what Pebble tells of its work; its errors come back as errors.
type silent struct{}

// Infof drops a line.
func (silent) Infof(string, ...any) {}

// Errorf drops a line.
func (silent) Errorf(string, ...any) {}

// Fatalf ends the process: Pebble calls it where going on would lose data.
func (silent) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
