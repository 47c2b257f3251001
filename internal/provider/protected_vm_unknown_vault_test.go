package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// While its id is not known, the vault of a VM may be any: one that another configuration of the provider makes, or one that a
// data source reads when what it waits for is done. Such plans were refused, because the provider guessed.
func TestAccProtectedVM_vaultThatIsNotKnown(t *testing.T) {
	const vm = `  source_vm_id = "` + webID + `"
  source_vm_region = "China North 3"
}
`
	north := `resource "backup_vault" "north" {
  name = "north"
  region = "China North 3"
}
`
	for name, test := range map[string]struct{ config, module string }{
		"made by another alias": {config: lifecycleConfig("", contoso()+strings.Replace(north, "name", "provider = backup.north\n  name", 1)+
			"provider \"backup\" {\n  alias = \"north\"\n  environment = \"embedded\"\n}\n"+
			"resource \"backup_protected_vm\" \"web\" {\n  vault_id = backup_vault.north.id\n  backup_policy_id = \"${backup_vault.north.id}/backupPolicies/DefaultPolicy\"\n"+vm)},
		"passed on by another resource": {config: lifecycleConfig("", contoso()+strings.Replace(north, "name", "provider = backup.north\n  name", 1)+
			"provider \"backup\" {\n  alias = \"north\"\n  environment = \"embedded\"\n}\nresource \"terraform_data\" \"id\" {\n  input = backup_vault.north.id\n}\n"+
			"resource \"backup_protected_vm\" \"web\" {\n  vault_id = terraform_data.id.output\n  backup_policy_id = \"${terraform_data.id.output}/backupPolicies/DefaultPolicy\"\n"+vm)},
		"read by a module that waits": {
			config: lifecycleConfig("", contoso()+"resource \"terraform_data\" \"network\" {}\nmodule \"app\" {\n  source = \"./app\"\n  depends_on = [terraform_data.network]\n}\n"),
			module: requiredProviders("azurebackup/backup") + "data \"backup_vault\" \"north\" {\n  name = \"north\"\n}\n" +
				"resource \"backup_protected_vm\" \"web\" {\n  vault_id = data.backup_vault.north.id\n  backup_policy_id = \"${data.backup_vault.north.id}/backupPolicies/DefaultPolicy\"\n" + vm,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, test.config)
			if test.module != "" {
				w.Write("main.tf", lifecycleConfig("", north))
				w.MustRun("apply", "-auto-approve")
				w.MustRun("state", "rm", "backup_vault.north")
				if err := os.Mkdir(filepath.Join(w.Folder, "app"), 0o700); err != nil {
					t.Fatal(err)
				}
				w.Write(filepath.Join("app", "main.tf"), test.module)
				w.Write("main.tf", test.config)
				w.MustRun("get")
			}
			w.MustRun("apply", "-auto-approve")
			w.MustPlanNothing()
		})
	}
}

// What the plan could only warn of, the apply refuses when the vault is known, before it writes.
func TestAccProtectedVM_regionThatTheApplyFinds(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig(`virtual_machines = { "`+webID+`" = "eastus" }`, contoso()+web()))
	mention(t, w.MustRun("plan"), `VM "web-1" in resource group "shop" is in "East US" (eastus). The id of its vault is not known yet`)
	r := w.Run("apply", "-auto-approve")
	if r.ExitCode != 1 {
		t.Errorf("a VM of another region is protected:\n%s", r.Output)
	}
	mention(t, r, "Error: VM and vault are in different regions", `the vault "contoso" is in "China East" (chinaeast)`)
	if strings.Contains(r.Output, "the service refused") {
		t.Errorf("the service was asked:\n%s", r.Output)
	}
	if addresses := w.Addresses(); len(addresses) != 1 {
		t.Errorf("%v", addresses)
	}
}

// Every vault is born with DefaultPolicy, but one that is not known yet may have lost it.
func TestAccVMPolicy_bornInAVaultThatIsNotKnown(t *testing.T) {
	t.Parallel()
	config := policyWorkspace(policyBlock("test", "DefaultPolicy", daily, thirtyDays))
	w := acctest.NewWorkspace(t, config)
	mention(t, w.MustRun("plan"), "Warning: Backup policy exists already", `Every vault has a policy named "DefaultPolicy" from birth, and so will this one`)
	r := w.Run("apply", "-auto-approve")
	if r.ExitCode != 1 {
		t.Error(r.Output)
	}
	mention(t, r, "Error: Backup policy exists already", "import {")
	newServiceClient(t, databaseOf(w)).delete(contosoID + "/backupPolicies/DefaultPolicy")
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
}

// Terraform destroys a policy before it gives its VMs another one: in one apply that fails, each time. What the warning says
// works does.
func TestAccVMPolicy_removedWhileItsVMsMove(t *testing.T) {
	t.Parallel()
	config := func(policies, vm, lifecycle string) string {
		return lifecycleConfig("", contoso()+"resource \"backup_policy_vm\" \"p\" {\n  for_each = toset(["+policies+"])\n  name = each.key\n  vault_id = backup_vault.test.id\n"+
			"  backup = { frequency = \"Daily\", time = \"01:00\" }\n  retention_daily = { count = 30 }\n"+lifecycle+"}\n"+
			web("backup_policy_id = backup_policy_vm.p[\""+vm+"\"].id"))
	}
	const both, one = `"gold", "silver"`, `"silver"`
	t.Run("two applies", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t, config(both, "gold", ""))
		w.MustRun("apply", "-auto-approve")
		w.Write("main.tf", config(one, "silver", ""))
		mention(t, w.MustRun("plan"), "An apply that destroys it and gives its VMs another policy fails, because Terraform destroys first.")
		mention(t, w.Run("apply", "-auto-approve"), "Error: Unable to delete backup policy", "Give them the other policy in an apply of its own")
		w.Write("main.tf", config(both, "silver", ""))
		w.MustRun("apply", "-auto-approve")
		w.Write("main.tf", config(one, "silver", ""))
		w.MustRun("apply", "-auto-approve")
		w.MustPlanNothing()
	})
	t.Run("create_before_destroy", func(t *testing.T) {
		t.Parallel()
		const lifecycle = "  lifecycle {\n    create_before_destroy = true\n  }\n"
		w := acctest.NewWorkspace(t, config(both, "gold", lifecycle))
		w.MustRun("apply", "-auto-approve")
		w.Write("main.tf", config(one, "silver", lifecycle))
		w.MustRun("apply", "-auto-approve")
		w.MustPlanNothing()
	})
}

// A protection that is tainted, or replaced by -replace, was planned to be deleted with its backups without a word; in a vault
// without soft delete they were gone for good, and in an immutable one the apply failed half-way.
func TestAccProtectedVM_replacedWithItsBackups(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings, vault, want string
		fails                 bool
	}{
		"without soft delete": {`soft_delete_forced = false`, `soft_delete = { state = "Disabled" }`, "its 20 recovery points are deleted for good", false},
		"immutable":           {`backup_time = "0s"`, `immutability = "Unlocked"`, "the immutability of the vault is Unlocked, so backups stay until they expire", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, lifecycleConfig(test.settings, contoso(test.vault)+web()))
			w.MustRun("apply", "-auto-approve")
			w.Write("main.tf", lifecycleConfig(test.settings+`, clock_offset = "20d"`, contoso(test.vault)+web()))
			w.MustRun("apply", "-auto-approve")
			if r := w.Run("plan", "-replace="+webAddress); test.fails != (r.ExitCode == 1) || test.fails && !strings.Contains(r.Output, test.want) {
				t.Errorf("-replace: exit code %d\n%s", r.ExitCode, r.Output)
			}
			w.MustRun("taint", webAddress)
			for _, args := range [][]string{{"plan"}, {"plan", "-refresh=false"}} {
				r := w.Run(args...)
				if test.fails != (r.ExitCode == 1) {
					t.Errorf("%v: exit code %d\n%s", args, r.ExitCode, r.Output)
				}
				mention(t, r, test.want, "untaint")
			}
			w.MustRun("untaint", webAddress)
			w.MustPlanNothing()
		})
	}
}
