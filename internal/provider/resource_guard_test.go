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
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	guardID = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/security/providers/Microsoft.DataProtection/resourceGuards/guard"
	guarded = `resource_guard_id = "` + guardID + `"`
)

// noAccess takes the access to every guard.
var noAccess = embedded.FaultRule{Method: http.MethodPost, Kind: embedded.KindGuardedOperation, Status: 403, Code: "LinkedAuthorizationFailed", Times: embedded.Always}

func TestAccVault_resourceGuard(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := func(attributes ...string) string {
		return vaultConfig(database, append(attributes, `region = "eastus"`)...)
	}
	other := strings.Replace(guarded, "resourceGuards/guard", "resourceGuards/another", 1)
	const noGuard = `resource_guard_id = ""`
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config(), ConfigStateChecks: []statecheck.StateCheck{has("resource_guard_id", knownvalue.Null())}},
			{Config: config(guarded), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{has("resource_guard_id", text(guardID))}},
			{Config: config(strings.Replace(guarded, "resourceGroups", "RESOURCEGROUPS", 1)), ConfigPlanChecks: nothing},
			{Config: config(), ConfigPlanChecks: nothing},
			{Config: config(guarded), ConfigPlanChecks: nothing},
			{
				ResourceName: vaultAddress, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"resource_guard_id"}, // in the service's spelling
			},
			{Config: config(other, `immutability = "Unlocked"`), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate)},
			{Config: config(noGuard), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{has("resource_guard_id", text(""))}},
			{Config: config(), ConfigPlanChecks: nothing},
		},
	})
}

func TestAccVault_bornWithAResourceGuard(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config:            vaultConfig(database, `region = "eastus"`, guarded) + `data "backup_vault" "it" { name = backup_vault.test.name }` + "\n",
				ConfigStateChecks: []statecheck.StateCheck{has("resource_guard_id", text(guardID))},
			},
			{Config: vaultConfig(database, `region = "eastus"`, guarded), ConfigPlanChecks: nothing},
		},
	})
}

// Without access nothing is changed, and the error says whom to ask; with it, the same apply goes through.
func TestAccResourceGuard_withoutAccess(t *testing.T) {
	t.Parallel()
	vm := func(attributes string) string {
		return `resource "backup_protected_vm" "web" {
  vault_id         = backup_vault.test.id
  backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"
  source_vm_id     = "` + vmID("web") + `"
  ` + attributes + `
}
`
	}
	policy := func(days string) string {
		return `resource "backup_policy_vm" "kept" {
  name            = "kept"
  vault_id        = backup_vault.test.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = ` + days + ` }
}
`
	}
	for name, test := range map[string]struct{ before, after, does string }{
		"the guard":   {"", "", "to remove or change the resource guard"},
		"a vault":     {`immutability = "Unlocked"`, `immutability = "Disabled"`, "to disable immutability"},
		"a policy":    {policy("30"), policy("7"), "to change a policy so that it keeps less"},
		"a stop":      {vm(""), vm(`protection_state = "ProtectionStopped"`), "to stop backups and retain those there are"},
		"a deletion":  {vm(""), "", "to delete backups"},
		"left behind": {vm(`deletion_policy = "retain_data"`), "", "to stop backups and retain those there are"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults, option := withFaults()
			database := acctest.Database(t)
			config := func(part string) string {
				if strings.HasPrefix(part, "immutability") {
					return vaultConfig(database, `region = "eastus"`, `force_destroy = true`, guarded, part)
				}
				return vaultConfig(database, `region = "eastus"`, `force_destroy = true`, guarded) + part
			}
			after := config(test.after)
			if name == "the guard" {
				after = strings.Replace(after, guardID, "", 1)
			}
			refused := message("The resource guard " + strings.Replace(guardID, "resourceGroups", "resourcegroups", 1) + " protects this: it takes access to the guard " + test.does)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(option),
				Steps: []resource.TestStep{
					{Config: config(test.before)},
					{PreConfig: func() { faults.Add(noAccess) }, Config: after, ExpectError: refused},
					{PreConfig: faults.Clear, Config: after},
					{Config: after, ConfigPlanChecks: nothing},
				},
			})
		})
	}
}

// force_destroy deletes guarded backups as any other deletion does.
func TestAccResourceGuard_forceDestroy(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, contentsConfig(`region = "eastus"`, guarded, `force_destroy = true`))
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, w.Folder+"/backup-vaults.db").protect(2)
	plan := w.MustRun("plan", "-destroy")
	mention(t, plan, "A resource guard protects what is planned", "to delete backups (Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/delete)",
		"Backup MUA Operator")
	w.MustRun("destroy", "-auto-approve")
}
