package provider_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// Whatever the protection is set to, the policy stays in the state, and the next plan is empty; also when the policy changes
// at the same time. One that changed with a suspension was never given to the service, so that every plan showed it again.
func TestAccProtectedVM_states(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	vault := contoso()
	var steps []resource.TestStep
	action, policy := plancheck.ResourceActionCreate, "DefaultPolicy"
	for _, step := range []struct {
		attribute, state string
		next             knownvalue.Check
		none             bool // there is nothing to do
		enhances         bool // changes the policy, too
	}{
		{attribute: `protection_state = "ProtectionStopped"`, state: "ProtectionStopped", next: knownvalue.Null()},
		{attribute: `protection_state = "Protected"`, state: "Protected", next: knownvalue.NotNull()},
		{attribute: `protection_state = "BackupsSuspended"`, state: "BackupsSuspended", next: knownvalue.Null(), enhances: true},
		{attribute: "protection_state = \"BackupsSuspended\"\n  deletion_policy = \"retain_data\"", state: "BackupsSuspended", next: knownvalue.Null()},
		{attribute: `protection_state = "IRPending"`, state: "IRPending", next: knownvalue.NotNull()},
		{attribute: `protection_state = "Protected"`, state: "IRPending", next: knownvalue.NotNull(), none: true},
		{attribute: `protection_state = "ProtectionStopped"`, state: "ProtectionStopped", next: knownvalue.Null()},
	} {
		if step.state == "BackupsSuspended" {
			vault = contoso(`immutability = "Unlocked"`) // in the same apply
		}
		if step.enhances {
			policy = "EnhancedPolicy"
		}
		config := acctest.Config(database, vault+web(step.attribute, `backup_policy_id = "${backup_vault.test.id}/backupPolicies/`+policy+`"`))
		checks := plansWeb(action)
		if step.none {
			checks = nothing
		}
		steps = append(steps, resource.TestStep{
			Config: config, ConfigPlanChecks: checks,
			ConfigStateChecks: []statecheck.StateCheck{
				hasWeb("protection_state", text(step.state)), hasWeb("backup_policy_id", text(contosoID+"/backupPolicies/"+policy)), hasWeb("next_scheduled_backup", step.next),
				sameID.AddStateValue(webAddress, attribute("id")),
			},
		})
		action = plancheck.ResourceActionUpdate
	}
	// An immutable vault keeps its backups, so the protection is left behind.
	steps = append(steps,
		resource.TestStep{Config: acctest.Config(database, vault+web(`protection_state = "ProtectionStopped"`, `backup_policy_id = null`)), ConfigPlanChecks: nothing},
		resource.TestStep{Config: acctest.Config(database, contoso(`immutability = "Disabled"`)+web(`protection_state = "ProtectionStopped"`))},
	)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

// Policy, disks and what is said of the region change in place.
func TestAccProtectedVM_updateInPlace(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	recorder := &acctest.Recorder{}
	numbers := func(n ...int64) knownvalue.Check {
		var checks []knownvalue.Check
		for _, i := range n {
			checks = append(checks, knownvalue.Int64Exact(i))
		}
		return knownvalue.SetExact(checks)
	}
	puts := 0
	step := func(action plancheck.ResourceActionType, wantPuts int, attributes []string, checks ...statecheck.StateCheck) []resource.TestStep {
		config := acctest.Config(database, contoso()+web(attributes...))
		return []resource.TestStep{
			{
				PreConfig: func() { recorder.Take() }, Config: config, ConfigPlanChecks: plansWeb(action),
				ConfigStateChecks: append(checks, sameID.AddStateValue(webAddress, attribute("id"))),
			},
			{
				PreConfig: func() {
					if puts = count(recorder.Take(), "PUT"); puts != wantPuts {
						t.Errorf("%v: %d PUTs, want %d", attributes, puts, wantPuts)
					}
				},
				Config: config, ConfigPlanChecks: nothing,
			},
		}
	}
	enhanced := `backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`
	var steps []resource.TestStep
	for _, s := range [][]resource.TestStep{
		step(plancheck.ResourceActionCreate, 2, []string{`include_disk_luns = [63, 0]`}, hasWeb("include_disk_luns", numbers(0, 63))), // the vault is the other
		step(plancheck.ResourceActionUpdate, 1, []string{enhanced, `include_disk_luns = [63, 0]`},
			hasWeb("backup_policy_id", text(contosoID+"/backupPolicies/EnhancedPolicy")), hasWeb("include_disk_luns", numbers(0, 63))),
		step(plancheck.ResourceActionUpdate, 1, []string{enhanced, `exclude_disk_luns = [1]`}, hasWeb("include_disk_luns", knownvalue.Null()), hasWeb("exclude_disk_luns", numbers(1))),
		step(plancheck.ResourceActionUpdate, 1, []string{enhanced}, hasWeb("exclude_disk_luns", knownvalue.Null())),
		step(plancheck.ResourceActionUpdate, 0, []string{enhanced, `deletion_policy = "retain_data"`, `timeouts = { read = "1m" }`}, hasWeb("deletion_policy", text("retain_data"))),
		step(plancheck.ResourceActionNoop, 0, []string{enhanced, `deletion_policy = "retain_data"`, `timeouts = { read = "1m" }`, `source_vm_region = "CHINA EAST"`}),
		step(plancheck.ResourceActionUpdate, 0, []string{enhanced}, hasWeb("deletion_policy", text("delete"))),
	} {
		steps = append(steps, s...)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(recorder.Option()), Steps: steps})
}

// What somebody does behind Terraform's back is made good: a protection that was deleted comes back.
func TestAccProtectedVM_drift(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := acctest.Config(database, contoso()+web(`protection_state = "Protected"`))
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: func() { client.do(http.MethodDelete, webItem, "") }, Config: config, ConfigPlanChecks: plansWeb(plancheck.ResourceActionCreate)},
		},
	})
}
