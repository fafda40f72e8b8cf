package house

import (
	"regexp"
	"strings"
	"testing"
)

var ports = regexp.MustCompile(`FromPort: (\d+), ToPort: (\d+)`)

// A15, A16: whoever sets a firewall finds in one table every port that the
// templates open.
func TestTheFirewallTableNamesEveryPort(t *testing.T) {
	_, table, found := strings.Cut(readText(t, "README.md"), "### What a firewall must let through\n")
	table, _, _ = strings.Cut(table, "\n### ")
	opened := ports.FindAllStringSubmatch(readText(t, "infra/turn.yaml"), -1)
	if !found || len(opened) < 3 {
		t.Fatalf("The table is found: %v; the templates open %d ranges.", found, len(opened))
	}
	for _, o := range opened {
		want := o[1]
		if o[2] != o[1] {
			want += "-" + o[2]
		}
		if !strings.Contains(table, want) {
			t.Errorf("The table does not name %s.", want)
		}
	}
	if !strings.Contains(table, "443 tcp (wss)") {
		t.Error("The table does not say where text goes.")
	}
}
