// Command authorize is the REQUEST authorizer of $connect.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parleychat/parley/shared/bootstrap"
)

func main() {
	lambda.Start(bootstrap.Authorizer().Handle)
}
