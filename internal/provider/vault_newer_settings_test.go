package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func immutableFor(kind string, days knownvalue.Check) statecheck.StateCheck {
	return has("immutability_configuration", object(map[string]knownvalue.Check{"type": text(kind), "duration_in_days": days}))
}

func scanned(state string, identity, id knownvalue.Check) statecheck.StateCheck {
	return has("source_scan_configuration", object(map[string]knownvalue.Check{"state": text(state), "identity_type": identity, "user_assigned_identity_id": id}))
}

func TestAccVault_newerSettings(t *testing.T) {
	null, days := knownvalue.Null(), knownvalue.Int64Exact
	const both = `identity = { type = "SystemAssigned, UserAssigned", identity_ids = ["` + identityA + `"] }` + "\n"
	tests := map[string][]settingsStep{
		"immutability based on time": {
			{`immutability = "Unlocked"`, []statecheck.StateCheck{immutableFor("AsPerPolicy", null)}},
			{"immutability = \"Unlocked\"\n immutability_configuration = { type = \"TimeBased\", duration_in_days = 90 }", []statecheck.StateCheck{immutableFor("TimeBased", days(90))}},
			{"immutability = \"Unlocked\"\n immutability_configuration = { type = \"AsPerPolicy\" }", []statecheck.StateCheck{immutableFor("AsPerPolicy", null)}},
			{"immutability = \"Unlocked\"\n immutability_configuration = { type = \"TimeBased\", duration_in_days = 30 }", []statecheck.StateCheck{immutableFor("TimeBased", days(30))}},
			{`immutability = "Locked"`, []statecheck.StateCheck{immutableFor("TimeBased", days(30))}}, // what is not set is kept
			{"immutability = \"Locked\"\n immutability_configuration = { type = \"TimeBased\", duration_in_days = 60 }", []statecheck.StateCheck{immutableFor("TimeBased", days(60))}},
		},
		"immutability based on time, locked at birth": {{lockedFor(36135), []statecheck.StateCheck{has("immutability", text("Locked")), immutableFor("TimeBased", days(36135))}}},
		"region of choice": {
			{``, []statecheck.StateCheck{has("region_of_choice", text("Disabled"))}},
			{`region_of_choice = "Enabled"`, []statecheck.StateCheck{has("region_of_choice", text("Enabled"))}},
			{`region_of_choice = "Disabled"`, []statecheck.StateCheck{has("region_of_choice", text("Disabled"))}},
		},
		"costs": {
			{`tags = { a = "b" }`, []statecheck.StateCheck{has("cost_granularity_level", null)}},
			{`cost_granularity_level = "ProtectedItemWithParentTag"`, []statecheck.StateCheck{has("cost_granularity_level", text("ProtectedItemWithParentTag"))}},
			{`cost_granularity_level = "VaultLevel"`, []statecheck.StateCheck{has("cost_granularity_level", text("VaultLevel"))}},
		},
		"scan": {
			{both, []statecheck.StateCheck{scanned("Disabled", null, null)}},
			{both + `source_scan_configuration = { state = "Enabled", identity_type = "SystemAssigned" }`, []statecheck.StateCheck{scanned("Enabled", text("SystemAssigned"), null)}},
			{both + `source_scan_configuration = { state = "Enabled", identity_type = "UserAssigned", user_assigned_identity_id = "` + identityA + `" }`, []statecheck.StateCheck{scanned("Enabled", text("UserAssigned"), text(identityA))}},
			{both + `source_scan_configuration = { state = "Disabled" }`, []statecheck.StateCheck{scanned("Disabled", text("UserAssigned"), text(identityA))}},
			{both + `source_scan_configuration = { state = "Enabled", identity_type = "SystemAssigned" }`, []statecheck.StateCheck{scanned("Enabled", text("SystemAssigned"), null)}},
		},
		"scan by a user-assigned identity at birth": {{
			both + `source_scan_configuration = { state = "Enabled", identity_type = "UserAssigned", user_assigned_identity_id = "` + strings.ToUpper(identityA) + `" }`,
			[]statecheck.StateCheck{scanned("Enabled", text("UserAssigned"), text(strings.ToUpper(identityA)))},
		}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: settingsSteps(acctest.Database(t), steps...)})
		})
	}
}

// What was chosen elsewhere is imported, is no change, and is what the data source shows.
func TestAccVault_newerSettingsAreImported(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, contosoID+"?api-version=2026-07-01", `{"location":"eastus","sku":{"name":"Standard"},"properties":{
		"securitySettings":{"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":45}},"sourceScanConfiguration":{"state":"Enabled"}},
		"costManagementSettings":{"granularityLevel":"ProtectedItemLevel"},"regionOfChoiceSettings":{"status":"Enabled"}}}`)
	config := vaultConfig(database, `region = "East US"`) + "import {\n  to = backup_vault.test\n  id = \"" + contosoID + "\"\n}\n" +
		"data \"backup_vault\" \"read\" {\n  name = \"contoso\"\n}\n"
	same := func(attribute string, want knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{has(attribute, want), statecheck.ExpectKnownValue("data.backup_vault.read", tfjsonpath.New(attribute), want)}
	}
	var checks []statecheck.StateCheck
	checks = append(checks, same("region_of_choice", text("Enabled"))...)
	checks = append(checks, same("cost_granularity_level", text("ProtectedItemLevel"))...)
	checks = append(checks, same("immutability_configuration", object(map[string]knownvalue.Check{"type": text("TimeBased"), "duration_in_days": knownvalue.Int64Exact(45)}))...)
	checks = append(checks, same("source_scan_configuration", object(map[string]knownvalue.Check{"state": text("Enabled"), "identity_type": knownvalue.Null()}))...)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps:                    []resource.TestStep{{Config: config, ConfigPlanChecks: plans(plancheck.ResourceActionNoop), ConfigStateChecks: checks}},
	})
}

// A vault of a region of choice protects a VM of another region, be it made in the same apply or there.
func TestAccVault_regionOfChoice(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	stack := func(attributes string) string {
		return vaultConfig(database, `region = "swedencentral"`, attributes) + `
resource "backup_policy_vm" "daily" {
  name     = "daily"
  vault_id = backup_vault.test.id
  backup = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 7 }
}
resource "backup_protected_vm" "web" {
  vault_id         = backup_vault.test.id
  source_vm_id     = "/subscriptions/` + defaultSubscription + `/resourceGroups/apps/providers/Microsoft.Compute/virtualMachines/web"
  source_vm_region = "uaenorth"
  backup_policy_id = backup_policy_vm.daily.id
}
`
	}
	refused := message(`set region_of_choice = "Enabled" of the vault`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: stack(""), ExpectError: refused},
			{Config: stack(`region_of_choice = "Enabled"`)},
			{Config: stack(`region_of_choice = "Enabled"`), PlanOnly: true},
		},
	})
}

// A cloud whose newest API version is older makes and changes vaults as ever, with an empty plan after it, and refuses while
// planning what it does not have.
func TestAccAzure_settingsThatTheCloudLacks(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.China)
	a.Intercept(upTo("2025-02-01"))
	config := func(attributes ...string) string {
		return azureBlock(catalog.China) + oneAzureVault("chinaeast2", attributes...)
	}
	refused := message(`this cloud has the API of vaults in version 2025-02-01 at most, which does not have cost_granularity_level (since 2026-01-01)`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps: []resource.TestStep{
			{Config: config(`cost_granularity_level = "VaultLevel"`), ExpectError: refused},
			{Config: config(`immutability = "Unlocked"`), ConfigStateChecks: []statecheck.StateCheck{
				has("immutability_configuration", knownvalue.Null()), has("region_of_choice", knownvalue.Null()), scanned("Disabled", knownvalue.Null(), knownvalue.Null()),
			}},
			{Config: config(`immutability = "Unlocked"`, `cost_granularity_level = "VaultLevel"`), ExpectError: refused},
			{Config: config(`immutability = "Unlocked"`, `region_of_choice = "Disabled"`), ExpectError: message("The cloud does not have this setting yet")},
			{Config: config(`immutability = "Disabled"`, `source_scan_configuration = { state = "Enabled", identity_type = "SystemAssigned" }`, `identity = { type = "SystemAssigned" }`)},
		},
	})
}
