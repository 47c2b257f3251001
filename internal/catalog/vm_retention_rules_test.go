package catalog_test

import (
	"math"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// brokenRetentions break one rule each of those for retention and archive.
var brokenRetentions = map[string]brokenPolicy{
	"daily missing": {
		standard, func(p *catalog.VMPolicy) { p.Daily = nil },
		"retention_daily",
		"the frequency Daily needs retention_daily, which says for how many days recovery points are kept",
	},
	"daily of a weekly": {
		weekly, func(p *catalog.VMPolicy) { p.Daily = &catalog.DailyRetention{Count: 7} },
		"retention_daily",
		"a weekly schedule has no daily retention; remove retention_daily and set retention_weekly",
	},
	"daily short": {
		standard, func(p *catalog.VMPolicy) { p.Daily.Count = 6 },
		"retention_daily.count",
		"the count of retention_daily is 6; it is 7 to 9999 days",
	},
	"daily long": {
		standard, func(p *catalog.VMPolicy) { p.Daily.Count = 10000 },
		"retention_daily.count",
		"the count of retention_daily is 10000; it is 7 to 9999 days",
	},
	"weekly missing": {
		weekly, func(p *catalog.VMPolicy) { p.Weekly = nil },
		"retention_weekly",
		"a weekly schedule needs retention_weekly, which says for how many weeks recovery points are kept",
	},
	"weekly long": {
		weekly, func(p *catalog.VMPolicy) { p.Weekly.Count = 5164 },
		"retention_weekly.count",
		"the count of retention_weekly is 5164; it is 1 to 5163 weeks",
	},
	"weekly no days": {
		everything, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = nil },
		"retention_weekly.weekdays",
		"retention_weekly needs weekdays: the days whose recovery points are kept",
	},
	"weekly word": {
		everything, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = []string{"Sunny"} },
		"retention_weekly.weekdays",
		`one of the weekdays is "Sunny"; it is one of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, ` +
			"Saturday",
	},
	"weekly other days": {
		weekly, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = []string{"Monday"} },
		"retention_weekly.weekdays",
		"with a weekly schedule the weekdays of retention_weekly are those of backup: Sunday, Monday",
	},
	"monthly long": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Count = 1189 },
		"retention_monthly.count",
		"the count of retention_monthly is 1189; it is 1 to 1188 months",
	},
	"monthly no days": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.MonthDays = catalog.MonthDays{} },
		"retention_monthly",
		"retention_monthly needs the days whose recovery points are kept, by date (days, include_last_days) " +
			"or by week (weekdays and weeks)",
	},
	"monthly both": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Days = []int{1} },
		"retention_monthly",
		"retention_monthly chooses its days by date (days, include_last_days) or by week (weekdays and " +
			"weeks), not both",
	},
	"monthly no weeks": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Weeks = nil },
		"retention_monthly.weeks",
		"weekdays need weeks: which of the month's, at least one of First, Second, Third, Fourth, Last",
	},
	"monthly no weekdays": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Weekdays = nil },
		"retention_monthly.weekdays",
		"weeks need weekdays: the days of those weeks, at least one of Sunday, Monday, Tuesday, Wednesday, " +
			"Thursday, Friday, Saturday",
	},
	"monthly week": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Weeks = []string{"Fifth"} },
		"retention_monthly.weeks",
		`one of the weeks is "Fifth"; it is one of First, Second, Third, Fourth, Last`,
	},
	"monthly by date of a weekly": {
		weekly, func(p *catalog.VMPolicy) {
			p.Monthly = &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{LastDay: true}}
		},
		"retention_monthly",
		"with a weekly schedule retention_monthly chooses its days by week: set weekdays and weeks instead " +
			"of days and include_last_days",
	},
	"monthly without a backup": {
		weekly, func(p *catalog.VMPolicy) {
			p.Monthly = &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Weekdays: []string{"Friday"}, Weeks: []string{"First"}}}
		},
		"retention_monthly.weekdays",
		"there is no backup on Friday: the weekdays of retention_monthly are among those of backup, Sunday, " +
			"Monday",
	},
	"yearly long": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Count = 100 },
		"retention_yearly.count",
		"the count of retention_yearly is 100; it is 1 to 99 years",
	},
	"yearly no months": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Months = nil },
		"retention_yearly.months",
		"retention_yearly needs months: the months whose recovery points are kept",
	},
	"yearly month": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Months = []string{"january"} },
		"retention_yearly.months",
		`one of the months is "january"; did you mean "January"?`,
	},
	"yearly day": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Days = []int{32} },
		"retention_yearly.days",
		"the days have 32; days of a month are 1 to 31, and the last day is include_last_days = true",
	},
	"yearly day 0": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Days = []int{0} },
		"retention_yearly.days",
		"the days have 0; days of a month are 1 to 31, and the last day is include_last_days = true",
	},
	"yearly day twice": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Days = []int{5, 5} },
		"retention_yearly.days",
		"the days have 5 twice",
	},
	"archive mode": {
		everything, func(p *catalog.VMPolicy) {
			p.Archive.Mode, p.Archive.DurationType, p.Archive.Duration = "Always", "", 0
		},
		"tiering_policy.archived_restore_point.mode",
		`the tiering mode is "Always"; it is one of TierAfter, TierRecommended`,
	},
	"archive without duration": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Duration = 0 },
		"tiering_policy.archived_restore_point.duration",
		"the mode TierAfter needs a duration, of at least 3 months, after which recovery points are moved",
	},
	"archive duration": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Mode, p.Archive.DurationType = catalog.TierRecommended, "" },
		"tiering_policy.archived_restore_point.duration",
		"the mode TierRecommended has no duration; the service decides",
	},
	"archive unit": {
		everything, func(p *catalog.VMPolicy) { p.Archive.DurationType = "Hours" },
		"tiering_policy.archived_restore_point.duration_type",
		`the duration type is "Hours"; it is one of Days, Weeks, Months, Years`,
	},
	"archive unit unasked": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Mode, p.Archive.Duration = catalog.TierRecommended, 0 },
		"tiering_policy.archived_restore_point.duration_type",
		"the mode TierRecommended has no duration type; the service decides",
	},
	"archive of short retention": {
		everything, func(p *catalog.VMPolicy) { p.Yearly, p.Monthly.Count = nil, 8 },
		"tiering_policy.archived_restore_point",
		"recovery points are kept for at least 6 months after they are moved to the archive tier: it needs " +
			"retention_monthly with a count of at least 9, or retention_yearly with a count of at least 1",
	},
	"hourly without daily": {
		enhanced, func(p *catalog.VMPolicy) { p.Daily = nil },
		"retention_daily",
		"the frequency Hourly needs retention_daily, which says for how many days recovery points are kept",
	},
	"weekly none": {
		weekly, func(p *catalog.VMPolicy) { p.Weekly.Count = 0 },
		"retention_weekly.count",
		"the count of retention_weekly is 0; it is 1 to 5163 weeks",
	},
	"weekly day twice": {
		everything, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = []string{"Sunday", "Sunday"} },
		"retention_weekly.weekdays",
		`the weekdays have "Sunday" twice`,
	},
	"monthly none": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Count = 0 },
		"retention_monthly.count",
		"the count of retention_monthly is 0; it is 1 to 1188 months",
	},
	"monthly week twice": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Weeks = []string{"First", "First"} },
		"retention_monthly.weeks",
		`the weeks have "First" twice`,
	},
	"monthly weekday": {
		everything, func(p *catalog.VMPolicy) { p.Monthly.Weekdays = []string{"sunday"} },
		"retention_monthly.weekdays",
		`one of the weekdays is "sunday"; did you mean "Sunday"?`,
	},
	"yearly none": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Count = 0 },
		"retention_yearly.count",
		"the count of retention_yearly is 0; it is 1 to 99 years",
	},
	"yearly month twice": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Months = []string{"May", "May"} },
		"retention_yearly.months",
		`the months have "May" twice`,
	},
	"yearly no days": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.MonthDays = catalog.MonthDays{} },
		"retention_yearly",
		"retention_yearly needs the days whose recovery points are kept, by date (days, include_last_days) or " +
			"by week (weekdays and weeks)",
	},
	"yearly both": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Weekdays, p.Yearly.Weeks = []string{"Monday"}, []string{"Last"} },
		"retention_yearly",
		"retention_yearly chooses its days by date (days, include_last_days) or by week (weekdays and weeks), " +
			"not both",
	},
	"yearly by date of a weekly": {
		weekly, func(p *catalog.VMPolicy) {
			p.Yearly = &catalog.YearlyRetention{Count: 1, Months: []string{"May"}, MonthDays: catalog.MonthDays{Days: []int{1}}}
		},
		"retention_yearly",
		"with a weekly schedule retention_yearly chooses its days by week: set weekdays and weeks instead of " +
			"days and include_last_days",
	},
	"archive soon, in months": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Duration = 2 },
		"tiering_policy.archived_restore_point.duration",
		"the duration is 2 Months; recovery points are moved to the archive tier after at least 3 months (90 days)",
	},
	"archive soon, in weeks": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Duration, p.Archive.DurationType = 12, "Weeks" },
		"tiering_policy.archived_restore_point.duration",
		"the duration is 12 Weeks; recovery points are moved to the archive tier after at least 3 months (90 days)",
	},
	"archive soon, in days": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Duration, p.Archive.DurationType = 89, "Days" },
		"tiering_policy.archived_restore_point.duration",
		"the duration is 89 Days; recovery points are moved to the archive tier after at least 3 months (90 days)",
	},
	"archive a negative time": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Duration, p.Archive.DurationType = -1, "Years" },
		"tiering_policy.archived_restore_point.duration",
		"the duration is -1 Years; recovery points are moved to the archive tier after at least 3 months (90 days)",
	},
	"archive without a unit": {
		everything, func(p *catalog.VMPolicy) { p.Archive.DurationType = "" },
		"tiering_policy.archived_restore_point.duration_type",
		`the duration type is ""; it is one of Days, Weeks, Months, Years`,
	},
	"archive of no long retention": {
		everything, func(p *catalog.VMPolicy) { p.Yearly, p.Monthly = nil, nil },
		"tiering_policy.archived_restore_point",
		"recovery points are kept for at least 6 months after they are moved to the archive tier: it needs " +
			"retention_monthly with a count of at least 9, or retention_yearly with a count of at least 1",
	},
	"archive long before the end": {
		everything, func(p *catalog.VMPolicy) { p.Yearly.Count, p.Archive.Duration = 1, 7 },
		"tiering_policy.archived_restore_point",
		"recovery points are kept for at least 6 months after they are moved to the archive tier: it needs " +
			"retention_monthly with a count of at least 13, or retention_yearly with a count of at least 2",
	},
	"archive after a time in days": {
		everything, func(p *catalog.VMPolicy) { p.Yearly, p.Archive.Duration, p.Archive.DurationType = nil, 181, "Days" },
		"tiering_policy.archived_restore_point",
		"recovery points are kept for at least 6 months after they are moved to the archive tier: it needs " +
			"retention_monthly with a count of at least 13, or retention_yearly with a count of at least 2",
	},
	"archive long after the end": {
		everything, func(p *catalog.VMPolicy) { p.Archive.Duration, p.Archive.DurationType = math.MaxInt, "Years" },
		"tiering_policy.archived_restore_point",
		"recovery points are kept for at least 6 months after they are moved to the archive tier: it needs " +
			"retention_monthly with a count of at least 12000006, or retention_yearly with a count of at least 1000001",
	},
	"archive what is recommended of short retention": {
		everything, func(p *catalog.VMPolicy) {
			p.Yearly, p.Monthly.Count, p.Archive = nil, 8, &catalog.ArchiveTiering{Mode: catalog.TierRecommended}
		},
		"tiering_policy.archived_restore_point",
		"recovery points are kept for at least 6 months after they are moved to the archive tier: it needs " +
			"retention_monthly with a count of at least 9, or retention_yearly with a count of at least 1",
	},
}
