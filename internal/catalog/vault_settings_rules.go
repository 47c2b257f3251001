package catalog

import "fmt"

// VaultImmutabilityPeriod says for how long the recovery points of an immutable vault cannot be deleted.
type VaultImmutabilityPeriod struct {
	Type Value[string]
	Days Value[int64]
}

// VaultSourceScan says whether and by whose identity the VMs that a vault protects are scanned for threats.
type VaultSourceScan struct {
	State        Value[string]
	IdentityType Value[string]
	UserIdentity Value[string]
}

// The values of the settings that came with the API versions of 2025 and 2026.
const (
	ImmutableAsPerPolicy = "AsPerPolicy"
	ImmutableTimeBased   = "TimeBased"

	// Recovery points are immutable for so many days.
	//
	// Source: ARM's model of Microsoft.RecoveryServices/vaults, API 2026-05-01.
	MinImmutableDays = 30
	MaxImmutableDays = 36135

	CostByVault            = "VaultLevel"
	CostByItem             = "ProtectedItemLevel"
	CostByItemAndParentTag = "ProtectedItemWithParentTag"

	SettingEnabled  = "Enabled"
	SettingDisabled = "Disabled"
)

// ImmutabilityTypes returns the values of VaultImmutabilityPeriod.Type.
func ImmutabilityTypes() []string { return []string{ImmutableAsPerPolicy, ImmutableTimeBased} }

// CostGranularityLevels returns the values of Vault.CostGranularity.
func CostGranularityLevels() []string {
	return []string{CostByVault, CostByItem, CostByItemAndParentTag}
}

// Switches returns the values of Vault.RegionOfChoice and VaultSourceScan.State. The service may say Invalid of both, which
// nobody can choose.
func Switches() []string { return []string{SettingEnabled, SettingDisabled} }

// SourceScanIdentityTypes returns the values of VaultSourceScan.IdentityType.
func SourceScanIdentityTypes() []string {
	return []string{IdentitySystemAssigned, IdentityUserAssigned}
}

// checkImmutabilityPeriod: the period is of a type, and has days always and only where it is based on time.
//
// Source: Microsoft's type definitions ("Required when type is TimeBased, omitted when AsPerPolicy").
func (m *vaultMove) checkImmutabilityPeriod() {
	const field, typeField, daysField = "immutability_configuration", "immutability_configuration.type", "immutability_configuration.duration_in_days"
	after, has := m.after.ImmutabilityPeriod.Get()
	if !has {
		return
	}
	before := m.before.ImmutabilityPeriod.value
	kind, known := after.Type.Get()
	days, hasDays := after.Days.Get()
	switch {
	case !known && !after.Type.IsUnknown():
		m.refuse(typeField, "Missing "+typeField, "for how long recovery points are immutable has no type",
			fmt.Sprintf("Set %s to %q or %q.", typeField, ImmutableAsPerPolicy, ImmutableTimeBased))
		return
	case known:
		if err := oneOf("the type of immutability", kind, ImmutabilityTypes()...); err != nil {
			if !isKnown(before.Type, kind) {
				m.refuse(typeField, "Invalid "+typeField, err.Error(), "")
			}
			return
		}
	}
	switch {
	case hasDays && (days < MinImmutableDays || days > MaxImmutableDays) && !isKnown(before.Days, days):
		m.refuse(daysField, "Invalid "+daysField,
			fmt.Sprintf("recovery points are immutable for %d to %d days, not for %d", MinImmutableDays, MaxImmutableDays, days), "")
	case kind == ImmutableTimeBased && !hasDays && !after.Days.IsUnknown():
		m.refuse(daysField, "Missing "+daysField, "immutability based on time needs the number of days",
			fmt.Sprintf("Set %s to %d or more.", daysField, MinImmutableDays))
	case kind == ImmutableAsPerPolicy && hasDays:
		m.refuse(daysField, "Days of immutability without TimeBased", "immutability as per policy has the days of the policy, and none of its own",
			fmt.Sprintf("Leave %s out, or set %s = %q.", daysField, typeField, ImmutableTimeBased))
	default:
		m.warnOfPeriod(field, before, after)
	}
}

// warnOfPeriod warns of a period that does nothing, since the vault is not immutable, and of one that a locked vault may not
// have. Nobody was seen to be refused either: Microsoft's tools say that the service passes the first over
// (microsoft/mcp, 2026-08), and its documentation that retention in a locked vault is never reduced. That this goes for the
// period is our reading.
func (m *vaultMove) warnOfPeriod(field string, before, after VaultImmutabilityPeriod) {
	kind, _ := after.Type.Get()
	was, _ := before.Type.Get()
	days, _ := after.Days.Get()
	had, _ := before.Days.Get()
	unsure := func(summary, message, advice string) {
		m.problems = append(m.problems, VaultProblem{Field: field, Summary: summary, Message: message, Advice: advice, Unsure: true})
	}
	switch changes := kind != was || days != had; {
	case !changes || kind == "":
	case isKnown(m.after.Immutability, ImmutabilityDisabled):
		unsure("Days of immutability without immutability", "the vault is not immutable, so that how long its recovery points would be does nothing",
			fmt.Sprintf("Set immutability = %q, or leave %s out.", ImmutabilityUnlocked, field))
	case isKnown(m.before.Immutability, ImmutabilityLocked) && was == ImmutableTimeBased && (kind != was || days < had):
		unsure("Immutability may not become shorter", fmt.Sprintf("immutability is Locked, for %d days; Azure may refuse to make that less", had),
			fmt.Sprintf("Set %s.duration_in_days = %d or more, or leave %s out.", field, had, field))
	}
}

// checkSourceScan: a user-assigned identity is named, and nothing else is.
//
// Source: the samples of Microsoft's clients. That the vault has the identity is not checked: Azure was not seen to refuse
// another.
func (m *vaultMove) checkSourceScan() {
	const field = "source_scan_configuration"
	after, has := m.after.SourceScan.Get()
	if !has {
		return
	}
	before := m.before.SourceScan.value
	m.checkChoice(field+".state", "the scan of sources", Switches(), "", before.State, after.State)
	m.checkChoice(field+".identity_type", "the type of the identity that scans", SourceScanIdentityTypes(), "", before.IdentityType, after.IdentityType)
	kind, known := after.IdentityType.Get()
	_, named := after.UserIdentity.Get()
	switch {
	case after.IdentityType.IsUnknown() || after.UserIdentity.IsUnknown():
	case kind == IdentityUserAssigned && !named:
		m.refuse(field+".user_assigned_identity_id", "Missing identity for the scan", "a scan by a user-assigned identity needs its id",
			fmt.Sprintf("Set %s.user_assigned_identity_id.", field))
	case named && (!known || kind == IdentitySystemAssigned):
		m.refuse(field+".user_assigned_identity_id", "Identity of the scan is not user-assigned", "only a scan by a user-assigned identity names one",
			fmt.Sprintf("Set %s.identity_type = %q, or leave the id out.", field, IdentityUserAssigned))
	}
}
