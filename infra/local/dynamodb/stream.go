package dynamodb

import (
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
func (s *Server) record(tx *store.Tx, c change) {
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
	last := c.table.lastSequence(tx) + 1
	tx.Bucket(c.table.sequenceBucket()).Put(lastSequence, numberKey(last))
	tx.Bucket(c.table.streamBucket()).Put(numberKey(last), r.Encode())
}

// lastSequence is the key of the last sequence number that was given away.
const lastSequence = "last"

// lastSequence is the sequence number of the newest record, 0 before the first.
func (t *table) lastSequence(tx *store.Tx) uint64 {
	last, _ := tx.Bucket(t.sequenceBucket()).Get(lastSequence)
	return sequenceOf(last)
}

// trim drops records older than a day.
func (s *Server) trim(tx *store.Tx, t *table) (n int, err error) {
	records := tx.Bucket(t.streamBucket())
	for _, key := range records.First(store.Range{}, sweepBatch) {
		stored, _ := records.Get(key)
		r, err := attribute.Decode(stored)
		if err != nil {
			return n, fmt.Errorf("read a stream record: %w", err)
		}
		if !s.tooOld(r) {
			break
		}
		records.Delete(key)
		n++
	}
	return n, nil
}

func (s *Server) tooOld(record attribute.Item) bool {
	at, _ := record[recordAt].Seconds()
	return s.now().Sub(time.UnixMilli(at)) > streamLife
}
