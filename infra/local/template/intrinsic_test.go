package template_test

import (
	"encoding/json"
	"testing"

	"github.com/parleychat/parley/infra/local/template"
)

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
