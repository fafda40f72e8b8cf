package gateway

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// pushReadTimeout bounds how long a caller of @connections may take to send
// its body.
const pushReadTimeout = 30 * time.Second

var (
	gone        = refusal{http.StatusGone, "GoneException", "Gone"}
	pushTooBig  = refusal{http.StatusRequestEntityTooLarge, "PayloadTooLargeException", "Payload too large"}
	badPush     = refusal{http.StatusBadRequest, "BadRequestException", "The body could not be read"}
	slowClient  = refusal{http.StatusTooManyRequests, "LimitExceededException", "The client reads too slowly"}
	wrongMethod = refusal{http.StatusForbidden, "ForbiddenException", "Only POST, GET and DELETE"}
)

// manage answers one call of the @connections API: the operations
// PostToConnection, GetConnection and DeleteConnection of the SDK. A
// connection is known from the end of $connect to its last frame; before and
// after it is gone.
func (g *Gateway) manage(w http.ResponseWriter, r *http.Request, id string) {
	var refused *refusal
	switch r.Method {
	case http.MethodPost:
		refused = g.push(w, r, id)
	case http.MethodGet:
		refused = g.describe(w, id)
	case http.MethodDelete:
		refused = g.delete(w, id)
	default:
		refused = &wrongMethod
	}
	switch {
	case refused == nil:
	case refused.status == http.StatusGone && g.faults.Load().BareGone:
		w.WriteHeader(http.StatusGone)
	default:
		refused.write(w)
	}
}

// push queues the body as one text frame; 200 means queued, not read.
func (g *Gateway) push(w http.ResponseWriter, r *http.Request, id string) *refusal {
	// Not every ResponseWriter has deadlines; without one the body is still bounded.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(pushReadTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPush))
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return &pushTooBig
	}
	if err != nil {
		return &badPush
	}
	faults := g.faults.Load()
	pause(r.Context(), faults.Delay)
	if faults.failsPush() {
		return injected(faults.PushFailStatus)
	}
	c, ok := g.find(id)
	if !ok {
		return &gone
	}
	if !c.push(body) {
		return &slowClient
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func injected(status int) *refusal {
	if status == http.StatusTooManyRequests {
		return &tooMany
	}
	return &refusal{status, "InternalServerErrorException", "Internal server error"}
}

func (g *Gateway) describe(w http.ResponseWriter, id string) *refusal {
	c, ok := g.find(id)
	if !ok {
		return &gone
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(struct {
		ConnectedAt  time.Time `json:"connectedAt"`
		LastActiveAt time.Time `json:"lastActiveAt"`
		Identity     identity  `json:"identity"`
	}{c.connectedAt.UTC(), c.activeAt().UTC(), c.identity})
	return nil
}

func (g *Gateway) delete(w http.ResponseWriter, id string) *refusal {
	c, ok := g.find(id)
	if !ok {
		return &gone
	}
	c.end(deleted)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
