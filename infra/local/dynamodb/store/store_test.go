package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	dto "github.com/prometheus/client_model/go"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Store) shut(t *testing.T) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func (s *Store) puts(t *testing.T, pairs ...string) {
	t.Helper()
	err := s.Write(func(tx *Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			tx.Bucket("b").Put(pairs[i], pairs[i+1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// says checks all that a bucket holds, as "key=value" texts.
func (s *Store) says(t *testing.T, bucket, want string) {
	t.Helper()
	var got []string
	err := s.Read(func(tx *Tx) error {
		for k, v := range tx.Bucket(bucket).All(Range{}, false) {
			got = append(got, k+"="+v)
		}
		return nil
	})
	if err != nil || strings.Join(got, " ") != want {
		t.Fatalf("got %v %v, want %s", got, err, want)
	}
}

func TestWritesOutliveTheStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.puts(t, "a", "1", "b", "2", "c", "3")
	if err := s.Write(func(tx *Tx) error { tx.Bucket("b").Delete("b"); return nil }); err != nil {
		t.Fatal(err)
	}
	s.shut(t)
	s = open(t, dir)
	defer s.shut(t)
	s.says(t, "b", "a=1 c=3")
	s.puts(t, "d", "4")
	s.says(t, "b", "a=1 c=3 d=4")
}

func TestBucketsAreApartAndRangesHalfOpen(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.shut(t)
	s.puts(t, "a", "", "b", "", "c", "", "\xff\xff", "")
	err := s.Write(func(tx *Tx) error { tx.Bucket("a").Put("x", ""); tx.Bucket("c").Put("y", ""); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		r          Range
		descending bool
		want       string
	}{
		{Range{}, false, "a b c \xff\xff"},
		{Range{}, true, "\xff\xff c b a"},
		{Range{Low: "b", High: "c"}, false, "b"},
		{Range{Low: "b", High: "c"}, true, "b"},
		{Range{Low: "aa"}, false, "b c \xff\xff"},
		{Range{High: "bb"}, true, "b a"},
	} {
		var got []string
		if err := s.Read(func(tx *Tx) error {
			for k := range tx.Bucket("b").All(c.r, c.descending) {
				got = append(got, k)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q descending %v: got %q", c.r, c.descending, got)
		}
	}
}

func TestAFailedWriteLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.puts(t, "a", "1")
	refusal := errors.New("no")
	for name, do := range map[string]func(*Tx) error{
		"error": func(tx *Tx) error { tx.Bucket("b").Put("a", "2"); tx.Bucket("b").Put("x", ""); return refusal },
		"panic": func(tx *Tx) error { tx.Bucket("b").Delete("a"); panic("oops") },
	} {
		if err := s.Write(do); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	s.puts(t, "z", "1")
	s.says(t, "b", "a=1 z=1")
	s.shut(t)
	s = open(t, dir)
	defer s.shut(t)
	s.says(t, "b", "a=1 z=1")
}

func TestReadersKeepTheStateTheyBeganWith(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.shut(t)
	s.puts(t, "a", "1")
	if err := s.Read(func(tx *Tx) error {
		s.puts(t, "a", "2", "b", "2")
		if v, _ := tx.Bucket("b").Get("a"); v != "1" {
			t.Errorf("got %s", v)
		}
		if _, ok := tx.Bucket("b").Get("b"); ok {
			t.Error("b came from the future")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.says(t, "b", "a=2 b=2")
}

func TestManyWritersShareASync(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.shut(t)
	started, gate := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		if err := s.Write(func(*Tx) error { close(started); <-gate; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-started
	const writers = 100
	for i := range writers {
		group.Go(func() { s.puts(t, fmt.Sprint(i), "") })
	}
	eventually(t, "all writers wait", func() bool { return len(s.queue) == writers })
	before := s.syncs()
	close(gate)
	group.Wait()
	s.puts(t, "last", "") // A sync is counted after its writers were answered, and before the next.
	if n := s.syncs() - before; n < 1 || n > 2 {
		t.Errorf("%d writers took %d syncs", writers, n)
	}
}

// syncs counts the times that the log was brought to disk.
func (s *Store) syncs() int64 {
	var h dto.Metric
	if err := s.db.Metrics().LogWriter.FsyncLatency.Write(&h); err != nil {
		panic(err)
	}
	return int64(h.GetHistogram().GetSampleCount())
}

// eventually waits until a condition holds, at most ten seconds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// The disk forgets what was not synced, as it does when the power fails.
func TestWhatWasAcknowledgedSurvivesAPowerCut(t *testing.T) {
	disk := vfs.NewCrashableMem()
	s, err := openOn(disk, "data")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		s.puts(t, fmt.Sprintf("%02d", i), "")
	}
	after := disk.CrashClone(vfs.CrashCloneCfg{})
	s.shut(t)
	s, err = openOn(after, "data")
	if err != nil {
		t.Fatal(err)
	}
	defer s.shut(t)
	kept := 0
	if err := s.Read(func(tx *Tx) error {
		kept = len(tx.Bucket("b").First(Range{}, 100))
		return nil
	}); err != nil || kept != 50 {
		t.Errorf("%d of 50 are left (%v)", kept, err)
	}
}

func TestNothingIsDoneAfterTheEnd(t *testing.T) {
	s := open(t, t.TempDir())
	s.shut(t)
	nothing := func(*Tx) error { return nil }
	for what, err := range map[string]error{"read": s.Read(nothing), "write": s.Write(nothing), "close": s.Close()} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAFolderIsOpenedOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	defer s.shut(t)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "another program may have it open") {
		t.Errorf("got %v", err)
	}
}

// A reader that stays longer than the store is open has its own snapshot still.
func TestAReaderMayStayBeyondManyWrites(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.shut(t)
	s.puts(t, "a", "0")
	if err := s.Read(func(tx *Tx) error {
		for i := range 100 {
			s.puts(t, "a", fmt.Sprint(i))
		}
		if v, _ := tx.Bucket("b").Get("a"); v != "0" {
			t.Errorf("got %s", v)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
