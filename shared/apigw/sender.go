// Package apigw sends frames to connections over API Gateway's @connections.
package apigw

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	api "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/parleychat/parley/shared/fanout"
)

// backoff is the longest wait before another try: the SDK's own, of up to 20
// seconds, would outlast what a push is worth.
const backoff = 50 * time.Millisecond

// Sender is the fanout.Sender over @connections. The SDK tries three times where
// it is told of throttling, or answered 5xx, within the context.
type Sender struct{ client *api.Client }

// New returns a sender for the API and stage at an endpoint such as
// https://id.execute-api.eu-west-1.amazonaws.com/live.
func New(config aws.Config, endpoint string) Sender {
	return Sender{api.NewFromConfig(config, func(o *api.Options) {
		o.BaseEndpoint, o.Retryer = &endpoint, retry.AddWithMaxBackoffDelay(o.Retryer, backoff)
	})}
}

// Send posts one frame.
func (s Sender) Send(ctx context.Context, connection string, frame []byte) error {
	_, err := s.client.PostToConnection(ctx, &api.PostToConnectionInput{ConnectionId: &connection, Data: frame})
	switch {
	case err == nil:
		return nil
	case gone(err):
		return fanout.ErrGone
	}
	return fmt.Errorf("post to a connection: %w", err)
}

// gone recognises a 410. The error type alone is not enough: API Gateway
// sometimes answers 410 without the header that names it.
func gone(err error) bool {
	var typed *types.GoneException
	var response *smithyhttp.ResponseError
	return errors.As(err, &typed) || errors.As(err, &response) && response.HTTPStatusCode() == http.StatusGone
}
