package eventsource_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/parleychat/parley/infra/local/eventsource"
	"github.com/parleychat/parley/infra/local/lambda"
)

// service speaks the DynamoDB Streams API: it has one stream with shards of
// which each is the parent of the next. An iterator is "shard position".
type service struct {
	mu      sync.Mutex
	shards  [][]string // the records of each shard, as JSON
	closed  int        // shards that have ended
	expired map[string]bool
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ShardID           string `json:"ShardId"`
		ShardIteratorType string
		SequenceNumber    string
		ShardIterator     string
		Limit             int
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation {
	case "ListStreams":
		fmt.Fprint(w, `{"Streams":[{"StreamArn":"arn:stream","TableName":"parley"}]}`)
	case "DescribeStream":
		fmt.Fprintf(w, `{"StreamDescription":{"StreamArn":"arn:stream","Shards":[%s]}}`, strings.Join(s.describe(), ","))
	case "GetShardIterator":
		shard, _ := strconv.Atoi(in.ShardID)
		position := 0
		switch in.ShardIteratorType {
		case "LATEST":
			position = len(s.shards[shard])
		case "AFTER_SEQUENCE_NUMBER":
			position, _ = strconv.Atoi(in.SequenceNumber[len(in.ShardID):])
		}
		fmt.Fprintf(w, `{"ShardIterator":"%d %d"}`, shard, position)
	case "GetRecords":
		s.records(w, in.ShardIterator, in.Limit)
	}
}

func (s *service) describe() []string {
	var list []string
	for i := range s.shards {
		parent, ending := "", ""
		if i > 0 {
			parent = fmt.Sprintf(`"ParentShardId":"%d",`, i-1)
		}
		if i < s.closed {
			ending = `,"EndingSequenceNumber":"9"`
		}
		list = append(list, fmt.Sprintf(`{"ShardId":"%d",%s"SequenceNumberRange":{"StartingSequenceNumber":"0"%s}}`, i, parent, ending))
	}
	return list
}

func (s *service) records(w http.ResponseWriter, iterator string, limit int) {
	var shard, position int
	if _, err := fmt.Sscanf(iterator, "%d %d", &shard, &position); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if s.expired[iterator] {
		delete(s.expired, iterator)
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ExpiredIteratorException","message":"expired"}`)
		return
	}
	list := s.shards[shard][position:]
	list = list[:min(limit, len(list))]
	next := fmt.Sprintf(`,"NextShardIterator":"%d %d"`, shard, position+len(list))
	if shard < s.closed && position+len(list) == len(s.shards[shard]) {
		next = ""
	}
	fmt.Fprintf(w, `{"Records":[%s]%s}`, strings.Join(list, ","), next)
}

// write adds a change with a text attribute to the last shard.
func (s *service) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shard := len(s.shards) - 1
	sequence := fmt.Sprintf("%d%d", shard, len(s.shards[shard])+1)
	s.shards[shard] = append(s.shards[shard], fmt.Sprintf(
		`{"eventID":"e%s","eventName":"INSERT","dynamodb":{"SequenceNumber":%q,"ApproximateCreationDateTime":1700000000,`+
			`"Keys":{"pk":{"S":%q}},"NewImage":{"pk":{"S":%q},"n":{"N":"1"},"l":{"L":[{"NULL":true},{"M":{"b":{"B":"AQI="}}}]},`+
			`"s":{"SS":["a"]},"t":{"BOOL":true}},"SizeBytes":20,"StreamViewType":"NEW_AND_OLD_IMAGES"},`+
			`"userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}}`, sequence, sequence, text, text))
}

// split ends the last shard and begins another.
func (s *service) split() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = len(s.shards)
	s.shards = append(s.shards, nil)
}

// follow runs a stream against the service until the test ends.
func follow(t *testing.T, service *service, s eventsource.Stream, f *function) {
	t.Helper()
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	client := dynamodbstreams.New(dynamodbstreams.Options{
		BaseEndpoint: aws.String(server.URL), Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
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
	s := &service{shards: [][]string{nil}}
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
	s := &service{shards: [][]string{nil}}
	s.write("old")
	s.split()
	s.write("old too")
	f := &function{}
	follow(t, s, eventsource.Stream{}, f)
	eventually(t, "a delivery", func() bool {
		s.write("new")
		return len(f.batches(t)) > 0
	})
	if first := f.batches(t)[0]; strings.Contains(first, "old") {
		t.Errorf("the function got %q", first)
	}
}

func TestAChildShardFollowsItsParent(t *testing.T) {
	s := &service{shards: [][]string{nil}}
	s.write("a")
	s.split()
	s.write("b")
	s.split()
	s.write("c")
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true}, f)
	f.gets(t, "a", "b", "c")
	s.split()
	s.write("d")
	f.gets(t, "a", "b", "c", "d")
}

func TestAFailingBatchHoldsItsShard(t *testing.T) {
	s := &service{shards: [][]string{nil}}
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

func TestAnExpiredIteratorLosesNothing(t *testing.T) {
	s := &service{shards: [][]string{nil}, expired: map[string]bool{"0 1": true}}
	s.write("a")
	s.write("b")
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true, BatchSize: 1}, f)
	f.gets(t, "a", "b")
}

func TestAFilterThatIsWrongEndsTheRun(t *testing.T) {
	s := eventsource.Stream{Function: "Deliver", Table: "parley", Filters: []string{`{"a":1}`}}
	err := s.Run(t.Context(), nil, &function{}, quiet)
	if err == nil || !strings.Contains(err.Error(), "filter pattern at a") {
		t.Errorf("error is %v", err)
	}
}

func TestTheStreamEventIsLambdas(t *testing.T) {
	s := &service{shards: [][]string{nil}}
	s.write("a")
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true, Filters: []string{`{"eventName":["INSERT"]}`}}, f)
	f.gets(t, "a")
	const want = `{"Records":[{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1700000000,"Keys":{"pk":{"S":"a"}},` +
		`"NewImage":{"l":{"L":[{"NULL":true},{"M":{"b":{"B":"AQI="}}}]},"n":{"N":"1"},"pk":{"S":"a"},"s":{"SS":["a"]},"t":{"BOOL":true}},` +
		`"SequenceNumber":"01","SizeBytes":20,"StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":"e01","eventName":"INSERT",` +
		`"eventSource":"aws:dynamodb","eventVersion":"1.1","eventSourceARN":"arn:stream",` +
		`"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}}]}`
	if got := f.heard()[0]; got != want {
		t.Errorf("the event is\n%s, want\n%s", got, want)
	}
}
