// Command admin carries out the commands of route admin: the settings,
// and the enrolment of devices.
package main

import (
	"maps"
	"time"
	_ "time/tzdata" // Office hours have time zones, and the image that Lambda runs has none.

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/handler"
)

func main() {
	table := bootstrap.Table()
	commands := handler.Admin(dynamo.Settings{Table: table})
	maps.Copy(commands, handler.Enrolment(dynamo.Devices{Table: table}))
	lambda.Start(handler.Frames{Commands: commands, Rights: bootstrap.Rights(table), Log: bootstrap.Log(), Now: time.Now}.Handle)
}
