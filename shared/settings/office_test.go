package settings_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parleychat/parley/shared/fault"
	"github.com/parleychat/parley/shared/protocol"
	"github.com/parleychat/parley/shared/settings"
)

// on are hours of some days.
func on(from, to string, days ...time.Weekday) []protocol.Hours {
	var hours []protocol.Hours
	for _, d := range days {
		hours = append(hours, protocol.Hours{Day: int(d), From: from, To: to})
	}
	return hours
}

var (
	everyDay = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	workdays = on("09:00", "17:30", 1, 2, 3, 4, 5)
)

// A19 N22: 2026-06-01 is a Monday.
func TestTheOfficeIsOpenInItsHours(t *testing.T) {
	for what, test := range map[string]struct {
		zone  string
		week  []protocol.Hours
		now   string // RFC 3339.
		open  bool
		until string // Empty where it never changes.
	}{
		"a second before it opens":  {"Europe/London", workdays, "2026-06-01T08:59:59+01:00", false, "2026-06-01T09:00:00+01:00"},
		"when it opens":             {"Europe/London", workdays, "2026-06-01T09:00:00+01:00", true, "2026-06-01T17:30:00+01:00"},
		"a second before it closes": {"Europe/London", workdays, "2026-06-01T17:29:59+01:00", true, "2026-06-01T17:30:00+01:00"},
		"when it closes":            {"Europe/London", workdays, "2026-06-01T17:30:00+01:00", false, "2026-06-02T09:00:00+01:00"},
		"over the weekend":          {"Europe/London", workdays, "2026-06-05T17:30:00+01:00", false, "2026-06-08T09:00:00+01:00"},
		"asked from another zone":   {"Europe/London", workdays, "2026-06-01T04:00:00-04:00", true, "2026-06-01T17:30:00+01:00"},
		"a week later":              {"UTC", on("09:00", "10:00", 1), "2026-06-01T10:00:00Z", false, "2026-06-08T09:00:00Z"},

		"hours that overlap":      {"UTC", append(on("09:00", "13:00", 1), on("12:00", "17:00", 1)...), "2026-06-01T12:59:59Z", true, "2026-06-01T17:00:00Z"},
		"hours within others":     {"UTC", append(on("09:00", "17:00", 1), on("10:00", "11:00", 1)...), "2026-06-01T10:30:00Z", true, "2026-06-01T17:00:00Z"},
		"hours that touch":        {"UTC", append(on("13:00", "17:00", 1), on("09:00", "13:00", 1)...), "2026-06-01T12:59:59Z", true, "2026-06-01T17:00:00Z"},
		"before a lunch break":    {"UTC", append(on("09:00", "12:00", 1), on("13:00", "17:00", 1)...), "2026-06-01T11:59:59Z", true, "2026-06-01T12:00:00Z"},
		"in a lunch break":        {"UTC", append(on("09:00", "12:00", 1), on("13:00", "17:00", 1)...), "2026-06-01T12:00:00Z", false, "2026-06-01T13:00:00Z"},
		"until midnight":          {"UTC", on("20:00", "24:00", 1), "2026-06-01T23:59:59Z", true, "2026-06-02T00:00:00Z"},
		"over midnight":           {"UTC", append(on("20:00", "24:00", 1), on("00:00", "06:00", 2)...), "2026-06-01T23:00:00Z", true, "2026-06-02T06:00:00Z"},
		"round the clock":         {"UTC", on("00:00", "24:00", everyDay...), "2026-06-01T23:59:59Z", true, ""},
		"round the clock but one": {"UTC", on("00:00", "24:00", 1, 2, 3, 4, 5, 6), "2026-06-01T12:00:00Z", true, "2026-06-07T00:00:00Z"},
		"but for a minute":        {"UTC", on("00:00", "23:59", everyDay...), "2026-06-01T23:58:59Z", true, "2026-06-01T23:59:00Z"},

		"five and three quarters":    {"Asia/Kathmandu", on("09:00", "17:00", 1), "2026-06-01T03:14:59Z", false, "2026-06-01T03:15:00Z"},
		"half an hour":               {"Asia/Kolkata", on("09:00", "17:00", 1), "2026-06-01T11:29:59Z", true, "2026-06-01T11:30:00Z"},
		"twelve and three quarters":  {"Pacific/Chatham", on("09:00", "17:00", 1), "2026-05-31T20:15:00Z", true, "2026-06-01T04:15:00Z"},
		"fourteen ahead":             {"Pacific/Kiritimati", on("09:00", "17:00", 1), "2026-05-31T18:59:59Z", false, "2026-05-31T19:00:00Z"},
		"eleven behind":              {"Pacific/Pago_Pago", on("09:00", "17:00", 1), "2026-06-01T20:00:00Z", true, "2026-06-02T04:00:00Z"},
		"a saving of half an hour":   {"Australia/Lord_Howe", on("01:00", "03:00", 0), "2026-04-04T14:00:00Z", true, "2026-04-04T16:30:00Z"},
		"where it begins elsewhere":  {"Europe/London", workdays, "2026-03-16T09:00:00Z", true, "2026-03-16T17:30:00Z"},
		"no zone":                    {"", workdays, "2026-06-07T12:00:00Z", true, ""},
		"a zone that nobody knows":   {"Europe/Atlantis", workdays, "2026-06-07T12:00:00Z", true, ""},
		"no hours":                   {"Europe/London", nil, "2026-06-07T12:00:00Z", true, ""},
		"a day that is none, stored": {"UTC", []protocol.Hours{{Day: 7, From: "09:00", To: "17:00"}}, "2026-06-07T12:00:00Z", false, ""},
	} {
		checkOffice(t, what, protocol.OfficeHours{Zone: test.zone, Week: test.week}, test.now, test.open, test.until)
	}
}

// The clocks go forward on 2026-03-29 and back on 2026-10-25 in London, forward
// on 2026-03-08 and back on 2026-11-01 in New York.
func TestOfficeHoursFollowTheWallThroughDaylightSaving(t *testing.T) {
	sundays := on("09:00", "17:00", 0)
	night := on("01:30", "02:30", 0)
	for what, test := range map[string]struct {
		zone, now string
		week      []protocol.Hours
		open      bool
		until     string
	}{
		"forward, a day of 23 hours":   {"Europe/London", "2026-03-28T17:00:00Z", append(on("09:00", "17:00", 6), sundays...), false, "2026-03-29T08:00:00Z"},
		"forward, over there":          {"America/New_York", "2026-03-07T22:00:00Z", append(on("09:00", "17:00", 6), sundays...), false, "2026-03-08T13:00:00Z"},
		"back, a day of 25 hours":      {"Europe/London", "2026-10-24T16:00:00Z", append(on("09:00", "17:00", 6), sundays...), false, "2026-10-25T09:00:00Z"},
		"back, over there":             {"America/New_York", "2026-10-31T21:00:00Z", append(on("09:00", "17:00", 6), sundays...), false, "2026-11-01T14:00:00Z"},
		"open all of the short day":    {"Europe/London", "2026-03-29T00:00:00Z", on("00:00", "24:00", 0), true, "2026-03-29T23:00:00Z"},
		"open all of the long day":     {"Europe/London", "2026-10-24T23:00:00Z", on("00:00", "24:00", 0), true, "2026-10-26T00:00:00Z"},
		"an hour that half is missing": {"America/New_York", "2026-03-08T06:30:00Z", night, true, "2026-03-08T07:00:00Z"},
		"what is left out at its end":  {"Europe/London", "2026-03-29T00:59:59Z", on("00:30", "01:30", 0), true, "2026-03-29T01:00:00Z"},
		"the hour that comes twice":    {"Europe/London", "2026-10-25T00:15:00Z", on("01:00", "01:30", 0), true, "2026-10-25T00:30:00Z"},
		"between the two":              {"Europe/London", "2026-10-25T00:30:00Z", on("01:00", "01:30", 0), false, "2026-10-25T01:00:00Z"},
		"the second of the two":        {"Europe/London", "2026-10-25T01:00:00Z", on("01:00", "01:30", 0), true, "2026-10-25T01:30:00Z"},
		"twice without a gap":          {"America/New_York", "2026-11-01T05:00:00Z", on("01:00", "02:00", 0), true, "2026-11-01T07:00:00Z"},
		"an hour that is left out":     {"America/New_York", "2026-03-01T07:30:00Z", on("02:00", "02:30", 0), false, "2026-03-15T06:00:00Z"},
	} {
		checkOffice(t, what, protocol.OfficeHours{Zone: test.zone, Week: test.week}, test.now, test.open, test.until)
	}
}

func checkOffice(t *testing.T, what string, h protocol.OfficeHours, now string, open bool, until string) {
	t.Helper()
	office := settings.Office(h, at(t, now))
	var change time.Time
	if until != "" {
		change = at(t, until)
	}
	if office.Open != open || office.Until != protocol.At(change) {
		t.Errorf("%s: got %v until %v, want %v until %v", what, office.Open, office.Until.Time(), open, change.UTC())
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// Until is the moment of the next change: a millisecond before, all is as it
// was; then it is not.
func TestUntilIsTheMomentOfTheNextChange(t *testing.T) {
	week := slices.Concat(workdays, on("20:00", "24:00", 5), on("00:00", "02:15", 6), on("01:15", "01:45", 0))
	for zone, days := range map[string][]string{
		"Europe/London":       {"2026-03-24", "2026-10-20"},
		"America/New_York":    {"2026-03-03", "2026-10-27"},
		"Australia/Lord_Howe": {"2026-03-31", "2026-09-29"},
		"Asia/Kathmandu":      {"2026-12-28"},
	} {
		for _, day := range days {
			now := at(t, day+"T00:00:07Z")
			for end := now.Add(10 * 24 * time.Hour); now.Before(end) && !t.Failed(); {
				now = nextChange(t, protocol.OfficeHours{Zone: zone, Week: week}, now)
			}
		}
	}
}

// nextChange is when the office says that it opens or closes, if it does.
func nextChange(t *testing.T, h protocol.OfficeHours, now time.Time) time.Time {
	t.Helper()
	is := settings.Office(h, now)
	until := is.Until.Time()
	before, then := settings.Office(h, until.Add(-time.Millisecond)), settings.Office(h, until)
	if !until.After(now) || before != is || then.Open == is.Open {
		t.Errorf("%s: at %v it is %+v until %v, when it changes from %+v to %+v", h.Zone, now, is, until, before, then)
	}
	return until
}

// A19 I1: what cannot be hours is refused with a sentence.
func TestOfficeHoursAreChecked(t *testing.T) {
	hours := func(day int, from, to string) protocol.OfficeHours {
		return protocol.OfficeHours{Zone: "UTC", Week: []protocol.Hours{{Day: day, From: from, To: to}}}
	}
	many := func(n int) protocol.OfficeHours {
		return protocol.OfficeHours{Zone: "UTC", Week: slices.Repeat(on("09:00", "17:00", 1), n)}
	}
	for what, test := range map[string]struct {
		hours protocol.OfficeHours
		code  fault.Code
	}{
		"none":                    {protocol.OfficeHours{}, ""},
		"a zone without hours":    {protocol.OfficeHours{Zone: "Europe/London"}, ""},
		"all of a day":            {hours(0, "00:00", "24:00"), ""},
		"the last minute":         {hours(6, "23:59", "24:00"), ""},
		"50 of them":              {many(50), ""},
		"51 of them":              {many(51), fault.Invalid},
		"a day too many":          {hours(7, "09:00", "17:00"), fault.Invalid},
		"a day too few":           {hours(-1, "09:00", "17:00"), fault.Invalid},
		"no time at all":          {hours(1, "09:00", "09:00"), fault.Invalid},
		"the wrong way round":     {hours(1, "17:00", "09:00"), fault.Invalid},
		"from the end of the day": {hours(1, "24:00", "24:00"), fault.Invalid},
		"past the end":            {hours(1, "09:00", "24:01"), fault.Invalid},
		"a minute too many":       {hours(1, "09:60", "17:00"), fault.Invalid},
		"without a nought":        {hours(1, "9:00", "17:00"), fault.Invalid},
		"with seconds":            {hours(1, "09:00:00", "17:00"), fault.Invalid},
		"in the afternoon":        {hours(1, "09:00", "5:30 pm"), fault.Invalid},
		"nothing":                 {hours(1, "", ""), fault.Invalid},
		"a zone that is none":     {protocol.OfficeHours{Zone: "Europe/Atlantis"}, fault.Invalid},
		"the server's own zone":   {protocol.OfficeHours{Zone: "Local"}, fault.Invalid},
		"a way out":               {protocol.OfficeHours{Zone: "../../etc/passwd"}, fault.Invalid},
	} {
		set := protocol.Settings{RetentionDays: 30, OfficeHours: test.hours}
		next, err := settings.Set(settings.Default, admin, set)
		if (err == nil) != (test.code == "") || err != nil && !fault.Is(err, test.code) {
			t.Errorf("%s: %v", what, err)
		}
		if err == nil && fmt.Sprint(next.OfficeHours) != fmt.Sprint(test.hours) {
			t.Errorf("%s: becomes %+v", what, next.OfficeHours)
		}
	}
}

// N22: it is asked with every end and callback.
func BenchmarkOfficeThatNeverCloses(b *testing.B) {
	h := protocol.OfficeHours{Zone: "Europe/London", Week: slices.Repeat(on("00:00", "24:00", everyDay...), 7)}
	for b.Loop() {
		settings.Office(h, time.Unix(1780315200, 0))
	}
}

// A19: a holiday is a day of the wall clock of the office's zone.
func TestNobodyIsThereOnAHoliday(t *testing.T) {
	for what, test := range map[string]struct {
		holidays []string
		now      string // RFC 3339.
		open     bool
		until    string // Empty where nothing is said.
	}{
		"the day before":         {[]string{"2026-06-02"}, "2026-06-01T12:00:00+01:00", true, "2026-06-01T17:30:00+01:00"},
		"the evening before":     {[]string{"2026-06-02"}, "2026-06-01T18:00:00+01:00", false, "2026-06-03T09:00:00+01:00"},
		"on the day":             {[]string{"2026-06-02"}, "2026-06-02T12:00:00+01:00", false, "2026-06-03T09:00:00+01:00"},
		"the day after":          {[]string{"2026-06-02"}, "2026-06-03T09:00:00+01:00", true, "2026-06-03T17:30:00+01:00"},
		"of another year":        {[]string{"2025-06-01"}, "2026-06-01T12:00:00+01:00", true, "2026-06-01T17:30:00+01:00"},
		"by a clock that is on":  {[]string{"2026-06-01"}, "2026-06-01T13:00:00+14:00", false, "2026-06-02T09:00:00+01:00"},
		"with the weekend after": {[]string{"2026-06-05", "2026-06-08"}, "2026-06-05T10:00:00+01:00", false, "2026-06-09T09:00:00+01:00"},
	} {
		t.Run(what, func(t *testing.T) {
			hours := protocol.OfficeHours{Zone: "Europe/London", Week: workdays, Holidays: test.holidays}
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			until, err := time.Parse(time.RFC3339, test.until)
			if err != nil {
				t.Fatal(err)
			}
			if got := settings.Office(hours, now); got.Open != test.open || got.Until != protocol.At(until) {
				t.Errorf("open is %v until %s, want %v until %s", got.Open, got.Until.Time(), test.open, until)
			}
		})
	}
	for _, wrong := range [][]string{{"2026-02-30"}, {"Christmas"}, {"2026-6-1"}, slices.Repeat([]string{"2026-06-01"}, 101)} {
		next := protocol.Settings{RetentionDays: 30, OfficeHours: protocol.OfficeHours{Zone: "UTC", Week: workdays, Holidays: wrong}}
		if _, err := settings.Set(settings.Default, admin, next); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.30q is answered %v", wrong, err)
		}
	}
}
