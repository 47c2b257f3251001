package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// policyFields are the fields that can be unknown, each with values that it may turn out to have.
var policyFields = map[string][]func(*catalog.VMPolicy){
	"policy_type": {
		func(p *catalog.VMPolicy) { p.Type = catalog.PolicyV1 },
		func(p *catalog.VMPolicy) { p.Type = catalog.PolicyV2 },
		func(p *catalog.VMPolicy) { p.Type = "V3" },
	},
	"timezone": {func(p *catalog.VMPolicy) { p.TimeZone = "Nowhere" }, func(p *catalog.VMPolicy) { p.TimeZone = "UTC" }},
	"backup": {
		func(p *catalog.VMPolicy) { p.Schedule = catalog.VMSchedule{} },
		func(p *catalog.VMPolicy) { p.Schedule = standard().Schedule },
		func(p *catalog.VMPolicy) { p.Schedule = weekly().Schedule },
		func(p *catalog.VMPolicy) { p.Schedule = enhanced().Schedule },
	},
	"backup.frequency": {
		func(p *catalog.VMPolicy) { p.Schedule.Frequency = catalog.Hourly },
		func(p *catalog.VMPolicy) { p.Schedule.Frequency = catalog.Daily },
		func(p *catalog.VMPolicy) { p.Schedule.Frequency = catalog.Weekly },
		func(p *catalog.VMPolicy) { p.Schedule.Frequency = "" },
	},
	"backup.time": {func(p *catalog.VMPolicy) { p.Schedule.Time = "" }, func(p *catalog.VMPolicy) { p.Schedule.Time = "01:00" }},
	"backup.weekdays": {
		func(p *catalog.VMPolicy) { p.Schedule.Weekdays = nil },
		func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"Friday"} },
		func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"friday"} },
	},
	"backup.hour_interval": {
		func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 0 },
		func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 5 },
		func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 8 },
	},
	"backup.hour_duration": {
		func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 0 },
		func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 3 },
	},
	"instant_restore_retention_days": {
		func(p *catalog.VMPolicy) { p.InstantRestoreDays = 2 },
		func(p *catalog.VMPolicy) { p.InstantRestoreDays = 99 },
	},
	"instant_restore_resource_group": {
		func(p *catalog.VMPolicy) { p.InstantRestoreGroup = nil },
		func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{} },
	},
	"instant_restore_resource_group.prefix": {
		func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "?"} },
		func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "a"} },
	},
	"instant_restore_resource_group.suffix": {
		func(p *catalog.VMPolicy) {
			p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "a", Suffix: "?"}
		},
		func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "a"} },
	},
	"retention_daily": {
		func(p *catalog.VMPolicy) { p.Daily = nil },
		func(p *catalog.VMPolicy) { p.Daily = &catalog.DailyRetention{Count: 1} },
	},
	"retention_daily.count": {func(p *catalog.VMPolicy) {
		if p.Daily != nil {
			p.Daily = &catalog.DailyRetention{}
		}
	}},
	"retention_weekly": {
		func(p *catalog.VMPolicy) { p.Weekly = nil },
		func(p *catalog.VMPolicy) { p.Weekly = &catalog.WeeklyRetention{} },
	},
	"retention_weekly.count":    {inWeekly(func(w *catalog.WeeklyRetention) { w.Count = 0 })},
	"retention_weekly.weekdays": {inWeekly(func(w *catalog.WeeklyRetention) { w.Weekdays = nil }), inWeekly(func(w *catalog.WeeklyRetention) { w.Weekdays = []string{"Friday"} })},
	"retention_monthly": {
		func(p *catalog.VMPolicy) { p.Monthly = nil },
		func(p *catalog.VMPolicy) { p.Monthly = &catalog.MonthlyRetention{} },
		func(p *catalog.VMPolicy) { p.Monthly = everything().Monthly },
	},
	"retention_monthly.count":             {inMonthly(func(m *catalog.MonthlyRetention) { m.Count = 0 }), inMonthly(func(m *catalog.MonthlyRetention) { m.Count = 99 })},
	"retention_monthly.weekdays":          {inMonthly(func(m *catalog.MonthlyRetention) { m.Weekdays = nil }), inMonthly(func(m *catalog.MonthlyRetention) { m.Weekdays = []string{"Friday"} })},
	"retention_monthly.weeks":             {inMonthly(func(m *catalog.MonthlyRetention) { m.Weeks = nil }), inMonthly(func(m *catalog.MonthlyRetention) { m.Weeks = []string{"Last"} })},
	"retention_monthly.days":              {inMonthly(func(m *catalog.MonthlyRetention) { m.Days = nil }), inMonthly(func(m *catalog.MonthlyRetention) { m.Days = []int{0} })},
	"retention_monthly.include_last_days": {inMonthly(func(m *catalog.MonthlyRetention) { m.LastDay = !m.LastDay })},
	"retention_yearly": {
		func(p *catalog.VMPolicy) { p.Yearly = nil },
		func(p *catalog.VMPolicy) { p.Yearly = &catalog.YearlyRetention{} },
		func(p *catalog.VMPolicy) { p.Yearly = everything().Yearly },
	},
	"retention_yearly.count":             {inYearly(func(y *catalog.YearlyRetention) { y.Count = 0 }), inYearly(func(y *catalog.YearlyRetention) { y.Count = 99 })},
	"retention_yearly.months":            {inYearly(func(y *catalog.YearlyRetention) { y.Months = nil }), inYearly(func(y *catalog.YearlyRetention) { y.Months = []string{"May"} })},
	"retention_yearly.weekdays":          {inYearly(func(y *catalog.YearlyRetention) { y.Weekdays = nil }), inYearly(func(y *catalog.YearlyRetention) { y.Weekdays = []string{"Friday"} })},
	"retention_yearly.weeks":             {inYearly(func(y *catalog.YearlyRetention) { y.Weeks = nil }), inYearly(func(y *catalog.YearlyRetention) { y.Weeks = []string{"Last"} })},
	"retention_yearly.days":              {inYearly(func(y *catalog.YearlyRetention) { y.Days = nil }), inYearly(func(y *catalog.YearlyRetention) { y.Days = []int{0} })},
	"retention_yearly.include_last_days": {inYearly(func(y *catalog.YearlyRetention) { y.LastDay = !y.LastDay })},
	"tiering_policy":                     {func(p *catalog.VMPolicy) { p.Archive = nil }, func(p *catalog.VMPolicy) { p.Archive = &catalog.ArchiveTiering{} }},
	"tiering_policy.archived_restore_point": {
		func(p *catalog.VMPolicy) { p.Archive = nil }, func(p *catalog.VMPolicy) { p.Archive = everything().Archive },
	},
	"tiering_policy.archived_restore_point.mode": {
		inArchive(func(a *catalog.ArchiveTiering) { a.Mode = "" }),
		inArchive(func(a *catalog.ArchiveTiering) { a.Mode = catalog.TierAfter }),
		inArchive(func(a *catalog.ArchiveTiering) { a.Mode = catalog.TierRecommended }),
	},
	"tiering_policy.archived_restore_point.duration": {
		inArchive(func(a *catalog.ArchiveTiering) { a.Duration = 0 }), inArchive(func(a *catalog.ArchiveTiering) { a.Duration = 9999 }),
	},
	"tiering_policy.archived_restore_point.duration_type": {
		inArchive(func(a *catalog.ArchiveTiering) { a.DurationType = "" }), inArchive(func(a *catalog.ArchiveTiering) { a.DurationType = "Days" }),
	},
	"snapshot_consistency_type": {
		func(p *catalog.VMPolicy) { p.SnapshotConsistency = "?" },
		func(p *catalog.VMPolicy) { p.SnapshotConsistency = catalog.SnapshotCrashConsistent },
	},
}

// A change of a part of a policy copies the part, and does nothing where there is none.

func inWeekly(change func(*catalog.WeeklyRetention)) func(*catalog.VMPolicy) {
	return func(p *catalog.VMPolicy) { p.Weekly = changed(p.Weekly, change) }
}

func inMonthly(change func(*catalog.MonthlyRetention)) func(*catalog.VMPolicy) {
	return func(p *catalog.VMPolicy) { p.Monthly = changed(p.Monthly, change) }
}

func inYearly(change func(*catalog.YearlyRetention)) func(*catalog.VMPolicy) {
	return func(p *catalog.VMPolicy) { p.Yearly = changed(p.Yearly, change) }
}

func inArchive(change func(*catalog.ArchiveTiering)) func(*catalog.VMPolicy) {
	return func(p *catalog.VMPolicy) { p.Archive = changed(p.Archive, change) }
}

func changed[T any](part *T, change func(*T)) *T {
	if part == nil {
		return nil
	}
	other := *part
	change(&other)
	return &other
}

// What is said while a field is unknown does not depend on its value: a rule that looks at it is left out.
func TestVMPolicyCheck_unknown(t *testing.T) {
	t.Parallel()
	policies := map[string]catalog.VMPolicy{
		"standard": standard(), "weekly": weekly(), "enhanced": enhanced(), "everything": everything(), "nothing": {},
	}
	for label, broken := range brokenPolicies() {
		policies[label] = broken.policy()
	}
	for field, values := range policyFields {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			unknown := func(f string) bool { return f == field }
			for label, p := range policies {
				said := p.Check(unknown)
				for i, change := range values {
					other := p
					change(&other)
					if diff := cmp.Diff(said, other.Check(unknown)); diff != "" {
						t.Errorf("%s, with value %d of what is unknown:\n%s", label, i, diff)
					}
				}
			}
		})
	}
}

// Every field at fault is one that can be unknown, with all that is around it, and nothing is said of it then.
func TestVMPolicyCheck_unknownAtFault(t *testing.T) {
	t.Parallel()
	for label, broken := range brokenPolicies() {
		if _, ok := policyFields[broken.field]; !ok {
			t.Errorf("%s: %s is not among the fields of the test", label, broken.field)
		}
		for around := broken.field; around != ""; {
			if said := broken.policy().Check(func(field string) bool { return field == around }); len(said) > 0 {
				t.Errorf("%s, with %s unknown: %v", label, around, said)
			}
			around = around[:max(0, strings.LastIndexByte(around, '.'))]
		}
	}
	if said := (catalog.VMPolicy{}).Check(func(string) bool { return true }); len(said) > 0 {
		t.Errorf("with everything unknown: %v", said)
	}
}
