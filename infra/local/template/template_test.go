package template_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/template"
)

// parley reads the sample template with parameters given as name, value, …
func parley(t *testing.T, overrides ...string) *template.Template {
	t.Helper()
	o := template.Options{Parameters: map[string]string{}}
	for pair := range slices.Chunk(overrides, 2) {
		o.Parameters[pair[0]] = pair[1]
	}
	read, err := template.Load("testdata/parley.yaml", o)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func function(t *testing.T, read *template.Template, id string) template.Function {
	t.Helper()
	f, ok := read.Function(id)
	if !ok {
		t.Fatalf("there is no function %s", id)
	}
	return f
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestFunctionsTakeGlobalsAndTheirOwnValues(t *testing.T) {
	read := parley(t)
	f := function(t, read, "Authorize")
	equal(t, "name", f.Name, "Authorize")
	equal(t, "ARN", f.ARN, "arn:aws:lambda:us-east-1:000000000000:function:Authorize")
	equal(t, "own timeout", f.Timeout, 3*time.Second)
	equal(t, "global memory", f.MemoryMB, 256)
	equal(t, "log level", f.LogLevel, "DEBUG")
	equal(t, "build method", f.BuildMethod, "makefile")
	equal(t, "architectures", strings.Join(f.Architectures, ","), "arm64")
	want := map[string]string{
		"TABLE": "parley-Table", "STAGE": "dev", "LEVEL": "debug",
		"SECRET": "arn:aws:secretsmanager:us-east-1:000000000000:secret:parley/dev/tokens-000000",
	}
	if !maps.Equal(f.Environment, want) {
		t.Errorf("environment is %v, want %v", f.Environment, want)
	}
}

func TestParametersReachNamesNumbersAndMappings(t *testing.T) {
	dev := function(t, parley(t), "Message")
	equal(t, "name", dev.Name, "parley-dev-message")
	equal(t, "timeout", dev.Timeout, 10*time.Second)
	equal(t, "reserved", dev.Reserved, 0)
	equal(t, "days", dev.Environment["DAYS"], "1")

	prod := function(t, parley(t, "Stage", "prod", "MessageSeconds", "20"), "Message")
	equal(t, "name", prod.Name, "parley-prod-message")
	equal(t, "timeout", prod.Timeout, 20*time.Second)
	equal(t, "reserved", prod.Reserved, 100)
	equal(t, "days", prod.Environment["DAYS"], "365")
}

func TestPoliciesKeepTheirShape(t *testing.T) {
	got, err := json.Marshal(function(t, parley(t), "Message").Policies)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "policies", string(got), `[{"Statement":[{"Action":["dynamodb:GetItem","dynamodb:PutItem"],`+
		`"Condition":{"StringEquals":{"aws:PrincipalAccount":"000000000000"}},"Effect":"Allow",`+
		`"Resource":"arn:aws:dynamodb:us-east-1:000000000000:table/parley-Table"}],"Version":"2012-10-17"}]`)
}

func TestResourcesWithAFalseConditionAreLeftOut(t *testing.T) {
	if _, ok := parley(t).Function("Sweep"); !ok {
		t.Error("Sweep is missing in dev")
	}
	if _, ok := parley(t, "SweepOn", "no").Function("Sweep"); ok {
		t.Error("Sweep is there although its condition does not hold")
	}
}

func TestSchedules(t *testing.T) {
	schedules := function(t, parley(t), "Sweep").Schedules
	want := []template.Schedule{
		{Name: "Daily", RuleARN: "arn:aws:events:us-east-1:000000000000:rule/parley-SweepDaily", Every: 24 * time.Hour},
		{Name: "Minute", RuleARN: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/parley-SweepMinute",
			Every: time.Minute, Input: `{"job":"sweep"}`, V2: true, Enabled: true},
	}
	if !slices.Equal(schedules, want) {
		t.Errorf("schedules are %+v, want %+v", schedules, want)
	}
}

func TestStreams(t *testing.T) {
	streams := function(t, parley(t), "Deliver").Streams
	if len(streams) != 1 {
		t.Fatalf("Deliver has %d streams", len(streams))
	}
	s := streams[0]
	equal(t, "table", s.Table, "parley-Table")
	equal(t, "position", s.StartingPosition, "TRIM_HORIZON")
	equal(t, "batch", s.BatchSize, 10)
	equal(t, "filters", strings.Join(s.Filters, ";"), `{"eventName":["INSERT"]}`)
	equal(t, "retries", s.MaxRetries, 3)
	if !s.Bisect || !s.ReportFailures || !s.Enabled {
		t.Errorf("want bisect, failure reports and enabled: %+v", s)
	}
}

func TestTheEngineTakesTheTable(t *testing.T) {
	engine, err := dynamodb.Open(t.TempDir(), dynamodb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(engine) // closed before the engine
	t.Cleanup(server.Close)
	client := sdk.New(sdk.Options{
		BaseEndpoint: &server.URL, Region: template.Region,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	// The SDK's fields have the names of the API.
	var request sdk.CreateTableInput
	if err := json.Unmarshal(parley(t).Tables[0].Create, &request); err != nil {
		t.Fatal(err)
	}
	made, err := client.CreateTable(t.Context(), &request)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", *made.TableDescription.TableName, "parley-Table")
	equal(t, "view", made.TableDescription.StreamSpecification.StreamViewType, "NEW_AND_OLD_IMAGES")
}

func TestTheTableIsACreateTableRequest(t *testing.T) {
	tables := parley(t).Tables
	if len(tables) != 1 {
		t.Fatalf("there are %d tables", len(tables))
	}
	equal(t, "TTL attribute", tables[0].TTLAttribute, "expiresAt")
	equal(t, "request", string(tables[0].Create), `{"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},`+
		`{"AttributeName":"sk","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST","DeletionProtectionEnabled":true,`+
		`"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],`+
		`"SSESpecification":{"Enabled":true},`+
		`"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},"TableName":"parley-Table"}`)
}

func TestTheAPIJoinsRoutesWithTheirResponses(t *testing.T) {
	api := parley(t).API
	equal(t, "stage", api.Stage, "dev")
	equal(t, "selection", api.Selection, "$request.body.action")
	equal(t, "authorizer", api.Auth.Function, "Authorize")
	equal(t, "identity source", strings.Join(api.Auth.IdentitySource, ","), "route.request.querystring.token")
	want := []template.Route{
		{Key: "$connect", Function: "Message", Alias: "live", Timeout: 29 * time.Second},
		{Key: "$default", Function: "Message", Timeout: 29 * time.Second},
		{Key: "message", Function: "Message", Alias: "live", Timeout: 6 * time.Second, TwoWay: true},
	}
	if !slices.Equal(api.Routes, want) {
		t.Errorf("routes are %+v, want %+v", api.Routes, want)
	}
}

func TestReferencesHaveTheFormOfARealStack(t *testing.T) {
	read := parley(t)
	id := read.API.ID
	if len(id) != 10 {
		t.Errorf("the API's id is %q, want ten letters", id)
	}
	equal(t, "endpoint", read.Outputs["Endpoint"], any("wss://"+id+".execute-api.us-east-1.amazonaws.com/dev"))
	equal(t, "connections", function(t, read, "Message").Environment["CONNECTIONS"],
		"https://"+id+".execute-api.us-east-1.amazonaws.com/dev")
	equal(t, "role", read.Outputs["SweepRole"], any("arn:aws:iam::000000000000:role/parley-SweepRole"))
	if _, ok := parley(t, "SweepOn", "no").Outputs["SweepRole"]; ok {
		t.Error("an output whose condition does not hold is there")
	}
}

func TestValuesOfTheCallerComeFirst(t *testing.T) {
	read, err := template.Parse([]byte(`
Resources:
  Turn: {Type: AWS::CloudFormation::Stack}
  Ask:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {A: !GetAtt Turn.Outputs.URL, B: !Sub "${Turn.Outputs.Other}"}}
`), template.Options{Values: map[string]string{"Turn.Outputs.URL": "turn:localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	ask := function(t, read, "Ask")
	equal(t, "given value", ask.Environment["A"], "turn:localhost")
	equal(t, "unknown output", ask.Environment["B"], "parley-Turn.Outputs.Other")
}

// What SAM translator 1.110.0 made of a template like this one.
func TestGeneratedResourcesHaveSAMsNames(t *testing.T) {
	const text = `
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [{AttributeName: pk, KeyType: HASH}], StreamSpecification: {StreamViewType: KEYS_ONLY}}
  Message:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Tick: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}
        Old: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
        Stream: {Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}}
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes:
        $connect: {FunctionArn: !GetAtt Message.Arn}
        sendMessage: {FunctionArn: !GetAtt Message.Arn}
Outputs: {V: {Value: !Join [" ", [
  !Ref MessageRole, !Ref MessageTick, !Ref MessageTickRole, !Ref MessageOld, !Ref MessageStream,
  !Ref ApiConnectRoute, !Ref ApiConnectIntegration, !Ref ApiConnectPermission, !Ref ApiConnectAuthorizer,
  !Ref ApiSendmessageRoute]]}}
`
	if _, err := template.Parse([]byte(text), template.Options{}); err != nil {
		t.Error(err)
	}
}
