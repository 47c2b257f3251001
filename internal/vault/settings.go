package vault

import (
	"maps"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Settings are what can be chosen about a vault. In what a caller wants, nil means: as the service has it.
type Settings struct {
	SKU                        *string // Standard or RS0
	Redundancy                 *catalog.Redundancy
	CrossRegionRestoreEnabled  *bool
	SoftDelete                 *SoftDelete
	Immutability               *string // Disabled, Unlocked or Locked
	PublicNetworkAccessEnabled *bool
	CrossSubscriptionRestore   *string // Enabled, Disabled or PermanentlyDisabled
	Monitoring                 *Monitoring
	// Identity of type None is no identity.
	Identity   *Identity
	Encryption *Encryption
	Tags       *map[string]string
}

// SoftDelete says whether deleted backups are kept for a while.
type SoftDelete struct {
	// State is Disabled, Enabled or AlwaysOn, which is final; empty to leave it as it is.
	State string
	// RetentionDays is 14 to 180; 0 to leave it as it is.
	RetentionDays int
}

// Monitoring are the switches of a vault's alerts.
type Monitoring struct {
	JobFailures, ReplicationIssues, FailoverIssues bool // Azure Monitor's
	CriticalOperations, SiteRecoveryEmails         bool // the classic ones
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
	ImmutabilityDisabled = "Disabled"
	ImmutabilityUnlocked = "Unlocked"
	ImmutabilityLocked   = "Locked"
)

// atBirth is the part of the settings that the call which creates a vault takes. A vault is born with the rest of an
// identity missing and at most Unlocked; completing it takes further steps.
func (s Settings) atBirth() Settings {
	if s.Identity.userAssigned() {
		// The service ignores user-assigned identities in a create, and so would not find the key.
		s.Identity, s.Encryption = nil, nil
	}
	if s.Immutability != nil && *s.Immutability == ImmutabilityLocked {
		unlocked := ImmutabilityUnlocked
		s.Immutability = &unlocked
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
		PublicNetworkAccessEnabled: differing(s.PublicNetworkAccessEnabled, actual.PublicNetworkAccessEnabled),
		CrossSubscriptionRestore:   differing(s.CrossSubscriptionRestore, actual.CrossSubscriptionRestore),
		Monitoring:                 differing(s.Monitoring, actual.Monitoring),
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
	if step.Immutability != nil && *step.Immutability == ImmutabilityLocked && (actual.Immutability == nil || *actual.Immutability == ImmutabilityDisabled) {
		// The service refuses to lock in one go.
		unlocked := ImmutabilityUnlocked
		step.Immutability = &unlocked
	}
	return step, step != Settings{}
}

func (s *SoftDelete) missing(actual *SoftDelete) *SoftDelete {
	if s == nil || actual == nil {
		return s
	}
	var step SoftDelete
	if s.State != "" && s.State != actual.State {
		step.State = s.State
	}
	if s.RetentionDays != 0 && s.RetentionDays != actual.RetentionDays {
		step.RetentionDays = s.RetentionDays
	}
	if step == (SoftDelete{}) {
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
