package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parleychat/parley/shared/identity"
	"github.com/parleychat/parley/shared/protocol"
)

// Audit is the line of the audit for a change of the settings, with every field
// that is other than before.
func Audit(before, after protocol.Settings, by identity.Principal, now time.Time) (protocol.Audited, error) {
	was, err := fieldsOf(before)
	if err != nil {
		return protocol.Audited{}, err
	}
	is, err := fieldsOf(after)
	if err != nil {
		return protocol.Audited{}, err
	}
	line := protocol.Audited{
		At: protocol.At(now), By: protocol.Person{ID: by.ID, Name: by.Name, Role: by.Role}, Did: protocol.AuditChanged, What: "settings",
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(was)), maps.Keys(is))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name != "version" && was[name] != is[name] {
			line.Fields = append(line.Fields, protocol.Difference{Field: name, From: was[name], To: is[name]})
		}
	}
	return line, nil
}

// fieldsOf is every field of the settings as text.
func fieldsOf(s protocol.Settings) (map[string]string, error) {
	text, err := json.Marshal(s)
	var values map[string]json.RawMessage
	if err == nil {
		err = json.Unmarshal(text, &values)
	}
	if err != nil {
		return nil, fmt.Errorf("word the settings: %w", err)
	}
	fields := map[string]string{}
	for name, value := range values {
		fields[name] = strings.Trim(string(value), `"`)
	}
	return fields, nil
}
