package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// What somebody stopped or suspended with another tool was "No changes", although the configuration has a policy.
func TestAccProtectedVM_stoppedElsewhere(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"ProtectionStopped", "BackupsSuspended"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			config := lifecycleConfig("", contoso(`immutability = "Unlocked"`)+web("exclude_disk_luns = [1]"))
			w := acctest.NewWorkspace(t, config)
			w.MustRun("apply", "-auto-approve")
			service := newServiceClient(t, databaseOf(w))
			service.putWeb(`"protectionState":"` + state + `"`)

			plan := w.Plan()
			wantActions(t, plan, map[string]string{webAddress: "update"})
			wantChange(t, plan, "protection_state", `"`+state+`" -> "Protected"`)
			w.MustRun("apply", plan.File)
			service.wantProtection("IRPending", "DefaultPolicy")
			service.wantDisks(`{"diskLunList":[1],"isInclusionList":false}`)
			w.MustPlanNothing()
			w.MustPlanNothing("-refresh=false")

			// What the configuration asks for by name is no difference.
			explicit := strings.Replace(config, "exclude_disk_luns", `protection_state = "`+state+"\"\n  exclude_disk_luns", 1)
			w.Write("main.tf", explicit)
			w.MustRun("apply", "-auto-approve")
			w.MustPlanNothing()
			// Taking the words out of the configuration goes back.
			w.Write("main.tf", config)
			wantChange(t, w.Plan(), "protection_state", `"`+state+`" -> "Protected"`)
		})
	}
}

// wantProtection checks the state and the policy that the service has for web-1.
func (c serviceClient) wantProtection(state, policy string) {
	c.t.Helper()
	there := c.properties(webItem)
	if policy != "" {
		policy = contosoID + "/backupPolicies/" + policy
	}
	if diff := cmp.Diff([]any{state, policy}, []any{there["protectionState"], there["policyId"]}); diff != "" {
		c.t.Errorf("protection in the service (-want +got):\n%s", diff)
	}
}

// What else the configuration says of a protection that was stopped elsewhere decides what is planned.
func TestAccProtectedVM_stoppedElsewhereAnd(t *testing.T) {
	t.Parallel()
	const enhanced = `backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`
	late := func(policy string) string {
		return "resource \"terraform_data\" \"policy\" {\n  input = " + policy + "\n}\n"
	}
	fromLate := web("backup_policy_id = terraform_data.policy.output")
	for name, test := range map[string]struct {
		before, config string // the resources beside the vault; web() when empty
		change         string // of protection_state in the plan; nothing is planned when empty
		state, policy  string // in the service, after the apply
		disks          string
		fails          string // what the apply says
	}{
		"it is asked for": {
			config: web(`protection_state = "ProtectionStopped"`), state: "ProtectionStopped",
		},
		"changes are ignored": {
			before: web("lifecycle {\n    ignore_changes = [protection_state]\n  }"), config: web("lifecycle {\n    ignore_changes = [protection_state]\n  }"),
			state: "ProtectionStopped",
		},
		"all changes are ignored": {config: web("lifecycle {\n    ignore_changes = all\n  }"), state: "ProtectionStopped"},
		"changes of the policy are ignored": {
			config: web("lifecycle {\n    ignore_changes = [backup_policy_id]\n  }", enhanced),
			change: `"ProtectionStopped" -> "Protected"`, state: "IRPending", policy: "DefaultPolicy",
		},
		"another policy": {config: web(enhanced), change: `"ProtectionStopped" -> "Protected"`, state: "IRPending", policy: "EnhancedPolicy"},
		"other disks": {
			config: web(`include_disk_luns = [1]`), change: `"ProtectionStopped" -> "Protected"`, state: "IRPending", policy: "DefaultPolicy", disks: diskOne,
		},
		"suspended": {
			config: web(`protection_state = "BackupsSuspended"`), change: `"ProtectionStopped" -> "BackupsSuspended"`, state: "BackupsSuspended", policy: "DefaultPolicy",
		},
		"a policy not known yet": {
			before: fromLate + late(`"`+defaultPolicy+`"`), config: fromLate + late(`"`+strings.ToLower(defaultPolicy)+`"`),
			change: `"ProtectionStopped" -> (known after apply)`, state: "IRPending", policy: "DefaultPolicy",
		},
		"a policy not known yet, and then none": {
			before: fromLate + late(`"`+defaultPolicy+`"`), config: fromLate + late(`null`),
			change: `"ProtectionStopped" -> (known after apply)`, state: "ProtectionStopped", fails: "Missing backup policy",
		},
		"a state not known yet": {
			before: web() + late(`""`), config: web("protection_state = terraform_data.policy.output") + late(`"Protected"`),
			change: `"ProtectionStopped" -> (known after apply)`, state: "IRPending", policy: "DefaultPolicy",
		},
		"a state not known yet, and then the same": {
			before: web() + late(`""`), config: web("protection_state = terraform_data.policy.output") + late(`"ProtectionStopped"`),
			change: `"ProtectionStopped" -> (known after apply)`, state: "ProtectionStopped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := func(resources string) string {
				if resources == "" {
					resources = web()
				}
				return lifecycleConfig("", contoso(`immutability = "Unlocked"`)+resources)
			}
			w := acctest.NewWorkspace(t, config(test.before))
			w.MustRun("apply", "-auto-approve")
			service := newServiceClient(t, databaseOf(w))
			service.putWeb(`"protectionState":"ProtectionStopped"`)
			w.Write("main.tf", config(test.config))
			if test.change == "" {
				w.MustPlanNothing()
			} else {
				plan := w.Plan()
				wantChange(t, plan, "protection_state", test.change)
				if r := w.Run("apply", plan.File); test.fails == "" && r.ExitCode != 0 || test.fails != "" && !strings.Contains(r.Output, test.fails) {
					t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
				}
				if test.fails == "" {
					w.MustPlanNothing()
				}
			}
			service.wantProtection(test.state, test.policy)
			if test.disks == "" {
				test.disks = allDisks
			}
			service.wantDisks(test.disks)
		})
	}
}

// The import of a stopped protection: what the configuration asks for is planned, and what Terraform writes for it asks for
// nothing.
func TestAccProtectedVM_importOfStopped(t *testing.T) {
	t.Parallel()
	skipBelow(t, 5, "import blocks")
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()))
	w.MustRun("apply", "-auto-approve")
	service := newServiceClient(t, databaseOf(w))
	service.putWeb(`"policyId":"` + defaultPolicy + `"`)
	service.putWeb(`"protectionState":"ProtectionStopped"`)
	imported := "import {\n  to = " + webAddress + "\n  id = \"" + webItem + "\"\n%s}\n"
	w.Write("main.tf", lifecycleConfig("", contoso()+fmt.Sprintf(imported, "  provider = backup\n")))
	wantActions(t, w.Plan("-generate-config-out=generated.tf"), map[string]string{})
	w.Write("generated.tf", "")
	w.Write("main.tf", lifecycleConfig("", contoso()+fmt.Sprintf(imported, "")+web()))
	plan := w.Plan()
	wantActions(t, plan, map[string]string{webAddress: "update"})
	wantChange(t, plan, "protection_state", `"ProtectionStopped" -> "Protected"`)
	w.MustRun("apply", plan.File)
	service.wantProtection("IRPending", "DefaultPolicy")
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}

// Who changes the policy or the disks with another tool is seen, too.
func TestAccProtectedVM_changedElsewhere(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
	w.MustRun("apply", "-auto-approve")
	service := newServiceClient(t, databaseOf(w))
	service.putWeb(`"policyId":"` + contosoID + `/backupPolicies/EnhancedPolicy","extendedProperties":{"diskExclusionProperties":` + diskOne + `}`)
	// The enhanced policy stays: there is no way back from it.
	plan := w.Run("plan")
	wantOutput(t, plan, "Policy of a type that the VM has left")
	w.Write("main.tf", lifecycleConfig("", contoso()+web(`backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`)))
	planned := w.Plan()
	wantActions(t, planned, map[string]string{webAddress: "update"})
	wantOutput(t, planned.Result, "include_disk_luns")
	w.MustRun("apply", planned.File)
	service.wantDisks(allDisks)
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}
