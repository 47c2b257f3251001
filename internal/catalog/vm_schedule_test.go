package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// naive are the times of backups found by asking of every half hour whether there is one. offset is the policy's zone.
func naive(p catalog.VMPolicy, offset time.Duration, after, until time.Time) []time.Time {
	var due []time.Time
	for at := after.Truncate(30 * time.Minute); !at.After(until); at = at.Add(30 * time.Minute) {
		if !at.After(after) {
			continue
		}
		// The start of the schedule's day is today's or, for an hourly one that goes on past midnight, yesterday's.
		for _, back := range []int{0, 1} {
			local := at.Add(offset).AddDate(0, 0, -back)
			var hour, minute int
			if _, err := fmt.Sscanf(p.Schedule.Time, "%d:%d", &hour, &minute); err != nil {
				panic(err)
			}
			start := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, time.UTC)
			if p.Schedule.Frequency == catalog.Weekly && !slices.Contains(p.Schedule.Weekdays, start.Weekday().String()) {
				continue
			}
			since := int(at.Add(offset).Sub(start) / time.Minute)
			hit := since == 0
			if p.Schedule.Frequency == catalog.Hourly && since > 0 && since < 24*60 {
				hit = since%(60*p.Schedule.HourInterval) == 0 && since <= 60*p.Schedule.HourDuration
			}
			if hit {
				due = append(due, at.UTC())
			}
		}
	}
	return due
}

func TestOccurrences_asCountedNaively(t *testing.T) {
	// The standard offsets, which hold in summer too.
	zones := map[string]time.Duration{
		"UTC": 0, "China Standard Time": 8 * time.Hour, "Asia/Kolkata": 5*time.Hour + 30*time.Minute, "Pacific Standard Time": -8 * time.Hour,
		"GMT Standard Time": 0, "Europe/Dublin": 0, "AUS Eastern Standard Time": 10 * time.Hour, "Newfoundland Standard Time": -3*time.Hour - 30*time.Minute,
		"Line Islands Standard Time": 14 * time.Hour,
	}
	random := rand.New(rand.NewPCG(1, 2))
	for zone, offset := range zones {
		for range 60 {
			p := catalog.VMPolicy{TimeZone: zone, Schedule: catalog.VMSchedule{
				Frequency: []string{catalog.Hourly, catalog.Daily, catalog.Weekly}[random.IntN(3)],
				Time:      fmt.Sprintf("%02d:%02d", random.IntN(24), 30*random.IntN(2)),
			}}
			switch p.Schedule.Frequency {
			case catalog.Hourly:
				p.Schedule.HourInterval = catalog.HourIntervals()[random.IntN(4)]
				p.Schedule.HourDuration = p.Schedule.HourInterval * (1 + random.IntN(24/p.Schedule.HourInterval))
			case catalog.Weekly:
				p.Schedule.Weekdays = catalog.Weekdays()[random.IntN(7):]
			}
			after := time.Date(2026, time.Month(1+random.IntN(12)), 1+random.IntN(28), random.IntN(24), random.IntN(60), random.IntN(60), 0, time.UTC)
			until := after.Add(time.Duration(random.IntN(20*24*60)) * time.Minute)
			want, got := naive(p, offset, after, until), p.Occurrences(after, until)
			if !slices.EqualFunc(want, got, time.Time.Equal) {
				t.Fatalf("%+v in %s, after %s until %s:\n got %v\nwant %v", p.Schedule, zone, after, until, got, want)
			}
		}
	}
}

func TestOccurrences_hourlyWindow(t *testing.T) {
	p := enhanced()
	p.TimeZone = "UTC"
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	var hours []int
	for _, at := range p.Occurrences(day, day.AddDate(0, 0, 1)) {
		hours = append(hours, at.Hour())
	}
	if !slices.Equal(hours, []int{8, 12, 16, 20}) {
		t.Errorf("08:00, every 4 hours for 12 hours: %v", hours)
	}
}

func TestOccurrences_ends(t *testing.T) {
	p := standard()
	at := time.Date(2026, 5, 1, 23, 0, 0, 0, time.UTC)
	if got := p.Occurrences(at, at); len(got) != 0 {
		t.Errorf("the start is not part: %v", got)
	}
	if got := p.Occurrences(at.Add(-1), at); len(got) != 1 || !got[0].Equal(at) {
		t.Errorf("the end is part: %v", got)
	}
	if next, ok := p.Next(at); !ok || !next.Equal(at.AddDate(0, 0, 1)) {
		t.Errorf("next %v, %v", next, ok)
	}
	for name, change := range map[string]func(*catalog.VMPolicy){
		"no time": func(p *catalog.VMPolicy) { p.Schedule.Time = "" }, "no zone": func(p *catalog.VMPolicy) { p.TimeZone = "Nowhere" },
		"no days": func(p *catalog.VMPolicy) { p.Schedule.Frequency = catalog.Weekly },
	} {
		p := standard()
		change(&p)
		if next, ok := p.Next(at); ok {
			t.Errorf("%s: next %v", name, next)
		}
	}
}

// Retention is compared with the rules taken one by one, day by day over years.
func TestRetention_asCountedNaively(t *testing.T) {
	p := standard()
	p.TimeZone = "China Standard Time"
	p.Schedule.Time = "04:00" // the day before, in UTC
	p.Weekly = &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Sunday"}}
	p.Monthly = &catalog.MonthlyRetention{Count: 13, MonthDays: catalog.MonthDays{Weekdays: []string{"Saturday", "Sunday"}, Weeks: []string{"First", "Last"}}}
	p.Yearly = &catalog.YearlyRetention{Count: 7, Months: []string{"February", "December"}, MonthDays: catalog.MonthDays{Days: []int{30}, LastDay: true}}
	for day := 0; day < 5*366; day++ {
		local := time.Date(2023, 1, 1+day, 4, 0, 0, 0, time.FixedZone("", 8*3600))
		want, rule := local.AddDate(0, 0, 30), "Daily"
		longer := func(until time.Time, name string) {
			if !until.Before(want) {
				want, rule = until, name
			}
		}
		if local.Weekday() == time.Sunday {
			longer(local.AddDate(0, 0, 84), "Weekly")
		}
		days := time.Date(local.Year(), local.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		if (local.Weekday() == time.Saturday || local.Weekday() == time.Sunday) && (local.Day() <= 7 || local.Day() > days-7) {
			longer(inMonths(local, 13), "Monthly")
		}
		if (local.Month() == time.February || local.Month() == time.December) && (local.Day() == 30 || local.Day() == days) {
			longer(inMonths(local, 84), "Yearly")
		}
		got, ok := p.Retention(local.UTC())
		if !ok || !got.Until.Equal(want) || got.Rule != rule {
			t.Fatalf("%s: %s by %s (%v), want %s by %s", local, got.Until, got.Rule, ok, want, rule)
		}
	}
}

// inMonths counts months up, and keeps to the end of one that is too short.
func inMonths(t time.Time, n int) time.Time {
	month := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), 0, 0, t.Location())
	last := month.AddDate(0, 1, -1).Day()
	return month.AddDate(0, 0, min(t.Day(), last)-1)
}

func TestRetention_hourly(t *testing.T) {
	p := everything()
	p.TimeZone = "UTC"
	sunday := time.Date(2026, 5, 3, 8, 0, 0, 0, time.UTC)
	if kept, ok := p.Retention(sunday); !ok || kept.Rule != catalog.Monthly {
		t.Errorf("the first of the day: %+v", kept)
	}
	if kept, ok := p.Retention(sunday.Add(4 * time.Hour)); !ok || kept.Rule != catalog.Daily || !kept.Until.Equal(sunday.Add(4*time.Hour).AddDate(0, 0, 30)) {
		t.Errorf("the second of the day: %+v", kept)
	}
	if kept, ok := weekly().Retention(sunday.AddDate(0, 0, 2)); ok {
		t.Errorf("no rule keeps a Tuesday: %+v", kept)
	}
}
