// Package table makes the template's table at a DynamoDB, ours or another.
package table

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

// Client talks to the DynamoDB at an endpoint on this machine.
func Client(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// Create makes the table under a name where it is not there yet, and has its
// items expire.
func Create(ctx context.Context, client *dynamodb.Client, t template.Table, name string) error {
	var create dynamodb.CreateTableInput
	if err := json.Unmarshal(t.Create, &create); err != nil {
		return fmt.Errorf("read the template of table %s: %w", t.LogicalID, err)
	}
	create.TableName = &name
	_, err := client.CreateTable(ctx, &create)
	if there := (*types.ResourceInUseException)(nil); errors.As(err, &there) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	exists := dynamodb.NewTableExistsWaiter(client)
	if err := exists.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second); err != nil {
		return fmt.Errorf("wait for table %s: %w", name, err)
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &t.TTLAttribute, Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("have items of table %s expire: %w", name, err)
	}
	return nil
}
