package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// The log is a header and then frames, each one batch of changes:
//
//	4 bytes length │ 4 bytes CRC-32C of the changes │ the changes
//
// A length of zero ends it: the file is always longer than its frames, so that
// a sync need not also write the file's new length. A batch that a crash cut
// short fails its CRC and ends the log too; nobody was told that it is there.
const (
	logName     = "dynamodb.log"
	logHeader   = "parley store 1\n\n"
	frameHeader = 8
	growth      = 1 << 20   // bytes added to the file when it is full
	maxFrame    = 1 << 30   // longer ones are damage
	minGarbage  = 8 << 20   // bytes; a log is rewritten when it is this much…
	rewriteFill = 256 << 10 // …longer than twice what is in the store; bytes of a frame then
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type logFile struct {
	dir    string
	lock   io.Closer
	file   *os.File
	end    int64 // of the frames
	length int64 // of the file
	broken error // the first error; the file's state is unknown from then on
}

// openLog locks a folder and restores what its log says.
func openLog(dir string) (*logFile, *state, error) {
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, nil, err
	}
	l := &logFile{dir: dir, lock: lock}
	restored := emptyState()
	if err := l.restore(&restored); err != nil {
		return nil, nil, errors.Join(err, l.close())
	}
	return l, &restored, nil
}

func (l *logFile) restore(s *state) (err error) {
	l.file, err = os.OpenFile(filepath.Join(l.dir, logName), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return l.rewrite(*s)
	}
	if err != nil {
		return err
	}
	frames := bufio.NewReaderSize(l.file, growth)
	header := make([]byte, len(logHeader))
	if _, err := io.ReadFull(frames, header); err != nil || string(header) != logHeader {
		return fmt.Errorf("%s is no log of this store", l.file.Name())
	}
	l.end = int64(len(logHeader))
	for {
		changes, err := readFrame(frames)
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if changes == nil {
			break
		}
		if err := s.apply(changes); err != nil {
			return err
		}
		l.end += int64(frameHeader + len(changes))
	}
	if err := l.file.Truncate(l.end); err != nil { // a half-written frame must not lie behind new ones
		return err
	}
	l.length = l.end
	return l.grow(0)
}

// readFrame gives the next batch of changes, nil at the log's end.
func readFrame(r io.Reader) ([]byte, error) {
	var header [frameHeader]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, endOfLog(err)
	}
	length := binary.BigEndian.Uint32(header[:])
	if length == 0 || length > maxFrame {
		return nil, nil
	}
	changes, err := io.ReadAll(io.LimitReader(r, int64(length)))
	if err != nil {
		return nil, err
	}
	if len(changes) < int(length) || crc32.Checksum(changes, castagnoli) != binary.BigEndian.Uint32(header[4:]) {
		return nil, nil
	}
	return changes, nil
}

func endOfLog(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

var errDamaged = errors.New("the log is damaged")

// apply makes the changes of a frame.
func (s *state) apply(changes []byte) error {
	rest := string(changes)
	text := func() string {
		n, size := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if size <= 0 || n > uint64(len(rest)-size) {
			rest = "?" // no kind of change
			return ""
		}
		t := rest[size : size+int(n)]
		rest = rest[size+int(n):]
		return t
	}
	for rest != "" {
		kind := rest[0]
		rest = rest[1:]
		switch kind {
		case putChange:
			key := text()
			s.put(key, text())
		case deleteChange:
			s.delete(text())
		default:
			return errDamaged
		}
	}
	return nil
}

// append syncs a batch of changes to disk. The state after them serves to
// rewrite the log once it is mostly history.
func (l *logFile) append(changes []byte, after state) error {
	if l.broken != nil {
		return l.broken
	}
	l.broken = l.write(frame(changes))
	if l.broken == nil && l.end > int64(minGarbage+2*after.bytes) {
		l.broken = l.rewrite(after)
	}
	return l.broken
}

func frame(changes []byte) []byte {
	f := binary.BigEndian.AppendUint32(make([]byte, 0, frameHeader+len(changes)), uint32(len(changes)))
	f = binary.BigEndian.AppendUint32(f, crc32.Checksum(changes, castagnoli))
	return append(f, changes...)
}

func (l *logFile) write(frame []byte) error {
	if err := l.grow(len(frame)); err != nil {
		return err
	}
	if _, err := l.file.WriteAt(frame, l.end); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	if err := syncData(l.file); err != nil {
		return fmt.Errorf("sync the log: %w", err)
	}
	l.end += int64(len(frame))
	return nil
}

// grow makes room for more bytes and for the zero length behind them.
func (l *logFile) grow(more int) error {
	need := l.end + int64(more) + frameHeader
	if need <= l.length {
		return nil
	}
	room := make([]byte, need-l.length+growth)
	if _, err := l.file.WriteAt(room, l.length); err != nil {
		return fmt.Errorf("grow the log: %w", err)
	}
	l.length += int64(len(room))
	return l.file.Sync()
}

// rewrite replaces the log by one that only says what is in the store now.
func (l *logFile) rewrite(s state) error {
	name := filepath.Join(l.dir, logName)
	fresh, err := os.OpenFile(name+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("rewrite the log: %w", err)
	}
	end, err := s.dump(fresh)
	for _, step := range []func() error{
		fresh.Sync,
		func() error { return os.Rename(fresh.Name(), name) },
		func() error { return syncFolder(l.dir) },
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		return fmt.Errorf("rewrite the log: %w", errors.Join(err, fresh.Close()))
	}
	if l.file != nil {
		_ = l.file.Close() // the old log, of which nothing is needed any more
	}
	l.file, l.end, l.length = fresh, end, end
	return l.grow(0)
}

// dump writes a whole log and tells where it ends.
func (s state) dump(w io.Writer) (end int64, err error) {
	out := bufio.NewWriterSize(w, growth)
	end = int64(len(logHeader))
	_, err = out.WriteString(logHeader)
	tx := Tx{writable: true}
	flush := func() {
		if err == nil && len(tx.changes) > 0 {
			n := 0
			n, err = out.Write(frame(tx.changes))
			end += int64(n)
		}
		tx.changes = tx.changes[:0]
	}
	s.tree.Ascend(func(e entry) bool {
		if tx.note(putChange, e.key, e.value); len(tx.changes) >= rewriteFill {
			flush()
		}
		return err == nil
	})
	flush()
	return end, errors.Join(err, out.Flush())
}

func (l *logFile) close() error {
	var err error
	if l.file != nil {
		err = l.file.Close()
	}
	return errors.Join(err, l.lock.Close())
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
