package dynamodb

import "encoding/json"

// operation carries out one request body.
type operation func(s *Server, body []byte) (any, error)

// operations are all that the server can do, by service and name.
var operations = map[string]map[string]operation{
	"DynamoDB_20120810": {
		"CreateTable":        decoded((*Server).createTable),
		"DescribeTable":      decoded((*Server).describeTable),
		"ListTables":         decoded((*Server).listTables),
		"DeleteTable":        decoded((*Server).deleteTable),
		"UpdateTimeToLive":   decoded((*Server).updateTimeToLive),
		"DescribeTimeToLive": decoded((*Server).describeTimeToLive),
		"PutItem":            decoded((*Server).putItem),
		"GetItem":            decoded((*Server).getItem),
		"UpdateItem":         decoded((*Server).updateItem),
		"DeleteItem":         decoded((*Server).deleteItem),
		"Query":              decoded((*Server).query),
		"Scan":               decoded((*Server).scan),
		"BatchGetItem":       decoded((*Server).batchGetItem),
		"BatchWriteItem":     decoded((*Server).batchWriteItem),
		"TransactGetItems":   decoded((*Server).transactGetItems),
		"TransactWriteItems": decoded((*Server).transactWriteItems),
	},
	"DynamoDBStreams_20120810": {
		"ListStreams":      decoded((*Server).listStreams),
		"DescribeStream":   decoded((*Server).describeStream),
		"GetShardIterator": decoded((*Server).getShardIterator),
		"GetRecords":       decoded((*Server).getRecords),
	},
}

// decoded makes an operation of a method by decoding its request.
func decoded[In, Out any](do func(*Server, *In) (Out, error)) operation {
	return func(s *Server, body []byte) (any, error) {
		in := new(In)
		if err := json.Unmarshal(body, in); err != nil {
			return nil, decodeError(err)
		}
		return do(s, in)
	}
}
