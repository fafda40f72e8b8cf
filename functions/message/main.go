// Command message carries out the commands of route message: what is said, and
// what is read again.
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
	sessions := dynamo.NewSessions(table)
	sessions.Key = bootstrap.SealKey()
	lambda.Start(bootstrap.Entitled(table, bootstrap.Rights(table), handler.Message(sessions, set)).Handle)
}
