// Package check holds no code: its tests show that each check of the templates
// notices the mistake it is there for.
package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mistakes are what nothing else would notice before a deployment, by the check
// that does and the file that they are made in.
var mistakes = []struct{ what, check, file, old, new, complaint string }{
	{"an action that IAM does not know", "lint.sh", "template.yaml", "execute-api:ManageConnections", "execute-api:ManageConnection", "W3037"},
	{"a parameter that nothing uses", "lint.sh", "template.yaml", "\nParameters:\n", "\nParameters:\n  Idle: {Type: String, Default: ''}\n", "W2001"},
	{"a route key that SAM refuses", "lint.sh", "template.yaml", "        call: {Fun", "        call_me: {Fun", "call_me"},
	{"a function that may wait too long", "guard.sh", "template.yaml", "    Timeout: 10\n", "    Timeout: 60\n", "API Gateway waits 29 seconds"},
	{"a secret in the environment", "guard.sh", "template.yaml", "TURN_SECRET_ID: !Ref TurnSecret", "TURN_SECRET: '{{resolve:secretsmanager:turn}}'", "reads secrets when it runs"},
	{"a role that may do everything", "guard.sh", "template.yaml", "Action: [secretsmanager:GetSecretValue]\n              Resource: !Ref TurnSecret", "Action: ['secretsmanager:*']\n              Resource: !Ref TurnSecret", "a role names its actions"},
	{"a role for every resource", "guard.sh", "template.yaml", "Resource: !Ref TurnSecret", "Resource: '*'", "a role names its resources"},
	{"a table that goes with its stack", "guard.sh", "template.yaml", "    DeletionPolicy: Retain\n", "    DeletionPolicy: Delete\n", "the table outlives the stack"},
	{"an API without a limit", "guard.sh", "template.yaml", "        ThrottlingRateLimit: !Ref FramesPerSecond\n", "", "more frames than the API bears"},
	{"a deployment that no alarm stops", "guard.sh", "template.yaml", "      Alarms: [!Ref ErrorsAlarm, !Ref CrashesAlarm]\n", "", "an alarm brings the old code back"},
	{"logs for ever", "guard.sh", "template.yaml", "RetentionInDays: !Ref LogDays", "LogGroupClass: STANDARD", "logs are not kept for ever"},
	{"an alarm about silence", "guard.sh", "template.yaml", "TreatMissingData: notBreaching", "TreatMissingData: breaching", "no traffic is no alarm"},
	{"a secret that is written down", "guard.sh", "template.yaml", "GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true}", "SecretString: north", "never written down"},
	{"a relay without an address", "guard.sh", "infra/turn.yaml", "AssignPublicIp: ENABLED", "AssignPublicIp: DISABLED", "an address of its own"},
	{"relay ports that are shut", "guard.sh", "infra/turn.yaml", "FromPort: 49152, ToPort: 65535", "FromPort: 49152, ToPort: 49152", "relays_are_reached_and_drained"},
	{"a way in for more than calls", "guard.sh", "infra/turn.yaml", "      SecurityGroupIngress:\n", "      SecurityGroupIngress:\n        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0, Description: Way in}\n", "nothing else is open"},
	{"calls that are cut", "guard.sh", "infra/turn.yaml", "StopTimeout: 120", "StopTimeout: 5", "calls have time to end"},
	{"a bucket that anybody reads", "guard.sh", "infra/site.yaml", "BlockPublicPolicy: true", "BlockPublicPolicy: false", "nobody reads the bucket but CloudFront"},
	{"pages without a policy for scripts", "guard.sh", "infra/site.yaml", "          StrictTransportSecurity: {Override: true, AccessControlMaxAgeSec: 63072000, IncludeSubdomains: true}\n", "", "StrictTransportSecurity"},
}

func TestTheChecksNoticeEveryMistake(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.what, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("../..", m.file))
			if err != nil {
				t.Fatal(err)
			}
			wrong := strings.ReplaceAll(string(text), m.old, m.new)
			if wrong == string(text) {
				t.Fatalf("%s has no %q to change", m.file, m.old)
			}
			path := filepath.Join(t.TempDir(), "template.yaml")
			if err := os.WriteFile(path, []byte(wrong), 0o600); err != nil {
				t.Fatal(err)
			}
			said, err := exec.CommandContext(t.Context(), "./"+m.check, path).CombinedOutput()
			if err == nil {
				t.Fatal("no check notices it")
			}
			if !strings.Contains(string(said), m.complaint) {
				t.Errorf("the checks say:\n%s", said)
			}
		})
	}
}

func TestTheRulesAreKeptByTheTemplatesAsTheyAre(t *testing.T) {
	for _, file := range []string{"template.yaml", "infra/turn.yaml", "infra/site.yaml"} {
		if said, err := exec.CommandContext(t.Context(), "./guard.sh", filepath.Join("../..", file)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, said)
		}
	}
}
