package catalog

import "slices"

// The resource type of a backup vault, and the namespace of the resource provider that must be registered in a
// subscription before it can have one. ARM compares both without regard to letter case.
const (
	VaultNamespace = "Microsoft.RecoveryServices"
	VaultType      = VaultNamespace + "/vaults"
)

// The ARM API versions that the provider sends, one for each kind of resource. All are published in
// Azure/azure-rest-api-specs. The embedded service answers other versions too.
const (
	// VaultAPIVersion is for Microsoft.RecoveryServices/vaults. It is the version that azurerm 5.2 sends. Storage
	// redundancy can be set in the create call, and DELETE is asynchronous; in 2023-04-01, which Microsoft's Go module
	// for vaults uses, redundancy is read-only.
	VaultAPIVersion = "2025-08-01"
	// SubscriptionAPIVersion is for /subscriptions and the locations of one (Microsoft.Resources, subscriptions).
	SubscriptionAPIVersion = "2022-12-01"
	// ProviderAPIVersion is for reading and registering resource providers (Microsoft.Resources, providers). It is
	// the version of Microsoft's armresources module.
	ProviderAPIVersion = "2021-04-01"
	// ResourceGroupAPIVersion is for resource groups (Microsoft.Resources, resourceGroups). It is the version of
	// Microsoft's armresources module.
	ResourceGroupAPIVersion = "2021-04-01"
)

// BackupAPIVersion is the API version for what is inside a vault: policies, protected items and jobs. It is that of
// Microsoft's specification and of Azure CLI in July 2026.
const BackupAPIVersion = "2025-02-01"

// The resource type of a virtual machine, and the API version for reading where one is.
const (
	VMType       = "Microsoft.Compute/virtualMachines"
	VMAPIVersion = "2024-07-01"
)

// olderAPIVersions are, newest first, the published versions that do in place of one that a cloud does not have yet, by
// that version: all that the provider sends and reads is in them. Azure's change log of resource types tells what came
// when (https://learn.microsoft.com/azure/templates/microsoft.recoveryservices/change-log/vaults): storage redundancy
// can be set from 2023-08-01 on; two of the alert settings came in 2024-02-01.
var olderAPIVersions = map[string][]string{
	VaultAPIVersion: {"2025-02-01", "2025-01-01", "2024-10-01", "2024-04-01", "2024-02-01", "2024-01-01", "2023-08-01"},
	BackupAPIVersion: {
		"2025-01-01", "2024-10-01", "2024-04-01", "2024-02-01", "2024-01-01", "2023-08-01", "2023-06-01", "2023-04-01", "2023-02-01",
	},
	VMAPIVersion:           {"2024-03-01", "2023-09-01", "2023-07-01", "2023-03-01", "2022-11-01", "2022-08-01", "2022-03-01", "2021-11-01"},
	SubscriptionAPIVersion: {"2022-09-01", "2021-10-01", "2021-01-01", "2020-01-01", "2019-11-01"},
	ProviderAPIVersion:     {"2021-01-01", "2020-10-01", "2020-06-01", "2019-10-01"},
}

// cloudAPIVersions are the versions to send to a cloud in place of others, for a cloud that is known not to have those.
//
// The rule: an entry needs a source that names the cloud, the kind of resource and the versions it has, such as the answer
// of the cloud to `az provider show --namespace Microsoft.RecoveryServices`, and its value must be one of olderAPIVersions.
// Without an entry the newest version is sent, and the refusal of a cloud that has it not lists those it has: that costs
// one refused request in each run and for each kind of resource. An entry saves it, and can be no worse: a cloud that has
// dropped the version of its entry refuses it the same way.
//
// There is none. That clouds lag is known of other services, such as Microsoft.Security in China
// (https://github.com/JulianHayward/Azure-MG-Sub-Governance-Reporting/issues/244); of Microsoft.RecoveryServices no list for
// China or US Government was found: Azure CLI's API profiles are for Azure Stack, and azurerm sends every cloud the same.
var cloudAPIVersions = map[Cloud]map[string]string{}

// APIVersion returns the version to send to this cloud in place of one: another one when the cloud is known not to have it.
func (c Cloud) APIVersion(version string) string {
	if other, ok := cloudAPIVersions[c][version]; ok {
		return other
	}
	return version
}

// KnownAPIVersions returns the API versions that do in place of one, newest first; nil when there is none. Each version
// that the provider sends stands for one kind of resource, so that the namespace, such as
// "microsoft.recoveryservices/vaults", is not needed to tell.
func KnownAPIVersions(_, version string) []string {
	return slices.Clone(olderAPIVersions[version])
}
