package protocol

// AuditVerb says what somebody did.
type AuditVerb string

// What is audited.
const (
	AuditAdded   AuditVerb = "added"
	AuditChanged AuditVerb = "changed"
	AuditRemoved AuditVerb = "removed"
)

// Audited is one administrative act: who did what, and when.
type Audited struct {
	ID      string       `json:"id"` // Sorts by time; for the next page.
	At      Millis       `json:"at"`
	By      Person       `json:"by"`
	Did     AuditVerb    `json:"did"`
	What    string       `json:"what"`              // A kind of record, or settings.
	Company string       `json:"company,omitempty"` // Whose record it is.
	Record  string       `json:"record,omitempty"`  // Its id.
	Name    string       `json:"name,omitempty"`    // As it was called then.
	Fields  []Difference `json:"fields,omitempty"`  // What is other than before.
}

// Difference is one field that is other than before. An absent value is empty.
type Difference struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}
