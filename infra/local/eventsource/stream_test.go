package eventsource_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/eventsource"
	"github.com/parleychat/parley/infra/local/lambda"
)

// table is the table "parley" in an engine of its own.
type table struct {
	*testing.T
	http.Handler
	*sdk.Client
}

var access = credentials.NewStaticCredentialsProvider("local", "local", "")

func newTable(t *testing.T) *table {
	t.Helper()
	engine, err := dynamodb.Open(t.TempDir(), dynamodb.Options{TTLInterval: 5 * time.Millisecond})
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
	client := sdk.New(sdk.Options{BaseEndpoint: &server.URL, Region: "us-east-1", Credentials: access})
	_, err = client.CreateTable(t.Context(), &sdk.CreateTableInput{
		TableName:            aws.String("parley"),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &table{t, engine, client}
}

// write puts an item whose key is a text, with more attributes if any are given.
func (b *table) write(text string, more ...map[string]types.AttributeValue) {
	b.Helper()
	item := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: text}}
	for _, attributes := range more {
		for name, v := range attributes {
			item[name] = v
		}
	}
	if _, err := b.PutItem(b.Context(), &sdk.PutItemInput{TableName: aws.String("parley"), Item: item}); err != nil {
		b.Fatal(err)
	}
}

// follow runs a stream against a service until the test ends.
func follow(t *testing.T, service http.Handler, s eventsource.Stream, f *function) {
	t.Helper()
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	client := dynamodbstreams.New(dynamodbstreams.Options{BaseEndpoint: &server.URL, Region: "us-east-1", Credentials: access})
	s.Function, s.Table, s.Poll, s.RetryDelay = "Deliver", "parley", time.Millisecond, time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, client, f, quiet) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// batches are the texts of the records that the function got, call by call.
func (f *function) batches(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, text := range f.heard() {
		var event events.DynamoDBEvent
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		var batch []string
		for _, r := range event.Records {
			batch = append(batch, r.Change.Keys["pk"].String())
		}
		all = append(all, strings.Join(batch, " "))
	}
	return all
}

// eventually waits until a condition holds, ten seconds at most.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s did not happen", what)
		}
	}
}

// gets waits until the function has got exactly these batches.
func (f *function) gets(t *testing.T, want ...string) {
	t.Helper()
	eventually(t, fmt.Sprintf("the delivery of %q", want), func() bool { return slices.Equal(f.batches(t), want) })
}

func TestAStreamDeliversOldAndNewChangesInOrder(t *testing.T) {
	s := newTable(t)
	s.write("a")
	s.write("b")
	s.write("c")
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true, BatchSize: 2}, f)
	f.gets(t, "a b", "c")
	s.write("d")
	f.gets(t, "a b", "c", "d")
}

func TestALatestStreamLeavesOldChangesOut(t *testing.T) {
	s := newTable(t)
	s.write("old")
	f := &function{}
	follow(t, s, eventsource.Stream{}, f)
	eventually(t, "a delivery", func() bool {
		s.write("new", map[string]types.AttributeValue{"at": &types.AttributeValueMemberS{Value: time.Now().String()}})
		return len(f.batches(t)) > 0
	})
	if first := f.batches(t)[0]; strings.Contains(first, "old") {
		t.Errorf("the function got %q", first)
	}
}

func TestAFailingBatchHoldsItsShard(t *testing.T) {
	s := newTable(t)
	s.write("a")
	s.write("b")
	f := &function{}
	f.answer = func(string) (lambda.Result, error) {
		if len(f.heard()) < 3 {
			return lambda.Result{FunctionError: "Unhandled"}, nil
		}
		return lambda.Result{}, nil
	}
	follow(t, s, eventsource.Stream{FromStart: true, BatchSize: 1, MaxRetries: -1}, f)
	f.gets(t, "a", "a", "a", "b")
}

func TestFiltersLookIntoTheItems(t *testing.T) {
	s := newTable(t)
	s.write("ticket.1")
	s.write("message.1")
	s.write("ticket.2")
	f := &function{}
	follow(t, s, eventsource.Stream{
		FromStart: true, Filters: []string{`{"dynamodb":{"NewImage":{"pk":{"S":[{"prefix":"ticket."}]}}}}`},
	}, f)
	f.gets(t, "ticket.1 ticket.2")
}

func TestAnExpiredItemNamesDynamoDBAsItsDeleter(t *testing.T) {
	s := newTable(t)
	_, err := s.UpdateTimeToLive(t.Context(), &sdk.UpdateTimeToLiveInput{
		TableName:               aws.String("parley"),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expiresAt"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true, Filters: []string{`{"userIdentity":{"type":["Service"]}}`}}, f)
	s.write("brief", map[string]types.AttributeValue{
		"expiresAt": &types.AttributeValueMemberN{Value: fmt.Sprint(time.Now().Add(-time.Minute).Unix())},
	})
	f.gets(t, "brief")
	const want = `"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}`
	if event := f.heard()[0]; !strings.Contains(event, want) || !strings.Contains(event, `"eventName":"REMOVE"`) {
		t.Errorf("the event is %s", event)
	}
}

func TestTheStreamEventIsLambdas(t *testing.T) {
	s := newTable(t)
	s.write("a", map[string]types.AttributeValue{
		"n": &types.AttributeValueMemberN{Value: "1"},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&types.AttributeValueMemberNULL{Value: true},
			&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"b": &types.AttributeValueMemberB{Value: []byte{1, 2}}}},
		}},
		"s": &types.AttributeValueMemberSS{Value: []string{"a"}},
		"t": &types.AttributeValueMemberBOOL{Value: true},
	})
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true}, f)
	f.gets(t, "a")
	const want = `{"Records":[{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":0,"Keys":{"pk":{"S":"a"}},` +
		`"NewImage":{"l":{"L":[{"NULL":true},{"M":{"b":{"B":"AQI="}}}]},"n":{"N":"1"},"pk":{"S":"a"},"s":{"SS":["a"]},"t":{"BOOL":true}},` +
		`"SequenceNumber":"0","SizeBytes":0,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":"ID","eventName":"INSERT",` +
		`"eventSource":"aws:dynamodb","eventVersion":"1.1","eventSourceARN":"ARN"}]}`
	got := f.heard()[0]
	for _, changing := range []struct{ pattern, with string }{
		{`"(ApproximateCreationDateTime|SizeBytes)":[0-9.e+]+`, `"$1":0`},
		{`"SequenceNumber":"[0-9]{21,}"`, `"SequenceNumber":"0"`},
		{`"eventID":"[0-9A-Za-z]+"`, `"eventID":"ID"`},
		{`"arn:aws:dynamodb:us-east-1:000000000000:table/parley/stream/[^"]+"`, `"ARN"`},
	} {
		got = regexp.MustCompile(changing.pattern).ReplaceAllString(got, changing.with)
	}
	if got != want {
		t.Errorf("the event is\n%s, want\n%s", got, want)
	}
}

func TestAFilterThatIsWrongEndsTheRun(t *testing.T) {
	s := eventsource.Stream{Function: "Deliver", Table: "parley", Filters: []string{`{"a":1}`}}
	err := s.Run(t.Context(), nil, &function{}, quiet)
	if err == nil || !strings.Contains(err.Error(), "filter pattern at a") {
		t.Errorf("error is %v", err)
	}
}
