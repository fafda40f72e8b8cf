// Command admin carries out the commands of route admin: the settings.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	lambda.Start(bootstrap.Frames(table, handler.Admin(dynamo.Settings{Table: table})).Handle)
}
