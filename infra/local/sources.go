package main

import (
	"context"
	"log/slog"
	"sync"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/parleychat/parley/infra/local/eventsource"
	"github.com/parleychat/parley/infra/local/template"
)

// startSources calls the functions that the template has called by a schedule
// or by a table's stream. The returned function ends that.
func startSources(t *template.Template, endpoint string, runs invoker, log *slog.Logger) func() {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	streams := dynamodbstreams.New(dynamodbstreams.Options{
		BaseEndpoint: &endpoint, Region: region, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	for _, f := range t.Functions {
		for _, s := range f.Schedules {
			if s.Enabled {
				rule := eventsource.Schedule{Function: f.Name, ARN: s.RuleARN, Every: s.Every, Input: s.Input, V2: s.V2}
				all.Go(func() { rule.Run(ctx, runs, log) })
			}
		}
		for _, s := range f.Streams {
			if s.Enabled {
				mapping := mapped(f.Name, s)
				all.Go(func() {
					if err := mapping.Run(ctx, streams, runs, log); err != nil {
						log.Error("stream not read", "function", f.Name, "error", err)
					}
				})
			}
		}
	}
	return func() {
		cancel()
		all.Wait()
	}
}

func mapped(function string, s template.Stream) eventsource.Stream {
	return eventsource.Stream{
		Function: function, Table: tableName, FromStart: s.StartingPosition == "TRIM_HORIZON", BatchSize: s.BatchSize,
		Filters: s.Filters, ReportFailures: s.ReportFailures, Bisect: s.Bisect, MaxRetries: s.MaxRetries, MaxAge: s.MaxAge,
	}
}
