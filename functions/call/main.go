// Command call carries out the commands of route call: it sets calls up and
// hands out ICE servers. Media never comes here.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	lambda.Start(bootstrap.Entitled(table, bootstrap.Rights(table), handler.Call(dynamo.NewSessions(table), bootstrap.ICE(table))).Handle)
}
