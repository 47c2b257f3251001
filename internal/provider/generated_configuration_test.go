package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// everyAttribute is a vault with its policy and a protected VM in it that set whatever can be set together.
const everyAttribute = `
resource "backup_vault" "test" {
  name                          = "contoso"
  region                        = "eastus"
  resource_group_name           = "backup"
  storage_redundancy            = "GeoRedundant"
  cross_region_restore_enabled  = true
  sku                           = "RS0"
  tags                          = { "cost center" = "4711" }
  soft_delete                   = { state = "AlwaysOn", retention_days = 30 }
  immutability                  = "Unlocked"
  immutability_configuration    = { type = "TimeBased", duration_in_days = 45 }
  region_of_choice              = "Enabled"
  cost_granularity_level        = "ProtectedItemWithParentTag"
  public_network_access_enabled = false
  cross_subscription_restore    = "Disabled"
  resource_guard_id             = "` + guardID + `"
  identity                      = { type = "SystemAssigned, UserAssigned", identity_ids = ["` + identityA + `"] }
  encryption                    = { key_id = "` + keyURL + `", infrastructure_encryption_enabled = true }
  monitoring                    = { alerts_for_all_job_failures_enabled = false }

  source_scan_configuration = {
    state                     = "Enabled"
    identity_type             = "UserAssigned"
    user_assigned_identity_id = "` + identityA + `"
  }
}

resource "backup_policy_vm" "test" {
  name                            = "nightly"
  vault_id                        = backup_vault.test.id
  policy_type                     = "V2"
  timezone                        = "China Standard Time"
  backup                          = { frequency = "Hourly", time = "08:00", hour_interval = 4, hour_duration = 12 }
  instant_restore_retention_days  = 7
  instant_restore_resource_group  = { prefix = "snap-", suffix = "-rg" }
  instant_access_snapshot_enabled = true
  instant_access_duration_minutes = 90
  snapshot_consistency_type       = "OnlyCrashConsistent"
  retention_daily                 = { count = 30 }
  retention_weekly                = { count = 13, weekdays = ["Monday", "Sunday"] }
  retention_monthly               = { count = 12, weeks = ["First", "Last"], weekdays = ["Monday"] }
  retention_yearly                = { count = 3, months = ["January"], days = [1, 31], include_last_days = true }
  tiering_policy                  = { archived_restore_point = { mode = "TierAfter", duration = 6, duration_type = "Months" } }
}

resource "backup_protected_vm" "web" {
  vault_id            = backup_vault.test.id
  source_vm_id        = "` + webID + `"
  source_vm_region    = "chinaeast"
  backup_policy_id    = backup_policy_vm.test.id
  include_disk_luns   = [0, 2]
  source_scan_enabled = true
}
`

// The configuration that Terraform writes for objects that set everything is valid, says everything that the state of those who
// made them says, and leaves nothing to do.
func TestAccGeneratedConfiguration_everyAttribute(t *testing.T) {
	t.Parallel()
	skipBelow(t, 5, "import blocks")
	owner := acctest.NewWorkspace(t, sharedVaults("backup-vaults.db", everyAttribute))
	owner.MustRun("apply", "-auto-approve")
	owner.MustPlanNothing()
	owner.MustRun("apply", "-refresh-only", "-auto-approve") // for what is counted
	want := owner.State()

	w := acctest.NewWorkspace(t, sharedVaults(databaseOf(owner), ""))
	var imports strings.Builder
	for address := range want {
		// Terraform from 1.16 on needs to be told the provider.
		fmt.Fprintf(&imports, "import {\n  provider = backup\n  to = %s\n  id = %q\n}\n", address, want[address]["id"])
	}
	w.Write("import.tf", imports.String())
	plan := w.Plan("-generate-config-out=generated.tf")
	wantActions(t, plan, map[string]string{})
	w.MustRun("apply", plan.File)
	w.Write("import.tf", "")
	w.MustRun("validate")
	w.MustPlanNothing()
	w.MustPlanNothing("-refresh=false")

	generated, err := os.ReadFile(filepath.Join(w.Folder, "generated.tf"))
	if err != nil {
		t.Fatal(err)
	}
	// No import says that the scan of a VM is to be looked after, and no service where a VM is.
	want["backup_protected_vm.web"]["source_scan_enabled"], want["backup_protected_vm.web"]["source_vm_region"] = nil, nil
	if diff := cmp.Diff(want, w.State(), cmp.Comparer(strings.EqualFold)); diff != "" {
		t.Errorf("what is imported (-as it was made +as it was generated):\n%s\n%s", diff, generated)
	}
	for _, name := range []string{
		"cost_granularity_level", "duration_in_days", "instant_access_duration_minutes", "instant_access_snapshot_enabled", "region_of_choice", "resource_guard_id",
		"source_scan_configuration",
	} {
		if !strings.Contains(string(generated), name+" ") {
			t.Errorf("%s is left out:\n%s", name, generated)
		}
	}
}
