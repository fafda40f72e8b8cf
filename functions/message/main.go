// Command message carries out the commands of route message: what is said, and
// what is read again.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	lambda.Start(bootstrap.Frames(table, handler.Message(dynamo.NewSessions(table))).Handle)
}
