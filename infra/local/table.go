package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/infra/local/template"
)

// createTable makes the template's table where it is not there yet, and has
// its items expire.
func createTable(ctx context.Context, endpoint string, t template.Table) error {
	client := dynamodb.New(dynamodb.Options{
		BaseEndpoint: &endpoint, Region: region,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	var create dynamodb.CreateTableInput
	if err := json.Unmarshal(t.Create, &create); err != nil {
		return fmt.Errorf("read the table's template: %w", err)
	}
	_, err := client.CreateTable(ctx, &create)
	if there := (*types.ResourceInUseException)(nil); errors.As(err, &there) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create table %s at %s: %w", t.Name, endpoint, err)
	}
	exists := dynamodb.NewTableExistsWaiter(client)
	if err := exists.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &t.Name}, 30*time.Second); err != nil {
		return fmt.Errorf("wait for table %s: %w", t.Name, err)
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &t.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &t.TTLAttribute, Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("have items of table %s expire: %w", t.Name, err)
	}
	return nil
}
