// Command presence carries out the commands of route presence: who is there.
package main

import (
	"maps"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	rights := bootstrap.Rights(table)
	people := dynamo.Presence{Table: table}
	commands := handler.Presence(people, dynamo.NewSessions(table), rights)
	maps.Copy(commands, handler.Admission(people, dynamo.Devices{Table: table}))
	lambda.Start(bootstrap.Entitled(table, rights, commands).Handle)
}
