package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/parleychat/parley/infra/local/dynamodb"
	"github.com/parleychat/parley/infra/local/table"
	"github.com/parleychat/parley/infra/local/template"
)

const tableName = "parley"

// engine is a DynamoDB with the template's table, for many worlds.
type engine struct{ server *dynamodb.Server }

func openEngine(t *testing.T) engine {
	t.Helper()
	server, err := dynamodb.Open(t.TempDir(), dynamodb.Options{TTLInterval: -1}) // The scheduler expires.
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(func() {
		listening.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	described, err := template.Load("../../template.yaml", template.Options{Parameters: map[string]string{
		"TokenIssuers": `[{"issuer":"https://id.example.com","audience":"parley"}]`, "AllowedOrigins": "https://desk.example.com",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Create(t.Context(), table.Client(listening.URL), described.Tables[0], tableName); err != nil {
		t.Fatal(err)
	}
	return engine{server}
}

// line is a world's way to the engine, which lives outside the world's time.
type line struct {
	ask    chan *http.Request
	answer chan *httptest.ResponseRecorder
}

// line opens a way to the engine; its second result closes it.
func (e engine) line() (line, func()) {
	l := line{make(chan *http.Request), make(chan *httptest.ResponseRecorder)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for r := range l.ask {
			recorder := httptest.NewRecorder()
			e.server.ServeHTTP(recorder, r)
			l.answer <- recorder
		}
	}()
	return l, func() {
		close(l.ask)
		<-done
	}
}

// do carries out a request now.
func (l line) do(header http.Header, body []byte) *http.Response {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://dynamodb.local/", bytes.NewReader(body))
	if err != nil {
		panic(err) // Only for a URL that is none.
	}
	r.Header = header.Clone()
	l.ask <- r
	return (<-l.answer).Result()
}

// Do makes the line an HTTP client for the tests' own reads.
func (l line) Do(r *http.Request) (*http.Response, error) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		return nil, err
	}
	return l.do(r.Header, body.Bytes()), nil
}

// plain turns an attribute value of the wire into the value that it carries.
func plain(v any) any {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return v
	}
	for kind, value := range m {
		switch kind {
		case "N":
			return json.Number(value.(string))
		case "M":
			return attributes(value.(map[string]any))
		case "L":
			list := []any{}
			for _, element := range value.([]any) {
				list = append(list, plain(element))
			}
			return list
		case "NULL":
			return nil
		default:
			return value
		}
	}
	return nil
}

// attributes are the plain values of an item.
func attributes(item map[string]any) map[string]any {
	values := make(map[string]any, len(item))
	for name, value := range item {
		values[name] = plain(value)
	}
	return values
}
