package house

import (
	"path/filepath"
	"slices"
	"testing"
)

// devious does what is hard to see: it reads settings through a helper and by
// a name that is made up, and calls the table through an interface, a generic
// function and a stored function.
const devious = `package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type scanner interface {
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

func setting(name string) string { return os.Getenv(name) }

func apply[T any](do func(T), to T) { do(to) }

var stored = map[string]func(*dynamodb.Client){
	"describe": func(c *dynamodb.Client) { c.DescribeTable(context.Background(), nil) },
}

func scan(s scanner) { s.Scan(context.Background(), nil) }

func unused(c *dynamodb.Client) { c.DeleteTable(context.Background(), nil) }

func main() {
	client := dynamodb.New(dynamodb.Options{})
	scan(client)
	apply(func(c *dynamodb.Client) { c.UpdateItem(context.Background(), nil) }, client)
	stored[setting("FIRST")](client)
	pages := dynamodb.NewListTablesPaginator(client, nil)
	pages.HasMorePages()
	client.Query(context.Background(), &dynamodb.QueryInput{IndexName: nil})
	client.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{{ConditionCheck: nil}},
	})
	os.LookupEnv("SECOND")
	os.Getenv("THIRD" + os.Args[0])
}
`

func TestWhatAFunctionNeedsIsSeenWhereverItStands(t *testing.T) {
	path, err := filepath.Abs(filepath.Join(root, "functions/admin/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := needsOf("./functions/admin", map[string][]byte{path: []byte(devious)})
	if err != nil {
		t.Fatal(err)
	}
	n := found["admin"]
	if want := []string{"FIRST", "SECOND"}; !slices.Equal(n.settings, want) {
		t.Errorf("The settings are %v, want %v.", n.settings, want)
	}
	want := []string{
		"dynamodb:ConditionCheckItem", "dynamodb:DescribeTable", "dynamodb:ListTables",
		"dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
	}
	if !slices.Equal(n.actions, want) {
		t.Errorf("The actions are %v, want %v.", n.actions, want)
	}
	if !n.index {
		t.Error("The index is not seen.")
	}
	if want := []string{"reads a setting whose name shows only when it runs"}; !slices.Equal(n.problems, want) {
		t.Errorf("The problems are %v, want %v.", n.problems, want)
	}
}
