package eventsource_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/parleychat/parley/infra/local/eventsource"
)

// service speaks the DynamoDB Streams API as far as the engine of the local twin
// does not go: its stream has shards that end, each the parent of the next. An iterator is "shard position".
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

func TestAnExpiredIteratorLosesNothing(t *testing.T) {
	s := &service{shards: [][]string{nil}, expired: map[string]bool{"0 1": true}}
	s.write("a")
	s.write("b")
	f := &function{}
	follow(t, s, eventsource.Stream{FromStart: true, BatchSize: 1}, f)
	f.gets(t, "a", "b")
}

func TestALatestStreamLeavesEndedShardsOut(t *testing.T) {
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
