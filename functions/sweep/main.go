// Command sweep is called every minute: it gives up requests whose contact is
// gone, so that they are listed to be followed up.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table, log := bootstrap.Table(), bootstrap.Log()
	lambda.Start(handler.Sweep{
		Sessions: dynamo.NewSessions(table), Presence: dynamo.Presence{Table: table},
		Fan: bootstrap.Fan(table, log), Log: log, Now: time.Now,
	}.Handle)
}
