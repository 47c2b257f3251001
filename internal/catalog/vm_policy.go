package catalog

import "time"

// VMPolicy is what a backup policy for VMs says: when backups are taken, and how long they are kept. It is neither
// Terraform's model nor ARM's document but what both are read into, so that one set of rules (Check) and one clock
// (Occurrences, Retention) hold for the validator and for the embedded service.
//
// Words are spelled as ARM spells them: PolicyV1, Daily, Monday, First, January. Zero values mean "not set".
type VMPolicy struct {
	// Type is PolicyV1 (standard) or PolicyV2 (enhanced).
	Type string
	// TimeZone is a Windows name such as "China Standard Time", or an IANA name such as "Asia/Shanghai".
	TimeZone string

	Schedule VMSchedule

	// InstantRestoreDays is how long snapshots are kept beside the VM, in days; 0 leaves it to the service
	// (DefaultInstantRestoreDays).
	InstantRestoreDays int
	// InstantRestoreGroup names the resource groups that the snapshots are put into; nil leaves it to the service.
	InstantRestoreGroup *InstantRestoreGroup
	// InstantAccess makes snapshots of fast disks usable at once; nil says nothing about it.
	InstantAccess *InstantAccess
	// SnapshotConsistency is SnapshotCrashConsistent or empty.
	SnapshotConsistency string

	Daily   *DailyRetention
	Weekly  *WeeklyRetention
	Monthly *MonthlyRetention
	Yearly  *YearlyRetention

	// Archive moves old recovery points to the archive tier; nil never does.
	Archive *ArchiveTiering
}

// The types of a policy.
const (
	PolicyV1 = "V1"
	PolicyV2 = "V2"
)

// How often backups are taken: Hourly, which needs PolicyV2, Daily or Weekly. The rules of retention are named alike.
const (
	Hourly  = "Hourly"
	Daily   = "Daily"
	Weekly  = "Weekly"
	Monthly = "Monthly"
	Yearly  = "Yearly"
)

// SnapshotCrashConsistent is the one value of VMPolicy.SnapshotConsistency; it needs PolicyV2.
const SnapshotCrashConsistent = "OnlyCrashConsistent"

// VMSchedule says when backups are taken, in the policy's time zone.
type VMSchedule struct {
	// Frequency is Hourly, Daily or Weekly.
	Frequency string
	// Time is the time of day "15:04", on the hour or the half hour. Of an hourly schedule it is the first of the day.
	Time string
	// Weekdays are the days of a weekly schedule.
	Weekdays []string
	// HourInterval is the time between two backups of an hourly schedule, in hours: 4, 6, 8 or 12.
	HourInterval int
	// HourDuration is how long after Time the backups of an hourly schedule go on each day, in hours: 4 to 24, a
	// multiple of HourInterval.
	HourDuration int
}

// InstantRestoreGroup names resource groups: prefix, a number, suffix.
type InstantRestoreGroup struct {
	Prefix string
	Suffix string // may be empty
}

// InstantAccess is whether the snapshots of Premium SSD v2 and Ultra disks can be restored from at once, before their data has
// been copied, and for how long.
type InstantAccess struct {
	Enabled bool
	// Minutes is MinInstantAccessMinutes to MaxInstantAccessMinutes; 0 leaves it to the service.
	Minutes int
}

// Duration is for how long a snapshot can be restored from at once; 0 is not at all. Of one that does not say it is the longest:
// that is the default of the restore points that the snapshots are in
// (learn.microsoft.com/azure/virtual-machines/virtual-machines-create-restore-points).
func (a *InstantAccess) Duration() time.Duration {
	switch {
	case a == nil || !a.Enabled:
		return 0
	case a.Minutes == 0:
		return MaxInstantAccessMinutes * time.Minute
	}
	return time.Duration(a.Minutes) * time.Minute
}

// DailyRetention keeps every recovery point.
type DailyRetention struct {
	Count int // days
}

// WeeklyRetention keeps the recovery points of some days of the week.
type WeeklyRetention struct {
	Count    int // weeks
	Weekdays []string
}

// MonthlyRetention keeps recovery points of some days of the month.
type MonthlyRetention struct {
	Count int // months
	MonthDays
}

// YearlyRetention keeps recovery points of some days of some months.
type YearlyRetention struct {
	Count  int // years
	Months []string
	MonthDays
}

// MonthDays choose days of a month in one of two formats: by date (Days, LastDay), which ARM calls Daily, or by week
// (Weekdays of Weeks), which it calls Weekly.
type MonthDays struct {
	// Days are dates, 1 to 28 in every month and up to 31 where the month has them.
	Days []int
	// LastDay adds the last day of the month.
	LastDay bool
	// Weekdays and Weeks go together: the Monday of the First week.
	Weekdays []string
	// Weeks are First, Second, Third, Fourth and Last.
	Weeks []string
}

// ByWeek tells whether the days are chosen by week.
func (d MonthDays) ByWeek() bool { return len(d.Weekdays) > 0 || len(d.Weeks) > 0 }

// ByDate tells whether the days are chosen by date.
func (d MonthDays) ByDate() bool { return len(d.Days) > 0 || d.LastDay }

// ArchiveTiering moves recovery points to the archive tier.
type ArchiveTiering struct {
	// Mode is TierAfter or TierRecommended.
	Mode string
	// Duration is how old a recovery point gets before TierAfter moves it, in DurationType.
	Duration int
	// DurationType is Days, Weeks, Months or Years.
	DurationType string
}

// PolicyProblem is a rule that a policy breaks.
type PolicyProblem struct {
	// Field is the attribute at fault in the words of backup_policy_vm, such as "backup.time" or "retention_daily.count".
	Field string
	// Message is written for the user: what is wrong, and the allowed range.
	Message string
}

// Retention is how long a recovery point is kept, and by which rule.
type Retention struct {
	Until time.Time
	// Rule is Daily, Weekly, Monthly or Yearly: that of the rules for the point which keeps it longest.
	Rule string
}

// MaxLUN is the greatest logical unit number of a data disk; the least is 0.
//
// Source: https://learn.microsoft.com/azure/virtual-machines/sizes, where the largest sizes take 64 data disks.
const MaxLUN = 63
