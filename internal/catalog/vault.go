package catalog

// Value is something that is said about a vault: absent, which is its zero; not known yet; or known.
type Value[T any] struct {
	value          T
	known, unknown bool
}

// Known is a value that is there.
func Known[T any](value T) Value[T] { return Value[T]{value: value, known: true} }

// Unknown is a value of which nobody can tell yet what it will be, or whether there will be one.
func Unknown[T any]() Value[T] { return Value[T]{unknown: true} }

// Get returns the value; known is false when it is absent or unknown.
func (v Value[T]) Get() (value T, known bool) { return v.value, v.known }

// IsUnknown tells whether the value is not known yet.
func (v Value[T]) IsUnknown() bool { return v.unknown }

// Or is the value, or another where it is absent.
func (v Value[T]) Or(other Value[T]) Value[T] {
	if v.known || v.unknown {
		return v
	}
	return other
}

// isKnown tells whether the value is known, and this one.
func isKnown[T comparable](v Value[T], value T) bool { return v.known && v.value == value }

// Vault is what the rules of a vault (CheckVault) read of one. It is neither Terraform's model nor ARM's document but what
// both are read into, so that one set of rules holds for the validator, the plan and the embedded service.
//
// Words are spelled as backup_vault spells them. What is absent is as the service has it; an absent identity and an absent
// encryption are none.
type Vault struct {
	// Region is what is known of the region; unknown for one that is newer than the catalogue, too.
	Region     Value[Region]
	SKU        Value[string]
	Redundancy Value[string]
	// RedundancyLocked is true when a VM has been registered with the vault.
	RedundancyLocked   Value[bool]
	CrossRegionRestore Value[bool]
	SoftDelete         Value[string]
	// EnhancedSecurity goes with SoftDelete and has its words. backup_vault has no attribute for it.
	EnhancedSecurity Value[string]
	// SoftDeleteForced is true when the service takes nothing but AlwaysOn of both, and unknown when it may. It is a fact
	// about the service, not a setting of the vault.
	SoftDeleteForced         Value[bool]
	SoftDeleteDays           Value[int64]
	Immutability             Value[string]
	ImmutabilityPeriod       Value[VaultImmutabilityPeriod]
	CrossSubscriptionRestore Value[string]
	// RegionOfChoice is whether the vault protects VMs of other regions.
	RegionOfChoice  Value[string]
	CostGranularity Value[string]
	SourceScan      Value[VaultSourceScan]
	Identity        Value[VaultIdentity]
	Encryption      Value[VaultEncryption]
}

// VaultIdentity is the managed identity of a vault.
type VaultIdentity struct {
	Type Value[string]
	// IDs are the ids of the user-assigned identities.
	IDs Value[[]Value[string]]
}

// VaultEncryption is the encryption with a key of the customer's.
type VaultEncryption struct {
	KeyURL         Value[string]
	Infrastructure Value[bool]
	// The vault reads the key by its system-assigned identity, or by the user-assigned one with the id UserIdentity.
	UsesSystemIdentity Value[bool]
	UserIdentity       Value[string]
}

// The values of what can be chosen about a vault. Those named last of SoftDeleteStates, ImmutabilityStates and
// CrossSubscriptionRestoreStates are final.
const (
	SKUStandard = "Standard"
	SKURS0      = "RS0"

	SoftDeleteDisabled = "Disabled"
	SoftDeleteEnabled  = "Enabled"
	SoftDeleteAlwaysOn = "AlwaysOn"

	ImmutabilityDisabled = "Disabled"
	ImmutabilityUnlocked = "Unlocked"
	ImmutabilityLocked   = "Locked"

	CrossSubscriptionRestoreEnabled             = "Enabled"
	CrossSubscriptionRestoreDisabled            = "Disabled"
	CrossSubscriptionRestorePermanentlyDisabled = "PermanentlyDisabled"

	IdentitySystemAssigned = "SystemAssigned"
	IdentityUserAssigned   = "UserAssigned"
	IdentityBoth           = IdentitySystemAssigned + ", " + IdentityUserAssigned

	// Deleted backups are kept for so many days.
	//
	// Source: https://learn.microsoft.com/azure/backup/backup-azure-enhanced-soft-delete-about
	MinSoftDeleteDays = 14
	MaxSoftDeleteDays = 180
)

// SKUs returns the values of Vault.SKU.
func SKUs() []string { return []string{SKUStandard, SKURS0} }

// SoftDeleteStates returns the values of Vault.SoftDelete.
func SoftDeleteStates() []string {
	return []string{SoftDeleteDisabled, SoftDeleteEnabled, SoftDeleteAlwaysOn}
}

// ImmutabilityStates returns the values of Vault.Immutability.
func ImmutabilityStates() []string {
	return []string{ImmutabilityDisabled, ImmutabilityUnlocked, ImmutabilityLocked}
}

// CrossSubscriptionRestoreStates returns the values of Vault.CrossSubscriptionRestore.
func CrossSubscriptionRestoreStates() []string {
	return []string{CrossSubscriptionRestoreEnabled, CrossSubscriptionRestoreDisabled, CrossSubscriptionRestorePermanentlyDisabled}
}

// IdentityTypes returns the values of VaultIdentity.Type.
func IdentityTypes() []string {
	return []string{IdentitySystemAssigned, IdentityUserAssigned, IdentityBoth}
}

// ImmutabilityStep is the state that a write gives a vault which is to get from one state of immutability to another; from is
// empty at its creation. The way to Locked leads through Unlocked, and the service takes one step in a write.
//
// Source: azurerm_recovery_services_vault, which goes this way.
func ImmutabilityStep(from, to string) string {
	if to == ImmutabilityLocked && from != ImmutabilityUnlocked && from != ImmutabilityLocked {
		return ImmutabilityUnlocked
	}
	return to
}
