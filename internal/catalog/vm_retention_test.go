package catalog_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// ofMonth are the days of a month, found by asking each whether it still is one.
func ofMonth(year int, month time.Month) []time.Time {
	var days []time.Time
	for day := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC); day.Month() == month; day = day.Add(24 * time.Hour) {
		days = append(days, day)
	}
	return days
}

// chosen are the days of a month that d chooses, as a calendar on the wall shows them.
func chosen(d catalog.MonthDays, year int, month time.Month) []int {
	days := ofMonth(year, month)
	var found []int
	for i, day := range days {
		if slices.Contains(d.Days, i+1) || d.LastDay && i == len(days)-1 {
			found = append(found, i+1)
		}
		var same []int // the days of the month on this day of the week
		for j, other := range days {
			if other.Weekday() == day.Weekday() {
				same = append(same, j)
			}
		}
		for nth, j := range same {
			week := slices.Contains(d.Weeks, []string{"First", "Second", "Third", "Fourth", ""}[nth]) ||
				slices.Contains(d.Weeks, "Last") && nth == len(same)-1
			if j == i && week && slices.Contains(d.Weekdays, day.Weekday().String()) {
				found = append(found, i+1)
			}
		}
	}
	return found
}

// inMonths counts months up one by one, and keeps to the end of the one it comes to.
func inMonths(t time.Time, n int) time.Time {
	year, month := t.Year(), t.Month()
	for range n {
		if month++; month > time.December {
			year, month = year+1, time.January
		}
	}
	day := min(t.Day(), len(ofMonth(year, month)))
	return time.Date(year, month, day, t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// naiveRetention asks every rule, of a time that is told as the policy's clock shows it.
func naiveRetention(p catalog.VMPolicy, local time.Time) (until time.Time, rule string) {
	first := p.Schedule.Frequency != catalog.Hourly || local.Format("15:04") == p.Schedule.Time
	longer := func(name string, end time.Time) {
		if !end.Before(until) {
			until, rule = end, name
		}
	}
	if p.Daily != nil {
		longer("Daily", local.Add(time.Duration(p.Daily.Count)*24*time.Hour))
	}
	if p.Weekly != nil && first && slices.Contains(p.Weekly.Weekdays, local.Weekday().String()) {
		longer("Weekly", local.Add(time.Duration(p.Weekly.Count)*7*24*time.Hour))
	}
	if p.Monthly != nil && first && slices.Contains(chosen(p.Monthly.MonthDays, local.Year(), local.Month()), local.Day()) {
		longer("Monthly", inMonths(local, p.Monthly.Count))
	}
	if p.Yearly != nil && first && slices.Contains(p.Yearly.Months, local.Month().String()) &&
		slices.Contains(chosen(p.Yearly.MonthDays, local.Year(), local.Month()), local.Day()) {
		longer("Yearly", inMonths(local, 12*p.Yearly.Count))
	}
	return until, rule
}

// some returns some of the words, one at least.
func some[T any](random *rand.Rand, all []T) []T {
	all = slices.Clone(all)
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+random.IntN(len(all))]
}

func anyMonthDays(random *rand.Rand) catalog.MonthDays {
	if random.IntN(2) == 0 {
		return catalog.MonthDays{Weekdays: some(random, catalog.Weekdays()), Weeks: some(random, catalog.Weeks())}
	}
	return catalog.MonthDays{Days: some(random, []int{1, 2, 7, 8, 15, 27, 28, 29, 30, 31}), LastDay: random.IntN(2) == 0}
}

// The retention of every backup of some years, by policies that chance makes, is compared with what asking each rule of
// each day gives.
func TestRetention_asCountedNaively(t *testing.T) {
	t.Parallel()
	zones := map[string]time.Duration{
		"UTC": 0, "China Standard Time": 8 * time.Hour, "America/St_Johns": -3*time.Hour - 30*time.Minute,
		"Line Islands Standard Time": 14 * time.Hour, "W. Europe Standard Time": time.Hour,
	}
	random := rand.New(rand.NewPCG(3, 4))
	for zone, offset := range zones {
		for range 8 {
			p := []func() catalog.VMPolicy{standard, weekly, enhanced}[random.IntN(3)]()
			p.TimeZone = zone
			p.Schedule.Time = []string{"00:00", "04:30", "20:00"}[random.IntN(3)]
			if p.Daily != nil {
				p.Daily.Count = 7 + random.IntN(60)
			}
			if p.Weekly != nil || random.IntN(2) == 0 {
				p.Weekly = &catalog.WeeklyRetention{Count: 1 + random.IntN(20), Weekdays: some(random, catalog.Weekdays())}
			}
			if random.IntN(2) == 0 {
				p.Monthly = &catalog.MonthlyRetention{Count: 1 + random.IntN(30), MonthDays: anyMonthDays(random)}
			}
			if random.IntN(2) == 0 {
				p.Yearly = &catalog.YearlyRetention{
					Count: 1 + random.IntN(5), Months: some(random, catalog.Months()), MonthDays: anyMonthDays(random),
				}
			}
			from := time.Date(2023, 12, 25, 0, 0, 0, 0, time.UTC) // a leap year is ahead
			for _, at := range p.Occurrences(from, from.AddDate(1, 3, 0)) {
				until, rule := naiveRetention(p, at.Add(offset))
				got, ok := p.Retention(at)
				if ok != (rule != "") || got.Rule != rule || ok && !got.Until.Equal(until.Add(-offset)) {
					t.Fatalf("%+v (%+v, %+v, %+v, %+v)\nat %s: %s by %q, want %s by %q",
						p.Schedule, p.Daily, p.Weekly, p.Monthly, p.Yearly, at, got.Until, got.Rule, until.Add(-offset), rule)
				}
			}
		}
	}
}

// Cases worked out by hand.
func TestRetention(t *testing.T) {
	t.Parallel()
	lastDay := catalog.MonthDays{LastDay: true}
	tests := map[string]struct {
		policy      catalog.VMPolicy
		at          string
		until, rule string // "" for not kept
	}{
		"daily": {standard(), "2026-05-01T23:00:00Z", "2026-05-31T23:00:00Z", "Daily"},
		"weekly, the longer of equals": {
			catalog.VMPolicy{Daily: &catalog.DailyRetention{Count: 14}, Weekly: &catalog.WeeklyRetention{Count: 2, Weekdays: []string{"Friday"}}},
			"2026-05-01T23:00:00Z", "2026-05-15T23:00:00Z", "Weekly",
		},
		"monthly, the longer of equals": {
			catalog.VMPolicy{Daily: &catalog.DailyRetention{Count: 30}, Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: lastDay}},
			"2026-04-30T23:00:00Z", "2026-05-30T23:00:00Z", "Monthly",
		},
		"yearly, the longer of equals": {
			catalog.VMPolicy{
				Monthly: &catalog.MonthlyRetention{Count: 12, MonthDays: lastDay},
				Yearly:  &catalog.YearlyRetention{Count: 1, Months: []string{"April"}, MonthDays: lastDay},
			},
			"2026-04-30T23:00:00Z", "2027-04-30T23:00:00Z", "Yearly",
		},
		"the longest, not the last": {
			catalog.VMPolicy{Daily: &catalog.DailyRetention{Count: 100}, Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: lastDay}},
			"2026-04-30T23:00:00Z", "2026-08-08T23:00:00Z", "Daily",
		},
		"a month that is too short": {
			catalog.VMPolicy{Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: lastDay}}, "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z", "Monthly",
		},
		"a leap day": {
			catalog.VMPolicy{Yearly: &catalog.YearlyRetention{Count: 1, Months: []string{"February"}, MonthDays: lastDay}},
			"2028-02-29T23:00:00Z", "2029-02-28T23:00:00Z", "Yearly",
		},
		"no 30 February": {
			catalog.VMPolicy{Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Days: []int{30}}}}, "2026-02-28T23:00:00Z", "", "",
		},
		"the last Friday, not the fifth": {
			catalog.VMPolicy{Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Weekdays: []string{"Friday"}, Weeks: []string{"Last"}}}},
			"2026-02-27T23:00:00Z", "2026-03-27T23:00:00Z", "Monthly",
		},
		"the fifth Friday is the last": {
			catalog.VMPolicy{Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Weekdays: []string{"Friday"}, Weeks: []string{"Last"}}}},
			"2026-05-29T23:00:00Z", "2026-06-29T23:00:00Z", "Monthly",
		},
		"the day is that of the policy's zone": {
			catalog.VMPolicy{TimeZone: "China Standard Time", Weekly: &catalog.WeeklyRetention{Count: 1, Weekdays: []string{"Saturday"}}},
			"2026-05-01T20:00:00Z", "2026-05-08T20:00:00Z", "Weekly",
		},
		"months are counted in the policy's zone": { // from 1 March 04:00 to 1 April 04:00
			catalog.VMPolicy{TimeZone: "China Standard Time", Monthly: &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Days: []int{1}}}},
			"2026-02-28T20:00:00Z", "2026-03-31T20:00:00Z", "Monthly",
		},
		"first of the day":    {everything(), "2026-05-03T00:00:00Z", "2027-05-03T00:00:00Z", "Monthly"}, // 08:00 in China
		"another of the day":  {everything(), "2026-05-03T04:00:00Z", "2026-06-02T04:00:00Z", "Daily"},
		"no rule for the day": {weekly(), "2026-05-05T23:00:00Z", "", ""},
		"no zone":             {catalog.VMPolicy{TimeZone: "Nowhere", Daily: &catalog.DailyRetention{Count: 7}}, "2026-05-01T23:00:00Z", "", ""},
		"summer time does not move a day's end": {
			catalog.VMPolicy{TimeZone: "W. Europe Standard Time", Daily: &catalog.DailyRetention{Count: 7}},
			"2026-03-27T22:00:00Z", "2026-04-03T22:00:00Z", "Daily",
		},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			kept, ok := tt.policy.Retention(at)
			until := ""
			if ok {
				until = kept.Until.Format(time.RFC3339)
			}
			if ok != (tt.rule != "") || kept.Rule != tt.rule || until != tt.until {
				t.Errorf("until %s by %q, want %s by %q", until, kept.Rule, tt.until, tt.rule)
			}
		})
	}
}
