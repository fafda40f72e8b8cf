package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// compare puts the same loads on one or two endpoints in turn.
func compare(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	ops := flags.Int("ops", 3000, "operations of each load")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if n := flags.NArg(); n < 1 || n > 2 {
		return fmt.Errorf("want one or two endpoints, got %d", n)
	}
	for _, clients := range []int{1, 16} {
		var rates []float64
		for _, endpoint := range flags.Args() {
			r, err := measure(ctx, endpoint, clients, *ops)
			if err != nil {
				return fmt.Errorf("%s: %w", endpoint, err)
			}
			fmt.Printf("%2d clients  %-28s %6.0f op/s  p50 %v  p99 %v\n", clients, endpoint, r.rate, r.p50, r.p99)
			rates = append(rates, r.rate)
		}
		if len(rates) == 2 {
			fmt.Printf("%2d clients  ratio %.1f\n", clients, rates[0]/rates[1])
		}
	}
	return nil
}

type result struct {
	rate     float64 // operations a second
	p50, p99 time.Duration
}

// measure shares out operations among clients: a third each of puts, updates
// and queries, spread over 50 partitions.
func measure(ctx context.Context, endpoint string, clients, ops int) (result, error) {
	db := awsdynamodb.New(awsdynamodb.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	table := fmt.Sprintf("bench-%d-%d", clients, time.Now().UnixNano())
	if err := makeTable(ctx, db, table); err != nil {
		return result{}, err
	}
	var next atomic.Int64
	var group sync.WaitGroup
	took := make([]time.Duration, ops)
	failures := make(chan error, clients)
	start := time.Now()
	for range clients {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < ops; i = int(next.Add(1)) - 1 {
				begun := time.Now()
				if err := operate(ctx, db, table, i); err != nil {
					failures <- err
					return
				}
				took[i] = time.Since(begun)
			}
		})
	}
	group.Wait()
	total := time.Since(start)
	close(failures)
	if err := <-failures; err != nil {
		return result{}, err
	}
	slices.Sort(took)
	return result{float64(ops) / total.Seconds(), took[ops/2], took[ops*99/100]}, nil
}

func makeTable(ctx context.Context, db *awsdynamodb.Client, table string) error {
	_, err := db.CreateTable(ctx, &awsdynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		return err
	}
	return awsdynamodb.NewTableExistsWaiter(db, func(o *awsdynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	}).Wait(ctx, &awsdynamodb.DescribeTableInput{TableName: &table}, time.Minute)
}

func operate(ctx context.Context, db *awsdynamodb.Client, table string, i int) error {
	key := map[string]types.AttributeValue{"pk": text("session-%d", i%50), "sk": text("%08d", i/50%40)}
	var err error
	switch i % 3 {
	case 0:
		item := map[string]types.AttributeValue{"pk": key["pk"], "sk": key["sk"], "text": text("hello from %d, with about a hundred bytes of text in the item, as a chat message has", i), "n": number(i)}
		_, err = db.PutItem(ctx, &awsdynamodb.PutItemInput{TableName: &table, Item: item})
	case 1:
		_, err = db.UpdateItem(ctx, &awsdynamodb.UpdateItemInput{
			TableName: &table, Key: key, UpdateExpression: aws.String("SET a = :a ADD n :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":a": text("a%d", i), ":one": number(1)},
		})
	default:
		_, err = db.Query(ctx, &awsdynamodb.QueryInput{
			TableName: &table, Limit: aws.Int32(20), KeyConditionExpression: aws.String("pk = :pk"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":pk": key["pk"]},
		})
	}
	return err
}

func text(format string, args ...any) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: fmt.Sprintf(format, args...)}
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}
