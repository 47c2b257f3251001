package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// knownLate is a value that is known only when it is applied, when it changes with the one before.
func knownLate(name, value string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %s\n}\n", name, value)
}

// Modules that were made for azurerm pass [] for what is not set. That was refused; it means nothing is set. Each step is
// planned twice more by the test framework, which has to find nothing to do.
func TestAccEmptySets_disks(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	recorder := &acctest.Recorder{}
	disks := func(include, exclude string) string {
		return acctest.Config(database, contoso()+web("include_disk_luns = "+include, "exclude_disk_luns = "+exclude))
	}
	fromLate := func(luns string) string {
		return acctest.Config(database, contoso()+web("include_disk_luns = toset(terraform_data.luns.output)")+knownLate("luns", luns))
	}
	var steps []resource.TestStep
	want, puts := "", 0
	for _, step := range []struct {
		config, disks string
		action        plancheck.ResourceActionType
		puts          int
	}{
		{disks(`[]`, `[]`), allDisks, plancheck.ResourceActionCreate, 2}, // the vault is the other
		{disks(`[1]`, `[]`), diskOne, plancheck.ResourceActionUpdate, 1},
		{disks(`[]`, `[]`), allDisks, plancheck.ResourceActionUpdate, 1},
		{disks(`null`, `[]`), allDisks, plancheck.ResourceActionUpdate, 0}, // Terraform shows it; the service hears nothing
		{disks(`[]`, `null`), allDisks, plancheck.ResourceActionUpdate, 0},
		{disks(`[1]`, `null`), diskOne, plancheck.ResourceActionUpdate, 1},
		{disks(`null`, `null`), allDisks, plancheck.ResourceActionUpdate, 1},
		{fromLate(`[]`), allDisks, plancheck.ResourceActionUpdate, 0},
		{fromLate(`[1]`), diskOne, plancheck.ResourceActionUpdate, 1},
		{fromLate(`[]`), allDisks, plancheck.ResourceActionUpdate, 1},
	} {
		before, sent := want, puts
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				if n := count(recorder.Take(), "PUT"); before != "" && n != sent {
					t.Errorf("%d PUTs, want %d, before\n%s", n, sent, step.config)
				}
				if before != "" {
					service.wantDisks(before)
				}
			},
			Config: step.config, ConfigPlanChecks: plansWeb(step.action),
		})
		want, puts = step.disks, step.puts
	}
	steps = append(steps, resource.TestStep{PreConfig: steps[0].PreConfig, Config: fromLate(`[]`), ConfigPlanChecks: nothing})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(recorder.Option()), Steps: steps})
}

// An import has null, so that [] in the configuration is written down once, without a call to the service.
func TestAccEmptySets_import(t *testing.T) {
	t.Parallel()
	skipBelow(t, 5, "import blocks")
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()))
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, databaseOf(w)).putWeb(`"policyId":"` + defaultPolicy + `"`)
	w.Write("main.tf", lifecycleConfig("", contoso()+web("include_disk_luns = []", "exclude_disk_luns = []")+
		"import {\n  to = "+webAddress+"\n  id = \""+webItem+"\"\n}\n"))
	w.Setenv("TF_LOG_PROVIDER", "DEBUG")
	if r := w.MustRun("apply", "-auto-approve"); strings.Contains(r.Output, "(known after apply)") || strings.Contains(w.Log(), "PUT") {
		t.Errorf("the service is asked for a change:\n%s", r.Output)
	}
	w.MustPlanNothing()
	w.MustPlanNothing("-refresh=false")
	w.MustRun("destroy", "-auto-approve")
}

// Every optional set of a policy may be empty where it may be left out.
func TestAccEmptySets_policy(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	const (
		emptyDaily = `backup = { frequency = "Daily", time = "23:00", weekdays = [] }`
		byWeek     = `{ count = 12, weekdays = ["Sunday"], weeks = ["First"], days = %[1]s }`
		byDate     = `{ count = 12, weekdays = %[1]s, weeks = %[1]s, days = [1] }`
		lastDay    = `{ count = 12, weekdays = %[1]s, weeks = %[1]s, days = %[1]s, include_last_days = true }`
	)
	config := func(backup, monthly, empty string, more ...string) string {
		monthly = fmt.Sprintf(monthly, empty)
		return policyConfig(database, append(more, backup, thirtyDays, "retention_monthly = "+monthly,
			"retention_yearly = "+strings.Replace(monthly, "{", `{ months = ["May"], `, 1))...)
	}
	late := func(value string) string {
		return config(emptyDaily, byWeek, `toset(terraform_data.days.output)`) + knownLate("days", value)
	}
	var steps []resource.TestStep
	puts := 0
	for _, step := range []struct {
		config string
		action plancheck.ResourceActionType
		puts   int
	}{
		{config(emptyDaily, byWeek, `[]`), plancheck.ResourceActionCreate, 2}, // the vault is the other
		{config(daily, byWeek, `null`), plancheck.ResourceActionUpdate, 0},
		{config(emptyDaily, byWeek, `[]`), plancheck.ResourceActionUpdate, 0},
		{config(emptyDaily, byDate, `[]`), plancheck.ResourceActionUpdate, 1},
		{config(emptyDaily, lastDay, `[]`), plancheck.ResourceActionUpdate, 1},
		{config(emptyDaily, lastDay, `null`, `timeouts = { read = "1m" }`), plancheck.ResourceActionUpdate, 0},
		{config(emptyDaily, byDate, `null`), plancheck.ResourceActionUpdate, 1},
		{late(`[]`), plancheck.ResourceActionUpdate, 1},
	} {
		sent := puts
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				if n := count(recorder.Take(), "PUT"); n != sent {
					t.Errorf("%d PUTs, want %d, before\n%s", n, sent, step.config)
				}
			},
			Config:           step.config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("backup_policy_vm.test", step.action)}},
		})
		puts = step.puts
	}
	steps = append(steps, resource.TestStep{Config: late(`[]`), ConfigPlanChecks: nothing})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(recorder.Option()), Steps: steps})
}

// An identity without user-assigned ones takes an empty set of them.
func TestAccEmptySets_identity(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	config := func(kind, ids string) string {
		return acctest.Config(database, contoso(fmt.Sprintf(`identity = { type = %q, identity_ids = %s }`, kind, ids)))
	}
	var steps []resource.TestStep
	for _, step := range []struct {
		config string
		writes int // of the step before
	}{
		{config("SystemAssigned", `[]`), 0},
		{config("SystemAssigned", `null`), 1},
		{config("SystemAssigned", `[]`), 0},
		{config("UserAssigned", `["`+identityA+`"]`), 0},
		{config("SystemAssigned", `[]`), 1},
		{config("SystemAssigned", `toset(terraform_data.ids.output)`) + knownLate("ids", `[]`), 1},
		{config("SystemAssigned", `null`), 0},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				calls := recorder.Take()
				if n := count(calls, "PUT") + count(calls, "PATCH"); n != step.writes {
					t.Errorf("%d writes, want %d, before\n%s", n, step.writes, step.config)
				}
			},
			Config: step.config,
		})
	}
	refused := resource.TestStep{Config: config("UserAssigned", `[]`), PlanOnly: true, ExpectError: message("Missing identity ids")}
	steps = append([]resource.TestStep{refused}, steps...)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(recorder.Option()), Steps: steps})
}
