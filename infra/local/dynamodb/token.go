package dynamodb

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

const (
	tokenLife     = 10 * time.Minute
	maxToken      = 36 // bytes
	tokenBucket   = "tokens"
	tokensByTime  = "tokens by time"
	tokenTimeSize = 8
)

// token is a transaction's ClientRequestToken with a fingerprint of the
// request that bears it. A token without text is never spent.
//
// Two buckets keep spent tokens: by their text, with time and fingerprint, and
// in order of time, for the sweep.
type token struct {
	text        string
	fingerprint string
}

func newToken(text string, request *transactWriteRequest) (token, error) {
	t := token{text: text}
	if len(text) > maxToken {
		return t, constraint(text, "clientRequestToken", "have length less than or equal to 36")
	}
	// Maps are marshalled in order, so equal requests have equal bytes.
	body, err := json.Marshal(request)
	if err != nil {
		return t, fmt.Errorf("fingerprint a transaction: %w", err)
	}
	sum := sha256.Sum256(body)
	t.fingerprint = string(sum[:])
	return t, nil
}

// spent tells whether the same request was carried out with the token in the
// last ten minutes; a different one is refused.
func (t token) spent(tx *store.Tx, now time.Time) (bool, error) {
	stored, ok := tx.Bucket(tokenBucket).Get(t.text)
	if !ok || !now.Before(tokenTime(stored).Add(tokenLife)) {
		return false, nil
	}
	if stored[tokenTimeSize:] != t.fingerprint {
		return false, clientError(ownErrors+"IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request.")
	}
	return true, nil
}

func tokenTime(stored string) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64([]byte(stored[:tokenTimeSize]))))
}

// spend remembers that the token's request is carried out.
func (t token) spend(tx *store.Tx, now time.Time) {
	if t.text == "" {
		return
	}
	at := numberKey(uint64(now.UnixNano()))
	tx.Bucket(tokenBucket).Put(t.text, at+t.fingerprint)
	tx.Bucket(tokensByTime).Put(at+t.text, "")
}

// forgetTokens drops up to limit tokens whose life is over.
func forgetTokens(tx *store.Tx, now time.Time, limit int) {
	byText, byTime := tx.Bucket(tokenBucket), tx.Bucket(tokensByTime)
	old := store.Range{High: numberKey(uint64(now.Add(-tokenLife).UnixNano()))}
	for _, key := range byTime.First(old, limit) {
		at, text := key[:tokenTimeSize], key[tokenTimeSize:]
		// A token spent again since then stands under a later time, too.
		if stored, ok := byText.Get(text); ok && stored[:tokenTimeSize] == at {
			byText.Delete(text)
		}
		byTime.Delete(key)
	}
}
