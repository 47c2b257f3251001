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
	// VaultAPIVersion is for Microsoft.RecoveryServices/vaults. It is the version that Azure CLI sends since September 2026,
	// and has all the settings of vaultSettingsSince. One version is for reads and writes: a PUT sends back what was read, and
	// in an older version it would leave out what only the newer one shows.
	VaultAPIVersion = "2026-07-01"
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

// NewBackupAPIVersion is the API version for what has come since BackupAPIVersion to what is inside a vault: the immutability
// and the threats of recovery points, the scan of VMs, and instant access. Only requests that need one of them send it.
const NewBackupAPIVersion = "2026-10-01"

// The API versions that these came with.
//
// Source: Microsoft's type definitions (Azure/bicep-types-az), and for instant access its template reference.
const (
	SourceScanSince    = "2026-07-01"
	InstantAccessSince = "2026-10-01"
)

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
	VaultAPIVersion: {
		"2026-05-01", "2026-02-01", "2026-01-01", "2025-08-01",
		"2025-02-01", "2025-01-01", "2024-10-01", "2024-04-01", "2024-02-01", "2024-01-01", "2023-08-01",
	},
	NewBackupAPIVersion: {
		"2026-08-01", "2026-07-01", "2026-05-01", "2026-02-01", "2025-08-01", BackupAPIVersion,
		"2025-01-01", "2024-10-01", "2024-04-01", "2024-02-01", "2024-01-01", "2023-08-01", "2023-06-01", "2023-04-01", "2023-02-01",
	},
	BackupAPIVersion: {
		"2025-01-01", "2024-10-01", "2024-04-01", "2024-02-01", "2024-01-01", "2023-08-01", "2023-06-01", "2023-04-01", "2023-02-01",
	},
	VMAPIVersion:           {"2024-03-01", "2023-09-01", "2023-07-01", "2023-03-01", "2022-11-01", "2022-08-01", "2022-03-01", "2021-11-01"},
	SubscriptionAPIVersion: {"2022-09-01", "2021-10-01", "2021-01-01", "2020-01-01", "2019-11-01"},
	ProviderAPIVersion:     {"2021-01-01", "2020-10-01", "2020-06-01", "2019-10-01"},
}

// vaultSettingsSince are the settings of a vault, by the attribute of backup_vault, that came with a later API version than the
// oldest of those above. Without them a vault is written in any version; with one of them, a cloud that does not have its
// version is an error, as the service would pass it over.
//
// Source: Microsoft's type definitions (Azure/bicep-types-az) and the samples of its clients, which name the version.
var vaultSettingsSince = map[string]string{
	"source_scan_configuration":  "2025-02-01",
	"cost_granularity_level":     "2026-01-01",
	"immutability_configuration": "2026-05-01",
	"region_of_choice":           "2026-07-01",
}

// VaultSettingSince returns the API version that a setting of a vault, named as its attribute, came with; empty for one that
// every version has.
func VaultSettingSince(attribute string) string { return vaultSettingsSince[attribute] }

// KnownAPIVersions returns the API versions that do in place of one, newest first; nil when there is none. Each version
// that the provider sends stands for one kind of resource, so that the namespace, such as
// "microsoft.recoveryservices/vaults", is not needed to tell.
func KnownAPIVersions(_, version string) []string {
	return slices.Clone(olderAPIVersions[version])
}
