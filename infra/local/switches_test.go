package main

import (
	"net"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parleychat/parley/infra/local/table"
)

// With DYNAMODB_ENDPOINT everything is stored at another DynamoDB, and the
// twin's own does not run.
func TestTheStoryIsKeptAtAnotherDynamoDB(t *testing.T) {
	other := engine(t)
	w := start(t, func(s *settings) { s.dynamodbEndpoint = other })
	talk(t, w)
	name := tableName
	kept, err := table.Client(other).Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if kept.Count == 0 {
		t.Error("the other DynamoDB has nothing")
	}
	nobodyListens(t, w.twin.dynamodb)
}

// With LAMBDA_ENDPOINT the functions run at another Invoke API, here the host
// of a second twin, and the twin's own does not run. Whoever runs the functions
// tells them where the twin is, as a second host must here.
func TestTheFunctionsRunAtAnotherLambda(t *testing.T) {
	w := start(t, func(s *settings) {
		s.lambdaEndpoint = hostElsewhere(t, *s)
		s.lambda = place{"TEST", freeAddress(t)}
	})
	talk(t, w)
	nobodyListens(t, w.twin.lambda)
}

// hostElsewhere starts the part of a second twin that runs functions, for a
// twin with these settings, and returns the URL of its Invoke API.
func hostElsewhere(t *testing.T, s settings) string {
	t.Helper()
	second := &twin{settings: s, out: logger{t}, storage: "http://" + s.dynamodb.address}
	t.Cleanup(second.stop)
	secret, err := turnSecret(s.data)
	if err != nil {
		t.Fatal(err)
	}
	described, err := second.described()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.startFunctions(described, secret); err != nil {
		t.Fatal(err)
	}
	return "http://" + s.lambda.address
}

func nobodyListens(t *testing.T, p place) {
	t.Helper()
	if c, err := net.Dial("tcp", p.address); err == nil {
		t.Errorf("somebody listens at %s", p.address)
		_ = c.Close() // Nothing was sent.
	}
}
