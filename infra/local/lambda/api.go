package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// maxEvent is Lambda's limit for the payload of an Event invocation, in bytes.
const maxEvent = 1 << 20

// Names of the Invoke API.
const (
	headerInvocation    = "X-Amz-Invocation-Type"
	headerFunctionError = "X-Amz-Function-Error"
	headerLogType       = "X-Amz-Log-Type"
	headerLogResult     = "X-Amz-Log-Result"
	headerErrorType     = "X-Amzn-ErrorType"
)

// ServeHTTP is the Invoke API, so that `aws lambda invoke --endpoint-url` and
// the SDKs work:
//
//	POST /2015-03-31/functions/{name, ARN or name:alias}/invocations
//
// Aliases and versions are accepted and mean the function as it is. Signatures
// are not looked at.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := functionInPath(r.URL)
	if !ok || r.Method != http.MethodPost {
		writeFault(w, http.StatusNotFound, "UnknownOperationException", "The local twin knows only the Invoke API.")
		return
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if err != nil {
		writeError(w, name, ErrTooLarge)
		return
	}
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	if !json.Valid(payload) {
		writeFault(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json.")
		return
	}
	id := uuid.NewString()
	w.Header().Set("X-Amzn-Requestid", id)
	switch kind := r.Header.Get(headerInvocation); kind {
	case "", "RequestResponse":
		h.serveInvoke(w, r, name, id, payload)
	case "Event":
		if err := h.Send(name, payload); err != nil {
			writeError(w, name, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		if _, ok := h.functions[name]; !ok {
			writeError(w, name, ErrNotFound)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		writeFault(w, http.StatusBadRequest, "InvalidParameterValueException",
			"The invocation type is RequestResponse, Event or DryRun, not "+kind+".")
	}
}

func (h *Host) serveInvoke(w http.ResponseWriter, r *http.Request, name, id string, payload []byte) {
	o, err := h.invoke(r.Context(), name, id, payload)
	if err != nil {
		writeError(w, name, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Amz-Executed-Version", version)
	if o.FunctionError != "" {
		header.Set(headerFunctionError, o.FunctionError)
	}
	if r.Header.Get(headerLogType) == "Tail" {
		header.Set(headerLogResult, base64.StdEncoding.EncodeToString(o.tail))
	}
	_, _ = w.Write(o.Payload) // a caller that is gone does not mind
}

// functionInPath finds the function's name in the path of an Invoke request. It
// may be a name, a partial or a whole ARN, each with an alias or version.
func functionInPath(u *url.URL) (string, bool) {
	rest, ok := strings.CutPrefix(u.EscapedPath(), "/2015-03-31/functions/")
	name, found := strings.CutSuffix(rest, "/invocations")
	name, err := url.PathUnescape(name)
	if _, after, isARN := strings.Cut(name, "function:"); isARN {
		name = after
	}
	name, _, _ = strings.Cut(name, ":")
	return name, ok && found && err == nil && name != ""
}

// writeError answers with the fault that Lambda has for err.
func writeError(w http.ResponseWriter, name string, err error) {
	switch {
	case errors.Is(err, ErrNotFound):
		writeFault(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+functionARN(name))
	case errors.Is(err, ErrThrottled):
		writeFault(w, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
	case errors.Is(err, ErrTooLarge):
		writeFault(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException",
			"Request must be smaller than 6291456 bytes for the InvokeFunction operation")
	default:
		writeFault(w, http.StatusInternalServerError, "ServiceException", err.Error())
	}
}

func writeFault(w http.ResponseWriter, status int, kind, message string) {
	blame := "User"
	if status >= http.StatusInternalServerError {
		blame = "Service"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set(headerErrorType, kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Type": blame, "Message": message})
}
