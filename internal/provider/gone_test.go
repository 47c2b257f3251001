package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const goneObjects = `
resource "backup_vault" "test" {
  name          = "contoso"
  region        = "eastus"
  force_destroy = true
}

resource "backup_policy_vm" "own" {
  name            = "own"
  vault_id        = backup_vault.test.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 10 }
}

resource "backup_protected_vm" "web" {
  vault_id         = backup_vault.test.id
  source_vm_id     = "` + webID + `"
  source_vm_region = "eastus"
  backup_policy_id = backup_policy_vm.own.id
}
`

// A 404 about something above an object, or from something that answers in the service's place, emptied the state: a destroy
// said "0 destroyed", and all of it lived on.
func TestAccGone_deceptions(t *testing.T) {
	addresses := []string{"backup_policy_vm.own", "backup_protected_vm.web", "backup_vault.test"}
	for name, rule := range map[string]embedded.FaultRule{
		"subscription, below the group":  {Path: "resourceGroups/backup", Code: "SubscriptionNotFound"},
		"subscription, for vaults":       {Kind: embedded.KindVault, Code: "SubscriptionNotFound"},
		"group, for the vault and below": {Path: "vaults/contoso", Code: "ResourceGroupNotFound"},
		"group, which does not exist":    {Path: "resourceGroups/backup", Code: "ResourceGroupNotFound"},
		"vault, whose policies answer":   {Kind: embedded.KindVault, Code: "ResourceNotFound"},
		"policy, which is listed":        {Kind: embedded.KindPolicy, Code: "ResourceNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule.Status, rule.Times = http.StatusNotFound, embedded.Always
			faults := embedded.NewFaults()
			s := newServedService(t, "", embedded.Config{Faults: faults})
			w := acctest.NewWorkspace(t, requiredProvider+s.block()+goneObjects)
			w.MustRun("apply", "-auto-approve")
			for _, command := range []string{
				"plan", "apply -auto-approve -refresh-only", "destroy -auto-approve", "destroy -auto-approve -refresh=false",
			} {
				faults.Add(rule)
				r := w.Run(strings.Split(command, " ")...)
				faults.Clear()
				if r.ExitCode == 0 {
					t.Errorf("%s succeeds:\n%s", command, r.Printed)
				}
				wantOutput(t, r, "whether it still exists is not known")
				if strings.HasSuffix(command, "-refresh=false") {
					break // what was above what is hidden was deleted before it
				}
				if got := w.Addresses(); !slices.Equal(got, addresses) {
					t.Fatalf("%s leaves %q in the state:\n%s", command, got, r.Printed)
				}
			}
			w.MustRun("apply", "-auto-approve")
			w.MustPlanNothing()
		})
	}
}

// What is really gone leaves the state with a warning that says what it went with, and its deletion is a success.
func TestAccGone_withItsGroup(t *testing.T) {
	t.Parallel()
	s := newServedService(t, "", embedded.Config{StrictResourceGroups: true})
	const group = "/subscriptions/" + defaultSubscription + "/resourceGroups/backup"
	s.send(t, http.MethodPut, group, `{"location":"eastus"}`)
	w := acctest.NewWorkspace(t, requiredProvider+s.block()+goneObjects)
	w.MustRun("apply", "-auto-approve", "-target=backup_policy_vm.own")
	s.send(t, http.MethodDelete, group, "")
	wantOutput(t, w.MustRun("plan", "-refresh-only"),
		`Vault "contoso" in resource group "backup" no longer exists and is removed from the state. Nor does the resource group "backup". The next apply creates it again, empty.`,
		`Policy "own" of vault "contoso" no longer exists and is removed from the state. Nor does the resource group "backup". The next apply creates it again.`)
	w.MustRun("destroy", "-auto-approve", "-refresh=false")
	if got := w.Addresses(); len(got) > 0 {
		t.Errorf("the destroy leaves %q", got)
	}
}

// A state of which only the ids are left is read by them, and what is missing comes back.
func TestAccGone_stateWithIDsAlone(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, requiredProvider+lateProvider(acctest.Database(t), "", "")+goneObjects)
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	before := w.State()
	var resources []string
	for _, address := range w.Addresses() {
		kind, name, _ := strings.Cut(address, ".")
		resources = append(resources, fmt.Sprintf(`{"mode": "managed", "type": %q, "name": %q, "provider": "provider[\"registry.terraform.io/azurebackup/backup\"]",
			"instances": [{"schema_version": 0, "attributes": {"id": %q}}]}`, kind, name, before[address]["id"]))
	}
	w.Write("terraform.tfstate", `{"version": 4, "terraform_version": "1.11.4", "serial": 77, "lineage": "5a3fe9a8-8f47-4ee5-9f4d-6ab1d0b4a9b3", "outputs": {}, "resources": [`+
		strings.Join(resources, ",")+`]}`)
	if r := w.Run("plan", "-refresh=false"); r.ExitCode == 0 || !strings.Contains(r.Output, "State is incomplete") {
		t.Errorf("planned from ids alone\n%s", r.Output)
	}
	for address, action := range w.Plan().Actions {
		if action != "update" { // of force_destroy, which no service knows
			t.Errorf("%s: %s", address, action)
		}
	}
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	counted := func(key string, _ any) bool {
		return slices.Contains([]string{"usage", "protected_vm_count", "storage_redundancy_locked"}, key) // not read since the VM was protected
	}
	if d := cmp.Diff(before, w.State(), cmpopts.IgnoreMapEntries(counted)); d != "" {
		t.Error(d)
	}
	w.MustRun("destroy", "-auto-approve")
}
