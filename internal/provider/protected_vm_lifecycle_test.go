package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// The tests in this file look at what Terraform prints, and at several commands in a row.

// lifecycleConfig is a configuration for a workspace; settings are those of the embedded service.
func lifecycleConfig(settings, resources string) string {
	return requiredProviders("azurebackup/backup") + fmt.Sprintf(`
provider "backup" {
  environment = "embedded"
  embedded    = { %s }
}
`, settings) + resources
}

// One vault for each region is what the rule asks for.
func TestAccProtectedVM_vaultForEachRegion(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig(`virtual_machines = local.ids`, `
locals {
  vms = { web-1 = "chinaeast", web-2 = "eastus", web-3 = "eastus" }
  ids = { for name, region in local.vms : "`+machines+`${name}" => region }
}

resource "backup_vault" "region" {
  for_each = { for region in distinct(values(local.vms)) : region => region }
  name     = "contoso-${each.key}"
  region   = each.value
}

resource "backup_protected_vm" "all" {
  for_each         = local.vms
  vault_id         = backup_vault.region[each.value].id
  source_vm_id     = "`+machines+`${each.key}"
  backup_policy_id = "${backup_vault.region[each.value].id}/backupPolicies/DefaultPolicy"
}
`))
	w.MustRun("apply", "-auto-approve")
	for name, region := range map[string]string{"web-1": "chinaeast", "web-2": "eastus", "web-3": "eastus"} {
		if got := w.State()[fmt.Sprintf("backup_protected_vm.all[%q]", name)]["source_vm_region"]; got != region {
			t.Errorf("%s is in %v", name, got)
		}
	}
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}

// What is destroyed is kept for a while, which the plan says; protecting the VM again brings it back.
func TestAccProtectedVM_softDeleteRoundTrip(t *testing.T) {
	t.Parallel()
	const later = `clock_offset = "10d"`
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
	w.MustRun("apply", "-auto-approve")

	// Ten days later there are backups; that is nothing to do.
	w.Write("main.tf", lifecycleConfig(later, contoso()+web()))
	w.MustPlanNothing()
	w.MustRun("apply", "-auto-approve", "-refresh-only")
	state := w.State()[webAddress]
	if state["protection_state"] != "Protected" || state["last_backup_status"] != "Completed" || state["last_backup_time"] == nil {
		t.Fatalf("after ten days: %v", state)
	}
	w.MustPlanNothing("-refresh=false")

	w.Write("main.tf", lifecycleConfig(later, contoso()))
	plan := w.Plan()
	wantActions(t, plan, map[string]string{webAddress: "delete"})
	wantOutput(t, plan.Result, "Warning: Backups of a VM end", "recovery points are deleted and kept soft-deleted until about")
	if !regexp.MustCompile(`its (9|10) recovery\s+points`).MatchString(plan.Output) {
		t.Errorf("it is not said how many:\n%s", plan.Output)
	}
	w.MustRun("apply", plan.File)
	w.MustPlanNothing()

	w.Write("main.tf", lifecycleConfig(later, contoso()+web()))
	plan = w.Plan()
	wantActions(t, plan, map[string]string{webAddress: "create"})
	wantOutput(t, plan.Result, "Warning: Backups of the VM will be undeleted", "its backups are soft-deleted: they are kept until")
	w.MustRun("apply", plan.File)
	if again := w.State()[webAddress]; again["protection_state"] != "Protected" || again["id"] != state["id"] {
		t.Errorf("before: %v\nafter: %v", state, again)
	}
	w.MustPlanNothing()

	// Somebody deletes it; the refresh tells until when that can be undone.
	somebody := newServiceClientAt(t, databaseOf(w), 10*24*time.Hour)
	somebody.do(http.MethodDelete, webItem, "")
	plan = w.Plan()
	wantActions(t, plan, map[string]string{webAddress: "create"})
	wantOutput(t, plan.Result, "Warning: Protection of a VM is gone", "the next apply undeletes them")
	w.MustRun("apply", "-auto-approve")
	if r := w.MustRun("destroy", "-auto-approve"); !regexp.MustCompile(`its (9|10) recovery\s+points`).MatchString(r.Output) {
		t.Errorf("the recovery points have not come back:\n%s", r.Output)
	}
}

// The first VM of a vault locks its redundancy, which is said once for each vault.
func TestAccProtectedVM_warnsOfLock(t *testing.T) {
	t.Parallel()
	many := `
resource "backup_protected_vm" "many" {
  count            = 3
  vault_id         = backup_vault.test.id
  source_vm_id     = "` + machines + `vm-${count.index}"
  backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"
}
`
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+many))
	once := func(redundancy string) {
		t.Helper()
		warning := `his apply registers the first VM with the vault "contoso", which locks its storage redundancy, ` + redundancy + `, for good.`
		plan := w.Plan()
		if n := strings.Count(plan.Output, "Warning: Storage redundancy gets locked"); n != 1 || strings.Contains(plan.Output, "more similar warning") {
			t.Errorf("warned %d times:\n%s", n, plan.Output)
		}
		wantOutput(t, plan.Result, warning)
	}
	once("GeoRedundant") // the default, in the same plan
	w.Write("main.tf", lifecycleConfig("", contoso(`storage_redundancy = "LocallyRedundant"`)+many))
	if plan := w.Plan(); strings.Contains(plan.Output, "gets locked") { // chosen in the same plan
		t.Error(plan.Output)
	}
	w.MustRun("apply", "-auto-approve", "-target=backup_vault.test")
	once("LocallyRedundant") // of a vault that exists
	w.MustRun("apply", "-auto-approve")
	if plan := w.Plan("-replace=backup_protected_vm.many[0]"); strings.Contains(plan.Output, "gets locked") {
		t.Error(plan.Output)
	}
	w.MustRun("destroy", "-auto-approve")
}

// Each deletion policy says what it does, and does it.
func TestAccProtectedVM_deletionPolicies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings, vault, attribute, want, left string
	}{
		"retain":          {``, ``, `deletion_policy = "retain_data"`, "stay in the vault for ever", "ProtectionStopped"},
		"suspend":         {``, `immutability = "Unlocked"`, `deletion_policy = "suspend"`, "stay in the vault until they expire by the policy", "BackupsSuspended"},
		"delete for good": {`soft_delete_forced = false`, `soft_delete = { state = "Disabled" }`, `deletion_policy = "delete"`, "are deleted for good: the vault has no soft delete", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, lifecycleConfig(test.settings, contoso(test.vault)+web(test.attribute)))
			w.MustRun("apply", "-auto-approve")
			w.MustPlanNothing()
			w.Write("main.tf", lifecycleConfig(test.settings, contoso(test.vault)+`
data "backup_protected_vms" "left" { vault_id = backup_vault.test.id }
output "left" { value = join(",", data.backup_protected_vms.left.protected_vms[*].protection_state) }
`))
			plan := w.Plan()
			wantOutput(t, plan.Result, test.want)
			w.MustRun("apply", plan.File)
			w.MustRun("apply", "-auto-approve", "-refresh-only")
			var outputs map[string]struct{ Value string }
			w.JSON(&outputs, "output", "-json")
			if got := outputs["left"].Value; got != test.left {
				t.Errorf("left: %q, want %q", got, test.left)
			}
			if test.left == "" {
				return
			}
			// What was left behind is not taken over without a word.
			w.Write("main.tf", lifecycleConfig(test.settings, contoso(test.vault)+web(test.attribute)))
			if r := w.Run("plan"); r.ExitCode == 0 || !strings.Contains(r.Output, "VM is protected already") || !strings.Contains(r.Output, "the protection is in the state "+test.left) {
				t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
			}
		})
	}
}

// A tainted protection is replaced: what the destroy leaves behind is this resource's own.
func TestAccProtectedVM_replaceOfTainted(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"delete", "retain_data"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web(`protection_state = "Protected"`, `deletion_policy = "`+policy+`"`)))
			w.MustRun("apply", "-auto-approve")
			w.MustRun("taint", webAddress)
			w.MustRun("apply", "-auto-approve")
			if state := w.State()[webAddress]; state["(status)"] != "" || state["protection_state"] != "Protected" {
				t.Errorf("%v", state)
			}
			w.MustPlanNothing()
			// Nothing seems to have changed outside of Terraform either, although the service says IRPending.
			if r := w.Run("plan", "-refresh-only", "-detailed-exitcode"); strings.Contains(r.Output, "protection_state") {
				t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
			}
		})
	}
}

func protectsPartly(w *acctest.Workspace) *acctest.Process {
	p := w.Start("apply", "-auto-approve")
	p.WaitForLog("waiting for protected VM")
	return p
}

// An interrupted protection is in the state, not tainted, and the next apply goes on with it.
func TestAccProtectedVM_interrupt(t *testing.T) {
	needSignals(t)
	t.Parallel()
	slow := lifecycleConfig(`operation_time = "1h"`, contoso()+web())
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()))
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", slow)
	p := protectsPartly(w)
	p.Interrupt()
	r := wantEnded(t, p)
	wantOutput(t, r, "Warning: Protection of a VM interrupted", "The last thing the service said was: InProgress", "The next apply goes on from there.")
	state := w.State()[webAddress]
	if state == nil || state["(status)"] != "" || !strings.EqualFold(fmt.Sprint(state["id"]), webItem) {
		t.Fatalf("in the state: %v", state)
	}
	for _, args := range [][]string{nil, {"-refresh=false"}} {
		plan := w.Plan(args...)
		wantActions(t, plan, map[string]string{webAddress: "update"})
		wantOutput(t, plan.Result, "Warning: Protection of a VM is not finished", "nothing is replaced")
	}

	// An hour later the operation has ended.
	w.Write("main.tf", lifecycleConfig(`clock_offset = "61m"`, contoso()+web()))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	w.MustPlanNothing("-refresh=false")
	w.MustRun("destroy", "-auto-approve")
}

// Whatever interrupts a change of a protection or its end, the resource stays in the state, the next apply goes on from
// what the service has made of it, and then there is nothing to do.
func TestAccProtectedVM_interruptedChanges(t *testing.T) {
	needSignals(t)
	t.Parallel()
	const enhanced, stopped = `backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`, `protection_state = "ProtectionStopped"`
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
	w.MustRun("apply", "-auto-approve")
	for i, step := range []struct {
		change     string
		web        string
		end        func(*acctest.Process)
		state, pol string // at the end
	}{
		{"policy", web(enhanced), (*acctest.Process).Interrupt, "Protected", "EnhancedPolicy"},
		{"stop and disks", web(enhanced, stopped, `exclude_disk_luns = [1]`), (*acctest.Process).Kill, "ProtectionStopped", "EnhancedPolicy"},
		{"resume", web(enhanced, `protection_state = "Protected"`), (*acctest.Process).Interrupt, "Protected", "EnhancedPolicy"},
		{"destroy", "", (*acctest.Process).Interrupt, "", ""},
	} {
		slow := fmt.Sprintf(`operation_time = "1h", clock_offset = "%dh"`, 3*i)
		w.Write("main.tf", lifecycleConfig(slow, contoso()+step.web))
		p := protectsPartly(w)
		step.end(p)
		if r := p.Wait(); r.ExitCode == 1 {
			wantOutput(t, r, "interrupted. The last thing the service said was: InProgress.", "The next apply looks at what has come of it")
		}
		if w.State()[webAddress] == nil {
			t.Fatalf("%s: not in the state any more", step.change)
		}
		// The operation has ended, and so will the next.
		w.Write("main.tf", lifecycleConfig(fmt.Sprintf(`clock_offset = "%dh"`, 3*i+2), contoso()+step.web))
		if r := w.MustRun("apply", "-auto-approve"); strings.Contains(r.Output, "the protection is to be destroyed") {
			t.Errorf("%s: what is gone already is to be destroyed:\n%s", step.change, r.Output)
		}
		state := w.State()[webAddress]
		if state["protection_state"] == "IRPending" {
			state["protection_state"] = "Protected" // the clock tells whether a backup has been due since
		}
		if step.state == "" && state != nil || step.state != "" && (state["protection_state"] != step.state || !strings.HasSuffix(fmt.Sprint(state["backup_policy_id"]), step.pol)) {
			t.Errorf("%s: %v", step.change, state)
		}
		w.MustPlanNothing()
	}
}

// A time that runs out leaves the protection in the state, not tainted: in an immutable vault it could neither be deleted nor
// replaced. The next apply goes on with it, and it is that very protection.
func TestAccProtectedVM_timeout(t *testing.T) {
	t.Parallel()
	for _, immutability := range []string{"Disabled", "Unlocked", "Locked"} {
		t.Run(immutability, func(t *testing.T) {
			t.Parallel()
			immutable := contoso(`immutability = "` + immutability + `"`)
			w := acctest.NewWorkspace(t, lifecycleConfig("", immutable))
			w.MustRun("apply", "-auto-approve")
			w.Write("main.tf", lifecycleConfig(`operation_time = "1h"`, immutable+web(`timeouts = { create = "1s" }`)))
			start := time.Now()
			r := w.MustRun("apply", "-auto-approve")
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
			wantOutput(t, r, "Warning: Protection of a VM is not finished", `the time ran out (timeouts.create = "1s"). The last thing the service said was: InProgress`,
				"The next apply goes on from there. A larger timeouts.create gives it more time.")
			if state := w.State()[webAddress]; state == nil || state["(status)"] != "" {
				t.Errorf("in the state: %v", state)
			}
			w.Write("main.tf", lifecycleConfig(`clock_offset = "61m"`, immutable+web()))
			wantActions(t, w.Plan(), map[string]string{webAddress: "update"})
			w.MustRun("apply", "-auto-approve")
			w.MustPlanNothing()
		})
	}
}
