package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// keepsAll checks that a plan destroys nothing.
type keepsAll struct{}

func (keepsAll) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if change.Change.Actions.Delete() || change.Change.Actions.Replace() {
			resp.Error = fmt.Errorf("%s: %v", change.Address, change.Change.Actions)
		}
	}
}

// However badly the service tells what became of a write, the apply ends well, in a warning or in an error that says what is
// known, and in time. The next one, when the service speaks again, destroys nothing, and after it there is nothing to do.
func TestAccBirths_whatTheServiceSpeaksBadlyOf(t *testing.T) {
	const hurried = `timeouts = { create = "1s", update = "1s" }`
	always := func(rule embedded.FaultRule) embedded.FaultRule {
		rule.Times = embedded.Always
		return rule
	}
	put := func(kind embedded.Kind, rule embedded.FaultRule) embedded.FaultRule {
		rule.Kind, rule.Method = kind, http.MethodPut
		return always(rule)
	}
	lost := embedded.FaultRule{Act: true, Drop: true}
	busy := embedded.FaultRule{Status: 503, RetryAfter: 400 * time.Millisecond, Message: "The service is away."}
	vaultBefore, vaultAfter := contoso(hurried), contoso(hurried, `tags = { a = "b" }`)
	policyBefore := contoso() + policyBlock("test", "nightly", daily, thirtyDays, hurried)
	policyAfter := contoso() + policyBlock("test", "nightly", daily, `retention_daily = { count = 31 }`, hurried)
	vmBefore, vmAfter := contoso()+web(hurried), contoso()+web(hurried, `protection_state = "ProtectionStopped"`)
	const ranOut = `the time ran out (timeouts.create = "1s"). The last thing the service said was: ServiceUnavailable: The service is away.`

	for name, test := range map[string]struct {
		before, config string
		rule           embedded.FaultRule
		fails          string
		unfinished     bool // there is something to do for the next apply
		hidden         bool // the operation on an item does not show it either
	}{
		"vault, create, all answers lost":  {"", vaultBefore, put(embedded.KindVault, lost), "", false, false},
		"vault, create, done and busy":     {"", vaultBefore, put(embedded.KindVault, embedded.FaultRule{Act: true, Status: 503, RetryAfter: time.Second}), "", false, false},
		"vault, create, busy":              {"", vaultBefore, put(embedded.KindVault, busy), ranOut, false, false},
		"vault, update, all answers lost":  {vaultBefore, vaultAfter, always(embedded.FaultRule{Kind: embedded.KindVault, Method: http.MethodPatch, Act: true, Drop: true}), "", false, false},
		"policy, create, all answers lost": {contoso(), policyBefore, put(embedded.KindPolicy, lost), "", false, false},
		"policy, create, done, not found":  {contoso(), policyBefore, put(embedded.KindPolicy, embedded.FaultRule{Act: true, Status: 404, Code: "ResourceNotFound"}), "", false, false},
		"policy, create, busy":             {contoso(), policyBefore, put(embedded.KindPolicy, busy), ranOut, false, false},
		"policy, update, all answers lost": {policyBefore, policyAfter, put(embedded.KindPolicy, lost), "", false, false},
		"VM, create, all answers lost":     {contoso(), vmBefore, put(embedded.KindProtectedItem, lost), "", false, false},
		"VM, create, operation not found":  {contoso(), vmBefore, always(embedded.FaultRule{Kind: embedded.KindProtectedItemOperation, Status: 404, Code: "ResourceNotFound"}), "", false, false},
		"VM, create, operation late":       {contoso(), vmBefore, always(embedded.FaultRule{Kind: embedded.KindProtectedItemOperation, Delay: time.Minute}), "", true, false},
		"VM, create, never seen": {
			contoso(), vmBefore,
			always(embedded.FaultRule{Kind: embedded.KindProtectedItem, Method: http.MethodGet, From: 3, Status: 404, Code: "ResourceNotFound"}), "", true, true,
		},
		"VM, create, busy":             {contoso(), vmBefore, put(embedded.KindProtectedItem, busy), ranOut, false, false},
		"VM, update, all answers lost": {vmBefore, vmAfter, put(embedded.KindProtectedItem, lost), "", false, false},
		"VM, update, operation broken": {vmBefore, vmAfter, always(embedded.FaultRule{Kind: embedded.KindProtectedItemOperation, Status: 500}), "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			faults, option := withFaults()
			config := acctest.Config(database, test.config)
			spoil := func() {
				faults.Add(test.rule)
				if test.hidden {
					faults.Add(always(embedded.FaultRule{Kind: embedded.KindProtectedItemOperation, Status: 404, Code: "ResourceNotFound"}))
				}
			}
			broken := resource.TestStep{PreConfig: spoil, Config: config, ExpectNonEmptyPlan: test.unfinished}
			if test.fails != "" {
				broken.ExpectError = message(test.fails)
			}
			steps := []resource.TestStep{
				broken,
				{
					PreConfig: func() {
						if len(faults.Matches()) == 0 {
							t.Error("the fault never happened")
						}
						faults.Clear()
					},
					Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{keepsAll{}}},
				},
				{Config: config, ConfigPlanChecks: nothing},
			}
			if test.before != "" {
				steps = append([]resource.TestStep{{Config: acctest.Config(database, test.before)}}, steps...)
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(option), Steps: steps})
		})
	}
}
