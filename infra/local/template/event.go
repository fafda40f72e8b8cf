package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Schedule is a Schedule or ScheduleV2 event of a function.
type Schedule struct {
	Name    string // the event's key
	RuleARN string // arn:aws:events:…:rule/… or arn:aws:scheduler:…:schedule/…
	Every   time.Duration
	Input   string // JSON that the function gets instead of the event; empty: the event
	V2      bool
	Enabled bool
}

// Stream is a DynamoDB event of a function: an event source mapping on a table's
// stream.
type Stream struct {
	Name             string // the event's key
	Table            string // the table's physical name
	StartingPosition string // LATEST or TRIM_HORIZON
	BatchSize        int    // 100 unless set
	Filters          []string
	ReportFailures   bool // FunctionResponseTypes has ReportBatchItemFailures
	Bisect           bool
	MaxRetries       int           // -1: until the record expires
	MaxAge           time.Duration // of a record; 0: as long as the stream keeps it
	Enabled          bool
}

// eventProperties are the properties of all kinds of event that the twin reads.
type eventProperties struct {
	Type       string
	Properties struct {
		Schedule           string
		ScheduleExpression string
		Input              any
		Name               string
		State              string
		Enabled            *truth

		Stream                     string
		StartingPosition           string
		BatchSize                  *whole
		BisectBatchOnFunctionError truth
		MaximumRetryAttempts       *whole
		MaximumRecordAgeInSeconds  *whole
		FunctionResponseTypes      []string
		FilterCriteria             struct{ Filters []struct{ Pattern string } }
	}
}

func (f *Function) addEvents(events map[string]eventProperties, tables []Table) error {
	for _, name := range slices.Sorted(maps.Keys(events)) {
		e := events[name]
		var err error
		switch e.Type {
		case "Schedule", "ScheduleV2":
			err = f.addSchedule(name, e)
		case "DynamoDB":
			err = f.addStream(name, e, tables)
		default:
			err = fmt.Errorf("the local twin does not know events of type %q", e.Type)
		}
		if err != nil {
			return fmt.Errorf("Events.%s: %w", name, err)
		}
	}
	return nil
}

func (f *Function) addSchedule(name string, e eventProperties) error {
	p := e.Properties
	v2 := e.Type == "ScheduleV2"
	s := Schedule{Name: name, V2: v2, Enabled: p.State != "DISABLED" && (p.Enabled == nil || bool(*p.Enabled))}
	physical := p.Name
	if physical == "" {
		physical = StackName + "-" + f.LogicalID + name
	}
	expression := p.Schedule
	s.RuleARN = arn("events", "rule/"+physical)
	if v2 {
		expression = p.ScheduleExpression
		s.RuleARN = arn("scheduler", "schedule/default/"+physical)
	}
	if p.Input != nil {
		text, ok := p.Input.(string)
		if !ok || !json.Valid([]byte(text)) {
			return errors.New("Input: want a text that is JSON")
		}
		s.Input = text
	}
	var err error
	if s.Every, err = rate(expression); err != nil {
		return err
	}
	f.Schedules = append(f.Schedules, s)
	return nil
}

var rateForm = regexp.MustCompile(`^rate\(([1-9][0-9]{0,5}) (minute|hour|day)(s?)\)$`)

// rate reads "rate(5 minutes)". As in EventBridge, 1 stands with the singular
// and every other value with the plural.
func rate(expression string) (time.Duration, error) {
	m := rateForm.FindStringSubmatch(expression)
	if m == nil || (m[1] == "1") != (m[3] == "") {
		return 0, fmt.Errorf("the local twin reads schedules like rate(1 minute) or rate(2 hours), not %q", expression)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, fmt.Errorf("read rate: %w", err)
	}
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
	if n > int(10*365*24*time.Hour/unit) {
		return 0, fmt.Errorf("%s is longer than ten years", expression)
	}
	return time.Duration(n) * unit, nil
}

func (f *Function) addStream(name string, e eventProperties, tables []Table) error {
	p := e.Properties
	s := Stream{
		Name:             name,
		StartingPosition: p.StartingPosition,
		BatchSize:        p.BatchSize.or(100),
		Bisect:           bool(p.BisectBatchOnFunctionError),
		MaxRetries:       p.MaximumRetryAttempts.or(-1),
		MaxAge:           time.Duration(max(p.MaximumRecordAgeInSeconds.or(0), 0)) * time.Second,
		ReportFailures:   slices.Contains(p.FunctionResponseTypes, "ReportBatchItemFailures"),
		Enabled:          p.Enabled == nil || bool(*p.Enabled),
	}
	for i, filter := range p.FilterCriteria.Filters {
		var pattern map[string]any
		if err := json.Unmarshal([]byte(filter.Pattern), &pattern); err != nil {
			return fmt.Errorf("FilterCriteria.Filters[%d].Pattern: want a JSON object: %w", i, err)
		}
		s.Filters = append(s.Filters, filter.Pattern)
	}
	i := slices.IndexFunc(tables, func(t Table) bool { return t.streamARN == p.Stream })
	switch {
	case i < 0:
		return fmt.Errorf("Stream: %q is not the StreamArn of a table of this template", p.Stream)
	case !tables[i].HasStream:
		return fmt.Errorf("Stream: the table %s has no StreamSpecification", tables[i].LogicalID)
	case s.StartingPosition != "LATEST" && s.StartingPosition != "TRIM_HORIZON":
		return errors.New("StartingPosition: want LATEST or TRIM_HORIZON")
	case s.BatchSize < 1 || s.BatchSize > 10000:
		return errors.New("BatchSize: want 1 to 10000")
	case s.MaxRetries < -1 || s.MaxRetries > 10000:
		return errors.New("MaximumRetryAttempts: want -1 to 10000")
	}
	s.Table = tables[i].Name
	f.Streams = append(f.Streams, s)
	return nil
}
