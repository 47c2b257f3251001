package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// policyWorkspace is a configuration for a workspace, with the vault contoso.
func policyWorkspace(resources ...string) string {
	return requiredProviders("azurebackup/backup") + "provider \"backup\" { environment = \"embedded\" }\n" + aVaultBlock + strings.Join(resources, "")
}

// The message of a policy that is in the way holds what it takes to adopt it.
func TestAccVMPolicy_existsAlready(t *testing.T) {
	t.Parallel()
	skipBelow(t, 5, "import blocks")
	w := acctest.NewWorkspace(t, policyWorkspace())
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, databaseOf(w)).do(http.MethodPut, nightlyID, dailyDocument)
	adopted := policyBlock("example", "Nightly", daily, thirtyDays)
	w.Write("main.tf", policyWorkspace(adopted))
	r := w.Run("plan")
	if r.ExitCode != 1 {
		t.Fatalf("a policy that exists is planned:\n%s", r.Output)
	}
	wantOutput(t, r, "Backup policy exists already", `The vault "contoso" has a policy named "Nightly" already.`)
	_, block, found := strings.Cut(r.Output, "import {")
	block, _, closed := strings.Cut(block, "}")
	if !found || !closed {
		t.Fatalf("no import block:\n%s", r.Output)
	}
	// Lines are joined in Output; HCL wants them apart.
	block = strings.Replace(strings.TrimSpace(block), " id =", "\n  id =", 1)
	w.Write("import.tf", "import {\n  "+block+"\n}\n")
	plan := w.Plan()
	wantActions(t, plan, map[string]string{})
	w.MustRun("apply", plan.File)
	w.MustPlanNothing()

	// One that a resource of the configuration has already is taken, too; what says so depends on which of the two is planned first.
	w.Write("import.tf", policyBlock("again", "NIGHTLY", daily, thirtyDays))
	r = w.Run("plan")
	if taken := strings.Contains(r.Output, "Backup policy exists already") || strings.Contains(r.Output, "Two resources for one object"); r.ExitCode != 1 || !taken {
		t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
	}

	w.Write("import.tf", policyBlock("default", "DefaultPolicy", daily, thirtyDays))
	wantOutput(t, w.Run("plan"), `The vault "contoso" has a policy named "DefaultPolicy" already. Every vault has it from birth.`, "data source backup_policy_vm",
		`id = "`+contosoID+`/backupPolicies/DefaultPolicy"`)
}

const dailyDocument = `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"UTC",
	"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["2026-01-01T23:00:00Z"]},
	"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{"retentionTimes":["2026-01-01T23:00:00Z"],
	"retentionDuration":{"count":30,"durationType":"Days"}}}}}`

func TestAccVMPolicy_refusedAtPlan(t *testing.T) {
	t.Parallel()
	literal := strings.Replace(policyBlock("test", "nightly", daily, thirtyDays), "backup_vault.test.id", `"`+contosoID+`"`, 1)
	for name, test := range map[string]struct{ body, want string }{
		"born with, by a literal id": {
			aVaultBlock + strings.Replace(strings.Replace(literal, `"nightly"`, `"DefaultPolicy"`, 1), daily, daily+"\n depends_on = [backup_vault.test]", 1),
			`Every vault has a policy named "DefaultPolicy" from birth`,
		},
		"no vault": {literal, "There is no vault " + contosoID + ` in the environment "embedded".`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, acctest.Config(acctest.Database(t), test.body), test.want)
		})
	}
}

// The vault of a literal id is there when the policy is made, if it is planned before.
func TestAccVMPolicy_literalIDOfANewVault(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := strings.Replace(policyConfig(database, daily, thirtyDays, "depends_on = [backup_vault.test]"), "backup_vault.test.id", `"`+contosoID+`"`, 1)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps:                    []resource.TestStep{{Config: config}},
	})
}

// A policy that VMs have is not destroyed; the plan says which, and so does the service.
func TestAccVMPolicy_inUse(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, policyWorkspace(policyBlock("test", "nightly", daily, thirtyDays)))
	w.MustRun("apply", "-auto-approve")
	client := newServiceClient(t, databaseOf(w))
	client.protectBy("nightly", "vm-b", "vm-a")
	client.protectBy("DefaultPolicy", "vm-other")
	const both = "2 VMs have it: vm-a, vm-b."
	w.Write("main.tf", policyWorkspace())
	r := w.MustRun("plan")
	wantOutput(t, r, "Backup policy is in use", `Policy "nightly" of vault "contoso" is to be destroyed. `+both)
	if strings.Contains(r.Output, "vm-other") {
		t.Errorf("a VM with another policy is named:\n%s", r.Output)
	}
	w.Write("main.tf", policyWorkspace(policyBlock("test", "nightly", `policy_type = "V2"`, daily, thirtyDays)))
	wantOutput(t, w.MustRun("plan"), "is to be replaced. "+both, "create_before_destroy = true")
	w.Write("main.tf", policyWorkspace())
	if r := w.Run("apply", "-auto-approve"); r.ExitCode != 1 {
		t.Errorf("a policy in use is destroyed:\n%s", r.Output)
	} else {
		wantOutput(t, r, "BMSUserErrorPolicyObjectInUse", "Give these VMs another policy or stop protecting them first: vm-a, vm-b.")
	}
	client.protectBy("DefaultPolicy", "vm-a", "vm-b")
	if r := w.MustRun("apply", "-auto-approve"); strings.Contains(r.Output, "is in use") {
		t.Errorf("nobody has it any more:\n%s", r.Output)
	}
}

// Destroying everything is no reason to warn, unless the VMs keep the policy after their protection is destroyed.
func TestAccVMPolicy_destroyedWithItsVMs(t *testing.T) {
	t.Parallel()
	config := func(deletion string) string {
		return strings.Replace(policyWorkspace(policyBlock("test", "nightly", daily, thirtyDays), fmt.Sprintf(`resource "backup_protected_vm" "test" {
  count            = 2
  vault_id         = backup_vault.test.id
  backup_policy_id = backup_policy_vm.test.id
  source_vm_id     = "/subscriptions/%s/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/vm-${count.index}"
  deletion_policy  = %q
}
`, defaultSubscription, deletion)), `"eastus"`, "\"eastus\"\n  immutability = \"Unlocked\"", 1)
	}
	const warning = "Backup policy is in use"
	w := acctest.NewWorkspace(t, config("retain_data"))
	w.MustRun("apply", "-auto-approve")
	if r := w.MustRun("plan", "-destroy"); strings.Contains(r.Output, warning) {
		t.Errorf("the VMs leave the policy:\n%s", r.Output)
	}
	w.Write("main.tf", config("suspend"))
	w.MustRun("apply", "-auto-approve")
	wantOutput(t, w.MustRun("plan", "-destroy"), warning, "2 VMs have it: vm-0, vm-1.")
}

// A shorter retention is refused by what the vault is going to be when the policy is changed.
func TestAccVMPolicy_immutableVault(t *testing.T) {
	t.Parallel()
	vaultOf := func(immutability string) string {
		return strings.Replace(aVaultBlock, "}", "  immutability = \""+immutability+"\"\n}", 1)
	}
	const weeks = `retention_weekly = { count = 12, weekdays = ["Sunday"] }`
	config := func(immutability string, attributes ...string) string {
		return strings.Replace(policyWorkspace(policyBlock("test", "nightly", append(attributes, daily)...)), aVaultBlock, vaultOf(immutability), 1)
	}
	const fewer = `retention_daily = { count = 20 }`
	w := acctest.NewWorkspace(t, config("Unlocked", thirtyDays, weeks))
	w.MustRun("apply", "-auto-approve")
	for name, test := range map[string]struct {
		config string
		want   []string // nothing is wrong
	}{
		"shorter": {config("Unlocked", fewer, weeks), []string{
			"Retention cannot be shortened in an immutable vault", "retention_daily goes from 30 days to 20 days.",
			`The immutability of the vault "contoso" is Unlocked`, `Set the immutability of the vault to "Disabled" first`, "retention_daily = { count = 20 }",
		}},
		"a rule removed":               {config("Unlocked", thirtyDays), []string{"retention_weekly is removed, which keeps recovery points for 12 weeks."}},
		"locked meanwhile":             {config("Locked", fewer, weeks), []string{"is Locked", "need a vault of their own"}},
		"disabled with it":             {config("Disabled", fewer), nil},
		"longer, and another schedule": {strings.Replace(config("Unlocked", `retention_daily = { count = 31 }`, weeks), "23:00", "03:00", 1), nil},
	} {
		w.Write("main.tf", test.config)
		if test.want == nil {
			w.MustRun("plan")
			continue
		}
		r := w.Run("plan")
		if r.ExitCode != 1 {
			t.Errorf("%s is planned:\n%s", name, r.Output)
		}
		wantOutput(t, r, test.want...)
	}
	// What only the service can find is its refusal, and the vault is disabled before the policy changes.
	w.Write("main.tf", config("Unlocked", "retention_daily = { count = terraform_data.days.output }", weeks)+"resource \"terraform_data\" \"days\" {\n  input = 20\n}\n")
	if r := w.Run("apply", "-auto-approve"); r.ExitCode != 1 || !strings.Contains(r.Output, "retention_daily goes from 30 days to 20 days") {
		t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
	}
	w.Write("main.tf", config("Disabled", fewer))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
}

// The warning comes once for a run, and not where clocks do not change.
func TestAccVMPolicy_daylightSaving(t *testing.T) {
	t.Parallel()
	const warning = "The service does not follow daylight saving time"
	zone := func(name, zone string) string {
		return policyBlock(name, name, daily, thirtyDays, `timezone = "`+zone+`"`)
	}
	w := acctest.NewWorkspace(t, policyWorkspace(zone("shanghai", "Asia/Shanghai"), zone("utc", "UTC"), zone("tokyo", "Tokyo Standard Time")))
	if r := w.MustRun("plan"); strings.Contains(r.Output, warning) {
		t.Errorf("no clock changes:\n%s", r.Output)
	}
	w.Write("main.tf", policyWorkspace(zone("shanghai", "Asia/Shanghai"), zone("berlin", "Europe/Berlin"), zone("new_york", "Eastern Standard Time")))
	if r := w.MustRun("plan"); strings.Count(r.Output, warning) != 1 || strings.Contains(r.Output, "more similar warning") {
		t.Errorf("want one warning:\n%s", r.Output)
	}
	w.MustRun("apply", "-auto-approve")
	if r := w.MustPlanNothing(); strings.Contains(r.Output, warning) {
		t.Errorf("nothing is planned, and still it warns:\n%s", r.Output)
	}
}

// One that came between plan and apply is not written over, and not taken into the state either, from where the next
// apply would destroy it.
func TestAccVMPolicy_appearsBeforeApply(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, policyWorkspace())
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", policyWorkspace(policyBlock("test", "nightly", daily, `retention_daily = { count = 99 }`)))
	plan := w.Plan()
	client := newServiceClient(t, databaseOf(w))
	client.do(http.MethodPut, nightlyID, dailyDocument)
	if r := w.Run("apply", plan.File); r.ExitCode != 1 {
		t.Errorf("a policy is written over:\n%s", r.Output)
	} else {
		wantOutput(t, r, "Backup policy exists already", `id = "`+nightlyID+`"`, "replaced with create_before_destroy")
	}
	if addresses := w.Addresses(); len(addresses) != 1 {
		t.Errorf("in the state: %v", addresses)
	}
	if days := client.properties(nightlyID)["retentionPolicy"]; !strings.Contains(fmt.Sprint(days), "count:30") {
		t.Errorf("the policy was written over: %v", days)
	}
}
