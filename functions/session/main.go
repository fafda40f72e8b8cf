// Command session carries out the commands of route session: the life of a
// session from its start to its end.
package main

import (
	_ "time/tzdata" // Office hours have time zones, and the image that Lambda runs has none.

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	rights := bootstrap.Rights(table)
	commands := handler.Session(dynamo.NewSessions(table), dynamo.Presence{Table: table}, dynamo.Settings{Table: table}, dynamo.Tickets{Table: table}, rights)
	lambda.Start(bootstrap.Entitled(table, rights, commands).Handle)
}
