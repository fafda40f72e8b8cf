package chaos

import (
	"maps"
	"slices"

	"github.com/parleychat/parley/shared/protocol"
)

// transcript puts entries in their order, as portal/src/client/transcript.ts.
type transcript struct {
	entries  []protocol.Entry
	seq      int64
	promised int64
	held     map[int64]protocol.Entry
}

func (s *transcript) gap() bool { return len(s.held) > 0 || s.promised > s.seq }

func (s *transcript) promise(seq int64) { s.promised = max(s.promised, seq) }

// push takes one entry and returns those that have become readable by it.
func (s *transcript) push(e protocol.Entry) []protocol.Entry {
	if e.Seq <= s.seq {
		return nil
	}
	s.hold(e)
	return s.release(s.seq)
}

// page takes the page that answers for everything after a seq.
func (s *transcript) page(after int64, entries []protocol.Entry, more bool) []protocol.Entry {
	if after > s.seq {
		return nil
	}
	last := int64(0)
	for _, e := range entries {
		if e.Seq > s.seq {
			s.hold(e)
		}
		last = e.Seq
	}
	if !more {
		s.promised = 0
	}
	return s.release(last)
}

func (s *transcript) hold(e protocol.Entry) {
	if s.held == nil {
		s.held = map[int64]protocol.Entry{}
	}
	s.held[e.Seq] = e
}

// release moves held entries to their place: all up to a seq, and those that
// follow without a gap.
func (s *transcript) release(to int64) []protocol.Entry {
	var added []protocol.Entry
	for _, seq := range slices.Sorted(maps.Keys(s.held)) {
		if seq > to && seq != s.seq+1 {
			break
		}
		e := s.held[seq]
		delete(s.held, seq)
		if seq <= s.seq {
			continue
		}
		added = append(added, e)
		s.seq = seq
	}
	s.entries = append(s.entries, added...)
	return added
}
