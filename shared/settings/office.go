package settings

import (
	"slices"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
)

const (
	maxHours    = 50
	maxHolidays = 100
)

// ahead is how far Office looks for the next change: two weeks, since hours in
// the hour that daylight saving leaves out come a week later. Where holidays
// last longer nothing is said of the end.
const ahead = 15 * 24 * time.Hour

// Office tells whether somebody is there to answer, and until when that holds.
// Hours are of the wall clock of their zone, so that they stay where they are
// when daylight saving begins or ends.
func Office(h protocol.OfficeHours, now time.Time) protocol.Office {
	zone, err := time.LoadLocation(h.Zone)
	if h.Zone == "" || err != nil || len(h.Week) == 0 {
		return protocol.Office{Open: true}
	}
	week := spansOf(h.Week)
	holidays := map[date]bool{}
	for _, text := range h.Holidays {
		if day, err := time.Parse(time.DateOnly, text); err == nil {
			holidays[dateOf(day)] = true
		}
	}
	openAt := func(wall time.Time) bool { return !holidays[dateOf(wall)] && openAt(week, wall) }
	open := openAt(now.In(zone))
	for at, last := now.Truncate(time.Minute).Add(time.Minute), now.Add(ahead); at.Before(last); at = at.Add(time.Minute) {
		if openAt(at.In(zone)) != open {
			return protocol.Office{Open: open, Until: protocol.At(at)}
		}
	}
	return protocol.Office{Open: open}
}

// date is a day of the wall clock.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(wall time.Time) date {
	year, month, day := wall.Date()
	return date{year, month, day}
}

// span is a time of a day, in minutes since midnight, without its end.
type span struct{ from, to int }

// spansOf reads the hours of each day of the week.
func spansOf(hours []protocol.Hours) [7][]span {
	var week [7][]span
	for _, h := range hours {
		from, _ := minuteOf(h.From)
		to, _ := minuteOf(h.To)
		if h.Day >= 0 && h.Day < len(week) {
			week[h.Day] = append(week[h.Day], span{from, to})
		}
	}
	return week
}

// openAt reports whether the wall clock is within some of the hours.
func openAt(week [7][]span, wall time.Time) bool {
	minute := wall.Hour()*60 + wall.Minute()
	return slices.ContainsFunc(week[wall.Weekday()], func(s span) bool { return s.from <= minute && minute < s.to })
}

// minuteOf reads 09:00 as the minutes since midnight.
func minuteOf(text string) (int, bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	at, err := time.Parse("15:04", text)
	return at.Hour()*60 + at.Minute(), err == nil && len(text) == len("15:04")
}

// checkHours returns what is wrong with office hours.
func checkHours(h protocol.OfficeHours) error {
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "Local" {
		return fault.New(fault.Invalid, "A time zone is one of the IANA database, such as Europe/London.")
	}
	if len(h.Week) > maxHours {
		return fault.New(fault.Invalid, "Office hours have at most %d times.", maxHours)
	}
	if len(h.Holidays) > maxHolidays {
		return fault.New(fault.Invalid, "There are at most %d holidays.", maxHolidays)
	}
	for _, day := range h.Holidays {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fault.New(fault.Invalid, "A holiday is a day such as 2026-12-25.")
		}
	}
	for _, hours := range h.Week {
		from, begins := minuteOf(hours.From)
		to, ends := minuteOf(hours.To)
		if !begins || !ends || from >= to || hours.Day < 0 || hours.Day > 6 {
			return fault.New(fault.Invalid, "Office hours are from 00:00 to 24:00 on a day from 0, Sunday, to 6, the end after the beginning.")
		}
	}
	return nil
}
