// Command ticket carries out the commands of route ticket: opening, closing and
// listing tickets.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
	"github.com/parleychat/parley/shared/settings"
)

func main() {
	table := bootstrap.Table()
	set := &settings.Recent{Store: dynamo.Settings{Table: table}, Now: time.Now}
	rights := bootstrap.Rights(table)
	commands := handler.Ticket(dynamo.Tickets{Table: table}, dynamo.NewSessions(table), dynamo.Presence{Table: table}, set, rights)
	lambda.Start(bootstrap.Entitled(table, rights, commands).Handle)
}
