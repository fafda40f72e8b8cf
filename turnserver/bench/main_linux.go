// Command bench measures Parley's TURN server beside coturn: one server
// at a time, pinned to one core, with a generator on another, the two in turn,
// over loopback.
//
//	bench                the tables
//	bench -loads 'relay' the loads whose name the pattern finds
//	bench -rounds 9      more rounds than 5, of which the median counts
//
// The figure to compare is the processor time of the server for a relayed
// packet: it stays true while other programs share the machine, and packets a
// second do not. Each ratio is the median of the rounds' own ratios.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

var loads = []load{
	{"200 B, 5,000/s", 200, 5000, 1, both, 10},
	{"200 B, 20,000/s", 200, 20000, 1, both, 10},
	{"200 B, 60,000/s", 200, 60000, 1, both, 10},
	{"200 B, 80,000/s", 200, 80000, 1, both, 10},
	{"1,100 B in fours, 20,000/s", 1100, 20000, 4, both, 10},
	{"1,100 B in threes, 60,000/s", 1100, 60000, 3, both, 10},
	{"1,100 B in fours, 80,000/s", 1100, 80000, 4, both, 10},
	{"relay to relay, 200 B, 20,000/s", 200, 20000, 1, across, 10},
	{"saturated, 200 B, client to peer", 200, 0, 16, up, 10},
	{"saturated, 200 B, peer to client", 200, 0, 16, down, 10},
	{"saturated, 1,100 B, client to peer", 1100, 0, 16, up, 10},
	{"saturated, 1,100 B, peer to client", 1100, 0, 16, down, 10},
}

const (
	warm    = 300 * time.Millisecond
	lasting = time.Second
)

func main() {
	binary := flag.String("server", "build/turnserver", "our server")
	pattern := flag.String("loads", "", "measure only the loads whose name this finds")
	rounds := flag.Int("rounds", 5, "how often to measure each")
	flag.Parse()
	if err := run(*binary, *pattern, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(binary, pattern string, rounds int) error {
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	theirs, err := coturn()
	if err != nil {
		return err
	}
	if runtime.NumCPU() < 2 {
		return fmt.Errorf("the server and its load need a processor each")
	}
	folder, err := os.MkdirTemp("", "parley-bench-turn")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	runtime.LockOSThread()
	var core unix.CPUSet
	core.Set(loadCore)
	if err := unix.SchedSetaffinity(0, &core); err != nil {
		return fmt.Errorf("pin the generator: %w", err)
	}
	b := bench{folder: folder, rounds: rounds, coturn: theirs, ours: ours(binary)}
	if err := preferred(); err != nil {
		fmt.Println("Other programs will disturb the measurement:", err)
	}
	fmt.Printf("coturn %s; medians of %d rounds, with the lowest and the highest ratio\n\n", theirs.version, rounds)
	return b.all(wanted)
}

// preferred gives this thread, and the servers that it starts, precedence over
// other programs. It needs privileges.
func preferred() error {
	param := struct{ priority int32 }{1}
	_, _, failure := unix.RawSyscall(unix.SYS_SCHED_SETSCHEDULER, 0, unix.SCHED_RR, uintptr(unsafe.Pointer(&param)))
	if failure != 0 {
		return fmt.Errorf("no real-time priority: %w", failure)
	}
	return nil
}

// bench measures two contestants in turn.
type bench struct {
	folder       string
	rounds       int
	coturn, ours contestant
}

func (b *bench) all(wanted *regexp.Regexp) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "load\tcoturn µs\tours µs\tratio\tcoturn /s\tours /s\tratio\tbusy %\tdelay p50, p99 µs\tlost %")
	for _, l := range loads {
		if !wanted.MatchString(l.name) {
			continue
		}
		if err := b.compare(table, l); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		table.Flush()
	}
	if !wanted.MatchString("allocations") {
		return nil
	}
	return b.allocations(table)
}

// compare writes a row about a load.
func (b *bench) compare(table *tabwriter.Writer, l load) error {
	var theirs, our []*outcome
	for range b.rounds {
		first, err := b.measure(b.coturn, l)
		if err != nil {
			return fmt.Errorf("%s: %w", b.coturn.name, err)
		}
		second, err := b.measure(b.ours, l)
		if err != nil {
			return fmt.Errorf("%s: %w", b.ours.name, err)
		}
		theirs, our = append(theirs, first), append(our, second)
	}
	of := func(value func(*outcome) float64, outcomes []*outcome) []float64 {
		var values []float64
		for _, o := range outcomes {
			values = append(values, value(o))
		}
		return values
	}
	cpu, rate := (*outcome).perPacket, (*outcome).perSecond
	half := func(o *outcome) float64 { return float64(o.delay(0.5)) }
	most := func(o *outcome) float64 { return float64(o.delay(0.99)) }
	fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%s\t%.0f\t%.0f\t%s\t%.0f; %.0f\t%.0f, %.0f; %.0f, %.0f\t%.2f; %.2f\n", l.name,
		median(of(cpu, theirs)), median(of(cpu, our)), ratio(of(cpu, our), of(cpu, theirs)),
		median(of(rate, theirs)), median(of(rate, our)), ratio(of(rate, our), of(rate, theirs)),
		median(of((*outcome).busy, theirs)), median(of((*outcome).busy, our)),
		median(of(half, theirs)), median(of(most, theirs)), median(of(half, our)), median(of(most, our)),
		median(of((*outcome).lost, theirs)), median(of((*outcome).lost, our)))
	return nil
}

func (b *bench) measure(c contestant, l load) (*outcome, error) {
	p, err := start(c, b.folder)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	f, err := newField(l, p)
	if err != nil {
		return nil, err
	}
	defer f.close()
	return f.run(p, warm, lasting), nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// ratio writes the median of the ratios of pairs, and their range.
func ratio(a, b []float64) string {
	var ratios []float64
	for i := range a {
		ratios = append(ratios, a[i]/b[i])
	}
	return fmt.Sprintf("%.2f (%.2f-%.2f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
}
