package dynamodb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// iterator asks for a place in a table's only shard.
func (tw *twin) iterator(table string, kind streamtypes.ShardIteratorType, sequence *string) (string, error) {
	tw.t.Helper()
	list, err := tw.streams.ListStreams(tw.ctx, &dynamodbstreams.ListStreamsInput{TableName: &table})
	if err != nil || len(list.Streams) != 1 {
		tw.t.Fatalf("streams of %s: %v %v", table, list, err)
	}
	arn := list.Streams[0].StreamArn
	out, err := tw.streams.DescribeStream(tw.ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil || len(out.StreamDescription.Shards) != 1 {
		tw.t.Fatalf("stream of %s: %+v %v", table, out, err)
	}
	place, err := tw.streams.GetShardIterator(tw.ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: arn, ShardId: out.StreamDescription.Shards[0].ShardId, ShardIteratorType: kind, SequenceNumber: sequence,
	})
	if err != nil {
		return "", err
	}
	return *place.ShardIterator, nil
}

// records reads a table's stream from the oldest record on.
func (tw *twin) records(table string) []streamtypes.Record {
	tw.t.Helper()
	place, err := tw.iterator(table, streamtypes.ShardIteratorTypeTrimHorizon, nil)
	if err != nil {
		tw.t.Fatal(err)
	}
	out, err := tw.streams.GetRecords(tw.ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: &place})
	if err != nil {
		tw.t.Fatal(err)
	}
	return out.Records
}

// story tells records in short: name, key, old and new n.
func story(records []streamtypes.Record) string {
	n := func(image map[string]streamtypes.AttributeValue) string {
		if v, ok := image["n"].(*streamtypes.AttributeValueMemberN); ok {
			return v.Value
		}
		return "-"
	}
	var told []string
	for _, r := range records {
		key := r.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS).Value
		told = append(told, fmt.Sprintf("%s %s %s→%s", r.EventName, key, n(r.Dynamodb.OldImage), n(r.Dynamodb.NewImage)))
	}
	return strings.Join(told, ", ")
}

func TestTheStreamTellsEveryChangeOnce(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	tw.puts("list", values{"pk": "a", "n": 1}, values{"pk": "a", "n": 1}, values{"pk": "a", "n": 2})
	if _, err := tw.transacts("", addPart(values{"pk": "a"}, 1), putPart(values{"pk": "b"})); err != nil {
		t.Fatal(err)
	}
	if _, err := tw.batches("list", deleting(values{"pk": "a"}), deleting(values{"pk": "never"})); err != nil {
		t.Fatal(err)
	}
	records := tw.records("list")
	if got, want := story(records), "INSERT a -→1, MODIFY a 1→2, MODIFY a 2→3, INSERT b -→-, REMOVE a 3→-"; got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	for i := 1; i < len(records); i++ {
		if *records[i-1].Dynamodb.SequenceNumber >= *records[i].Dynamodb.SequenceNumber {
			t.Error("sequence numbers must grow")
		}
	}
	if records[0].UserIdentity != nil || *records[0].EventSource != "aws:dynamodb" || len(*records[0].Dynamodb.SequenceNumber) < 21 {
		t.Errorf("got %+v", records[0])
	}
}

func TestStreamViewsShowWhatTheySay(t *testing.T) {
	for view, want := range map[types.StreamViewType]string{
		types.StreamViewTypeKeysOnly:        "MODIFY a -→-",
		types.StreamViewTypeNewImage:        "MODIFY a -→2",
		types.StreamViewTypeOldImage:        "MODIFY a 1→-",
		types.StreamViewTypeNewAndOldImages: "MODIFY a 1→2",
	} {
		tw := start(t)
		_, err := tw.CreateTable(tw.ctx, &sdk.CreateTableInput{
			TableName: aws.String("list"), KeySchema: keys("pk"), BillingMode: types.BillingModePayPerRequest,
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
			StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: view},
		})
		if err != nil {
			t.Fatal(err)
		}
		tw.puts("list", values{"pk": "a", "n": 1}, values{"pk": "a", "n": 2})
		if got := story(tw.records("list")[1:]); got != want {
			t.Errorf("%s: got %s, want %s", view, got, want)
		}
	}
}

func TestIteratorsStartWhereTheySay(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	for i := range 4 {
		tw.puts("list", values{"pk": fmt.Sprint(i)})
	}
	second := tw.records("list")[1].Dynamodb.SequenceNumber
	latest, err := tw.iterator("list", streamtypes.ShardIteratorTypeLatest, nil)
	if err != nil {
		t.Fatal(err)
	}
	tw.puts("list", values{"pk": "4"})
	at, _ := tw.iterator("list", streamtypes.ShardIteratorTypeAtSequenceNumber, second)
	after, _ := tw.iterator("list", streamtypes.ShardIteratorTypeAfterSequenceNumber, second)
	for place, want := range map[string]string{latest: "4", at: "1 2 3 4", after: "2 3 4"} {
		var seen []string
		for range 5 { // one record a page, and pages at the end are empty
			out, err := tw.streams.GetRecords(tw.ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: &place, Limit: aws.Int32(1)})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Records {
				seen = append(seen, r.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS).Value)
			}
			place = *out.NextShardIterator
		}
		if got := strings.Join(seen, " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRecordsAreKeptForADay(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	tw.puts("list", values{"pk": "old"})
	first := tw.records("list")[0].Dynamodb.SequenceNumber
	place, _ := tw.iterator("list", streamtypes.ShardIteratorTypeTrimHorizon, nil)
	tw.clock.advance(24*time.Hour + time.Second)
	tw.puts("list", values{"pk": "new"})
	if got := story(tw.records("list")); got != "INSERT new -→-" {
		t.Fatalf("got %s", got)
	}
	eventually(t, "the old record is trimmed", func() bool {
		_, err := tw.iterator("list", streamtypes.ShardIteratorTypeAtSequenceNumber, first)
		return err != nil && strings.Contains(err.Error(), "TrimmedDataAccessException")
	})
	_, err := tw.streams.GetRecords(tw.ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: &place})
	refused(t, err, "ExpiredIteratorException", "Iterator expired")
}

func (tw *twin) expiresBy(table, attribute string) {
	tw.t.Helper()
	_, err := tw.UpdateTimeToLive(tw.ctx, &sdk.UpdateTimeToLiveInput{
		TableName: &table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: aws.Bool(true)},
	})
	if err != nil {
		tw.t.Fatal(err)
	}
}

func TestExpiredItemsAreDeletedByTheService(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"}, index{"byG", types.ProjectionTypeAll, nil, []string{"g:S"}})
	now := int(tw.clock.Now().Unix())
	tw.puts("list",
		values{"pk": "before", "g": "g", "expiresAt": now + 60}, // put before time to live is on
		values{"pk": "ancient", "expiresAt": now - 6*365*24*3600},
		values{"pk": "text", "expiresAt": fmt.Sprint(now)})
	tw.expiresBy("list", "expiresAt")
	tw.puts("list", values{"pk": "later", "expiresAt": now + 120}, values{"pk": "moved", "expiresAt": now + 60})
	tw.puts("list", values{"pk": "moved", "expiresAt": now + 120})
	tw.clock.advance(61 * time.Second)
	eventually(t, "the item is gone", func() bool { return tw.count("list", "") == 4 })
	if n := tw.count("list", "byG"); n != 0 {
		t.Errorf("the index still has %d items", n)
	}
	tw.holds("list", values{"pk": "before"}, nil)
	records := tw.records("list")
	last := records[len(records)-1]
	if last.EventName != "REMOVE" || last.UserIdentity == nil || *last.UserIdentity.Type != "Service" || *last.UserIdentity.PrincipalId != "dynamodb.amazonaws.com" {
		t.Fatalf("got %+v", last)
	}
	tw.clock.advance(time.Minute)
	eventually(t, "the others are gone", func() bool { return tw.count("list", "") == 2 })
	tw.holds("list", values{"pk": "ancient"}, values{"pk": "ancient", "expiresAt": now - 6*365*24*3600})
}

// count counts what a scan of a table, or of one of its indexes, sees.
func (tw *twin) count(table, index string) int {
	tw.t.Helper()
	in := &sdk.ScanInput{TableName: &table, Select: types.SelectCount}
	if index != "" {
		in.IndexName = &index
	}
	out, err := tw.Scan(tw.ctx, in)
	if err != nil {
		tw.t.Fatal(err)
	}
	return int(out.Count)
}

func TestTimeToLiveIsSwitchedOnAndOff(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	status := func(want types.TimeToLiveStatus) {
		t.Helper()
		out, err := tw.DescribeTimeToLive(tw.ctx, &sdk.DescribeTimeToLiveInput{TableName: aws.String("list")})
		if err != nil || out.TimeToLiveDescription.TimeToLiveStatus != want {
			t.Fatalf("got %+v %v", out, err)
		}
	}
	status(types.TimeToLiveStatusDisabled)
	tw.expiresBy("list", "expiresAt")
	status(types.TimeToLiveStatusEnabled)
	set := func(attribute string, enabled bool) error {
		_, err := tw.UpdateTimeToLive(tw.ctx, &sdk.UpdateTimeToLiveInput{
			TableName: aws.String("list"), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: &enabled},
		})
		return err
	}
	refused(t, set("expiresAt", true), "ValidationException", "TimeToLive is already enabled")
	refused(t, set("elsewhere", false), "ValidationException", "TimeToLive is active on a different AttributeName")
	if err := set("expiresAt", false); err != nil {
		t.Fatal(err)
	}
	status(types.TimeToLiveStatusDisabled)
	refused(t, set("expiresAt", false), "ValidationException", "TimeToLive is already disabled")
}
