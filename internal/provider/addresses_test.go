package provider_test

import (
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// One object that was imported at two addresses fought with itself, without a word.
func TestAccTwoAddresses(t *testing.T) {
	skipBelow(t, 5, "import blocks")
	const policyConfig = "  backup = { frequency = \"Daily\", time = \"23:00\" }\n  retention_daily = { count = 30 }\n"
	for name, test := range map[string]struct{ kind, config, id string }{
		"vault":        {"backup_vault", "  name = \"contoso\"\n  region = \"chinaeast\"\n", contosoID},
		"policy":       {"backup_policy_vm", "  name = \"daily\"\n  vault_id = \"" + contosoID + "\"\n" + policyConfig, contosoID + "/backupPolicies/daily"},
		"protected VM": {"backup_protected_vm", "  vault_id = \"" + contosoID + "\"\n  source_vm_id = \"" + webID + "\"\n  backup_policy_id = \"" + defaultPolicy + "\"\n", webID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block := func(address string, imported bool) string {
				text := "resource \"" + test.kind + "\" \"" + address + "\" {\n" + test.config + "}\n"
				if imported {
					text += "import {\n  to = " + test.kind + "." + address + "\n  id = \"" + test.id + "\"\n}\n"
				}
				return text
			}
			w := acctest.NewWorkspace(t, lifecycleConfig("", ""))
			w.MustRun("plan") // makes the database
			c := newServiceClient(t, w.Folder+"/backup-vaults.db")
			exists(c)
			c.do("PUT", contosoID+"/backupPolicies/daily", dailyDocument)
			c.protectWeb()
			const warning = "One object at two addresses"

			w.Write("main.tf", lifecycleConfig("", block("one", true)))
			w.MustRun("apply", "-auto-approve")
			if r := w.MustPlanNothing(); strings.Contains(r.Output, warning) {
				t.Error(r.Output)
			}
			w.Write("main.tf", lifecycleConfig("", block("one", false)+block("two", true)))
			mention(t, w.MustRun("plan"), warning)
			w.MustRun("apply", "-auto-approve")
			mention(t, w.MustRun("plan"), warning)
			mention(t, w.MustRun("plan", "-refresh=false"), warning)
			// The way out that it names.
			w.Write("main.tf", lifecycleConfig("", block("one", false)))
			w.MustRun("state", "rm", test.kind+".two")
			if r := w.MustPlanNothing(); strings.Contains(r.Output, warning) {
				t.Error(r.Output)
			}
		})
	}
}
