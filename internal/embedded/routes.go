package embedded

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Kind is what a request is about. Fault rules pick requests by it.
type Kind string

// The kinds of what the service serves.
const (
	KindVault                 Kind = "vault"
	KindVaultList             Kind = "vaults" // of a subscription or a resource group
	KindVaultOperation        Kind = "vault operation"
	KindVaultUsages           Kind = "vault usages"
	KindVaultConfig           Kind = "vault config" // its backup, storage and encryption config
	KindResourceGuard         Kind = "resource guard"
	KindUnlockDelete          Kind = "unlock delete"
	KindGuardedOperation      Kind = "guarded operation" // an operation request of a guard, also when a write names it
	KindReplicationSettings   Kind = "replication settings"
	KindNameAvailability      Kind = "name availability"
	KindDeletedVault          Kind = "deleted vault"
	KindDeletedVaultList      Kind = "deleted vaults"
	KindUndelete              Kind = "undelete"
	KindDeletedVaultOperation Kind = "deleted vault operation"

	KindProtectedItem          Kind = "protected item"
	KindProtectedItemList      Kind = "protected items"
	KindProtectedItemOperation Kind = "protected item operation"
	KindSourceScan             Kind = "source scan" // of a protected item

	KindContainer     Kind = "container"
	KindContainerList Kind = "containers"

	KindPolicy              Kind = "backup policy"
	KindPolicyList          Kind = "backup policies"
	KindPolicyOperation     Kind = "backup policy operation"
	KindBackupStatus        Kind = "backup status"
	KindPreValidation       Kind = "backup pre-validation"
	KindProtectableItemList Kind = "protectable items"
	KindContainerRefresh    Kind = "container refresh" // the request, and its operation
	KindVirtualMachine      Kind = "virtual machine"
	KindVirtualMachineList  Kind = "virtual machines" // of a subscription or a resource group

	KindRecoveryPoint     Kind = "recovery point"
	KindRecoveryPointList Kind = "recovery points"
	KindBackup            Kind = "backup" // on demand
	KindJob               Kind = "job"
	KindJobList           Kind = "jobs"
	KindJobCancel         Kind = "job cancellation"
	KindJobOperation      Kind = "job operation"

	KindTenantList             Kind = "tenants"
	KindSubscription           Kind = "subscription"
	KindSubscriptionList       Kind = "subscriptions"
	KindLocationList           Kind = "locations"
	KindResourceProvider       Kind = "resource provider"
	KindResourceList           Kind = "resources" // of a subscription or a resource group
	KindResourceGroup          Kind = "resource group"
	KindResourceGroupList      Kind = "resource groups"
	KindResourceGroupOperation Kind = "resource group operation"
	KindPolicyToken            Kind = "policy token"
)

const (
	subscriptionPath = "subscriptions/{subscription}"
	groupPath        = subscriptionPath + "/resourceGroups/{group}"
	namespacePath    = "/providers/" + catalog.VaultNamespace
	vaultPath        = groupPath + namespacePath + "/vaults/{vault}"
	deletedPath      = subscriptionPath + namespacePath + "/locations/{location}/deletedVaults"
	policyPath       = vaultPath + "/backupPolicies/{policy}"
	// Not {subscription}, which has to exist: a vault may protect a machine of any.
	machinePath  = "subscriptions/{machineSubscription}/resourceGroups/{group}" + machinesPath + "/{name}"
	machinesPath = "/providers/" + catalog.VMType
	// The same holds here.
	machineRegionPath = "subscriptions/{machineSubscription}" + namespacePath + "/locations/{location}"
	// Azure is the fabric of all machines in Azure; there are others on premises.
	itemPath = vaultPath + "/backupFabrics/Azure/protectionContainers/{container}/protectedItems/{item}"
)

var routes = append([]route{
	at(KindVault, vaultPath, map[string]handler{
		http.MethodGet:    (*Service).getVault,
		http.MethodPut:    (*Service).putVault,
		http.MethodPatch:  (*Service).patchVault,
		http.MethodDelete: (*Service).deleteVault,
	}),
	at(KindVaultOperation, vaultPath+"/operationStatus/{operation}", get((*Service).getOperationStatus)),
	at(KindVaultOperation, vaultPath+"/operationResults/{operation}", get((*Service).getOperationResult)),
	at(KindVaultUsages, vaultPath+"/usages", get((*Service).listUsages)),
	at(KindVaultConfig, vaultPath+vaultConfigPath, map[string]handler{
		http.MethodGet:   (*Service).getVaultConfig,
		http.MethodPut:   (*Service).writeVaultConfig,
		http.MethodPatch: (*Service).writeVaultConfig,
	}),
	at(KindVaultConfig, vaultPath+storageConfigPath, map[string]handler{
		http.MethodGet:   (*Service).getStorageConfig,
		http.MethodPut:   (*Service).putStorageConfig,
		http.MethodPatch: (*Service).patchStorageConfig,
	}),
	at(KindVaultConfig, vaultPath+encryptionConfigPath, map[string]handler{
		http.MethodGet: (*Service).getEncryptionConfig,
		http.MethodPut: (*Service).putEncryptionConfig,
	}),
	at(KindResourceGuard, vaultPath+"/backupResourceGuardProxies", get((*Service).listGuardProxies)),
	at(KindResourceGuard, vaultPath+"/backupResourceGuardProxies/{guard}", map[string]handler{
		http.MethodGet:    (*Service).getGuardProxy,
		http.MethodPut:    (*Service).putGuardProxy,
		http.MethodDelete: (*Service).deleteGuardProxy,
	}),
	at(KindUnlockDelete, vaultPath+"/backupResourceGuardProxies/{guard}/unlockDelete", post((*Service).unlockDelete)),
	at(KindGuardedOperation, groupPath+"/providers/"+typeResourceGuard+"/{name}/{request}/default",
		get((*Service).getGuardRequest)),
	at(KindReplicationSettings, vaultPath+replicationSettingsPath, map[string]handler{
		http.MethodGet: (*Service).getReplicationSettings,
		http.MethodPut: (*Service).putReplicationSettings,
	}),
	at(KindVaultList, groupPath+namespacePath+"/vaults", get((*Service).listVaults)),
	at(KindVaultList, subscriptionPath+namespacePath+"/vaults", get((*Service).listVaults)),
	at(KindNameAvailability, groupPath+namespacePath+"/locations/{location}/checkNameAvailability",
		post((*Service).checkNameAvailability)),

	at(KindDeletedVaultList, deletedPath, get((*Service).listDeletedVaults)),
	at(KindDeletedVault, deletedPath+"/{deleted}", get((*Service).getDeletedVault)),
	at(KindUndelete, deletedPath+"/{deleted}/undelete", post((*Service).undeleteVault)),
	at(KindDeletedVaultOperation, deletedPath+"/{deleted}/operations/{operation}", get((*Service).getUndeleteStatus)),

	at(KindProtectedItem, itemPath, map[string]handler{
		http.MethodGet:    (*Service).getItem,
		http.MethodPut:    (*Service).putItem,
		http.MethodDelete: (*Service).deleteItem,
	}),
	at(KindSourceScan, itemPath+"/configureSourceScan", post((*Service).configureSourceScan)),
	at(KindProtectedItemList, vaultPath+"/backupProtectedItems", get((*Service).listItems)),
	at(KindProtectedItemOperation, itemPath+"/operationsStatus/{operation}", get((*Service).getItemStatus)),
	at(KindProtectedItemOperation, itemPath+"/operationResults/{operation}", get((*Service).getItemResult)),
	at(KindProtectedItemOperation, vaultPath+"/backupOperations/{operation}", get((*Service).getBackupStatus)),
	at(KindProtectedItemOperation, vaultPath+"/backupOperationResults/{operation}", get((*Service).getBackupResult)),

	at(KindContainerList, vaultPath+"/backupProtectionContainers", get((*Service).listContainers)),
	at(KindContainer, vaultPath+"/backupFabrics/Azure/protectionContainers/{container}", map[string]handler{
		http.MethodGet:    (*Service).getContainer,
		http.MethodPut:    (*Service).writeContainer,
		http.MethodDelete: (*Service).writeContainer,
	}),

	at(KindPolicy, policyPath, map[string]handler{
		http.MethodGet:    (*Service).getPolicy,
		http.MethodPut:    (*Service).putPolicy,
		http.MethodDelete: (*Service).deletePolicy,
	}),
	at(KindPolicyList, vaultPath+"/backupPolicies", get((*Service).listPolicies)),
	at(KindPolicyOperation, policyPath+"/operations/{operation}", get((*Service).getPolicyStatus)),
	at(KindPolicyOperation, policyPath+"/operationResults/{operation}", get((*Service).getPolicyResult)),

	at(KindBackupStatus, machineRegionPath+"/backupStatus", post((*Service).backupStatus)),
	at(KindPreValidation, machineRegionPath+"/backupPreValidateProtection", post((*Service).preValidate)),
	at(KindProtectableItemList, vaultPath+"/backupProtectableItems", get((*Service).listProtectableItems)),
	at(KindContainerRefresh, vaultPath+"/backupFabrics/Azure/refreshContainers", post((*Service).refreshContainers)),
	at(KindContainerRefresh, vaultPath+"/backupFabrics/Azure/operationResults/{operation}", get((*Service).getRefreshResult)),

	at(KindVirtualMachine, machinePath, map[string]handler{
		http.MethodGet:    (*Service).getMachine,
		http.MethodPut:    (*Service).putMachine,
		http.MethodPatch:  (*Service).patchMachine,
		http.MethodDelete: (*Service).deleteMachine,
	}),
	at(KindVirtualMachineList, groupPath+machinesPath, get((*Service).listMachines)),
	at(KindVirtualMachineList, subscriptionPath+machinesPath, get((*Service).listMachines)),

	at(KindRecoveryPointList, itemPath+"/recoveryPoints", get((*Service).listPoints)),
	at(KindRecoveryPoint, itemPath+"/recoveryPoints/{point}", get((*Service).getPoint)),
	at(KindBackup, itemPath+"/backup", post((*Service).backupNow)),
	at(KindJobList, vaultPath+"/backupJobs", get((*Service).listJobs)),
	at(KindJob, vaultPath+"/backupJobs/{job}", get((*Service).getJob)),
	at(KindJobCancel, vaultPath+"/backupJobs/{job}/cancel", post((*Service).cancelJob)),
	at(KindJobOperation, vaultPath+"/backupJobs/{job}/operationResults/{operation}", get((*Service).getJobResult)),

	at(KindTenantList, "tenants", get((*Service).listTenants)),
	at(KindSubscriptionList, "subscriptions", get((*Service).listSubscriptions)),
	at(KindSubscription, subscriptionPath, get((*Service).getSubscription)),
	at(KindLocationList, subscriptionPath+"/locations", get((*Service).listLocations)),
	at(KindResourceGroupOperation, subscriptionPath+"/operationresults/{operation}", get((*Service).getGroupOperationResult)),
	at(KindResourceProvider, subscriptionPath+"/providers", get((*Service).listProviders)),
	at(KindResourceProvider, subscriptionPath+"/providers/{namespace}", get((*Service).getProvider)),
	at(KindResourceProvider, subscriptionPath+"/providers/{namespace}/register", post((*Service).getProvider)),
	at(KindPolicyToken, subscriptionPath+"/providers/Microsoft.Authorization/acquirePolicyToken", post((*Service).acquirePolicyToken)),
	at(KindResourceList, subscriptionPath+"/resources", get((*Service).listResources)),
	at(KindResourceList, groupPath+"/resources", get((*Service).listResources)),
	at(KindResourceGroupList, subscriptionPath+"/resourceGroups", get((*Service).listGroups)),
	at(KindResourceGroup, groupPath, map[string]handler{
		http.MethodGet:    (*Service).getGroup,
		http.MethodHead:   (*Service).headGroup,
		http.MethodPut:    (*Service).putGroup,
		http.MethodPatch:  (*Service).patchGroup,
		http.MethodDelete: (*Service).deleteGroup,
	}),
}, neighbourRoutes()...)

func at(kind Kind, path string, methods map[string]handler) route {
	return route{kind: kind, segments: strings.Split(path, "/"), methods: methods}
}

func get(h handler) map[string]handler  { return map[string]handler{http.MethodGet: h} }
func post(h handler) map[string]handler { return map[string]handler{http.MethodPost: h} }

// Kinds lists what requests can be about, in alphabetical order.
func Kinds() []Kind {
	var kinds []Kind
	for _, route := range routes {
		kinds = append(kinds, route.kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// KindOf returns what a request is about, "" when that is not served.
func KindOf(r *http.Request) Kind {
	// A malformed path has no segments.
	path, _ := splitPath(r.URL)
	return kindOf(path)
}

// kindOf returns what a path is about, "" for one that is not served.
func kindOf(path []string) Kind {
	for _, route := range routes {
		if _, ok := route.match(path); ok {
			return route.kind
		}
	}
	return ""
}
