package lambda

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// initID stands for the invocation's id while an environment initialises.
const initID = "init"

// maxResponse is Lambda's limit for a function's answer, in bytes.
const maxResponse = MaxPayload + 100

// runtimeAPI serves one environment. Source: "Using the Lambda runtime API for
// custom runtimes" in the Lambda developer guide.
func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", e.serveNext)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		e.serveAnswer(w, r, r.PathValue("id"), "")
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		e.serveAnswer(w, r, r.PathValue("id"), unhandled)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", func(w http.ResponseWriter, r *http.Request) {
		e.serveAnswer(w, r, initID, unhandled)
	})
	return mux
}

// serveNext holds the process until there is an invocation for it.
func (e *environment) serveNext(w http.ResponseWriter, r *http.Request) {
	select {
	case e.polled <- struct{}{}:
	case <-e.exited:
		return
	case <-r.Context().Done():
		return
	}
	select {
	case inv := <-e.work:
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", functionARN(e.function.Name))
		header.Set("Lambda-Runtime-Trace-Id", inv.traceID)
		_, _ = w.Write(inv.payload) // a process that is gone is seen by watch
	case <-e.exited:
	case <-r.Context().Done():
	}
}

// serveAnswer takes a response or an error.
func (e *environment) serveAnswer(w http.ResponseWriter, r *http.Request, id, functionError string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxResponse))
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return // the process is gone
	}
	answer, status := Result{Payload: body, FunctionError: functionError}, http.StatusAccepted
	if tooLarge != nil {
		answer = failed("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size ("+
			strconv.Itoa(maxResponse)+" bytes).")
		status = http.StatusRequestEntityTooLarge
	}
	if functionError != "" && !json.Valid(answer.Payload) {
		answer = failed("Runtime.Unknown", string(body))
	}
	if !e.answer(id, answer) {
		writeRuntime(w, http.StatusBadRequest, `{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}`)
		return
	}
	writeRuntime(w, status, `{"status":"OK"}`)
}

func writeRuntime(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
