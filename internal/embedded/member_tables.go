package embedded

// membersOf are the members of the requests of each kind that has a body, by Microsoft's type definitions of the vault API
// 2026-07-01, the backup API 2026-07-01 and the compute API.
var membersOf = map[Kind]members{
	KindVault:               vaultMembers,
	KindVaultConfig:         vaultConfigMembers,
	KindReplicationSettings: resourceMembers.and(members{"properties": {memberVMwareProvider: nil, memberMigrationSolution: nil}}),
	KindNameAvailability:    {"name": nil, "type": nil},
	KindUndelete:            {"properties": {"recoveryResourceGroupId": nil}},
	KindPolicy:              policyMembers,
	KindProtectedItem:       itemMembers,
	KindBackup:              proxyMembers.and(members{"properties": {"objectType": nil, "recoveryPointExpiryTimeInUTC": nil}}),
	KindBackupStatus:        {"resourceType": nil, "resourceId": nil, "poLogicalName": nil},
	KindPreValidation:       {"resourceType": nil, "resourceId": nil, "vaultId": nil, "properties": nil},
	KindVirtualMachine:      machineMembers,
	KindResourceGroup:       resourceMembers.and(members{"managedBy": nil, "properties": {"provisioningState": nil}}),
}

// resourceMembers are those of every resource.
var resourceMembers = members{
	"id": nil, "name": nil, "type": nil, "etag": nil, "location": nil, "tags": nil,
	"systemData": {
		"createdBy": nil, "createdByType": nil, "createdAt": nil,
		"lastModifiedBy": nil, "lastModifiedByType": nil, "lastModifiedAt": nil,
	},
}

// proxyMembers are those of what is in a vault, whose etag has another spelling.
var proxyMembers = members{
	"id": nil, "name": nil, "type": nil, "eTag": nil, "location": nil, "tags": nil, "systemData": resourceMembers["systemData"],
}

// identityMembers are those of a managed identity. The user-assigned ones are named by their ids.
var identityMembers = members{"type": nil, "principalId": nil, "tenantId": nil, "userAssignedIdentities": nil}

var skuMembers = members{"name": nil, "tier": nil, "family": nil, "size": nil, "capacity": nil}

var vaultMembers = resourceMembers.and(members{
	memberRedundancyChosen: nil,
	"sku":                  skuMembers,
	"identity":             identityMembers,
	"properties": {
		"provisioningState":    nil,
		"publicNetworkAccess":  nil,
		"backupStorageVersion": nil,
		"secureScore":          nil,
		"bcdrSecurityLevel":    nil,
		"moveState":            nil,
		"moveDetails": {
			"operationId": nil, "startTimeUtc": nil, "completionTimeUtc": nil, "sourceResourceId": nil, "targetResourceId": nil,
		},
		"upgradeDetails": {
			"operationId": nil, "startTimeUtc": nil, "lastUpdatedTimeUtc": nil, "endTimeUtc": nil, "status": nil, "message": nil,
			"triggerType": nil, "upgradedResourceId": nil, "previousResourceId": nil,
		},
		"privateEndpointConnections":          nil,
		"privateEndpointStateForBackup":       nil,
		"privateEndpointStateForSiteRecovery": nil,
		"resourceGuardOperationRequests":      nil,
		"redundancySettings":                  {"standardTierStorageRedundancy": nil, "crossRegionRestore": nil},
		"securitySettings": {
			"softDeleteSettings": {
				"softDeleteState": nil, "softDeleteRetentionPeriodInDays": nil, "enhancedSecurityState": nil,
			},
			"immutabilitySettings":   {"state": nil, "configuration": {"type": nil, "durationInDays": nil}},
			"multiUserAuthorization": nil,
			"sourceScanConfiguration": {
				"state": nil, "sourceScanIdentity": {"operationIdentityType": nil, "userAssignedIdentity": nil},
			},
		},
		"encryption": {
			"keyVaultProperties":       {"keyUri": nil},
			"kekIdentity":              {"useSystemAssignedIdentity": nil, "userAssignedIdentity": nil},
			"infrastructureEncryption": nil,
		},
		"monitoringSettings": {
			"azureMonitorAlertSettings": {
				"alertsForAllJobFailures": nil, "alertsForAllReplicationIssues": nil, "alertsForAllFailoverIssues": nil,
			},
			"classicAlertSettings": {"alertsForCriticalOperations": nil, "emailNotificationsForSiteRecovery": nil},
		},
		"restoreSettings":        {"crossSubscriptionRestoreSettings": {"crossSubscriptionRestoreState": nil}},
		"costManagementSettings": {"granularityLevel": nil},
		"regionOfChoiceSettings": {"status": nil},
	},
})

// vaultConfigMembers are those of a vault's configs.
var vaultConfigMembers = proxyMembers.and(members{"properties": {
	"softDeleteFeatureState": nil, "softDeleteRetentionPeriodInDays": nil, "enhancedSecurityState": nil,
	"isSoftDeleteFeatureStateEditable": nil, "resourceGuardOperationRequests": nil,
	"storageType": nil, "storageModelType": nil, "storageTypeState": nil,
	"crossRegionRestoreFlag": nil, "dedupState": nil, "xcoolState": nil,
}})

// The parts of a policy that are at several places in it.
var (
	daysMembers     = members{"scheduleRunDays": nil, "scheduleRunTimes": nil}
	durationMembers = members{"count": nil, "durationType": nil}
	monthDayMembers = members{
		"retentionScheduleFormatType": nil,
		"retentionScheduleDaily":      {"daysOfTheMonth": {"date": nil, "isLast": nil}},
		"retentionScheduleWeekly":     {"daysOfTheWeek": nil, "weeksOfTheMonth": nil},
		"retentionTimes":              nil,
		"retentionDuration":           durationMembers,
	}
	tierMembers = members{"tieringMode": nil, "duration": nil, "durationType": nil}
)

var policyMembers = proxyMembers.and(members{"properties": {
	"backupManagementType": nil, "policyType": nil, "timeZone": nil, "protectedItemsCount": nil,
	"resourceGuardOperationRequests": nil,
	"instantRpRetentionRangeInDays":  nil,
	"instantRPDetails":               {"azureBackupRGNamePrefix": nil, "azureBackupRGNameSuffix": nil},
	"snapshotConsistencyType":        nil,
	"instantAccessSnapshotEnabled":   nil,
	"instantAccessDurationMinutes":   nil,
	"schedulePolicy": {
		"schedulePolicyType": nil, "scheduleRunFrequency": nil, "scheduleRunDays": nil, "scheduleRunTimes": nil,
		"scheduleWeeklyFrequency": nil,
		"hourlySchedule":          {"interval": nil, "scheduleWindowStartTime": nil, "scheduleWindowDuration": nil},
		"dailySchedule":           daysMembers,
		"weeklySchedule":          daysMembers,
	},
	"retentionPolicy": {
		"retentionPolicyType": nil,
		"retentionDuration":   durationMembers,
		"dailySchedule":       {"retentionTimes": nil, "retentionDuration": durationMembers},
		"weeklySchedule":      {"daysOfTheWeek": nil, "retentionTimes": nil, "retentionDuration": durationMembers},
		"monthlySchedule":     monthDayMembers,
		"yearlySchedule":      monthDayMembers.and(members{"monthsOfYear": nil}),
	},
	// The tiers are a fixed set, so that their names are names of members.
	"tieringPolicy": {archiveTier: tierMembers, "SnapshotRP": tierMembers, "InstantRP": tierMembers, "IASnapshotRP": tierMembers},
}})

var itemMembers = proxyMembers.and(members{
	memberHistory: nil,
	"properties": {
		"protectedItemType": nil, "sourceResourceId": nil, "policyId": nil, "protectionState": nil,
		"backupManagementType": nil, "workloadType": nil, "containerName": nil, "friendlyName": nil, "virtualMachineId": nil,
		"policyName": nil, "policyType": nil, "protectionStatus": nil, "healthStatus": nil,
		"healthDetails": {"code": nil, "title": nil, "message": nil, "recommendations": nil},
		"kpisHealths":   nil, // named by what they measure
		"backupSetName": nil, "createMode": nil, "lastBackupStatus": nil, "lastBackupTime": nil, "lastRecoveryPoint": nil,
		"protectedItemDataId": nil, "sourceLocation": nil, "vaultId": nil, "softDeleteRetentionPeriod": nil,
		"softDeleteRetentionPeriodInDays": nil, "isScheduledForDeferredDelete": nil, "isDeferredDeleteScheduleUpcoming": nil,
		"deferredDeleteTimeInUTC": nil, "deferredDeleteTimeRemaining": nil, "isRehydrate": nil, "isArchiveEnabled": nil,
		"resourceGuardOperationRequests": nil, "sourceSideScanInfo": nil,
		"extendedInfo": {
			"recoveryPointCount": nil, "policyInconsistent": nil, "oldestRecoveryPoint": nil, "oldestRecoveryPointInVault": nil,
			"oldestRecoveryPointInArchive": nil, "newestRecoveryPointInArchive": nil,
		},
		"extendedProperties": {
			"diskExclusionProperties": {"diskLunList": nil, "isInclusionList": nil}, "linuxVmApplicationName": nil,
		},
	},
})

// The parts of a machine that are at several places in it.
var (
	referenceMembers = members{"id": nil}
	managedMembers   = members{
		"id": nil, "storageAccountType": nil, "diskEncryptionSet": referenceMembers,
		"securityProfile": {"securityEncryptionType": nil, "diskEncryptionSet": referenceMembers},
	}
	diskMembers = members{
		"name": nil, "caching": nil, "createOption": nil, "diskSizeGB": nil, "deleteOption": nil, "writeAcceleratorEnabled": nil,
		"vhd": {"uri": nil}, "image": {"uri": nil}, "managedDisk": managedMembers,
	}
)

// machineMembers are those of a virtual machine that its backup is about, and what else is commonly sent.
var machineMembers = resourceMembers.and(members{
	"zones": nil, "identity": identityMembers, "managedBy": nil,
	"plan":             {"name": nil, "publisher": nil, "product": nil, "promotionCode": nil},
	"extendedLocation": {"name": nil, "type": nil},
	"properties": {
		"vmId": nil, "provisioningState": nil, "timeCreated": nil, "instanceView": nil, "licenseType": nil, "priority": nil,
		"evictionPolicy": nil, "extensionsTimeBudget": nil, "platformFaultDomain": nil, "userData": nil,
		"hardwareProfile": {"vmSize": nil, "vmSizeProperties": {"vCPUsAvailable": nil, "vCPUsPerCore": nil}},
		"storageProfile": {
			"imageReference": {
				"id": nil, "publisher": nil, "offer": nil, "sku": nil, "version": nil, "exactVersion": nil,
				"sharedGalleryImageId": nil, "communityGalleryImageId": nil,
			},
			"osDisk": diskMembers.and(members{
				"osType": nil, "encryptionSettings": nil, "diffDiskSettings": {"option": nil, "placement": nil},
			}),
			"dataDisks": diskMembers.and(members{
				"lun": nil, "toBeDetached": nil, "detachOption": nil, "diskIOPSReadWrite": nil, "diskMBpsReadWrite": nil,
				"sourceResource": referenceMembers,
			}),
			"diskControllerType":         nil,
			"alignRegionalDisksToVMZone": nil,
		},
		"osProfile": {
			"computerName": nil, "adminUsername": nil, "adminPassword": nil, "customData": nil, "allowExtensionOperations": nil,
			"requireGuestProvisionSignal": nil, "secrets": nil,
			"linuxConfiguration": {
				"disablePasswordAuthentication": nil, "provisionVMAgent": nil, "enableVMAgentPlatformUpdates": nil,
				"ssh": {"publicKeys": {"path": nil, "keyData": nil}}, "patchSettings": nil,
			},
			"windowsConfiguration": {
				"provisionVMAgent": nil, "enableAutomaticUpdates": nil, "timeZone": nil, "patchSettings": nil, "winRM": nil,
				"additionalUnattendContent": nil, "enableVMAgentPlatformUpdates": nil,
			},
		},
		"networkProfile": {
			"networkApiVersion": nil, "networkInterfaceConfigurations": nil,
			"networkInterfaces": {"id": nil, "properties": {"primary": nil, "deleteOption": nil}},
		},
		"securityProfile": {
			"securityType": nil, "encryptionAtHost": nil, "uefiSettings": {"secureBootEnabled": nil, "vTpmEnabled": nil},
		},
		"diagnosticsProfile":      {"bootDiagnostics": {"enabled": nil, "storageUri": nil}},
		"additionalCapabilities":  {"ultraSSDEnabled": nil, "hibernationEnabled": nil},
		"availabilitySet":         referenceMembers,
		"virtualMachineScaleSet":  referenceMembers,
		"proximityPlacementGroup": referenceMembers,
		"host":                    referenceMembers,
		"hostGroup":               referenceMembers,
		"billingProfile":          {"maxPrice": nil},
		"capacityReservation":     {"capacityReservationGroup": referenceMembers},
		"scheduledEventsProfile":  nil,
		"applicationProfile":      nil,
	},
})
