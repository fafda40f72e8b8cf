package template

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Table is an AWS::DynamoDB::Table in the terms of the DynamoDB API.
type Table struct {
	LogicalID string
	Name      string
	ARN       string

	// Create is the body of a CreateTable request.
	Create json.RawMessage

	// TTLAttribute is the attribute that UpdateTimeToLive names; empty if items
	// do not expire.
	TTLAttribute string

	HasStream bool

	streamARN string // what !GetAtt Table.StreamArn gives
}

// createProperties are the properties that CreateTable takes as CloudFormation
// has them.
var createProperties = []string{
	"AttributeDefinitions", "KeySchema", "BillingMode", "ProvisionedThroughput", "OnDemandThroughput",
	"GlobalSecondaryIndexes", "LocalSecondaryIndexes", "TableClass", "Tags",
}

func newTable(r Resource) (Table, error) {
	var p struct {
		KeySchema               []any
		StreamSpecification     *struct{ StreamViewType string }
		SSESpecification        *struct{ SSEEnabled truth }
		TimeToLiveSpecification *struct {
			AttributeName string
			Enabled       *truth
		}
		DeletionProtectionEnabled truth
	}
	if err := convert(r.Properties, &p); err != nil {
		return Table{}, err
	}
	if len(p.KeySchema) == 0 {
		return Table{}, errors.New("KeySchema: want the table's key")
	}
	t := Table{LogicalID: r.LogicalID, Name: r.Name, ARN: resourceARN(r.Type, r.LogicalID, r.Name)}
	t.streamARN = t.ARN + "/stream/" + streamLabel
	create := map[string]any{"TableName": t.Name}
	for _, name := range createProperties {
		if v, ok := r.Properties[name]; ok {
			create[name] = v
		}
	}
	if p.StreamSpecification != nil {
		t.HasStream = true
		create["StreamSpecification"] = map[string]any{
			"StreamEnabled": true, "StreamViewType": p.StreamSpecification.StreamViewType,
		}
	}
	if p.SSESpecification != nil {
		create["SSESpecification"] = map[string]any{"Enabled": p.SSESpecification.SSEEnabled}
	}
	if p.DeletionProtectionEnabled {
		create["DeletionProtectionEnabled"] = true
	}
	if ttl := p.TimeToLiveSpecification; ttl != nil && (ttl.Enabled == nil || bool(*ttl.Enabled)) {
		t.TTLAttribute = ttl.AttributeName
	}
	var err error
	if t.Create, err = json.Marshal(create); err != nil {
		return Table{}, fmt.Errorf("write CreateTable: %w", err)
	}
	return t, nil
}
