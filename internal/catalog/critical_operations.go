package catalog

import "regexp"

// CriticalOperation is an operation on a vault that a resource guard can protect (multi-user authorization), by Azure's name.
//
// Source: learn.microsoft.com/azure/backup/multi-user-authorization-concept, "Critical operations"; the names are those of a
// recorded mapping (Azure/azure-cli, test_backup_rg_mapping, 2026-07).
type CriticalOperation string

// The critical operations that this provider makes.
const (
	DeleteBackups       CriticalOperation = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/delete"
	KeepBackupsForLess  CriticalOperation = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/write"
	WeakenPolicy        CriticalOperation = "Microsoft.RecoveryServices/vaults/backupPolicies/write"
	RemoveGuard         CriticalOperation = "Microsoft.RecoveryServices/vaults/backupResourceGuardProxies/delete"
	WeakenSoftDelete    CriticalOperation = "Microsoft.RecoveryServices/vaults/backupconfig/write"
	ChangeEncryption    CriticalOperation = "Microsoft.RecoveryServices/vaults/write#modifyEncryptionSettings"
	StopBackups         CriticalOperation = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/write#stopProtectionWithRetainData"
	WeakenImmutability  CriticalOperation = "Microsoft.RecoveryServices/vaults/write#reduceImmutabilityState"
	ShortenImmutability CriticalOperation = "Microsoft.RecoveryServices/vaults/write#modifyImmutabilityDuration"
)

// What words an operation for messages, such as "to delete backups".
func (o CriticalOperation) What() string {
	switch o {
	case DeleteBackups:
		return "to delete backups"
	case KeepBackupsForLess:
		return "to give a VM a policy that keeps less"
	case WeakenPolicy:
		return "to change a policy so that it keeps less"
	case RemoveGuard:
		return "to remove or change the resource guard"
	case WeakenSoftDelete:
		return "to disable soft delete"
	case ChangeEncryption:
		return "to change the encryption"
	case StopBackups:
		return "to stop backups and retain those there are"
	case WeakenImmutability:
		return "to disable immutability"
	case ShortenImmutability:
		return "to keep recovery points immutable for less time"
	}
	return "to do what Azure calls " + string(o)
}

// ResourceGuardType is the ARM type of a resource guard.
const ResourceGuardType = "Microsoft.DataProtection/resourceGuards"

var guardID = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.DataProtection/resourceGuards/[^/]+$`)

// IsResourceGuardID tells whether a text is the id of a resource guard, in any letter case.
func IsResourceGuardID(id string) bool { return guardID.MatchString(id) }

// KeepsLess tells whether a policy keeps less than before for a resource guard: a rule of retention that counts less or is gone,
// fewer days of instant restore, or a longer time between two backups. That is by what Microsoft's az CLI asks a guard, which
// asks too often rather than too rarely; what an immutable vault refuses (ShortensRetention) is less.
func (p VMPolicy) KeepsLess(before VMPolicy) bool {
	after := p.keptFor()
	for i, was := range before.keptFor() {
		if after[i].count < was.count {
			return true
		}
	}
	return p.InstantRestoreDays != 0 && p.InstantRestoreDays < before.InstantRestoreDays || p.Schedule.longestGap() > before.Schedule.longestGap()
}

// longestGap is the longest time between two backups, in hours.
func (s VMSchedule) longestGap() int {
	switch s.Frequency {
	case Hourly:
		return max(s.HourInterval, 24-s.HourDuration)
	case Weekly:
		return 24 * longestGapOfWeek(s.Weekdays)
	}
	return 24
}

// longestGapOfWeek is the largest number of days from one of the weekdays to the next.
func longestGapOfWeek(days []string) int {
	chosen := map[string]bool{}
	for _, day := range days {
		chosen[day] = true
	}
	longest, gap := 0, 0
	for range 2 { // around the end of the week
		for _, day := range weekdays {
			gap++
			if chosen[day] {
				longest, gap = max(longest, gap), 0
			}
		}
	}
	return min(max(longest, gap), 7)
}
