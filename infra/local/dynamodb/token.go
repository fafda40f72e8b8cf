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
	fingerprint [sha256.Size]byte
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
	t.fingerprint = sha256.Sum256(body)
	return t, nil
}

// spent tells whether the same request was carried out with the token in the
// last ten minutes; a different one is refused.
func (t token) spent(tx *store.Tx, now time.Time) (bool, error) {
	b, ok := tx.Bucket(tokenBucket)
	if !ok || t.text == "" {
		return false, nil
	}
	stored := b.Get([]byte(t.text))
	if stored == nil || !now.Before(tokenTime(stored).Add(tokenLife)) {
		return false, nil
	}
	if string(stored[tokenTimeSize:]) != string(t.fingerprint[:]) {
		return false, clientError(ownErrors+"IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request.")
	}
	return true, nil
}

func tokenTime(stored []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(stored)))
}

// spend remembers that the token's request is carried out.
func (t token) spend(tx *store.Tx, now time.Time) error {
	if t.text == "" {
		return nil
	}
	at := binary.BigEndian.AppendUint64(nil, uint64(now.UnixNano()))
	byText, err := tx.Create(tokenBucket)
	if err != nil {
		return err
	}
	if err := byText.Put([]byte(t.text), append(at, t.fingerprint[:]...)); err != nil {
		return err
	}
	byTime, err := tx.Create(tokensByTime)
	if err != nil {
		return err
	}
	return byTime.Put(append(at, t.text...), nil)
}

// forgetTokens drops up to limit tokens whose life is over.
func forgetTokens(tx *store.Tx, now time.Time, limit int) error {
	byTime, ok := tx.Bucket(tokensByTime)
	if !ok {
		return nil
	}
	byText, err := bucket(tx, tokenBucket)
	if err != nil {
		return err
	}
	old := store.Range{High: binary.BigEndian.AppendUint64(nil, uint64(now.Add(-tokenLife).UnixNano()))}
	for _, key := range byTime.First(old, limit) {
		text := key[tokenTimeSize:]
		// A token spent again since then stands under a later time, too.
		if stored := byText.Get(text); stored != nil && string(stored[:tokenTimeSize]) == string(key[:tokenTimeSize]) {
			if err := byText.Delete(text); err != nil {
				return err
			}
		}
		if err := byTime.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
