package dynamodb_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestAnItemComesBackAsItWasPut(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S", "sk:N"})
	item := values{
		"pk": "ä\x00\"\\\n", "sk": 1, "s": "", "b": []byte{0, 255}, "t": true, "f": false, "null": nil,
		"list": []any{"x", 1, []any{}, values{}}, "map": values{"deep": values{"er": "x"}},
		"ss": strs("b", "a"), "ns": nums("1", "-2.5"), "bs": [][]byte{{1}, {2}},
	}
	tw.puts("things", item)
	tw.holds("things", values{"pk": "ä\x00\"\\\n", "sk": 1}, item)
	tw.holds("things", values{"pk": "other", "sk": 1}, nil)
}

func TestNumbersAreExactTo38Digits(t *testing.T) {
	tw := start(t)
	tw.creates("numbers", []string{"pk:S"})
	for given, kept := range map[string]string{
		"12345678901234567890123456789012345678":  "12345678901234567890123456789012345678",
		"0.1234567890123456789012345678901234567": "0.1234567890123456789012345678901234567",
		"1E3": "1000", "-0": "0", "1.500": "1.5", "+7": "7", "1e-3": "0.001", "00012": "12",
	} {
		tw.puts("numbers", values{"pk": "n", "n": num(given)})
		tw.holds("numbers", values{"pk": "n"}, values{"pk": "n", "n": num(kept)})
	}
	for given, message := range map[string]string{
		"123456789012345678901234567890123456789": "Attempting to store more than 38 significant digits in a Number",
		"1E126":  "Number overflow",
		"1E-131": "Number underflow",
		"NaN":    "cannot be converted to a numeric value: NaN",
		"":       "cannot be converted to a numeric value",
		"0x1":    "cannot be converted",
		"1_0":    "cannot be converted",
	} {
		_, err := tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: aws.String("numbers"), Item: values{"pk": "n", "n": num(given)}.av()})
		refused(t, err, "ValidationException", message)
	}
}

func TestReturnValues(t *testing.T) {
	before := values{"pk": "a", "n": 1, "m": values{"x": 1, "y": 2}, "z": "same"}
	after := values{"pk": "a", "n": 2, "m": values{"x": 5, "y": 2}, "z": "same"}
	for wish, want := range map[types.ReturnValue]values{
		types.ReturnValueNone:       nil,
		types.ReturnValueAllOld:     before,
		types.ReturnValueAllNew:     after,
		types.ReturnValueUpdatedOld: {"n": 1, "m": values{"x": 1}},
		types.ReturnValueUpdatedNew: {"n": 2, "m": values{"x": 5}},
	} {
		tw := start(t)
		tw.creates("things", []string{"pk:S"})
		tw.puts("things", before)
		out, err := tw.UpdateItem(tw.ctx, &sdk.UpdateItemInput{
			TableName: aws.String("things"), Key: values{"pk": "a"}.av(), ReturnValues: wish,
			UpdateExpression: aws.String("SET m.x = :x ADD n :one"), ExpressionAttributeValues: values{":x": 5, ":one": 1}.av(),
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, out.Attributes, want.av())
	}
}

func TestPutAndDeleteReturnTheOldItem(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	tw.puts("things", values{"pk": "a", "n": 1})
	put, err := tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: aws.String("things"), Item: values{"pk": "a"}.av(), ReturnValues: types.ReturnValueAllOld})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, put.Attributes, values{"pk": "a", "n": 1}.av())
	del, err := tw.DeleteItem(tw.ctx, &sdk.DeleteItemInput{TableName: aws.String("things"), Key: values{"pk": "a"}.av(), ReturnValues: types.ReturnValueAllOld})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, del.Attributes, values{"pk": "a"}.av())
	_, err = tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: aws.String("things"), Item: values{"pk": "a"}.av(), ReturnValues: types.ReturnValueUpdatedNew})
	refused(t, err, "ValidationException", "Return values set to invalid value")
}

func TestAFailedConditionCanReturnTheItem(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	tw.puts("things", values{"pk": "a", "n": 1})
	_, err := tw.PutItem(tw.ctx, &sdk.PutItemInput{
		TableName: aws.String("things"), Item: values{"pk": "a"}.av(), ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) || failed.ErrorMessage() != "The conditional request failed" {
		t.Fatalf("got %v", err)
	}
	equal(t, failed.Item, values{"pk": "a", "n": 1}.av())
	tw.holds("things", values{"pk": "a"}, values{"pk": "a", "n": 1})
}

func TestAnUpdateMakesTheItemIfThereIsNone(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	for expression, want := range map[string]values{
		"":                                  {"pk": "new"},
		"REMOVE gone":                       {"pk": "new"},
		"SET a = :v":                        {"pk": "new", "a": 1},
		"ADD a :v":                          {"pk": "new", "a": 1},
		"SET a = if_not_exists(a, :v) + :v": {"pk": "new", "a": 2},
	} {
		in := &sdk.UpdateItemInput{TableName: aws.String("things"), Key: values{"pk": "new"}.av()}
		if expression != "" {
			in.UpdateExpression = &expression
		}
		if strings.Contains(expression, ":v") {
			in.ExpressionAttributeValues = values{":v": 1}.av()
		}
		if _, err := tw.UpdateItem(tw.ctx, in); err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		tw.holds("things", values{"pk": "new"}, want)
		if _, err := tw.DeleteItem(tw.ctx, &sdk.DeleteItemInput{TableName: aws.String("things"), Key: in.Key}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGetItemProjects(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	tw.puts("things", values{"pk": "a", "name": "x", "l": []any{"0", "1", values{"in": 2, "out": 3}}})
	out, err := tw.GetItem(tw.ctx, &sdk.GetItemInput{
		TableName: aws.String("things"), Key: values{"pk": "a"}.av(),
		ProjectionExpression: aws.String("#n, l[2].#in, l[0], nothing.here"), ExpressionAttributeNames: map[string]string{"#n": "name", "#in": "in"},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, out.Item, values{"name": "x", "l": []any{"0", values{"in": 2}}}.av())
}

func TestWhatItemsAreRefused(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S", "sk:S"}, index{"byG", types.ProjectionTypeAll, nil, []string{"g:S"}})
	for message, item := range map[string]values{
		"Missing the key sk in the item":                                {"pk": "a"},
		"Type mismatch for key sk expected: S actual: N":                {"pk": "a", "sk": 1},
		"cannot contain an empty string value. Key: pk":                 {"pk": "", "sk": "a"},
		"Size of hashkey has exceeded the maximum size limit":           {"pk": strings.Repeat("x", 2049), "sk": "a"},
		"Aggregated size of all range keys has exceeded the size limit": {"pk": "a", "sk": strings.Repeat("x", 1025)},
		"Type mismatch for Index Key g Expected: S Actual: N":           {"pk": "a", "sk": "a", "g": 1},
		"IndexName: byG, IndexKey: g":                                   {"pk": "a", "sk": "a", "g": ""},
		"Item size has exceeded the maximum allowed size":               {"pk": "a", "sk": "a", "x": strings.Repeat("x", 400<<10)},
		"contains duplicates":                                           {"pk": "a", "sk": "a", "x": nums("1", "1.0")},
		"An string set  may not be empty":                               {"pk": "a", "sk": "a", "x": &types.AttributeValueMemberSS{Value: []string{}}},
	} {
		_, err := tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: aws.String("things"), Item: item.av()})
		refused(t, err, "ValidationException", message)
	}
	_, err := tw.GetItem(tw.ctx, &sdk.GetItemInput{TableName: aws.String("things"), Key: values{"pk": "a"}.av()})
	refused(t, err, "ValidationException", "The provided key element does not match the schema")
	_, err = tw.UpdateItem(tw.ctx, &sdk.UpdateItemInput{
		TableName: aws.String("things"), Key: values{"pk": "a", "sk": "a"}.av(),
		UpdateExpression: aws.String("SET pk = :v"), ExpressionAttributeValues: values{":v": "b"}.av(),
	})
	refused(t, err, "ValidationException", "Cannot update attribute pk. This attribute is part of the key")
	_, err = tw.GetItem(tw.ctx, &sdk.GetItemInput{TableName: aws.String("nowhere"), Key: values{"pk": "a"}.av()})
	refused(t, err, "ResourceNotFoundException", "Requested resource not found")
}

func TestAnItemOfExactly400KBFits(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	size := 400<<10 - len("pk") - len("a") - len("x")
	tw.puts("things", values{"pk": "a", "x": strings.Repeat("x", size)})
	_, err := tw.UpdateItem(tw.ctx, &sdk.UpdateItemInput{
		TableName: aws.String("things"), Key: values{"pk": "a"}.av(),
		UpdateExpression: aws.String("SET y = :y"), ExpressionAttributeValues: values{":y": ""}.av(),
	})
	refused(t, err, "ValidationException", "Item size to update has exceeded the maximum allowed size")
}

func TestPlaceholdersMustBeUsed(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	put := func(change func(*sdk.PutItemInput)) error {
		in := &sdk.PutItemInput{TableName: aws.String("things"), Item: values{"pk": "a"}.av()}
		change(in)
		_, err := tw.PutItem(tw.ctx, in)
		return err
	}
	refused(t, put(func(in *sdk.PutItemInput) {
		in.ConditionExpression = aws.String("pk = :a")
		in.ExpressionAttributeValues = values{":a": "a", ":b": "b"}.av()
	}), "ValidationException", "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}")
	refused(t, put(func(in *sdk.PutItemInput) {
		in.ConditionExpression = aws.String("attribute_exists(pk)")
		in.ExpressionAttributeNames = map[string]string{"#b": "b"}
	}), "ValidationException", "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}")
	refused(t, put(func(in *sdk.PutItemInput) {
		in.ExpressionAttributeNames = map[string]string{"#b": "b"}
	}), "ValidationException", "ExpressionAttributeNames can only be specified when using expressions")
}

func TestSixtyFourWritersOfOneItemLoseNoUpdate(t *testing.T) {
	tw := start(t)
	tw.creates("things", []string{"pk:S"})
	const writers, each = 64, 10
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				_, err := tw.UpdateItem(tw.ctx, &sdk.UpdateItemInput{
					TableName: aws.String("things"), Key: values{"pk": "a"}.av(),
					UpdateExpression: aws.String("ADD n :one"), ExpressionAttributeValues: values{":one": 1}.av(),
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	tw.holds("things", values{"pk": "a"}, values{"pk": "a", "n": writers * each})
}
