package dynamodb

import (
	"maps"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// Bytes per unit (developer guide, "Read and write operations").
const (
	readUnit  = 4 << 10
	writeUnit = 1 << 10
)

// consumedCapacity is a table's consumption as answers report it.
type consumedCapacity struct {
	TableName              string
	CapacityUnits          float64
	ReadCapacityUnits      float64                  `json:",omitempty"`
	WriteCapacityUnits     float64                  `json:",omitempty"`
	Table                  *capacityUnits           `json:",omitempty"`
	GlobalSecondaryIndexes map[string]capacityUnits `json:",omitempty"`
}

type capacityUnits struct {
	CapacityUnits      float64
	ReadCapacityUnits  float64 `json:",omitempty"`
	WriteCapacityUnits float64 `json:",omitempty"`
}

// units is what a request consumes of one table.
type units struct {
	name          string
	table         float64
	indexes       map[string]float64
	transactional bool // such reports tell reads from writes
	writes        bool
}

// checkCapacity refuses an unknown ReturnConsumedCapacity.
func checkCapacity(wish string) error {
	switch wish {
	case "", "NONE", "TOTAL", "INDEXES":
		return nil
	}
	return constraint(wish, "returnConsumedCapacity", "satisfy enum value set: [INDEXES, TOTAL, NONE]")
}

// report words the units as ReturnConsumedCapacity wishes; nil for none.
func (u units) report(wish string) *consumedCapacity {
	if wish == "" || wish == "NONE" {
		return nil
	}
	total := u.table
	for _, n := range u.indexes {
		total += n
	}
	sum := u.word(total)
	c := &consumedCapacity{u.name, sum.CapacityUnits, sum.ReadCapacityUnits, sum.WriteCapacityUnits, nil, nil}
	if wish != "INDEXES" {
		return c
	}
	own := u.word(u.table)
	c.Table = &own
	for index, n := range u.indexes {
		if c.GlobalSecondaryIndexes == nil {
			c.GlobalSecondaryIndexes = map[string]capacityUnits{}
		}
		c.GlobalSecondaryIndexes[index] = u.word(n)
	}
	return c
}

func (u units) word(n float64) capacityUnits {
	c := capacityUnits{CapacityUnits: n}
	switch {
	case u.transactional && u.writes:
		c.WriteCapacityUnits = n
	case u.transactional:
		c.ReadCapacityUnits = n
	}
	return c
}

// plus adds up two consumptions of the same table.
func (u units) plus(v units) units {
	if u.name == "" {
		return v
	}
	u.table += v.table
	u.indexes = maps.Clone(u.indexes)
	for index, n := range v.indexes {
		if u.indexes == nil {
			u.indexes = map[string]float64{}
		}
		u.indexes[index] += n
	}
	return u
}

// written counts a change: the larger of the item before and after, and so for
// every index entry that it touches. An entry that moves is deleted and
// written. The factor is 2 in a transaction, otherwise 1.
func written(c change, factor float64) units {
	u := units{name: c.table.Name, writes: true, transactional: factor == 2}
	u.table = factor * whole(max(c.old.Size(), c.new.Size()), writeUnit)
	for i := range c.table.Indexes {
		x := &c.table.Indexes[i]
		n := factor * x.written(c)
		if n == 0 {
			continue
		}
		if u.indexes == nil {
			u.indexes = map[string]float64{}
		}
		u.indexes[x.Name] = n
	}
	return u
}

func (x *secondary) written(c change) float64 {
	oldKey, old := x.entry(c.table, c.old)
	newKey, new := x.entry(c.table, c.new)
	switch {
	case oldKey == "" && newKey == "":
		return 0
	case oldKey == "" || newKey == "":
		return whole(max(old.Size(), new.Size()), writeUnit)
	case oldKey != newKey:
		return whole(old.Size(), writeUnit) + whole(new.Size(), writeUnit)
	case old.Equal(new):
		return 0
	}
	return whole(max(old.Size(), new.Size()), writeUnit)
}

// readFactor is 1 for strongly consistent reads, a half otherwise.
func readFactor(consistent bool) float64 {
	if consistent {
		return 1
	}
	return 0.5
}

// itemRead counts the read of one item, also of one that is not there. The
// factor is 2 in a transaction.
func itemRead(name string, item attribute.Item, factor float64) units {
	return units{name: name, table: factor * whole(item.Size(), readUnit), transactional: factor == 2}
}

// whole counts begun units, at least one.
func whole(size, unit int) float64 { return float64(max(1, (size+unit-1)/unit)) }
