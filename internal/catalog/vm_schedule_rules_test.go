package catalog_test

import (
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// brokenSchedules break one rule each of those for the type, the schedule and the snapshots.
var brokenSchedules = map[string]brokenPolicy{
	"type": {
		standard, func(p *catalog.VMPolicy) { p.Type = "V3" },
		"policy_type",
		`the policy type is "V3"; it is one of V1, V2`,
	},
	"type in another case": {
		standard, func(p *catalog.VMPolicy) { p.Type = "v1" },
		"policy_type",
		`the policy type is "v1"; did you mean "V1"?`,
	},
	"zone": {
		standard, func(p *catalog.VMPolicy) { p.TimeZone = "China Standrad Time" },
		"timezone",
		`"China Standrad Time" is not a time zone; did you mean "China Standard Time"? Otherwise write a ` +
			`Windows name such as "China Standard Time" or an IANA name such as "Asia/Shanghai"`,
	},
	"frequency": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Frequency = "Monthly" },
		"backup.frequency",
		`the frequency is "Monthly"; it is one of Hourly, Daily, Weekly`,
	},
	"hourly standard": {
		enhanced, func(p *catalog.VMPolicy) { p.Type = catalog.PolicyV1 },
		"backup.frequency",
		`hourly backups need an enhanced policy: policy_type = "V2"`,
	},
	"no time": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "" },
		"backup.time",
		`"" is not a time of day; write hours and minutes, such as "23:00"`,
	},
	"time without a zero": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "7:00" },
		"backup.time",
		`"7:00" is not a time of day; write hours and minutes, such as "23:00"`,
	},
	"quarter past": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "23:15" },
		"backup.time",
		`"23:15" is not on the hour or the half hour; backups are taken at times such as "23:00" and "23:30"`,
	},
	"hour 24": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "24:00" },
		"backup.time",
		`"24:00" is not a time of day; write hours and minutes, such as "23:00"`,
	},
	"weekly without days": {
		weekly, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = nil },
		"backup.weekdays",
		"a weekly schedule needs weekdays, at least one of Sunday, Monday, Tuesday, Wednesday, Thursday, " +
			"Friday, Saturday",
	},
	"daily with days": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"Monday"} },
		"backup.weekdays",
		"weekdays are for a weekly schedule; the frequency is Daily",
	},
	"weekday in another case": {
		weekly, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"monday", "Sunday"} },
		"backup.weekdays",
		`one of the weekdays is "monday"; did you mean "Monday"?`,
	},
	"weekday twice": {
		weekly, func(p *catalog.VMPolicy) { p.Schedule.Weekdays = []string{"Monday", "Sunday", "Monday"} },
		"backup.weekdays",
		`the weekdays have "Monday" twice`,
	},
	"interval missing": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 0 },
		"backup.hour_interval",
		"an hourly schedule needs hour_interval, 4, 6, 8 or 12 hours",
	},
	"interval": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval, p.Schedule.HourDuration = 5, 10 },
		"backup.hour_interval",
		"hour_interval is 5; it is 4, 6, 8 or 12 hours",
	},
	"interval of a daily": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 4 },
		"backup.hour_interval",
		"hour_interval is for an hourly schedule; the frequency is Daily",
	},
	"duration missing": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 0 },
		"backup.hour_duration",
		"an hourly schedule needs hour_duration, 4 to 24 hours",
	},
	"duration": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 28 },
		"backup.hour_duration",
		"hour_duration is 28; it is 4 to 24 hours",
	},
	"duration no multiple": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 10 },
		"backup.hour_duration",
		"hour_duration is 10, which is not a multiple of hour_interval, 4",
	},
	"duration of a daily": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 4 },
		"backup.hour_duration",
		"hour_duration is for an hourly schedule; the frequency is Daily",
	},
	"snapshots V1": {
		standard, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 6 },
		"instant_restore_retention_days",
		"instant_restore_retention_days is 6; a standard policy (V1) has 1 to 5",
	},
	"snapshots V2": {
		enhanced, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 31 },
		"instant_restore_retention_days",
		"instant_restore_retention_days is 31; an enhanced policy (V2) has 1 to 30",
	},
	"snapshots weekly": {
		weekly, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 2 },
		"instant_restore_retention_days",
		"instant_restore_retention_days is 2; a standard policy (V1) with a weekly schedule has 5",
	},
	"group without prefix": {
		standard, func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Suffix: "x"} },
		"instant_restore_resource_group.prefix",
		"the prefix of the resource groups for snapshots is empty; their names are the prefix, a number and " +
			"the suffix",
	},
	"group": {
		standard, func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "a b"} },
		"instant_restore_resource_group.prefix",
		`prefix, a number and suffix make the name of a resource group, "a b1": the name has " " at position ` +
			"2; a resource group name has only letters, digits, underscores, hyphens, periods and parentheses",
	},
	"consistency": {
		enhanced, func(p *catalog.VMPolicy) { p.SnapshotConsistency = "AppConsistent" },
		"snapshot_consistency_type",
		`the snapshot consistency is "AppConsistent"; it can only be OnlyCrashConsistent`,
	},
	"consistency V1": {
		standard, func(p *catalog.VMPolicy) { p.SnapshotConsistency = catalog.SnapshotCrashConsistent },
		"snapshot_consistency_type",
		`OnlyCrashConsistent needs an enhanced policy: policy_type = "V2"`,
	},
	"hourly in another case": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.Frequency = "hourly" },
		"backup.frequency",
		`the frequency is "hourly"; did you mean "Hourly"?`,
	},
	"weekly in another case": {
		weekly, func(p *catalog.VMPolicy) { p.Schedule.Frequency = "weekly" },
		"backup.frequency",
		`the frequency is "weekly"; did you mean "Weekly"?`,
	},
	"time with seconds": {
		standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "23:00:00" },
		"backup.time",
		`"23:00:00" is not a time of day; write hours and minutes, such as "23:00"`,
	},
	"interval of a weekly": {
		weekly, func(p *catalog.VMPolicy) { p.Schedule.HourInterval = 4 },
		"backup.hour_interval",
		"hour_interval is for an hourly schedule; the frequency is Weekly",
	},
	"negative interval": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval = -4 },
		"backup.hour_interval",
		"hour_interval is -4; it is 4, 6, 8 or 12 hours",
	},
	"short duration": {
		enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourDuration = 3 },
		"backup.hour_duration",
		"hour_duration is 3; it is 4 to 24 hours",
	},
	"negative snapshots": {
		standard, func(p *catalog.VMPolicy) { p.InstantRestoreDays = -1 },
		"instant_restore_retention_days",
		"instant_restore_retention_days is -1; a standard policy (V1) has 1 to 5",
	},
	"long group": {
		standard, func(p *catalog.VMPolicy) {
			p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: strings.Repeat("a", 60), Suffix: strings.Repeat("b", 30)}
		},
		"instant_restore_resource_group.prefix",
		`prefix, a number and suffix make the name of a resource group, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…": ` +
			"the name has 91 characters; a resource group name has 1 to 90",
	},
	"crash consistency in another case": {
		enhanced, func(p *catalog.VMPolicy) { p.SnapshotConsistency = "onlycrashconsistent" },
		"snapshot_consistency_type",
		`the snapshot consistency is "onlycrashconsistent"; did you mean "OnlyCrashConsistent"?`,
	},
}
