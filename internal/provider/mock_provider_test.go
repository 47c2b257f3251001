package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// guideFiles are the files that the guide for module authors shows, by the names in their first lines.
func guideFiles(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../../templates/guides/testing-modules.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, block := range regexp.MustCompile("(?s)```terraform\n# (\\S+)\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		files[block[1]] = block[2]
	}
	return files
}

// moduleUnderTest is a workspace with the module of the guide and one file of tests.
func moduleUnderTest(t *testing.T, test string) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, guideFiles(t)["main.tf"])
	if err := os.Mkdir(filepath.Join(w.Folder, "tests"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.Write("tests/main.tftest.hcl", test)
	return w
}

// Both ways of the guide pass as they are written there.
func TestAccGuide_testingModules(t *testing.T) {
	skipBelow(t, 8, "mocks of a provider")
	t.Parallel()
	for _, name := range []string{"tests/embedded.tftest.hcl", "tests/mocks.tftest.hcl"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := guideFiles(t)[name]
			if content == "" {
				t.Fatal("the guide does not have it")
			}
			w := moduleUnderTest(t, content)
			wantOutput(t, w.MustRun("test"), "1 passed, 0 failed")
			// What the test asserts is no empty phrase.
			w = moduleUnderTest(t, regexp.MustCompile(`(condition +=) (.*)`).ReplaceAllString(content, "$1 !($2)"))
			if r := w.Run("test"); r.ExitCode == 0 {
				t.Error(r.Output)
			}
		})
	}
}

// A mock's random id is refused with the defaults that make it one, and with them the test goes on to the next: a mock
// with all of them passes. Case 10.
func TestAccMockProvider_madeUpIDs(t *testing.T) {
	skipBelow(t, 8, "mocks of a provider")
	t.Parallel()
	content := guideFiles(t)["tests/mocks.tftest.hcl"]
	blocks := regexp.MustCompile(`(?s)  mock_resource "\w+" \{.*?\n  \}\n`).FindAllString(content, -1)
	if len(blocks) != 3 {
		t.Fatalf("the guide has %d mocks", len(blocks))
	}
	for _, block := range blocks {
		r := moduleUnderTest(t, strings.Replace(content, block, "", 1)).Run("test")
		if r.ExitCode == 0 {
			t.Errorf("passes without\n%s", block)
		}
		wantOutput(t, r, "If a test's mock_provider made this value up", strings.Join(strings.Fields(block), " "))
	}
}

// Whatever an id is of, the message has the block, with a value that is valid.
func TestAccMockProvider_everyKindOfID(t *testing.T) {
	skipBelow(t, 8, "provider functions")
	t.Parallel()
	vault := "name = \"contoso\"\n region = \"northeurope\"\n "
	for config, want := range map[string]string{
		"output \"x\" {\n value = provider::backup::parse_vault_id(%q).name\n}\n":                                                                                                  "backup_vault",
		"output \"x\" {\n value = provider::backup::normalize_region(%q)\n}\n":                                                                                                     "azurerm_resource_group",
		"resource \"backup_policy_vm\" \"x\" {\n name = \"n\"\n vault_id = %q\n backup = { frequency = \"Daily\", time = \"23:00\" }\n retention_daily = { count = 7 }\n}\n":       "backup_vault",
		"resource \"backup_protected_vm\" \"x\" {\n vault_id = \"" + contosoID + "\"\n source_vm_id = \"" + vmID("web") + "\"\n backup_policy_id = %q\n}\n":                        "backup_policy_vm",
		"resource \"backup_protected_vm\" \"x\" {\n vault_id = %q\n source_vm_id = \"" + vmID("web") + "\"\n}\n":                                                                   "backup_vault",
		"resource \"backup_protected_vm\" \"x\" {\n vault_id = \"" + contosoID + "\"\n source_vm_id = %q\n}\n":                                                                     "azurerm_linux_virtual_machine",
		"data \"backup_recovery_points\" \"x\" {\n protected_vm_id = %q\n}\n":                                                                                                      "backup_protected_vm",
		"data \"backup_jobs\" \"x\" {\n vault_id = %q\n}\n":                                                                                                                        "backup_vault",
		"resource \"backup_vault\" \"x\" {\n " + vault + "subscription_id = %q\n}\n":                                                                                               "azurerm_client_config",
		"resource \"backup_vault\" \"x\" {\n name = \"contoso\"\n region = %q\n}\n":                                                                                                "azurerm_resource_group",
		"resource \"backup_vault\" \"x\" {\n " + vault + "identity = { type = \"UserAssigned\", identity_ids = [%q] }\n}\n":                                                        "azurerm_user_assigned_identity",
		"resource \"backup_vault\" \"x\" {\n " + vault + "identity = { type = \"SystemAssigned\" }\n encryption = { key_id = %q, infrastructure_encryption_enabled = false }\n}\n": "azurerm_key_vault_key",
	} {
		w := acctest.NewWorkspace(t, requiredProvider+strings.Replace(config, "%q", `"25trbko8"`, 1))
		r := w.Run("validate")
		wantOutput(t, r, `"25trbko8"`, "If a test's mock_provider made this value up", `"`+want+`" {`)
		value := regexp.MustCompile(`defaults = \{ \w+ = ("[^"]+") \}`).FindStringSubmatch(r.Output)
		if value == nil {
			t.Fatalf("no default\n%s", r.Output)
		}
		w.Write("main.tf", requiredProvider+strings.Replace(config, "%q", value[1], 1))
		if r := w.Run("validate"); strings.Contains(r.Output, "mock_provider") {
			t.Errorf("what the message says is refused\n%s", r.Output)
		}
		w.Write("main.tf", requiredProvider+strings.Replace(config, "%q", `"not an id"`, 1))
		if r := w.Run("validate"); r.ExitCode == 0 || strings.Contains(r.Output, "mock_provider") {
			t.Errorf("no mock makes this up\n%s", r.Output)
		}
	}
}
