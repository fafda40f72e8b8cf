package dynamodb

import (
	"encoding/binary"
	"fmt"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/expression"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// write is one wish to change an item, of a single request, a batch or a
// transaction alike. It is made outside any transaction of the store.
type write struct {
	table     string
	condition *expression.Condition
	// locate checks what was asked against the table and gives the key.
	locate func(*table) (attribute.Item, error)
	// next gives the item as it is to be, nil to delete it. A nil next only
	// checks the condition.
	next func(t *table, old attribute.Item) (attribute.Item, error)
	// touched are the paths of an update, for its return values.
	touched expression.Projection
}

// change is a decided write: how an item was and how it will be, nil standing
// for no item.
type change struct {
	table    *table
	key      string
	old, new attribute.Item
	// expired marks a deletion by time to live.
	expired bool
}

// refusal is a condition that does not hold, and the item on which it was
// tried.
type refusal struct{ item attribute.Item }

// Error is how DynamoDB words it.
func (refusal) Error() string { return "The conditional request failed" }

// decide reads the item and works out the change; it writes nothing.
func (s *Server) decide(tx *store.Tx, w write) (change, error) {
	t, err := s.tables.find(tx, w.table)
	if err != nil {
		return change{}, err
	}
	key, err := w.locate(t)
	if err != nil {
		return change{}, err
	}
	c := change{table: t, key: t.key(key)}
	if c.old, err = t.load(tx, c.key); err != nil {
		return c, err
	}
	if !w.condition.Holds(c.old) {
		return c, refusal{c.old}
	}
	if w.next == nil {
		c.new = c.old
		return c, nil
	}
	c.new, err = w.next(t, c.old)
	return c, err
}

// load reads an item by its stored key; nil if there is none.
func (t *table) load(tx *store.Tx, key string) (attribute.Item, error) {
	stored, ok := tx.Bucket(t.itemsBucket()).Get(key)
	if !ok {
		return nil, nil
	}
	item, err := attribute.Decode(stored)
	if err != nil {
		return nil, fmt.Errorf("read an item of table %s: %w", t.Name, err)
	}
	return item, nil
}

// idle tells whether the change changes nothing.
func (c change) idle() bool { return (c.old == nil) == (c.new == nil) && c.old.Equal(c.new) }

// apply writes the item, its entries in the indexes, its time to live and the
// stream record.
func (s *Server) apply(tx *store.Tx, c change) {
	if c.idle() {
		return
	}
	items := tx.Bucket(c.table.itemsBucket())
	if c.new == nil {
		items.Delete(c.key)
	} else {
		items.Put(c.key, c.new.Encode())
	}
	for i := range c.table.Indexes {
		c.applyIndex(tx, &c.table.Indexes[i])
	}
	c.applyTTL(tx)
	if c.table.Stream != nil {
		s.record(tx, c)
	}
}

func (c change) applyIndex(tx *store.Tx, x *secondary) {
	oldKey, oldEntry := x.entry(c.table, c.old)
	newKey, newEntry := x.entry(c.table, c.new)
	entries := tx.Bucket(c.table.indexBucket(x.Name))
	if oldKey != "" && oldKey != newKey {
		entries.Delete(oldKey)
	}
	if newKey != "" && (oldKey != newKey || !oldEntry.Equal(newEntry)) {
		entries.Put(newKey, newEntry.Encode())
	}
}

func (c change) applyTTL(tx *store.Tx) {
	oldKey := c.table.ttlKey(c.key, c.old)
	newKey := c.table.ttlKey(c.key, c.new)
	if oldKey == newKey {
		return
	}
	byTime := tx.Bucket(c.table.ttlBucket())
	if oldKey != "" {
		byTime.Delete(oldKey)
	}
	if newKey != "" {
		byTime.Put(newKey, "")
	}
}

// ttlKey sorts items by when they expire; "" for an item that never does.
func (t *table) ttlKey(key string, item attribute.Item) string {
	if t.TTL == "" {
		return ""
	}
	seconds, ok := item[t.TTL].Seconds()
	if !ok || seconds <= 0 {
		return ""
	}
	return numberKey(uint64(seconds)) + key
}

// numberKey sorts as the number does.
func numberKey(n uint64) string { return string(binary.BigEndian.AppendUint64(nil, n)) }

// commit decides and applies one write.
func (s *Server) commit(w write) (c change, err error) {
	err = s.store.Write(func(tx *store.Tx) error {
		var err error
		if c, err = s.decide(tx, w); err == nil {
			s.apply(tx, c)
		}
		return err
	})
	return c, err
}
