package main

import (
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
)

func TestTheMeterCountsCallsUnitsAndBytes(t *testing.T) {
	engine, err := dynamodb.Open(t.TempDir(), dynamodb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{next: engine}
	server := httptest.NewServer(m)
	t.Cleanup(func() {
		server.Close()
		_ = engine.Close() // The folder goes with the test.
	})
	described, err := template.Load(filepath.Join("..", "..", "template.yaml"), template.Options{Parameters: map[string]string{
		"TokenIssuers": `[{"issuer":"http://127.0.0.1/issuer","audience":"parley"}]`, "AllowedOrigins": "http://127.0.0.1",
	}})
	if err != nil {
		t.Fatal(err)
	}
	client, name := table.Client(server.URL), "parley"
	if err := table.Create(t.Context(), client, described.Tables[0], name); err != nil {
		t.Fatal(err)
	}
	if used := m.take(); !reflect.DeepEqual(used, usage{}) {
		t.Errorf("making the table counts as %+v", used)
	}

	str := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	item := map[string]types.AttributeValue{"pk": str("a"), "sk": str("b"), "text": str(strings.Repeat("a", 1500))}
	put := &awsdynamodb.PutItemInput{TableName: &name, Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if _, err := client.PutItem(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutItem(t.Context(), put); err == nil {
		t.Fatal("the condition holds twice")
	}
	got, err := client.GetItem(t.Context(), &awsdynamodb.GetItemInput{
		TableName: &name, Key: map[string]types.AttributeValue{"pk": str("a"), "sk": str("b")}, ConsistentRead: aws.Bool(true),
	})
	if err != nil || len(got.Item) != 3 {
		t.Fatalf("got %v and %v", got, err)
	}
	_, err = client.TransactWriteItems(t.Context(), &awsdynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: &name, Item: map[string]types.AttributeValue{"pk": str("a"), "sk": str("c")}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	used := m.take()
	if used.bytes < 3*1500 || used.bytes > 3*1500+1500 {
		t.Errorf("counted %d bytes", used.bytes)
	}
	used.bytes = 0
	want := usage{
		calls:  map[string]int{"conditional PutItem": 1, "refused conditional PutItem": 1, "GetItem": 1, "TransactWriteItems": 1},
		writes: 3, reads: 1, writeUnits: 2 + 1 + 2, readUnits: 1,
	}
	if !reflect.DeepEqual(used, want) {
		t.Errorf("counted %+v, want %+v", used, want)
	}
}
