package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
)

// writing tells the operations that write from those that read. No other
// consumes capacity, and no other is counted.
var writing = map[string]bool{
	"PutItem": true, "UpdateItem": true, "DeleteItem": true, "BatchWriteItem": true, "TransactWriteItems": true,
	"GetItem": false, "Query": false, "Scan": false, "BatchGetItem": false, "TransactGetItems": false,
}

// usage is what a DynamoDB was asked for.
type usage struct {
	calls                 map[string]int // By operation; those with a condition by themselves.
	writes, reads         int            // Calls.
	writeUnits, readUnits float64
	bytes                 int // Of the bodies of requests and answers.
}

// add adds what something else used.
func (u *usage) add(other usage) {
	if u.calls == nil {
		u.calls = map[string]int{}
	}
	for operation, n := range other.calls {
		u.calls[operation] += n
	}
	u.writes, u.reads, u.bytes = u.writes+other.writes, u.reads+other.reads, u.bytes+other.bytes
	u.writeUnits, u.readUnits = u.writeUnits+other.writeUnits, u.readUnits+other.readUnits
}

// meter counts what passes to a DynamoDB, which it asks to tell what each
// request consumes.
type meter struct {
	next     http.Handler
	endpoint string // Where the meter is served.

	mu   sync.Mutex
	used usage
}

// take returns what was used since it was called last.
func (m *meter) take() usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	used := m.used
	m.used = usage{}
	return used
}

// ServeHTTP passes a request on. Of one that consumes capacity it changes
// ReturnConsumedCapacity only; signatures are not looked at behind it.
func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if _, counted := writing[operation]; !counted {
		m.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	var request map[string]json.RawMessage
	if err != nil || json.Unmarshal(body, &request) != nil {
		http.Error(w, "The meter cannot read this request.", http.StatusBadRequest)
		return
	}
	request["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
	asking, err := json.Marshal(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(asking)), int64(len(asking))
	held := &answer{ResponseWriter: w, status: http.StatusOK}
	m.next.ServeHTTP(held, r)
	if _, conditional := request["ConditionExpression"]; conditional {
		operation = "conditional " + operation
	}
	m.count(operation, len(body), held)
	w.WriteHeader(held.status)
	_, _ = w.Write(held.body.Bytes()) // A client that has gone needs no answer.
}

func (m *meter) count(operation string, asked int, a *answer) {
	var got struct{ ConsumedCapacity json.RawMessage }
	_ = json.Unmarshal(a.body.Bytes(), &got) // What is no JSON consumes nothing.
	consumed, told := units(got.ConsumedCapacity), len(got.ConsumedCapacity)
	if told > 0 {
		told += len(`"ConsumedCapacity":,`)
	}
	if a.status == http.StatusBadRequest && bytes.Contains(a.body.Bytes(), []byte("ConditionalCheckFailed")) {
		consumed = 1 // At least; it is charged though it is refused, and nobody tells.
		operation = "refused " + operation
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used.calls == nil {
		m.used.calls = map[string]int{}
	}
	m.used.calls[operation]++
	m.used.bytes += asked + a.body.Len() - told
	if writing[operation[strings.LastIndex(operation, " ")+1:]] {
		m.used.writes, m.used.writeUnits = m.used.writes+1, m.used.writeUnits+consumed
	} else {
		m.used.reads, m.used.readUnits = m.used.reads+1, m.used.readUnits+consumed
	}
}

// units adds up ConsumedCapacity, which is one report or a list of them.
func units(report json.RawMessage) float64 {
	type capacity struct{ CapacityUnits float64 }
	var list []capacity
	if json.Unmarshal(report, &list) != nil {
		var one capacity
		_ = json.Unmarshal(report, &one) // Nothing was consumed where there is no report.
		list = []capacity{one}
	}
	total := 0.0
	for _, c := range list {
		total += c.CapacityUnits
	}
	return total
}

// answer holds back what is answered until it is counted.
type answer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader holds back the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write holds back the body.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
