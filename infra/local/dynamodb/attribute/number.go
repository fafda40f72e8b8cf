package attribute

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// DynamoDB's numbers: up to 38 significant digits, magnitudes from 1E-130 to
// below 1E+126.
const (
	maxDigits     = 38
	maxMagnitude  = 126
	minMagnitude  = -129
	maxNumberText = 1024 // longer than any sensible spelling; bounds the parser's work
)

// exact computes without ever rounding: the widest sum of two numbers in range
// has 126+130 digits.
var exact = apd.BaseContext.WithPrecision(300)

// ParseNumber brings a decimal number into its canonical form, which has no
// exponent, no leading or trailing zeros and no negative zero. Equal numbers
// have equal forms.
func ParseNumber(text string) (Value, error) {
	if text == "" {
		return Value{}, Refuse("The parameter cannot be converted to a numeric value")
	}
	if len(text) > maxNumberText || strings.Trim(text, "+-.0123456789eE") != "" {
		return Value{}, notNumeric(text)
	}
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite {
		return Value{}, notNumeric(text)
	}
	return canonical(d)
}

func notNumeric(text string) error {
	if len(text) > maxNumberText {
		text = text[:maxNumberText] + "…"
	}
	return Refuse("The parameter cannot be converted to a numeric value: %s", text)
}

func canonical(d *apd.Decimal) (Value, error) {
	if d.IsZero() {
		return Value{Kind: Number, Text: "0"}, nil
	}
	d.Reduce(d)
	digits := int(d.NumDigits())
	magnitude := digits + int(d.Exponent)
	switch {
	case magnitude > maxMagnitude:
		return Value{}, Refuse("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case magnitude < minMagnitude:
		return Value{}, Refuse("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	case digits > maxDigits:
		return Value{}, Refuse("Attempting to store more than 38 significant digits in a Number")
	}
	return Value{Kind: Number, Text: d.Text('f')}, nil
}

// decimal reads a canonical number back.
func (v Value) decimal() *apd.Decimal {
	d, _, err := apd.NewFromString(v.Text)
	if err != nil {
		return new(apd.Decimal) // only a value that was not made by this package
	}
	return d
}

// Add gives v + w, both Numbers. It refuses a sum that cannot be kept exactly.
func (v Value) Add(w Value) (Value, error) {
	sum := new(apd.Decimal)
	if _, err := exact.Add(sum, v.decimal(), w.decimal()); err != nil {
		return Value{}, notNumeric(v.Text)
	}
	return canonical(sum)
}

// Subtract gives v - w, both Numbers. It refuses a difference that cannot be
// kept exactly.
func (v Value) Subtract(w Value) (Value, error) {
	difference := new(apd.Decimal)
	if _, err := exact.Sub(difference, v.decimal(), w.decimal()); err != nil {
		return Value{}, notNumeric(v.Text)
	}
	return canonical(difference)
}

// Compare orders two values of the same kind: strings and binaries by bytes,
// numbers by value. Values of other or of different kinds have no order.
func (v Value) Compare(w Value) (order int, ok bool) {
	if v.Kind != w.Kind {
		return 0, false
	}
	switch v.Kind {
	case String, Binary:
		return strings.Compare(v.Text, w.Text), true
	case Number:
		return v.decimal().Cmp(w.decimal()), true
	}
	return 0, false
}

// Seconds is the whole seconds of a Number, for times to live; ok is false for
// other kinds and for numbers beyond int64.
func (v Value) Seconds() (seconds int64, ok bool) {
	if v.Kind != Number {
		return 0, false
	}
	whole := new(apd.Decimal)
	if _, err := exact.Floor(whole, v.decimal()); err != nil {
		return 0, false
	}
	seconds, err := whole.Int64()
	return seconds, err == nil
}
