package house

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	alarmResource = regexp.MustCompile(`(?m)^  (\w+):(?: #.*)?\n    Type: AWS::CloudWatch::Alarm$`)
	alarmSection  = regexp.MustCompile(`(?m)^## (\w+Alarm)$`)
)

func TestTheRunbookStartsFromEveryAlarm(t *testing.T) {
	alarms := named(alarmResource, readText(t, "template.yaml")+readText(t, "infra/turn.yaml"))
	sections := named(alarmSection, readText(t, "docs/runbook.md"))
	if len(alarms) < 6 || !slices.Equal(alarms, sections) {
		t.Errorf("The templates have the alarms %s; the runbook has %s.", strings.Join(alarms, ", "), strings.Join(sections, ", "))
	}
}

// named lists what a pattern names in a text, sorted.
func named(pattern *regexp.Regexp, text string) []string {
	var names []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return names
}
