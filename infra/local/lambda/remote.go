package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client invokes functions through somebody else's Invoke API, such as
// `sam local start-lambda` (port 3001) or LocalStack (port 4566).
type Client struct {
	endpoint string
	http     *http.Client
}

// Remote returns a client for an endpoint like http://127.0.0.1:3001. Requests
// are not signed, which no local endpoint asks for.
func Remote(endpoint string) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("a Lambda endpoint is a URL like http://127.0.0.1:3001, not %q", endpoint)
	}
	// 15 minutes is the longest a function may run.
	return &Client{endpoint: strings.TrimSuffix(endpoint, "/"), http: &http.Client{Timeout: 15*time.Minute + 10*time.Second}}, nil
}

// Invoke is Host.Invoke for a function that runs elsewhere.
func (c *Client) Invoke(ctx context.Context, function string, payload []byte) (Result, error) {
	address := c.endpoint + "/2015-03-31/functions/" + url.PathEscape(function) + "/invocations"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(payload))
	if err != nil {
		return Result{}, fmt.Errorf("invoke %s: %w", function, err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return Result{}, fmt.Errorf("invoke %s: %w", function, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponse+1))
	switch {
	case err != nil:
		return Result{}, fmt.Errorf("read the answer of %s: %w", function, err)
	case len(body) > maxResponse:
		return Result{}, fmt.Errorf("the answer of %s has more than %d bytes", function, maxResponse)
	case response.StatusCode != http.StatusOK:
		return Result{}, fmt.Errorf("invoke %s: %w", function, remoteFault(response, body))
	}
	return Result{Payload: body, FunctionError: response.Header.Get(headerFunctionError)}, nil
}

// remoteFault turns an error answer into the error that the Host would return.
func remoteFault(response *http.Response, body []byte) error {
	switch response.StatusCode {
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusTooManyRequests:
		return ErrThrottled
	case http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	}
	var fault struct{ Message string } // also matches "message"
	if json.Unmarshal(body, &fault) != nil || fault.Message == "" {
		fault.Message = "no reason given"
	}
	return errors.New(response.Status + ": " + fault.Message)
}
