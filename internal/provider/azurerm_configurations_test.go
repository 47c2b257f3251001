package provider_test

// What azurerm's own acceptance tests apply, as of its version 5.2, in the words of this provider: the attributes of each step
// beside name, place and vault. Steps that repeat an earlier test's without a difference are kept, since the way there differs.

// convertedTest is what one of azurerm's tests applies, step by step.
type convertedTest struct {
	steps []string
	// says is in the error of a plan that comes after the last step, of refused instead of it, or of the same object once more
	// where refused is empty. It is said by validate where mistaken is true.
	refused, says string
	mistaken      bool
	// vault are the attributes of the vault of a protected VM in each step; the last ones stay.
	vault []string
}

const (
	userIdentity  = `"/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.ManagedIdentity/userAssignedIdentities/acctest"`
	isSystem      = `identity = { type = "SystemAssigned" }`
	keyed         = isSystem + "\n  " + `encryption = { key_id = "https://acctest.vault.azure.net/keys/acctest-key-0/0123456789abcdef0123456789abcdef", use_system_assigned_identity = true, infrastructure_encryption_enabled = false }`
	keyedTwice    = isSystem + "\n  " + `encryption = { key_id = "https://acctest.vault.azure.net/keys/acctest-key-0/0123456789abcdef0123456789abcdef", use_system_assigned_identity = true, infrastructure_encryption_enabled = true }`
	otherKey      = isSystem + "\n  " + `encryption = { key_id = "https://acctest.vault.azure.net/keys/acctest-key-1/0123456789abcdef0123456789abcdef", use_system_assigned_identity = true, infrastructure_encryption_enabled = false }`
	keyedByUser   = `identity = { type = "UserAssigned", identity_ids = [` + userIdentity + `] }` + "\n  " + `encryption = { key_id = "https://acctest.vault.azure.net/keys/acctest-key-0/0123456789abcdef0123456789abcdef", use_system_assigned_identity = false, user_assigned_identity_id = ` + userIdentity + `, infrastructure_encryption_enabled = false }`
	keyedNoWord   = isSystem + "\n  " + `encryption = { key_id = "https://acctest.vault.azure.net/keys/acctest-key-0/0123456789abcdef0123456789abcdef", infrastructure_encryption_enabled = false }`
	isUser        = `identity = { type = "UserAssigned", identity_ids = [` + userIdentity + `] }`
	isBoth        = `identity = { type = "SystemAssigned, UserAssigned", identity_ids = [` + userIdentity + `] }`
	crossRegion   = `cross_region_restore_enabled = true`
	noCrossRegion = `cross_region_restore_enabled = false`
	unlockedVault = `immutability = "Unlocked"`
	lockedVault   = `immutability = "Locked"`
	mutableVault  = `immutability = "Disabled"`
	localVault    = `storage_redundancy = "LocallyRedundant"` + "\n  " + `tags = { ENV = "test" }`
	zonalVault    = `storage_redundancy = "ZoneRedundant"`
	noNetwork     = `public_network_access_enabled = false`
	network       = `public_network_access_enabled = true`
	noAlerts      = `monitoring = { alerts_for_all_job_failures_enabled = false, alerts_for_all_failover_issues_enabled = false, alerts_for_all_replication_issues_enabled = false, alerts_for_critical_operation_failures_enabled = false, email_notifications_for_site_recovery_enabled = false }`
)

var convertedVaults = map[string]convertedTest{
	"basic":                                  {steps: []string{``}},
	"ToggleCrossRegionRestore":               {steps: []string{noCrossRegion, crossRegion}, refused: noCrossRegion, says: "Cross-region restore cannot be switched off"},
	"zrs":                                    {steps: []string{zonalVault}},
	"complete":                               {steps: []string{localVault}},
	"update":                                 {steps: []string{``, localVault, ``}},
	"requiresImport":                         {steps: []string{``}, says: "Backup vault name is taken"},
	"SystemAssignedIdentity":                 {steps: []string{isSystem}},
	"Identity":                               {steps: []string{isUser, isBoth}},
	"immutabilityLocked":                     {steps: []string{lockedVault}, refused: mutableVault, says: "Immutability is Locked"},
	"immutability":                           {steps: []string{``, unlockedVault, ``, mutableVault, unlockedVault, lockedVault}},
	"storageModeType":                        {steps: []string{``, zonalVault}},
	"crossRegionRestore":                     {steps: []string{``, crossRegion}},
	"sku":                                    {steps: []string{``, `sku = "RS0"`, "sku = \"Standard\"\n  " + keyedNoWord}},
	"TogglePublicNetworkAccessEnabled":       {steps: []string{noNetwork, network, noNetwork}},
	"basicWithClassicVmwareReplicateEnabled": {steps: []string{``}}, // no attribute here
	"basicWithMonitorDisabled":               {steps: []string{noAlerts}},
	"CrossRegionRestoreWithEncryption":       {steps: []string{crossRegion + "\n  " + keyedNoWord}},
	// azurerm has no way to write both, and refuses it.
	"updateSkuWithExistingEncryption":         {steps: []string{keyedNoWord, "sku = \"RS0\"\n  " + keyedNoWord}},
	"encryptionWithKeyVaultKey":               {steps: []string{keyed}},
	"turnOnEncryptionWithKeyVaultKey":         {steps: []string{isSystem, keyed}},
	"turnOffEncryptionWithKeyVaultKey":        {steps: []string{keyed}, refused: isSystem, says: "Encryption cannot be removed"},
	"changeInfrastructureEncryptionEnabled":   {steps: []string{keyed}, refused: keyedTwice, says: "Infrastructure encryption cannot be changed"},
	"encryptionWithInfrastructureEncryption":  {steps: []string{keyedTwice}},
	"switchEncryptionKeyVaultKey":             {steps: []string{keyed, otherKey}},
	"encryptionWithUserAssignedIdentity":      {steps: []string{keyedByUser}},
	"basicWithCrossRegionRestoreAndWrongType": {steps: []string{``}, refused: zonalVault + "\n  " + crossRegion, says: "Cross-region restore needs geo-redundant storage", mistaken: true},
}

const (
	tenDays       = "\n  retention_daily = { count = 10 }"
	fromBackups   = "\n  policy_type = "
	basicHourly   = `backup = { frequency = "Hourly", time = "23:00", hour_interval = 4, hour_duration = 4 }` + tenDays
	basicDaily    = `backup = { frequency = "Daily", time = "23:00" }` + tenDays
	dailyAtTen    = `backup = { frequency = "Daily", time = "22:00" }` + tenDays
	dailyAtEight  = `backup = { frequency = "Daily", time = "20:00" }` + tenDays
	twoDays       = `["Sunday", "Wednesday"]`
	fourDays      = `["Sunday", "Wednesday", "Friday", "Saturday"]`
	threeDays     = `["Sunday", "Wednesday", "Friday"]`
	basicWeekly   = `backup = { frequency = "Weekly", time = "23:00", weekdays = ` + twoDays + " }\n  retention_weekly = { count = 42, weekdays = " + twoDays + " }"
	weeklyAtTen   = `backup = { frequency = "Weekly", time = "22:00", weekdays = ` + twoDays + " }\n  retention_weekly = { count = 42, weekdays = " + twoDays + " }"
	longRetention = "\n  retention_weekly = { count = 42, weekdays = " + twoDays + " }\n  retention_monthly = { count = 7, weekdays = " + twoDays +
		", weeks = [\"First\", \"Last\"] }\n  retention_yearly = { count = 77, weekdays = " + twoDays + ", weeks = [\"First\", \"Last\"], months = [\"January\", \"July\"] }"
	completeHourly = `timezone = "UTC"` + "\n  " + `backup = { frequency = "Hourly", time = "23:00", hour_interval = 12, hour_duration = 24 }` + tenDays + longRetention
	completeDaily  = `timezone = "UTC"` + "\n  " + basicDaily + longRetention
	completeWeekly = `backup = { frequency = "Weekly", time = "23:00", weekdays = ` + fourDays + " }\n  retention_weekly = { count = 42, weekdays = " + fourDays +
		" }\n  retention_monthly = { count = 7, weekdays = " + fourDays + ", weeks = [\"First\", \"Last\"] }\n  retention_yearly = { count = 77, weekdays = " + fourDays +
		", weeks = [\"First\", \"Last\"], months = [\"January\", \"July\"] }"
	partialWeekly = `backup = { frequency = "Weekly", time = "23:00", weekdays = ` + threeDays + " }\n  retention_weekly = { count = 42, weekdays = " + threeDays +
		" }\n  retention_monthly = { count = 7, weekdays = " + twoDays + ", weeks = [\"First\", \"Last\"] }\n  retention_yearly = { count = 77, weekdays = [\"Sunday\"]" +
		", weeks = [\"Last\"], months = [\"January\"] }"
	instantRange = `backup = { frequency = "Daily", time = "23:00" }` + "\n  retention_daily = { count = 31 }\n  instant_restore_retention_days = "
	tenDates     = `days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]`
	v1           = fromBackups + `"V1"`
	v2           = fromBackups + `"V2"`
)

var convertedPolicies = map[string]convertedTest{
	"policyTypeDefault":           {steps: []string{basicDaily}},
	"basicDaily":                  {steps: []string{basicDaily + v1, dailyAtTen + v1, basicDaily + v1}},
	"instantRestoreRangeUpdate":   {steps: []string{instantRange + "1" + v1, instantRange + "5" + v1}},
	"requiresImport":              {steps: []string{basicDaily + v1}, says: `The vault "acctest-all" has a policy named "requiresImport" already.`},
	"basicWeekly":                 {steps: []string{basicWeekly + v1, weeklyAtTen + v1, basicWeekly + v1}},
	"completeDaily":               {steps: []string{completeDaily + v1}},
	"completeWeekly":              {steps: []string{completeWeekly + v1}},
	"updateDaily":                 {steps: []string{basicDaily + v1, completeDaily + v1}},
	"updateWeekly":                {steps: []string{basicWeekly + v1, completeWeekly + v1}},
	"updateDailyToWeekly":         {steps: []string{basicDaily + v1, basicWeekly + v1}},
	"updateWeeklyToDaily":         {steps: []string{basicWeekly + v1, basicDaily + v1}},
	"updateWeeklyToPartial":       {steps: []string{completeWeekly + v1, partialWeekly + v1}},
	"basicHourlyV2":               {steps: []string{basicHourly + v2}},
	"basicDailyV2":                {steps: []string{basicDaily + v2}},
	"instantRestoreRangeUpdateV2": {steps: []string{instantRange + "1" + v2, instantRange + "30" + v2}},
	"basicWeeklyV2":               {steps: []string{basicWeekly + v2}},
	"completeHourlyV2":            {steps: []string{completeHourly + v2}},
	"completeDailyV2":             {steps: []string{completeDaily + v2}},
	"completeWeeklyV2":            {steps: []string{completeWeekly + v2}},
	"updateHourlyV2":              {steps: []string{basicHourly + v2, completeHourly + v2}},
	"updateDailyV2":               {steps: []string{basicDaily + v2, completeDaily + v2}},
	"updateWeeklyV2":              {steps: []string{basicWeekly + v2, completeWeekly + v2}},
	"updateHourlyAndWeeklyV2":     {steps: []string{basicHourly + v2, basicWeekly + v2, basicHourly + v2}},
	"updateDailyAndWeeklyV2":      {steps: []string{basicDaily + v2, basicWeekly + v2, basicDaily + v2}},
	"updateWeeklyToPartialV2":     {steps: []string{completeWeekly + v2, partialWeekly + v2}},
	"withCustomRGName":            {steps: []string{basicDaily + "\n  instant_restore_resource_group = { prefix = \"acctest\", suffix = \"suffix\" }"}},
	"withConsistencyType":         {steps: []string{basicDaily + v2 + "\n  snapshot_consistency_type = \"OnlyCrashConsistent\""}},
	"basicDays":                   {steps: []string{basicDaily + "\n  retention_monthly = { count = 10, " + tenDates + " }\n  retention_yearly = { count = 10, months = [\"January\", \"July\"], " + tenDates + " }"}},
	"completeDays":                {steps: []string{basicDaily + "\n  retention_monthly = { count = 10, include_last_days = true, " + tenDates + " }\n  retention_yearly = { count = 10, include_last_days = true, months = [\"January\", \"July\"], " + tenDates + " }"}},
	"tieringPolicy":               {steps: []string{completeWeekly + "\n  tiering_policy = { archived_restore_point = { duration = 5, duration_type = \"Months\", mode = \"TierAfter\" } }"}},
	"updateBackupTime":            {steps: []string{basicDaily, dailyAtEight}},
	"resourceIdentity":            {steps: []string{basicDaily}},
}

// Of the tests of protected VMs, LABEL is the test; gone takes the VM out of the configuration.
const (
	gone      = "gone"
	own       = "backup_policy_id = backup_policy_vm.LABEL.id"
	second    = "backup_policy_id = backup_policy_vm.LABEL_second.id"
	enhanced2 = "backup_policy_id = \"${backup_vault.LABEL.id}/backupPolicies/EnhancedPolicy\""
	firstDisk = "\n  include_disk_luns = [0]"
)

var convertedProtectedVMs = map[string]convertedTest{
	"basic":                        {steps: []string{own + firstDisk, gone}},
	"requiresImport":               {steps: []string{own + firstDisk}, says: `VM "requiresImport" in resource group "shop" is protected by this vault already`},
	"separateResourceGroups":       {steps: []string{own, gone}},
	"updateBackupPolicyId":         {steps: []string{own, second, gone}},
	"updateDiskExclusion":          {steps: []string{own + firstDisk, own + "\n  exclude_disk_luns = [0, 1]", own + firstDisk}},
	"removeVM":                     {steps: []string{own + firstDisk, own + firstDisk}}, // the id of the VM stays, as the guide says
	"protectionStopped":            {steps: []string{own + firstDisk, "protection_state = \"ProtectionStopped\"" + firstDisk, gone}},
	"backupsSuspended":             {steps: []string{own + firstDisk, own + firstDisk + "\n  protection_state = \"BackupsSuspended\"", gone}, vault: []string{``, unlockedVault, ``}},
	"protectionStoppedOnDestroy":   {steps: []string{own + firstDisk + "\n  deletion_policy = \"retain_data\"", gone}},
	"protectionSuspendedOnDestroy": {steps: []string{enhanced2 + firstDisk + "\n  deletion_policy = \"suspend\"", gone}, vault: []string{unlockedVault}},
	"recoverSoftDeletedVM":         {steps: []string{own + firstDisk, gone, own + firstDisk, gone}},
}
