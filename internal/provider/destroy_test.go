package provider_test

import (
	"fmt"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// A data source whose object is gone stands in the way of a destroy, which plans the whole configuration first. The message
// says what helps, and it does.
func TestAccDataSources_goneObjectBlocksDestroy(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]string{
		"backup_vault":         `name = "nobody"`,
		"backup_policy_vm":     "name = \"nobody\"\n vault_id = backup_vault.test.id",
		"backup_jobs":          `vault_id = replace(backup_vault.test.id, "contoso", "nobody")`,
		"backup_protected_vms": `vault_id = replace(backup_vault.test.id, "contoso", "nobody")`,
		"backup_recovery_points": `protected_vm_id = "${backup_vault.test.id}/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;` +
			`machines;web/protectedItems/vm;iaasvmcontainerv2;machines;web"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, requiredProvider+lateProvider(acctest.Database(t), "", "")+oneVault)
			w.MustRun("apply", "-auto-approve")
			w.Write("data.tf", fmt.Sprintf("data %q \"gone\" {\n %s\n}\n", name, block))
			r := w.Run("destroy", "-auto-approve")
			if r.ExitCode == 0 {
				t.Fatal("the destroy does not mind; then the advice is in vain")
			}
			wantOutput(t, r, "this is a destroy, run it with -refresh=false")
			w.MustRun("destroy", "-auto-approve", "-refresh=false")
			if state := w.State(); len(state) > 0 {
				t.Errorf("left: %v", state)
			}
		})
	}
}
