package main

import (
	"net"
	"os/exec"
	"path/filepath"
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

// Moto's DynamoDB, which is not ours, holds the story too. It never deletes
// what has expired; the code's own filter does not need that.
func TestTheStoryIsKeptAtMoto(t *testing.T) {
	program, err := filepath.Abs("../../.venv/bin/moto_server")
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	moto := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	moto.SysProcAttr = ownGroup()
	if err := moto.Start(); err != nil {
		t.Fatalf("%v; make test installs it with infra/check/venv.sh", err)
	}
	t.Cleanup(func() {
		_ = moto.Process.Kill() // Ended already where these fail.
		_ = moto.Wait()
	})
	if err := answers(t.Context(), address, nil); err != nil {
		t.Fatal(err)
	}
	talk(t, start(t, func(s *settings) { s.dynamodbEndpoint = "http://" + address }))
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
