package dynamodb

import (
	"context"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// sweepBatch is how many things of a kind one sweep removes in a transaction,
// so that requests need not wait long behind it.
const sweepBatch = 100

// oldestTTL is how far in the past a time to live may lie for its item to be
// deleted; DynamoDB leaves older ones alone as likely mistakes.
const oldestTTL = 5 * 365 * 24 * time.Hour

// sweepEvery deletes expired items, and forgets old stream records and tokens,
// until ctx ends. A negative interval switches it off.
func (s *Server) sweepEvery(ctx context.Context, interval time.Duration) {
	if interval < 0 {
		return
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = s.sweep(); err != nil {
				s.log.Error("dynamodb sweep failed", "error", err)
			}
		}
	}
}

// sweep removes one batch; more tells whether something may be left.
func (s *Server) sweep() (more bool, err error) {
	err = s.store.Write(func(tx *store.Tx) error {
		tables, err := s.tables.all(tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			n, err := s.expire(tx, t)
			if err != nil {
				return err
			}
			more = more || n == sweepBatch
			if n, err = s.trim(tx, t); err != nil {
				return err
			}
			more = more || n == sweepBatch
		}
		forgetTokens(tx, s.now(), sweepBatch)
		return nil
	})
	return more && err == nil, err
}

// expire deletes items whose time to live is over, as DynamoDB itself does it.
func (s *Server) expire(tx *store.Tx, t *table) (n int, err error) {
	if t.TTL == "" {
		return 0, nil
	}
	now := s.now()
	due := tx.Bucket(t.ttlBucket()).First(store.Range{Low: ttlBorder(now.Add(-oldestTTL)), High: ttlBorder(now)}, sweepBatch)
	for _, at := range due {
		c := change{table: t, key: at[len(ttlBorder(now)):], expired: true}
		if c.old, err = t.load(tx, c.key); err != nil {
			return n, err
		}
		s.apply(tx, c)
		n++
	}
	return n, nil
}

// ttlBorder is the first key of items that expire at the time or later.
func ttlBorder(t time.Time) string { return numberKey(uint64(max(0, t.Unix()))) }

type updateTTLRequest struct {
	TableName               *string
	TimeToLiveSpecification *ttlSpecification
}

type ttlSpecification struct {
	AttributeName string
	Enabled       bool
}

type updateTTLAnswer struct{ TimeToLiveSpecification *ttlSpecification }

func (s *Server) updateTimeToLive(r *updateTTLRequest) (*updateTTLAnswer, error) {
	wish := r.TimeToLiveSpecification
	if wish == nil {
		return nil, missing("timeToLiveSpecification")
	}
	if len(wish.AttributeName) < 1 || len(wish.AttributeName) > 255 {
		return nil, constraint(wish.AttributeName, "timeToLiveSpecification.attributeName", "have length less than or equal to 255 and greater than or equal to 1")
	}
	return &updateTTLAnswer{wish}, s.store.Write(func(tx *store.Tx) error {
		t, err := s.find(tx, r.TableName)
		if err != nil {
			return err
		}
		switch {
		case wish.Enabled && t.TTL != "":
			return validation("TimeToLive is already enabled")
		case !wish.Enabled && t.TTL == "":
			return validation("TimeToLive is already disabled")
		case !wish.Enabled && t.TTL != wish.AttributeName:
			return validation("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTL)
		}
		changed := *t
		changed.TTL = ""
		if wish.Enabled {
			changed.TTL = wish.AttributeName
		}
		return s.rebuildTTL(tx, &changed)
	})
}

// rebuildTTL saves a table whose TTL attribute has changed and sorts its items
// anew by it.
func (s *Server) rebuildTTL(tx *store.Tx, t *table) error {
	tx.Bucket(t.ttlBucket()).Clear()
	if err := s.tables.save(tx, t); err != nil || t.TTL == "" {
		return err
	}
	for _, key := range tx.Bucket(t.itemsBucket()).First(store.Range{}, -1) {
		item, err := t.load(tx, key)
		if err != nil {
			return err
		}
		change{table: t, key: key, new: item}.applyTTL(tx)
	}
	return nil
}

type describeTTLAnswer struct {
	TimeToLiveDescription struct {
		TimeToLiveStatus string
		AttributeName    string `json:",omitempty"`
	}
}

func (s *Server) describeTimeToLive(r *tableRequest) (*describeTTLAnswer, error) {
	answer := &describeTTLAnswer{}
	return answer, s.store.Read(func(tx *store.Tx) error {
		t, err := s.find(tx, r.TableName)
		if err != nil {
			return err
		}
		d := &answer.TimeToLiveDescription
		d.TimeToLiveStatus, d.AttributeName = "ENABLED", t.TTL
		if t.TTL == "" {
			d.TimeToLiveStatus = "DISABLED"
		}
		return nil
	})
}
