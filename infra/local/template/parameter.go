package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Region, AccountID and StackName are the values of the pseudo parameters in the
// local twin.
const (
	Region    = "us-east-1"
	AccountID = "000000000000"
	StackName = "parley"
)

// noValue is what AWS::NoValue gives: the property or entry is left out.
type noValue struct{}

var pseudoParameters = map[string]any{
	"AWS::AccountId":        AccountID,
	"AWS::NoValue":          noValue{},
	"AWS::NotificationARNs": []any{},
	"AWS::Partition":        "aws",
	"AWS::Region":           Region,
	"AWS::StackId":          arn("cloudformation", "stack/"+StackName+"/00000000-0000-0000-0000-000000000000"),
	"AWS::StackName":        StackName,
	"AWS::URLSuffix":        "amazonaws.com",
}

// parameters gives every declared parameter its value: the override, else the
// default.
func parameters(declared map[string]any, overrides map[string]string) (map[string]any, error) {
	for name := range overrides {
		if _, ok := declared[name]; !ok {
			return nil, fmt.Errorf("Parameters: there is no parameter %q to override", name)
		}
	}
	values := map[string]any{}
	for name, d := range declared {
		declaration, ok := d.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("Parameters.%s: want a map with a Type", name)
		}
		text, ok := overrides[name]
		if !ok {
			if text, ok = scalarText(declaration["Default"]); !ok {
				return nil, fmt.Errorf("Parameters.%s: has no Default, so it needs a value", name)
			}
		}
		value, err := parameter(declaration, text)
		if err != nil {
			return nil, fmt.Errorf("Parameters.%s: %w", name, err)
		}
		values[name] = value
	}
	return values, nil
}

// parameter checks text against a declaration and gives it the declared type.
func parameter(declaration map[string]any, text string) (any, error) {
	if allowed, ok := declaration["AllowedValues"].([]any); ok {
		same := func(v any) bool { t, _ := scalarText(v); return t == text }
		if !slices.ContainsFunc(allowed, same) {
			return nil, fmt.Errorf("%q is not among the AllowedValues", text)
		}
	}
	if pattern, ok := declaration["AllowedPattern"].(string); ok {
		// CloudFormation's patterns are Java's; those that Go cannot read
		// are left to CloudFormation.
		if re, err := regexp.Compile(`^(?:` + pattern + `)$`); err == nil && !re.MatchString(text) {
			return nil, fmt.Errorf("%q does not match the AllowedPattern %s", text, pattern)
		}
	}
	kind, _ := declaration["Type"].(string)
	switch {
	case kind == "Number":
		return number(text)
	case kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<"):
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		return list, nil
	default:
		return text, nil
	}
}

func number(text string) (any, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return nil, fmt.Errorf("%q is not a number", text)
	}
	return text, nil
}

// scalarText gives a scalar as CloudFormation writes it into text.
func scalarText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case int64:
		return strconv.FormatInt(x, 10), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	default:
		return "", false
	}
}
