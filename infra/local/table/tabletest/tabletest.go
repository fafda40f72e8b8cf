// Package tabletest gives a test the template's table in an engine of its own.
package tabletest

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/dynamo"
)

// Open serves the empty table that the template in a file describes, until the
// test ends, and returns it with the URL of its DynamoDB. The engine deletes
// nothing that has expired.
func Open(t *testing.T, path string) (opened dynamo.Table, endpoint string) {
	t.Helper()
	engine, err := dynamodb.Open(t.TempDir(), dynamodb.Options{TTLInterval: -1})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(engine)
	t.Cleanup(func() {
		listening.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	described, err := template.Load(path, template.Options{Parameters: map[string]string{
		"TokenIssuers": `[{"issuer":"https://id.example.com","audience":"parley"}]`, "AllowedOrigins": "https://desk.example.com",
	}})
	if err != nil {
		t.Fatal(err)
	}
	client := table.Client(listening.URL)
	if err := table.Create(t.Context(), client, described.Tables[0], "parley"); err != nil {
		t.Fatal(err)
	}
	return dynamo.Table{Client: client, Name: "parley", Now: time.Now}, listening.URL
}
