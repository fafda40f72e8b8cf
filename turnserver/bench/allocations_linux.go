package main

import (
	"fmt"
	"text/tabwriter"
	"time"
)

const (
	cycling = 2 * time.Second
	idle    = 1000 // allocations
)

// allocations writes two rows: how many allocations a second can be made and
// ended, and what an idle one takes of memory.
func (b *bench) allocations(table *tabwriter.Writer) error {
	var theirs, our, theirMemory, ourMemory []float64
	for range b.rounds {
		for _, one := range []struct {
			contestant
			cycles, memory *[]float64
		}{{b.coturn, &theirs, &theirMemory}, {b.ours, &our, &ourMemory}} {
			cycles, memory, err := b.allocating(one.contestant)
			if err != nil {
				return fmt.Errorf("allocations of %s: %w", one.name, err)
			}
			*one.cycles, *one.memory = append(*one.cycles, cycles), append(*one.memory, memory)
		}
	}
	fmt.Fprintln(table, "\nallocations\tcoturn\tours\tratio")
	fmt.Fprintf(table, "made and ended in a second of the server's processor\t%.0f\t%.0f\t%s\n",
		median(theirs), median(our), ratio(our, theirs))
	fmt.Fprintf(table, "memory of %d idle ones, MiB\t%.1f\t%.1f\t%s\n", idle,
		median(theirMemory), median(ourMemory), ratio(ourMemory, theirMemory))
	return table.Flush()
}

func (b *bench) allocating(c contestant) (cycles, memory float64, err error) {
	p, err := start(c, b.folder)
	if err != nil {
		return 0, 0, err
	}
	defer p.stop()
	before := p.resident()
	for i := range idle {
		holder, err := allocate(p.addr, fmt.Sprintf("s2.p%d", i))
		if err != nil {
			return 0, 0, err
		}
		defer holder.close()
	}
	memory = float64(p.resident()-before) / (1 << 20)
	count, cpu := 0, p.cpu()
	for end := time.Now().Add(cycling); time.Now().Before(end); count++ {
		one, err := allocate(p.addr, "s1.p1")
		if err != nil {
			return 0, 0, err
		}
		err = one.release()
		one.close()
		if err != nil {
			return 0, 0, err
		}
	}
	return float64(count) / (p.cpu() - cpu).Seconds(), memory, nil
}
