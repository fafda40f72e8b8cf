package dynamodb_test

import (
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

// posts sends a raw request, signed with anything.
func (tw *twin) posts(target string, body io.Reader) (status int, answer string) {
	tw.t.Helper()
	req, err := http.NewRequestWithContext(tw.ctx, http.MethodPost, tw.url, body)
	if err != nil {
		tw.t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", target)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 anything")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tw.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		tw.t.Fatal(err)
	}
	if want := strconv.FormatUint(uint64(crc32.ChecksumIEEE(raw)), 10); res.Header.Get("X-Amz-Crc32") != want {
		tw.t.Errorf("x-amz-crc32 is %q, want %q", res.Header.Get("X-Amz-Crc32"), want)
	}
	return res.StatusCode, string(raw)
}

func TestWhatTheProtocolRefuses(t *testing.T) {
	tw := start(t)
	const get = "DynamoDB_20120810.GetItem"
	for name, c := range map[string]struct {
		target, body string
		status       int
		answer       string
	}{
		"unknown operation":   {"DynamoDB_20120810.UpdateContinuousBackups", "{}", 400, "com.amazon.coral.service#UnknownOperationException"},
		"unknown service":     {"Kinesis.GetItem", "{}", 400, "UnknownOperationException"},
		"not JSON":            {get, "{", 400, "SerializationException"},
		"empty body":          {get, "", 400, "SerializationException"},
		"wrong type":          {get, `{"TableName":1}`, 400, "SerializationException"},
		"no table":            {get, `{}`, 400, "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
		"no key":              {get, `{"TableName":"abc"}`, 400, "Value null at 'key'"},
		"two types":           {get, `{"TableName":"abc","Key":{"a":{"S":"","N":"1"}}}`, 400, "more than one datatypes"},
		"no type":             {get, `{"TableName":"abc","Key":{"a":{}}}`, 400, "Supplied AttributeValue is empty"},
		"NULL that is false":  {get, `{"TableName":"abc","Key":{"a":{"NULL":false}}}`, 400, "Null attribute value types must have the value of true"},
		"number not as text":  {get, `{"TableName":"abc","Key":{"a":{"N":1}}}`, 400, "SerializationException"},
		"binary not base64":   {get, `{"TableName":"abc","Key":{"a":{"B":"*"}}}`, 400, "SerializationException"},
		"nested 34 deep":      {get, `{"TableName":"abc","Key":{"a":` + strings.Repeat(`{"L":[`, 34) + `{"S":""}` + strings.Repeat(`]}`, 34) + `}}`, 400, "Nesting Levels have exceeded supported limits"},
		"legacy parameters":   {"DynamoDB_20120810.Scan", `{"TableName":"abc","ScanFilter":{}}`, 400, "Legacy parameters"},
		"missing table":       {get, `{"TableName":"abc","Key":{"a":{"S":"x"}}}`, 400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"},
		"unknown enumeration": {"DynamoDB_20120810.Scan", `{"TableName":"abc","Select":"SOME"}`, 400, "satisfy enum value set"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := tw.posts(c.target, strings.NewReader(c.body))
			if status != c.status || !strings.Contains(answer, c.answer) {
				t.Fatalf("got %d %s", status, answer)
			}
		})
	}
}

func TestABodyBeyond16MBIsRefused(t *testing.T) {
	tw := start(t)
	status, answer := tw.posts("DynamoDB_20120810.GetItem", io.LimitReader(zeros{}, 16<<20+1))
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(answer, "16 MB") {
		t.Fatalf("got %d %s", status, answer)
	}
}

// zeros is an endless text of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestAnUnsignedRequestIsRefused(t *testing.T) {
	tw := start(t)
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
	rec := httptest.NewRecorder()
	tw.engine.ServeHTTP(rec, req)
	if rec.Code != 400 || !strings.Contains(rec.Body.String(), "MissingAuthenticationTokenException") {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
}

func TestFaultsStrikeAsTold(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	add := func() error {
		_, err := tw.UpdateItem(tw.ctx, &sdk.UpdateItemInput{
			TableName: aws.String("list"), Key: values{"pk": "a"}.av(),
			UpdateExpression: aws.String("ADD n :one"), ExpressionAttributeValues: values{":one": 1}.av(),
		})
		return err
	}
	tw.engine.SetFaults(dynamodb.Faults{Throttle: 1})
	refused(t, add(), "ProvisionedThroughputExceededException", "provisioned throughput")
	tw.engine.SetFaults(dynamodb.Faults{Fail: 1})
	refused(t, add(), "InternalServerError", "")
	tw.engine.SetFaults(dynamodb.Faults{})
	tw.holds("list", values{"pk": "a"}, nil)

	tw.engine.SetFaults(dynamodb.Faults{Lose: 1})
	refused(t, add(), "InternalServerError", "")
	tw.engine.SetFaults(dynamodb.Faults{Latency: 20 * time.Millisecond})
	begun := time.Now()
	tw.holds("list", values{"pk": "a"}, values{"pk": "a", "n": 1})
	if took := time.Since(begun); took < 20*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestAClosedEngineAnswersWithAnInternalError(t *testing.T) {
	engine, err := dynamodb.Open(t.TempDir(), dynamodb.Options{TTLInterval: -1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(engine)
	defer server.Close()
	tw := connect(t, server.URL)
	tw.creates("list", []string{"pk:S"})
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = tw.PutItem(tw.ctx, &sdk.PutItemInput{TableName: aws.String("list"), Item: values{"pk": "a"}.av()})
	refused(t, err, "InternalServerError", "")
	_, err = tw.GetItem(tw.ctx, &sdk.GetItemInput{TableName: aws.String("list"), Key: values{"pk": "a"}.av()})
	refused(t, err, "InternalServerError", "")
}

func TestTablesOutliveTheEngine(t *testing.T) {
	dir := t.TempDir()
	for run := range 3 {
		engine, err := dynamodb.Open(dir, dynamodb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(engine)
		tw := connect(t, server.URL)
		if run == 0 {
			tw.creates("list", []string{"pk:S"}, index{"byG", types.ProjectionTypeAll, nil, []string{"g:S"}})
		}
		if n := tw.count("list", "byG"); n != run {
			t.Errorf("run %d finds %d items", run, n)
		}
		tw.puts("list", values{"pk": strconv.Itoa(run), "g": "g"})
		server.Close()
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
