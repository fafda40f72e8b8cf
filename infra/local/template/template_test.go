package template_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

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

func TestIntrinsics(t *testing.T) {
	tests := map[string]struct{ written, want string }{
		"join":             {`!Join ["-", [a, !Ref AWS::Region]]`, `"a-us-east-1"`},
		"split and select": {`!Select [1, !Split [":", "a:b:c"]]`, `"b"`},
		"sub with a map":   {`!Sub ["${x}/${!x}", {x: !Ref AWS::Partition}]`, `"aws/${x}"`},
		"base64":           {`!Base64 hello`, `"aGVsbG8="`},
		"zones":            {`!Select [0, !GetAZs ""]`, `"us-east-1a"`},
		"list parameter":   {`!Ref List`, `["a","b"]`},
		"long form":        {`{"Fn::GetAtt": [Queue, Arn]}`, `"arn:aws:sqs:us-east-1:000000000000:jobs"`},
		"no value":         {`[a, !Ref AWS::NoValue]`, `["a"]`},
		"queue":            {`!Ref Queue`, `"https://sqs.us-east-1.amazonaws.com/000000000000/jobs"`},
		"key":              {`!GetAtt Key.Arn`, `"arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-6a19d12f414c"`},
		"log group":        {`!GetAtt Log.Arn`, `"arn:aws:logs:us-east-1:000000000000:log-group:parley-Log:*"`},
		"bucket":           {`!GetAtt Bucket.Arn`, `"arn:aws:s3:::parley-Bucket"`},
		"other type":       {`!GetAtt Cluster.Arn`, `"arn:aws:ecs:us-east-1:000000000000:parley-Cluster"`},
		"own ARN":          {`!GetAtt Topic.TopicArn`, `"arn:aws:sns:us-east-1:000000000000:parley-Topic"`},
		"name":             {`!GetAtt Queue.QueueName`, `"jobs"`},
		"date":             {`2012-10-17`, `"2012-10-17"`},
		"untaken branch":   {`!If [Never, !Ref Off, b]`, `"b"`},
	}
	const frame = `
Parameters: {List: {Type: CommaDelimitedList, Default: "a, b"}}
Conditions: {Never: !Or [!Equals [a, b], !Not [!Equals [1, "1"]]]}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  Key: {Type: AWS::KMS::Key}
  Log: {Type: AWS::Logs::LogGroup}
  Bucket: {Type: AWS::S3::Bucket}
  Cluster: {Type: AWS::ECS::Cluster}
  Topic: {Type: AWS::SNS::Topic}
  Off: {Type: AWS::SQS::Queue, Condition: Never}
Outputs: {V: {Value: `
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			read, err := template.Parse([]byte(frame+test.written+"}}"), template.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(read.Outputs["V"])
			if err != nil {
				t.Fatal(err)
			}
			equal(t, test.written, string(got), test.want)
		})
	}
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

func TestMistakesNameTheirPlace(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, mistake := range strings.Split(string(data), "=== ")[1:] {
		want, text, _ := strings.Cut(mistake, "\n")
		t.Run(want, func(t *testing.T) {
			_, err := template.Parse([]byte(text), template.Options{})
			if err == nil {
				t.Fatal("the template was accepted")
			}
			equal(t, "error", err.Error(), want)
		})
	}
}

func TestOverridesAreChecked(t *testing.T) {
	tests := map[string]struct{ name, value, want string }{
		"unknown":     {"Stge", "dev", `Parameters: there is no parameter "Stge" to override`},
		"not allowed": {"Stage", "test", `Parameters.Stage: "test" is not among the AllowedValues`},
		"no number":   {"MessageSeconds", "ten", `Parameters.MessageSeconds: "ten" is not a number`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := template.Load("testdata/parley.yaml", template.Options{Parameters: map[string]string{test.name: test.value}})
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("error is %v, want %s", err, test.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	sample, err := os.ReadFile("testdata/parley.yaml")
	if err != nil {
		f.Fatal(err)
	}
	mistakes, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	for _, text := range strings.Split(string(mistakes), "=== ") {
		_, text, _ = strings.Cut(text, "\n")
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := template.Parse(data, template.Options{})
		if err != nil {
			return
		}
		for _, table := range read.Tables {
			if !json.Valid(table.Create) {
				t.Errorf("CreateTable of %s is no JSON: %s", table.LogicalID, table.Create)
			}
		}
		if read.API == nil {
			return
		}
		for _, route := range read.API.Routes {
			if _, ok := read.Function(route.Function); !ok {
				t.Errorf("route %s names the function %q, which is not there", route.Key, route.Function)
			}
		}
	})
}
