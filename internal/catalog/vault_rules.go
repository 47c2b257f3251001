package catalog

import (
	"fmt"
	"slices"
)

// VaultProblem is a rule that a vault breaks or, if Final, something that can never be taken back.
type VaultProblem struct {
	// Field is the attribute at fault in the words of backup_vault, such as "storage_redundancy" or "soft_delete.state".
	Field string
	// Summary names the rule.
	Summary string
	// Message says what is wrong, in words that are nobody's own. It begins in lower case, as it may follow the vault's name.
	Message string
	// Advice says what to do, in the words of backup_vault; it may be empty.
	Advice string
	// Final is true when nothing is wrong: the vault may become this, and stays it for ever.
	Final bool
	// Unsure is true when nobody can tell whether the service minds.
	Unsure bool
}

// Warns tells whether a problem is something to know, and no reason to stop.
func (p VaultProblem) Warns() bool { return p.Final || p.Unsure }

// RedundancyIsLocked is the summary of the one problem for which the service has a code of its own.
const RedundancyIsLocked = "Storage redundancy is locked"

// SoftDeleteIsForced is the summary of the problems for which the service has codes of their own, too.
const SoftDeleteIsForced = "Soft delete has to be AlwaysOn"

// CheckVault returns the rules that a vault breaks by becoming after, in the order of its attributes; before is nil at its
// creation. A setting that after leaves out stays as it was. What a vault has already is not held against it, and a rule
// that reads a value which is not known yet is left out.
//
// Where the service wants several writes for one change (ImmutabilityStep), the change is checked as a whole.
//
// Source: ARM's model of Microsoft.RecoveryServices/vaults, API 2026-07-01, what azurerm_recovery_services_vault checks, and
// the service's own answers as reported.
func CheckVault(before *Vault, after Vault) []VaultProblem {
	m := vaultMove{after: after, birth: before == nil}
	if before != nil {
		m.before = *before
		m.after = after.over(*before)
	}
	m.checkChoice("sku", "the sku", SKUs(), "", m.before.SKU, m.after.SKU)
	m.checkRedundancy()
	m.checkSoftDeleteDays()
	m.checkSoftDelete("soft_delete.state", "soft delete", m.before.SoftDelete, m.after.SoftDelete)
	m.checkSoftDelete("soft_delete.enhanced_security", "enhanced security", m.before.EnhancedSecurity, m.after.EnhancedSecurity)
	m.checkChoice("immutability", "immutability", ImmutabilityStates(), ImmutabilityLocked, m.before.Immutability, m.after.Immutability)
	m.checkImmutabilityPeriod()
	m.checkChoice("cross_subscription_restore", "cross-subscription restore", CrossSubscriptionRestoreStates(), CrossSubscriptionRestorePermanentlyDisabled,
		m.before.CrossSubscriptionRestore, m.after.CrossSubscriptionRestore)
	m.checkChoice("region_of_choice", "region of choice", Switches(), "", m.before.RegionOfChoice, m.after.RegionOfChoice)
	m.checkChoice("cost_granularity_level", "the granularity of costs", CostGranularityLevels(), "", m.before.CostGranularity, m.after.CostGranularity)
	m.checkSourceScan()
	m.checkEncryption(m.checkIdentity())
	return m.problems
}

// over is the vault with the settings of another where it leaves them out. Identity and encryption are left out by having
// none.
func (v Vault) over(was Vault) Vault {
	v.Region = v.Region.Or(was.Region)
	v.SKU = v.SKU.Or(was.SKU)
	v.Redundancy = v.Redundancy.Or(was.Redundancy)
	v.CrossRegionRestore = v.CrossRegionRestore.Or(was.CrossRegionRestore)
	v.SoftDelete = v.SoftDelete.Or(was.SoftDelete)
	v.EnhancedSecurity = v.EnhancedSecurity.Or(was.EnhancedSecurity)
	v.SoftDeleteDays = v.SoftDeleteDays.Or(was.SoftDeleteDays)
	v.Immutability = v.Immutability.Or(was.Immutability)
	v.ImmutabilityPeriod = v.ImmutabilityPeriod.Or(was.ImmutabilityPeriod)
	v.RegionOfChoice = v.RegionOfChoice.Or(was.RegionOfChoice)
	v.CostGranularity = v.CostGranularity.Or(was.CostGranularity)
	v.SourceScan = v.SourceScan.Or(was.SourceScan)
	v.CrossSubscriptionRestore = v.CrossSubscriptionRestore.Or(was.CrossSubscriptionRestore)
	return v
}

// vaultMove is what a vault was and what it is to be.
type vaultMove struct {
	before, after Vault
	birth         bool
	problems      []VaultProblem
}

func (m *vaultMove) refuse(field, summary, message, advice string) {
	m.problems = append(m.problems, VaultProblem{Field: field, Summary: summary, Message: message, Advice: advice})
}

// checkChoice: a setting has one of its values, and never leaves the final one, if there is one.
func (m *vaultMove) checkChoice(field, what string, values []string, final string, before, after Value[string]) {
	to, known := after.Get()
	if !known || isKnown(before, to) {
		return
	}
	if err := oneOf(what, to, values...); err != nil {
		m.refuse(field, "Invalid "+field, err.Error(), "")
		return
	}
	switch {
	case final == "":
	case isKnown(before, final):
		m.refuse(field, fmt.Sprintf("%s is %s", upperFirst(what), final),
			fmt.Sprintf("%s is %s, which is final; it cannot become %s", what, final, to),
			fmt.Sprintf("Set it back to %q or leave it out, or use a new vault.", final))
	case to == final && !before.IsUnknown():
		m.problems = append(m.problems, VaultProblem{
			Field: field, Final: true, Summary: fmt.Sprintf("%s becomes %s", upperFirst(what), final),
			Message: fmt.Sprintf("%s becomes %s, which is final. Nobody, Microsoft's support included, can undo it", what, final),
		})
	}
}

// checkSoftDelete: a state of soft delete never leaves AlwaysOn, and has to be it where the service forces it. There, a vault
// that is born with it has no choice to be warned of.
func (m *vaultMove) checkSoftDelete(field, what string, before, after Value[string]) {
	to, known := after.Get()
	forced := m.after.SoftDeleteForced
	other := known && to != SoftDeleteAlwaysOn && slices.Contains(SoftDeleteStates(), to) && !isKnown(before, to)
	switch {
	case other && (isKnown(forced, true) || forced.IsUnknown() && !isKnown(before, SoftDeleteAlwaysOn)):
		m.problems = append(m.problems, VaultProblem{
			Field: field, Summary: SoftDeleteIsForced, Unsure: forced.IsUnknown(),
			Message: fmt.Sprintf("%s is to be %s, which Azure refuses since 2026, but for regions and subscriptions that it has not switched over: "+
				"it has to be %s", what, to, SoftDeleteAlwaysOn),
			Advice: fmt.Sprintf("Set %s = %q, or leave it out.", field, SoftDeleteAlwaysOn),
		})
	case other && forced.IsUnknown():
		m.refuse(field, fmt.Sprintf("%s is %s", upperFirst(what), SoftDeleteAlwaysOn),
			fmt.Sprintf("%s is %s, which is final; it cannot become %s", what, SoftDeleteAlwaysOn, to), fmt.Sprintf("Set it back to %q or leave it out.", SoftDeleteAlwaysOn))
	case m.birth && isKnown(forced, true):
		m.checkChoice(field, what, SoftDeleteStates(), "", before, after)
	default:
		m.checkChoice(field, what, SoftDeleteStates(), SoftDeleteAlwaysOn, before, after)
	}
}

func (m *vaultMove) checkSoftDeleteDays() {
	days, known := m.after.SoftDeleteDays.Get()
	if !known || isKnown(m.before.SoftDeleteDays, days) || days >= MinSoftDeleteDays && days <= MaxSoftDeleteDays {
		return
	}
	const field = "soft_delete.retention_days"
	m.refuse(field, "Invalid "+field, fmt.Sprintf("deleted backups are kept for %d to %d days, not for %d", MinSoftDeleteDays, MaxSoftDeleteDays, days), "")
}

// checkRedundancy: the redundancy is one, stays when it is locked, has the zones that it needs, and is the one that
// cross-region restore needs.
func (m *vaultMove) checkRedundancy() {
	const field = "storage_redundancy"
	before, after := m.before.Redundancy, m.after.Redundancy
	to, known := after.Get()
	if changes := known && !isKnown(before, to); changes {
		from, had := before.Get()
		region, where := m.after.Region.Get()
		switch err := CheckRedundancy(to); {
		case err != nil:
			m.refuse(field, "Invalid "+field, err.Error(), "")
			after = Unknown[string]()
		case had && isKnown(m.before.RedundancyLocked, true):
			m.refuse(field, RedundancyIsLocked, fmt.Sprintf(
				"the storage redundancy is %s, which is locked since the first VM was registered with the vault; it cannot become %s", from, to),
				fmt.Sprintf("Set storage_redundancy back to %q, or protect the VMs in a new vault.", from))
			after = Unknown[string]()
		case Redundancy(to) == ZoneRedundant && where && !region.Zones:
			m.refuse(field, "Region has no availability zones",
				fmt.Sprintf("the region %s has no availability zones, which zone-redundant storage needs", quote(region.DisplayName)),
				fmt.Sprintf("Set storage_redundancy to %q or %q, or choose a region with zones; the data source backup_regions lists them.",
					LocallyRedundant, GeoRedundant))
		}
	}
	m.checkCrossRegionRestore(after)
}

// checkCrossRegionRestore: it stays, and needs geo-redundant storage. redundancy is what the vault is to have, as far as
// that is not refused for itself.
func (m *vaultMove) checkCrossRegionRestore(redundancy Value[string]) {
	const field, summary = "cross_region_restore_enabled", "Cross-region restore needs geo-redundant storage"
	had := isKnown(m.before.CrossRegionRestore, true)
	if had && isKnown(m.after.CrossRegionRestore, false) {
		m.refuse(field, "Cross-region restore cannot be switched off", "cross-region restore is on, and Azure never switches it off again",
			"Set cross_region_restore_enabled = true or leave it out. A vault without it has to be a new one.")
		return
	}
	kind, known := redundancy.Get()
	if !known || !isKnown(m.after.CrossRegionRestore, true) {
		return
	}
	err := CheckCrossRegionRestore(Redundancy(kind), true)
	switch {
	case err == nil:
	case had:
		m.refuse("storage_redundancy", summary, err.Error()+". The vault has cross-region restore, which cannot be switched off",
			fmt.Sprintf("Set storage_redundancy = %q or leave it out.", GeoRedundant))
	case isKnown(m.before.RedundancyLocked, true):
		m.refuse(field, summary, err.Error()+", and locked since the first VM was registered with the vault",
			"Leave cross-region restore off, or protect the VMs in a new vault.")
	default:
		m.refuse(field, summary, err.Error(), fmt.Sprintf("Set storage_redundancy = %q, or leave cross-region restore off.", GeoRedundant))
	}
}
