package embedded_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// many is how much of everything the benchmarks of lists have.
const many = 5000

// multiply stores many copies of a document in one transaction; each has another number where the document has "-x".
func (s *service) multiply(id string) {
	s.tb.Helper()
	err := s.store.Update(s.tb.Context(), s.clock.Now(), func(tx *store.Tx) error {
		original, err := tx.Document(id)
		if err != nil {
			return err
		}
		for i := 1; i < many; i++ {
			d := *original
			number := func(text string) string { return strings.ReplaceAll(text, "-x", fmt.Sprintf("-%d", i)) }
			d.ID, d.Name, d.ResourceGroup = number(d.ID), number(d.Name), number(d.ResourceGroup)
			d.Body = []byte(number(string(d.Body)))
			if err := tx.PutDocument(&d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.tb.Fatal(err)
	}
}

// BenchmarkLists reads long lists to their ends. What they take is best compared with the list of vaults.
func BenchmarkLists(b *testing.B) {
	s := start(b)
	vault := vaultPath("G", "full")
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(vaultPath("G", "vault-x"), minimal).want(http.StatusCreated)
	s.multiply(vaultPath("G", "vault-x"))
	s.put(vaultPath("group-x", "lone"), minimal).want(http.StatusCreated)
	s.multiply(vaultPath("group-x", "lone"))
	vm := sub + "/resourceGroups/M/providers/Microsoft.Compute/virtualMachines/"
	s.put(vm+"vm-x", `{"location":"eastasia"}`).want(http.StatusCreated)
	s.multiply(vm + "vm-x")
	s.protect(vault, "web-x")
	s.multiply(itemPath(vault, "web-x"))
	s.put(policyPath(vault, "policy-x"), daily).want(http.StatusOK)
	s.multiply(policyPath(vault, "policy-x"))
	filtered := func(filter string) string {
		return sub + "/resources?api-version=2021-04-01&$filter=" + url.QueryEscape(filter)
	}
	for _, list := range []struct {
		name, path string
		want       int
	}{
		{"vaults", allVaults, 2*many + 1},
		{"vaults in group", sub + "/resourceGroups/G/providers/Microsoft.RecoveryServices/vaults", many + 1},
		{"resources", sub + "/resources", 3*many + 1},
		{"resources in group", sub + "/resourceGroups/G/resources", many + 1},
		{"resources by type", filtered("resourceType eq 'Microsoft.RecoveryServices/vaults'"), 2*many + 1},
		{"resources by name", filtered("name eq 'vault-7'"), 1},
		{"resources by location", filtered("location eq 'nowhere'"), 0},
		{"machines", sub + "/providers/Microsoft.Compute/virtualMachines", 2 * many},
		{"groups", sub + "/resourceGroups", many + 2},
		{"policies", vault + "/backupPolicies", many + 2},
		{"items", vault + "/backupProtectedItems", many},
		{"containers", vault + "/backupProtectionContainers", many},
		{"protectable", vault + "/backupProtectableItems", many},
		{"jobs", vault + "/backupJobs", 1},
		{"usages", vault + "/usages", 5},
	} {
		b.Run(list.name, func(b *testing.B) {
			for b.Loop() {
				if names, _ := s.follow(list.path); len(names) != list.want {
					b.Fatalf("%d entries, not %d", len(names), list.want)
				}
			}
		})
	}
}
