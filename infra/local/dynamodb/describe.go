package dynamodb

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// tableDescription is what DescribeTable tells.
type tableDescription struct {
	TableName                 string
	TableArn                  string
	TableId                   string
	TableStatus               string
	CreationDateTime          float64
	AttributeDefinitions      []attributeDefinition
	KeySchema                 []keyElement
	ItemCount                 int
	TableSizeBytes            int
	BillingModeSummary        *billingSummary `json:",omitempty"`
	ProvisionedThroughput     provisionedThroughput
	GlobalSecondaryIndexes    []indexDescription     `json:",omitempty"`
	StreamSpecification       *streamSpecification   `json:",omitempty"`
	LatestStreamArn           string                 `json:",omitempty"`
	LatestStreamLabel         string                 `json:",omitempty"`
	SSEDescription            *encryptionDescription `json:",omitempty"`
	DeletionProtectionEnabled bool
}

type billingSummary struct{ BillingMode string }

type encryptionDescription struct{ Status, SSEType string }

type provisionedThroughput struct {
	ReadCapacityUnits, WriteCapacityUnits, NumberOfDecreasesToday int
}

type indexDescription struct {
	IndexName             string
	IndexArn              string
	IndexStatus           string
	KeySchema             []keyElement
	Projection            projectionRequest
	ItemCount             int
	IndexSizeBytes        int
	ProvisionedThroughput provisionedThroughput
}

func (t *table) describe() *tableDescription {
	d := &tableDescription{
		TableName: t.Name, TableArn: tableARN(t.Name), TableId: t.ID, TableStatus: "ACTIVE",
		CreationDateTime: t.Created, KeySchema: t.Keys.describe(), DeletionProtectionEnabled: t.Protected,
	}
	kinds := map[string]attribute.Kind{}
	for _, k := range t.keyAttributes() {
		kinds[k.Name] = k.Kind
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		d.AttributeDefinitions = append(d.AttributeDefinitions, attributeDefinition{name, kinds[name].String()})
	}
	if t.Billing == "PAY_PER_REQUEST" {
		d.BillingModeSummary = &billingSummary{t.Billing}
	}
	if t.Encrypted {
		d.SSEDescription = &encryptionDescription{"ENABLED", "KMS"}
	}
	if t.Stream != nil {
		d.StreamSpecification = &streamSpecification{true, t.Stream.View}
		d.LatestStreamArn, d.LatestStreamLabel = t.streamARN(), t.Stream.Label
	}
	for _, x := range t.Indexes {
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, indexDescription{
			IndexName: x.Name, IndexArn: d.TableArn + "/index/" + x.Name, IndexStatus: "ACTIVE",
			KeySchema: x.Keys.describe(), Projection: projectionRequest{x.Projection, x.Include},
		})
	}
	return d
}

// count fills in how much the table and its indexes hold. DynamoDB's numbers
// are up to six hours old; these are fresh.
func (d *tableDescription) count(tx *store.Tx, t *table) {
	d.ItemCount, d.TableSizeBytes = contents(tx, t.itemsBucket())
	for i := range d.GlobalSecondaryIndexes {
		x := &d.GlobalSecondaryIndexes[i]
		x.ItemCount, x.IndexSizeBytes = contents(tx, t.indexBucket(x.IndexName))
	}
}

func contents(tx *store.Tx, bucket string) (items, bytes int) {
	for _, stored := range tx.Bucket(bucket).All(store.Range{}, false) {
		items++
		bytes += len(stored)
	}
	return items, bytes
}

func (s schema) describe() []keyElement {
	elements := []keyElement{{s.Hash.Name, "HASH"}}
	if s.Sort.Name != "" {
		elements = append(elements, keyElement{s.Sort.Name, "RANGE"})
	}
	return elements
}

// keyAttributes are those of the table and of all its indexes.
func (t *table) keyAttributes() []keyAttribute {
	all := t.Keys.attributes()
	for _, x := range t.Indexes {
		all = append(all, x.Keys.attributes()...)
	}
	return all
}

func sortedNames(kinds map[string]attribute.Kind) string {
	return strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
}

// seconds is a time as the JSON protocol writes it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
