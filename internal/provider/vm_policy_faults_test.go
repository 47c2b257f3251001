package provider_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// Answers that are lost or throttled are no failure, and a create that the service has accepted is never lost, although its
// time has run out meanwhile.
func TestAccVMPolicy_faultsAreSurvived(t *testing.T) {
	put := embedded.FaultRule{Kind: embedded.KindPolicy, Method: http.MethodPut}
	lost, throttled, slow, lostDelete := put, put, put, put
	lost.Act, lost.Drop = true, true
	throttled.Status, throttled.RetryAfter = http.StatusTooManyRequests, time.Millisecond
	slow.Delay = 900 * time.Millisecond
	lostDelete.Method, lostDelete.Act, lostDelete.Drop = http.MethodDelete, true, true
	for name, test := range map[string]struct {
		rule       embedded.FaultRule
		attributes []string
	}{
		"answer lost":           {lost, nil},
		"throttled":             {throttled, nil},
		"time runs out":         {slow, []string{`timeouts = { create = "300ms", update = "1m" }`}},
		"answer to delete lost": {lostDelete, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			faults, option := withFaults()
			config := policyConfig(database, append(test.attributes, daily, thirtyDays)...)
			changed := policyConfig(database, append(test.attributes, daily, `retention_daily = { count = 31 }`)...)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(option),
				Steps: []resource.TestStep{
					{PreConfig: func() { faults.Add(test.rule) }, Config: config, ConfigStateChecks: []statecheck.StateCheck{policyHas("id", text(nightlyID))}},
					{Config: config, ConfigPlanChecks: nothing},
					{
						PreConfig: func() { faults.Clear(); faults.Add(test.rule) }, Config: changed, ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{policyHas("retention_daily", object(map[string]knownvalue.Check{"count": number(31)}))},
					},
					{Config: changed, ConfigPlanChecks: nothing},
				},
			})
		})
	}
}

// A refusal leaves nothing of a new policy, and leaves an old one as it was.
func TestAccVMPolicy_refused(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	faults, option := withFaults()
	refuse := func() {
		rule := broken
		rule.Kind, rule.Method = embedded.KindPolicy, http.MethodPut
		faults.Add(rule)
	}
	before, after := policyConfig(database, daily, thirtyDays), policyConfig(database, daily, `retention_daily = { count = 31 }`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(option),
		Steps: []resource.TestStep{
			{PreConfig: refuse, Config: before, ExpectError: message(`Policy "nightly" of vault "contoso": the service refused. Broken: It broke.`)},
			{Config: before, ConfigPlanChecks: policyPlans(plancheck.ResourceActionCreate)},
			{PreConfig: refuse, Config: after, ExpectError: message("Broken: It broke.")},
			{Config: before, ConfigPlanChecks: nothing},
		},
	})
}
