package vault

import (
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The wire structs of vaults/backupPolicies at catalog.BackupAPIVersion, cut down to policies for VMs.

type wirePolicy struct {
	ID         string               `json:"id,omitempty"`
	Properties wirePolicyProperties `json:"properties"`
}

type wirePolicyProperties struct {
	BackupManagementType          string                 `json:"backupManagementType"`
	PolicyType                    string                 `json:"policyType,omitempty"`
	TimeZone                      string                 `json:"timeZone,omitempty"`
	InstantRPDetails              *wireInstantRP         `json:"instantRPDetails,omitempty"`
	InstantRPRetentionRangeInDays int                    `json:"instantRpRetentionRangeInDays,omitempty"`
	SchedulePolicy                *wireSchedule          `json:"schedulePolicy,omitempty"`
	RetentionPolicy               *wireRetention         `json:"retentionPolicy,omitempty"`
	TieringPolicy                 map[string]wireTiering `json:"tieringPolicy,omitempty"`
	SnapshotConsistencyType       string                 `json:"snapshotConsistencyType,omitempty"`
	ProtectedItemsCount           int                    `json:"protectedItemsCount,omitempty"`
	wireInstantAccess
}

// wireInstantAccess is since catalog.InstantAccessSince.
type wireInstantAccess struct {
	Enabled *bool `json:"instantAccessSnapshotEnabled,omitempty"`
	Minutes int   `json:"instantAccessDurationMinutes,omitempty"`
}

type wireInstantRP struct {
	Prefix string `json:"azureBackupRGNamePrefix,omitempty"`
	Suffix string `json:"azureBackupRGNameSuffix,omitempty"`
}

// wireSchedule is a schedule of either version: one of V1 has the run times itself, one of V2 in an object.
type wireSchedule struct {
	Type           string              `json:"schedulePolicyType"`
	Frequency      string              `json:"scheduleRunFrequency"`
	RunDays        []string            `json:"scheduleRunDays,omitempty"`
	RunTimes       []wireClock         `json:"scheduleRunTimes,omitempty"`
	HourlySchedule *wireHourlySchedule `json:"hourlySchedule,omitempty"`
	DailySchedule  *wireDailySchedule  `json:"dailySchedule,omitempty"`
	WeeklySchedule *wireWeeklySchedule `json:"weeklySchedule,omitempty"`
}

type wireHourlySchedule struct {
	Interval       int       `json:"interval"`
	WindowStart    wireClock `json:"scheduleWindowStartTime"`
	WindowDuration int       `json:"scheduleWindowDuration"`
}

type wireDailySchedule struct {
	RunTimes []wireClock `json:"scheduleRunTimes"`
}

type wireWeeklySchedule struct {
	RunDays  []string    `json:"scheduleRunDays"`
	RunTimes []wireClock `json:"scheduleRunTimes"`
}

type wireRetention struct {
	Type    string              `json:"retentionPolicyType"`
	Daily   *wireKeepDays       `json:"dailySchedule,omitempty"`
	Weekly  *wireKeepWeekdays   `json:"weeklySchedule,omitempty"`
	Monthly *wireKeepMonthDays  `json:"monthlySchedule,omitempty"`
	Yearly  *wireKeepYearMonths `json:"yearlySchedule,omitempty"`
}

type wireKeep struct {
	Times    []wireClock  `json:"retentionTimes,omitempty"`
	Duration wireDuration `json:"retentionDuration"`
}

type wireDuration struct {
	Count int    `json:"count"`
	Type  string `json:"durationType"`
}

type wireKeepDays struct{ wireKeep }

type wireKeepWeekdays struct {
	wireKeep
	Weekdays []string `json:"daysOfTheWeek"`
}

type wireMonthDays struct {
	Format string       `json:"retentionScheduleFormatType"`
	Daily  *wireByDate  `json:"retentionScheduleDaily,omitempty"`
	Weekly *wireByWeeks `json:"retentionScheduleWeekly,omitempty"`
}

type wireKeepMonthDays struct {
	wireKeep
	wireMonthDays
}

type wireKeepYearMonths struct {
	wireKeep
	wireMonthDays
	Months []string `json:"monthsOfYear"`
}

type wireByDate struct {
	Days []wireDay `json:"daysOfTheMonth"`
}

// wireDay is a date, or with date 0 the last day of the month.
type wireDay struct {
	Date   int  `json:"date"`
	IsLast bool `json:"isLast"`
}

type wireByWeeks struct {
	Weekdays []string `json:"daysOfTheWeek"`
	Weeks    []string `json:"weeksOfTheMonth"`
}

type wireTiering struct {
	Mode         string `json:"tieringMode"`
	Duration     int    `json:"duration"`
	DurationType string `json:"durationType"`
}

// archiveTier is the key of the one tiering policy.
const archiveTier = "ArchivedRP"

// newWirePolicy writes a policy. Times of day are sent with a date, today's, as the service returns them.
func newWirePolicy(p catalog.VMPolicy, today time.Time) wirePolicyProperties {
	at := wireClock(today.UTC().Format(time.DateOnly) + "T" + p.Schedule.Time + ":00Z")
	w := wirePolicyProperties{
		BackupManagementType: KindVM,
		PolicyType:           p.Type,
		TimeZone:             p.TimeZone,
		SchedulePolicy:       newWireSchedule(p, at),
		RetentionPolicy:      newWireRetention(p, at),
		// Sent also for none, which takes an earlier tiering away.
		TieringPolicy:                 map[string]wireTiering{archiveTier: {Mode: "DoNotTier", DurationType: "Invalid"}},
		InstantRPRetentionRangeInDays: p.InstantRestoreDays,
		SnapshotConsistencyType:       p.SnapshotConsistency,
	}
	if windows, ok := catalog.WindowsTimeZone(p.TimeZone); ok {
		w.TimeZone = windows
	}
	if g := p.InstantRestoreGroup; g != nil {
		w.InstantRPDetails = &wireInstantRP{g.Prefix, g.Suffix}
	}
	if a := p.InstantAccess; a != nil {
		w.wireInstantAccess = wireInstantAccess{&a.Enabled, a.Minutes}
	}
	if a := p.Archive; a != nil {
		tiering := wireTiering{Mode: a.Mode, Duration: a.Duration, DurationType: a.DurationType}
		if tiering.DurationType == "" {
			tiering.DurationType = "Invalid"
		}
		w.TieringPolicy[archiveTier] = tiering
	}
	return w
}

func newWireSchedule(p catalog.VMPolicy, at wireClock) *wireSchedule {
	s := p.Schedule
	times := []wireClock{at}
	w := &wireSchedule{Type: "SimpleSchedulePolicy", Frequency: s.Frequency}
	if p.Type != catalog.PolicyV2 {
		w.RunDays, w.RunTimes = s.Weekdays, times
		return w
	}
	w.Type = "SimpleSchedulePolicyV2"
	switch s.Frequency {
	case catalog.Hourly:
		w.HourlySchedule = &wireHourlySchedule{Interval: s.HourInterval, WindowStart: at, WindowDuration: s.HourDuration}
	case catalog.Weekly:
		w.WeeklySchedule = &wireWeeklySchedule{RunDays: s.Weekdays, RunTimes: times}
	default:
		w.DailySchedule = &wireDailySchedule{RunTimes: times}
	}
	return w
}

func newWireRetention(p catalog.VMPolicy, at wireClock) *wireRetention {
	keep := func(count int, unit string) wireKeep {
		return wireKeep{Times: []wireClock{at}, Duration: wireDuration{count, unit}}
	}
	w := &wireRetention{Type: "LongTermRetentionPolicy"}
	if r := p.Daily; r != nil {
		w.Daily = &wireKeepDays{keep(r.Count, "Days")}
	}
	if r := p.Weekly; r != nil {
		w.Weekly = &wireKeepWeekdays{keep(r.Count, "Weeks"), r.Weekdays}
	}
	if r := p.Monthly; r != nil {
		w.Monthly = &wireKeepMonthDays{keep(r.Count, "Months"), newWireMonthDays(r.MonthDays)}
	}
	if r := p.Yearly; r != nil {
		w.Yearly = &wireKeepYearMonths{keep(r.Count, "Years"), newWireMonthDays(r.MonthDays), r.Months}
	}
	return w
}

func newWireMonthDays(d catalog.MonthDays) wireMonthDays {
	if d.ByWeek() {
		return wireMonthDays{Format: "Weekly", Weekly: &wireByWeeks{d.Weekdays, d.Weeks}}
	}
	w := wireMonthDays{Format: "Daily", Daily: &wireByDate{}}
	for _, day := range d.Days {
		w.Daily.Days = append(w.Daily.Days, wireDay{Date: day})
	}
	if d.LastDay {
		w.Daily.Days = append(w.Daily.Days, wireDay{IsLast: true})
	}
	return w
}

// policy reads what the service says.
func (w wirePolicy) policy() (Policy, error) {
	id, err := ParsePolicyID(w.ID)
	switch {
	case err != nil:
		return Policy{}, unreadableID(w.ID, err)
	case w.Properties.BackupManagementType == "":
		return Policy{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no properties.backupManagementType"}
	case strings.EqualFold(w.Properties.BackupManagementType, KindVM) && w.Properties.SchedulePolicy == nil:
		return Policy{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no properties.schedulePolicy"}
	}
	p := Policy{ID: id, ARMID: w.ID, Kind: w.Properties.BackupManagementType, ProtectedItems: w.Properties.ProtectedItemsCount}
	if strings.EqualFold(p.Kind, KindVM) {
		p.Kind, p.Settings = KindVM, w.Properties.settings()
	}
	return p, nil
}

func (w wirePolicyProperties) settings() catalog.VMPolicy {
	p := catalog.VMPolicy{
		Type:                canonical(w.PolicyType, catalog.PolicyV1, catalog.PolicyV2),
		TimeZone:            w.TimeZone,
		InstantRestoreDays:  w.InstantRPRetentionRangeInDays,
		SnapshotConsistency: canonical(w.SnapshotConsistencyType, "", catalog.SnapshotCrashConsistent),
		Schedule:            orZero(w.SchedulePolicy).schedule(),
	}
	if p.TimeZone == "" {
		p.TimeZone = "UTC"
	}
	if windows, ok := catalog.WindowsTimeZone(p.TimeZone); ok {
		p.TimeZone = windows
	}
	if g := orZero(w.InstantRPDetails); g.Prefix != "" || g.Suffix != "" {
		p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: g.Prefix, Suffix: g.Suffix}
	}
	if w.Enabled != nil || w.Minutes != 0 {
		p.InstantAccess = &catalog.InstantAccess{Enabled: orZero(w.Enabled), Minutes: w.Minutes}
	}
	r := orZero(w.RetentionPolicy)
	if r.Daily != nil {
		p.Daily = &catalog.DailyRetention{Count: r.Daily.Duration.Count}
	}
	if r.Weekly != nil {
		p.Weekly = &catalog.WeeklyRetention{Count: r.Weekly.Duration.Count, Weekdays: inOrder(r.Weekly.Weekdays, catalog.Weekdays())}
	}
	if r.Monthly != nil {
		p.Monthly = &catalog.MonthlyRetention{Count: r.Monthly.Duration.Count, MonthDays: r.Monthly.days()}
	}
	if r.Yearly != nil {
		p.Yearly = &catalog.YearlyRetention{
			Count: r.Yearly.Duration.Count, Months: inOrder(r.Yearly.Months, catalog.Months()), MonthDays: r.Yearly.days(),
		}
	}
	for key, t := range w.TieringPolicy {
		mode := canonical(t.Mode, "DoNotTier", "Invalid", catalog.TierAfter, catalog.TierRecommended)
		if !strings.EqualFold(key, archiveTier) || mode == "DoNotTier" || mode == "Invalid" {
			continue
		}
		p.Archive = &catalog.ArchiveTiering{Mode: mode}
		if mode != catalog.TierRecommended {
			p.Archive.Duration, p.Archive.DurationType = t.Duration, canonical(t.DurationType, "Days", "Weeks", "Months", "Years")
		}
	}
	return p
}

func (w wireSchedule) schedule() catalog.VMSchedule {
	s := catalog.VMSchedule{Frequency: canonical(w.Frequency, catalog.Daily, catalog.Weekly, catalog.Hourly)}
	times, days := w.RunTimes, w.RunDays
	switch {
	case w.HourlySchedule != nil && s.Frequency == catalog.Hourly:
		times = []wireClock{w.HourlySchedule.WindowStart}
		s.HourInterval, s.HourDuration = w.HourlySchedule.Interval, w.HourlySchedule.WindowDuration
	case w.DailySchedule != nil && s.Frequency == catalog.Daily:
		times = w.DailySchedule.RunTimes
	case w.WeeklySchedule != nil && s.Frequency == catalog.Weekly:
		times, days = w.WeeklySchedule.RunTimes, w.WeeklySchedule.RunDays
	}
	if len(times) > 0 {
		s.Time = times[0].timeOfDay()
	}
	if s.Frequency == catalog.Weekly {
		s.Weekdays = inOrder(days, catalog.Weekdays())
	}
	return s
}

func (w wireMonthDays) days() catalog.MonthDays {
	var d catalog.MonthDays
	if strings.EqualFold(w.Format, "Weekly") {
		by := orZero(w.Weekly)
		d.Weekdays, d.Weeks = inOrder(by.Weekdays, catalog.Weekdays()), inOrder(by.Weeks, catalog.Weeks())
		return d
	}
	for _, day := range orZero(w.Daily).Days {
		if day.IsLast {
			d.LastDay = true
		} else {
			d.Days = append(d.Days, day.Date)
		}
	}
	slices.Sort(d.Days)
	return d
}

// inOrder gives words of the service our spelling and order.
func inOrder(given, known []string) []string {
	words := make([]string, 0, len(given))
	for _, word := range given {
		words = append(words, canonical(word, known...))
	}
	slices.SortFunc(words, func(a, b string) int { return slices.Index(known, a) - slices.Index(known, b) })
	return words
}
