// Command directory carries out the commands of route directory: who there is,
// who may do what, and what administrators did.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	commands := handler.Directory(dynamo.Directory{Table: table}, dynamo.Settings{Table: table})
	lambda.Start(bootstrap.Entitled(table, bootstrap.Rights(table), commands).Handle)
}
