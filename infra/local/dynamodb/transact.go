package dynamodb

import (
	"errors"
	"strings"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
	"github.com/parleychat/parley/infra/local/dynamodb/store"
)

// Limits of transactions.
const (
	maxTransaction      = 100
	maxTransactionBytes = 4 << 20
	transactionFactor   = 2 // of capacity, compared with single requests
)

type transactWriteRequest struct {
	TransactItems          []transactWrite
	ClientRequestToken     string
	ReturnConsumedCapacity string
}

// transactWrite is one part of a transaction: exactly one field is set.
type transactWrite struct{ ConditionCheck, Put, Delete, Update *writeRequest }

type transactWriteAnswer struct {
	ConsumedCapacity []*consumedCapacity `json:",omitempty"`
}

func (s *Server) transactWriteItems(r *transactWriteRequest) (*transactWriteAnswer, error) {
	t, err := r.transaction()
	if err != nil {
		return nil, err
	}
	answer := &transactWriteAnswer{}
	return answer, s.store.Write(func(tx *store.Tx) error {
		consumed, err := s.transact(tx, t)
		for _, u := range consumed {
			answer.ConsumedCapacity = appendReport(answer.ConsumedCapacity, u, r.ReturnConsumedCapacity)
		}
		return err
	})
}

// transaction is a checked TransactWriteItems.
type transaction struct {
	writes []write
	onFail []string // each part's ReturnValuesOnConditionCheckFailure
	token  token
}

func (r *transactWriteRequest) transaction() (*transaction, error) {
	if n := len(r.TransactItems); n < 1 || n > maxTransaction {
		return nil, wrongTransactionLength(n)
	}
	if err := checkCapacity(r.ReturnConsumedCapacity); err != nil {
		return nil, err
	}
	t := &transaction{}
	for _, part := range r.TransactItems {
		w, onFail, err := part.write()
		if err != nil {
			return nil, err
		}
		t.writes = append(t.writes, w)
		t.onFail = append(t.onFail, onFail)
	}
	var err error
	t.token, err = newToken(r.ClientRequestToken, r)
	return t, err
}

func wrongTransactionLength(n int) error {
	if n == 0 {
		return validation("1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	return validation("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to %d", maxTransaction)
}

// write makes the part's write and gives its
// ReturnValuesOnConditionCheckFailure.
func (p transactWrite) write() (w write, onFail string, err error) {
	var r *writeRequest
	n := 0
	choose := func(given *writeRequest, make func(*writeRequest) (write, error)) {
		if given == nil {
			return
		}
		n++
		r = given
		w, err = make(given)
	}
	choose(p.ConditionCheck, (*writeRequest).checking)
	choose(p.Put, (*writeRequest).put)
	choose(p.Delete, (*writeRequest).delete)
	choose(p.Update, (*writeRequest).update)
	if n != 1 {
		return w, "", validation("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	return w, r.ReturnValuesOnConditionCheckFailure, err
}

// checking is check with the condition that a ConditionCheck must have.
func (r *writeRequest) checking() (write, error) {
	w, err := r.check()
	if err == nil && r.ConditionExpression == nil {
		err = missing("transactItems.1.member.conditionCheck.conditionExpression")
	}
	return w, err
}

// transact carries out a transaction unless its token says that it was carried
// out before, and tells what it consumed.
func (s *Server) transact(tx *store.Tx, t *transaction) ([]units, error) {
	again, err := t.token.spent(tx, s.now())
	if err != nil {
		return nil, err
	}
	if again {
		return s.reread(tx, t.writes)
	}
	changes, err := s.decideTogether(tx, t)
	if err != nil {
		return nil, err
	}
	t.token.spend(tx, s.now())
	s.applyAll(tx, changes)
	return sumWritten(changes, transactionFactor), nil
}

// reread counts the reads that DynamoDB makes to answer a repeated
// transaction.
func (s *Server) reread(tx *store.Tx, writes []write) ([]units, error) {
	var all []units
	for _, w := range writes {
		w.condition, w.next = nil, nil
		c, err := s.decide(tx, w)
		if err != nil {
			return nil, err
		}
		all = append(all, itemRead(c.table.Name, c.old, transactionFactor))
	}
	return sumByTable(all), nil
}

// decideTogether decides all parts, or says for each why the whole is
// cancelled.
func (s *Server) decideTogether(tx *store.Tx, t *transaction) ([]change, error) {
	changes := make([]change, len(t.writes))
	reasons := make([]cancellationReason, len(t.writes))
	seen := map[string]bool{}
	cancelled, size := false, 0
	for i, w := range t.writes {
		c, err := s.decide(tx, w)
		if reasons[i], err = reasonOf(err, t.onFail[i]); err != nil {
			return nil, err
		}
		cancelled = cancelled || reasons[i].Code != "None"
		if c.key != "" && seen[c.place()] {
			return nil, validation("Transaction request cannot include multiple operations on one item")
		}
		if c.key != "" {
			seen[c.place()] = true
		}
		size += c.new.Size()
		changes[i] = c
	}
	if cancelled {
		return nil, cancellation(reasons)
	}
	if size > maxTransactionBytes {
		return nil, validation("Transaction request cannot exceed 4 MB of items")
	}
	return changes, nil
}

// reasonOf words why a part cancels its transaction. An error that is no such
// reason is given back.
func reasonOf(err error, onFail string) (cancellationReason, error) {
	var refused refusal
	var invalid attribute.Invalid
	var fault *awsError
	switch {
	case err == nil:
		return cancellationReason{Code: "None"}, nil
	case errors.As(err, &refused):
		reason := cancellationReason{Code: "ConditionalCheckFailed", Message: refused.Error()}
		if onFail == "ALL_OLD" {
			reason.Item = refused.item
		}
		return reason, nil
	case errors.As(err, &invalid):
		return cancellationReason{Code: "ValidationError", Message: string(invalid)}, nil
	case errors.As(err, &fault) && fault.Type == validationType:
		return cancellationReason{Code: "ValidationError", Message: fault.Message}, nil
	}
	return cancellationReason{}, err
}

func cancellation(reasons []cancellationReason) error {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = r.Code
	}
	e := clientError(ownErrors+"TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", strings.Join(codes, ", "))
	e.Reasons = reasons
	return e
}

type transactGetRequest struct {
	TransactItems          []struct{ Get *getRequest }
	ReturnConsumedCapacity string
}

type transactGetAnswer struct {
	Responses        []itemAnswer
	ConsumedCapacity []*consumedCapacity `json:",omitempty"`
}

type itemAnswer struct {
	Item attribute.Item `json:",omitempty"`
}

func (s *Server) transactGetItems(r *transactGetRequest) (*transactGetAnswer, error) {
	if n := len(r.TransactItems); n < 1 || n > maxTransaction {
		return nil, wrongTransactionLength(n)
	}
	if err := checkCapacity(r.ReturnConsumedCapacity); err != nil {
		return nil, err
	}
	var reads []read
	for _, part := range r.TransactItems {
		if part.Get == nil {
			return nil, missing("transactItems.1.member.get")
		}
		one, err := part.Get.read()
		if err != nil {
			return nil, err
		}
		reads = append(reads, one)
	}
	answer := &transactGetAnswer{}
	return answer, s.store.Read(func(tx *store.Tx) error { return s.fetchAll(tx, reads, r, answer) })
}

func (s *Server) fetchAll(tx *store.Tx, reads []read, r *transactGetRequest, answer *transactGetAnswer) error {
	reasons := make([]cancellationReason, len(reads))
	var consumed []units
	cancelled, size := false, 0
	for i, one := range reads {
		_, item, err := s.fetch(tx, one)
		if reasons[i], err = reasonOf(err, ""); err != nil {
			return err
		}
		cancelled = cancelled || reasons[i].Code != "None"
		size += item.Size()
		consumed = append(consumed, itemRead(one.table, item, transactionFactor))
		answer.Responses = append(answer.Responses, itemAnswer{one.projection.whole(item)})
	}
	if cancelled {
		return cancellation(reasons)
	}
	if size > maxTransactionBytes {
		return validation("Transaction request cannot exceed 4 MB of items")
	}
	for _, u := range sumByTable(consumed) {
		answer.ConsumedCapacity = appendReport(answer.ConsumedCapacity, u, r.ReturnConsumedCapacity)
	}
	return nil
}
