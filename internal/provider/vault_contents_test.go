package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// protect registers VMs with the vault contoso, behind Terraform's back.
func (c serviceClient) protect(vms int) {
	c.t.Helper()
	for i := range vms {
		vm := fmt.Sprintf("vm-%02d", i)
		name := "iaasvmcontainerv2;machines;" + vm
		c.do(http.MethodPut, contosoID+"/backupFabrics/Azure/protectionContainers/iaasvmcontainer;"+name+"/protectedItems/vm;"+name,
			`{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","policyId":"`+contosoID+`/backupPolicies/DefaultPolicy",`+
				`"sourceResourceId":"/subscriptions/`+defaultSubscription+`/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/`+vm+`"}}`)
	}
}

// contentsConfig is one vault in a workspace.
func contentsConfig(attributes ...string) string {
	return `terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
provider "backup" { environment = "embedded" }
resource "backup_vault" "test" {
  name   = "contoso"
  ` + strings.Join(attributes, "\n  ") + `
}
`
}

func mention(t *testing.T, r acctest.Result, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(r.Output, want) {
			t.Errorf("%q is not said:\n%s", want, r.Output)
		}
	}
}

func TestAccVault_thatHoldsProtectedItems(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, contentsConfig(`region = "eastus"`))
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, w.Folder+"/backup-vaults.db").protect(12)
	const ten = "It holds 12 protected items: vm-00, vm-01, vm-02, vm-03, vm-04, vm-05, vm-06, vm-07, vm-08, vm-09 and 2 more."

	w.MustRun("refresh")
	usage, ok := w.State()["backup_vault.test"]["usage"].(map[string]any)
	if !ok || usage["protected_items"] != 12.0 || w.State()["backup_vault.test"]["storage_redundancy_locked"] != true {
		t.Errorf("%v", w.State())
	}
	mention(t, w.MustRun("plan", "-destroy"), "is to be destroyed. "+ten, "The service refuses to delete it while they are there.")
	w.Write("main.tf", contentsConfig(`region = "westus"`))
	if r := w.Run("plan"); r.ExitCode != 1 {
		t.Errorf("a vault with items is replaced by an empty one:\n%s", r.Output)
	} else {
		mention(t, r, ownName, `is to be replaced, because region changes from "eastus" to "westus". `+ten)
	}
	w.Write("main.tf", contentsConfig(`region = "eastus"`, `storage_redundancy = "LocallyRedundant"`))
	if r := w.Run("plan"); r.ExitCode != 1 {
		t.Errorf("a change of locked redundancy is planned:\n%s", r.Output)
	} else {
		mention(t, r, "Storage redundancy is locked")
	}
	w.Write("main.tf", contentsConfig(`region = "eastus"`))
	if r := w.Run("destroy", "-auto-approve"); r.ExitCode != 1 {
		t.Errorf("a vault with items is destroyed:\n%s", r.Output)
	} else {
		mention(t, r, "BMSUserErrorVaultDeletionNotAllowed", "It still holds 12 protected items: ", "vm-00", "Or set force_destroy = true")
	}

	w.Write("main.tf", contentsConfig(`region = "eastus"`, `force_destroy = true`))
	w.MustRun("apply", "-auto-approve")
	mention(t, w.MustRun("plan", "-destroy"), ten, "all of them are deleted with their backups")
	w.MustRun("destroy", "-auto-approve")

	// The backups are soft-deleted, and so is the vault, which does not hold its name.
	mention(t, w.MustRun("plan"), "Warning: A deleted backup vault of this name holds backups")
}

func TestAccVault_forceDestroyWithoutSoftDelete(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, chosenSoftDelete(contentsConfig(`region = "eastus"`, `force_destroy = true`, `soft_delete = { state = "Disabled" }`)))
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, w.Folder+"/backup-vaults.db").protect(3)
	w.MustRun("destroy", "-auto-approve")
	if r := w.MustRun("apply", "-auto-approve"); strings.Contains(r.Output, "deleted backup vault") {
		t.Errorf("backups that nothing keeps:\n%s", r.Output)
	}
}

func TestAccVault_forceDestroyDoesNotOverrideImmutability(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, contentsConfig(`region = "eastus"`, `force_destroy = true`, `immutability = "Unlocked"`))
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, w.Folder+"/backup-vaults.db").protect(1)
	w.Write("main.tf", strings.Replace(contentsConfig(`region = "eastus"`, `force_destroy = true`, `immutability = "Unlocked"`),
		`environment = "embedded"`, "\n  environment = \"embedded\"\n  embedded    = { clock_offset = \"48h\" }\n", 1)) // there are backups
	w.MustRun("refresh")
	mention(t, w.MustRun("plan", "-destroy"), "It holds 1 protected item: vm-00.", "immutability is Unlocked")
	if r := w.Run("destroy", "-auto-approve"); r.ExitCode != 1 {
		t.Errorf("immutability is overridden:\n%s", r.Output)
	} else {
		mention(t, r, "UserErrorDeleteBackupItemOnImmutableItem", `VM "vm-00"`)
	}
	if len(w.State()) != 1 {
		t.Error("the vault is forgotten")
	}
}
