package provider_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// skipUnless skips what needs a Terraform, or an OpenTofu, of these minor versions; 0 is none.
func skipUnless(t *testing.T, terraform, openTofu int, feature string) {
	t.Helper()
	need := map[bool]int{false: terraform, true: openTofu}[isOpenTofu()]
	if major, minor, version := acctest.Version(t); need == 0 || major == 1 && minor < need {
		t.Skipf("this is %s, which does not have %s", version, feature)
	}
}

// The last backup of a VM is taken before its protection goes, and what was backed up stays.
func TestAccExamples_lastBackup(t *testing.T) {
	skipUnless(t, 16, 0, "actions before a destroy")
	t.Parallel()
	example, err := os.ReadFile(lastBackup + "/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	failing := `  embedded = { failed_backups = [{ vm_id = "` + strings.Replace(machines, "/shop/", "/machines/", 1) + `db", from = "2020-01-01T00:00:00Z", until = "2099-01-01T00:00:00Z" }] }` + "\n"
	w := acctest.NewWorkspace(t, string(example))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()

	w.Write("main.tf", strings.Replace(string(example), "  environment = \"embedded\"\n", "  environment = \"embedded\"\n"+failing, 1))
	wantOutput(t, w.Run("apply", "-auto-approve", "-var", "decommissioned=true"), "Error: Backup failed")
	if !slices.Contains(w.Addresses(), "backup_protected_vm.db[0]") {
		t.Error("the protection went without a last backup")
	}

	w.Write("main.tf", string(example))
	wantOutput(t, w.MustRun("apply", "-auto-approve", "-var", "decommissioned=true"), `Backup of VM "db": recovery point of`)
	w.MustPlanNothing("-var", "decommissioned=true")
	w.Write("main.tf", strings.SplitN(string(example), "variable", 2)[0]+`
data "backup_protected_vms" "all" {}
data "backup_recovery_points" "kept" {
  for_each        = toset([for vm in data.backup_protected_vms.all.protected_vms : vm.id])
  protected_vm_id = each.value
}
output "kept" { value = { for vm in data.backup_protected_vms.all.protected_vms : vm.protection_state => length(data.backup_recovery_points.kept[vm.id].recovery_points) } }
`)
	w.MustRun("refresh")
	var outputs map[string]struct{ Value map[string]int }
	w.JSON(&outputs, "output", "-json")
	if got := outputs["kept"].Value; !maps.Equal(got, map[string]int{"ProtectionStopped": 1}) {
		t.Errorf("recovery points by state: %v", got)
	}
}

// An import block inside a module imports for each call of it.
func TestAccImportsInsideModules(t *testing.T) {
	skipUnless(t, 16, 0, "import blocks in modules")
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig("", `
module "vault" {
  source   = "./vault"
  for_each = toset(["contoso", "fabrikam"])
  name     = each.key
}
`))
	for _, name := range []string{"contoso", "fabrikam"} {
		newServiceClient(t, databaseOf(w)).do(http.MethodPut, strings.Replace(contosoID, "contoso", name, 1), `{"location":"eastus","sku":{"name":"Standard"},"properties":{}}`)
	}
	if err := os.Mkdir(filepath.Join(w.Folder, "vault"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.Write("vault/main.tf", requiredProviders("azurebackup/backup")+`
variable "name" {}
import {
  to       = backup_vault.this
  identity = { name = var.name }
}
resource "backup_vault" "this" {
  name   = var.name
  region = "eastus"
}
`)
	w.MustRun("get")
	plan := w.Plan()
	if want := []string{`module.vault["contoso"].backup_vault.this`, `module.vault["fabrikam"].backup_vault.this`}; !slices.Equal(plan.Imported, want) {
		t.Errorf("imported: %v", plan.Imported)
	}
	wantActions(t, plan, map[string]string{})
	w.MustRun("apply", plan.File)
	w.MustPlanNothing()
}

// What lifecycle { destroy = false } takes out of the state stays in the service, whatever force_destroy and deletion_policy say.
func TestAccDestroyIsFalse(t *testing.T) {
	skipUnless(t, 16, 12, "lifecycle { destroy = false }")
	t.Parallel()
	kept := func(s string) string {
		return strings.ReplaceAll(s, "\n}\n", "\n  lifecycle {\n    destroy = false\n  }\n}\n")
	}
	w := acctest.NewWorkspace(t, lifecycleConfig("", kept(contoso("force_destroy = true")+web(`deletion_policy = "delete"`))))
	w.MustRun("apply", "-auto-approve")
	r := w.Run("destroy", "-auto-approve") // OpenTofu ends it with an exit code of its own
	if left := w.Addresses(); len(left) > 0 || strings.Contains(r.Output, "Destroying...") {
		t.Errorf("in the state: %v\n%s", left, r.Output)
	}
	if left := created(t, databaseOf(w)); len(left) != 1 {
		t.Errorf("vaults in the service: %v", left)
	}
	w.Write("main.tf", lifecycleConfig("", `data "backup_protected_vms" "all" {}
output "states" { value = join(",", data.backup_protected_vms.all.protected_vms[*].protection_state) }
`))
	w.MustRun("apply", "-auto-approve")
	var outputs map[string]struct{ Value string }
	w.JSON(&outputs, "output", "-json")
	if got := outputs["states"].Value; got != "IRPending" {
		t.Errorf("the VM is %q", got)
	}
}
