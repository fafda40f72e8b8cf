package dynamodb

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/parleychat/parley/infra/local/dynamodb/attribute"
)

// awsError is an error as DynamoDB's clients see it.
type awsError struct {
	Status  int                  `json:"-"`
	Type    string               `json:"__type"`
	Message string               `json:"message,omitempty"`
	Item    attribute.Item       `json:"Item,omitempty"`
	Reasons []cancellationReason `json:"CancellationReasons,omitempty"`
}

// cancellationReason says why one part of a transaction was not carried out.
type cancellationReason struct {
	Code    string
	Message string         `json:",omitempty"`
	Item    attribute.Item `json:",omitempty"`
}

// Error is the message for the client.
func (e *awsError) Error() string { return e.Message }

// Namespaces of error types.
const (
	ownErrors     = "com.amazonaws.dynamodb.v20120810#"
	coralErrors   = "com.amazon.coral.service#"
	coralValidate = "com.amazon.coral.validate#"
)

func clientError(kind, format string, args ...any) *awsError {
	return &awsError{Status: http.StatusBadRequest, Type: kind, Message: fmt.Sprintf(format, args...)}
}

var (
	errUnknownOperation = clientError(coralErrors+"UnknownOperationException", "")
	errUnsigned         = clientError(coralErrors+"MissingAuthenticationTokenException", "Request must contain either a valid (registered) AWS access key ID or X.509 certificate.")
	errTooLarge         = &awsError{Status: http.StatusRequestEntityTooLarge, Type: coralErrors + "RequestEntityTooLargeException", Message: "Request exceeds 16 MB."}
	errInternal         = &awsError{Status: http.StatusInternalServerError, Type: ownErrors + "InternalServerError", Message: "The request processing has failed because of an unknown error, exception or failure."}
	errThrottled        = clientError(ownErrors+"ProvisionedThroughputExceededException", "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.")
	errNoTable          = clientError(ownErrors+"ResourceNotFoundException", "Requested resource not found")
)

const validationType = coralValidate + "ValidationException"

func validation(format string, args ...any) *awsError {
	return clientError(validationType, format, args...)
}

// constraint words a breach of the service model as DynamoDB's front end does.
func constraint(value, member, rule string) *awsError {
	return validation("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, member, rule)
}

// decodeError tells values that DynamoDB refuses from what is no request at
// all.
func decodeError(err error) error {
	var refused attribute.Invalid
	if errors.As(err, &refused) {
		return refused
	}
	return serializationError(err)
}

func serializationError(err error) *awsError {
	return clientError(coralErrors+"SerializationException", "%s", err)
}

func conditionFailed(item attribute.Item) *awsError {
	e := clientError(ownErrors+"ConditionalCheckFailedException", "The conditional request failed")
	e.Item = item
	return e
}

// asFault finds what a client may see of an error; of an unforeseen one it sees
// nothing.
func asFault(err error) *awsError {
	var e *awsError
	var refused attribute.Invalid
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &refused):
		return validation("%s", refused)
	}
	return errInternal
}

// requestID looks like DynamoDB's: 52 letters and digits.
func requestID() string { return rand.Text() + rand.Text() }
