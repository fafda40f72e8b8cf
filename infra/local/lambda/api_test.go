package lambda_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/lambda"
)

// post calls the Invoke API. The path is what follows /functions/.
func (w *world) post(path, body string, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(http.MethodPost, "/2015-03-31/functions/"+path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer
}

func TestTheInvokeAPIAnswersForEveryFormOfAName(t *testing.T) {
	w := start(t)
	for _, name := range []string{
		"echo", "echo:live", "arn:aws:lambda:us-east-1:000000000000:function:echo", "000000000000:function:echo",
		"arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aecho%3Alive",
	} {
		answer := w.post(name+"/invocations?Qualifier=live", `{"text":"hello"}`)
		if answer.Code != http.StatusOK || answer.Body.String() != `{"text":"hello"}` {
			t.Errorf("%s answers %d %s", name, answer.Code, answer.Body)
		}
		if got := answer.Header().Get("X-Amz-Executed-Version"); got != "$LATEST" {
			t.Errorf("version is %q", got)
		}
	}
}

func TestTheInvokeAPIMarksAFailure(t *testing.T) {
	answer := start(t).post("echo/invocations", `{"do":"error","text":"no"}`)
	if answer.Code != http.StatusOK || answer.Header().Get("X-Amz-Function-Error") != "Unhandled" {
		t.Errorf("answer is %d %v", answer.Code, answer.Header())
	}
}

func TestTheInvokeAPIGivesTheTailOfTheLog(t *testing.T) {
	answer := start(t).post("echo/invocations", `{"do":"print","text":"line","count":1000}`, "X-Amz-Log-Type", "Tail")
	tail, err := base64.StdEncoding.DecodeString(answer.Header().Get("X-Amz-Log-Result"))
	if err != nil {
		t.Fatal(err)
	}
	id := answer.Header().Get("X-Amzn-Requestid")
	for _, want := range []string{"line 999\nEND RequestId: " + id, "REPORT RequestId: " + id, "Memory Size: 512 MB\n"} {
		if !strings.Contains(string(tail), want) {
			t.Errorf("the tail lacks %q:\n%s", want, tail)
		}
	}
	if len(tail) > 4096 {
		t.Errorf("the tail has %d bytes, want 4096 at most", len(tail))
	}
}

func TestTheInvokeAPIRefuses(t *testing.T) {
	w := start(t, func(_ *lambda.Options, f *lambda.Function) { f.Reserved = 1 })
	k := w.begin()
	tests := map[string]struct {
		path, body, kind string
		status           int
		fault            string
	}{
		"an unknown function":      {"nobody/invocations", "{}", "", 404, "ResourceNotFoundException"},
		"an unknown event target":  {"nobody/invocations", "{}", "Event", 404, "ResourceNotFoundException"},
		"an unknown dry run":       {"nobody/invocations", "{}", "DryRun", 404, "ResourceNotFoundException"},
		"an unknown operation":     {"echo/configuration", "{}", "", 404, "UnknownOperationException"},
		"a body that is no JSON":   {"echo/invocations", "{", "", 400, "InvalidRequestContentException"},
		"an unknown kind":          {"echo/invocations", "{}", "Later", 400, "InvalidParameterValueException"},
		"a body over six MB":       {"echo/invocations", `"` + strings.Repeat("x", 6<<20) + `"`, "", 413, "RequestTooLargeException"},
		"an event over one MB":     {"echo/invocations", `"` + strings.Repeat("x", 1<<20) + `"`, "Event", 413, "RequestTooLargeException"},
		"too many calls at a time": {"echo/invocations", "{}", "", 429, "TooManyRequestsException"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := w.post(test.path, test.body, "X-Amz-Invocation-Type", test.kind)
			if answer.Code != test.status || answer.Header().Get("X-Amzn-ErrorType") != test.fault {
				t.Errorf("answer is %d %s", answer.Code, answer.Header().Get("X-Amzn-ErrorType"))
			}
			var body struct{ Type, Message string }
			if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || body.Type != "User" || body.Message == "" {
				t.Errorf("body is %s", answer.Body)
			}
		})
	}
	k.end()
}

func TestADryRunDoesNothing(t *testing.T) {
	w := start(t)
	if answer := w.post("echo/invocations", `{"do":"print","text":"ran","count":1}`, "X-Amz-Invocation-Type", "DryRun"); answer.Code != http.StatusNoContent {
		t.Errorf("answer is %d", answer.Code)
	}
	if w.log.String() != "" {
		t.Errorf("the function wrote %q", w.log)
	}
}

func TestAnEventRunsInTheBackground(t *testing.T) {
	w := start(t)
	answer := w.post("echo/invocations", `{"do":"print","text":"ran","count":1}`, "X-Amz-Invocation-Type", "Event")
	if answer.Code != http.StatusAccepted || answer.Body.Len() != 0 {
		t.Errorf("answer is %d %s", answer.Code, answer.Body)
	}
	eventually(t, "the run", func() bool { return w.log.String() == "echo: ran 0\n" })
}

func TestAnEventThatFailsIsTriedThreeTimes(t *testing.T) {
	w := start(t, func(o *lambda.Options, _ *lambda.Function) { o.RetryDelay = time.Millisecond })
	if err := w.Send("echo", []byte(`{"do":"error","text":"refused"}`)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "giving up", func() bool { return strings.Contains(w.log.String(), "failed 3 times and is given up") })
	if got := strings.Count(w.log.String(), `"errorMessage":"refused"`); got != 3 {
		t.Errorf("the function ran %d times, want 3", got)
	}
}

func TestTheQueueOfEventsIsBounded(t *testing.T) {
	w := start(t, func(o *lambda.Options, f *lambda.Function) { f.Reserved = 1; o.RetryDelay = time.Hour })
	k := w.begin()
	var err error
	for range 101 {
		err = w.Send("echo", []byte("{}"))
	}
	if !errors.Is(err, lambda.ErrThrottled) {
		t.Errorf("error is %v, want ErrThrottled", err)
	}
	k.end()
}

func TestRemoteDoesWhatTheHostDoes(t *testing.T) {
	w := start(t)
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	remote, err := lambda.Remote(server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{`{"text":"hello"}`, `{"do":"error","text":"no"}`} {
		there, err := remote.Invoke(t.Context(), "echo", []byte(event))
		if err != nil {
			t.Fatal(err)
		}
		here := w.do(event)
		if !bytes.Equal(there.Payload, here.Payload) || there.FunctionError != here.FunctionError {
			t.Errorf("remote gives %s, the host %s", there.Payload, here.Payload)
		}
	}
	if _, err := remote.Invoke(t.Context(), "nobody", []byte("{}")); !errors.Is(err, lambda.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	if _, err := remote.Invoke(t.Context(), "echo", []byte("{")); err == nil || !strings.Contains(err.Error(), "into json") {
		t.Errorf("error is %v", err)
	}
}

func TestRemoteWantsAURL(t *testing.T) {
	for _, endpoint := range []string{"", "127.0.0.1:3001", "ftp://host", "http://", "http://[::1"} {
		if _, err := lambda.Remote(endpoint); err == nil {
			t.Errorf("%q was accepted", endpoint)
		}
	}
}

func FuzzInvokeAPI(f *testing.F) {
	f.Add("/2015-03-31/functions/echo/invocations", "", []byte(`{"text":"hello"}`))
	f.Add("/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:echo:live/invocations", "Event", []byte(`{}`))
	f.Add("/2015-03-31/functions/%65cho/invocations", "DryRun", []byte(`{`))
	f.Add("/2015-03-31/functions//invocations", "Later", []byte(nil))
	// No binary: the request is taken apart, and what is well formed ends
	// with the error that the function does not start.
	host := lambda.New(lambda.Options{
		Functions:  []lambda.Function{{Name: "echo", Path: "/nowhere/bootstrap"}},
		RetryDelay: time.Nanosecond,
	})
	f.Cleanup(func() { _ = host.Close() })
	f.Fuzz(func(t *testing.T, path, kind string, body []byte) {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://127.0.0.1"+path, bytes.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("X-Amz-Invocation-Type", kind)
		answer := httptest.NewRecorder()
		host.ServeHTTP(answer, r)
		if answer.Code == http.StatusOK {
			t.Errorf("a function that does not exist answered %s", answer.Body)
		}
		if text, _ := io.ReadAll(answer.Body); answer.Code >= 400 && !json.Valid(text) {
			t.Errorf("the fault is no JSON: %s", text)
		}
	})
}
