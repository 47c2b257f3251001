package vault

import (
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// vault reads what the service says. What it leaves out is not known: it is nothing that ARM's default could stand for, as
// defaults differ between API versions and ways to make a vault.
func (w wireVault) vault() (Vault, error) {
	id, err := ParseID(w.ID)
	switch {
	case err != nil:
		return Vault{}, unreadableID(w.ID, err)
	case w.Location == "":
		return Vault{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no location"}
	}
	p := orZero(w.Properties)
	security, redundancy := orZero(p.SecuritySettings), orZero(p.RedundancySettings)
	tags := map[string]string{}
	if w.Tags != nil && *w.Tags != nil {
		tags = *w.Tags
	}
	return Vault{
		ID:               id,
		ARMID:            w.ID,
		Region:           catalog.NormalizeRegion(w.Location),
		RedundancyLocked: locked(p.BackupStorageVersion),
		State:            stateOf(p.ProvisioningState),
		multiUser:        security.MultiUserAuthorization,
		enhancedSecurity: orZero(security.SoftDeleteSettings).EnhancedSecurityState,
		Settings: Settings{
			SKU:                        said(orZero(w.SKU).Name, "Standard", "RS0"),
			Redundancy:                 said(catalog.Redundancy(redundancy.StandardTierStorageRedundancy), catalog.Redundancies()...),
			CrossRegionRestoreEnabled:  isOn(redundancy.CrossRegionRestore),
			SoftDelete:                 security.SoftDeleteSettings.softDelete(),
			Immutability:               said(orZero(security.ImmutabilitySettings).State, ImmutabilityDisabled, ImmutabilityUnlocked, ImmutabilityLocked),
			ImmutabilityPeriod:         orZero(security.ImmutabilitySettings).Configuration.period(),
			SourceScan:                 security.SourceScan.scan(),
			CostGranularity:            said(orZero(p.CostManagement).GranularityLevel, catalog.CostGranularityLevels()...),
			RegionOfChoice:             said(orZero(p.RegionOfChoice).Status, switchWords...),
			PublicNetworkAccessEnabled: isNotOff(p.PublicNetworkAccess),
			CrossSubscriptionRestore: said(orZero(p.RestoreSettings).CrossSubscriptionRestoreSettings.CrossSubscriptionRestoreState,
				"Enabled", "Disabled", "PermanentlyDisabled"),
			Monitoring: p.MonitoringSettings.monitoring(), Identity: w.Identity.identity(), Encryption: p.Encryption.encryption(), Tags: &tags,
		},
	}, nil
}

// unreadableID is the error of an object whose id cannot be read.
func unreadableID(id string, err error) error {
	if id == "" {
		return &arm.UnreadableError{Reason: "it has no id"}
	}
	return &arm.UnreadableError{ID: id, Reason: err.Error()}
}

// said is a word of the service in our spelling, nil when it is left out.
func said[T ~string](word T, words ...T) *T {
	if word == "" {
		return nil
	}
	word = canonical(word, words...)
	return &word
}

// canonical gives a word of the service our spelling of it, and the first of the words when it is left out. The service
// writes AlwaysON where its documentation has AlwaysOn.
func canonical[T ~string](word T, words ...T) T {
	for _, w := range words {
		if strings.EqualFold(string(w), string(word)) {
			return w
		}
	}
	if word == "" {
		return words[0]
	}
	return word
}

// isOn reads a switch, nil when it is left out.
func isOn(word string) *bool {
	if word == "" {
		return nil
	}
	return new(strings.EqualFold(word, "Enabled"))
}

// isNotOff is isOn of a switch that has more words than two: one that is not known is not off.
func isNotOff(word string) *bool {
	if word == "" {
		return nil
	}
	return new(!strings.EqualFold(word, "Disabled"))
}

func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func (w *wireSoftDelete) softDelete() *SoftDelete {
	s := SoftDelete{orZero(said(orZero(w).SoftDeleteState, "Disabled", "Enabled", "AlwaysOn")), orZero(w).SoftDeleteRetentionPeriodInDays}
	if s == (SoftDelete{}) {
		return nil
	}
	return &s
}

func (w *wirePeriod) period() *ImmutabilityPeriod {
	if w == nil || *w == (wirePeriod{}) {
		return nil
	}
	p := ImmutabilityPeriod{Type: orZero(said(w.Type, catalog.ImmutabilityTypes()...))}
	if p.Type != catalog.ImmutableAsPerPolicy { // whose days are the policy's, whatever was sent
		p.Days = w.DurationInDays
	}
	return &p
}

// switchWords are what the service says of a switch that may also be none of its two, which nobody can choose.
var switchWords = append(catalog.Switches(), "Invalid")

func (w *wireScanSettings) scan() *SourceScanSettings {
	s := SourceScanSettings{State: orZero(said(orZero(w).State, switchWords...))}
	if identity := orZero(w).Identity; identity != nil {
		s.IdentityType, s.UserAssignedIdentityID = orZero(said(identity.Type, catalog.SourceScanIdentityTypes()...)), identity.User
	}
	if s == (SourceScanSettings{}) {
		return nil
	}
	return &s
}

func (w *wireMonitoring) monitoring() *Monitoring {
	azure := orZero(orZero(w).AzureMonitorAlertSettings)
	classic := orZero(orZero(w).ClassicAlertSettings)
	m := Monitoring{
		isOn(azure.AlertsForAllJobFailures), isOn(azure.AlertsForAllReplicationIssues), isOn(azure.AlertsForAllFailoverIssues),
		isOn(classic.AlertsForCriticalOperations), isOn(classic.EmailNotificationsForSiteRecovery),
	}
	if m == (Monitoring{}) {
		return nil
	}
	return &m
}

func (w *wireIdentity) identity() *Identity {
	if w == nil || w.Type == "" || strings.EqualFold(w.Type, "None") {
		return nil
	}
	i := &Identity{Type: identityType(w.Type), PrincipalID: w.PrincipalID, TenantID: w.TenantID}
	for id := range w.UserAssignedIdentities {
		i.IDs = append(i.IDs, id)
	}
	slices.Sort(i.IDs)
	return i
}

// identityType reads the kinds of identity, which the service lists with and without spaces.
func identityType(word string) string {
	kinds := strings.Split(word, ",")
	for i, kind := range kinds {
		kinds[i] = orZero(said(strings.TrimSpace(kind), catalog.IdentitySystemAssigned, catalog.IdentityUserAssigned))
	}
	return strings.Join(kinds, ", ")
}

func (w *wireEncryption) encryption() *Encryption {
	if w == nil || orZero(w.KeyVaultProperties).KeyURI == "" {
		return nil
	}
	kek := orZero(w.KekIdentity)
	return &Encryption{
		KeyID: w.KeyVaultProperties.KeyURI, InfrastructureEncryptionEnabled: orZero(isOn(w.InfrastructureEncryption)),
		UseSystemAssignedIdentity: orZero(kek.UseSystemAssignedIdentity), UserAssignedIdentityID: kek.UserAssignedIdentity,
	}
}

// locked reads the redundancy lock from the vault itself, which saves a call to backupstorageconfig for each vault:
// the storage version is "Unassigned" until the first item is registered, which is the moment the redundancy locks.
func locked(backupStorageVersion string) bool {
	return backupStorageVersion != "" && !strings.EqualFold(backupStorageVersion, "Unassigned")
}
