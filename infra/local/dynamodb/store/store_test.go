package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
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
	before := s.log.end
	close(gate)
	group.Wait()
	frames := 0
	file, err := os.ReadFile(filepath.Join(s.log.dir, logName))
	if err != nil {
		t.Fatal(err)
	}
	for r := strings.NewReader(string(file[before:])); ; frames++ {
		if changes, err := readFrame(r); err != nil || changes == nil {
			break
		}
	}
	if frames != 1 {
		t.Errorf("%d writers took %d syncs", writers, frames)
	}
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

func TestATornFrameIsForgotten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.puts(t, "a", "1")
	good := s.log.end
	s.puts(t, "b", strings.Repeat("2", 1000))
	torn := s.log.end
	s.shut(t)
	name := filepath.Join(dir, logName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := good; cut < torn; cut += 37 {
		broken := slices.Concat(whole[:cut], make([]byte, torn-cut))
		if err := os.WriteFile(name, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
		s.says(t, "b", "a=1")
		s.puts(t, "c", "3")
		s.shut(t)
		s = open(t, dir)
		s.says(t, "b", "a=1 c=3")
		s.shut(t)
	}
}

func TestTheLogIsRewrittenOnceItIsMostlyHistory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	large := strings.Repeat("x", 1<<20)
	for i := range 70 {
		s.puts(t, "large", large, fmt.Sprint(i%3), fmt.Sprint(i))
	}
	if s.log.end > 20<<20 {
		t.Errorf("the log has %d bytes", s.log.end)
	}
	want := "0=69 1=67 2=68 large=" + large
	s.says(t, "b", want)
	s.shut(t)
	s = open(t, dir)
	defer s.shut(t)
	s.says(t, "b", want)
}

func TestAfterADiskErrorNoWriteSucceeds(t *testing.T) {
	s := open(t, t.TempDir())
	s.puts(t, "a", "1")
	if err := s.log.file.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Write(func(tx *Tx) error { tx.Bucket("b").Put("b", "2"); return nil }); !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
	s.says(t, "b", "a=1")
	if err := s.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := s.Write(func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestAFolderIsOpenedOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	defer s.shut(t)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "another process has it open") {
		t.Errorf("got %v", err)
	}
}

func TestAForeignFileIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, logName)
	if err := os.WriteFile(name, []byte("my diary of this year"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "is no log of this store") {
		t.Errorf("got %v", err)
	}
	if kept, err := os.ReadFile(name); err != nil || string(kept) != "my diary of this year" {
		t.Errorf("got %q %v", kept, err)
	}
}

// FuzzLog opens stores on logs with any content behind the header.
func FuzzLog(f *testing.F) {
	tx := Tx{writable: true}
	tx.note(putChange, "key", "value")
	tx.note(deleteChange, "key")
	f.Add(frame(tx.changes))
	f.Add(frame([]byte("P\x01a\x05b")))
	f.Add(slices.Concat(frame(tx.changes), frame(tx.changes)[:9]))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, frames []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, logName), append([]byte(logHeader), frames...), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir)
		if err != nil {
			return
		}
		s.puts(t, "k", "v")
		s.shut(t)
		s = open(t, dir)
		defer s.shut(t)
		if err := s.Read(func(tx *Tx) error {
			if v, ok := tx.Bucket("b").Get("k"); !ok || v != "v" {
				t.Errorf("got %q %v", v, ok)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
