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
	parameter string // as error messages name it
	values    []string
}

var (
	onOff       = []string{"Enabled", "Disabled"}
	onOffAlways = []string{"Enabled", "Disabled", alwaysOn}
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
	{pathRedundancy, "redundancySettings", redundancies()},
	{pathCrossRegionRestore, "redundancySettings", onOff},
	{pathSoftDelete, "softDeleteSettings", onOffAlways},
	{pathEnhancedSecurity, "softDeleteSettings", onOffAlways},
	{pathImmutability, "immutabilitySettings", []string{"Disabled", "Unlocked", "Locked"}},
	{"securitySettings.sourceScanConfiguration.state", "sourceScanConfiguration", onOff},
	{pathInfrastructureEncryption, "encryption", onOff},
	{"monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures", "monitoringSettings", onOff},
	{"monitoringSettings.azureMonitorAlertSettings.alertsForAllReplicationIssues", "monitoringSettings", onOff},
	{"monitoringSettings.azureMonitorAlertSettings.alertsForAllFailoverIssues", "monitoringSettings", onOff},
	{"monitoringSettings.classicAlertSettings.alertsForCriticalOperations", "monitoringSettings", onOff},
	{"monitoringSettings.classicAlertSettings.emailNotificationsForSiteRecovery", "monitoringSettings", onOff},
	{pathCrossSubscriptionRestore, "restoreSettings", []string{"Enabled", "Disabled", "PermanentlyDisabled"}},
}

func redundancies() []string {
	var values []string
	for _, r := range catalog.Redundancies() {
		values = append(values, string(r))
	}
	return values
}

// Days that soft-deleted backups are kept.
const (
	minSoftDeleteDays = 14
	maxSoftDeleteDays = 180
)

// settleProperties brings the modelled properties to the service's spelling and refuses values it does not have.
func settleProperties(properties object) error {
	for _, s := range settings {
		if err := checkShape(properties, s.path); err != nil {
			return err
		}
		switch value := lookup(properties, s.path).(type) {
		case nil:
		case string:
			i := slices.IndexFunc(s.values, func(known string) bool { return strings.EqualFold(known, value) })
			if i < 0 {
				return invalidParameter(s.parameter, lastName(s.path)+" must be one of "+strings.Join(s.values, ", ")+".")
			}
			assign(properties, s.path, s.values[i])
		default:
			return invalidContent("'properties.%s' must be a string.", s.path)
		}
	}
	if err := settleEncryption(properties); err != nil {
		return err
	}
	return checkSoftDeleteDays(properties)
}

func checkSoftDeleteDays(properties object) error {
	value := lookup(properties, pathSoftDeleteDays)
	number, ok := value.(json.Number)
	if !ok {
		return invalidContent("'properties.%s' must be a number.", pathSoftDeleteDays)
	}
	if days, err := number.Int64(); err != nil || days < minSoftDeleteDays || days > maxSoftDeleteDays {
		return invalidParameter("softDeleteSettings", "softDeleteRetentionPeriodInDays must be a whole number from 14 to 180.")
	}
	return nil
}

// checkShape refuses a value where an object belongs, on the way down to path.
func checkShape(properties object, path string) error {
	for i, c := range path {
		if c != '.' {
			continue
		}
		switch lookup(properties, path[:i]).(type) {
		case nil, object:
		default:
			return invalidContent("'properties.%s' must be an object.", path[:i])
		}
	}
	return nil
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
