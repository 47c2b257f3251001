package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

const (
	identityA = "/subscriptions/" + defaultSubscription + "/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a"
	identityB = "/subscriptions/" + defaultSubscription + "/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/b"
	keyURL    = "https://contoso.vault.azure.net/keys/backup"
)

func object(values map[string]knownvalue.Check) knownvalue.Check {
	return knownvalue.ObjectPartial(values)
}

// settingsSteps apply one configuration after the other to one vault; each is followed by an empty plan.
func settingsSteps(database string, steps ...settingsStep) []resource.TestStep {
	var all []resource.TestStep
	for i, step := range steps {
		config := vaultConfig(database, `region = "eastus"`, step.attributes)
		action := plancheck.ResourceActionUpdate
		if i == 0 {
			action = plancheck.ResourceActionCreate
		}
		all = append(all,
			resource.TestStep{Config: config, ConfigPlanChecks: plans(action), ConfigStateChecks: append(step.want, has("state", text("Active")))})
	}
	return all
}

type settingsStep struct {
	attributes string
	want       []statecheck.StateCheck
}

func TestAccVault_settings(t *testing.T) {
	tests := map[string][]settingsStep{
		"sku": {
			{`sku = "RS0"`, []statecheck.StateCheck{has("sku", text("RS0"))}},
			{`sku = "Standard"`, []statecheck.StateCheck{has("sku", text("Standard"))}},
		},
		"soft delete": {
			{`soft_delete = { retention_days = 30 }`, []statecheck.StateCheck{has("soft_delete", object(map[string]knownvalue.Check{"state": text("AlwaysOn"), "retention_days": knownvalue.Int64Exact(30)}))}},
			{`soft_delete = { state = "AlwaysOn", retention_days = 180 }`, []statecheck.StateCheck{has("soft_delete", object(map[string]knownvalue.Check{"state": text("AlwaysOn"), "retention_days": knownvalue.Int64Exact(180)}))}},
		},
		"immutability": {
			{`immutability = "Unlocked"`, []statecheck.StateCheck{has("immutability", text("Unlocked"))}},
			{`immutability = "Disabled"`, []statecheck.StateCheck{has("immutability", text("Disabled"))}},
			{`immutability = "Locked"`, []statecheck.StateCheck{has("immutability", text("Locked"))}}, // by way of Unlocked
		},
		"immutability locked at birth": {{`immutability = "Locked"`, []statecheck.StateCheck{has("immutability", text("Locked"))}}},
		"network": {
			{`public_network_access_enabled = false`, []statecheck.StateCheck{has("public_network_access_enabled", knownvalue.Bool(false))}},
			{`public_network_access_enabled = true`, []statecheck.StateCheck{has("public_network_access_enabled", knownvalue.Bool(true))}},
		},
		"cross-subscription restore": {
			{`cross_subscription_restore = "Disabled"`, []statecheck.StateCheck{has("cross_subscription_restore", text("Disabled"))}},
			{`cross_subscription_restore = "PermanentlyDisabled"`, []statecheck.StateCheck{has("cross_subscription_restore", text("PermanentlyDisabled"))}},
		},
		"monitoring": {
			{`monitoring = { alerts_for_all_job_failures_enabled = false }`, []statecheck.StateCheck{has("monitoring", object(map[string]knownvalue.Check{
				"alerts_for_all_job_failures_enabled": knownvalue.Bool(false), "alerts_for_all_failover_issues_enabled": knownvalue.Bool(true),
				"alerts_for_all_replication_issues_enabled": knownvalue.Bool(true), "alerts_for_critical_operation_failures_enabled": knownvalue.Bool(true),
				"email_notifications_for_site_recovery_enabled": knownvalue.Bool(true),
			}))}},
			{`monitoring = { alerts_for_critical_operation_failures_enabled = false, email_notifications_for_site_recovery_enabled = false }`, []statecheck.StateCheck{has("monitoring", object(map[string]knownvalue.Check{
				"alerts_for_all_job_failures_enabled": knownvalue.Bool(false), "alerts_for_critical_operation_failures_enabled": knownvalue.Bool(false),
				"email_notifications_for_site_recovery_enabled": knownvalue.Bool(false),
			}))}},
		},
		"identity": {
			{`identity = { type = "SystemAssigned" }`, []statecheck.StateCheck{has("identity", object(map[string]knownvalue.Check{"principal_id": knownvalue.NotNull(), "tenant_id": knownvalue.NotNull(), "identity_ids": knownvalue.Null()}))}},
			{`identity = { type = "UserAssigned", identity_ids = ["` + identityA + `"] }`, []statecheck.StateCheck{has("identity", object(map[string]knownvalue.Check{"principal_id": knownvalue.Null(), "identity_ids": knownvalue.SetExact([]knownvalue.Check{text(identityA)})}))}},
			{`identity = { type = "SystemAssigned, UserAssigned", identity_ids = ["` + identityA + `", "` + identityB + `"] }`, []statecheck.StateCheck{has("identity", object(map[string]knownvalue.Check{"principal_id": knownvalue.NotNull(), "identity_ids": knownvalue.SetSizeExact(2)}))}},
			{``, []statecheck.StateCheck{has("identity", knownvalue.Null())}},
		},
		"user-assigned identity at birth": {{`identity = { type = "UserAssigned", identity_ids = ["` + identityB + `"] }`, []statecheck.StateCheck{has("identity", object(map[string]knownvalue.Check{"type": text("UserAssigned")}))}}},
		"encryption": {
			{
				"identity = { type = \"SystemAssigned\" }\n encryption = { key_id = \"" + keyURL + "\", infrastructure_encryption_enabled = true }",
				[]statecheck.StateCheck{has("encryption", object(map[string]knownvalue.Check{"key_id": text(keyURL), "use_system_assigned_identity": knownvalue.Bool(true), "user_assigned_identity_id": knownvalue.Null()}))},
			},
			{
				"identity = { type = \"SystemAssigned\" }\n encryption = { key_id = \"" + keyURL + "-2\", infrastructure_encryption_enabled = true }",
				[]statecheck.StateCheck{has("encryption", object(map[string]knownvalue.Check{"key_id": text(keyURL + "-2")}))},
			},
		},
		"encryption by a user-assigned identity": {
			{
				"identity = { type = \"UserAssigned\", identity_ids = [\"" + identityA + "\"] }\n encryption = { key_id = \"" + keyURL + "\", infrastructure_encryption_enabled = false, use_system_assigned_identity = false, user_assigned_identity_id = \"" + identityA + "\" }",
				[]statecheck.StateCheck{has("encryption", object(map[string]knownvalue.Check{"user_assigned_identity_id": text(identityA)}))},
			},
		},
		"force destroy": {
			{`force_destroy = true`, []statecheck.StateCheck{has("force_destroy", knownvalue.Bool(true))}},
			{``, []statecheck.StateCheck{has("force_destroy", knownvalue.Bool(false))}},
		},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps:                    settingsSteps(acctest.Database(t), steps...),
			})
		})
	}
}

// What the service chose and the user did not set is read back, and is no change.
func TestAccVault_serviceDefaultsAreNoChange(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"eastus","sku":{"name":"RS0","tier":"Standard"},"properties":{
		"publicNetworkAccess":"Disabled","redundancySettings":{"standardTierStorageRedundancy":"LocallyRedundant"},
		"securitySettings":{"immutabilitySettings":{"state":"Unlocked"},"softDeleteSettings":{"softDeleteState":"AlwaysOn","softDeleteRetentionPeriodInDays":60}},
		"monitoringSettings":{"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Disabled","alertsForAllReplicationIssues":"Enabled",
			"alertsForAllFailoverIssues":"Enabled"},"classicAlertSettings":{"alertsForCriticalOperations":"Enabled","emailNotificationsForSiteRecovery":"Enabled"}},
		"restoreSettings":{"crossSubscriptionRestoreSettings":{"crossSubscriptionRestoreState":"PermanentlyDisabled"}}}}`)
	config := vaultConfig(database, `region = "East US"`) + "import {\n  to = backup_vault.test\n  id = \"" + strings.ToUpper(contosoID) + "\"\n}\n"
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{{
			Config:           config,
			ConfigPlanChecks: plans(plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{
				has("sku", text("RS0")), has("public_network_access_enabled", knownvalue.Bool(false)), has("immutability", text("Unlocked")),
				has("storage_redundancy", text("LocallyRedundant")), has("cross_subscription_restore", text("PermanentlyDisabled")),
				has("soft_delete", object(map[string]knownvalue.Check{"state": text("AlwaysOn"), "retention_days": knownvalue.Int64Exact(60)})),
				has("monitoring", object(map[string]knownvalue.Check{"alerts_for_all_job_failures_enabled": knownvalue.Bool(false)})),
				has("usage", object(map[string]knownvalue.Check{"protected_items": knownvalue.Int64Exact(0), "recovery_points": knownvalue.Int64Exact(0)})),
			},
		}},
	})
}

// Changes that the service would refuse, each found by the plan on the attribute that is wrong.
func TestAccVault_forbiddenChanges(t *testing.T) {
	const encrypted = "identity = { type = \"SystemAssigned\" }\n encryption = { key_id = \"" + keyURL + "\", infrastructure_encryption_enabled = true }"
	tests := map[string]struct{ from, to, want string }{
		"soft delete":                {`soft_delete = { state = "AlwaysOn" }`, `soft_delete = { state = "Enabled" }`, `Soft delete has to be AlwaysOn`},
		"immutability":               {`immutability = "Locked"`, `immutability = "Unlocked"`, `Immutability is Locked`},
		"cross-subscription restore": {`cross_subscription_restore = "PermanentlyDisabled"`, `cross_subscription_restore = "Enabled"`, `Cross-subscription restore is PermanentlyDisabled`},
		"encryption removed":         {encrypted, `identity = { type = "SystemAssigned" }`, `Encryption cannot be removed`},
		"infrastructure encryption":  {encrypted, strings.Replace(encrypted, "enabled = true", "enabled = false", 1), `Infrastructure encryption cannot be changed`},
		"identity of encryption":     {encrypted, encrypted[strings.Index(encrypted, "encryption"):], `Encryption uses an identity that the vault has not`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			good := vaultConfig(database, `region = "eastus"`, test.from)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{
					{Config: good},
					{Config: vaultConfig(database, `region = "eastus"`, test.to), PlanOnly: true, ExpectError: message(test.want)},
					{Config: good, ConfigPlanChecks: nothing},
				},
			})
		})
	}
}

func TestAccVault_settingsValidation(t *testing.T) {
	for name, test := range map[string]struct{ attributes, want string }{
		"zones":              {`storage_redundancy = "ZoneRedundant"` + "\n" + `region = "China East"`, `The region "China East" has no availability zones`},
		"retention":          {`region = "eastus"` + "\n" + `soft_delete = { retention_days = 13 }`, `Deleted backups are kept for 14 to 180 days, not for 13.`},
		"retention too long": {`region = "eastus"` + "\n" + `soft_delete = { retention_days = 181 }`, `Deleted backups are kept for 14 to 180 days, not for 181.`},
		"no ids":             {`region = "eastus"` + "\n" + `identity = { type = "UserAssigned" }`, `The identity type "UserAssigned" needs the ids of user-assigned identities. Set identity.identity_ids.`},
		"ids":                {`region = "eastus"` + "\n" + `identity = { type = "SystemAssigned", identity_ids = ["` + identityA + `"] }`, `The identity type "SystemAssigned" has no user-assigned identities.`},
		"id of another kind": {`region = "eastus"` + "\n" + `identity = { type = "UserAssigned", identity_ids = ["` + contosoID + `"] }`, `is not the id of a user-assigned identity`},
		"key":                {`region = "eastus"` + "\n" + `identity = { type = "SystemAssigned" }` + "\n" + `encryption = { key_id = "http://x", infrastructure_encryption_enabled = true }`, `"http://x" is not the URL of a Key Vault key`},
		"encryption without an identity": {
			`region = "eastus"` + "\n" + `encryption = { key_id = "` + keyURL + `", infrastructure_encryption_enabled = true }`,
			`Encryption uses an identity that the vault has not`,
		},
		"encryption with another identity": {
			`region = "eastus"` + "\n" + `identity = { type = "UserAssigned", identity_ids = ["` + identityA + `"] }` + "\n" +
				`encryption = { key_id = "` + keyURL + `", infrastructure_encryption_enabled = true, use_system_assigned_identity = false, user_assigned_identity_id = "` + identityB + `" }`,
			`The vault does not have the identity that is to read the key: the user-assigned identity '` + identityB + `'. Add it to identity.identity_ids.`,
		},
		// A crash of the provider once.
		"encryption by a user-assigned identity without any": {
			`region = "eastus"` + "\n" + `encryption = { key_id = "` + keyURL + `", infrastructure_encryption_enabled = true, use_system_assigned_identity = false, user_assigned_identity_id = "` + identityB + `" }`,
			`The vault does not have the identity that is to read the key: the user-assigned identity '` + identityB + `'`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, vaultConfig(acctest.Database(t), test.attributes), test.want)
		})
	}
}
