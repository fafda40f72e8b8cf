package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// compare puts the same loads on one or two endpoints, by turns and several
// times over, and prints the best round of each: what else the machine does
// only ever slows a round down.
func compare(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	ops := flags.Int("ops", 2000, "operations of each round")
	rounds := flags.Int("rounds", 5, "rounds of each load")
	bare := flags.Bool("bare", false, "send plain HTTP requests instead of the SDK's")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if n := flags.NArg(); n < 1 || n > 2 {
		return fmt.Errorf("want one or two endpoints, got %d", n)
	}
	for _, clients := range []int{1, 16} {
		best := make([]result, flags.NArg())
		for range *rounds {
			for i, endpoint := range flags.Args() {
				r, err := measure(ctx, endpoint, clients, *ops, *bare)
				if err != nil {
					return fmt.Errorf("%s: %w", endpoint, err)
				}
				if r.rate > best[i].rate {
					best[i] = r
				}
			}
		}
		for i, endpoint := range flags.Args() {
			fmt.Printf("%2d clients  %-28s %6.0f op/s  p50 %v  p99 %v\n", clients, endpoint, best[i].rate, best[i].p50, best[i].p99)
		}
		if len(best) == 2 {
			fmt.Printf("%2d clients  ratio %.1f\n", clients, best[0].rate/best[1].rate)
		}
	}
	return nil
}

type result struct {
	rate     float64 // operations a second
	p50, p99 time.Duration
}

// The load has partitions of this many items; a query reads a whole one.
const (
	partitions = 50
	items      = 20
)

// measure shares out operations among clients: a third each of puts, updates
// and queries.
func measure(ctx context.Context, endpoint string, clients, ops int, bare bool) (result, error) {
	db := awsdynamodb.New(awsdynamodb.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	table := fmt.Sprintf("bench-%d-%d", clients, time.Now().UnixNano())
	if err := makeTable(ctx, db, table); err != nil {
		return result{}, err
	}
	send := func(i int) error { return operate(ctx, db, table, i) }
	if bare {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
		defer client.CloseIdleConnections()
		send = func(i int) error { return bareOperate(ctx, client, endpoint, table, i) }
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
				if err := send(i); err != nil {
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

// makeTable makes and fills the table of one round.
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
	err = awsdynamodb.NewTableExistsWaiter(db, func(o *awsdynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	}).Wait(ctx, &awsdynamodb.DescribeTableInput{TableName: &table}, time.Minute)
	for p := 0; p < partitions && err == nil; p++ {
		err = fill(ctx, db, table, p)
	}
	return err
}

func fill(ctx context.Context, db *awsdynamodb.Client, table string, partition int) error {
	var puts []types.WriteRequest
	for i := range items {
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: item(i*partitions + partition)}})
	}
	_, err := db.BatchWriteItem(ctx, &awsdynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: puts}})
	return err
}

func key(i int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": text("session-%d", i%partitions), "sk": text("%08d", i/partitions%items)}
}

func item(i int) map[string]types.AttributeValue {
	full := key(i)
	full["text"] = text("hello from %d, with about a hundred bytes of text in the item, as a chat message has", i)
	full["n"] = number(i)
	return full
}

func operate(ctx context.Context, db *awsdynamodb.Client, table string, i int) error {
	var err error
	switch i % 3 {
	case 0:
		_, err = db.PutItem(ctx, &awsdynamodb.PutItemInput{TableName: &table, Item: item(i)})
	case 1:
		_, err = db.UpdateItem(ctx, &awsdynamodb.UpdateItemInput{
			TableName: &table, Key: key(i), UpdateExpression: aws.String("SET a = :a ADD n :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":a": text("a%d", i), ":one": number(1)},
		})
	default:
		_, err = db.Query(ctx, &awsdynamodb.QueryInput{
			TableName: &table, KeyConditionExpression: aws.String("pk = :pk"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":pk": key(i)["pk"]},
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
