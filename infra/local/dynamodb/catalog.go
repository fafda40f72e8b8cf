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

func (t *table) buckets() []string {
	all := []string{t.itemsBucket(), t.ttlBucket(), t.streamBucket()}
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
	b, ok := tx.Bucket(catalogBucket)
	if !ok {
		return nil, errNoTable
	}
	stored := b.Get([]byte(name))
	if stored == nil {
		return nil, errNoTable
	}
	if t, ok := c.decoded.Load(name); ok && t.(remembered).stored == string(stored) {
		return t.(remembered).table, nil
	}
	t := &table{}
	if err := json.Unmarshal(stored, t); err != nil {
		return nil, fmt.Errorf("read the description of table %s: %w", name, err)
	}
	c.decoded.Store(name, remembered{string(stored), t})
	return t, nil
}

type remembered struct {
	stored string
	table  *table
}

// all gives every table, by name.
func (c *catalog) all(tx *store.Tx) ([]*table, error) {
	b, ok := tx.Bucket(catalogBucket)
	if !ok {
		return nil, nil
	}
	var tables []*table
	for name := range b.All(store.Range{}, false) {
		t, err := c.find(tx, string(name))
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// save writes a table's description and makes what buckets it lacks.
func (c *catalog) save(tx *store.Tx, t *table) error {
	b, err := tx.Create(catalogBucket)
	if err != nil {
		return fmt.Errorf("make the catalogue of tables: %w", err)
	}
	stored, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write the description of table %s: %w", t.Name, err)
	}
	for _, name := range t.buckets() {
		if _, err := tx.Create(name); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	return b.Put([]byte(t.Name), stored)
}

// remove drops a table with all that it holds.
func (c *catalog) remove(tx *store.Tx, t *table) error {
	for _, name := range t.buckets() {
		if err := tx.Drop(name); err != nil {
			return fmt.Errorf("drop bucket %s: %w", name, err)
		}
	}
	b, _ := tx.Bucket(catalogBucket)
	c.decoded.Delete(t.Name)
	return b.Delete([]byte(t.Name))
}

// bucket gives a bucket that a catalogued table must have.
func bucket(tx *store.Tx, name string) (store.Bucket, error) {
	b, ok := tx.Bucket(name)
	if !ok {
		return b, fmt.Errorf("bucket %s is missing", name)
	}
	return b, nil
}
