// Program echo is the function that the tests of the Lambda host run. What it
// does stands in the event.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do    string `json:"do"`
	Text  string `json:"text"`
	Count int    `json:"count"`
	Code  int    `json:"code"`
}

var (
	calls int
	kept  [][]byte
)

func main() {
	switch os.Getenv("INIT") {
	case "exit":
		os.Exit(3)
	case "hang":
		<-time.After(time.Hour)
	case "panic":
		panic("no settings")
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, raw json.RawMessage) (any, error) {
	calls++
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	switch e.Do {
	case "sleep":
		<-ctx.Done()
		select {} // beyond the deadline
	case "wait":
		return "", waitForWriter(e.Text)
	case "panic":
		panic(e.Text)
	case "error":
		return nil, errors.New(e.Text)
	case "exit":
		os.Exit(e.Code)
	case "allocate":
		allocate(e.Count)
		return len(kept), nil
	case "hoard":
		allocate(e.Count)
		<-ctx.Done()
	case "large":
		return strings.Repeat("x", e.Count), nil
	case "print":
		for i := range e.Count {
			fmt.Printf("%s %d\n", e.Text, i)
		}
	case "child":
		return child()
	case "environ":
		return os.Environ(), nil
	case "about":
		return about(ctx), nil
	case "calls":
		return calls, nil
	}
	return raw, nil
}

// waitForWriter returns when the test has opened the named pipe too, and so
// knows that the function is at work, and closed it again.
func waitForWriter(path string) error {
	_, err := os.ReadFile(path)
	return err
}

// allocate takes megabytes of memory and touches them.
func allocate(mb int) {
	for range mb {
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = byte(i)
		}
		kept = append(kept, block)
	}
}

// child leaves a process behind and returns its id.
func child() (int, error) {
	cmd := exec.Command("sleep", "600")
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}

func about(ctx context.Context) map[string]any {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"requestId": lc.AwsRequestID,
		"arn":       lc.InvokedFunctionArn,
		"left":      time.Until(deadline).Seconds(),
		"pid":       os.Getpid(),
	}
}
