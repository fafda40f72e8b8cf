package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// ratioTable compares one thing with another in each of its rows.
type ratioTable struct {
	text strings.Builder
	w    *tabwriter.Writer
}

// compares begins a table of ratios with the names of its columns.
func compares(columns string) *ratioTable {
	t := &ratioTable{}
	t.w = tabwriter.NewWriter(&t.text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t.w, columns)
	return t
}

// row adds what one cost is as a multiple of another; of times, the median of
// several rounds with the least and the most.
func (t *ratioTable) row(participants int, one, other cost, middle, slow []float64) {
	wire := func(c cost) float64 { return float64(c.frame + c.reply + c.pushed) }
	fmt.Fprintf(t.w, "%d\t%.3f\t%.3f\t%.3f\t%.3f\t%s\t%s\n", participants,
		float64(one.outside())/float64(other.outside()), one.writeUnits/other.writeUnits, one.readUnits/other.readUnits,
		wire(one)/wire(other), between(middle), between(slow))
}

// String is the table so far.
func (t *ratioTable) String() string {
	_ = t.w.Flush() // To memory.
	return t.text.String()
}

// between words a median with the least and the most.
func between(list []float64) string {
	slices.Sort(list)
	return fmt.Sprintf("%.2f\t%.2f-%.2f", list[len(list)/2], list[0], list[len(list)-1])
}
