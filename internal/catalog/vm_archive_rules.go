package catalog

import (
	"errors"
	"fmt"
	"slices"
)

// The modes of tiering.
const (
	// TierAfter moves recovery points of a given age.
	TierAfter = "TierAfter"
	// TierRecommended moves those for which the service finds that it saves money.
	TierRecommended = "TierRecommended"
)

// Recovery points are moved to the archive tier when they are at least MinMonthsBeforeArchive old, and stay there for at
// least MinMonthsInArchive; only the points of monthly and yearly retention are moved.
//
// Source: learn.microsoft.com/azure/backup/use-archive-tier-support, "Configure Smart Tiering", and the checks of
// Az.RecoveryServices.
const (
	MinMonthsBeforeArchive = 3
	MinMonthsInArchive     = 6
)

// durationTypes are the units of a tiering duration with their days: a month counts 30, a year 12 months.
var durationTypes = []struct {
	name string
	days int
}{{"Days", 1}, {"Weeks", 7}, {unitMonths, daysOfMonth}, {"Years", daysOfYear}}

// unitMonths is the unit of a tiering duration that Azure's own tools use for virtual machines; it takes the others, too.
const unitMonths = "Months"

const (
	daysOfMonth = 30
	daysOfYear  = 12 * daysOfMonth
)

// DurationTypes returns the units of a tiering duration. The slice is the caller's to change.
func DurationTypes() []string {
	var names []string
	for _, unit := range durationTypes {
		names = append(names, unit.name)
	}
	return names
}

// days is the duration in days, and 0 when it has no unit.
func (a ArchiveTiering) days() int {
	const enough = 1_000_000 // days, months or years: longer than anything is kept, and far from the end of int
	for _, unit := range durationTypes {
		if unit.name == a.DurationType {
			return min(a.Duration, enough) * unit.days
		}
	}
	return 0
}

// ShownAs tells whether the service may show a tiering of these settings as another. One in years is the same in months. And
// Azure shows the number that it was given with months, whatever its unit was (reported of the portal in
// https://github.com/hashicorp/terraform-provider-azurerm/issues/33217): that cannot be told from a change, and would be one in
// every plan.
func (a ArchiveTiering) ShownAs(shown ArchiveTiering) bool {
	sameTime := a.days() == shown.days() && a.days() > 0
	unitLost := a.Duration == shown.Duration && shown.DurationType == unitMonths
	return a.Mode == TierAfter && shown.Mode == a.Mode && (sameTime || unitLost)
}

const (
	archiveField        = "tiering_policy.archived_restore_point"
	archiveMode         = archiveField + ".mode"
	archiveDuration     = archiveField + ".duration"
	archiveDurationType = archiveField + ".duration_type"
)

// archiveRules do not ask for a policy type: whether the service refuses, ignores or does the tiering of a standard
// policy (V1) is reported differently, and azurerm takes it.
var archiveRules = []vmPolicyRule{
	{reads(archiveMode), func(p VMPolicy) error {
		if p.Archive == nil {
			return nil
		}
		return oneOf("the tiering mode", p.Archive.Mode, TierAfter, TierRecommended)
	}},
	{reads(archiveDuration, archiveMode, archiveDurationType), func(p VMPolicy) error {
		switch a := p.Archive; {
		case a == nil:
		case a.Mode == TierAfter && a.Duration == 0:
			return fmt.Errorf("the mode TierAfter needs a duration, of at least %d months, after which recovery points are moved",
				MinMonthsBeforeArchive)
		case a.Mode == TierAfter && slices.Contains(DurationTypes(), a.DurationType) &&
			a.days() < MinMonthsBeforeArchive*daysOfMonth:
			return fmt.Errorf("the duration is %d %s; recovery points are moved to the archive tier after at least %d months "+
				"(%d days)", a.Duration, a.DurationType, MinMonthsBeforeArchive, MinMonthsBeforeArchive*daysOfMonth)
		case a.Mode == TierRecommended && a.Duration != 0:
			return errors.New("the mode TierRecommended has no duration; the service decides")
		}
		return nil
	}},
	{reads(archiveDurationType, archiveMode), func(p VMPolicy) error {
		switch a := p.Archive; {
		case a == nil:
		case a.Mode == TierAfter:
			return oneOf("the duration type", a.DurationType, DurationTypes()...)
		case a.Mode == TierRecommended && a.DurationType != "":
			return errors.New("the mode TierRecommended has no duration type; the service decides")
		}
		return nil
	}},
	{reads(archiveField, archiveMode, archiveDuration, archiveDurationType,
		"retention_monthly.count", "retention_yearly.count"), checkArchiveRetention},
}

// checkArchiveRetention wants points that are kept long enough to be moved.
func checkArchiveRetention(p VMPolicy) error {
	if p.Archive == nil {
		return nil
	}
	moved := MinMonthsBeforeArchive * daysOfMonth
	if p.Archive.Mode == TierAfter {
		if moved > p.Archive.days() {
			return nil // what is wrong with the duration is said there
		}
		moved = p.Archive.days()
	}
	least := moved + MinMonthsInArchive*daysOfMonth
	if p.Monthly != nil && p.Monthly.Count*daysOfMonth >= least || p.Yearly != nil && p.Yearly.Count*daysOfYear >= least {
		return nil
	}
	return fmt.Errorf("recovery points are kept for at least %d months after they are moved to the archive tier: it needs "+
		"retention_monthly with a count of at least %d, or retention_yearly with a count of at least %d",
		MinMonthsInArchive, roundedUp(least, daysOfMonth), roundedUp(least, daysOfYear))
}

// roundedUp is how many units make n.
func roundedUp(n, unit int) int { return (n + unit - 1) / unit }
