// Command presence carries out the commands of route presence: who is there.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	commands := handler.Presence(dynamo.Presence{Table: table}, dynamo.NewSessions(table))
	lambda.Start(bootstrap.Frames(table, commands).Handle)
}
