package embedded

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// setting is a property with a fixed set of values. Clients send them in any letter case (AlwaysOn), the service
// answers in its own (AlwaysON).
type setting struct {
	path      string // below properties
	parameter string // as error messages name it; empty where the catalog's rules refuse other values
	values    []string
}

var (
	onOff       = []string{"Enabled", "Disabled"}
	onOffAlways = []string{catalog.SoftDeleteEnabled, catalog.SoftDeleteDisabled, alwaysOn}
)

const alwaysOn = "AlwaysON"

// The paths that rules compare, too.
const (
	pathRedundancy               = "redundancySettings.standardTierStorageRedundancy"
	pathCrossRegionRestore       = "redundancySettings.crossRegionRestore"
	pathSoftDelete               = "securitySettings.softDeleteSettings.softDeleteState"
	pathSoftDeleteDays           = "securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays"
	pathEnhancedSecurity         = "securitySettings.softDeleteSettings.enhancedSecurityState"
	pathImmutability             = "securitySettings.immutabilitySettings.state"
	pathImmutabilityPeriod       = "securitySettings.immutabilitySettings.configuration"
	pathImmutabilityType         = pathImmutabilityPeriod + ".type"
	pathImmutabilityDays         = pathImmutabilityPeriod + ".durationInDays"
	pathSourceScan               = "securitySettings.sourceScanConfiguration.state"
	pathSourceScanIdentity       = "securitySettings.sourceScanConfiguration.sourceScanIdentity"
	pathSourceScanIdentityType   = pathSourceScanIdentity + ".operationIdentityType"
	pathSourceScanUserIdentity   = pathSourceScanIdentity + ".userAssignedIdentity"
	pathRegionOfChoice           = "regionOfChoiceSettings.status"
	pathCostGranularity          = "costManagementSettings.granularityLevel"
	pathCrossSubscriptionRestore = "restoreSettings.crossSubscriptionRestoreSettings.crossSubscriptionRestoreState"
	pathEncryptionKey            = "encryption.keyVaultProperties.keyUri"
	pathKeyIdentity              = "encryption.kekIdentity"
	pathKeyUsesSystemIdentity    = pathKeyIdentity + ".useSystemAssignedIdentity"
	pathKeyUserIdentity          = pathKeyIdentity + ".userAssignedIdentity"
	pathInfrastructureEncryption = "encryption.infrastructureEncryption"
	pathStorageVersion           = "backupStorageVersion"
)

var settings = []setting{
	{"publicNetworkAccess", "publicNetworkAccess", onOff},
	{pathRedundancy, "", redundancies()},
	{pathCrossRegionRestore, "redundancySettings", onOff},
	{pathSoftDelete, "", onOffAlways},
	{pathEnhancedSecurity, "", onOffAlways},
	{pathImmutability, "", catalog.ImmutabilityStates()},
	{pathImmutabilityType, "", catalog.ImmutabilityTypes()},
	{pathSourceScan, "", onOff},
	{pathSourceScanIdentityType, "", catalog.SourceScanIdentityTypes()},
	{pathRegionOfChoice, "", onOff},
	{pathCostGranularity, "", catalog.CostGranularityLevels()},
	{pathInfrastructureEncryption, "encryption", onOff},
	{"monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures", "monitoringSettings", onOff},
	{"monitoringSettings.azureMonitorAlertSettings.alertsForAllReplicationIssues", "monitoringSettings", onOff},
	{"monitoringSettings.azureMonitorAlertSettings.alertsForAllFailoverIssues", "monitoringSettings", onOff},
	{"monitoringSettings.classicAlertSettings.alertsForCriticalOperations", "monitoringSettings", onOff},
	{"monitoringSettings.classicAlertSettings.emailNotificationsForSiteRecovery", "monitoringSettings", onOff},
	{pathCrossSubscriptionRestore, "", catalog.CrossSubscriptionRestoreStates()},
}

func redundancies() []string {
	var values []string
	for _, r := range catalog.Redundancies() {
		values = append(values, string(r))
	}
	return values
}

// settleProperties brings the modelled properties to the service's spelling and a key's settings into their full form. The
// rules about them are the catalog's.
func settleProperties(properties object) error {
	for _, s := range settings {
		value, ok := lookup(properties, s.path).(string)
		if !ok {
			continue
		}
		i := slices.IndexFunc(s.values, func(known string) bool { return strings.EqualFold(known, value) })
		switch {
		case i >= 0:
			assign(properties, s.path, s.values[i])
		case s.parameter != "":
			return invalidParameter(s.parameter, lastName(s.path)+" must be one of "+strings.Join(s.values, ", ")+".")
		}
	}
	if lookupText(properties, pathEncryptionKey) != "" && lookup(properties, pathInfrastructureEncryption) == nil {
		merge(properties, object{"encryption": object{"infrastructureEncryption": "Disabled"}})
	}
	return nil
}

// daysOf is a number of days in a vault's properties; ok is false when the vault does not say.
func daysOf(properties object, path string) (days int64, ok bool) {
	number, ok := lookup(properties, path).(json.Number)
	days, err := number.Int64()
	return days, ok && err == nil
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
