package house

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parleychat/parley/infra/local/template"
	"github.com/parleychat/parley/shared/dynamo"
)

// environment compares the settings that a function is given with those that
// its program reads.
func environment(f template.Function, n need, api *template.API) []string {
	var complaints []string
	complain := func(format string, values ...any) { complaints = append(complaints, fmt.Sprintf(format, values...)) }
	for _, problem := range n.problems {
		complain("functions/%s %s.", folderOf(f.LogicalID), problem)
	}
	for _, name := range n.settings {
		if _, ok := f.Environment[name]; !ok {
			complain("%s reads %s, which the template does not set.", f.LogicalID, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Environment)) {
		if !slices.Contains(n.settings, name) {
			complain("%s is given %s, which its code never reads.", f.LogicalID, name)
		}
		if strings.Contains(f.Environment[name], "{{resolve:") {
			complain("%s has a secret in %s.", f.LogicalID, name)
		}
	}
	want := fmt.Sprintf("https://%s.execute-api.%s.amazonaws.com/%s", api.ID, template.Region, api.Stage)
	if got, ok := f.Environment["CONNECTIONS_ENDPOINT"]; ok && got != want {
		complain("%s pushes to %s, want %s.", f.LogicalID, got, want)
	}
	return complaints
}

// grant is one action on one resource.
type grant struct{ action, resource string }

// permits compares what a function may do with what its program does.
func permits(f template.Function, n need, stack *template.Template) []string {
	granted, complaints := grants(f)
	complain := func(format string, values ...any) { complaints = append(complaints, fmt.Sprintf(format, values...)) }
	names := namesOf(stack)
	wanted := wantedGrants(n)
	for _, g := range granted {
		if strings.Contains(g.action, "*") {
			complain("%s may %s, which is more than any function needs.", f.LogicalID, g.action)
			continue
		}
		name, ok := names[g.resource]
		if g.resource = name; !ok || !slices.Contains(wanted, g) {
			complain("%s may %s on %s, though its code never does.", f.LogicalID, g.action, cmp.Or(name, "something else"))
		}
		wanted = slices.DeleteFunc(wanted, func(w grant) bool { return w == g })
	}
	for _, w := range wanted {
		complain("%s may not %s on %s, though its code does.", f.LogicalID, w.action, w.resource)
	}
	return complaints
}

// grants reads a function's policies. Anything but statements that allow is a
// complaint: macros such as DynamoDBCrudPolicy grant more than they say.
func grants(f template.Function) ([]grant, []string) {
	var all []grant
	for _, policy := range f.Policies {
		text, err := json.Marshal(policy)
		if err != nil {
			return nil, []string{err.Error()}
		}
		var document struct {
			Statement []struct {
				Effect   string
				Action   []string
				Resource string
			}
		}
		if json.Unmarshal(text, &document) != nil || len(document.Statement) == 0 {
			return nil, []string{f.LogicalID + " has a policy that is no list of statements."}
		}
		for _, s := range document.Statement {
			for _, action := range s.Action {
				all = append(all, grant{action, s.Resource})
			}
			if s.Effect != "Allow" {
				return nil, []string{f.LogicalID + " has a statement that does not allow."}
			}
		}
	}
	return all, nil
}

func wantedGrants(n need) []grant {
	var all []grant
	for _, action := range n.actions {
		switch service, _, _ := strings.Cut(action, ":"); service {
		case "dynamodb":
			all = append(all, grant{action, "the table"})
		case "execute-api":
			all = append(all, grant{action, "the connections"})
		case "secretsmanager":
			all = append(all, grant{action, "the secret"})
		default:
			all = append(all, grant{action, "something"})
		}
	}
	if n.index {
		all = append(all, grant{"dynamodb:Query", "the index"})
	}
	return all
}

// namesOf says what each resource that a policy can name is.
func namesOf(stack *template.Template) map[string]string {
	arn := stack.Tables[0].ARN
	connections := fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/%s/POST/@connections/*",
		template.Region, template.AccountID, stack.API.ID, stack.API.Stage)
	names := map[string]string{
		arn: "the table", arn + "/index/" + dynamo.Schema.Index: "the index", connections: "the connections",
	}
	for _, r := range stack.Resources {
		if r.Type == "AWS::SecretsManager::Secret" {
			names[r.Ref] = "the secret"
		}
	}
	return names
}

// creation is the CreateTable request of a table, as far as the code minds it.
type creation struct {
	KeySchema              keys
	BillingMode            string
	SSESpecification       struct{ Enabled bool }
	GlobalSecondaryIndexes []index
}

type index struct {
	IndexName  string
	KeySchema  keys
	Projection struct{ ProjectionType string }
}

type keys []struct{ AttributeName string }

// String lists the attributes of a key, in order.
func (k keys) String() string {
	var names []string
	for _, part := range k {
		names = append(names, part.AttributeName)
	}
	return strings.Join(names, ", ")
}

func createOf(made template.Table) (creation, error) {
	var c creation
	err := json.Unmarshal(made.Create, &c)
	return c, err
}

func recoverable(stack *template.Template) bool {
	for _, r := range stack.Resources {
		if recovery, ok := r.Properties["PointInTimeRecoverySpecification"].(map[string]any); ok {
			return recovery["PointInTimeRecoveryEnabled"] == true
		}
	}
	return false
}
