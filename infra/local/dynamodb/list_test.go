package dynamodb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// page is one page of a query: its items' sort keys, and where it ended.
type page struct {
	keys []string
	last map[string]types.AttributeValue
	out  *sdk.QueryOutput
}

// queries asks for one page.
func (tw *twin) queries(in *sdk.QueryInput, condition string, params values) page {
	tw.t.Helper()
	in.KeyConditionExpression, in.ExpressionAttributeValues = &condition, params.av()
	out, err := tw.Query(tw.ctx, in)
	if err != nil {
		tw.t.Fatalf("%s: %v", condition, err)
	}
	p := page{last: out.LastEvaluatedKey, out: out}
	for _, item := range out.Items {
		p.keys = append(p.keys, strings.Trim(showValue(item["sk"]), `"`))
	}
	return p
}

// says checks the sort keys of a page, written with spaces between.
func (p page) says(t *testing.T, want string) {
	t.Helper()
	if got := strings.Join(p.keys, " "); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestKeyConditionsFindTheirRange(t *testing.T) {
	tw := start(t)
	tw.creates("words", []string{"pk:S", "sk:S"})
	for _, w := range strings.Fields("a aa ab abc b ba é z") {
		tw.puts("words", values{"pk": "p", "sk": w}, values{"pk": "q", "sk": w})
	}
	in := func() *sdk.QueryInput { return &sdk.QueryInput{TableName: aws.String("words")} }
	for condition, want := range map[string]string{
		"pk = :p AND sk = :ab":               "ab",
		"pk = :p AND sk < :ab":               "a aa",
		"pk = :p AND sk <= :ab":              "a aa ab",
		"pk = :p AND sk > :ab":               "abc b ba z é",
		"pk = :p AND sk >= :ab":              "ab abc b ba z é",
		"(pk = :p) AND (:ab <= sk)":          "ab abc b ba z é",
		"pk = :p AND begins_with(sk, :ab)":   "ab abc",
		"sk BETWEEN :ab AND :ab AND pk = :p": "ab",
	} {
		tw.queries(in(), condition, values{":p": "p", ":ab": "ab"}).says(t, want)
	}
	backwards := in()
	backwards.ScanIndexForward = aws.Bool(false)
	tw.queries(backwards, "pk = :p", values{":p": "p"}).says(t, "é z ba b abc ab aa a")
}

func TestNumberKeysSortByValue(t *testing.T) {
	tw := start(t)
	tw.creates("numbers", []string{"pk:S", "sk:N"})
	sorted := strings.Fields("-1000000000000000000000 -12.5 -12 -2 -1 -0.12 -0.1 -0.001 0 0.001 0.0012 0.1 0.12 1 2 9 10 11 12 100 1000000000000000000000")
	for _, n := range sorted {
		tw.puts("numbers", values{"pk": "p", "sk": num(n)})
	}
	tw.queries(&sdk.QueryInput{TableName: aws.String("numbers")}, "pk = :p", values{":p": "p"}).says(t, strings.Join(sorted, " "))
	tw.queries(&sdk.QueryInput{TableName: aws.String("numbers")}, "pk = :p AND sk BETWEEN :a AND :b",
		values{":p": "p", ":a": num("-0.1"), ":b": num("9.00")}).says(t, "-0.1 -0.001 0 0.001 0.0012 0.1 0.12 1 2 9")
}

func TestPagesBothWays(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S", "sk:S"})
	for i := range 7 {
		tw.puts("list", values{"pk": "p", "sk": fmt.Sprint(i), "even": i%2 == 0})
	}
	for forward, want := range map[bool]string{true: "0 1 2 3 4 5 6", false: "6 5 4 3 2 1 0"} {
		var all []string
		var startKey map[string]types.AttributeValue
		for {
			p := tw.queries(&sdk.QueryInput{
				TableName: aws.String("list"), Limit: aws.Int32(3), ScanIndexForward: &forward, ExclusiveStartKey: startKey,
			}, "pk = :p", values{":p": "p"})
			all = append(all, p.keys...)
			if startKey = p.last; startKey == nil {
				break
			}
		}
		page{keys: all}.says(t, want)
	}
}

func TestTheLimitCountsBeforeTheFilter(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S", "sk:S"})
	for i := range 4 {
		tw.puts("list", values{"pk": "p", "sk": fmt.Sprint(i), "even": i%2 == 0})
	}
	p := tw.queries(&sdk.QueryInput{TableName: aws.String("list"), Limit: aws.Int32(4), FilterExpression: aws.String("even = :yes")},
		"pk = :p", values{":p": "p", ":yes": true})
	p.says(t, "0 2")
	if p.out.Count != 2 || p.out.ScannedCount != 4 {
		t.Fatalf("count %d of %d", p.out.Count, p.out.ScannedCount)
	}
	if p.last == nil {
		t.Fatal("a page that ends exactly on its limit must have a last key")
	}
	rest := tw.queries(&sdk.QueryInput{TableName: aws.String("list"), Limit: aws.Int32(4), ExclusiveStartKey: p.last}, "pk = :p", values{":p": "p"})
	if rest.says(t, ""); rest.last != nil {
		t.Fatal("the page after the end must have no last key")
	}
}

func TestAPageHoldsOneMegabyte(t *testing.T) {
	tw := start(t)
	tw.creates("large", []string{"pk:S", "sk:S"})
	for i := range 5 {
		tw.puts("large", values{"pk": "p", "sk": fmt.Sprint(i), "x": strings.Repeat("x", 300<<10)})
	}
	p := tw.queries(&sdk.QueryInput{TableName: aws.String("large"), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}, "pk = :p", values{":p": "p"})
	p.says(t, "0 1 2")
	equal(t, p.last, values{"pk": "p", "sk": "2"}.av())
	tw.queries(&sdk.QueryInput{TableName: aws.String("large"), ExclusiveStartKey: p.last}, "pk = :p", values{":p": "p"}).says(t, "3 4")
	count := tw.queries(&sdk.QueryInput{TableName: aws.String("large"), Select: types.SelectCount}, "pk = :p", values{":p": "p"})
	if count.out.Count != 3 || count.out.Items != nil || count.last == nil {
		t.Fatalf("counted %d items, last key %v", count.out.Count, count.last)
	}
}

func TestIndexesAreSparseAndProject(t *testing.T) {
	tw := start(t)
	tw.creates("people", []string{"pk:S", "sk:S"},
		index{"all", types.ProjectionTypeAll, nil, []string{"g:S", "h:N"}},
		index{"only", types.ProjectionTypeKeysOnly, nil, []string{"g:S"}},
		index{"some", types.ProjectionTypeInclude, []string{"x"}, []string{"g:S"}})
	full := values{"pk": "1", "sk": "a", "g": "G", "h": 2, "x": "x", "y": "y"}
	tw.puts("people", full, values{"pk": "2", "sk": "b", "g": "G", "h": 1, "x": "x"}, values{"pk": "3", "sk": "c", "g": "G"}, values{"pk": "4", "sk": "d"})
	in := func(name string) *sdk.QueryInput {
		return &sdk.QueryInput{TableName: aws.String("people"), IndexName: &name}
	}
	params := values{":g": "G"}
	tw.queries(in("all"), "g = :g", params).says(t, "b a")
	first := tw.queries(in("all"), "g = :g AND h = :h", values{":g": "G", ":h": 2})
	equal(t, first.out.Items[0], full.av())
	for name, want := range map[string]values{
		"only": {"pk": "1", "sk": "a", "g": "G"},
		"some": {"pk": "1", "sk": "a", "g": "G", "x": "x"},
	} {
		p := tw.queries(in(name), "g = :g", params)
		if len(p.out.Items) != 3 || !slices.ContainsFunc(p.out.Items, func(i map[string]types.AttributeValue) bool { return sameItem(i, want.av()) }) {
			t.Fatalf("index %s gives %v", name, p.out.Items)
		}
	}
	limited := in("all")
	limited.Limit = aws.Int32(1)
	p := tw.queries(limited, "g = :g", params)
	equal(t, p.last, values{"pk": "2", "sk": "b", "g": "G", "h": 1}.av())
	limited.ExclusiveStartKey = p.last
	tw.queries(limited, "g = :g", params).says(t, "a")

	tw.puts("people", values{"pk": "1", "sk": "a", "g": "G2"})
	tw.queries(in("all"), "g = :g", params).says(t, "b")
	tw.queries(in("only"), "g = :g", values{":g": "G2"}).says(t, "a")
}

func TestWhatQueriesAreRefused(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S", "sk:S"}, index{"byG", types.ProjectionTypeKeysOnly, nil, []string{"g:S"}})
	type query struct {
		key    string
		params values
		change func(*sdk.QueryInput)
	}
	byG := func(in *sdk.QueryInput) { in.IndexName = aws.String("byG") }
	for message, q := range map[string]query{
		"Query condition missed key schema element: pk":             {"sk = :v", values{":v": "a"}, nil},
		"Query condition missed key schema element: sk":             {"pk = :v AND thing = :v", values{":v": "a"}, nil},
		"Query key condition not supported":                         {"pk > :v", values{":v": "a"}, nil},
		"must only contain one condition per key":                   {"pk = :v AND pk = :v", values{":v": "a"}, nil},
		"Condition parameter type does not match schema type":       {"pk = :v", values{":v": 1}, nil},
		"cannot contain an empty string value. Key: pk":             {"pk = :v", values{":v": ""}, nil},
		"Invalid operator used in KeyConditionExpression: OR":       {"pk = :v OR sk = :v", values{":v": "a"}, nil},
		"Invalid operator used in KeyConditionExpression: contains": {"contains(pk, :v)", values{":v": "a"}, nil},
		"The table does not have the specified index: none":         {"pk = :v", values{":v": "a"}, func(in *sdk.QueryInput) { in.IndexName = aws.String("none") }},
		"Consistent reads are not supported on global secondary indexes": {"g = :v", values{":v": "a"}, func(in *sdk.QueryInput) {
			byG(in)
			in.ConsistentRead = aws.Bool(true)
		}},
		"Select type ALL_ATTRIBUTES is not supported for global secondary index byG": {"g = :v", values{":v": "a"}, func(in *sdk.QueryInput) {
			byG(in)
			in.Select = types.SelectAllAttributes
		}},
		"Global secondary index byG does not project [x]": {"g = :v", values{":v": "a"}, func(in *sdk.QueryInput) {
			byG(in)
			in.ProjectionExpression = aws.String("pk, x")
		}},
		"Filter Expression can only contain non-primary key attributes: Primary key attribute: sk": {"pk = :v", values{":v": "a"}, func(in *sdk.QueryInput) {
			in.FilterExpression = aws.String("sk = :v")
		}},
		"The provided starting key is invalid": {"pk = :v", values{":v": "a"}, func(in *sdk.QueryInput) {
			in.ExclusiveStartKey = values{"pk": "a"}.av()
		}},
		"The provided starting key is outside query boundaries": {"pk = :v", values{":v": "a"}, func(in *sdk.QueryInput) {
			in.ExclusiveStartKey = values{"pk": "b", "sk": "b"}.av()
		}},
		"Member must have value greater than or equal to 1": {"pk = :v", values{":v": "a"}, func(in *sdk.QueryInput) { in.Limit = aws.Int32(0) }},
	} {
		in := &sdk.QueryInput{TableName: aws.String("list"), KeyConditionExpression: &q.key, ExpressionAttributeValues: q.params.av()}
		if q.change != nil {
			q.change(in)
		}
		_, err := tw.Query(tw.ctx, in)
		refused(t, err, "ValidationException", message)
	}
}

func TestSegmentsShareOutAScan(t *testing.T) {
	tw := start(t)
	tw.creates("list", []string{"pk:S"})
	const items, segments = 60, 4
	for i := range items {
		tw.puts("list", values{"pk": fmt.Sprint(i), "i": i})
	}
	seen := map[string]int{}
	for segment := range int32(segments) {
		var startKey map[string]types.AttributeValue
		found := 0
		for {
			out, err := tw.Scan(tw.ctx, &sdk.ScanInput{
				TableName: aws.String("list"), Segment: &segment, TotalSegments: aws.Int32(segments), Limit: aws.Int32(7),
				ExclusiveStartKey: startKey, FilterExpression: aws.String("i < :all"), ExpressionAttributeValues: values{":all": items}.av(),
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range out.Items {
				seen[showValue(item["pk"])]++
				found++
			}
			if startKey = out.LastEvaluatedKey; startKey == nil {
				break
			}
		}
		if found == 0 || found == items {
			t.Errorf("segment %d has %d items", segment, found)
		}
	}
	if len(seen) != items {
		t.Fatalf("saw %d of %d items", len(seen), items)
	}
	_, err := tw.Scan(tw.ctx, &sdk.ScanInput{TableName: aws.String("list"), Segment: aws.Int32(4), TotalSegments: aws.Int32(4)})
	refused(t, err, "ValidationException", "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not less than TotalSegments: 4")
	_, err = tw.Scan(tw.ctx, &sdk.ScanInput{TableName: aws.String("list"), Segment: aws.Int32(0)})
	refused(t, err, "ValidationException", "The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
}
