package dynamodb

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// streamLife is how long stream records are kept.
const streamLife = 24 * time.Hour

// stream is the description of a table's stream. It has a single shard, whose
// records are in the order of the writes.
type stream struct {
	View  string
	Label string
}

var streamViews = []string{"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"}

func newStream(wish *streamSpecification, now time.Time) (*stream, error) {
	if wish == nil || !wish.StreamEnabled {
		return nil, nil
	}
	if !slices.Contains(streamViews, wish.StreamViewType) {
		return nil, constraint(wish.StreamViewType, "streamSpecification.streamViewType", "satisfy enum value set: ["+strings.Join(streamViews, ", ")+"]")
	}
	return &stream{View: wish.StreamViewType, Label: now.UTC().Format("2006-01-02T15:04:05.000")}, nil
}

func (t *table) streamARN() string { return tableARN(t.Name) + "/stream/" + t.Stream.Label }

// Names of the parts of a stored record, which is an item itself.
const (
	recordAt      = "at" // milliseconds since 1970
	recordKeys    = "keys"
	recordOld     = "old"
	recordNew     = "new"
	recordExpired = "expired"
)

// record writes a change's stream record under the next sequence number.
func (s *Server) record(tx *store.Tx, c change) error {
	b, err := bucket(tx, c.table.streamBucket())
	if err != nil {
		return err
	}
	n, err := b.NextSequence()
	if err != nil {
		return fmt.Errorf("number a stream record: %w", err)
	}
	known := c.old
	if known == nil {
		known = c.new
	}
	r := attribute.Item{
		recordAt:   attribute.Int(s.now().UnixMilli()),
		recordKeys: {Kind: attribute.Map, Map: known.Pick(c.table.Keys.names()...)},
	}
	for name, image := range map[string]attribute.Item{recordOld: c.old, recordNew: c.new} {
		if image != nil {
			r[name] = attribute.Value{Kind: attribute.Map, Map: image}
		}
	}
	if c.expired {
		r[recordExpired] = attribute.Value{Kind: attribute.Bool, Bool: true}
	}
	return b.Put(recordKey(n), r.Encode())
}

func recordKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// trim drops records older than a day.
func (s *Server) trim(tx *store.Tx, t *table) (n int, err error) {
	b, err := bucket(tx, t.streamBucket())
	if err != nil {
		return 0, err
	}
	for _, key := range b.First(store.Range{}, sweepBatch) {
		old, err := s.outlived(b.Get(key))
		if err != nil || !old {
			return n, err
		}
		if err := b.Delete(key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// outlived tells whether a stored record is older than a day.
func (s *Server) outlived(stored []byte) (bool, error) {
	r, err := attribute.Decode(stored)
	if err != nil {
		return false, fmt.Errorf("read a stream record: %w", err)
	}
	return s.tooOld(r), nil
}

func (s *Server) tooOld(record attribute.Item) bool {
	at, _ := record[recordAt].Seconds()
	return s.now().Sub(time.UnixMilli(at)) > streamLife
}
