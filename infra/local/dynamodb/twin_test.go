package dynamodb_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/smithy-go"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

// twin is an engine behind a real HTTP server, with clients of the SDK.
type twin struct {
	*sdk.Client
	t       *testing.T
	ctx     context.Context
	engine  *dynamodb.Server
	streams *dynamodbstreams.Client
	url     string
	clock   *clock
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// start opens an engine that lives as long as the test.
func start(t *testing.T) *twin {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	engine, err := dynamodb.Open(t.TempDir(), dynamodb.Options{Now: c.Now, TTLInterval: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(engine)
	t.Cleanup(func() {
		server.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	tw := connect(t, server.URL)
	tw.engine, tw.clock = engine, c
	return tw
}

// connect makes clients for an engine that runs at a URL. They never retry.
func connect(t *testing.T, url string) *twin {
	access := credentials.NewStaticCredentialsProvider("local", "local", "")
	client := &http.Client{Transport: plainBodies{http.DefaultTransport}}
	return &twin{
		t: t, ctx: t.Context(), url: url,
		Client:  sdk.New(sdk.Options{BaseEndpoint: &url, Region: "us-east-1", Credentials: access, RetryMaxAttempts: 1, HTTPClient: client}),
		streams: dynamodbstreams.New(dynamodbstreams.Options{BaseEndpoint: &url, Region: "us-east-1", Credentials: access, RetryMaxAttempts: 1, HTTPClient: client}),
	}
}

// plainBodies hides the WriteTo of the SDK's request bodies. The SDK closes a
// body once the answer begins, and WriteTo of a closed body fails with io.EOF
// (smithy-go 1.28.8). If the answer comes before net/http has seen the body's
// end, net/http then drops the connection in the middle of a long answer. The
// SDK would try again; these tests want to see every single answer.
type plainBodies struct{ http.RoundTripper }

func (p plainBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Body = struct{ io.ReadCloser }{r.Body}
	return p.RoundTripper.RoundTrip(r)
}

// values are an item in Go's own types; what it cannot say is a
// types.AttributeValue.
type values map[string]any

func av(v any) types.AttributeValue {
	if v, ok := v.(types.AttributeValue); ok {
		return v
	}
	if v, ok := v.(values); ok {
		return &types.AttributeValueMemberM{Value: v.av()}
	}
	if list, ok := v.([]any); ok {
		l := &types.AttributeValueMemberL{}
		for _, e := range list {
			l.Value = append(l.Value, av(e))
		}
		return l
	}
	out, err := attributevalue.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

func (v values) av() map[string]types.AttributeValue {
	if v == nil {
		return nil
	}
	out := map[string]types.AttributeValue{}
	for name, one := range v {
		out[name] = av(one)
	}
	return out
}

func num(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }
func strs(members ...string) types.AttributeValue {
	return &types.AttributeValueMemberSS{Value: members}
}
func nums(members ...string) types.AttributeValue {
	return &types.AttributeValueMemberNS{Value: members}
}

// keys makes a key schema of "name:type" texts.
func keys(attributes ...string) []types.KeySchemaElement {
	schema := []types.KeySchemaElement{}
	for i, a := range attributes {
		name, _, _ := strings.Cut(a, ":")
		kind := types.KeyTypeHash
		if i == 1 {
			kind = types.KeyTypeRange
		}
		schema = append(schema, types.KeySchemaElement{AttributeName: &name, KeyType: kind})
	}
	return schema
}

// index describes an index: its name, how it projects, and its keys.
type index struct {
	name       string
	projection types.ProjectionType
	include    []string
	keys       []string
}

// creates makes a table; keys are "name:type" texts such as "pk:S".
func (tw *twin) creates(name string, tableKeys []string, indexes ...index) *types.TableDescription {
	tw.t.Helper()
	in := &sdk.CreateTableInput{
		TableName: &name, KeySchema: keys(tableKeys...), BillingMode: types.BillingModePayPerRequest,
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	}
	all := append([]string{}, tableKeys...)
	for _, x := range indexes {
		all = append(all, x.keys...)
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &x.name, KeySchema: keys(x.keys...),
			Projection: &types.Projection{ProjectionType: x.projection, NonKeyAttributes: x.include},
		})
	}
	seen := map[string]bool{}
	for _, a := range all {
		attr, kind, _ := strings.Cut(a, ":")
		if !seen[attr] {
			in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &attr, AttributeType: types.ScalarAttributeType(kind)})
		}
		seen[attr] = true
	}
	out, err := tw.CreateTable(tw.ctx, in)
	if err != nil {
		tw.t.Fatal(err)
	}
	return out.TableDescription
}

func (tw *twin) puts(table string, items ...values) {
	tw.t.Helper()
	for _, item := range items {
		if _, err := tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: &table, Item: item.av()}); err != nil {
			tw.t.Fatalf("put %v: %v", item, err)
		}
	}
}

// holds checks the item of a key; a nil item means that there must be none.
func (tw *twin) holds(table string, key, want values) {
	tw.t.Helper()
	out, err := tw.GetItem(tw.ctx, &sdk.GetItemInput{TableName: &table, Key: key.av(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		tw.t.Fatal(err)
	}
	equal(tw.t, out.Item, want.av())
}

// equal compares items in the SDK's terms.
func equal(t *testing.T, got, want map[string]types.AttributeValue) {
	t.Helper()
	if !sameItem(got, want) {
		t.Fatalf("got  %s\nwant %s", show(got), show(want))
	}
}

// refused checks an error's code and a part of its message.
func refused(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("want %s (%s), got %v", code, message, err)
	}
	if api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		t.Fatalf("want %s: %s\ngot  %s: %s", code, message, api.ErrorCode(), api.ErrorMessage())
	}
}

// eventually waits until a condition holds, at most ten seconds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("in vain waited until %s", what)
		}
	}
}
