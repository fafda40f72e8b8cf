package dynamodb

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// Names of buckets. A table's own buckets bear its id, so that a table made
// anew under an old name never meets what the old one left.
const catalogBucket = "tables"

func (t *table) itemsBucket() string             { return t.ID + "/items" }
func (t *table) indexBucket(index string) string { return t.ID + "/index/" + index }
func (t *table) ttlBucket() string               { return t.ID + "/ttl" }
func (t *table) streamBucket() string            { return t.ID + "/stream" }
func (t *table) sequenceBucket() string          { return t.ID + "/sequence" }

func (t *table) buckets() []string {
	all := []string{t.itemsBucket(), t.ttlBucket(), t.streamBucket(), t.sequenceBucket()}
	for _, x := range t.Indexes {
		all = append(all, t.indexBucket(x.Name))
	}
	return all
}

// catalog reads table descriptions from the store. It remembers them decoded
// and trusts a memory only while the stored bytes are the same, so what a
// transaction sees is always that transaction's own state.
type catalog struct{ decoded sync.Map } // name → remembered

// find gives the table of a name, or ResourceNotFoundException.
func (c *catalog) find(tx *store.Tx, name string) (*table, error) {
	stored, ok := tx.Bucket(catalogBucket).Get(name)
	if !ok {
		return nil, errNoTable
	}
	if known, ok := c.decoded.Load(name); ok && known.(remembered).stored == stored {
		return known.(remembered).table, nil
	}
	t := &table{}
	if err := json.Unmarshal([]byte(stored), t); err != nil {
		return nil, fmt.Errorf("read the description of table %s: %w", name, err)
	}
	c.decoded.Store(name, remembered{stored, t})
	return t, nil
}

type remembered struct {
	stored string
	table  *table
}

// all gives every table, by name.
func (c *catalog) all(tx *store.Tx) ([]*table, error) {
	var tables []*table
	for name := range tx.Bucket(catalogBucket).All(store.Range{}, false) {
		t, err := c.find(tx, name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// save writes a table's description.
func (c *catalog) save(tx *store.Tx, t *table) error {
	stored, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write the description of table %s: %w", t.Name, err)
	}
	tx.Bucket(catalogBucket).Put(t.Name, string(stored))
	return nil
}

// remove drops a table with all that it holds.
func (c *catalog) remove(tx *store.Tx, t *table) {
	for _, name := range t.buckets() {
		tx.Bucket(name).Clear()
	}
	tx.Bucket(catalogBucket).Delete(t.Name)
	c.decoded.Delete(t.Name)
}
