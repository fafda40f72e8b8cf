package eventsource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// maxShards bounds the shards that are read at once.
const maxShards = 1000

// Stream calls a function with the changes of a table.
type Stream struct {
	Function       string
	Table          string
	FromStart      bool     // TRIM_HORIZON; otherwise LATEST
	BatchSize      int      // most records to a call; 100 if 0, and never more than 1000
	Filters        []string // patterns, of which one must match a record; none: all records
	ReportFailures bool     // ReportBatchItemFailures
	Bisect         bool     // cut a failing batch in two
	MaxRetries     int      // of a batch that fails; -1: until the record is too old
	MaxAge         time.Duration

	Poll       time.Duration // between two reads of a quiet shard; Lambda's 250 ms if 0
	RetryDelay time.Duration // before the first retry, doubling up to a minute; 1 s if 0
}

// mapping is a Stream at work.
type mapping struct {
	delivery
	client *dynamodbstreams.Client
	arn    string
}

// Run reads the table's stream until the context ends. It waits for a stream
// that does not exist yet. Its only errors are those of the filters.
func (s Stream) Run(ctx context.Context, client *dynamodbstreams.Client, invoker Invoker, log *slog.Logger) error {
	s.BatchSize = min(cmp.Or(s.BatchSize, 100), 1000)
	s.Poll = cmp.Or(s.Poll, 250*time.Millisecond)
	s.RetryDelay = cmp.Or(s.RetryDelay, time.Second)
	m := &mapping{delivery: delivery{Stream: s, invoker: invoker, log: log}, client: client}
	for _, text := range s.Filters {
		p, err := compileFilter(text)
		if err != nil {
			return fmt.Errorf("stream of %s for %s: %w", s.Table, s.Function, err)
		}
		m.filters = append(m.filters, p)
	}
	if m.find(ctx) {
		m.follow(ctx)
	}
	return nil
}

// find waits until the table has a stream.
func (m *mapping) find(ctx context.Context) bool {
	for {
		out, err := m.client.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &m.Table})
		if err == nil && len(out.Streams) > 0 {
			m.arn = aws.ToString(out.Streams[len(out.Streams)-1].StreamArn)
			return true
		}
		if err != nil && ctx.Err() == nil {
			m.log.Debug("stream not found yet", "table", m.Table, "error", err)
		}
		if !wait(ctx, m.Poll) {
			return false
		}
	}
}

// follow starts a reader for every shard, and looks for new shards until the
// context ends. It returns when the readers have ended.
func (m *mapping) follow(ctx context.Context) {
	var readers sync.WaitGroup
	defer readers.Wait()
	ended := map[string]chan struct{}{} // closed when a shard has been read to its end
	latest := !m.FromStart
	for {
		shards, err := m.shards(ctx)
		if err != nil && ctx.Err() == nil {
			m.log.Warn("shards not listed", "table", m.Table, "error", err)
		}
		known := make(map[string]chan struct{}, len(shards))
		for _, shard := range shards {
			id := aws.ToString(shard.ShardId)
			if ended[id] == nil {
				ended[id] = make(chan struct{})
				m.startReader(ctx, &readers, shard, latest, ended)
			}
			known[id] = ended[id]
		}
		if err == nil {
			ended, latest = known, false // shards that are not listed any more are forgotten
		}
		if !wait(ctx, 4*m.Poll) {
			return
		}
	}
}

// startReader reads a shard once its parent has been read.
func (m *mapping) startReader(ctx context.Context, readers *sync.WaitGroup, shard types.Shard, latest bool, ended map[string]chan struct{}) {
	id := aws.ToString(shard.ShardId)
	parent, done := ended[aws.ToString(shard.ParentShardId)], ended[id]
	closed := shard.SequenceNumberRange != nil && shard.SequenceNumberRange.EndingSequenceNumber != nil
	if latest && closed {
		close(done) // nothing new can come there
		return
	}
	start := types.ShardIteratorTypeTrimHorizon
	if latest {
		start = types.ShardIteratorTypeLatest
	}
	readers.Go(func() {
		if parent != nil {
			select {
			case <-parent:
			case <-ctx.Done():
				return
			}
		}
		if m.readShard(ctx, id, start) {
			close(done)
		}
	})
}

// shards lists the stream's shards, parents first.
func (m *mapping) shards(ctx context.Context) ([]types.Shard, error) {
	var all []types.Shard
	input := &dynamodbstreams.DescribeStreamInput{StreamArn: &m.arn}
	for {
		out, err := m.client.DescribeStream(ctx, input)
		if err != nil {
			return nil, fmt.Errorf("describe stream: %w", err)
		}
		all = append(all, out.StreamDescription.Shards...)
		input.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId
		if len(all) > maxShards {
			return nil, fmt.Errorf("the stream has more than %d shards", maxShards)
		}
		if input.ExclusiveStartShardId == nil {
			return all, nil
		}
	}
}

// place is where the reader of a shard stands.
type place struct {
	shard    string
	start    types.ShardIteratorType // where to begin without a last record
	last     string                  // sequence number of the last record that is done
	iterator *string
}

// readShard delivers a shard's records in order. It returns true at the end of
// the shard, false when the context ends.
func (m *mapping) readShard(ctx context.Context, shard string, start types.ShardIteratorType) bool {
	at := &place{shard: shard, start: start}
	for ctx.Err() == nil {
		records, err := m.read(ctx, at)
		if err != nil && ctx.Err() == nil {
			m.log.Warn("shard not read", "table", m.Table, "shard", shard, "error", err)
		}
		if len(records) > 0 {
			at.last = records[len(records)-1].sequence
			m.deliver(ctx, records)
			continue
		}
		if err == nil && at.iterator == nil {
			return true
		}
		wait(ctx, m.Poll)
	}
	return false
}

// read reads the next records of a shard. Afterwards the place has no iterator
// if that was the shard's end.
func (m *mapping) read(ctx context.Context, at *place) ([]record, error) {
	if at.iterator == nil {
		if err := m.locate(ctx, at); err != nil {
			return nil, err
		}
	}
	limit := int32(m.BatchSize)
	out, err := m.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: at.iterator, Limit: &limit})
	if errors.As(err, new(*types.ExpiredIteratorException)) {
		at.iterator = nil
	}
	if err != nil {
		return nil, fmt.Errorf("get records: %w", err)
	}
	at.iterator = out.NextShardIterator
	records := make([]record, 0, len(out.Records))
	for _, r := range out.Records {
		one, err := newRecord(m.arn, r)
		if err != nil {
			m.log.Error("a record cannot be read", "table", m.Table, "error", err)
			continue
		}
		records = append(records, one)
	}
	return records, nil
}

// locate gets an iterator for a place.
func (m *mapping) locate(ctx context.Context, at *place) error {
	input := &dynamodbstreams.GetShardIteratorInput{
		StreamArn: &m.arn, ShardId: &at.shard, ShardIteratorType: at.start,
	}
	if at.last != "" {
		input.ShardIteratorType, input.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &at.last
	}
	out, err := m.client.GetShardIterator(ctx, input)
	if errors.As(err, new(*types.TrimmedDataAccessException)) {
		at.start, at.last = types.ShardIteratorTypeTrimHorizon, ""
	}
	if err != nil {
		return fmt.Errorf("get shard iterator: %w", err)
	}
	at.iterator = out.ShardIterator
	return nil
}
