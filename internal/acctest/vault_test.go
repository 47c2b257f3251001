package acctest_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// A vault is made Active with its redundancy set, changed in place, read, found by a list, imported and destroyed.
func TestAccSuite_vault(t *testing.T) {
	t.Parallel()
	name := newName()
	first := vaultBlock(name, `storage_redundancy = "LocallyRedundant"`, `tags = { stage = "one" }`)
	changed := vaultBlock(name, `storage_redundancy = "GeoRedundant"`, `tags = { stage = "two", owner = "backup" }`)
	reads := fmt.Sprintf(`
data "backup_vault" "test" {
  name       = %q
  depends_on = [backup_vault.test]
}

data "backup_vaults" "test" {
  name_pattern = "%s*"
  depends_on   = [backup_vault.test]
}
`, name, name)
	run(
		t,
		refused(config(vaultBlock(name, `cross_region_restore_enabled = true`, `storage_redundancy = "LocallyRedundant"`)), "GeoRedundant"),
		step(config(first), theVault, plancheck.ResourceActionCreate,
			has(theVault, "state", text("Active")), has(theVault, "storage_redundancy", text("LocallyRedundant")),
			has(theVault, "storage_redundancy_locked", knownvalue.Bool(false)), has(theVault, "tags.stage", text("one")),
			has(theVault, "id", knownvalue.NotNull()),
		),
		step(config(changed, reads), theVault, plancheck.ResourceActionUpdate,
			has(theVault, "storage_redundancy", text("GeoRedundant")), has(theVault, "tags.owner", text("backup")),
			has("data.backup_vault.test", "state", text("Active")), has("data.backup_vault.test", "tags.stage", text("two")),
			has("data.backup_vaults.test", "vaults", knownvalue.ListSizeExact(1)),
		),
		refused(config(changed, fmt.Sprintf("resource \"backup_vault\" \"again\" {\n  name   = %q\n  region = %q\n  depends_on = [backup_vault.test]\n}\n", name, suite.region)), "import {"),
		resource.TestStep{Config: config(changed, reads), ConfigPlanChecks: nothing},
		imported(theVault, "force_destroy", "usage"),
	)
}

// What a vault protects its backups with can be changed in place, as far as Azure goes back.
func TestAccSuite_vaultSettings(t *testing.T) {
	t.Parallel()
	name := newName()
	checks := func(retention int64, immutability string, public bool) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			has(theVault, "soft_delete.retention_days", knownvalue.Int64Exact(retention)), has(theVault, "immutability", text(immutability)),
			has(theVault, "public_network_access_enabled", knownvalue.Bool(public)),
		}
	}
	run(
		t,
		step(config(vaultBlock(name, `soft_delete = { retention_days = 20 }`, `immutability = "Unlocked"`, `public_network_access_enabled = false`,
			`identity = { type = "SystemAssigned" }`)), theVault, plancheck.ResourceActionCreate,
			append(checks(20, "Unlocked", false), has(theVault, "identity.principal_id", knownvalue.NotNull()))...),
		step(config(vaultBlock(name, `soft_delete = { retention_days = 14 }`, `immutability = "Disabled"`, `public_network_access_enabled = true`)),
			theVault, plancheck.ResourceActionUpdate, checks(14, "Disabled", true)...),
	)
}

// A vault that somebody else has deleted is found gone, and made again.
func TestAccSuite_vaultDeletedElsewhere(t *testing.T) {
	t.Parallel()
	here := config(vaultBlock(newName()))
	again := step(here, theVault, plancheck.ResourceActionCreate, has(theVault, "state", text("Active")))
	again.PreConfig = func() { deleteVaults(t, suiteNames(here)...) }
	run(t, step(here, theVault, plancheck.ResourceActionCreate), again)
}
