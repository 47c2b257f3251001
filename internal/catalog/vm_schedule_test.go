package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// naive are the times of backups found by asking of every half hour whether there is one. offset is the policy's zone.
func naive(p catalog.VMPolicy, offset time.Duration, after, until time.Time) []time.Time {
	var hour, minute int
	if _, err := fmt.Sscanf(p.Schedule.Time, "%d:%d", &hour, &minute); err != nil {
		panic(err)
	}
	var due []time.Time
	for at := after.Truncate(30 * time.Minute); !at.After(until); at = at.Add(30 * time.Minute) {
		if !at.After(after) {
			continue
		}
		// The start of the schedule's day is today's or, for an hourly one that goes on past midnight, yesterday's.
		for _, back := range []int{0, 1} {
			local := at.Add(offset).AddDate(0, 0, -back)
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
	t.Parallel()
	// The standard offsets, which hold in summer too.
	zones := map[string]time.Duration{
		"": 0, "UTC": 0, "China Standard Time": 8 * time.Hour, "Asia/Kolkata": 5*time.Hour + 30*time.Minute,
		"Pacific Standard Time": -8 * time.Hour, "GMT Standard Time": 0, "Europe/Dublin": 0, "Morocco Standard Time": 0,
		"AUS Eastern Standard Time": 10 * time.Hour, "Lord Howe Standard Time": 10*time.Hour + 30*time.Minute,
		"Pacific SA Standard Time": -4 * time.Hour, "Newfoundland Standard Time": -3*time.Hour - 30*time.Minute,
		"Line Islands Standard Time": 14 * time.Hour, "Dateline Standard Time": -12 * time.Hour,
	}
	random := rand.New(rand.NewPCG(1, 2))
	for zone, offset := range zones {
		for range 30 {
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
			after := time.Date(2024+random.IntN(3), 1, 1, 0, 0, random.IntN(366*24*60*60), 0, time.UTC)
			until := after.Add(time.Duration(random.IntN(20*24*60)) * time.Minute)
			want, got := naive(p, offset, after, until), p.Occurrences(after, until)
			if !slices.EqualFunc(want, got, time.Time.Equal) {
				t.Fatalf("%+v in %s, after %s until %s:\n got %v\nwant %v", p.Schedule, zone, after, until, got, want)
			}
		}
	}
}

func TestOccurrences_hourlyWindow(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		time               string
		interval, duration int
		want               []string // day and time of those due in the two days after the first
	}{
		"within the day":     {"08:00", 4, 12, []string{"1 08:00", "1 12:00", "1 16:00", "1 20:00", "2 08:00", "2 12:00", "2 16:00", "2 20:00"}},
		"shortest":           {"08:00", 4, 4, []string{"1 08:00", "1 12:00", "2 08:00", "2 12:00"}},
		"past midnight":      {"21:30", 6, 12, []string{"1 03:30", "1 09:30", "1 21:30", "2 03:30", "2 09:30", "2 21:30"}},
		"around the clock":   {"08:00", 8, 24, []string{"1 00:00", "1 08:00", "1 16:00", "2 00:00", "2 08:00", "2 16:00"}},
		"twice a day":        {"00:30", 12, 12, []string{"1 00:30", "1 12:30", "2 00:30", "2 12:30"}},
		"end between others": {"08:00", 4, 23, []string{"1 00:00", "1 04:00", "1 08:00", "1 12:00", "1 16:00", "1 20:00", "2 00:00", "2 04:00", "2 08:00", "2 12:00", "2 16:00", "2 20:00"}},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			p := enhanced()
			p.TimeZone = "UTC"
			p.Schedule.Time, p.Schedule.HourInterval, p.Schedule.HourDuration = tt.time, tt.interval, tt.duration
			day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
			var got []string
			for _, at := range p.Occurrences(day.Add(-1), day.AddDate(0, 0, 2).Add(-1)) {
				got = append(got, at.Format("2 15:04"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Half a century is as exact as a day.
func TestOccurrences_decades(t *testing.T) {
	t.Parallel()
	p := weekly()
	p.TimeZone = "Pacific Standard Time"
	from, until := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)
	due := p.Occurrences(from, until)
	for i, at := range due {
		// 23:00 on Sunday and Monday is 07:00 on Monday and Tuesday in UTC.
		if day := at.Weekday(); at.Format("15:04") != "07:00" || day != time.Monday && day != time.Tuesday {
			t.Fatalf("%s, a %s", at, day)
		}
		if i > 0 && due[i-1].Weekday() == at.Weekday() {
			t.Fatalf("%s follows %s", at, due[i-1])
		}
	}
	const mondaysAndTuesdays = 2 * 2609 // of the 18263 days from a Saturday on
	if len(due) != mondaysAndTuesdays {
		t.Errorf("%d backups, want %d", len(due), mondaysAndTuesdays)
	}
}

func TestOccurrences_ends(t *testing.T) {
	t.Parallel()
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
