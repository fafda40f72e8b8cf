package dynamodb

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// createRequest is CreateTable. Tags and throughput are accepted; the twin has
// no use for them.
type createRequest struct {
	TableName                 *string
	AttributeDefinitions      []attributeDefinition
	KeySchema                 []keyElement
	GlobalSecondaryIndexes    []indexRequest
	LocalSecondaryIndexes     []any
	BillingMode               string
	ProvisionedThroughput     *throughput
	StreamSpecification       *streamSpecification
	SSESpecification          *struct{ Enabled bool }
	DeletionProtectionEnabled bool
}

type attributeDefinition struct{ AttributeName, AttributeType string }

type keyElement struct{ AttributeName, KeyType string }

type projectionRequest struct {
	ProjectionType   string   `json:",omitempty"`
	NonKeyAttributes []string `json:",omitempty"`
}

type indexRequest struct {
	IndexName  string
	KeySchema  []keyElement
	Projection *projectionRequest
}

type throughput struct{ ReadCapacityUnits, WriteCapacityUnits int }

type streamSpecification struct {
	StreamEnabled  bool
	StreamViewType string `json:",omitempty"`
}

type tableAnswer struct{ TableDescription *tableDescription }

func (s *Server) createTable(r *createRequest) (*tableAnswer, error) {
	t, err := r.table(s.now())
	if err != nil {
		return nil, err
	}
	err = s.store.Write(func(tx *store.Tx) error {
		if _, err := s.tables.find(tx, t.Name); err == nil {
			return clientError(ownErrors+"ResourceInUseException", "Table already exists: %s", t.Name)
		}
		return s.tables.save(tx, t)
	})
	return &tableAnswer{t.describe()}, err
}

// table checks the request and makes the table's description.
func (r *createRequest) table(now time.Time) (*table, error) {
	name, err := tableName(r.TableName)
	if err != nil {
		return nil, err
	}
	t := &table{
		Name: name, ID: rand.Text(), Created: seconds(now), Billing: r.BillingMode,
		Protected: r.DeletionProtectionEnabled, Encrypted: r.SSESpecification != nil && r.SSESpecification.Enabled,
	}
	kinds, err := r.kinds()
	if err != nil {
		return nil, err
	}
	if t.Keys, err = schemaOf(r.KeySchema, kinds); err != nil {
		return nil, err
	}
	if t.Indexes, err = r.indexes(kinds); err != nil {
		return nil, err
	}
	if err := t.checkUsed(kinds); err != nil {
		return nil, err
	}
	if err := r.checkBilling(); err != nil {
		return nil, err
	}
	t.Stream, err = newStream(r.StreamSpecification, now)
	return t, err
}

func (r *createRequest) checkBilling() error {
	switch {
	case len(r.LocalSecondaryIndexes) > 0:
		return validation("Local secondary indexes are not supported here")
	case r.BillingMode == "PAY_PER_REQUEST" && r.ProvisionedThroughput != nil:
		return validation("One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case r.BillingMode != "PAY_PER_REQUEST" && r.BillingMode != "" && r.BillingMode != "PROVISIONED":
		return constraint(r.BillingMode, "billingMode", "satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]")
	case r.BillingMode != "PAY_PER_REQUEST" && r.ProvisionedThroughput == nil:
		return validation("One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	return nil
}

func (r *createRequest) kinds() (map[string]attribute.Kind, error) {
	kinds := map[string]attribute.Kind{}
	for _, d := range r.AttributeDefinitions {
		kind := attribute.KindOf(d.AttributeType)
		if kind != attribute.String && kind != attribute.Number && kind != attribute.Binary {
			return nil, constraint(d.AttributeType, "attributeDefinitions.1.member.attributeType", "satisfy enum value set: [B, N, S]")
		}
		if _, twice := kinds[d.AttributeName]; twice {
			return nil, validation("Cannot have two attributes with the same name")
		}
		kinds[d.AttributeName] = kind
	}
	return kinds, nil
}

func schemaOf(elements []keyElement, kinds map[string]attribute.Kind) (schema, error) {
	if len(elements) < 1 || len(elements) > 2 {
		return schema{}, validation("1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2 and greater than or equal to 1")
	}
	var s schema
	for i, e := range elements {
		kind, ok := kinds[e.AttributeName]
		switch {
		case i == 0 && e.KeyType != "HASH":
			return s, validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
		case i == 1 && e.KeyType != "RANGE":
			return s, validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
		case i == 1 && e.AttributeName == s.Hash.Name:
			return s, validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
		case !ok:
			return s, validation("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]", e.AttributeName, sortedNames(kinds))
		}
		key := keyAttribute{e.AttributeName, kind}
		if i == 0 {
			s.Hash = key
		} else {
			s.Sort = key
		}
	}
	return s, nil
}

// maxIndexes is DynamoDB's default quota.
const maxIndexes = 20

func (r *createRequest) indexes(kinds map[string]attribute.Kind) ([]secondary, error) {
	if len(r.GlobalSecondaryIndexes) > maxIndexes {
		return nil, clientError(ownErrors+"LimitExceededException", "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of %d", maxIndexes)
	}
	var indexes []secondary
	for _, x := range r.GlobalSecondaryIndexes {
		if len(x.IndexName) < 3 || len(x.IndexName) > 255 || strings.Trim(x.IndexName, nameLetters) != "" {
			return nil, constraint(x.IndexName, "globalSecondaryIndexes.1.member.indexName", "have length less than or equal to 255 and greater than or equal to 3 and satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
		}
		if slices.ContainsFunc(indexes, func(other secondary) bool { return other.Name == x.IndexName }) {
			return nil, validation("One or more parameter values were invalid: Duplicate index name: %s", x.IndexName)
		}
		keys, err := schemaOf(x.KeySchema, kinds)
		if err != nil {
			return nil, err
		}
		if err := x.Projection.check(); err != nil {
			return nil, err
		}
		indexes = append(indexes, secondary{x.IndexName, keys, x.Projection.ProjectionType, x.Projection.NonKeyAttributes})
	}
	return indexes, nil
}

func (p *projectionRequest) check() error {
	switch {
	case p == nil:
		return missing("globalSecondaryIndexes.1.member.projection")
	case p.ProjectionType == "":
		return validation("One or more parameter values were invalid: Unknown ProjectionType: null")
	case p.ProjectionType != "ALL" && p.ProjectionType != "KEYS_ONLY" && p.ProjectionType != "INCLUDE":
		return constraint(p.ProjectionType, "globalSecondaryIndexes.1.member.projection.projectionType", "satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]")
	case p.ProjectionType == "INCLUDE" && len(p.NonKeyAttributes) == 0:
		return validation("One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case p.ProjectionType != "INCLUDE" && len(p.NonKeyAttributes) > 0:
		return validation("One or more parameter values were invalid: ProjectionType is %s, but NonKeyAttributes is specified", p.ProjectionType)
	}
	return nil
}

// checkUsed refuses attribute definitions that no key uses.
func (t *table) checkUsed(kinds map[string]attribute.Kind) error {
	used := map[string]attribute.Kind{}
	for _, k := range t.keyAttributes() {
		used[k.Name] = k.Kind
	}
	if len(used) == len(kinds) {
		return nil
	}
	if len(t.Indexes) == 0 {
		return validation("One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	}
	return validation("One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]", sortedNames(kinds), sortedNames(used))
}

type tableRequest struct{ TableName *string }

// find gives the table that a request names.
func (s *Server) find(tx *store.Tx, given *string) (*table, error) {
	name, err := tableName(given)
	if err != nil {
		return nil, err
	}
	t, err := s.tables.find(tx, name)
	if err == error(errNoTable) {
		return nil, clientError(errNoTable.Type, "Requested resource not found: Table: %s not found", name)
	}
	return t, err
}

type describeAnswer struct{ Table *tableDescription }

func (s *Server) describeTable(r *tableRequest) (*describeAnswer, error) {
	answer := &describeAnswer{}
	return answer, s.store.Read(func(tx *store.Tx) error {
		t, err := s.find(tx, r.TableName)
		if err != nil {
			return err
		}
		answer.Table = t.describe()
		answer.Table.count(tx, t)
		return nil
	})
}

func (s *Server) deleteTable(r *tableRequest) (*tableAnswer, error) {
	answer := &tableAnswer{}
	return answer, s.store.Write(func(tx *store.Tx) error {
		t, err := s.find(tx, r.TableName)
		if err != nil {
			return err
		}
		if t.Protected {
			return validation("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
		}
		answer.TableDescription = t.describe()
		answer.TableDescription.TableStatus = "DELETING"
		s.tables.remove(tx, t)
		return nil
	})
}

type listTablesRequest struct {
	ExclusiveStartTableName string
	Limit                   *int
}

type listTablesAnswer struct {
	TableNames             []string
	LastEvaluatedTableName string `json:",omitempty"`
}

func (s *Server) listTables(r *listTablesRequest) (*listTablesAnswer, error) {
	limit := 100
	if r.Limit != nil {
		limit = *r.Limit
	}
	if limit < 1 || limit > 100 {
		return nil, constraint("", "limit", "have value less than or equal to 100 and greater than or equal to 1")
	}
	answer := &listTablesAnswer{TableNames: []string{}}
	return answer, s.store.Read(func(tx *store.Tx) error {
		tables, err := s.tables.all(tx)
		for _, t := range tables {
			if t.Name <= r.ExclusiveStartTableName {
				continue
			}
			if len(answer.TableNames) == limit {
				answer.LastEvaluatedTableName = answer.TableNames[limit-1]
				break
			}
			answer.TableNames = append(answer.TableNames, t.Name)
		}
		return err
	})
}
