package dynamodb

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

const (
	shardID      = "shardId-00000000000000000000-00000001"
	iteratorLife = 15 * time.Minute
	maxRecords   = 1000
	// sequenceBase gives sequence numbers the 21 digits of the shortest that
	// DynamoDB has; they sort alike as text and as numbers.
	sequenceBase = "1%020d"
)

type listStreamsRequest struct {
	TableName               *string
	Limit                   *int
	ExclusiveStartStreamArn string
}

type streamName struct{ StreamArn, TableName, StreamLabel string }

type listStreamsAnswer struct {
	Streams                []streamName
	LastEvaluatedStreamArn string `json:",omitempty"`
}

func (s *Server) listStreams(r *listStreamsRequest) (*listStreamsAnswer, error) {
	limit := 100
	if r.Limit != nil {
		limit = min(limit, max(1, *r.Limit))
	}
	answer := &listStreamsAnswer{Streams: []streamName{}}
	return answer, s.store.Read(func(tx *store.Tx) error {
		tables, err := s.tables.all(tx)
		for _, t := range tables {
			if t.Stream == nil || r.TableName != nil && *r.TableName != t.Name || t.streamARN() <= r.ExclusiveStartStreamArn {
				continue
			}
			if len(answer.Streams) == limit {
				answer.LastEvaluatedStreamArn = answer.Streams[limit-1].StreamArn
				break
			}
			answer.Streams = append(answer.Streams, streamName{t.streamARN(), t.Name, t.Stream.Label})
		}
		return err
	})
}

type streamRequest struct {
	StreamArn             *string
	ExclusiveStartShardId string
}

type describeStreamAnswer struct{ StreamDescription *streamDescription }

type streamDescription struct {
	StreamArn, StreamLabel, StreamStatus, StreamViewType, TableName string
	CreationRequestDateTime                                         float64
	KeySchema                                                       []keyElement
	Shards                                                          []shard
}

type shard struct {
	ShardId             string
	SequenceNumberRange struct{ StartingSequenceNumber string }
}

func (s *Server) describeStream(r *streamRequest) (*describeStreamAnswer, error) {
	answer := &describeStreamAnswer{}
	return answer, s.store.Read(func(tx *store.Tx) error {
		t, err := s.streamTable(tx, r.StreamArn)
		if err != nil {
			return err
		}
		d := &streamDescription{
			StreamArn: t.streamARN(), StreamLabel: t.Stream.Label, StreamStatus: "ENABLED", StreamViewType: t.Stream.View,
			TableName: t.Name, CreationRequestDateTime: t.Created, KeySchema: t.Keys.describe(), Shards: []shard{},
		}
		if r.ExclusiveStartShardId == "" {
			only := shard{ShardId: shardID}
			only.SequenceNumberRange.StartingSequenceNumber = sequenceText(1)
			d.Shards = append(d.Shards, only)
		}
		answer.StreamDescription = d
		return nil
	})
}

// streamTable finds the table whose stream has the ARN.
func (s *Server) streamTable(tx *store.Tx, arn *string) (*table, error) {
	if arn == nil {
		return nil, missing("streamArn")
	}
	tables, err := s.tables.all(tx)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if t.Stream != nil && t.streamARN() == *arn {
			return t, nil
		}
	}
	return nil, clientError(errNoTable.Type, "Requested resource not found: Stream: %s not found", *arn)
}

type iteratorRequest struct {
	StreamArn         *string
	ShardId           string
	ShardIteratorType string
	SequenceNumber    string
}

type iteratorAnswer struct{ ShardIterator string }

// iterator is a place in a shard, handed out as opaque text.
type iterator struct {
	Stream string
	Next   uint64 // the sequence number to read next
	Made   int64  // seconds since 1970
}

func (s *Server) getShardIterator(r *iteratorRequest) (*iteratorAnswer, error) {
	answer := &iteratorAnswer{}
	return answer, s.store.Read(func(tx *store.Tx) error {
		t, err := s.streamTable(tx, r.StreamArn)
		if err != nil {
			return err
		}
		if r.ShardId != shardID {
			return clientError(errNoTable.Type, "Requested resource not found: Shard does not exist")
		}
		next, err := r.start(tx, t)
		answer.ShardIterator = s.iterator(t, next)
		return err
	})
}

func (s *Server) iterator(t *table, next uint64) string {
	// A struct of strings and numbers never fails to marshal.
	text, _ := json.Marshal(iterator{t.streamARN(), next, s.now().Unix()})
	return base64.StdEncoding.EncodeToString(text)
}

// start finds the first sequence number that the request wants to read.
func (r *iteratorRequest) start(tx *store.Tx, t *table) (uint64, error) {
	last := t.lastSequence(tx)
	oldest := last + 1
	for _, key := range tx.Bucket(t.streamBucket()).First(store.Range{}, 1) {
		oldest = sequenceOf(key)
	}
	switch r.ShardIteratorType {
	case "TRIM_HORIZON":
		return oldest, nil
	case "LATEST":
		return last + 1, nil
	case "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER":
	default:
		return 0, constraint(r.ShardIteratorType, "shardIteratorType", "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]")
	}
	n, err := parseSequence(r.SequenceNumber)
	if err != nil || n > last {
		return 0, validation("Invalid SequenceNumber: %q", r.SequenceNumber)
	}
	if r.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
		n++
	}
	if n < oldest {
		return 0, errTrimmed
	}
	return n, nil
}

var errTrimmed = clientError(ownErrors+"TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard.")

type recordsRequest struct {
	ShardIterator string
	Limit         *int
}

type recordsAnswer struct {
	Records           []streamRecord
	NextShardIterator string
}

func (s *Server) getRecords(r *recordsRequest) (*recordsAnswer, error) {
	limit := maxRecords
	if r.Limit != nil {
		limit = *r.Limit
	}
	if limit < 1 || limit > maxRecords {
		return nil, constraint(fmt.Sprint(limit), "limit", "have value less than or equal to 1000 and greater than or equal to 1")
	}
	at, err := s.parseIterator(r.ShardIterator)
	if err != nil {
		return nil, err
	}
	answer := &recordsAnswer{Records: []streamRecord{}}
	return answer, s.store.Read(func(tx *store.Tx) error {
		t, err := s.streamTable(tx, &at.Stream)
		if err != nil {
			return err
		}
		next, err := s.readRecords(tx, t, at.Next, limit, answer)
		answer.NextShardIterator = s.iterator(t, next)
		return err
	})
}

func (s *Server) parseIterator(text string) (iterator, error) {
	var at iterator
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil {
		return at, validation("Invalid ShardIterator")
	}
	if s.now().Sub(time.Unix(at.Made, 0)) > iteratorLife {
		return at, clientError(ownErrors+"ExpiredIteratorException", "Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of 900000 milliseconds.", time.Unix(at.Made, 0).UTC(), s.now().UTC())
	}
	return at, nil
}

// readRecords fills an answer with up to a page of records and gives the
// sequence number behind them.
func (s *Server) readRecords(tx *store.Tx, t *table, next uint64, limit int, answer *recordsAnswer) (uint64, error) {
	size := 0
	for key, stored := range tx.Bucket(t.streamBucket()).All(store.Range{Low: numberKey(next)}, false) {
		if len(answer.Records) == limit || size+len(stored) > maxPage && size > 0 {
			break
		}
		r, err := attribute.Decode(stored)
		if err != nil {
			return next, fmt.Errorf("read stream of table %s: %w", t.Name, err)
		}
		next = sequenceOf(key) + 1
		if s.tooOld(r) {
			continue
		}
		size += len(stored)
		answer.Records = append(answer.Records, wireRecord(t, sequenceText(next-1), r))
	}
	return next, nil
}

func sequenceText(n uint64) string { return fmt.Sprintf(sequenceBase, n) }

func sequenceOf(key string) (n uint64) {
	for _, b := range []byte(key) {
		n = n<<8 | uint64(b)
	}
	return n
}

func parseSequence(text string) (uint64, error) {
	if len(text) != 21 || text[0] != '1' {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseUint(text[1:], 10, 64)
}
