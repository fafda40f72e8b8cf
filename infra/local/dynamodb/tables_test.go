package dynamodb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestATableIsDescribedAsItWasMade(t *testing.T) {
	tw := start(t)
	tw.creates("chat", []string{"pk:S", "sk:N"}, index{"byG", types.ProjectionTypeInclude, []string{"x"}, []string{"g:B"}})
	tw.puts("chat", values{"pk": "a", "sk": 1, "g": []byte("g")}, values{"pk": "b", "sk": 1})
	out, err := tw.DescribeTable(tw.ctx, &sdk.DescribeTableInput{TableName: aws.String("chat")})
	if err != nil {
		t.Fatal(err)
	}
	d := out.Table
	if d.TableStatus != types.TableStatusActive || *d.ItemCount != 2 || d.BillingModeSummary.BillingMode != types.BillingModePayPerRequest || d.LatestStreamArn == nil {
		t.Errorf("got %+v", d)
	}
	if len(d.KeySchema) != 2 || *d.KeySchema[1].AttributeName != "sk" || d.KeySchema[1].KeyType != types.KeyTypeRange || len(d.AttributeDefinitions) != 3 {
		t.Errorf("got %+v", d)
	}
	x := d.GlobalSecondaryIndexes[0]
	if *x.IndexName != "byG" || *x.ItemCount != 1 || x.IndexStatus != types.IndexStatusActive || !slices.Equal(x.Projection.NonKeyAttributes, []string{"x"}) {
		t.Errorf("got %+v", x)
	}
}

func TestTablesAreListedAndDeleted(t *testing.T) {
	tw := start(t)
	for _, name := range []string{"ccc", "aaa", "bbb"} {
		tw.creates(name, []string{"pk:S"})
	}
	tw.puts("bbb", values{"pk": "a"})
	first, err := tw.ListTables(tw.ctx, &sdk.ListTablesInput{Limit: aws.Int32(2)})
	if err != nil || strings.Join(first.TableNames, " ") != "aaa bbb" || *first.LastEvaluatedTableName != "bbb" {
		t.Fatalf("got %+v %v", first, err)
	}
	rest, err := tw.ListTables(tw.ctx, &sdk.ListTablesInput{ExclusiveStartTableName: first.LastEvaluatedTableName})
	if err != nil || strings.Join(rest.TableNames, " ") != "ccc" || rest.LastEvaluatedTableName != nil {
		t.Fatalf("got %+v %v", rest, err)
	}
	if _, err := tw.DeleteTable(tw.ctx, &sdk.DeleteTableInput{TableName: aws.String("bbb")}); err != nil {
		t.Fatal(err)
	}
	_, err = tw.DescribeTable(tw.ctx, &sdk.DescribeTableInput{TableName: aws.String("bbb")})
	refused(t, err, "ResourceNotFoundException", "Requested resource not found: Table: bbb not found")
	tw.creates("bbb", []string{"pk:S"})
	tw.holds("bbb", values{"pk": "a"}, nil)
}

func TestWhatTablesAreRefused(t *testing.T) {
	tw := start(t)
	tw.creates("there", []string{"pk:S"})
	attributes := func(names ...string) (list []types.AttributeDefinition) {
		for _, n := range names {
			list = append(list, types.AttributeDefinition{AttributeName: &n, AttributeType: types.ScalarAttributeTypeS})
		}
		return list
	}
	byG := func(p types.ProjectionType, include ...string) []types.GlobalSecondaryIndex {
		return []types.GlobalSecondaryIndex{{IndexName: aws.String("byG"), KeySchema: keys("g"), Projection: &types.Projection{ProjectionType: p, NonKeyAttributes: include}}}
	}
	for name, c := range map[string]struct {
		change        func(*sdk.CreateTableInput)
		code, message string
	}{
		"exists":           {func(in *sdk.CreateTableInput) { in.TableName = aws.String("there") }, "ResourceInUseException", "Table already exists: there"},
		"short name":       {func(in *sdk.CreateTableInput) { in.TableName = aws.String("ab") }, "ValidationException", "greater than or equal to 3"},
		"odd name":         {func(in *sdk.CreateTableInput) { in.TableName = aws.String("a b c") }, "ValidationException", "[a-zA-Z0-9_.-]+"},
		"undefined key":    {func(in *sdk.CreateTableInput) { in.AttributeDefinitions = attributes("x") }, "ValidationException", "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], AttributeDefinitions: [x]"},
		"unused attribute": {func(in *sdk.CreateTableInput) { in.AttributeDefinitions = attributes("pk", "x") }, "ValidationException", "Number of attributes in KeySchema does not exactly match"},
		"unused beside index": {func(in *sdk.CreateTableInput) {
			in.AttributeDefinitions, in.GlobalSecondaryIndexes = attributes("pk", "g", "x"), byG(types.ProjectionTypeAll)
		}, "ValidationException", "Some AttributeDefinitions are not used"},
		"include nothing": {func(in *sdk.CreateTableInput) {
			in.AttributeDefinitions, in.GlobalSecondaryIndexes = attributes("pk", "g"), byG(types.ProjectionTypeInclude)
		}, "ValidationException", "NonKeyAttributes is not specified"},
		"no throughput": {func(in *sdk.CreateTableInput) { in.BillingMode = types.BillingModeProvisioned }, "ValidationException", "must both be specified when BillingMode is PROVISIONED"},
		"stream view": {func(in *sdk.CreateTableInput) {
			in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: "ALL"}
		}, "ValidationException", "streamViewType"},
	} {
		in := &sdk.CreateTableInput{TableName: aws.String("new"), KeySchema: keys("pk"), AttributeDefinitions: attributes("pk"), BillingMode: types.BillingModePayPerRequest}
		c.change(in)
		_, err := tw.CreateTable(tw.ctx, in)
		t.Log(name)
		refused(t, err, c.code, c.message)
	}
}

func TestAProtectedTableIsNotDeleted(t *testing.T) {
	tw := start(t)
	_, err := tw.CreateTable(tw.ctx, &sdk.CreateTableInput{
		TableName: aws.String("safe"), KeySchema: keys("pk"), DeletionProtectionEnabled: aws.Bool(true), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		Tags:                 []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		SSESpecification:     &types.SSESpecification{Enabled: aws.Bool(true), SSEType: types.SSETypeKms},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tw.DeleteTable(tw.ctx, &sdk.DeleteTableInput{TableName: aws.String("safe")})
	refused(t, err, "ValidationException", "protected against deletion")
}
