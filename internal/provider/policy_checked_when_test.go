package provider_test

import "strings"

// ofPolicy is the policy nightly of the vault contoso with these attributes.
func ofPolicy(attributes ...string) mistake {
	return mistake{config: policyWorkspace(policyBlock("test", "nightly", attributes...))}
}

// tiered is the policy nightly, which keeps monthly backups for a year and moves them to the archive.
func tiered(attributes ...string) mistake {
	return ofPolicy(daily, thirtyDays, `retention_monthly = { count = 12, days = [1] }`,
		"tiering_policy = { archived_restore_point = { "+strings.Join(attributes, ", ")+" } }")
}

// policyAt is the policy nightly of a vault named by its id, which no resource makes.
func policyAt(label string) string {
	return strings.Replace(policyBlock(label, "nightly", daily, thirtyDays), "backup_vault.test.id", `"`+contosoID+`"`, 1)
}

// policyInUse is a policy that two VMs have before it becomes something else.
func policyInUse(after string) mistake {
	return mistake{
		before: policyWorkspace(policyBlock("test", "nightly", daily, thirtyDays)), config: after,
		prepare: func(c serviceClient) { c.protectBy("nightly", "vm-a", "vm-b") },
	}
}

// immutableWorkspace is the policy nightly of an immutable vault.
func immutableWorkspace(retention string) string {
	return strings.Replace(policyWorkspace(policyBlock("test", "nightly", daily, retention)), `"eastus"`, "\"eastus\"\n  immutability = \"Unlocked\"", 1)
}

func guardedWorkspace(retention string) string {
	return strings.Replace(policyWorkspace(policyBlock("test", "nightly", daily, retention)), `"eastus"`, "\"eastus\"\n  "+guarded, 1)
}

const (
	hourly   = `backup = { frequency = "Hourly", time = "08:00", hour_interval = 4, hour_duration = 12 }`
	onMonday = `backup = { frequency = "Weekly", time = "08:00", weekdays = ["Monday"] }`
	keepsIt  = `retention_weekly = { count = 4, weekdays = ["Monday"] }`
	enhanced = `policy_type = "V2"`
)

var policyMistakes = map[string]mistake{
	"The name of a policy has 3 to 150 characters, the first a letter": {config: policyWorkspace(policyBlock("test", "1st", daily, thirtyDays))},
	"The vault id is one": {config: strings.Replace(policyWorkspace(policyBlock("test", "nightly", daily, thirtyDays)), "backup_vault.test.id", `"contoso"`, 1)},
	"The words of a policy are spelled as Azure spells them": ofPolicy(strings.ToLower(daily), thirtyDays),
	"The time zone exists":                                       ofPolicy(daily, thirtyDays, `timezone = "Asia/Shangai"`),
	"Backups are on the hour or the half hour":                   ofPolicy(strings.Replace(daily, ":00", ":15", 1), thirtyDays),
	"Instant access is for 60 to 300 minutes":                    ofPolicy(daily, thirtyDays, `instant_access_snapshot_enabled = true`, `instant_access_duration_minutes = 59`),
	"Instant access that is for some time is enabled":            ofPolicy(daily, thirtyDays, `instant_access_duration_minutes = 60`),
	"Hourly backups need the policy type V2":                     ofPolicy(hourly, thirtyDays),
	"Hourly backups have an interval of 4, 6, 8 or 12 hours":     ofPolicy(enhanced, strings.Replace(hourly, "= 4", "= 3", 1), thirtyDays),
	"Hourly backups go on for a multiple of the interval":        ofPolicy(enhanced, strings.Replace(hourly, "= 12", "= 10", 1), thirtyDays),
	"A weekly retention has days":                                ofPolicy(daily, thirtyDays, `retention_weekly = { count = 4, weekdays = [] }`),
	"A yearly retention has months":                              ofPolicy(daily, thirtyDays, `retention_yearly = { count = 3, days = [1], months = [] }`),
	"Weekly backups have days":                                   ofPolicy(`backup = { frequency = "Weekly", time = "08:00" }`, keepsIt),
	"Daily and hourly backups have a daily retention":            ofPolicy(daily),
	"A daily retention has 7 to 9999 days":                       ofPolicy(daily, `retention_daily = { count = 6 }`),
	"Weekly backups have no daily retention":                     ofPolicy(onMonday, keepsIt, thirtyDays),
	"Weekly backups have a weekly retention":                     ofPolicy(onMonday),
	"Weekly backups are kept of the days that they are taken on": ofPolicy(onMonday, strings.Replace(keepsIt, "Monday", "Sunday", 1)),
	"A weekly retention has 1 to 5163 weeks":                     ofPolicy(onMonday, strings.Replace(keepsIt, "4", "5164", 1)),
	"A monthly retention has 1 to 1188 months":                   ofPolicy(daily, thirtyDays, `retention_monthly = { count = 1189, days = [1] }`),
	"A yearly retention has 1 to 99 years":                       ofPolicy(daily, thirtyDays, `retention_yearly = { count = 100, months = ["May"], days = [1] }`),
	"Days of the month are chosen by date or by week": ofPolicy(daily, thirtyDays,
		`retention_monthly = { count = 3, days = [1], weeks = ["First"], weekdays = ["Monday"] }`),
	"Monthly retention of weekly backups is by week": ofPolicy(onMonday, keepsIt, `retention_monthly = { count = 3, days = [1] }`),
	"Dates are 1 to 31":                                  ofPolicy(daily, thirtyDays, `retention_monthly = { count = 3, days = [32] }`),
	"Instant restore of V1 keeps 1 to 5 days":            ofPolicy(daily, thirtyDays, `instant_restore_retention_days = 6`),
	"Instant restore of V2 keeps 1 to 30 days":           ofPolicy(enhanced, daily, thirtyDays, `instant_restore_retention_days = 31`),
	"Instant restore of weekly V1 backups keeps 5 days":  ofPolicy(onMonday, keepsIt, `instant_restore_retention_days = 2`),
	"Crash-consistent snapshots need the policy type V2": ofPolicy(daily, thirtyDays, `snapshot_consistency_type = "OnlyCrashConsistent"`),
	"Archive tiering needs a retention of 9 months": ofPolicy(enhanced, daily, thirtyDays, `retention_monthly = { count = 8, days = [1] }`,
		`tiering_policy = { archived_restore_point = { mode = "TierRecommended" } }`),
	"The time of a backup is hours and minutes":     ofPolicy(strings.Replace(daily, "23:00", "11 pm", 1), thirtyDays),
	"Hourly backups go on for 4 to 24 hours":        ofPolicy(enhanced, strings.Replace(hourly, "= 12", "= 28", 1), thirtyDays),
	"Only hourly backups have an interval":          ofPolicy(strings.Replace(daily, "{", "{ hour_interval = 4, ", 1), thirtyDays),
	"Only hourly backups have a duration":           ofPolicy(strings.Replace(daily, "{", "{ hour_duration = 12, ", 1), thirtyDays),
	"Only weekly backups have days":                 ofPolicy(strings.Replace(daily, "{", "{ weekdays = [\"Monday\"], ", 1), thirtyDays),
	"A monthly retention has days":                  ofPolicy(daily, thirtyDays, `retention_monthly = { count = 3 }`),
	"A yearly retention has days":                   ofPolicy(daily, thirtyDays, `retention_yearly = { count = 3, months = ["May"] }`),
	"Weeks of a month have weekdays":                ofPolicy(daily, thirtyDays, `retention_monthly = { count = 3, weeks = ["First"] }`),
	"Weekdays of a month are of some of its weeks":  ofPolicy(daily, thirtyDays, `retention_monthly = { count = 3, weekdays = ["Sunday"] }`),
	"A week of the month is one":                    ofPolicy(daily, thirtyDays, `retention_monthly = { count = 3, weekdays = ["Sunday"], weeks = ["Fifth"] }`),
	"A month is one":                                ofPolicy(daily, thirtyDays, `retention_yearly = { count = 3, months = ["may"], days = [1] }`),
	"Yearly retention of weekly backups is by week": ofPolicy(onMonday, keepsIt, `retention_yearly = { count = 3, months = ["May"], days = [1] }`),
	"Monthly retention of weekly backups is of days with backups": ofPolicy(onMonday, keepsIt,
		`retention_monthly = { count = 3, weekdays = ["Sunday"], weeks = ["First"] }`),
	"Yearly retention of weekly backups is of days with backups": ofPolicy(onMonday, keepsIt,
		`retention_yearly = { count = 3, months = ["May"], weekdays = ["Sunday"], weeks = ["First"] }`),
	"The resource groups of snapshots have a prefix":             ofPolicy(daily, thirtyDays, `instant_restore_resource_group = { prefix = "" }`),
	"Prefix, number and suffix are the name of a resource group": ofPolicy(daily, thirtyDays, `instant_restore_resource_group = { prefix = "snapshots of " }`),
	"The consistency of snapshots is one":                        ofPolicy(enhanced, daily, thirtyDays, `snapshot_consistency_type = "FileSystemConsistent"`),
	"Archive tiering has a mode":                                 tiered(`mode = "Archive"`),
	"Monthly retention is of days that every month has":          ofPolicy(daily, thirtyDays, `retention_monthly = { count = 3, days = [1, 31] }`),
	"Yearly retention is of days that its months have":           ofPolicy(daily, thirtyDays, `retention_yearly = { count = 3, months = ["May", "June"], days = [31] }`),
	"Archive tiering is in months":                               tiered(`mode = "TierAfter"`, `duration = 90`, `duration_type = "Days"`),
	"Tiering after a time has a duration":                        tiered(`mode = "TierAfter"`, `duration_type = "Months"`),
	"Tiering is after 3 months or more":                          tiered(`mode = "TierAfter"`, `duration = 2`, `duration_type = "Months"`),
	"The duration has a unit":                                    tiered(`mode = "TierAfter"`, `duration = 5`),
	"Recommended tiering has no duration":                        tiered(`mode = "TierRecommended"`, `duration = 5`, `duration_type = "Months"`),
	"Recovery points stay in the archive for 6 months":           tiered(`mode = "TierAfter"`, `duration = 1`, `duration_type = "Years"`),
	"The vault of a policy exists":                               {config: requiredProviders("azurebackup/backup") + "provider \"backup\" { environment = \"embedded\" }\n" + policyAt("test")},
	"A policy's name is free in its vault": {
		before: policyWorkspace(), config: policyWorkspace(policyBlock("test", "DefaultPolicy", daily, thirtyDays)),
	},
	"A new vault has the policies it is born with": {config: policyWorkspace(policyBlock("test", "DefaultPolicy", daily, thirtyDays))},
	"A policy's name is used once in a configuration": {
		before: policyWorkspace(), config: policyWorkspace(policyAt("test"), strings.Replace(policyAt("again"), daily, daily+"\n  depends_on = [backup_policy_vm.test]", 1)),
	},
	"The time zone's name is easily taken for another's, or its clock has new rules that the service may not have": ofPolicy(daily, thirtyDays, `timezone = "EST"`),
	"The time zone follows daylight saving time": ofPolicy(daily, thirtyDays, `timezone = "Europe/Berlin"`),
	"An immutable vault keeps the retention of its policies": {
		before: immutableWorkspace(thirtyDays), config: immutableWorkspace(`retention_daily = { count = 29 }`),
	},
	"A guard protects the retention of policies": {
		before: guardedWorkspace(thirtyDays), config: guardedWorkspace(`retention_daily = { count = 29 }`),
	},
	"VMs have a policy that is destroyed":   policyInUse(policyWorkspace()),
	"VMs have a policy that is replaced":    policyInUse(policyWorkspace(policyBlock("test", "nightly", enhanced, daily, thirtyDays))),
	"A policy that VMs have is not deleted": policyInUse(policyWorkspace()),
}
