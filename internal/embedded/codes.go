package embedded

import "net/http"

// The codes of errors, in the words of the service. What each stands for, and who has seen Azure answer so, is in codes.
const (
	codeBackupInProgress          = "UserErrorBackupOperationInProgress"
	codeContainerName             = "BMSUserErrorContainerNameIncorrectFormat"
	codeDisallowed                = "RequestDisallowedByPolicy"
	codeGroupBeingDeleted         = "ResourceGroupBeingDeleted"
	codeGroupDeletionBlocked      = "ResourceGroupDeletionBlocked"
	codeGroupLocationNotAvailable = "LocationNotAvailableForResourceGroup"
	codeGroupNotFound             = "ResourceGroupNotFound"
	codeImmutabilityChange        = "UserErrorUnsupportedVaultImmutabilityStateChange"
	codeImmutable                 = "UserErrorOperationDeniedOnImmutableItem"
	codeImmutableItem             = "UserErrorDeleteBackupItemOnImmutableItem"
	codeInternal                  = "InternalServerError"
	codeInvalidAPIVersion         = "InvalidApiVersionParameter"
	codeInvalidContent            = "InvalidRequestContent"
	codeInvalidGroupLocation      = "InvalidResourceGroupLocation"
	codeInvalidGroupName          = "InvalidResourceGroupName"
	codeInvalidItemInput          = "BMSUserErrorInvalidInput"
	codeInvalidLocation           = "InvalidResourceLocation"
	codeInvalidName               = "InvalidResourceName"
	codeInvalidNamespace          = "InvalidResourceNamespace"
	codeInvalidParameter          = "InvalidRestApiParameter"
	codeInvalidPolicy             = "BMSUserErrorInvalidPolicyInput"
	codeInvalidProtection         = "BMSUserErrorInvalidConfigureProtectionRequest"
	codeInvalidSkipToken          = "InvalidSkipToken"
	codeInvalidSubscription       = "InvalidSubscriptionId"
	codeInvalidTags               = "InvalidTags"
	codeInvalidTop                = "BadRequest"
	codeInvalidURI                = "InvalidRequestUri"
	codeItemLocked                = "BMSUserErrorObjectLocked"
	codeItemName                  = "BMSUserErrorProtectedItemNameIncorrectFormat"
	codeLinkedAuthorization       = "LinkedAuthorizationFailed"
	codeLocationNotAvailable      = "LocationNotAvailableForResourceType"
	codeLocationRequired          = "LocationRequired"
	codeMachineGone               = "UserErrorVmNotFoundV2"
	codeMethodNotAllowed          = "HttpMethodNotAllowed"
	codeMissingAPIVersion         = "MissingApiVersionParameter"
	codeNoDataSource              = "BMSUserErrorDataSourceObjectNotFound"
	codeNotBackedUp               = "UserErrorBcmDatasourceNotPresent"
	codeNotFound                  = "NotFound"
	codeOperationNotAllowed       = "OperationNotAllowed"
	codeParentNotFound            = "ParentResourceNotFound"
	codePolicyInUse               = "BMSUserErrorPolicyObjectInUse"
	codePreconditionFailed        = "PreconditionFailed"
	codeQuotaExceeded             = "UserErrorProtectionQuotaExceeded"
	codeRedundancyOfVault         = "BMSUserErrorRedundancySettingsUseVaultApi"
	codeRegionMismatch            = "UserErrorVmVaultLocationMismatch"
	codeResourceNotFound          = "ResourceNotFound"
	codeSoftDeleteAlwaysOn        = "BMSUserErrorSoftDeleteStateAlwaysOn"
	codeSoftDeleteNotAlwaysOn     = "BMSUserErrorSoftDeleteStateNotSetToAlwaysON"
	codeSoftDeleteNotDisabled     = "BMSUserErrorDisablingSoftDeleteStateNotAllowed"
	codeSoftDeleteOfVault         = "BMSUserErrorSoftDeleteUseVaultApi"
	codeSoftDeletedLeft           = "ServiceResourceNotEmptyWithBackendMessage"
	codeStorageLocked             = "StorageModelModifyError"
	codeSubscriptionNotFound      = "SubscriptionNotFound"
	codeTooLarge                  = "RequestEntityTooLarge"
	codeUndeleteConflict          = "UserErrorDeletedVaultUndeleteConflictingVaultPresent"
	codeVaultBusy                 = "RSVaultUpdateErrorConflictingOperationInProgress"
	codeVaultNameTaken            = "Conflict"
	codeVaultNotEmpty             = "BMSUserErrorVaultDeletionNotAllowed"
	codeVaultNotEmptyBefore       = "ServiceResourceNotEmptyWithContainerDetails"

	// Codes only this service has: they are about itself.
	codeClientClosed        = "ClientClosedRequest"
	codeDatabaseBusy        = "DatabaseBusy"
	codeDatabaseDamaged     = "DatabaseDamaged"
	codeDatabaseFull        = "DatabaseFull"
	codeDatabaseReadOnly    = "DatabaseReadOnly"
	codeDatabaseUnavailable = "DatabaseUnavailable"
	codeMachineFixed        = "VirtualMachineInInventory"
	codeMachineNotDescribed = "VirtualMachineNotDescribed"
	codeNotModelled         = "NotModelledByEmbeddedService"
)

// statusClientClosed is what servers log for a client that went away. Nobody receives it.
const statusClientClosed = 499

// codes are all that the service answers with, their HTTP statuses and how true they are. A code that nobody has seen in Azure
// for what it stands for here is the catch-all of its operation, and the message says what is the matter.
var codes = []fact{
	{
		code: codeImmutabilityChange, status: http.StatusBadRequest, what: "immutability Locked for a vault that is not Unlocked, at its creation too, and anything else for one that is Locked",
		seen: seen{"Azure/azure-rest-api-specs issue 26598", high, "2023-11"},
	},
	{code: codeLinkedAuthorization, status: http.StatusForbidden, what: "what a vault's resource guard protects, without the guard's operation request, or before it is unlocked"},
	{
		code: codeDisallowed, status: http.StatusForbidden, what: "a write without the policy token that a fault rule wants of it",
		seen: seen{"Azure/azapi 2.11, its source; tests of Azure/azure-sdk-for-java", medium, "2026"},
	},
	{
		code: codeRedundancyOfVault, status: http.StatusBadRequest, what: "the storage redundancy through `backupstorageconfig`, after it was chosen through the vault",
		seen: seen{"microsoft/mcp, Azure Backup tools; live tests of alchemy-run/alchemy", high, "2026-10"},
	},
	{
		code: codeStorageLocked, status: http.StatusBadRequest, what: "another storage redundancy when it is locked; through the vault itself the code is our reading",
		seen: seen{"hashicorp/terraform-provider-azurerm pull request 8813", high, "2020"},
	},
	{
		code: codeSoftDeleteNotAlwaysOn, status: http.StatusBadRequest, what: "a vault that is made with another soft delete than AlwaysON, or gets one, from API version 2024-09-30 on; the status, and which versions have it, are our reading",
		seen: seen{"mbiszczanik/skycraft, live cycles; a Bicep module for vaults", high, "2026-10"},
	},
	{
		code: codeSoftDeleteNotDisabled, status: http.StatusBadRequest, what: "the same with older versions, likewise",
		seen: seen{"Azure/azure-cli issue 32383, ansible-collections/azure pull request 2290, users of azurerm", high, "2026-08"},
	},
	{
		code: codeSoftDeleteOfVault, status: http.StatusBadRequest, what: "a change of the soft delete through `backupconfig`, where every vault has it set by the service",
		seen: seen{"live tests of alchemy-run/alchemy", high, "2026-10"},
	},
	{
		code: codeSoftDeleteAlwaysOn, status: http.StatusBadRequest, what: "less soft delete than AlwaysON through `backupconfig`, where it is not forced; the status is our reading",
		seen: seen{"the source of hashicorp/terraform-provider-azurerm, which avoids the request for it", medium, "2025"},
	},
	{
		code: codeVaultBusy, status: http.StatusConflict, what: "a change or the deletion of a vault that is being made or changed; the status is our reading, and that it holds for what is in the vault",
		seen: seen{"live tests of alchemy-run/alchemy and of a Go test tool", high, "2026-10"},
	},
	{
		code: codeVaultNotEmpty, status: http.StatusBadRequest, what: "the deletion of a vault with items, from API version 2024-09-30 on, and the reason why a resource group with one is not deleted",
		seen: seen{"a guide with measured cases; Microsoft's support articles", medium, "2021 and later"},
	},
	{
		code: codeVaultNotEmptyBefore, status: http.StatusBadRequest, what: "the same with older versions",
		seen: seen{"MicrosoftDocs/azure-docs issue 42016, Azure/azure-cli issue 7619", medium, "2019"},
	},
	{
		code: codeSoftDeletedLeft, status: http.StatusBadRequest, what: "the deletion of a vault with soft-deleted items alone, with older versions",
		seen: seen{"output of Terraform of several users", high, ""},
	},
	{
		code: codeUndeleteConflict, status: http.StatusConflict, what: "a vault is undeleted while there is one of its name; the status is our reading",
		seen: seen{"a clean-up script", medium, "2026"},
	},
	{
		code: codeGroupDeletionBlocked, status: http.StatusConflict, what: "the deletion of a resource group whose vault holds items has failed; accepted as every deletion, with the vault's code inside. Soft-deleted items do not count, which one old report about file shares has otherwise",
		seen: seen{"a user's report", low, ""},
	},

	{
		code: codePolicyInUse, status: http.StatusBadRequest, what: "the deletion of a policy that items have",
		seen: seen{"a guide with measured cases", high, "2026-03"},
	},
	{
		code: codeInvalidPolicy, status: http.StatusBadRequest, what: "any fault of a policy, a 201st one included",
		seen: seen{"microsoft/mcp, notes on Azure Backup", high, "2026-04"},
	},
	{
		code: codeRegionMismatch, status: http.StatusBadRequest, what: "a VM of another region than the vault; whether the request or its operation fails is our reading",
		seen: seen{"Microsoft's support articles", medium, "2021-04"},
	},
	{
		code: codeQuotaExceeded, status: http.StatusBadRequest, what: "more VMs than a vault protects",
		seen: seen{"Microsoft's support articles", medium, "2021-04"},
	},
	{
		code: codeInvalidProtection, status: http.StatusBadRequest, what: "any other fault of a protection: a VM that does not exist, or is of another vault, or whose item is soft-deleted",
		seen: seen{"a failed operation as recorded; which faults have it is our reading", medium, "2024-01"},
	},
	{code: codeInvalidItemInput, status: http.StatusBadRequest, what: "any other fault of what is in a vault: a filter that cannot be read, a job that cannot be cancelled, a scan that is neither enabled nor disabled, a tenth backup on demand of a day, an undeletion of what is not deleted"},
	{
		code: codeImmutable, status: http.StatusBadRequest, what: "the suspension of backups in a vault that is not immutable",
		seen: seen{"hashicorp/terraform-provider-azurerm pull request 27950, Azure/azure-rest-api-specs issue 32688", high, "2025-02"},
	},
	{
		code: codeImmutableItem, status: http.StatusBadRequest, what: "in the outcome of an operation, never as an answer: the deletion of an item with recovery points in an immutable vault, which is accepted, has failed. That one without recovery points is deleted is our reading",
		seen: seen{"Azure/terraform-azurerm-avm-res-compute-virtualmachine issue 214", medium, "2025-09"},
	},
	{
		code: codeItemLocked, status: http.StatusConflict, what: "a write to an item or a policy that another operation works on; the status is our reading",
		seen: seen{"Microsoft's support articles", medium, "2021-04"},
	},
	{
		code: codeBackupInProgress, status: http.StatusConflict, what: "a backup on demand while one runs; that the request fails and not its job, and the status, are our reading",
		seen: seen{"Microsoft's troubleshooting page", medium, "2026"},
	},
	{
		code: codeNotBackedUp, status: http.StatusBadRequest, what: "a backup of an item whose protection is stopped, suspended or deleted",
		seen: seen{"Microsoft's troubleshooting page", medium, "2026"},
	},
	{
		code: codeNoDataSource, status: http.StatusNotFound, what: "the recovery points of a VM that the vault does not protect; the status is our reading",
		seen: seen{"field notes of an audit tool", medium, "2026"},
	},
	{
		code: codeContainerName, status: http.StatusBadRequest, what: "a container name without a kind and a name; the status, and what else is malformed, are our reading",
		seen: seen{"microsoft/mcp, Azure Backup tools", medium, "2026-08"},
	},
	{
		code: codeItemName, status: http.StatusBadRequest, what: "an item name without a kind and a name, likewise",
		seen: seen{"microsoft/mcp, Azure Backup tools", medium, "2026-08"},
	},
	{
		code: codeMachineGone, status: http.StatusBadRequest, what: "in jobs and items, never as an answer: the VM does not exist",
		seen: seen{"Azure/azure-powershell, recorded session", high, "2025-10"},
	},

	{code: codeVaultNameTaken, status: http.StatusConflict, what: "a new vault has the name of another one of the subscription; ARM's general code for the status"},
	{
		code: codeInvalidParameter, status: http.StatusBadRequest, what: "any other fault of a vault: a purged vault that is undeleted, a setting of the wrong kind",
		seen: seen{"quoted answers of users about settings; for the rest it is our reading", medium, "2024"},
	},
	{
		code: codeResourceNotFound, status: http.StatusNotFound, what: "what does not exist; of items and policies the code is our reading",
		seen: seen{"recorded sessions of azure-cli and azure-powershell", high, "2026-07"},
	},
	{code: codeParentNotFound, status: http.StatusNotFound, what: "something in a network, a security group or a storage account that does not exist; ARM's general code for it"},
	{code: codeMissingAPIVersion, status: http.StatusBadRequest, what: "no api-version"},
	{code: codeInvalidAPIVersion, status: http.StatusBadRequest, what: "an api-version that is no date, or older than the action that is asked for; the second is our reading"},
	{code: codeInvalidContent, status: http.StatusBadRequest, what: "a body that cannot be read"},
	{code: codeInvalidName, status: http.StatusBadRequest, what: "a name against the rules"},
	{code: codeInvalidLocation, status: http.StatusConflict, what: "another region for what exists"},
	{code: codeInvalidNamespace, status: http.StatusNotFound, what: "a resource provider that is not served"},
	{code: codeInvalidSkipToken, status: http.StatusBadRequest, what: "a place in a list that was not given out"},
	{code: codeInvalidSubscription, status: http.StatusBadRequest, what: "a subscription id that is no GUID"},
	{code: codeInvalidTags, status: http.StatusBadRequest, what: "tags against the rules"},
	{code: codeInvalidTop, status: http.StatusBadRequest, what: "a `$top` that is no number of entries"},
	{code: codeInvalidURI, status: http.StatusBadRequest, what: "a path that cannot be read"},
	{code: codeInvalidGroupLocation, status: http.StatusConflict, what: "another region for a resource group"},
	{code: codeInvalidGroupName, status: http.StatusBadRequest, what: "the name of a resource group against the rules"},
	{code: codeGroupBeingDeleted, status: http.StatusConflict, what: "a write in a resource group that is being deleted"},
	{code: codeGroupLocationNotAvailable, status: http.StatusBadRequest, what: "a resource group in a region that does not exist"},
	{code: codeGroupNotFound, status: http.StatusNotFound, what: "a resource group that does not exist"},
	{code: codeSubscriptionNotFound, status: http.StatusNotFound, what: "a subscription that does not exist"},
	{code: codeLocationNotAvailable, status: http.StatusBadRequest, what: "a region without vaults"},
	{code: codeLocationRequired, status: http.StatusBadRequest, what: "no region"},
	{code: codeMethodNotAllowed, status: http.StatusMethodNotAllowed, what: "a method that a path does not have"},
	{code: codeNotFound, status: http.StatusNotFound, what: "a path outside of ARM's"},
	{code: codeOperationNotAllowed, status: http.StatusConflict, what: "a write to a vault whose creation failed"},
	{code: codePreconditionFailed, status: http.StatusPreconditionFailed, what: "a condition of the request that does not hold"},
	{code: codeTooLarge, status: http.StatusRequestEntityTooLarge, what: "a request larger than 4 MiB"},
	{code: codeInternal, status: http.StatusInternalServerError, what: "a defect of the service"},

	{code: codeNotModelled, status: http.StatusNotImplemented, own: true, what: "what Azure serves and this service does not"},
	{code: codeMachineFixed, status: http.StatusConflict, own: true, what: "a VM of the inventory that the service was configured with"},
	{code: codeMachineNotDescribed, status: http.StatusNotFound, own: true, what: "a VM that no client has made, where there is no inventory; a vault protects it all the same"},
	{code: codeClientClosed, status: statusClientClosed, own: true, what: "the client went away"},
	// Busy passes, so it has the one status here that clients retry to good effect. A full disk does not, and 507 is not retried.
	{code: codeDatabaseBusy, status: http.StatusServiceUnavailable, own: true, what: "the database is in use"},
	{code: codeDatabaseFull, status: http.StatusInsufficientStorage, own: true, what: "the disk of the database is full"},
	{code: codeDatabaseReadOnly, status: http.StatusInsufficientStorage, own: true, what: "the database cannot be written"},
	{code: codeDatabaseDamaged, status: http.StatusInsufficientStorage, own: true, what: "the database is damaged"},
	{code: codeDatabaseUnavailable, status: http.StatusInsufficientStorage, own: true, what: "the database cannot be opened"},
}

// statuses gives each code its HTTP status.
var statuses = func() map[string]int {
	statuses := map[string]int{}
	for _, f := range codes {
		statuses[f.code] = f.status
	}
	return statuses
}()
