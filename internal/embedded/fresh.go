package embedded

// fresh is a member of an object of which nobody has chosen anything, in the form in which Azure was seen to show it, and where
// clients depend on it, not to show it.
type fresh struct {
	of     string // the object
	member string // a path below its properties
	value  string // as JSON; empty where the member is not there, and varies where it is another for each object
	seen
}

const (
	varies = "…"

	aVault     = "vault"
	aReplica   = "replicationVaultSettings"
	aConfig    = "backupconfig"
	aStorage   = "backupstorageconfig"
	aKey       = "backupEncryptionConfigs"
	aPolicy    = "DefaultPolicy"
	anEnhanced = "EnhancedPolicy"
	anItem     = "item before its first backup"
	aBackedUp  = "item after its first backup"
	aPoint     = "recovery point"
	aJob       = "job of a backup"

	recordedCLI26Scan  = "Azure/azure-cli, recorded session test_backup_item_source_scan_configuration"
	recordedCLI22Point = "Azure/azure-cli, recorded session test_backup_rp"
	recordedCLI26July  = "Azure/azure-cli, recorded sessions of July 2026"
	azurermSource      = "hashicorp/terraform-provider-azurerm 5.2, its source"
	azurermTests       = "hashicorp/terraform-provider-azurerm 5.2, its acceptance tests"
)

// freshMembers are all members of fresh objects besides those that every resource has and those that a client sent. The guide shows
// them.
var freshMembers = []fresh{
	{aVault, "provisioningState", `"Succeeded"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "privateEndpointStateForBackup", `"None"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "privateEndpointStateForSiteRecovery", `"None"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "backupStorageVersion", `"Unassigned"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "redundancySettings", `{"crossRegionRestore":"Disabled","standardTierStorageRedundancy":"GeoRedundant"}`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "securitySettings.softDeleteSettings", `{"enhancedSecurityState":"AlwaysON","softDeleteRetentionPeriodInDays":14,"softDeleteState":"AlwaysON"}`, seen{"mbiszczanik/skycraft, live cycles; live tests of alchemy-run/alchemy", high, "2026-10"}},
	{aVault, "securitySettings.multiUserAuthorization", `"Disabled"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "securitySettings.sourceScanConfiguration", `{"state":"Disabled"}`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "securitySettings.immutabilitySettings", "", seen{recordedCLI26Scan + "; " + azurermSource, high, "2026-09"}},
	{aVault, "secureScore", `"Adequate"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "bcdrSecurityLevel", `"Good"`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "publicNetworkAccess", `"Enabled"`, seen{}},
	{aVault, "restoreSettings", `{"crossSubscriptionRestoreSettings":{"crossSubscriptionRestoreState":"Enabled"}}`, seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "monitoringSettings", "", seen{azurermSource + " and acceptance tests; Azure/Azure-Proactive-Resiliency-Library-v2, issue 470", high, "2026"}},
	{aVault, "encryption", "", seen{recordedCLI26Scan + "; " + azurermSource, high, "2026-09"}},
	{aVault, "moveState", "", seen{recordedCLI26Scan, high, "2026-09"}},
	{aVault, "costManagementSettings", "", seen{}},

	{aReplica, "migrationSolutionId", `""`, seen{}},
	{aReplica, "vmwareToAzureProviderType", `""`, seen{azurermTests + ": no VMware replication of a vault whose creator chose none", medium, "2026"}},

	{aConfig, "enhancedSecurityState", `"AlwaysON"`, seen{"Azure/azure-powershell, recorded session TestAzureVMGetRPs, with the states of its time", medium, "2023-04"}},
	{aConfig, "softDeleteFeatureState", `"AlwaysON"`, seen{"Azure/azure-powershell, recorded session TestAzureVMGetRPs, with the states of its time", medium, "2023-04"}},
	{aConfig, "softDeleteRetentionPeriodInDays", `14`, seen{"Azure/azure-powershell, recorded session TestAzureVMGetRPs", high, "2023-04"}},
	{aConfig, "isSoftDeleteFeatureStateEditable", `false`, seen{}},
	{aConfig, "storageTypeState", "", seen{"Azure/azure-powershell, recorded session TestAzureVMGetRPs", high, "2023-04"}},
	{aStorage, "storageType", `"GeoRedundant"`, seen{}},
	{aStorage, "storageModelType", `"GeoRedundant"`, seen{}},
	{aStorage, "storageTypeState", `"Unlocked"`, seen{}},
	{aStorage, "crossRegionRestoreFlag", `false`, seen{}},
	{aStorage, "dedupState", `"Disabled"`, seen{}},
	{aStorage, "xcoolState", `"Disabled"`, seen{}},
	{aKey, "encryptionAtRestType", `"MicrosoftManaged"`, seen{}},
	{aKey, "infrastructureEncryptionState", `"Disabled"`, seen{}},
	{aKey, "lastUpdateStatus", `"NotEnabled"`, seen{}},

	{aPolicy, "backupManagementType", `"AzureIaasVM"`, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "policyType", `"V1"`, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "instantRPDetails", `{}`, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "instantRpRetentionRangeInDays", `2`, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "timeZone", `"UTC"`, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "protectedItemsCount", `0`, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "schedulePolicy", varies, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "retentionPolicy", varies, seen{recordedCLI26July, high, "2026-07"}},
	{aPolicy, "tieringPolicy", "", seen{recordedCLI26July + "; " + azurermTests, high, "2026-07"}},
	{aPolicy, "snapshotConsistencyType", "", seen{recordedCLI26July + "; " + azurermTests, high, "2026-07"}},
	{anEnhanced, "backupManagementType", `"AzureIaasVM"`, seen{"logs of third parties", low, ""}},
	{anEnhanced, "policyType", `"V2"`, seen{"logs of third parties", low, ""}},
	{anEnhanced, "instantRPDetails", `{}`, seen{}},
	{anEnhanced, "instantRpRetentionRangeInDays", `2`, seen{}},
	{anEnhanced, "timeZone", `"UTC"`, seen{}},
	{anEnhanced, "protectedItemsCount", `0`, seen{}},
	{anEnhanced, "schedulePolicy", varies, seen{}},
	{anEnhanced, "retentionPolicy", varies, seen{}},

	{anItem, "containerName", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "friendlyName", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "virtualMachineId", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "policyName", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "policyType", `"V1"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "vaultId", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "protectedItemDataId", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "backupManagementType", `"AzureIaasVM"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "workloadType", `"VM"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "protectionState", `"IRPending"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "protectionStatus", `"Healthy"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "healthStatus", `"Passed"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "healthDetails", "", seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "lastBackupStatus", `""`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "lastBackupTime", `"2001-01-01T00:00:00Z"`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "lastRecoveryPoint", "", seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "extendedProperties", "", seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "softDeleteRetentionPeriod", `0`, seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "softDeleteRetentionPeriodInDays", "", seen{recordedPowerShell25, high, "2025-10"}},
	{anItem, "isScheduledForDeferredDelete", "", seen{recordedPowerShell25 + "; " + azurermSource, high, "2025-10"}},
	{anItem, "kpisHealths", `{}`, seen{recordedCLI22, high, "2022-03"}},
	{anItem, "isArchiveEnabled", `false`, seen{recordedCLI22, high, "2022-03"}},
	{anItem, "extendedInfo", `{"policyInconsistent":false,"recoveryPointCount":0}`, seen{}},

	{aBackedUp, "protectionState", `"Protected"`, seen{recordedPowerShell25, high, "2025-10"}},
	{aBackedUp, "lastBackupStatus", `"Completed"`, seen{recordedPowerShell25, high, "2025-10"}},
	{aBackedUp, "lastBackupTime", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{aBackedUp, "lastRecoveryPoint", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{aBackedUp, "healthDetails", varies, seen{recordedPowerShell25, high, "2025-10"}},
	{aBackedUp, "kpisHealths", `{"BackupOperationStatusKPI":{"resourceHealthDetails":[{"code":0,"message":"","recommendations":[],"title":"Success"}],"resourceHealthStatus":"Healthy"}}`, seen{recordedCLI22Point, high, "2022-05"}},
	{aBackedUp, "extendedProperties", `{}`, seen{recordedPowerShell25, high, "2025-10"}},
	{aBackedUp, "extendedProperties.diskExclusionProperties", "", seen{recordedPowerShell25 + "; " + azurermSource, high, "2025-10"}},
	{aBackedUp, "extendedInfo", varies, seen{}},

	{aPoint, "objectType", `"IaasVMRecoveryPoint"`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "recoveryPointTime", varies, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "recoveryPointType", `"AppConsistent"`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "recoveryPointAdditionalInfo", `""`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "recoveryPointTierDetails", `[{"status":"Valid","type":"InstantRP"},{"status":"Valid","type":"HardenedRP"}]`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "recoveryPointProperties", varies, seen{}},
	{aPoint, "sourceVMStorageType", `"NormalStorage"`, seen{}},
	{aPoint, "virtualMachineSize", "", seen{}},
	{aPoint, "osType", "", seen{}},
	{aPoint, "isManagedVirtualMachine", `true`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "isSourceVMEncrypted", `false`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "isInstantIlrSessionActive", `false`, seen{recordedCLI22Point, high, "2022-05"}},
	{aPoint, "originalStorageAccountOption", `false`, seen{recordedCLI22Point, high, "2022-05"}},

	{aJob, "jobType", `"AzureIaaSVMJob"`, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "operation", `"Backup"`, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "status", `"Completed"`, seen{recordedCLI18, high, "2018-03"}},
	{aJob, "startTime", varies, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "endTime", varies, seen{recordedCLI18, high, "2018-03"}},
	{aJob, "duration", varies, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "entityFriendlyName", varies, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "backupManagementType", `"AzureIaasVM"`, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "activityId", varies, seen{recordedCLI18 + "; " + recordedPowerShell25, high, "2025-10"}},
	{aJob, "virtualMachineVersion", `"Compute"`, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "extendedInfo.tasksList", varies, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "extendedInfo.propertyBag", varies, seen{recordedCLI22Point, high, "2022-05"}},
	{aJob, "actionsInfo", "", seen{recordedPowerShell25, high, "2025-10"}},
	{aJob, "errorDetails", "", seen{recordedPowerShell25, high, "2025-10"}},
	{aJob, "isUserTriggered", `true`, seen{}},
	{aJob, "containerName", varies, seen{recordedCLI22Point, high, "2022-05"}},
}
