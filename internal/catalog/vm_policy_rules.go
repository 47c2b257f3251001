package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The limits of a policy.
const (
	// MinDailyCount to MaxDailyCount days, MaxWeeklyCount weeks, MaxMonthlyCount months and MaxYearlyCount years can
	// recovery points be kept.
	MinDailyCount   = 7
	MaxDailyCount   = 9999
	MaxWeeklyCount  = 5163
	MaxMonthlyCount = 1188
	MaxYearlyCount  = 99

	// Snapshots are kept for at least one day and at most these many.
	MaxInstantRestoreDaysV1 = 5
	MaxInstantRestoreDaysV2 = 30
	// WeeklyInstantRestoreDays is the only number for a standard policy with a weekly schedule.
	WeeklyInstantRestoreDays = 5

	// For so many minutes a snapshot can be restored from at once, where that is enabled.
	//
	// Source: Microsoft's model of AzureIaaSVMProtectionPolicy, API 2026-10-01.
	MinInstantAccessMinutes = 60
	MaxInstantAccessMinutes = 300

	MinHourDuration = 4
	MaxHourDuration = 24
)

// HourIntervals returns the allowed intervals of an hourly schedule, in hours.
func HourIntervals() []int { return []int{4, 6, 8, 12} }

// DefaultInstantRestoreDays is how long the service keeps snapshots when a policy does not say: 2 days, 5 with a weekly
// schedule, 7 with an enhanced policy.
func (p VMPolicy) DefaultInstantRestoreDays() int {
	const standard, enhanced = 2, 7
	switch {
	case p.Type == PolicyV2:
		return enhanced
	case p.Schedule.Frequency == Weekly:
		return WeeklyInstantRestoreDays
	default:
		return standard
	}
}

// Check returns the rules that the policy breaks, in the order of its attributes. unknown tells of an attribute whether
// its value is not known yet, which leaves out the rules that read it or a part of it; nil is no.
//
// A value that is wrong in itself, such as a misspelled frequency, is as good as unknown to the rules that relate it to
// others: what would only follow from the mistake is not said as well.
//
// Source: what azurerm_backup_policy_vm checks, the service's own answers as reported, and Microsoft's model of
// AzureIaaSVMProtectionPolicy, API 2025-02-01.
func (p VMPolicy) Check(unknown func(field string) bool) []PolicyProblem {
	var problems []PolicyProblem
	wrong := map[string]bool{}
	undecided := func(field string) bool {
		return wrong[field] || unknown != nil && unknownAround(field, unknown)
	}
	for _, rule := range vmPolicyRules {
		if slices.ContainsFunc(rule.reads, undecided) {
			continue
		}
		if err := rule.check(p); err != nil {
			problems = append(problems, PolicyProblem{Field: rule.reads[0], Message: err.Error()})
			if len(rule.reads) == 1 {
				wrong[rule.reads[0]] = true
			}
		}
	}
	return problems
}

// unknownAround tells whether a field or an object around it is unknown.
func unknownAround(field string, unknown func(string) bool) bool {
	for i, c := range field {
		if c == '.' && unknown(field[:i]) {
			return true
		}
	}
	return unknown(field)
}

// vmPolicyRule is a rule and the attributes that it reads; the first is the one at fault. A rule about one attribute
// stands before those that relate it to others.
type vmPolicyRule struct {
	reads []string
	check func(VMPolicy) error
}

func reads(fields ...string) []string { return fields }

var vmPolicyRules = slices.Concat(scheduleRules, snapshotRules, retentionRules,
	monthRules("retention_monthly", func(p VMPolicy) *MonthDays {
		if p.Monthly == nil {
			return nil
		}
		return &p.Monthly.MonthDays
	}),
	monthRules("retention_yearly", func(p VMPolicy) *MonthDays {
		if p.Yearly == nil {
			return nil
		}
		return &p.Yearly.MonthDays
	}),
	archiveRules)

var scheduleRules = []vmPolicyRule{
	{reads("policy_type"), func(p VMPolicy) error {
		return oneOf("the policy type", p.Type, PolicyV1, PolicyV2)
	}},
	{reads("timezone"), func(p VMPolicy) error { return CheckTimeZone(p.TimeZone) }},
	{reads("backup.frequency"), func(p VMPolicy) error {
		return oneOf("the frequency", p.Schedule.Frequency, Hourly, Daily, Weekly)
	}},
	{reads("backup.frequency", "policy_type"), func(p VMPolicy) error {
		if p.Schedule.Frequency == Hourly && p.Type == PolicyV1 {
			return errors.New("hourly backups need an enhanced policy: policy_type = \"V2\"")
		}
		return nil
	}},
	{reads("backup.time"), func(p VMPolicy) error { return CheckBackupTime(p.Schedule.Time) }},
	{reads("backup.weekdays", "backup.frequency"), func(p VMPolicy) error {
		switch has := len(p.Schedule.Weekdays) > 0; {
		case p.Schedule.Frequency == Weekly && !has:
			return errors.New("a weekly schedule needs weekdays, at least one of " + strings.Join(weekdays, ", "))
		case p.Schedule.Frequency != Weekly && has:
			return errors.New("weekdays are for a weekly schedule; the frequency is " + p.Schedule.Frequency)
		}
		return words("weekdays", p.Schedule.Weekdays, weekdays)
	}},
	{reads("backup.hour_interval", "backup.frequency"), func(p VMPolicy) error {
		const allowed = "4, 6, 8 or 12 hours"
		return hourly(p, "hour_interval", p.Schedule.HourInterval, allowed, func() error {
			if !slices.Contains(HourIntervals(), p.Schedule.HourInterval) {
				return fmt.Errorf("hour_interval is %d; it is %s", p.Schedule.HourInterval, allowed)
			}
			return nil
		})
	}},
	{reads("backup.hour_duration", "backup.frequency", "backup.hour_interval"), func(p VMPolicy) error {
		allowed := fmt.Sprintf("%d to %d hours", MinHourDuration, MaxHourDuration)
		return hourly(p, "hour_duration", p.Schedule.HourDuration, allowed, func() error {
			d, i := p.Schedule.HourDuration, p.Schedule.HourInterval
			if d < MinHourDuration || d > MaxHourDuration {
				return fmt.Errorf("hour_duration is %d; it is %s", d, allowed)
			}
			// What is wrong with the interval itself is said there.
			if slices.Contains(HourIntervals(), i) && d%i != 0 {
				return fmt.Errorf("hour_duration is %d, which is not a multiple of hour_interval, %d", d, i)
			}
			return nil
		})
	}},
}

// CheckBackupTime returns nil when s is a time of day at which backups can be taken: "HH:MM", on the hour or the half hour.
func CheckBackupTime(s string) error {
	at, err := time.Parse(timeOfDay, s)
	if err != nil || at.Format(timeOfDay) != s {
		return fmt.Errorf("%s is not a time of day; write hours and minutes, such as \"23:00\"", quote(s))
	}
	const half = 30
	if at.Minute()%half != 0 {
		return fmt.Errorf("%s is not on the hour or the half hour; backups are taken at times such as \"%02d:00\" and "+
			"\"%02d:30\"", quote(s), at.Hour(), at.Hour())
	}
	return nil
}

func oneOf(what, s string, allowed ...string) error {
	if slices.Contains(allowed, s) {
		return nil
	}
	for _, word := range allowed {
		if strings.EqualFold(word, s) {
			return fmt.Errorf("%s is %s; did you mean %q?", what, quote(s), word)
		}
	}
	if len(allowed) == 1 {
		return fmt.Errorf("%s is %s; it can only be %s", what, quote(s), allowed[0])
	}
	return fmt.Errorf("%s is %s; it is one of %s", what, quote(s), strings.Join(allowed, ", "))
}

// words checks a set of words, such as the weekdays.
func words(what string, given, allowed []string) error {
	for i, word := range given {
		if err := oneOf("one of the "+what, word, allowed...); err != nil {
			return err
		}
		if slices.Contains(given[:i], word) {
			return fmt.Errorf("the %s have %s twice", what, quote(word))
		}
	}
	return nil
}

// hourly checks a number that an hourly schedule has, and no other.
func hourly(p VMPolicy, name string, value int, allowed string, check func() error) error {
	switch {
	case p.Schedule.Frequency != Hourly && value != 0:
		return fmt.Errorf("%s is for an hourly schedule; the frequency is %s", name, p.Schedule.Frequency)
	case p.Schedule.Frequency != Hourly:
		return nil
	case value == 0:
		return fmt.Errorf("an hourly schedule needs %s, %s", name, allowed)
	}
	return check()
}

var snapshotRules = []vmPolicyRule{
	{reads("instant_restore_retention_days", "policy_type", "backup.frequency"), func(p VMPolicy) error {
		days := p.InstantRestoreDays
		switch {
		case days == 0:
			return nil
		case p.Type == PolicyV2 && (days < 1 || days > MaxInstantRestoreDaysV2):
			return fmt.Errorf("instant_restore_retention_days is %d; an enhanced policy (V2) has 1 to %d",
				days, MaxInstantRestoreDaysV2)
		case p.Type != PolicyV2 && (days < 1 || days > MaxInstantRestoreDaysV1):
			return fmt.Errorf("instant_restore_retention_days is %d; a standard policy (V1) has 1 to %d",
				days, MaxInstantRestoreDaysV1)
		case p.Type != PolicyV2 && p.Schedule.Frequency == Weekly && days != WeeklyInstantRestoreDays:
			return fmt.Errorf("instant_restore_retention_days is %d; a standard policy (V1) with a weekly schedule has %d",
				days, WeeklyInstantRestoreDays)
		}
		return nil
	}},
	{reads("instant_restore_resource_group.prefix", "instant_restore_resource_group.suffix"), func(p VMPolicy) error {
		g := p.InstantRestoreGroup
		if g == nil {
			return nil
		}
		if g.Prefix == "" {
			return errors.New("the prefix of the resource groups for snapshots is empty; their names are the prefix, " +
				"a number and the suffix")
		}
		// The service puts a number between the two.
		if err := CheckResourceGroupName(g.Prefix + "1" + g.Suffix); err != nil {
			return fmt.Errorf("prefix, a number and suffix make the name of a resource group, %s: %w",
				quote(g.Prefix+"1"+g.Suffix), err)
		}
		return nil
	}},
	{reads("instant_access_duration_minutes"), func(p VMPolicy) error {
		if a := p.InstantAccess; a != nil && a.Minutes != 0 && (a.Minutes < MinInstantAccessMinutes || a.Minutes > MaxInstantAccessMinutes) {
			return fmt.Errorf("instant_access_duration_minutes is %d; it can be %d to %d", a.Minutes, MinInstantAccessMinutes, MaxInstantAccessMinutes)
		}
		return nil
	}},
	{reads("snapshot_consistency_type", "policy_type"), func(p VMPolicy) error {
		if p.SnapshotConsistency == "" {
			return nil
		}
		if err := oneOf("the snapshot consistency", p.SnapshotConsistency, SnapshotCrashConsistent); err != nil {
			return err
		}
		if p.Type == PolicyV1 {
			return errors.New(SnapshotCrashConsistent + " needs an enhanced policy: policy_type = \"V2\"")
		}
		return nil
	}},
}
