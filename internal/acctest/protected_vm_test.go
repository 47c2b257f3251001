package acctest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// vmBlock protects the suite's VM by the vault of a test.
func vmBlock(lines ...string) string {
	return fmt.Sprintf("resource \"backup_protected_vm\" \"test\" {\n  vault_id     = backup_vault.test.id\n  source_vm_id = %q\n  %s\n}\n", suite.vm, strings.Join(lines, "\n  "))
}

// A VM is protected, has its disks and its policy changed, is stopped and resumed, and is found in what can be read; the
// region rule and the lock of the redundancy hold while planning.
func TestAccSuite_protectedVM(t *testing.T) {
	t.Parallel()
	if suite.vm == "" {
		t.Skip("BACKUP_ACC_VM_ID names no VM that may be protected in Azure")
	}
	vault := vaultBlock(newName(), `storage_redundancy = "LocallyRedundant"`, "force_destroy = true")
	const nightly, ready = `backup_policy_id = backup_policy_vm.test.id`, `backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"`
	const osDisk = `os_disk_only = true`
	policy := policyBlock(daily, keepWeek)
	const reads = `
data "backup_protected_vms" "test" {
  vault_id   = backup_vault.test.id
  depends_on = [backup_protected_vm.test]
}

data "backup_jobs" "test" {
  vault_id   = backup_vault.test.id
  depends_on = [backup_protected_vm.test]
}

data "backup_policy_vm" "default" {
  vault_id = backup_vault.test.id
  name     = "DefaultPolicy"
}
`
	run(
		t,
		step(config(vault, policy, vmBlock(nightly)), theVM, plancheck.ResourceActionCreate,
			has(theVM, "source_vm_region", text(suite.region)), has(theVM, "protection_state", knownvalue.NotNull()), has(theVM, "next_scheduled_backup", knownvalue.NotNull())),
		step(config(vault, policy, vmBlock(nightly, "exclude_disk_luns = [1]"), reads), theVM, plancheck.ResourceActionUpdate,
			has(theVM, "exclude_disk_luns", knownvalue.SetSizeExact(1)), has(theVault, "storage_redundancy_locked", knownvalue.Bool(true)),
			has("data.backup_protected_vms.test", "protected_vms", knownvalue.ListSizeExact(1)), has("data.backup_policy_vm.default", "timezone", text("UTC"))),
		refused(config(vault, policy, vmBlock(nightly, fmt.Sprintf("source_vm_region = %q", suite.elsewhere))), "VM and vault are in different regions"),
		refused(config(strings.Replace(vault, "LocallyRedundant", "GeoRedundant", 1), policy, vmBlock(nightly, "exclude_disk_luns = [1]")), "Storage redundancy is locked"),
		step(config(vault, policy, vmBlock(ready, osDisk)), theVM, plancheck.ResourceActionUpdate,
			has(theVM, "exclude_disk_luns", knownvalue.Null()), has(theVM, "os_disk_only", knownvalue.Bool(true))),
		imported(theVM, "deletion_policy"),
		step(config(vault, policy, vmBlock(ready, osDisk, `protection_state = "ProtectionStopped"`)), theVM, plancheck.ResourceActionUpdate,
			has(theVM, "protection_state", text("ProtectionStopped")), has(theVM, "next_scheduled_backup", knownvalue.Null())),
		step(config(vault, policy, vmBlock(ready, osDisk)), theVM, plancheck.ResourceActionUpdate, has(theVM, "os_disk_only", knownvalue.Bool(true))),
	)
}
