package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var retentionRules = []vmPolicyRule{
	{reads("retention_daily", "backup.frequency"), func(p VMPolicy) error {
		switch {
		case p.Schedule.Frequency == Weekly && p.Daily != nil:
			return errors.New("a weekly schedule has no daily retention; remove retention_daily and set retention_weekly")
		case (p.Schedule.Frequency == Daily || p.Schedule.Frequency == Hourly) && p.Daily == nil:
			return fmt.Errorf("the frequency %s needs retention_daily, which says for how many days recovery points are kept",
				p.Schedule.Frequency)
		}
		return nil
	}},
	{reads("retention_daily.count"), func(p VMPolicy) error {
		if p.Daily == nil {
			return nil
		}
		return count("retention_daily", "days", p.Daily.Count, MinDailyCount, MaxDailyCount)
	}},
	{reads("retention_weekly", "backup.frequency"), func(p VMPolicy) error {
		if p.Schedule.Frequency == Weekly && p.Weekly == nil {
			return errors.New("a weekly schedule needs retention_weekly, which says for how many weeks recovery points are kept")
		}
		return nil
	}},
	{reads("retention_weekly.count"), func(p VMPolicy) error {
		if p.Weekly == nil {
			return nil
		}
		return count("retention_weekly", "weeks", p.Weekly.Count, 1, MaxWeeklyCount)
	}},
	{reads("retention_weekly.weekdays"), func(p VMPolicy) error {
		if p.Weekly == nil {
			return nil
		}
		if len(p.Weekly.Weekdays) == 0 {
			return errors.New("retention_weekly needs weekdays: the days whose recovery points are kept")
		}
		return words("weekdays", p.Weekly.Weekdays, weekdays)
	}},
	{reads("retention_weekly.weekdays", "backup.frequency", "backup.weekdays"), func(p VMPolicy) error {
		if p.Schedule.Frequency != Weekly || p.Weekly == nil || sameWords(p.Weekly.Weekdays, p.Schedule.Weekdays) {
			return nil
		}
		// What is wrong with the schedule's by themselves is said there.
		if len(p.Schedule.Weekdays) == 0 || words("weekdays", p.Schedule.Weekdays, weekdays) != nil {
			return nil
		}
		return fmt.Errorf("with a weekly schedule the weekdays of retention_weekly are those of backup: %s",
			strings.Join(p.Schedule.Weekdays, ", "))
	}},
	{reads("retention_monthly.count"), func(p VMPolicy) error {
		if p.Monthly == nil {
			return nil
		}
		return count("retention_monthly", "months", p.Monthly.Count, 1, MaxMonthlyCount)
	}},
	{reads("retention_yearly.count"), func(p VMPolicy) error {
		if p.Yearly == nil {
			return nil
		}
		return count("retention_yearly", "years", p.Yearly.Count, 1, MaxYearlyCount)
	}},
	{reads("retention_yearly.months"), func(p VMPolicy) error {
		switch {
		case p.Yearly == nil:
			return nil
		case len(p.Yearly.Months) == 0:
			return errors.New("retention_yearly needs months: the months whose recovery points are kept")
		}
		return words("months", p.Yearly.Months, months)
	}},
}

func count(attribute, unit string, n, least, most int) error {
	if n < least || n > most {
		return fmt.Errorf("the count of %s is %d; it is %d to %d %s", attribute, n, least, most, unit)
	}
	return nil
}

// monthRules are the rules for the days of a month, which monthly and yearly retention have in common.
func monthRules(attribute string, of func(VMPolicy) *MonthDays) []vmPolicyRule {
	field := func(name string) string { return attribute + "." + name }
	check := func(rule func(VMPolicy, MonthDays) error) func(VMPolicy) error {
		return func(p VMPolicy) error {
			days := of(p)
			if days == nil {
				return nil
			}
			return rule(p, *days)
		}
	}
	return []vmPolicyRule{
		{
			reads(attribute, field("days"), field("include_last_days"), field("weekdays"), field("weeks")),
			check(func(_ VMPolicy, d MonthDays) error {
				const formats = "by date (days, include_last_days) or by week (weekdays and weeks)"
				switch {
				case !d.ByDate() && !d.ByWeek():
					return fmt.Errorf("%s needs the days whose recovery points are kept, %s", attribute, formats)
				case d.ByDate() && d.ByWeek():
					return fmt.Errorf("%s chooses its days %s, not both", attribute, formats)
				}
				return nil
			}),
		},
		{
			reads(field("weekdays"), field("weeks")),
			check(func(_ VMPolicy, d MonthDays) error {
				if len(d.Weekdays) == 0 && len(d.Weeks) > 0 {
					return fmt.Errorf("weeks need weekdays: the days of those weeks, at least one of %s",
						strings.Join(weekdays, ", "))
				}
				return words("weekdays", d.Weekdays, weekdays)
			}),
		},
		{
			reads(field("weeks"), field("weekdays")),
			check(func(_ VMPolicy, d MonthDays) error {
				if len(d.Weeks) == 0 && len(d.Weekdays) > 0 {
					return fmt.Errorf("weekdays need weeks: which of the month's, at least one of %s", strings.Join(weeks, ", "))
				}
				return words("weeks", d.Weeks, weeks)
			}),
		},
		{
			reads(field("days")),
			check(func(_ VMPolicy, d MonthDays) error {
				const last = 31
				for i, day := range d.Days {
					if day < 1 || day > last {
						return fmt.Errorf("the days have %d; days of a month are 1 to %d, and the last day is "+
							"include_last_days = true", day, last)
					}
					if slices.Contains(d.Days[:i], day) {
						return fmt.Errorf("the days have %d twice", day)
					}
				}
				return nil
			}),
		},
		{
			reads(attribute, "backup.frequency", field("days"), field("include_last_days")),
			check(func(p VMPolicy, d MonthDays) error {
				if p.Schedule.Frequency == Weekly && d.ByDate() {
					return fmt.Errorf("with a weekly schedule %s chooses its days by week: set weekdays and weeks instead of "+
						"days and include_last_days", attribute)
				}
				return nil
			}),
		},
		{
			reads(field("weekdays"), "backup.frequency", "backup.weekdays"),
			check(func(p VMPolicy, d MonthDays) error {
				if p.Schedule.Frequency != Weekly || len(p.Schedule.Weekdays) == 0 {
					return nil
				}
				for _, day := range d.Weekdays {
					if slices.Contains(weekdays, day) && !slices.Contains(p.Schedule.Weekdays, day) {
						return fmt.Errorf("there is no backup on %s: the weekdays of %s are among those of backup, %s",
							day, attribute, strings.Join(p.Schedule.Weekdays, ", "))
					}
				}
				return nil
			}),
		},
	}
}

// sameWords compares sets.
func sameWords(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
