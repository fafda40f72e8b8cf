package dynamodb

import (
	"bytes"
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
	key      []byte
	old, new attribute.Item
	// expired marks a deletion by time to live.
	expired bool
}

// refusal is a condition that does not hold, and the item on which it was
// tried.
type refusal struct{ item attribute.Item }

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
func (t *table) load(tx *store.Tx, key []byte) (attribute.Item, error) {
	items, err := bucket(tx, t.itemsBucket())
	if err != nil {
		return nil, err
	}
	stored := items.Get(key)
	if stored == nil {
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
func (s *Server) apply(tx *store.Tx, c change) error {
	if c.idle() {
		return nil
	}
	t := c.table
	if err := replace(tx, t.itemsBucket(), c.key, c.new); err != nil {
		return err
	}
	for i := range t.Indexes {
		if err := c.applyIndex(tx, &t.Indexes[i]); err != nil {
			return err
		}
	}
	if err := c.applyTTL(tx); err != nil {
		return err
	}
	if t.Stream == nil {
		return nil
	}
	return s.record(tx, c)
}

func replace(tx *store.Tx, name string, key []byte, item attribute.Item) error {
	b, err := bucket(tx, name)
	if err != nil {
		return err
	}
	if item == nil {
		return b.Delete(key)
	}
	return b.Put(key, item.Encode())
}

func (c change) applyIndex(tx *store.Tx, x *secondary) error {
	oldKey, oldItem := x.entry(c.table, c.old)
	newKey, newItem := x.entry(c.table, c.new)
	name := c.table.indexBucket(x.Name)
	if oldKey != nil && !bytes.Equal(oldKey, newKey) {
		if err := replace(tx, name, oldKey, nil); err != nil {
			return err
		}
	}
	if newKey == nil || bytes.Equal(oldKey, newKey) && oldItem.Equal(newItem) {
		return nil
	}
	return replace(tx, name, newKey, newItem)
}

func (c change) applyTTL(tx *store.Tx) error {
	oldKey := c.table.ttlKey(c.key, c.old)
	newKey := c.table.ttlKey(c.key, c.new)
	if bytes.Equal(oldKey, newKey) {
		return nil
	}
	b, err := bucket(tx, c.table.ttlBucket())
	if err != nil {
		return err
	}
	if oldKey != nil {
		if err := b.Delete(oldKey); err != nil {
			return err
		}
	}
	if newKey == nil {
		return nil
	}
	return b.Put(newKey, c.key)
}

// ttlKey sorts items by when they expire; nil for an item that never does.
func (t *table) ttlKey(key []byte, item attribute.Item) []byte {
	if t.TTL == "" {
		return nil
	}
	seconds, ok := item[t.TTL].Seconds()
	if !ok || seconds <= 0 {
		return nil
	}
	return append(binary.BigEndian.AppendUint64(nil, uint64(seconds)), key...)
}

// commit decides and applies one write.
func (s *Server) commit(w write) (c change, err error) {
	err = s.store.Write(func(tx *store.Tx) error {
		if c, err = s.decide(tx, w); err != nil {
			return err
		}
		return s.apply(tx, c)
	})
	return c, err
}
