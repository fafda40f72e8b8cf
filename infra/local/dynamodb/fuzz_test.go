package dynamodb_test

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

// FuzzRequest sends any body to any operation. The engine must answer, and
// with a client's error at worst.
func FuzzRequest(f *testing.F) {
	const key = `"TableName":"list","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}`
	for target, body := range map[string]string{
		"DynamoDB_20120810.CreateTable":             `{"TableName":"new","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"byA","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}`,
		"DynamoDB_20120810.DescribeTable":           `{"TableName":"list"}`,
		"DynamoDB_20120810.ListTables":              `{"Limit":1}`,
		"DynamoDB_20120810.DeleteTable":             `{"TableName":"new"}`,
		"DynamoDB_20120810.UpdateTimeToLive":        `{"TableName":"list","TimeToLiveSpecification":{"AttributeName":"x","Enabled":true}}`,
		"DynamoDB_20120810.DescribeTimeToLive":      `{"TableName":"list"}`,
		"DynamoDB_20120810.PutItem":                 `{"TableName":"list","Item":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"g"}},"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"INDEXES"}`,
		"DynamoDB_20120810.GetItem":                 `{` + key + `,"ProjectionExpression":"a.b[0]"}`,
		"DynamoDB_20120810.UpdateItem":              `{` + key + `,"UpdateExpression":"SET a = :a ADD n :n","ExpressionAttributeValues":{":a":{"S":""},":n":{"N":"1"}},"ReturnValues":"UPDATED_NEW"}`,
		"DynamoDB_20120810.DeleteItem":              `{` + key + `,"ConditionExpression":"attribute_exists(pk)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`,
		"DynamoDB_20120810.Query":                   `{"TableName":"list","KeyConditionExpression":"pk = :p AND sk > :s","ExpressionAttributeValues":{":p":{"S":"a"},":s":{"N":"0"}},"ScanIndexForward":false,"Limit":1}`,
		"DynamoDB_20120810.Scan":                    `{"TableName":"list","IndexName":"byG","Segment":0,"TotalSegments":3,"ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"g"}}}`,
		"DynamoDB_20120810.BatchGetItem":            `{"RequestItems":{"list":{"Keys":[{"pk":{"S":"a"},"sk":{"N":"1"}}]}}}`,
		"DynamoDB_20120810.BatchWriteItem":          `{"RequestItems":{"list":[{"PutRequest":{"Item":{"pk":{"S":"b"},"sk":{"N":"1"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}}]}}`,
		"DynamoDB_20120810.TransactGetItems":        `{"TransactItems":[{"Get":{` + key + `}}]}`,
		"DynamoDB_20120810.TransactWriteItems":      `{"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"list","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}},{"ConditionCheck":{"TableName":"list","Key":{"pk":{"S":"c"},"sk":{"N":"1"}},"ConditionExpression":"attribute_not_exists(pk)"}}]}`,
		"DynamoDBStreams_20120810.ListStreams":      `{"TableName":"list"}`,
		"DynamoDBStreams_20120810.DescribeStream":   `{"StreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/list/stream/2026-11-22T12:00:00.000"}`,
		"DynamoDBStreams_20120810.GetShardIterator": `{"StreamArn":"x","ShardId":"shardId-00000000000000000000-00000001","ShardIteratorType":"LATEST"}`,
		"DynamoDBStreams_20120810.GetRecords":       `{"ShardIterator":"eyJTdHJlYW0iOiJ4IiwiTmV4dCI6MSwiTWFkZSI6MX0="}`,
	} {
		f.Add(target, body)
	}
	engine, err := dynamodb.Open(f.TempDir(), dynamodb.Options{TTLInterval: -1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := engine.Close(); err != nil {
			f.Error(err)
		}
	})
	send := func(target, body string) *httptest.ResponseRecorder {
		req := httptest.NewRequest("POST", "/", io.NopCloser(strings.NewReader(body)))
		req.Header.Set("X-Amz-Target", target)
		req.Header.Set("Authorization", "any")
		rec := httptest.NewRecorder()
		engine.ServeHTTP(rec, req)
		return rec
	}
	send("DynamoDB_20120810.CreateTable", `{"TableName":"list","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],"GlobalSecondaryIndexes":[{"IndexName":"byG","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`)
	f.Fuzz(func(t *testing.T, target, body string) {
		if rec := send(target, body); rec.Code >= 500 {
			t.Fatalf("%s %s: %d %s", target, body, rec.Code, rec.Body)
		}
	})
}
