package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// convertedKind is a resource of which azurerm has tests. block is one of them, and around what its tests need, with the
// attributes of a vault; label is the name of the test.
type convertedKind struct {
	name   string
	tests  map[string]convertedTest
	block  func(label, name, attributes string) string
	around func(label, vault string) string
}

func convertedVault(label, name, attributes string) string {
	return fmt.Sprintf("resource \"backup_vault\" %q {\n  name = %q\n  region = \"(Europe) West Europe\"\n  resource_group_name = \"acctestRG\"\n  %s\n}\n", label, name, attributes)
}

// convertedPolicy is a policy of the vault with a label.
func convertedPolicy(vault, label, name, attributes string) string {
	return fmt.Sprintf("resource \"backup_policy_vm\" %q {\n  name = %q\n  vault_id = backup_vault.%s.id\n  %s\n}\n", label, name, vault, attributes)
}

var convertedKinds = []convertedKind{
	{"vault", convertedVaults, convertedVault, nil},
	{"policy", convertedPolicies, func(label, name, attributes string) string { return convertedPolicy("all", label, name, attributes) }, nil},
	{
		"protected VM", convertedProtectedVMs,
		func(label, name, attributes string) string {
			return fmt.Sprintf("resource \"backup_protected_vm\" %q {\n  vault_id = backup_vault.vm_%s.id\n  source_vm_id = \"%s%s\"\n  %s\n}\n",
				label, name, machines, name, strings.ReplaceAll(attributes, "LABEL", "vm_"+name))
		},
		func(label, vault string) string {
			label = "vm_" + label
			return convertedVault(label, strings.ReplaceAll(label, "_", "-"), vault) + convertedPolicy(label, label, "acctest", basicDaily) +
				convertedPolicy(label, label+"_second", "acctest2", strings.Replace(basicDaily, "10", "15", 1))
		},
	},
}

// convertedStep is the configuration of a step of all tests, with the objects that change makes of each.
func convertedStep(step int, change func(kind convertedKind, label string, test convertedTest) string) string {
	var b strings.Builder
	b.WriteString(requiredProviders("azurebackup/backup") + "provider \"backup\" { environment = \"embedded\" }\n" + convertedVault("all", "acctest-all", ""))
	for _, kind := range convertedKinds {
		for _, label := range slices.Sorted(maps.Keys(kind.tests)) {
			test := kind.tests[label]
			if kind.around != nil {
				b.WriteString(kind.around(label, at(test.vault, step)))
			}
			b.WriteString(change(kind, label, test))
		}
	}
	return b.String()
}

// at is the step of a test, or its last one.
func at(steps []string, step int) string {
	if len(steps) == 0 {
		return ""
	}
	return steps[min(step, len(steps)-1)]
}

// What azurerm's own tests apply can be applied here, with the same values, and nothing is left to do afterwards. All tests go
// step by step together. What is refused in the end is so on purpose, and the guide says it.
func TestAccAzurermConfigurations(t *testing.T) {
	t.Parallel()
	steps := 0
	for _, kind := range convertedKinds {
		for _, test := range kind.tests {
			steps = max(steps, len(test.steps))
		}
	}
	applied := func(step int) func(convertedKind, string, convertedTest) string {
		return func(kind convertedKind, label string, test convertedTest) string {
			if at(test.steps, step) == gone {
				return ""
			}
			return kind.block(label, label, at(test.steps, step))
		}
	}
	w := acctest.NewWorkspace(t, "")
	for step := range steps {
		w.Write("main.tf", convertedStep(step, applied(step)))
		w.MustRun("apply", "-auto-approve")
		w.MustPlanNothing()
	}
	for _, kind := range convertedKinds {
		refuse := func(mistaken bool, command ...string) {
			w.Write("main.tf", convertedStep(steps, func(of convertedKind, label string, test convertedTest) string {
				block := applied(steps)(of, label, test)
				switch {
				case of.name != kind.name || test.says == "" || test.mistaken != mistaken:
					return block
				case test.refused == "":
					return block + of.block(label+"_again", label, at(test.steps, steps))
				}
				return of.block(label, label, test.refused)
			}))
			r := w.Run(command...)
			for label, test := range kind.tests {
				// Of the same object once more, which of the two is planned first decides who says it.
				said := strings.Contains(r.Output, test.says) || test.refused == "" && strings.Contains(r.Output, "Two resources for one object")
				if test.says != "" && test.mistaken == mistaken && (r.ExitCode != 1 || !said) {
					t.Errorf("%s of the %s %s says not %q:\n%s", command[0], kind.name, label, test.says, r.Output)
				}
			}
		}
		if kind.name == "vault" {
			refuse(true, "validate")
		}
		refuse(false, "plan")
	}
}
