package dynamodb_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (tw *twin) transacts(token string, parts ...types.TransactWriteItem) (*sdk.TransactWriteItemsOutput, error) {
	in := &sdk.TransactWriteItemsInput{TransactItems: parts, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}
	if token != "" {
		in.ClientRequestToken = &token
	}
	return tw.TransactWriteItems(tw.ctx, in)
}

func putPart(item values) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: aws.String("list"), Item: item.av()}}
}

func addPart(key values, n int) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: aws.String("list"), Key: key.av(),
		UpdateExpression: aws.String("ADD n :n"), ExpressionAttributeValues: values{":n": n}.av(),
	}}
}

func checkPart(key values, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: aws.String("list"), Key: key.av(), ConditionExpression: &condition,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func TestATransactionIsAllOrNothing(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	tw.puts("list", values{"pk": "there", "n": 1})
	parts := []types.TransactWriteItem{
		putPart(values{"pk": "new"}), addPart(values{"pk": "count"}, 5),
		checkPart(values{"pk": "there"}, "attribute_not_exists(pk)"),
	}
	_, err := tw.transacts("", parts...)
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		t.Fatalf("got %v", err)
	}
	refused(t, err, "TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons [None, None, ConditionalCheckFailed]")
	reason := cancelled.CancellationReasons[2]
	if *reason.Code != "ConditionalCheckFailed" || *reason.Message != "The conditional request failed" || *cancelled.CancellationReasons[0].Code != "None" {
		t.Fatalf("reasons %+v", cancelled.CancellationReasons)
	}
	equal(t, reason.Item, values{"pk": "there", "n": 1}.av())
	tw.holds("list", values{"pk": "new"}, nil)

	parts[2] = checkPart(values{"pk": "there"}, "attribute_exists(pk)")
	out, err := tw.transacts("", parts...)
	if err != nil {
		t.Fatal(err)
	}
	if n := *out.ConsumedCapacity[0].CapacityUnits; n != 6 {
		t.Errorf("consumed %v units, want 6", n)
	}
	tw.holds("list", values{"pk": "new"}, values{"pk": "new"})
	tw.holds("list", values{"pk": "count"}, values{"pk": "count", "n": 5})
}

func TestAClientTokenMakesATransactionHappenOnce(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	count := func(want int) {
		t.Helper()
		tw.holds("list", values{"pk": "a"}, values{"pk": "a", "n": want})
	}
	for range 3 {
		if _, err := tw.transacts("token", addPart(values{"pk": "a"}, 1)); err != nil {
			t.Fatal(err)
		}
	}
	count(1)
	_, err := tw.transacts("token", addPart(values{"pk": "a"}, 2))
	refused(t, err, "IdempotentParameterMismatchException", "")
	tw.clock.advance(10 * time.Minute)
	if _, err := tw.transacts("token", addPart(values{"pk": "a"}, 2)); err != nil {
		t.Fatal(err)
	}
	count(3)
}

func TestAFailedTransactionDoesNotSpendItsToken(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	parts := []types.TransactWriteItem{checkPart(values{"pk": "gate"}, "attribute_exists(pk)"), addPart(values{"pk": "a"}, 1)}
	_, err := tw.transacts("token", parts...)
	refused(t, err, "TransactionCanceledException", "[ConditionalCheckFailed, None]")
	tw.puts("list", values{"pk": "gate"})
	if _, err := tw.transacts("token", parts...); err != nil {
		t.Fatal(err)
	}
	tw.holds("list", values{"pk": "a"}, values{"pk": "a", "n": 1})
}

func TestWhatTransactionsAreRefused(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	tw.puts("list", values{"pk": "a", "n": "text"})
	_, err := tw.transacts("", putPart(values{"pk": "a"}), addPart(values{"pk": "a"}, 1))
	refused(t, err, "ValidationException", "Transaction request cannot include multiple operations on one item")
	_, err = tw.transacts("", addPart(values{"pk": "a"}, 1))
	refused(t, err, "TransactionCanceledException", "[ValidationError]")
	_, err = tw.transacts("", types.TransactWriteItem{})
	refused(t, err, "ValidationException", "TransactItems can only contain one of Check, Put, Update or Delete")
	var many []types.TransactWriteItem
	for range 101 {
		many = append(many, putPart(values{"pk": "x"}))
	}
	_, err = tw.transacts("", many...)
	refused(t, err, "ValidationException", "Member must have length less than or equal to 100")
}

func TestTransactGetReadsOneState(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	tw.puts("list", values{"pk": "a", "x": 1, "y": 2})
	get := func(key values, projection *string) types.TransactGetItem {
		return types.TransactGetItem{Get: &types.Get{TableName: aws.String("list"), Key: key.av(), ProjectionExpression: projection}}
	}
	out, err := tw.TransactGetItems(tw.ctx, &sdk.TransactGetItemsInput{
		TransactItems:          []types.TransactGetItem{get(values{"pk": "a"}, aws.String("x")), get(values{"pk": "none"}, nil)},
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, out.Responses[0].Item, values{"x": 1}.av())
	if out.Responses[1].Item != nil || *out.ConsumedCapacity[0].CapacityUnits != 4 {
		t.Fatalf("got %+v", out)
	}
}
