// Package dynamodb is the local twin's DynamoDB: an http.Handler that speaks
// the JSON protocol of DynamoDB and DynamoDB Streams on one port, on a durable
// store in one folder.
//
//	→ POST /  X-Amz-Target: DynamoDB_20120810.GetItem
//	  {"TableName":"parley","Key":{"pk":{"S":"a"}}}
//	← 200     {"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}
//	← 400     {"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"…"}
//
// A request takes this way: the server finds its operation (operations.go); the
// operation parses expressions and says what it would read or write (item.go,
// get.go, query.go, scan.go, batch.go, transact.go); a write becomes changes,
// which are decided and applied with their index entries and stream records in
// one transaction of the store (change.go); what it consumed is counted
// (capacity.go).
//
// Unlike DynamoDB, reads are always consistent, capacity is never short unless
// faults are asked for, and a table is active as soon as it is made.
package dynamodb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

const (
	maxBody  = 16 << 20 // bytes of a request
	inFlight = 256      // requests worked on at once; more wait
)

// Options are the settings of a server; the zero value is ready to use.
type Options struct {
	// Now is the clock for times to live, stream records and tokens; nil means
	// time.Now.
	Now func() time.Time
	// TTLInterval is how often expired items are deleted; 0 means 2 s, and with
	// a negative one they never are.
	TTLInterval time.Duration
	// Faults are those to begin with.
	Faults Faults
	// Log gets a line for each internal error; nil means slog.Default.
	Log *slog.Logger
}

// Server is a running engine. It is safe for concurrent use.
type Server struct {
	store  *store.Store
	now    func() time.Time
	log    *slog.Logger
	faults atomic.Pointer[Faults]
	tables catalog
	slots  chan struct{}

	stop   context.CancelFunc
	sweeps sync.WaitGroup
}

// Open starts an engine on a folder, which it makes if needed and holds alone
// until Close.
func Open(dir string, o Options) (*Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the tables: %w", err)
	}
	st, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{store: st, now: o.Now, log: o.Log, slots: make(chan struct{}, inFlight)}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.SetFaults(o.Faults)
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if o.TTLInterval == 0 {
		o.TTLInterval = 2 * time.Second
	}
	s.sweeps.Go(func() { s.sweepEvery(ctx, o.TTLInterval) })
	return s, nil
}

// Close lets the writes under way finish and closes the store. Requests that
// come later are answered with an internal error.
func (s *Server) Close() error {
	s.stop()
	s.sweeps.Wait()
	return s.store.Close()
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		fmt.Fprint(w, "healthy: dynamodb.local ")
		return
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-r.Context().Done():
		return
	}
	answer, err := s.answer(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	send(w, http.StatusOK, answer)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) (answer []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	operate, err := operationOf(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, readError(err)
	}
	lose, err := s.strike(r.Context())
	if err != nil {
		return nil, err
	}
	out, err := operate(s, body)
	if err != nil {
		return nil, err
	}
	if lose {
		return nil, errInternal
	}
	return json.Marshal(out)
}

func operationOf(r *http.Request) (operation, error) {
	if r.Method != http.MethodPost {
		return nil, errUnknownOperation
	}
	service, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	operate, ok := operations[service][name]
	if !ok {
		return nil, errUnknownOperation
	}
	if r.Header.Get("Authorization") == "" && !r.URL.Query().Has("X-Amz-Signature") {
		return nil, errUnsigned
	}
	return operate, nil
}

func readError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return serializationError(err)
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := asFault(err)
	if e.Status == http.StatusInternalServerError && err != error(errInternal) {
		s.log.Error("dynamodb request failed", "target", r.Header.Get("X-Amz-Target"), "error", err)
	}
	body, err := json.Marshal(e)
	if err != nil {
		s.log.Error("dynamodb error cannot be written", "error", err)
	}
	send(w, e.Status, body)
}

func send(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/x-amz-json-1.0")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	h.Set("X-Amzn-Requestid", requestID())
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
