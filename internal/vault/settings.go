package vault

import (
	"maps"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Settings are what can be chosen about a vault. In what a caller wants, nil means: as the service has it; in what the
// service describes, that it does not say.
type Settings struct {
	SKU                        *string // Standard or RS0
	Redundancy                 *catalog.Redundancy
	CrossRegionRestoreEnabled  *bool
	SoftDelete                 *SoftDelete
	Immutability               *string // Disabled, Unlocked or Locked
	ImmutabilityPeriod         *ImmutabilityPeriod
	PublicNetworkAccessEnabled *bool
	CrossSubscriptionRestore   *string // Enabled, Disabled or PermanentlyDisabled
	RegionOfChoice             *string // Enabled or Disabled: whether VMs of other regions can be protected
	CostGranularity            *string // VaultLevel, ProtectedItemLevel or ProtectedItemWithParentTag
	SourceScan                 *SourceScanSettings
	Monitoring                 *Monitoring
	// Identity of type None is no identity.
	Identity   *Identity
	Encryption *Encryption
	Tags       *map[string]string
}

// SoftDelete says whether deleted backups are kept for a while.
type SoftDelete struct {
	// State is Disabled, Enabled or AlwaysOn, which is final; empty to leave it as it is, or when the service does not say.
	State string
	// RetentionDays is 14 to 180; 0 to leave it as it is, or when the service does not say.
	RetentionDays int
}

// ImmutabilityPeriod says for how long recovery points of an immutable vault are.
type ImmutabilityPeriod struct {
	// Type is AsPerPolicy or TimeBased.
	Type string
	// Days are those of TimeBased, and 0 otherwise.
	Days int
}

// SourceScanSettings say whether VMs are scanned for threats, and by which identity. What is empty is as the service has it, or not
// said by it.
type SourceScanSettings struct {
	State                  string // Enabled or Disabled
	IdentityType           string // SystemAssigned or UserAssigned
	UserAssignedIdentityID string
}

// missing is nil when the service has the scan as it is wanted.
func (s *SourceScanSettings) missing(actual *SourceScanSettings) *SourceScanSettings {
	if s == nil {
		return nil
	}
	has := orZero(actual)
	if (s.State == "" || s.State == has.State) && (s.IdentityType == "" || s.IdentityType == has.IdentityType) &&
		(s.UserAssignedIdentityID == "" || strings.EqualFold(s.UserAssignedIdentityID, has.UserAssignedIdentityID)) {
		return nil
	}
	return s
}

// Monitoring are the switches of a vault's alerts, nil as in Settings.
type Monitoring struct {
	JobFailures, ReplicationIssues, FailoverIssues *bool // Azure Monitor's
	CriticalOperations, SiteRecoveryEmails         *bool // the classic ones
}

// switches lists the switches, in one order.
func (m *Monitoring) switches() []**bool {
	return []**bool{&m.JobFailures, &m.ReplicationIssues, &m.FailoverIssues, &m.CriticalOperations, &m.SiteRecoveryEmails}
}

// Identity is the managed identity of a vault.
type Identity struct {
	// Type is None, SystemAssigned, UserAssigned or "SystemAssigned, UserAssigned".
	Type string
	// IDs are the ARM ids of the user-assigned identities, sorted.
	IDs []string
	// PrincipalID and TenantID are the service's, of the system-assigned identity.
	PrincipalID, TenantID string
}

// Encryption is the encryption with a key of the customer's.
type Encryption struct {
	KeyID                           string
	InfrastructureEncryptionEnabled bool
	UseSystemAssignedIdentity       bool
	UserAssignedIdentityID          string
}

// userAssigned tells whether the identity has user-assigned parts.
func (i *Identity) userAssigned() bool { return i != nil && strings.Contains(i.Type, "UserAssigned") }

// same compares what was chosen, not what the service adds.
func (i *Identity) same(o *Identity) bool {
	return i.kind() == o.kind() && slices.EqualFunc(i.ids(), o.ids(), strings.EqualFold)
}

func (i *Identity) kind() string {
	if i == nil {
		return "None"
	}
	return i.Type
}

func (i *Identity) ids() []string {
	if i == nil {
		return nil
	}
	ids := slices.Clone(i.IDs)
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return ids
}

func (e *Encryption) same(o *Encryption) bool {
	return e == o || e != nil && o != nil && e.KeyID == o.KeyID && e.InfrastructureEncryptionEnabled == o.InfrastructureEncryptionEnabled &&
		e.UseSystemAssignedIdentity == o.UseSystemAssignedIdentity && strings.EqualFold(e.UserAssignedIdentityID, o.UserAssignedIdentityID)
}

// The states of immutability; the way is Disabled, Unlocked and, for good, Locked.
const (
	ImmutabilityDisabled = catalog.ImmutabilityDisabled
	ImmutabilityUnlocked = catalog.ImmutabilityUnlocked
	ImmutabilityLocked   = catalog.ImmutabilityLocked
)

// atBirth is the part of the settings that the call which creates a vault takes. A vault is born with the rest of an
// identity missing and at most Unlocked; completing it takes further steps. So does the retention of deleted backups alone: it
// goes with the state, which is the service's then.
func (s Settings) atBirth() Settings {
	if s.Identity.userAssigned() {
		// The service ignores user-assigned identities in a create, and so would not find the key, nor who is to scan.
		s.Identity, s.Encryption, s.SourceScan = nil, nil, nil
	}
	switch {
	case s.SoftDelete == nil:
	case s.SoftDelete.State == "":
		s.SoftDelete = nil
	case s.SoftDelete.RetentionDays == 0:
		// Newer API versions refuse a state without days (microsoft/mcp, 2026-08); these are the service's own.
		s.SoftDelete = &SoftDelete{s.SoftDelete.State, catalog.MinSoftDeleteDays}
	}
	if s.Immutability != nil {
		s.Immutability = new(catalog.ImmutabilityStep("", *s.Immutability))
	}
	return s
}

// missing is what still has to be written to bring a vault from actual to these settings, in the next step; ok is
// false when nothing has. Each step can be repeated, and the steps follow from what the service says, so that an
// interrupted sequence goes on where it was.
func (s Settings) missing(actual Settings) (step Settings, ok bool) {
	step = Settings{
		SKU:                        differing(s.SKU, actual.SKU),
		Redundancy:                 differing(s.Redundancy, actual.Redundancy),
		CrossRegionRestoreEnabled:  differing(s.CrossRegionRestoreEnabled, actual.CrossRegionRestoreEnabled),
		Immutability:               differing(s.Immutability, actual.Immutability),
		ImmutabilityPeriod:         differing(s.ImmutabilityPeriod, actual.ImmutabilityPeriod),
		RegionOfChoice:             differing(s.RegionOfChoice, actual.RegionOfChoice),
		CostGranularity:            differing(s.CostGranularity, actual.CostGranularity),
		SourceScan:                 s.SourceScan.missing(actual.SourceScan),
		PublicNetworkAccessEnabled: differing(s.PublicNetworkAccessEnabled, actual.PublicNetworkAccessEnabled),
		CrossSubscriptionRestore:   differing(s.CrossSubscriptionRestore, actual.CrossSubscriptionRestore),
		Monitoring:                 s.Monitoring.missing(actual.Monitoring),
		SoftDelete:                 s.SoftDelete.missing(actual.SoftDelete),
	}
	if s.Identity != nil && !s.Identity.same(actual.Identity) {
		step.Identity = s.Identity
	}
	if s.Encryption != nil && !s.Encryption.same(actual.Encryption) {
		step.Encryption = s.Encryption
	}
	if s.Tags != nil && (actual.Tags == nil || !SameTags(*s.Tags, *actual.Tags)) {
		step.Tags = s.Tags
	}
	if step.Immutability != nil {
		step.Immutability = new(catalog.ImmutabilityStep(orZero(actual.Immutability), *step.Immutability))
	}
	return step, step != Settings{}
}

func (s *SoftDelete) missing(actual *SoftDelete) *SoftDelete {
	if s == nil {
		return nil
	}
	has := orZero(actual)
	var step SoftDelete
	if s.State != "" && s.State != has.State {
		step.State = s.State
	}
	if s.RetentionDays != 0 && s.RetentionDays != has.RetentionDays {
		step.RetentionDays = s.RetentionDays
	}
	if step == (SoftDelete{}) {
		return nil
	}
	return &step
}

// missing is nil when the service has every switch that is wanted. Otherwise it is all of them, with those that are not
// wanted as the service has them: Azure refuses a part of them from API version 2024-02-01 on.
func (m *Monitoring) missing(actual *Monitoring) *Monitoring {
	if m == nil {
		return nil
	}
	step, differs := *m, false
	has := orZero(actual)
	for i, is := range has.switches() {
		wanted := step.switches()[i]
		differs = differs || differing(*wanted, *is) != nil
		if *wanted == nil {
			*wanted = *is
		}
	}
	if !differs {
		return nil
	}
	return &step
}

// SameTags compares tags as ARM does: names without regard to letter case, values exactly.
func SameTags(a, b map[string]string) bool { return maps.Equal(foldNames(a), foldNames(b)) }

// HasTags tells whether all of the wanted tags are among those of an object, compared as SameTags does.
func HasTags(tags, wanted map[string]string) bool {
	tags = foldNames(tags)
	for name, value := range wanted {
		if has, ok := tags[strings.ToLower(name)]; !ok || has != value {
			return false
		}
	}
	return true
}

func foldNames(tags map[string]string) map[string]string {
	folded := make(map[string]string, len(tags))
	for name, value := range tags {
		folded[strings.ToLower(name)] = value
	}
	return folded
}

func differing[T comparable](wanted, actual *T) *T {
	if wanted == nil || actual != nil && *wanted == *actual {
		return nil
	}
	return wanted
}
