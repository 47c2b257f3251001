package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// Azure shows the duration of a tiering in months afterwards, converted or with the number as it was. Neither is a change in every
// plan from then on; another number is one, and so is what the configuration says anew.
func TestAccVMPolicy_tieringShownInMonths(t *testing.T) {
	t.Parallel()
	for name, shown := range map[string]string{"converted": `"duration":4,"durationType":"Months"`, "with the same number": `"duration":120,"durationType":"Months"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			client := newServiceClient(t, database)
			config := func(days int, tiering string) string {
				return policyConfig(database, `policy_type = "V2"`, daily, fmt.Sprintf("retention_daily = { count = %d }", days), `retention_monthly = { count = 200, days = [1] }`,
					`tiering_policy = { archived_restore_point = { mode = "TierAfter", `+tiering+` } }`)
			}
			inDays := `duration = 120, duration_type = "Days"`
			tiering := func(duration int64, unit string) statecheck.StateCheck {
				return policyHas("tiering_policy", object(map[string]knownvalue.Check{"archived_restore_point": object(map[string]knownvalue.Check{
					"duration": number(duration), "duration_type": text(unit),
				})}))
			}
			months := func() { client.edit(nightlyID, `"duration":120,"durationType":"Days"`, shown) }
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{
					{Config: config(30, inDays), ConfigStateChecks: []statecheck.StateCheck{tiering(120, "Days")}},
					{PreConfig: months, Config: config(30, inDays), ConfigPlanChecks: nothing, ConfigStateChecks: []statecheck.StateCheck{tiering(120, "Days")}},
					{Config: config(31, inDays), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{tiering(120, "Days")}},
					{
						PreConfig: months, Config: config(31, `duration = 4, duration_type = "Months"`), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{tiering(4, "Months")},
					},
					{
						PreConfig: func() {
							client.edit(nightlyID, `"duration":4,"durationType":"Months"`, `"duration":5,"durationType":"Months"`)
						},
						Config: config(31, `duration = 4, duration_type = "Months"`), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{tiering(4, "Months")},
					},
				},
			})
		})
	}
}

// What Terraform warns of while it validates it does not refuse, and says it once.
func TestAccVMPolicy_advice(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, policyWorkspace(policyBlock("test", "nightly", daily, thirtyDays, `retention_yearly = { count = 3, months = ["June", "July"], days = [31] }`)))
	ran := w.MustRun("validate")
	for _, part := range []string{"Not every month has the day", "June has no day 31. Nothing is kept for it there.", "include_last_days = true"} {
		if !strings.Contains(ran.Output, part) {
			t.Errorf("validate does not say %q: %s", part, ran.Output)
		}
	}
	ran = w.MustRun("apply", "-auto-approve")
	if n := strings.Count(ran.Output, "Not every month has the day"); n != 1 {
		t.Errorf("apply says it %d times: %s", n, ran.Output)
	}
	w.Write("main.tf", policyWorkspace(policyBlock("test", "nightly", daily, thirtyDays,
		`retention_yearly = { count = 3, months = ["June", "July"], include_last_days = true }`)))
	if ran := w.MustRun("apply", "-auto-approve"); strings.Contains(ran.Output, "Not every month") {
		t.Errorf("the advice does not help: %s", ran.Output)
	}
}
