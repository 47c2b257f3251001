package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// standard, weekly and enhanced are valid policies, which the tests break in one place each.
func standard() catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC",
		Schedule: catalog.VMSchedule{Frequency: catalog.Daily, Time: "23:00"},
		Daily:    &catalog.DailyRetention{Count: 30},
	}
}

func weekly() catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC",
		Schedule: catalog.VMSchedule{Frequency: catalog.Weekly, Time: "23:00", Weekdays: []string{"Sunday", "Monday"}},
		Weekly:   &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Monday", "Sunday"}},
	}
}

func enhanced() catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV2, TimeZone: "China Standard Time",
		Schedule: catalog.VMSchedule{Frequency: catalog.Hourly, Time: "08:00", HourInterval: 4, HourDuration: 12},
		Daily:    &catalog.DailyRetention{Count: 30},
	}
}

func everything() catalog.VMPolicy {
	p := enhanced()
	p.InstantRestoreDays = 7
	p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "snapshots-", Suffix: "-rg"}
	p.SnapshotConsistency = catalog.SnapshotCrashConsistent
	p.Weekly = &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Sunday"}}
	p.Monthly = &catalog.MonthlyRetention{Count: 12, MonthDays: catalog.MonthDays{Weekdays: []string{"Sunday"}, Weeks: []string{"First", "Last"}}}
	p.Yearly = &catalog.YearlyRetention{Count: 7, Months: []string{"January"}, MonthDays: catalog.MonthDays{Days: []int{1, 31}, LastDay: true}}
	p.Archive = &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 3, DurationType: "Months"}
	return p
}

func TestVMPolicyCheck_valid(t *testing.T) {
	weeklyByWeek := weekly()
	weeklyByWeek.Monthly = &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Weekdays: []string{"Monday"}, Weeks: []string{"Last"}}}
	weeklyByWeek.InstantRestoreDays = 5
	recommended := everything()
	recommended.Archive = &catalog.ArchiveTiering{Mode: catalog.TierRecommended}
	for name, p := range map[string]catalog.VMPolicy{
		"standard": standard(), "weekly": weekly(), "weekly by week": weeklyByWeek, "enhanced": enhanced(), "everything": everything(), "recommended": recommended,
	} {
		if problems := p.Check(nil); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// brokenPolicies break one rule each: the field at fault, and what the message says.
var brokenPolicies = []struct {
	name   string
	policy func() catalog.VMPolicy
	change func(*catalog.VMPolicy)
	field  string
	says   []string
}{
	{"type", standard, func(p *catalog.VMPolicy) { p.Type = "V3" }, "policy_type", []string{`"V3"`, "V1, V2"}},
	{"type in another case", standard, func(p *catalog.VMPolicy) { p.Type = "v1" }, "policy_type", []string{`did you mean "V1"?`}},
	{"zone", standard, func(p *catalog.VMPolicy) { p.TimeZone = "China Standrad Time" }, "timezone", []string{`did you mean "China Standard Time"?`}},
	{"frequency", standard, func(p *catalog.VMPolicy) { p.Schedule.Frequency = "Monthly" }, "backup.frequency", []string{"Hourly, Daily, Weekly"}},
	{"hourly standard", enhanced, func(p *catalog.VMPolicy) { p.Type = catalog.PolicyV1 }, "backup.frequency", []string{`policy_type = "V2"`}},
	{"no time", standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "" }, "backup.time", []string{"such as \"23:00\""}},
	{"time without a zero", standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "7:00" }, "backup.time", []string{`"7:00" is not a time of day`}},
	{"quarter past", standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "23:15" }, "backup.time", []string{`"23:00" and "23:30"`}},
	{"hour 24", standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "24:00" }, "backup.time", []string{"not a time of day"}},
	{"weekly without days", weekly, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = nil }, "backup.weekdays", []string{"needs weekdays", "Sunday, Monday"}},
	{"daily with days", standard, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"Monday"} }, "backup.weekdays", []string{"the frequency is Daily"}},
	{"weekday in another case", weekly, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"monday", "Sunday"} }, "backup.weekdays", []string{`did you mean "Monday"?`}},
	{"weekday twice", weekly, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"Monday", "Sunday", "Monday"} }, "backup.weekdays", []string{"twice"}},
	{"interval missing", enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 0 }, "backup.hour_interval", []string{"needs hour_interval"}},
	{"interval", enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval, p.Schedule.HourDuration = 5, 10 }, "backup.hour_interval", []string{"4, 6, 8 and 12"}},
	{"interval of a daily", standard, func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 4 }, "backup.hour_interval", []string{"the frequency is Daily"}},
	{"duration missing", enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 0 }, "backup.hour_duration", []string{"needs hour_duration"}},
	{"duration", enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 28 }, "backup.hour_duration", []string{"4 to 24"}},
	{"duration no multiple", enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 10 }, "backup.hour_duration", []string{"not a multiple of hour_interval, 4"}},
	{"duration of a daily", standard, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 4 }, "backup.hour_duration", []string{"the frequency is Daily"}},
	{"snapshots V1", standard, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 6 }, "instant_restore_retention_days", []string{"1 to 5"}},
	{"snapshots V2", enhanced, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 31 }, "instant_restore_retention_days", []string{"1 to 30"}},
	{"snapshots weekly", weekly, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 2 }, "instant_restore_retention_days", []string{"weekly schedule has 5"}},
	{"group without prefix", standard, func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Suffix: "x"} }, "instant_restore_resource_group.prefix", []string{"empty"}},
	{"group", standard, func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "a b"} }, "instant_restore_resource_group.prefix", []string{"resource group"}},
	{"consistency", enhanced, func(p *catalog.VMPolicy) { p.SnapshotConsistency = "AppConsistent" }, "snapshot_consistency_type", []string{catalog.SnapshotCrashConsistent}},
	{"consistency V1", standard, func(p *catalog.VMPolicy) { p.SnapshotConsistency = catalog.SnapshotCrashConsistent }, "snapshot_consistency_type", []string{`policy_type = "V2"`}},
	{"daily missing", standard, func(p *catalog.VMPolicy) { p.Daily = nil }, "retention_daily", []string{"Daily needs retention_daily"}},
	{"daily of a weekly", weekly, func(p *catalog.VMPolicy) { p.Daily = &catalog.DailyRetention{Count: 7} }, "retention_daily", []string{"set retention_weekly"}},
	{"daily short", standard, func(p *catalog.VMPolicy) { p.Daily.Count = 6 }, "retention_daily.count", []string{"7 to 9999 days"}},
	{"daily long", standard, func(p *catalog.VMPolicy) { p.Daily.Count = 10000 }, "retention_daily.count", []string{"7 to 9999 days"}},
	{"weekly missing", weekly, func(p *catalog.VMPolicy) { p.Weekly = nil }, "retention_weekly", []string{"needs retention_weekly"}},
	{"weekly long", weekly, func(p *catalog.VMPolicy) { p.Weekly.Count = 5164 }, "retention_weekly.count", []string{"1 to 5163 weeks"}},
	{"weekly no days", everything, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = nil }, "retention_weekly.weekdays", []string{"needs weekdays"}},
	{"weekly word", everything, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = []string{"Sunny"} }, "retention_weekly.weekdays", []string{`"Sunny"`}},
	{"weekly other days", weekly, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = []string{"Monday"} }, "retention_weekly.weekdays", []string{"those of backup: Sunday, Monday"}},
	{"monthly long", everything, func(p *catalog.VMPolicy) { p.Monthly.Count = 1189 }, "retention_monthly.count", []string{"1 to 1188 months"}},
	{"monthly no days", everything, func(p *catalog.VMPolicy) { p.Monthly.MonthDays = catalog.MonthDays{} }, "retention_monthly", []string{"needs the days"}},
	{"monthly both", everything, func(p *catalog.VMPolicy) { p.Monthly.Days = []int{1} }, "retention_monthly", []string{"not both"}},
	{"monthly no weeks", everything, func(p *catalog.VMPolicy) { p.Monthly.Weeks = nil }, "retention_monthly.weeks", []string{"First, Second, Third, Fourth, Last"}},
	{"monthly no weekdays", everything, func(p *catalog.VMPolicy) { p.Monthly.Weekdays = nil }, "retention_monthly.weekdays", []string{"weeks need weekdays"}},
	{"monthly week", everything, func(p *catalog.VMPolicy) { p.Monthly.Weeks = []string{"Fifth"} }, "retention_monthly.weeks", []string{`"Fifth"`}},
	{"monthly by date of a weekly", weekly, func(p *catalog.VMPolicy) {
		p.Monthly = &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{LastDay: true}}
	}, "retention_monthly", []string{"by week: set weekdays and weeks"}},
	{"monthly without a backup", weekly, func(p *catalog.VMPolicy) {
		p.Monthly = &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Weekdays: []string{"Friday"}, Weeks: []string{"First"}}}
	}, "retention_monthly.weekdays", []string{"no backup on Friday"}},
	{"yearly long", everything, func(p *catalog.VMPolicy) { p.Yearly.Count = 100 }, "retention_yearly.count", []string{"1 to 99 years"}},
	{"yearly no months", everything, func(p *catalog.VMPolicy) { p.Yearly.Months = nil }, "retention_yearly.months", []string{"needs months"}},
	{"yearly month", everything, func(p *catalog.VMPolicy) { p.Yearly.Months = []string{"january"} }, "retention_yearly.months", []string{`did you mean "January"?`}},
	{"yearly day", everything, func(p *catalog.VMPolicy) { p.Yearly.Days = []int{32} }, "retention_yearly.days", []string{"1 to 31", "include_last_days"}},
	{"yearly day 0", everything, func(p *catalog.VMPolicy) { p.Yearly.Days = []int{0} }, "retention_yearly.days", []string{"1 to 31"}},
	{"yearly day twice", everything, func(p *catalog.VMPolicy) { p.Yearly.Days = []int{5, 5} }, "retention_yearly.days", []string{"5 twice"}},
	{"archive mode", everything, func(p *catalog.VMPolicy) {
		p.Archive.Mode, p.Archive.DurationType, p.Archive.Duration = "Always", "", 0
	}, "tiering_policy.archived_restore_point.mode", []string{"TierAfter, TierRecommended"}},
	{"archive without duration", everything, func(p *catalog.VMPolicy) { p.Archive.Duration = 0 }, "tiering_policy.archived_restore_point.duration", []string{"at least 3 months"}},
	{"archive duration", everything, func(p *catalog.VMPolicy) { p.Archive.Mode, p.Archive.DurationType = catalog.TierRecommended, "" }, "tiering_policy.archived_restore_point.duration", []string{"has no duration"}},
	{"archive unit", everything, func(p *catalog.VMPolicy) { p.Archive.DurationType = "Hours" }, "tiering_policy.archived_restore_point.duration_type", []string{"Days, Weeks, Months, Years"}},
	{"archive unit unasked", everything, func(p *catalog.VMPolicy) { p.Archive.Mode, p.Archive.Duration = catalog.TierRecommended, 0 }, "tiering_policy.archived_restore_point.duration_type", []string{"no duration type"}},
	{"archive of short retention", everything, func(p *catalog.VMPolicy) { p.Yearly, p.Monthly.Count = nil, 8 }, "tiering_policy.archived_restore_point", []string{"at least 9"}},
}

func TestVMPolicyCheck_broken(t *testing.T) {
	for _, test := range brokenPolicies {
		t.Run(test.name, func(t *testing.T) {
			p := test.policy()
			test.change(&p)
			problems := p.Check(nil)
			if len(problems) != 1 || problems[0].Field != test.field {
				t.Fatalf("got %v, want one problem of %s", problems, test.field)
			}
			for _, say := range test.says {
				if !strings.Contains(problems[0].Message, say) {
					t.Errorf("%q does not say %q", problems[0].Message, say)
				}
			}
			// Nothing is said of what is not known yet, be it the attribute or what it is in.
			around := test.field
			for {
				if got := p.Check(func(field string) bool { return field == around }); len(got) > 0 {
					t.Errorf("with %s unknown: %v", around, got)
				}
				i := strings.LastIndexByte(around, '.')
				if i < 0 {
					break
				}
				around = around[:i]
			}
		})
	}
}

// Every rule that reads something has a test that breaks it: the fields at fault are all there.
func TestVMPolicyCheck_everyFieldIsTested(t *testing.T) {
	tested := map[string]bool{}
	for _, test := range brokenPolicies {
		tested[test.field] = true
	}
	for _, field := range []string{
		"policy_type", "timezone", "backup.frequency", "backup.time", "backup.weekdays", "backup.hour_interval", "backup.hour_duration",
		"instant_restore_retention_days", "instant_restore_resource_group.prefix", "snapshot_consistency_type", "retention_daily", "retention_daily.count",
		"retention_weekly", "retention_weekly.count", "retention_weekly.weekdays", "retention_monthly", "retention_monthly.count", "retention_monthly.weekdays",
		"retention_monthly.weeks", "retention_yearly.count", "retention_yearly.months", "retention_yearly.days", "tiering_policy.archived_restore_point",
	} {
		if !tested[field] {
			t.Errorf("no test breaks a rule of %s", field)
		}
	}
}

func TestVMPolicyDefaultInstantRestoreDays(t *testing.T) {
	for name, test := range map[string]struct {
		policy catalog.VMPolicy
		want   int
	}{"standard": {standard(), 2}, "weekly": {weekly(), 5}, "enhanced": {enhanced(), 7}} {
		if got := test.policy.DefaultInstantRestoreDays(); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestCheckPolicyName(t *testing.T) {
	for _, name := range []string{"DefaultPolicy", "abc", "a-_!", strings.Repeat("a", 150)} {
		if err := catalog.CheckPolicyName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, says := range map[string]string{
		"": "empty", "ab": "2 characters", strings.Repeat("a", 151): "151 characters", "1daily": `starts with "1"`, "daily policy": `" " at position 6`,
	} {
		if err := catalog.CheckPolicyName(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", name, err, says)
		}
	}
	if lines := strings.Split(catalog.CheckPolicyName("1 ").Error(), "\n"); len(lines) != 3 {
		t.Errorf("three broken rules are said as %q", lines)
	}
}

func TestWords(t *testing.T) {
	if days := catalog.Weekdays(); len(days) != 7 || !slices.Contains(days, "Wednesday") {
		t.Error(days)
	}
	if months := catalog.Months(); len(months) != 12 || months[8] != "September" {
		t.Error(months)
	}
	catalog.Weeks()[0] = "changed"
	if catalog.Weeks()[0] != "First" {
		t.Error("the caller changes the words of others")
	}
}
