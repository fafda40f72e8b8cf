package dynamodb_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// consumed checks what an answer says that the table and its index "byG" used.
func consumed(t *testing.T, c *types.ConsumedCapacity, table, index float64) {
	t.Helper()
	got := 0.0
	if x, ok := c.GlobalSecondaryIndexes["byG"]; ok {
		got = *x.CapacityUnits
	}
	if *c.CapacityUnits != table+index || *c.Table.CapacityUnits != table || got != index {
		t.Fatalf("total %v, table %v, index %v; want table %v, index %v", *c.CapacityUnits, *c.Table.CapacityUnits, got, table, index)
	}
}

func TestWritesConsumeKilobytes(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"}, index{"byG", types.ProjectionTypeInclude, []string{"in"}, []string{"g:S"}})
	put := func(item values) *types.ConsumedCapacity {
		out, err := tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: aws.String("list"), Item: item.av(), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes})
		if err != nil {
			t.Fatal(err)
		}
		return out.ConsumedCapacity
	}
	text := func(size int) string { return strings.Repeat("x", size) }
	consumed(t, put(values{"pk": "a"}), 1, 0)
	consumed(t, put(values{"pk": "a", "x": text(1024)}), 2, 0)
	consumed(t, put(values{"pk": "a", "g": "1", "x": text(1024)}), 2, 1)  // enters the index
	consumed(t, put(values{"pk": "a", "g": "1", "x": "small"}), 2, 0)     // the larger of both; x is not in the index
	consumed(t, put(values{"pk": "a", "g": "1", "in": text(3000)}), 3, 3) // changes in the index
	consumed(t, put(values{"pk": "a", "g": "2", "in": text(3000)}), 3, 6) // moves in the index
	consumed(t, put(values{"pk": "a"}), 3, 3)                             // leaves the index
	out, err := tw.DeleteItem(tw.ctx, &sdk.DeleteItemInput{TableName: aws.String("list"), Key: values{"pk": "none"}.av(), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes})
	if err != nil {
		t.Fatal(err)
	}
	consumed(t, out.ConsumedCapacity, 1, 0)
}

func TestReadsConsumeFourKilobytes(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S", "sk:S"}, index{"byG", types.ProjectionTypeAll, nil, []string{"g:S"}})
	tw.puts("list", values{"pk": "a", "sk": "1", "g": "g", "x": strings.Repeat("x", 5000)}, values{"pk": "a", "sk": "2", "g": "g", "x": strings.Repeat("x", 5000)})
	get := func(sk string, consistent bool) *types.ConsumedCapacity {
		out, err := tw.GetItem(tw.ctx, &sdk.GetItemInput{
			TableName: aws.String("list"), Key: values{"pk": "a", "sk": sk}.av(), ConsistentRead: &consistent,
			ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.ConsumedCapacity
	}
	consumed(t, get("1", true), 2, 0)
	consumed(t, get("1", false), 1, 0)
	consumed(t, get("none", false), 0.5, 0)
	in := &sdk.QueryInput{TableName: aws.String("list"), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes, ConsistentRead: aws.Bool(true)}
	consumed(t, tw.queries(in, "pk = :p", values{":p": "a"}).out.ConsumedCapacity, 3, 0)
	in.ConsistentRead, in.IndexName = nil, aws.String("byG")
	consumed(t, tw.queries(in, "g = :g", values{":g": "g"}).out.ConsumedCapacity, 0, 1.5)
}
