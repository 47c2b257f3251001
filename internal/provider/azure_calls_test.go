package provider_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// callsOf are the requests to ARM that a command sends for one object, by what it does to it; listed in the guide "Calls".
type callsOf map[string]int

// The calls of each step are those that the guide lists, to the last one. The steps run Terraform itself, with a provider
// process for each, as users do; every plan and every apply begins anew.
func TestAccAzure_calls(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	config := azureBlock(catalog.Public)
	w := newAzureWorkspace(t, a, "")
	count := 0
	// taken are the calls since it was last asked.
	taken := func() int {
		n := 0
		for _, r := range a.Requests() {
			if strings.HasPrefix(r.Path, "/subscriptions") {
				n++
			}
		}
		n, count = n-count, n
		return n
	}
	const header = "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"
	stack := azureStack("eastus")
	vaultPart, rest, _ := strings.Cut(stack, "resource \"backup_policy_vm\"")
	policyPart, vmPart, _ := strings.Cut(rest, "resource \"backup_protected_vm\"")
	policyPart, vmPart = "resource \"backup_policy_vm\""+policyPart, "resource \"backup_protected_vm\""+vmPart
	got := callsOf{}
	taken()
	built := header + config
	for _, part := range []struct{ name, text, changed string }{
		{"vault", vaultPart, strings.Replace(vaultPart, "region =", "tags = { stage = \"test\" }\n  region =", 1)},
		{"policy", policyPart, strings.Replace(policyPart, "count = 10", "count = 11", 1)},
		{"protected VM", vmPart, strings.Replace(vmPart, "source_vm_region", "exclude_disk_luns = [3]\n  source_vm_region", 1)},
	} {
		address := "backup_" + map[string]string{"vault": "vault", "policy": "policy_vm", "protected VM": "protected_vm"}[part.name] + ".test"
		w.Write("main.tf", built+part.text)
		w.MustRun("plan", "-refresh=false", "-out=plan")
		got["plan to create "+part.name] = taken()
		w.MustRun("apply", "plan")
		got["create "+part.name] = taken()
		w.MustRun("plan", "-target="+address)
		got["refresh up to "+part.name] = taken()
		w.Write("main.tf", built+part.changed)
		w.MustRun("plan", "-refresh=false", "-out=plan")
		got["plan to update "+part.name] = taken()
		w.MustRun("apply", "plan")
		got["update "+part.name] = taken()
		built += part.changed
	}
	w.MustPlanNothing()
	taken()
	for _, part := range []struct{ name, kind string }{{"protected VM", "protected_vm"}, {"policy", "policy_vm"}, {"vault", "vault"}} {
		w.MustRun("plan", "-destroy", "-refresh=false", "-target=backup_"+part.kind+".test", "-out=plan")
		got["plan to delete "+part.name] = taken()
		w.MustRun("apply", "plan")
		got["delete "+part.name] = taken()
	}
	if d := cmp.Diff(guideCalls(t), got); d != "" {
		t.Errorf("the guide and the calls sent differ (-guide +sent):\n%s", d)
	}
}

// A further protected VM takes the question which vault protects it, a write, and a look at the operation; to end its protection
// takes a write and a look. With OpenTofu the question is asked twice, as the guide says of every look.
func TestAccAzure_callsOfFurtherVMs(t *testing.T) {
	t.Parallel()
	const few, more = 12, 36
	applied, destroyed := map[int]int{}, map[int]int{}
	for _, count := range []int{few, more} {
		a := newAzureCloud(t, catalog.Public)
		before := 0
		taken := func() int {
			n := len(a.Requests())
			n, before = n-before, n
			return n
		}
		vms := strings.NewReplacer("resource \"backup_protected_vm\" \"test\" {", fmt.Sprintf("resource \"backup_protected_vm\" \"test\" {\n  count = %d", count),
			"/virtualMachines/", "/virtualMachines/vm${count.index}").Replace(azureStack("eastus"))
		w := newAzureWorkspace(t, a, azureBlock(catalog.Public)+vms)
		taken()
		w.MustRun("apply", "-auto-approve")
		applied[count] = taken()
		w.MustRun("destroy", "-auto-approve", "-refresh=false")
		destroyed[count] = taken()
	}
	each := 3
	if isOpenTofu() {
		each = 4
	}
	// Which of those that run side by side meets a list that is there already is chance.
	const chance = 6
	if got, most := applied[more]-applied[few], each*(more-few)+chance; got > most {
		t.Errorf("%d further VMs take %d calls, want at most %d", more-few, got, most)
	}
	if got, most := destroyed[more]-destroyed[few], 2*(more-few)+chance; got > most {
		t.Errorf("to end the protection of %d further VMs takes %d calls, want at most %d", more-few, got, most)
	}
}

// guideCalls reads the table of the guide: what is done in the first column, our calls in the second.
func guideCalls(t *testing.T) callsOf {
	t.Helper()
	raw, err := os.ReadFile("../../templates/guides/calls.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := callsOf{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([a-z][^|]*?) +\| (\d+)(, and 1 for each region)? +\|`).FindAllStringSubmatch(string(raw), -1) {
		n, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		if row[3] != "" {
			n += len(catalog.Regions(catalog.Public))
		}
		listed[row[1]] = n
	}
	if len(listed) == 0 {
		t.Fatal(fmt.Errorf("the guide has no table"))
	}
	for row, n := range listed {
		if step, ok := strings.CutSuffix(row, " with OpenTofu"); ok {
			delete(listed, row)
			if isOpenTofu() {
				listed[step] = n
			}
		}
	}
	return listed
}
