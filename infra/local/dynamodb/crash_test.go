package dynamodb_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parleychat/parley/infra/local/dynamodb"
)

// Settings of the crash test: the folder for the child process that it kills,
// and how often it kills (50 unless set).
const (
	crashDir  = "PARLEY_DYNAMODB_CRASH_DIR"
	crashRuns = "PARLEY_DYNAMODB_CRASHES"
)

// TestMain makes the test binary serve an engine when the crash test has
// started it for that.
func TestMain(m *testing.M) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := serveUntilKilled(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serveUntilKilled(dir string) error {
	engine, err := dynamodb.Open(dir, dynamodb.Options{})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	return http.Serve(listener, engine)
}

// child is an engine in a process of its own.
type child struct {
	*twin
	process *exec.Cmd
}

func spawn(t *testing.T, dir string) child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child says nothing: %v", err)
	}
	c := child{connect(t, strings.TrimSpace(url)), cmd}
	t.Cleanup(c.kill)
	return c
}

// kill ends the process as a power cut would.
func (c child) kill() {
	_ = c.process.Process.Kill() // SIGKILL; it may have died already
	_ = c.process.Wait()         // which always tells of the kill
}

// writer adds 1 to its own item, over and over, and remembers what it was
// told. Every third time it does so in a transaction that also logs the count
// in an item of its own.
type writer struct {
	name  string
	acked int // the highest count that was acknowledged
	tried int // the highest count that may have been written
}

// step adds 1 on top of the count that the writer knows of.
func (w *writer) step(ctx context.Context, tw *twin) error {
	next := w.tried + 1
	update := &types.Update{
		TableName: aws.String("list"), Key: values{"pk": w.name}.av(),
		UpdateExpression:          aws.String("SET n = :next, g = :g"),
		ExpressionAttributeValues: values{":next": next, ":g": fmt.Sprint("group ", next%5)}.av(),
	}
	w.tried = next
	var err error
	if next%3 == 0 {
		line := &types.Put{TableName: aws.String("list"), Item: values{"pk": fmt.Sprint(w.name, "/", next), "g": "line"}.av()}
		_, err = tw.TransactWriteItems(ctx, &sdk.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Update: update}, {Put: line}}})
	} else {
		_, err = tw.UpdateItem(ctx, &sdk.UpdateItemInput{
			TableName: update.TableName, Key: update.Key,
			UpdateExpression: update.UpdateExpression, ExpressionAttributeValues: update.ExpressionAttributeValues,
		})
	}
	if err == nil {
		w.acked = next
	}
	return err
}

// check compares what is stored with what the writer was told.
func (w *writer) check(t *testing.T, items map[string]map[string]types.AttributeValue) {
	t.Helper()
	n := 0
	if item, ok := items[w.name]; ok {
		n, _ = strconv.Atoi(showValue(item["n"]))
	}
	if n < w.acked || n > w.tried {
		t.Fatalf("%s has %d; %d was acknowledged and %d tried", w.name, n, w.acked, w.tried)
	}
	for i := 3; i <= w.tried; i += 3 {
		_, there := items[fmt.Sprint(w.name, "/", i)]
		if there != (i <= n) {
			t.Fatalf("%s has %d, but its line %d is there: %v", w.name, n, i, there)
		}
	}
	w.acked, w.tried = n, n
}

func TestAKilledEngineLosesNothingAcknowledged(t *testing.T) {
	runs := 50
	if set := os.Getenv(crashRuns); set != "" {
		var err error
		if runs, err = strconv.Atoi(set); err != nil {
			t.Fatalf("%s: %v", crashRuns, err)
		}
	}
	dir := t.TempDir()
	c := spawn(t, dir)
	c.creates("list", []string{"pk:S"}, index{"byG", types.ProjectionTypeAll, nil, []string{"g:S"}})
	writers := make([]*writer, 16)
	for i := range writers {
		writers[i] = &writer{name: fmt.Sprintf("writer%02d", i)}
	}
	for run := range runs {
		var steps atomic.Int64
		var group sync.WaitGroup
		for _, w := range writers {
			group.Go(func() {
				for w.step(t.Context(), c.twin) == nil {
					steps.Add(1)
				}
			})
		}
		eventually(t, "there is work to interrupt", func() bool { return steps.Load() > int64(20+run*7) })
		c.kill()
		group.Wait()
		c = spawn(t, dir)
		items := c.agreeing()
		for _, w := range writers {
			w.check(t, items)
		}
	}
}

// agreeing gives all items by key, after comparing table, index and stream.
func (c child) agreeing() map[string]map[string]types.AttributeValue {
	c.t.Helper()
	items, entries := c.scans(""), c.scans("byG")
	if len(items) != len(entries) {
		c.t.Fatalf("%d items, but %d in the index", len(items), len(entries))
	}
	for pk, item := range items {
		equal(c.t, entries[pk], item)
	}
	return items
}

func (c child) scans(index string) map[string]map[string]types.AttributeValue {
	c.t.Helper()
	in := &sdk.ScanInput{TableName: aws.String("list")}
	if index != "" {
		in.IndexName = &index
	}
	all := map[string]map[string]types.AttributeValue{}
	for {
		out, err := c.Scan(c.ctx, in)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, item := range out.Items {
			all[strings.Trim(showValue(item["pk"]), `"`)] = item
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return all
		}
	}
}
