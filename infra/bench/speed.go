package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	pace        = 200 * time.Millisecond // Between two messages of a session.
	stretch     = 5 * time.Second        // Of one repetition.
	repetitions = 3
)

// speeds prints how long messages take at several numbers of sessions, in each
// of which a contact writes steadily and a technician hears.
func speeds(ctx context.Context, t *twin, m *meter) error {
	w := tabulate(fmt.Sprintf("Time from when a message should be sent until the other client hears it; each session sends one every %v, for %v, %d times.", pace, stretch, repetitions),
		"sessions\tp50\tspread\tp99\tspread\tDynamoDB calls a message")
	var chats []*chat
	for _, sessions := range []int{1, 10, 50} {
		for len(chats) < sessions {
			c, err := t.begin(ctx)
			if err != nil {
				return err
			}
			if err := c.join(ctx, 1); err != nil {
				return err
			}
			chats = append(chats, c)
		}
		if _, err := steadily(ctx, chats, time.Second); err != nil { // Starts functions.
			return err
		}
		var middle, slow []time.Duration
		m.take()
		total := cost{}
		for range repetitions {
			took, err := steadily(ctx, chats, stretch)
			if err != nil {
				return err
			}
			slices.Sort(took)
			middle, slow = append(middle, took[len(took)/2]), append(slow, took[len(took)*99/100])
			total.messages += len(took)
		}
		total.usage = m.take()
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", sessions, spread(middle), spread(slow), total.averageCalls())
	}
	return w.Flush()
}

// spread words a median with the least and the most.
func spread(list []time.Duration) string {
	slices.Sort(list)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return fmt.Sprintf("%.1f ms\t%.1f-%.1f", ms(list[len(list)/2]), ms(list[0]), ms(list[len(list)-1]))
}

// steadily has all the chats go on at once and returns how long each message
// took.
func steadily(ctx context.Context, chats []*chat, length time.Duration) ([]time.Duration, error) {
	group, ctx := errgroup.WithContext(ctx)
	took := make([][]time.Duration, len(chats))
	start := time.Now()
	for i, c := range chats {
		offset := pace * time.Duration(i) / time.Duration(len(chats)) // Not all at the same moment.
		group.Go(func() (err error) {
			took[i], err = c.steady(ctx, start.Add(offset), int(length/pace))
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(took...), err
}

// steady sends a number of messages, each when it is due or, after a slow one,
// as soon as can be. The time counts from when it was due, so that waiting for
// the slow one is not forgotten. The text says which message it is.
func (c *chat) steady(ctx context.Context, start time.Time, messages int) ([]time.Duration, error) {
	due := func(i int) time.Time { return start.Add(time.Duration(i) * pace) }
	took := make([]time.Duration, 0, messages)
	heard := make(chan error, 1)
	go func() {
		heard <- c.collect(ctx, messages, func(h hearing) error {
			i, err := strconv.Atoi(h.text)
			took = append(took, h.at.Sub(due(i)))
			return err
		})
	}()
	for i := range messages {
		select {
		case <-time.After(time.Until(due(i))):
		case <-ctx.Done():
		}
		if err := c.post(ctx, strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return took, <-heard
}
