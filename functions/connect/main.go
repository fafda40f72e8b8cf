// Command connect answers $connect, $disconnect and the frames that no route takes.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	lambda.Start(handler.Connections{
		Frames:   bootstrap.Frames(table, nil),
		Sessions: dynamo.NewSessions(table),
		Presence: dynamo.Presence{Table: table},
	}.Handle)
}
