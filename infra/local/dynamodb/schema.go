package dynamodb

import (
	"slices"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// maxItem is the largest item, in bytes as DynamoDB counts them.
const maxItem = 400 << 10

// table is a table's description as it is stored. It never changes once made.
type table struct {
	Name      string
	ID        string
	Created   float64 // seconds since 1970
	Keys      schema
	Indexes   []secondary
	TTL       string // the attribute of times to live, "" if disabled
	Stream    *stream
	Billing   string
	Protected bool
	Encrypted bool
}

// schema is the key of a table or an index; Sort.Name is empty if it has none.
type schema struct{ Hash, Sort keyAttribute }

type keyAttribute struct {
	Name string
	Kind attribute.Kind
}

// secondary is a global secondary index.
type secondary struct {
	Name       string
	Keys       schema
	Projection string   // ALL, KEYS_ONLY or INCLUDE
	Include    []string // non-key attributes of INCLUDE
}

// attributes are the one or two key attributes.
func (s schema) attributes() []keyAttribute {
	if s.Sort.Name == "" {
		return []keyAttribute{s.Hash}
	}
	return []keyAttribute{s.Hash, s.Sort}
}

func (s schema) names() []string {
	if s.Sort.Name == "" {
		return []string{s.Hash.Name}
	}
	return []string{s.Hash.Name, s.Sort.Name}
}

func (s schema) has(name string) bool {
	return name != "" && (name == s.Hash.Name || name == s.Sort.Name)
}

// covers tells whether an item has all the key attributes, each of its kind.
func (s schema) covers(item attribute.Item) bool {
	return !slices.ContainsFunc(s.attributes(), func(k keyAttribute) bool { return item[k.Name].Kind != k.Kind })
}

// appendKey appends the bytes under which an item that the schema covers is
// sorted.
func (s schema) appendKey(dst []byte, item attribute.Item) []byte {
	dst = attribute.AppendPartition(dst, item[s.Hash.Name])
	if s.Sort.Name != "" {
		dst = attribute.AppendOrdered(dst, item[s.Sort.Name])
	}
	return dst
}

// key gives the bytes of an item's place in the table.
func (t *table) key(item attribute.Item) string { return string(t.Keys.appendKey(nil, item)) }

// entry gives an item's place and content in the index; the key is "" if the
// item does not belong in it.
func (x *secondary) entry(t *table, item attribute.Item) (key string, projected attribute.Item) {
	if !x.Keys.covers(item) {
		return "", nil
	}
	key = string(t.Keys.appendKey(x.Keys.appendKey(nil, item), item))
	if x.Projection == "ALL" {
		return key, item
	}
	return key, item.Pick(x.projected(t)...)
}

// projected are the attributes that an index other than ALL has.
func (x *secondary) projected(t *table) []string {
	return slices.Concat(t.Keys.names(), x.Keys.names(), x.Include)
}

// index finds an index by name.
func (t *table) index(name string) (*secondary, bool) {
	i := slices.IndexFunc(t.Indexes, func(x secondary) bool { return x.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Indexes[i], true
}

// checkKey refuses a Key that does not have exactly the key attributes.
func (t *table) checkKey(key attribute.Item) error {
	if len(key) != len(t.Keys.attributes()) || !t.Keys.covers(key) {
		return attribute.Refuse("The provided key element does not match the schema")
	}
	return t.checkKeyValues(key)
}

// checkItem refuses an item that the table or one of its indexes cannot hold.
func (t *table) checkItem(item attribute.Item) error {
	for _, k := range t.Keys.attributes() {
		v, ok := item[k.Name]
		if !ok {
			return attribute.Refuse("One or more parameter values were invalid: Missing the key %s in the item", k.Name)
		}
		if v.Kind != k.Kind {
			return attribute.Refuse("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", k.Name, k.Kind, v.Kind)
		}
	}
	if err := t.checkKeyValues(item); err != nil {
		return err
	}
	for _, x := range t.Indexes {
		if err := x.check(item); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) checkKeyValues(item attribute.Item) error {
	for _, k := range t.Keys.attributes() {
		if v := item[k.Name]; v.Kind != attribute.Number && v.Text == "" {
			return attribute.Refuse("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", emptyName(v.Kind), k.Name)
		}
	}
	return t.Keys.checkSizes(item)
}

func emptyName(k attribute.Kind) string {
	if k == attribute.Binary {
		return "binary"
	}
	return "string"
}

func (s schema) checkSizes(item attribute.Item) error {
	if len(item[s.Hash.Name].Text) > attribute.MaxHashKey {
		return attribute.Refuse("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
	}
	if s.Sort.Name != "" && len(item[s.Sort.Name].Text) > attribute.MaxRangeKey {
		return attribute.Refuse("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// check refuses key attributes of the index that are there but unfit.
func (x *secondary) check(item attribute.Item) error {
	for _, k := range x.Keys.attributes() {
		v, ok := item[k.Name]
		switch {
		case !ok:
		case v.Kind != k.Kind:
			return attribute.Refuse("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", k.Name, k.Kind, v.Kind, x.Name)
		case v.Kind != attribute.Number && v.Text == "":
			return attribute.Refuse("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s", emptyName(v.Kind), x.Name, k.Name)
		}
	}
	return x.Keys.checkSizes(item)
}
