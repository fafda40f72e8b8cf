package house

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/protocol"
)

func TestTemplateSaysWhatTheCodeNeeds(t *testing.T) {
	tell(t, contract(t, readText(t, "template.yaml")))
}

func TestATemplateThatDepartsFromTheCodeIsNoticed(t *testing.T) {
	right := readText(t, "template.yaml")
	for what, change := range map[string]struct{ old, new, complaint string }{
		"a function is missing":         {"AdminFunction", "AdminsFunction", "functions/admin has no resource AdminFunction."},
		"a function has no code":        {"AdminFunction", "AdminsFunction", "AdminsFunction has no folder functions/admins."},
		"a function for Intel":          {"Architectures: [arm64]", "Architectures: [x86_64]", "MessageFunction is not built as all functions are"},
		"a function that waits long":    {"    Timeout: 10\n", "    Timeout: 60\n", "MessageFunction may run longer than the 29 s that API Gateway waits."},
		"a route too many":              {"        admin: {", "        ghost: {FunctionArn: !Ref AdminFunction.Alias}\n        admin: {", "Route ghost is no noun of the protocol."},
		"a route is missing":            {"        $disconnect: {FunctionArn: !Ref ConnectFunction.Alias}\n", "", "There is no route $disconnect."},
		"a route goes astray":           {"call: {FunctionArn: !Ref CallFunction.Alias", "call: {FunctionArn: !Ref MessageFunction.Alias", "Route call goes to MessageFunction, want CallFunction."},
		"a route to untried code":       {"call: {FunctionArn: !Ref CallFunction.Alias", "call: {FunctionArn: !GetAtt CallFunction.Arn", "Route call goes to the latest code, want the alias that a canary moves."},
		"a route that never answers":    {"CallFunction.Alias, RouteResponseSelectionExpression: $default}", "CallFunction.Alias}", "Routes.call"},
		"a reply that nobody asked for": {"        $disconnect: {FunctionArn: !Ref ConnectFunction.Alias}", "        $disconnect: {FunctionArn: !Ref ConnectFunction.Alias, RouteResponseSelectionExpression: $default}", "$disconnect"},
		"routes by another word":        {"$request.body.action", "$request.body.route", "Routes are chosen by $request.body.route"},
		"anybody connects":              {"AuthType: CUSTOM", "AuthType: NONE", "Connections are not authorized by AuthorizeFunction"},
		"the token stands elsewhere":    {"header.Sec-WebSocket-Protocol", "querystring.token", "Connections are not authorized by AuthorizeFunction"},
		"a setting is missing":          {"          TURN_URLS: !Ref TurnUrls\n", "", "CallFunction reads TURN_URLS, which the template does not set."},
		"a setting nobody reads":        {"          TURN_URLS: !Ref TurnUrls\n", "          TURN_URLS: !Ref TurnUrls\n          TURN_REALM: parley\n", "CallFunction is given TURN_REALM, which its code never reads."},
		"a secret in the open":          {"TURN_SECRET_ID: !Ref TurnSecret", "TURN_SECRET_ID: '{{resolve:secretsmanager:x}}'", "CallFunction has a secret in TURN_SECRET_ID."},
		"another stage":                 {"StageName: live", "StageName: prod", "MessageFunction pushes to https://"},
		"an action is missing":          {"dynamodb:Query, dynamodb:UpdateItem]", "dynamodb:Query]", "PresenceFunction may not dynamodb:UpdateItem on the table, though its code does."},
		"an action too many":            {"dynamodb:Query, dynamodb:UpdateItem]", "dynamodb:Query, dynamodb:Scan, dynamodb:UpdateItem]", "MessageFunction may dynamodb:Scan on the table, though its code never does."},
		"the index is forgotten":        {"/index/lists", "/index/others", "PresenceFunction may not dynamodb:Query on the index, though its code does."},
		"pushes are forbidden":          {"execute-api:ManageConnections", "execute-api:Invoke", "ConnectFunction may not execute-api:ManageConnections on the connections, though its code does."},
		"pushes by any method":          {"/live/POST/@connections/*", "/live/*/@connections/*", "ConnectFunction may not execute-api:ManageConnections on the connections, though its code does."},
		"the secret is closed":          {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "CallFunction may not secretsmanager:GetSecretValue on the secret, though its code does."},
		"everything is allowed":         {"[secretsmanager:GetSecretValue]", "['*']", "CallFunction may *, which is more than any function needs."},
		"much is allowed":               {"[secretsmanager:GetSecretValue]", "['secretsmanager:*']", "CallFunction may secretsmanager:*, which is more than any function needs."},
		"a macro allows it":             {"      Policies:\n        - Version", "      Policies:\n        - DynamoDBCrudPolicy: {TableName: !Ref Table}\n        - Version", "ConnectFunction has a policy that is no list of statements."},
		"another key":                   {"AttributeName: sk,", "AttributeName: sort,", "The table's key is pk, sort, want pk, sk."},
		"another index":                 {"IndexName: lists", "IndexName: listing", "The table has no index lists of list, listAt."},
		"another time to live":          {"AttributeName: expiresAt", "AttributeName: ttl", "Items expire by ttl, want expiresAt."},
		"no way back":                   {"PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "The table cannot be restored to a point in time."},
		"clear text":                    {"SSEEnabled: true", "SSEEnabled: false", "The table is not encrypted with a KMS key."},
		"a stack takes its table along": {"    DeletionPolicy: Retain\n", "    DeletionPolicy: Delete\n", "Table goes with the stack"},
	} {
		t.Run(what, func(t *testing.T) {
			wrong := strings.ReplaceAll(right, change.old, change.new)
			if wrong == right {
				t.Fatalf("The template has no %q to change.", change.old)
			}
			wantComplaint(t, contract(t, wrong), change.complaint)
		})
	}
}

// contract compares a template with the code, both ways.
func contract(t *testing.T, text string) []string {
	t.Helper()
	stack, err := template.Parse([]byte(text), template.Options{Parameters: map[string]string{
		"TokenIssuers":   `[{"issuer":"https://id.example.com","audience":"parley"}]`,
		"AllowedOrigins": "https://desk.example.com",
	}})
	if err != nil {
		return []string{err.Error()}
	}
	if stack.API == nil || len(stack.Tables) != 1 {
		return []string{"The template has not one API and one table."}
	}
	wanted, err := needs()
	if err != nil {
		t.Fatal(err)
	}
	complaints := slices.Concat(functions(stack), routes(stack), table(stack), kept(text))
	for _, f := range stack.Functions {
		if n, ok := wanted[folderOf(f.LogicalID)]; ok {
			complaints = append(complaints, environment(f, n, stack.API)...)
			complaints = append(complaints, permits(f, n, stack)...)
		}
	}
	return complaints
}

// resourceOf names the resource of a folder under functions.
func resourceOf(folder string) string {
	return strings.ToUpper(folder[:1]) + folder[1:] + "Function"
}

func folderOf(resource string) string {
	return strings.ToLower(strings.TrimSuffix(resource, "Function"))
}

func functions(stack *template.Template) []string {
	var complaints []string
	folders, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		return []string{err.Error()}
	}
	for _, folder := range folders {
		id := resourceOf(folder.Name())
		if !slices.ContainsFunc(stack.Functions, func(f template.Function) bool { return f.LogicalID == id }) {
			complaints = append(complaints, fmt.Sprintf("functions/%s has no resource %s.", folder.Name(), id))
		}
	}
	for _, f := range stack.Functions {
		folder := folderOf(f.LogicalID)
		if !slices.ContainsFunc(folders, func(e os.DirEntry) bool { return e.Name() == folder }) {
			complaints = append(complaints, fmt.Sprintf("%s has no folder functions/%s.", f.LogicalID, folder))
		}
		if f.CodeURI != "." || f.BuildMethod != "makefile" || f.Handler != "bootstrap" ||
			f.Runtime != "provided.al2023" || !slices.Equal(f.Architectures, []string{"arm64"}) {
			complaints = append(complaints, f.LogicalID+" is not built as all functions are: bootstrap of the Makefile for arm64.")
		}
		if f.Timeout > 29*time.Second {
			complaints = append(complaints, f.LogicalID+" may run longer than the 29 s that API Gateway waits.")
		}
	}
	return complaints
}

func routes(stack *template.Template) []string {
	wanted := map[string]string{
		"$connect": "ConnectFunction", "$disconnect": "ConnectFunction", "$default": "ConnectFunction",
	}
	for _, c := range protocol.Commands {
		noun, _, _ := strings.Cut(c.Name, ".")
		wanted[noun] = resourceOf(noun)
	}
	var complaints []string
	complain := func(format string, values ...any) { complaints = append(complaints, fmt.Sprintf(format, values...)) }
	for _, route := range stack.API.Routes {
		function, ok := wanted[route.Key]
		delete(wanted, route.Key)
		switch twoWay := route.Key != "$connect" && route.Key != "$disconnect"; {
		case !ok:
			complain("Route %s is no noun of the protocol.", route.Key)
		case route.Function != function:
			complain("Route %s goes to %s, want %s.", route.Key, route.Function, function)
		case route.Alias == "":
			complain("Route %s goes to the latest code, want the alias that a canary moves.", route.Key)
		case route.TwoWay != twoWay:
			complain("Route %s answers: %v, want %v.", route.Key, route.TwoWay, twoWay)
		}
	}
	for key := range wanted {
		complain("There is no route %s.", key)
	}
	if stack.API.Selection != "$request.body.action" {
		complain("Routes are chosen by %s, want $request.body.action.", stack.API.Selection)
	}
	if auth := stack.API.Auth; auth.Type != "CUSTOM" || auth.Function != "AuthorizeFunction" ||
		!slices.Equal(auth.IdentitySource, []string{"route.request.header.Sec-WebSocket-Protocol"}) {
		complain("Connections are not authorized by AuthorizeFunction with the token in Sec-WebSocket-Protocol.")
	}
	return complaints
}

// kept looks for what must outlive the stack, in the text itself: only
// CloudFormation reads deletion policies.
func kept(text string) []string {
	var written struct {
		Resources map[string]struct {
			DeletionPolicy      string `yaml:"DeletionPolicy"`
			UpdateReplacePolicy string `yaml:"UpdateReplacePolicy"`
		} `yaml:"Resources"`
	}
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		return []string{err.Error()}
	}
	untag(&tree)
	if err := tree.Decode(&written); err != nil {
		return []string{err.Error()}
	}
	var complaints []string
	for _, id := range []string{"Table", "TurnSecret"} {
		r := written.Resources[id]
		if !strings.HasPrefix(r.DeletionPolicy, "Retain") || r.UpdateReplacePolicy != "Retain" {
			complaints = append(complaints, id+" goes with the stack, want it retained when the stack is deleted or replaced.")
		}
	}
	return complaints
}

// untag takes CloudFormation's tags off, such as !Ref, which YAML cannot decode.
func untag(node *yaml.Node) {
	if strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!") {
		node.Tag = ""
	}
	for _, child := range node.Content {
		untag(child)
	}
}

func table(stack *template.Template) []string {
	want := dynamo.Schema
	var complaints []string
	complain := func(format string, values ...any) { complaints = append(complaints, fmt.Sprintf(format, values...)) }
	made := stack.Tables[0]
	create, err := createOf(made)
	if err != nil {
		return []string{err.Error()}
	}
	if key := create.KeySchema.String(); key != want.PartitionKey+", "+want.SortKey {
		complain("The table's key is %s, want %s, %s.", key, want.PartitionKey, want.SortKey)
	}
	if !slices.ContainsFunc(create.GlobalSecondaryIndexes, func(i index) bool {
		return i.IndexName == want.Index && i.KeySchema.String() == want.IndexPartitionKey+", "+want.IndexSortKey &&
			i.Projection.ProjectionType == "ALL"
	}) {
		complain("The table has no index %s of %s, %s.", want.Index, want.IndexPartitionKey, want.IndexSortKey)
	}
	if made.TTLAttribute != want.TTL {
		complain("Items expire by %s, want %s.", made.TTLAttribute, want.TTL)
	}
	if !create.SSESpecification.Enabled {
		complain("The table is not encrypted with a KMS key.")
	}
	if create.BillingMode != "PAY_PER_REQUEST" {
		complain("The table costs something while nobody talks.")
	}
	if !recoverable(stack) {
		complain("The table cannot be restored to a point in time.")
	}
	return complaints
}
