package vault

import (
	"reflect"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The wire structs of Microsoft.RecoveryServices/vaults at catalog.VaultAPIVersion, cut down to what is used here.
// The embedded service has its own: shared ones would agree with each other while both are wrong.

type wireVault struct {
	ID       string `json:"id,omitempty"`
	Location string `json:"location,omitempty"`
	// Tags is a pointer: an empty map removes all tags, an absent one keeps them.
	Tags       *map[string]string `json:"tags,omitempty"`
	SKU        *wireSKU           `json:"sku,omitempty"`
	Identity   *wireIdentity      `json:"identity,omitempty"`
	Properties *wireProperties    `json:"properties,omitempty"`
}

type wireSKU struct {
	Name string `json:"name"`
	Tier string `json:"tier,omitempty"`
}

type wireIdentity struct {
	Type                   string                      `json:"type"`
	PrincipalID            string                      `json:"principalId,omitempty"`
	TenantID               string                      `json:"tenantId,omitempty"`
	UserAssignedIdentities map[string]wireUserIdentity `json:"userAssignedIdentities,omitempty"`
}

type wireUserIdentity struct{}

type wireProperties struct {
	ProvisioningState    string               `json:"provisioningState,omitempty"`
	CostManagement       *wireCostManagement  `json:"costManagementSettings,omitempty"`
	RegionOfChoice       *wireRegionOfChoice  `json:"regionOfChoiceSettings,omitempty"`
	BackupStorageVersion string               `json:"backupStorageVersion,omitempty"`
	PublicNetworkAccess  string               `json:"publicNetworkAccess,omitempty"`
	RedundancySettings   *wireRedundancy      `json:"redundancySettings,omitempty"`
	SecuritySettings     *wireSecurity        `json:"securitySettings,omitempty"`
	Encryption           *wireEncryption      `json:"encryption,omitempty"`
	MonitoringSettings   *wireMonitoring      `json:"monitoringSettings,omitempty"`
	RestoreSettings      *wireRestoreSettings `json:"restoreSettings,omitempty"`
	// ResourceGuardOperationRequests are only written.
	ResourceGuardOperationRequests []string `json:"resourceGuardOperationRequests,omitempty"`
}

type wireRedundancy struct {
	StandardTierStorageRedundancy string `json:"standardTierStorageRedundancy,omitempty"`
	CrossRegionRestore            string `json:"crossRegionRestore,omitempty"`
}

type wireSecurity struct {
	SoftDeleteSettings   *wireSoftDelete   `json:"softDeleteSettings,omitempty"`
	ImmutabilitySettings *wireImmutability `json:"immutabilitySettings,omitempty"`
	SourceScan           *wireScanSettings `json:"sourceScanConfiguration,omitempty"`
	// MultiUserAuthorization is only read.
	MultiUserAuthorization string `json:"multiUserAuthorization,omitempty"`
}

type wireSoftDelete struct {
	SoftDeleteState                 string `json:"softDeleteState,omitempty"`
	SoftDeleteRetentionPeriodInDays int    `json:"softDeleteRetentionPeriodInDays,omitempty"`
	EnhancedSecurityState           string `json:"enhancedSecurityState,omitempty"`
}

type wireImmutability struct {
	State         string      `json:"state,omitempty"`
	Configuration *wirePeriod `json:"configuration,omitempty"`
}

type wirePeriod struct {
	Type           string `json:"type,omitempty"`
	DurationInDays int    `json:"durationInDays,omitempty"`
}

type wireScanSettings struct {
	State    string            `json:"state,omitempty"`
	Identity *wireScanIdentity `json:"sourceScanIdentity,omitempty"`
}

type wireScanIdentity struct {
	Type string `json:"operationIdentityType,omitempty"`
	User string `json:"userAssignedIdentity,omitempty"`
}

type wireCostManagement struct {
	GranularityLevel string `json:"granularityLevel,omitempty"`
}

type wireRegionOfChoice struct {
	Status string `json:"status,omitempty"`
}

type wireEncryption struct {
	KeyVaultProperties       *wireKeyVault    `json:"keyVaultProperties,omitempty"`
	KekIdentity              *wireKekIdentity `json:"kekIdentity,omitempty"`
	InfrastructureEncryption string           `json:"infrastructureEncryption,omitempty"`
}

type wireKeyVault struct {
	KeyURI string `json:"keyUri,omitempty"`
}

type wireKekIdentity struct {
	UseSystemAssignedIdentity *bool  `json:"useSystemAssignedIdentity,omitempty"`
	UserAssignedIdentity      string `json:"userAssignedIdentity,omitempty"`
}

type wireMonitoring struct {
	AzureMonitorAlertSettings *wireAzureMonitor  `json:"azureMonitorAlertSettings,omitempty"`
	ClassicAlertSettings      *wireClassicAlerts `json:"classicAlertSettings,omitempty"`
}

type wireAzureMonitor struct {
	AlertsForAllJobFailures       string `json:"alertsForAllJobFailures,omitempty"`
	AlertsForAllReplicationIssues string `json:"alertsForAllReplicationIssues,omitempty"`
	AlertsForAllFailoverIssues    string `json:"alertsForAllFailoverIssues,omitempty"`
}

type wireClassicAlerts struct {
	AlertsForCriticalOperations       string `json:"alertsForCriticalOperations,omitempty"`
	EmailNotificationsForSiteRecovery string `json:"emailNotificationsForSiteRecovery,omitempty"`
}

type wireRestoreSettings struct {
	CrossSubscriptionRestoreSettings wireCrossSubscription `json:"crossSubscriptionRestoreSettings"`
}

type wireCrossSubscription struct {
	CrossSubscriptionRestoreState string `json:"crossSubscriptionRestoreState,omitempty"`
}

// switched is ARM's word for a switch.
func switched(on bool) string {
	if on {
		return "Enabled"
	}
	return "Disabled"
}

// newWire writes the settings that are not nil.
func newWire(s Settings) wireVault {
	w := wireVault{Tags: s.Tags, Properties: &wireProperties{}}
	p := w.Properties
	if s.SKU != nil {
		w.SKU = &wireSKU{Name: *s.SKU}
	}
	if s.Identity != nil {
		w.Identity = &wireIdentity{Type: s.Identity.Type}
		for _, id := range s.Identity.IDs {
			if w.Identity.UserAssignedIdentities == nil {
				w.Identity.UserAssignedIdentities = map[string]wireUserIdentity{}
			}
			w.Identity.UserAssignedIdentities[id] = wireUserIdentity{}
		}
	}
	if s.PublicNetworkAccessEnabled != nil {
		p.PublicNetworkAccess = switched(*s.PublicNetworkAccessEnabled)
	}
	if s.Redundancy != nil || s.CrossRegionRestoreEnabled != nil {
		p.RedundancySettings = &wireRedundancy{}
		if s.Redundancy != nil {
			p.RedundancySettings.StandardTierStorageRedundancy = string(*s.Redundancy)
		}
		if s.CrossRegionRestoreEnabled != nil {
			p.RedundancySettings.CrossRegionRestore = switched(*s.CrossRegionRestoreEnabled)
		}
	}
	if s.SoftDelete != nil || s.Immutability != nil || s.ImmutabilityPeriod != nil || s.SourceScan != nil {
		p.SecuritySettings = &wireSecurity{}
		if s.SoftDelete != nil {
			p.SecuritySettings.SoftDeleteSettings = newWireSoftDelete(*s.SoftDelete)
		}
		if s.Immutability != nil || s.ImmutabilityPeriod != nil {
			p.SecuritySettings.ImmutabilitySettings = newWireImmutability(orZero(s.Immutability), s.ImmutabilityPeriod)
		}
		if s.SourceScan != nil {
			p.SecuritySettings.SourceScan = newWireScanSettings(*s.SourceScan)
		}
	}
	if s.CostGranularity != nil {
		p.CostManagement = &wireCostManagement{*s.CostGranularity}
	}
	if s.RegionOfChoice != nil {
		p.RegionOfChoice = &wireRegionOfChoice{*s.RegionOfChoice}
	}
	if s.Encryption != nil {
		p.Encryption = newWireEncryption(*s.Encryption)
	}
	if s.Monitoring != nil {
		p.MonitoringSettings = newWireMonitoring(*s.Monitoring)
	}
	if s.CrossSubscriptionRestore != nil {
		p.RestoreSettings = &wireRestoreSettings{wireCrossSubscription{*s.CrossSubscriptionRestore}}
	}
	if reflect.DeepEqual(*p, wireProperties{}) {
		w.Properties = nil
	}
	return w
}

// newWireImmutability says of every immutable vault for how long its points are: newer API versions want that said
// (microsoft/mcp, 2026-08). As per policy is what older ones make of it.
func newWireImmutability(state string, period *ImmutabilityPeriod) *wireImmutability {
	w := &wireImmutability{State: state}
	switch {
	case period != nil:
		w.Configuration = &wirePeriod{period.Type, period.Days}
	case state != "" && state != ImmutabilityDisabled:
		w.Configuration = &wirePeriod{Type: catalog.ImmutableAsPerPolicy}
	}
	return w
}

func newWireScanSettings(s SourceScanSettings) *wireScanSettings {
	w := &wireScanSettings{State: s.State}
	if s.IdentityType != "" {
		w.Identity = &wireScanIdentity{s.IdentityType, s.UserAssignedIdentityID}
	}
	return w
}

// newWireSoftDelete writes AlwaysOn in the service's spelling, and to both states: Azure refuses it of one alone.
func newWireSoftDelete(s SoftDelete) *wireSoftDelete {
	w := &wireSoftDelete{SoftDeleteState: s.State, SoftDeleteRetentionPeriodInDays: s.RetentionDays}
	if s.State == catalog.SoftDeleteAlwaysOn {
		w.SoftDeleteState, w.EnhancedSecurityState = "AlwaysON", "AlwaysON"
	}
	return w
}

func newWireEncryption(e Encryption) *wireEncryption {
	return &wireEncryption{
		KeyVaultProperties:       &wireKeyVault{e.KeyID},
		KekIdentity:              &wireKekIdentity{&e.UseSystemAssignedIdentity, e.UserAssignedIdentityID},
		InfrastructureEncryption: switched(e.InfrastructureEncryptionEnabled),
	}
}

// newWireMonitoring writes every switch, since Azure refuses a part of them. One that nobody has chosen is on, which is
// what older API versions make of it.
func newWireMonitoring(m Monitoring) *wireMonitoring {
	word := func(on *bool) string { return switched(on == nil || *on) }
	return &wireMonitoring{
		&wireAzureMonitor{word(m.JobFailures), word(m.ReplicationIssues), word(m.FailoverIssues)},
		&wireClassicAlerts{word(m.CriticalOperations), word(m.SiteRecoveryEmails)},
	}
}

// newWireCreate is the body that creates a vault.
func newWireCreate(region string, s Settings) wireVault {
	w := newWire(s.atBirth())
	w.Location = catalog.NormalizeRegion(region)
	if w.SKU == nil {
		w.SKU = &wireSKU{Name: "Standard"}
	}
	if w.SKU.Name == "RS0" {
		w.SKU.Tier = "Standard"
	}
	if w.Properties == nil {
		w.Properties = &wireProperties{}
	}
	return w
}
