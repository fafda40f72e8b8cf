package bootstrap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleychat/parley/infra/local/table/tabletest"
	"github.com/parleychat/parley/shared/bootstrap"
	"github.com/parleychat/parley/shared/dynamo"
	"github.com/parleychat/parley/shared/ice"
)

// starts are the cold starts that a child of this test makes, by what it is
// called in the environment.
var starts = map[string]func(){
	"table":  func() { bootstrap.Table() },
	"frames": func() { bootstrap.Frames(bootstrap.Table(), nil) },
	"authorizer": func() {
		a := bootstrap.Authorizer()
		a.Log.Info("started", "origins", a.Origins)
	},
	"seal": func() {
		key, err := bootstrap.SealKey()(context.Background())
		bootstrap.Log().Info("started", "cause", fmt.Sprint(key, err))
	},
	"ice": func() {
		servers, until, err := bootstrap.ICE(bootstrap.Table()).Servers(context.Background(), "acme/s1", "alice", noon)
		bootstrap.Log().Info("started", "servers", servers, "until", until, "cause", fmt.Sprint(err))
	},
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	if start, ok := starts[os.Getenv("COLD_START")]; ok {
		start()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// logged is the one line that a cold start writes.
type logged struct {
	Level   string `json:"level"`
	Message string `json:"message"`
	Cause   string `json:"cause"`

	Origins []string     `json:"origins"`
	Servers []ice.Server `json:"servers"`
	Until   time.Time    `json:"until"`
}

// coldStart starts in a process of its own, with these settings only, and says
// what it logged and whether it came up.
func coldStart(t *testing.T, name string, settings ...string) (logged, bool) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append([]string{
		"COLD_START=" + name, "AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_MAX_ATTEMPTS=1",
	}, settings...)
	out, err := child.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	var line logged
	if len(out) > 0 {
		if err := json.Unmarshal(out, &line); err != nil {
			t.Fatalf("%s logs %s", name, out)
		}
	}
	return line, err == nil
}

func TestAColdStartThatLacksASettingEndsWithItsName(t *testing.T) {
	for what, test := range map[string]struct {
		name     string
		settings []string
		cause    string
	}{
		"an empty table":        {"table", []string{"TABLE_NAME="}, "TABLE_NAME is not set"},
		"nowhere to push":       {"frames", []string{"TABLE_NAME=parley"}, "CONNECTIONS_ENDPOINT is not set"},
		"no issuers":            {"authorizer", nil, "TOKEN_ISSUERS is not set"},
		"issuers in no JSON":    {"authorizer", []string{"TOKEN_ISSUERS=https://a"}, "TOKEN_ISSUERS is no JSON list"},
		"an empty list of them": {"authorizer", []string{"TOKEN_ISSUERS=[]"}, "TOKEN_ISSUERS is no JSON list"},
		"one without audience":  {"authorizer", []string{`TOKEN_ISSUERS=[{"issuer":"https://a","aud":"parley"}]`}, "TOKEN_ISSUERS is no JSON list"},
		"no seal's name":        {"seal", nil, "SEAL_SECRET_ID is not set"},
		"no secret's name":      {"ice", []string{"TABLE_NAME=parley", "TURN_URLS=turn:a"}, "TURN_SECRET_ID is not set"},
		"a bad AWS setting":     {"table", []string{"TABLE_NAME=parley", "AWS_MAX_ATTEMPTS=many"}, "the AWS configuration cannot be read"},
	} {
		line, up := coldStart(t, test.name, test.settings...)
		if up || line.Level != "ERROR" || line.Message != "cold start failed" || !strings.HasPrefix(line.Cause, test.cause) {
			t.Errorf("%s: up is %v, logged %+v", what, up, line)
		}
	}
}

func TestAColdStartWithItsSettingsComesUp(t *testing.T) {
	if line, up := coldStart(t, "frames", "TABLE_NAME=parley", "CONNECTIONS_ENDPOINT=https://x.example.com/live"); !up {
		t.Errorf("it logs %+v", line)
	}
}

func TestAListIsSeparatedByCommas(t *testing.T) {
	for text, origins := range map[string][]string{
		" , ,": nil,
		" https://a.example.com ,, https://b.example.com:8443,": {"https://a.example.com", "https://b.example.com:8443"},
	} {
		line, up := coldStart(t, "authorizer", "TABLE_NAME=parley", `TOKEN_ISSUERS=[{"issuer":"https://a","audience":"parley"}]`, "ALLOWED_ORIGINS="+text)
		if !up || !slices.Equal(line.Origins, origins) {
			t.Errorf("%q: up is %v, allows %q", text, up, line.Origins)
		}
	}
}

// vault is a Secrets Manager that answers with this status and body.
func vault(t *testing.T, status int, body string) (setting string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // The SDK says so if it does not arrive.
	}))
	t.Cleanup(server.Close)
	return "AWS_ENDPOINT_URL_SECRETS_MANAGER=" + server.URL
}

// fleet is a table in which these relays are listed.
func fleet(t *testing.T, relays ...ice.Relay) (setting string) {
	table, endpoint := tabletest.Open(t, "../../template.yaml")
	list := dynamo.Relays{Table: table}
	for _, r := range relays {
		if err := list.Enlist(t.Context(), r, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return "AWS_ENDPOINT_URL_DYNAMODB=" + endpoint
}

func TestTURNCredentialsAreThoseThatTheServerExpects(t *testing.T) {
	line, up := coldStart(t, "ice", "TURN_URLS=turn:a.example.com, turns:a.example.com", "TURN_SECRET_ID=turn", "TABLE_NAME=parley",
		fleet(t, ice.Relay{ID: "task1", Address: "192.0.2.1:3478"}), vault(t, http.StatusOK, `{"Name":"turn","SecretString":"north,south"}`))
	if !up || len(line.Servers) != 1 {
		t.Fatalf("up is %v: %+v", up, line)
	}
	s := line.Servers[0]
	if !slices.Equal(s.URLs, []string{"turn:a.example.com", "turns:a.example.com", "turn:192.0.2.1:3478?transport=udp", "turn:192.0.2.1:3478?transport=tcp"}) {
		t.Errorf("offers %q", s.URLs)
	}
	grant, err := ice.Check([]string{"north"}, s.Username, line.Until.Add(-time.Second))
	if err != nil || grant.Credentials[0] != s.Credential || grant.Bind != "acme/s1.alice" {
		t.Errorf("%+v is granted %+v, %v", s, grant, err)
	}
	if !grant.Expires.Equal(line.Until) || !line.Until.Equal(noon.Add(10*time.Minute)) {
		t.Errorf("told %v, granted until %v", line.Until, grant.Expires)
	}
}

func TestWithoutTURNServersNoneIsOfferedAndNoSecretRead(t *testing.T) {
	line, up := coldStart(t, "ice", "TURN_SECRET_ID=turn", "TABLE_NAME=parley", fleet(t))
	if !up || line.Servers == nil || len(line.Servers) != 0 || line.Until.IsZero() {
		t.Errorf("up is %v: %+v", up, line)
	}
}

func TestTheKeyOfSecretMessagesIsReadWhenItIsNeeded(t *testing.T) {
	for what, test := range map[string]struct {
		status int
		body   string
		cause  string
	}{
		"a key":          {http.StatusOK, `{"SecretString":"north"}`, "north<nil>"},
		"no such secret": {http.StatusBadRequest, `{"__type":"ResourceNotFoundException"}`, "the secret named by SEAL_SECRET_ID cannot be read: "},
		"an empty one":   {http.StatusOK, `{"SecretString":""}`, "the secret named by SEAL_SECRET_ID is empty"},
	} {
		line, up := coldStart(t, "seal", "SEAL_SECRET_ID=seal", vault(t, test.status, test.body))
		if !up || !strings.HasPrefix(line.Cause, test.cause) {
			t.Errorf("%s: up is %v, logged %q", what, up, line.Cause)
		}
	}
}

func TestASecretThatCannotBeReadIsNamed(t *testing.T) {
	for what, test := range map[string]struct {
		status int
		body   string
		cause  string
	}{
		"no such secret": {http.StatusBadRequest, `{"__type":"ResourceNotFoundException"}`, "the secret named by TURN_SECRET_ID cannot be read: "},
		"an empty one":   {http.StatusOK, `{"SecretString":""}`, "the secret named by TURN_SECRET_ID is empty"},
		"one in binary":  {http.StatusOK, `{"SecretBinary":"bm9ydGg="}`, "the secret named by TURN_SECRET_ID is empty"},
	} {
		line, up := coldStart(t, "ice", "TURN_URLS=turn:a", "TURN_SECRET_ID=turn", "TABLE_NAME=parley", fleet(t), vault(t, test.status, test.body))
		if !up || len(line.Servers) != 0 || !strings.HasPrefix(line.Cause, test.cause) || strings.Contains(line.Cause, "<nil>") {
			t.Errorf("%s: up is %v, logged %+v", what, up, line)
		}
	}
}
