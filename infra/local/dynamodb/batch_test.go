package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func putting(item values) types.WriteRequest {
	return types.WriteRequest{PutRequest: &types.PutRequest{Item: item.av()}}
}

func deleting(key values) types.WriteRequest {
	return types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key.av()}}
}

func (tw *twin) batches(table string, writes ...types.WriteRequest) (*sdk.BatchWriteItemOutput, error) {
	return tw.BatchWriteItem(tw.ctx, &sdk.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{table: writes}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
}

func TestABatchPutsAndDeletes(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	tw.puts("list", values{"pk": "old"})
	out, err := tw.batches("list", putting(values{"pk": "new"}), deleting(values{"pk": "old"}), deleting(values{"pk": "never"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(out.UnprocessedItems) != 0 || *out.ConsumedCapacity[0].CapacityUnits != 3 {
		t.Fatalf("got %+v", out)
	}
	tw.holds("list", values{"pk": "new"}, values{"pk": "new"})
	tw.holds("list", values{"pk": "old"}, nil)
}

func TestWhatBatchesAreRefused(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	var many []types.WriteRequest
	var keys []map[string]types.AttributeValue
	for i := range 101 {
		keys = append(keys, values{"pk": fmt.Sprint(i)}.av())
	}
	for i := range 26 {
		many = append(many, putting(values{"pk": fmt.Sprint(i)}))
	}
	_, err := tw.batches("list", many...)
	refused(t, err, "ValidationException", "Too many items requested for the BatchWriteItem call")
	_, err = tw.batches("list", putting(values{"pk": "a"}), deleting(values{"pk": "a"}))
	refused(t, err, "ValidationException", "Provided list of item keys contains duplicates")
	_, err = tw.batches("nowhere", putting(values{"pk": "a"}))
	refused(t, err, "ResourceNotFoundException", "")
	_, err = tw.batches("list", putting(values{"pk": "a"}), putting(values{"pk": ""}))
	refused(t, err, "ValidationException", "empty string value")
	tw.holds("list", values{"pk": "a"}, nil)
	_, err = tw.BatchGetItem(tw.ctx, &sdk.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{"list": {Keys: keys}}})
	refused(t, err, "ValidationException", "Too many items requested for the BatchGetItem call")
	_, err = tw.BatchGetItem(tw.ctx, &sdk.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{"list": {Keys: append(keys[:1:1], keys[0])}}})
	refused(t, err, "ValidationException", "Provided list of item keys contains duplicates")
}

func TestBatchGetReadsSeveralTables(t *testing.T) {
	tw := start(t)
	tw.creates("one", []string{"pk:S"})
	tw.creates("two", []string{"pk:S"})
	tw.puts("one", values{"pk": "a", "x": 1, "y": 2})
	tw.puts("two", values{"pk": "b", "x": 1})
	out, err := tw.BatchGetItem(tw.ctx, &sdk.BatchGetItemInput{
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		RequestItems: map[string]types.KeysAndAttributes{
			"one": {Keys: []map[string]types.AttributeValue{values{"pk": "a"}.av(), values{"pk": "gone"}.av()}, ProjectionExpression: aws.String("#x"), ExpressionAttributeNames: map[string]string{"#x": "x"}},
			"two": {Keys: []map[string]types.AttributeValue{values{"pk": "b"}.av()}, ConsistentRead: aws.Bool(true)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, out.Responses["one"][0], values{"x": 1}.av())
	equal(t, out.Responses["two"][0], values{"pk": "b", "x": 1}.av())
	if len(out.Responses["one"]) != 1 || *out.ConsumedCapacity[0].CapacityUnits != 1 || *out.ConsumedCapacity[1].CapacityUnits != 1 {
		t.Fatalf("got %+v", out)
	}
}

func TestABatchGetBeyond16MBLeavesKeysUnprocessed(t *testing.T) {
	tw := start(t)
	tw.creates("large", []string{"pk:S"})
	var wanted []map[string]types.AttributeValue
	for i := range 42 {
		key := values{"pk": fmt.Sprint(i)}
		tw.puts("large", values{"pk": key["pk"], "x": strings.Repeat("x", 399<<10)})
		wanted = append(wanted, key.av())
	}
	out, err := tw.BatchGetItem(tw.ctx, &sdk.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{"large": {Keys: wanted}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, left := len(out.Responses["large"]), len(out.UnprocessedKeys["large"].Keys); got != 41 || left != 1 {
		t.Fatalf("got %d items and %d unprocessed keys", got, left)
	}
}
