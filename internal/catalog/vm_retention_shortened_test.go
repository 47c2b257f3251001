package catalog_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// kept is a policy with counts of days, weeks, months and years; 0 is no such rule.
func kept(days, weeks, months, years int) catalog.VMPolicy {
	var p catalog.VMPolicy
	if days > 0 {
		p.Daily = &catalog.DailyRetention{Count: days}
	}
	if weeks > 0 {
		p.Weekly = &catalog.WeeklyRetention{Count: weeks, Weekdays: []string{"Sunday"}}
	}
	if months > 0 {
		p.Monthly = &catalog.MonthlyRetention{Count: months, MonthDays: catalog.MonthDays{Days: []int{1}}}
	}
	if years > 0 {
		p.Yearly = &catalog.YearlyRetention{Count: years, Months: []string{"January"}, MonthDays: catalog.MonthDays{Days: []int{1}}}
	}
	return p
}

func TestShortensRetention(t *testing.T) {
	t.Parallel()
	otherDays := kept(30, 12, 0, 0)
	otherDays.Weekly.Weekdays = []string{"Monday"}
	otherDays.Schedule = catalog.VMSchedule{Frequency: catalog.Daily, Time: "04:00"}
	otherDays.InstantRestoreDays = 1
	for name, c := range map[string]struct {
		before, after catalog.VMPolicy
		unknown       []string
		want          []catalog.PolicyProblem
	}{
		"the same":                        {before: kept(30, 12, 6, 2), after: kept(30, 12, 6, 2)},
		"all longer":                      {before: kept(30, 12, 6, 2), after: kept(31, 13, 7, 3)},
		"a rule more":                     {before: kept(30, 0, 0, 0), after: kept(30, 12, 6, 2)},
		"other days and another schedule": {before: kept(30, 12, 0, 0), after: otherDays},
		"all shorter": {
			before: kept(30, 12, 6, 2), after: kept(29, 11, 5, 1),
			want: []catalog.PolicyProblem{
				{Field: "retention_daily.count", Message: "retention_daily goes from 30 days to 29 days"},
				{Field: "retention_weekly.count", Message: "retention_weekly goes from 12 weeks to 11 weeks"},
				{Field: "retention_monthly.count", Message: "retention_monthly goes from 6 months to 5 months"},
				{Field: "retention_yearly.count", Message: "retention_yearly goes from 2 years to 1 year"},
			},
		},
		"rules removed": {
			before: kept(30, 12, 6, 1), after: kept(30, 0, 0, 0),
			want: []catalog.PolicyProblem{
				{Field: "retention_weekly", Message: "retention_weekly is removed, which keeps recovery points for 12 weeks"},
				{Field: "retention_monthly", Message: "retention_monthly is removed, which keeps recovery points for 6 months"},
				{Field: "retention_yearly", Message: "retention_yearly is removed, which keeps recovery points for 1 year"},
			},
		},
		"one shorter and one longer": {
			before: kept(30, 12, 0, 0), after: kept(20, 52, 0, 0),
			want: []catalog.PolicyProblem{{Field: "retention_daily.count", Message: "retention_daily goes from 30 days to 20 days"}},
		},
		"every point is kept as long as the removed rule did": {before: kept(7, 4, 0, 0), after: kept(28, 0, 0, 0)},
		"every point is kept a day less than the shortened rule did": {
			before: kept(7, 4, 0, 0), after: kept(27, 3, 0, 0),
			want: []catalog.PolicyProblem{{Field: "retention_weekly.count", Message: "retention_weekly goes from 4 weeks to 3 weeks"}},
		},
		"a month may have 31 days": {
			before: kept(7, 0, 1, 0), after: kept(30, 0, 0, 0),
			want: []catalog.PolicyProblem{{Field: "retention_monthly", Message: "retention_monthly is removed, which keeps recovery points for 1 month"}},
		},
		"an unknown count": {before: kept(30, 12, 0, 0), after: kept(30, 0, 0, 0), unknown: []string{"retention_weekly.count"}},
		"an unknown rule":  {before: kept(30, 12, 0, 0), after: kept(30, 0, 0, 0), unknown: []string{"retention_weekly"}},
		"the retention of every point is unknown": {
			before: kept(30, 12, 0, 0), after: kept(0, 4, 0, 0), unknown: []string{"retention_daily"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unknown := func(field string) bool { return slices.Contains(c.unknown, field) }
			if d := cmp.Diff(c.want, c.after.ShortensRetention(c.before, unknown)); d != "" {
				t.Error(d)
			}
		})
	}
	if got := kept(7, 0, 0, 0).ShortensRetention(kept(8, 0, 0, 0), nil); len(got) != 1 {
		t.Errorf("nothing unknown: %v", got)
	}
}
