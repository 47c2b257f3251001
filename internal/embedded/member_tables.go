package embedded

// membersOf are the members of the requests of each kind that has a body, by Microsoft's type definitions of the vault API
// 2026-07-01, the backup API 2026-07-01 and the compute API.
var membersOf = map[Kind]members{
	KindVault:       vaultMembers,
	KindVaultConfig: vaultConfigMembers,
	KindReplicationSettings: resourceMembers.and(members{
		"properties": holds(members{memberVMwareProvider: word, memberMigrationSolution: word}),
	}),
	KindNameAvailability: {"name": word, "type": word},
	KindUndelete:         {"properties": holds(members{"recoveryResourceGroupId": word})},
	KindPolicy:           policyMembers,
	KindProtectedItem:    itemMembers,
	KindBackup: proxyMembers.and(members{
		"properties": holds(members{"objectType": word, "recoveryPointExpiryTimeInUTC": word}),
	}),
	KindSourceScan: {"sourceScanAction": word},
	KindResourceGuard: proxyMembers.and(members{"properties": holds(members{
		"resourceGuardResourceId": word, "description": word, "lastUpdatedTime": word,
		"resourceGuardOperationDetails": listOf(holds(members{"vaultCriticalOperation": word, "defaultResourceRequest": word})),
	})}),
	KindUnlockDelete:  {"resourceGuardOperationRequests": listOf(word), "resourceToBeDeleted": word},
	KindBackupStatus:  {"resourceType": word, "resourceId": word, "poLogicalName": word},
	KindPreValidation: {"resourceType": word, "resourceId": word, "vaultId": word, "properties": word},
	KindResourceGroup: resourceMembers.and(members{
		"managedBy": word, "properties": holds(members{"provisioningState": word}),
	}),
}

// resourceMembers are those of every resource.
var resourceMembers = members{
	"id": word, "name": word, "type": word, "etag": word, "location": word, "tags": byName(word),
	"systemData": systemData,
}

var systemData = holds(members{
	"createdBy": word, "createdByType": word, "createdAt": word,
	"lastModifiedBy": word, "lastModifiedByType": word, "lastModifiedAt": word,
})

// proxyMembers are those of what is in a vault, whose etag has another spelling.
var proxyMembers = members{
	"id": word, "name": word, "type": word, "eTag": word, "location": word, "tags": byName(word), "systemData": systemData,
}

// identity is a managed identity. The user-assigned ones are named by their ids.
var identity = holds(members{
	"type": word, "principalId": word, "tenantId": word,
	"userAssignedIdentities": byName(holds(members{"principalId": word, "clientId": word})),
})

var vaultMembers = resourceMembers.and(members{
	memberRedundancyChosen: free,
	memberGuard:            free,
	"sku":                  holds(members{"name": word, "tier": word, "family": word, "size": word, "capacity": word}),
	"identity":             identity,
	"properties": holds(members{
		"provisioningState":    word,
		"publicNetworkAccess":  word,
		"backupStorageVersion": word,
		"secureScore":          word,
		"bcdrSecurityLevel":    word,
		"moveState":            word,
		"moveDetails": holds(members{
			"operationId": word, "startTimeUtc": word, "completionTimeUtc": word, "sourceResourceId": word, "targetResourceId": word,
		}),
		"upgradeDetails": holds(members{
			"operationId": word, "startTimeUtc": word, "lastUpdatedTimeUtc": word, "endTimeUtc": word, "status": word, "message": word,
			"triggerType": word, "upgradedResourceId": word, "previousResourceId": word,
		}),
		"privateEndpointConnections":          free,
		"privateEndpointStateForBackup":       word,
		"privateEndpointStateForSiteRecovery": word,
		"resourceGuardOperationRequests":      listOf(word),
		"redundancySettings":                  holds(members{"standardTierStorageRedundancy": word, "crossRegionRestore": word}),
		"securitySettings": holds(members{
			"softDeleteSettings": holds(members{
				"softDeleteState": word, "softDeleteRetentionPeriodInDays": whole, "enhancedSecurityState": word,
			}),
			"immutabilitySettings": holds(members{
				"state": word, "configuration": holds(members{"type": word, "durationInDays": whole}),
			}),
			"multiUserAuthorization": word,
			"sourceScanConfiguration": holds(members{
				"state": word, "sourceScanIdentity": holds(members{"operationIdentityType": word, "userAssignedIdentity": word}),
			}),
		}),
		"encryption": holds(members{
			"keyVaultProperties":       holds(members{"keyUri": word}),
			"kekIdentity":              holds(members{"useSystemAssignedIdentity": flag, "userAssignedIdentity": word}),
			"infrastructureEncryption": word,
		}),
		"monitoringSettings": holds(members{
			"azureMonitorAlertSettings": holds(members{
				"alertsForAllJobFailures": word, "alertsForAllReplicationIssues": word, "alertsForAllFailoverIssues": word,
			}),
			"classicAlertSettings": holds(members{"alertsForCriticalOperations": word, "emailNotificationsForSiteRecovery": word}),
		}),
		"restoreSettings": holds(members{
			"crossSubscriptionRestoreSettings": holds(members{"crossSubscriptionRestoreState": word}),
		}),
		"costManagementSettings": holds(members{"granularityLevel": word}),
		"regionOfChoiceSettings": holds(members{"status": word}),
	}),
})

// vaultConfigMembers are those of a vault's configs.
var vaultConfigMembers = proxyMembers.and(members{"properties": holds(members{
	"softDeleteFeatureState": word, "softDeleteRetentionPeriodInDays": whole, "enhancedSecurityState": word,
	"isSoftDeleteFeatureStateEditable": flag, "resourceGuardOperationRequests": listOf(word),
	"storageType": word, "storageModelType": word, "storageTypeState": word,
	"crossRegionRestoreFlag": flag, "dedupState": word, "xcoolState": word,
	"encryptionAtRestType": word, "keyUri": word, "subscriptionId": word, "infrastructureEncryptionState": word,
	"lastUpdateStatus": word, "useSystemAssignedIdentity": flag, "userAssignedIdentity": word,
})})

// The parts of a policy that are at several places in it.
var (
	daySchedule   = holds(members{"scheduleRunDays": listOf(word), "scheduleRunTimes": listOf(word)})
	keptFor       = holds(members{"count": whole, "durationType": word})
	keptMonthDays = members{
		"retentionScheduleFormatType": word,
		"retentionScheduleDaily": holds(members{
			"daysOfTheMonth": listOf(holds(members{"date": whole, "isLast": flag})),
		}),
		"retentionScheduleWeekly": holds(members{"daysOfTheWeek": listOf(word), "weeksOfTheMonth": listOf(word)}),
		"retentionTimes":          listOf(word),
		"retentionDuration":       keptFor,
	}
	tier = holds(members{"tieringMode": word, "duration": whole, "durationType": word})
)

var policyMembers = proxyMembers.and(members{"properties": holds(members{
	"backupManagementType": word, "policyType": word, "timeZone": word, "protectedItemsCount": whole,
	"resourceGuardOperationRequests": listOf(word),
	"instantRpRetentionRangeInDays":  whole,
	"instantRPDetails":               holds(members{"azureBackupRGNamePrefix": word, "azureBackupRGNameSuffix": word}),
	"snapshotConsistencyType":        word,
	"instantAccessSnapshotEnabled":   flag,
	"instantAccessDurationMinutes":   whole,
	"schedulePolicy": holds(members{
		"schedulePolicyType": word, "scheduleRunFrequency": word, "scheduleRunDays": listOf(word), "scheduleRunTimes": listOf(word),
		"scheduleWeeklyFrequency": whole,
		"hourlySchedule":          holds(members{"interval": whole, "scheduleWindowStartTime": word, "scheduleWindowDuration": whole}),
		"dailySchedule":           daySchedule,
		"weeklySchedule":          daySchedule,
	}),
	"retentionPolicy": holds(members{
		"retentionPolicyType": word,
		"retentionDuration":   keptFor,
		"dailySchedule":       holds(members{"retentionTimes": listOf(word), "retentionDuration": keptFor}),
		"weeklySchedule": holds(members{
			"daysOfTheWeek": listOf(word), "retentionTimes": listOf(word), "retentionDuration": keptFor,
		}),
		"monthlySchedule": holds(keptMonthDays),
		"yearlySchedule":  holds(keptMonthDays.and(members{"monthsOfYear": listOf(word)})),
	}),
	// By tier. Those that Microsoft names are a fixed set, spelled as any other member.
	"tieringPolicy": holds(members{archiveTier: tier, "SnapshotRP": tier, "InstantRP": tier, "IASnapshotRP": tier, anyName: tier}),
})})

var itemMembers = proxyMembers.and(members{
	memberHistory: free,
	"properties": holds(members{
		"protectedItemType": word, "sourceResourceId": word, "policyId": word, "protectionState": word,
		"backupManagementType": word, "workloadType": word, "containerName": word, "friendlyName": word, "virtualMachineId": word,
		"policyName": word, "policyType": word, "protectionStatus": word, "healthStatus": word,
		"healthDetails": listOf(holds(members{"code": whole, "title": word, "message": word, "recommendations": listOf(word)})),
		"kpisHealths":   byName(free), // named by what they measure
		"backupSetName": word, "createMode": word, "lastBackupStatus": word, "lastBackupTime": word, "lastRecoveryPoint": word,
		"protectedItemDataId": word, "sourceLocation": word, "vaultId": word, "softDeleteRetentionPeriod": whole,
		"softDeleteRetentionPeriodInDays": whole, "isScheduledForDeferredDelete": flag, "isDeferredDeleteScheduleUpcoming": flag,
		"deferredDeleteTimeInUTC": word, "deferredDeleteTimeRemaining": word, "isRehydrate": flag, "isArchiveEnabled": flag,
		"resourceGuardOperationRequests": listOf(word),
		"sourceSideScanInfo":             holds(members{"sourceSideScanStatus": word, "sourceSideScanSummary": word}),
		"extendedInfo": holds(members{
			"recoveryPointCount": whole, "policyInconsistent": flag, "oldestRecoveryPoint": word, "oldestRecoveryPointInVault": word,
			"oldestRecoveryPointInArchive": word, "newestRecoveryPointInArchive": word,
		}),
		"extendedProperties": holds(members{
			"diskExclusionProperties": holds(members{"diskLunList": listOf(whole), "isInclusionList": flag}),
			"linuxVmApplicationName":  word,
		}),
	}),
})
