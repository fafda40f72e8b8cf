package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// bareOperate sends the same requests as operate, but without the SDK, whose
// own work for an operation is about as much as the server's, and without
// reading the answers.
func bareOperate(ctx context.Context, client *http.Client, endpoint, table string, i int) error {
	pk, sk := fmt.Sprintf("session-%d", i%partitions), fmt.Sprintf("%08d", i/partitions%items)
	switch i % 3 {
	case 0:
		return bare(ctx, client, endpoint, "PutItem", fmt.Sprintf(`{"TableName":%q,"Item":{"pk":{"S":%q},"sk":{"S":%q},"n":{"N":"%d"},"text":{"S":"hello from %d, with about a hundred bytes of text in the item, as a chat message has"}}}`, table, pk, sk, i, i))
	case 1:
		return bare(ctx, client, endpoint, "UpdateItem", fmt.Sprintf(`{"TableName":%q,"Key":{"pk":{"S":%q},"sk":{"S":%q}},"UpdateExpression":"SET a = :a ADD n :one","ExpressionAttributeValues":{":a":{"S":"a%d"},":one":{"N":"1"}}}`, table, pk, sk, i))
	}
	return bare(ctx, client, endpoint, "Query", fmt.Sprintf(`{"TableName":%q,"KeyConditionExpression":"pk = :pk","ExpressionAttributeValues":{":pk":{"S":%q}}}`, table, pk))
}

func bare(ctx context.Context, client *http.Client, endpoint, operation, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	req.Header.Set("X-Amz-Date", "20261122T120000Z")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=local")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", operation, res.Status)
	}
	return nil
}
