package catalog

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
