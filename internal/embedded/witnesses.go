package embedded

// How sure a witness is: recorded traffic or several reports that do not know of each other, one report of somebody who saw
// it live or Microsoft's own list of errors, and less than that.
const (
	high   = "high"
	medium = "medium"
	low    = "low"
)

// seen is who saw Azure do something, how sure that is, and when it was, as far as that is told. Without a witness it is our
// reading.
type seen struct{ by, sure, when string }

// fact is something that the service does, and why.
type fact struct {
	code   string // of an error, if it is one
	status int    // of the answer with that code
	what   string
	own    bool // about this service, and not about Azure
	seen
}

const (
	recordedPowerShell25 = "Azure/azure-powershell, recorded session TestAzureVMRedoProtection"
	recordedCLI26        = "Azure/azure-cli, recorded session test_vault_soft_delete_with_items"
	recordedCLI22        = "Azure/azure-cli, recorded session test_backup_softdelete"
	recordedCLI18        = "Azure/azure-cli, recorded sessions test_backup_job and test_backup_restore"
)

// behaviours are what the service does besides refusing. Those that no witness is named for are our reading: the next find can
// be checked against them.
var behaviours = []fact{
	{what: "A vault whose creator says nothing of soft delete has softDeleteState and enhancedSecurityState AlwaysON, and 14 days; with the setting that soft delete is not forced, Enabled, as before 2026", seen: seen{"mbiszczanik/skycraft, live cycles; live tests of alchemy-run/alchemy", high, "2026-10"}},
	{what: "A vault that had another soft delete before it was forced keeps it until it becomes AlwaysON", seen: seen{}},
	{what: "`secureScore` Adequate and `bcdrSecurityLevel` Good of a vault whose soft delete and enhanced security are AlwaysON, None and Poor of others", seen: seen{recordedPowerShell25 + "; " + recordedCLI26, high, "2026-09"}},
	{what: "The answer that accepts a vault says multi-user authorization Invalid and no storage version", seen: seen{recordedCLI26, high, "2026-09"}},
	{what: "`regionOfChoiceSettings` from API version 2026-05-01 on", seen: seen{recordedCLI26, high, "2026-09"}},
	{what: "Operations on vaults have base64 ids, a status without times, and no Retry-After", seen: seen{recordedCLI26, high, "2026-09"}},
	{what: "DELETE of a vault is 200 with older API versions and 202 with newer ones; the first of these is our reading", seen: seen{recordedCLI18 + "; " + recordedCLI26, high, "2026-09"}},
	{what: "The name of a deleted vault is free at once, and several deleted vaults have one id", seen: seen{"mbiszczanik/skycraft, live cycles; a clean-up script", high, "2026-08"}},
	{what: "Every region lists its deleted vaults; Azure has some that cannot (NoRegisteredProviderFound or 400), which a fault rule on deleted vaults makes", seen: seen{"a clean-up script", medium, "2026"}},
	{what: "`backupconfig` has four settings and nothing of the storage", seen: seen{"Azure/azure-powershell, recorded session TestAzureVMGetRPs", high, "2023-04"}},
	{what: "`isSoftDeleteFeatureStateEditable` is false of AlwaysON; a test that nobody runs by default expects true", seen: seen{}},
	{what: "PATCH of the redundancy with one of its two settings, or of the retention alone, is merged; comments in a live test have it refused", seen: seen{}},
	{what: "A policy with TierRecommended, and an enhanced weekly one with long retention and TierAfter, are taken; both were refused in live tests (microsoft/mcp, 2026-04)", seen: seen{}},
	{what: "A vault's key is set and rotated through `backupEncryptionConfigs`, too", seen: seen{"tests of alchemy-run/alchemy that are not run by default", medium, "2026-10"}},
	{what: "Through `backupEncryptionConfigs` the identity that read the last key reads the next one, and the system-assigned identity the first", seen: seen{}},
	{what: "`backupconfig` takes the storage that is sent to it and does nothing with it", seen: seen{"Azure/bicep-registry-modules, whose vault module sends it in every deployment", medium, "2025"}},
	{what: "Times of a request can be written in any way that .NET reads, a time of day without a date among them; without a zone they are in UTC", seen: seen{"Azure/azure-quickstart-templates, recovery-services-daily-backup-policy-create", medium, ""}},
	{what: "The retention rules of an hourly policy can have another time than the window's start, as in public templates; it changes nothing", seen: seen{}},
	{what: "Retention rules that name no time have the schedule's", seen: seen{}},
	{what: "The unit of a tiering duration is kept as it was sent; that the portal shows months whatever it is, is reported in hashicorp/terraform-provider-azurerm issue 33217", seen: seen{}},
	{what: "A month that does not have a day of monthly or yearly retention keeps no recovery point for that day", seen: seen{}},
	{what: "The mapping of a vault to a resource guard: the operations that a guard protects and the requests for them, `resourcegroups` in the guard's id, PUT 200, DELETE 200 with `{}`, and 30 minutes in which what was unlocked can be deleted", seen: seen{"Azure/azure-cli, recorded session test_backup_rg_mapping", high, "2026-07"}},
	{what: "What a guard protects: less soft delete, less immutability, another key, a policy or an item whose recovery points are kept for less time, backups that are stopped and kept, backups that are deleted, and the mapping", seen: seen{"Microsoft Learn, multi-user authorization concept; the source of Azure/azure-cli", medium, "2026"}},
	{what: "What keeps recovery points for less time is for a guard what it is for an immutable vault; the az CLI also asks for fewer days of instant restore and for rarer backups", seen: seen{}},
	{what: "Another guard in place of the one that a vault has takes what removing that one takes; a guarded vault without backups can be deleted, and a deleted one comes back with its guard", seen: seen{}},
	{what: "`multiUserAuthorization` is Enabled of a vault with a guard", seen: seen{}},
	{what: "A guard that is not in the service protects all of the operations", own: true},
	{what: "Everybody has access to a guard; a fault rule on a guarded operation takes it", own: true},
	{what: "A policy token is asked for as an Azure Policy with an external evaluation asks, when a fault rule says so, and `acquirePolicyToken` gives whoever asks one that is good for just the request that it describes", seen: seen{"Azure/azure-policy, overview of external evaluation; Azure/azapi 2.11, its source", medium, "2026"}},
	{what: "A policy token lasts an hour", seen: seen{}},
	{what: "DefaultPolicy has the policy type V1; of older vaults it has none", seen: seen{recordedPowerShell25 + "; " + recordedCLI26, high, "2026-07"}},

	{what: "Operations on items have plain GUIDs, an end of 0001-01-01T00:00:00 without a zone while they run, and their start as their end; that policies have them too is our reading", seen: seen{recordedPowerShell25 + "; " + recordedCLI22 + "; " + recordedCLI18, high, "2025-10"}},
	{what: "Retry-After of the PUT of an item, from API version 2025-02-01 on: 60 s in Azure; here at most as long as the operation takes, since Microsoft's clients wait for it before they ask for the first time", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "`vaultId` of an item is a URL, `protectedItemDataId` a decimal number", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "An item says nothing of its health before its first backup, and IaasVmHealthGreenDefault after a good one", seen: seen{recordedPowerShell25 + "; " + recordedCLI18, high, "2025-10"}},
	{what: "An item whose VM is gone is Unhealthy, ActionRequired with the number 400136", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "Other backups that fail make an item Unhealthy and ActionRequired, too", seen: seen{}},
	{what: "Scheduled backups that fail since the VM is gone do not move `lastBackupTime`", seen: seen{recordedPowerShell25, low, "2025-10"}},
	{what: "Items that are not soft-deleted have no members about it, but `softDeleteRetentionPeriod` 0 from API version 2025-02-01 on", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "Soft-deleted items tell when that was and what is left, with seven decimals", seen: seen{recordedCLI22, high, "2022-03"}},
	{what: "Soft-deleted items tell the days of retention and, on the last day, that they will be purged", seen: seen{}},
	{what: "A list of items has 200 in a page, and the client cannot choose how many; that Azure has no more in one is our reading", seen: seen{"Azure/azure-sdk-for-js issue 15306, where Microsoft answers", medium, "2021-06"}},
	{what: "Lists of items have no `extendedInfo` and no `eTag`; `sourceLocation` comes with API version 2026-07-01, of containers too", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "Items without recovery points are soft-deleted like others", seen: seen{recordedCLI22, high, "2022-03"}},
	{what: "A VM whose protection was stopped, its backups kept, is free for another vault and among what that can protect; the item stays in the first", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "A VM whose backups are suspended is free for another vault, too", seen: seen{}},
	{what: "A data disk that is chosen by a number that the VM does not have is refused, where the VM was written with its disks", seen: seen{}},
	{what: "A VM that a client has deleted cannot be protected until it is made again", seen: seen{}},
	{what: "The backup status of a VM names the vault that takes its backups, and else one in whose region they are kept", seen: seen{}},
	{what: "The scan of an item's machine is configured by an operation of the item without a job, whose result is 204; from API version 2026-07-01 on an item says NotConfigured and Unknown without it, and Configured and Unknown before its first recovery point", seen: seen{recordedCLI26Scan, high, "2026-09"}},
	{what: "The scan of an item's machine is configured by a PUT of the item, too", seen: seen{"the source of Azure/azure-powershell, Set-AzRecoveryServicesBackupSourceScan", medium, "2026"}},
	{what: "The scan of a machine finds what the service is told to be found: points have the `threatStatus` NotAvailable while it is not configured, UnHealthy with a threat of the severity Critical or High, Warning with one of the severity Warning, Healthy otherwise; the item's summary is Suspicious or Healthy by the newest of them; the vault's own switch does not matter", seen: seen{}},
	{what: "`immutabilityProperties` of recovery points from API version 2026-05-01 on; those of a vault that is immutable, Unlocked too, are immutable, with an end where the immutability is for a time. The names are Microsoft's, the rest is our reading", seen: seen{}},
	{what: "Instant access of policies, from API version 2026-10-01 on, gives a recovery point the tier IASnapshotRP for its minutes, or 300; a PUT of a policy with an older version leaves it as it is", seen: seen{}},

	{what: "An undeleted item is stopped and needs a further request with a policy", seen: seen{recordedCLI22, high, "2022-03"}},

	{what: "The two steps of a backup run one after the other, each with a duration that is 0 as long as it runs", seen: seen{recordedCLI18, high, "2018-03"}},
	{what: "The snapshot takes a quarter of the time of a backup", seen: seen{}},
	{what: "Jobs say the policy's name when a protection begins or stops, the number of recovery points when they are deleted, and a flag when they are undeleted", seen: seen{recordedPowerShell25 + "; " + recordedCLI22 + "; " + recordedCLI18, high, "2025-10"}},
	{what: "`activityId` of a job is the client's id of the request that asked for it", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "`activityId` of a job that nobody asked for, or whose client gave its request no UUID, is made up", seen: seen{}},
	{what: "What a job allows and the tiers of a recovery point are names in every API version; Azure had numbers before 2018 (recorded with 2016-12-01 and 2017-07-01)", seen: seen{}},
	{what: "Jobs other than backups do not say who asked for them, and jobs that allow no action have no list of actions", seen: seen{recordedPowerShell25 + "; " + recordedCLI22, medium, "2025-10"}},
	{what: "Jobs that fail since the VM is gone have the number 400136; other errors have 0", seen: seen{recordedPowerShell25, medium, "2025-10"}},
	{what: "A recovery point is some seconds younger than its backup, unless backups take no time", seen: seen{recordedPowerShell25, high, "2025-10"}},
	{what: "Recovery points have the size of the VM, its operating system, and another storage type when it has a premium disk, where the VM was written with them", seen: seen{recordedCLI18 + "; " + recordedCLI22Point, high, "2022-05"}},
	{what: "Recovery points say nothing of their move to the archive (`recoveryPointMoveReadinessInfo`), which Azure's do", seen: seen{}},
	{what: "Backups say whether somebody asked for them (`isUserTriggered`); a recorded one with API version 2022-02-01 does not (Azure/azure-cli, test_backup_rp)", seen: seen{}},
	{what: "Vaults show `sourceScanConfiguration` from API version 2025-02-01 on, `costManagementSettings` from 2026-01-01 and the `configuration` of their immutability from 2026-05-01", seen: seen{"Azure/bicep-types-az, the type definitions", medium, "2026-08"}},
	{what: "A request in an older API version leaves the settings that came later as they are", seen: seen{}},
	{what: "The `configuration` of a vault's immutability is TimeBased with days, or AsPerPolicy without them", seen: seen{"Azure/bicep-types-az, the type definitions; microsoft/mcp", medium, "2026-08"}},
	{what: "A vault that is immutable in an API version from 2026-05-01 on without a `configuration` has none; microsoft/mcp says that one is needed, and ours sends it", seen: seen{}},
	{what: "Immutability that is TimeBased keeps each recovery point for its days whatever the policy says", seen: seen{"microsoft/mcp, descriptions of its options", medium, "2026-08"}},
	{what: "Immutability that is TimeBased keeps the recovery points that were there before it too, can be made shorter in a locked vault, and does nothing in one that is not immutable", seen: seen{}},
	{what: "A vault of a region of choice protects VMs of all other regions; in Azure those of the pairs of regions that Microsoft has agreed on with the customer", seen: seen{"a public tooling repository for customers in the Middle East", medium, "2026-03"}},
	{what: "A vault shows all other members in every API version; with 2021-03-01 Azure showed its state and that of private endpoints alone (Azure/azure-cli, test_backup_vault)", seen: seen{}},
	{what: "Names of items and containers are as the client wrote them; Azure answers with `VM;` and `IaasVMContainer;` (Azure/azure-cli, test_backup_softdelete)", seen: seen{}},
}
