package provider_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
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

// forgetful is a service that takes policies, and keeps 40 days whatever they say.
type forgetful struct{ next policy.Transporter }

func (f forgetful) Do(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPut && strings.Contains(req.URL.Path, "/backupPolicies/") {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.Replace(body, []byte(`"count":30`), []byte(`"count":40`), 1)
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	return f.next.Do(req)
}

// What the service makes something else of is an error that names it, and the state has what there is.
func TestAccVMPolicy_settingIgnored(t *testing.T) {
	t.Parallel()
	config := policyConfig(acctest.Database(t), daily, thirtyDays)
	option := backend.WithTransport(func(next policy.Transporter) policy.Transporter { return forgetful{next} })
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(option),
		Steps: []resource.TestStep{
			{Config: config, ExpectError: message("did not keep these settings: retention_daily. The state has what it made of them.")},
			{Config: strings.Replace(config, "count = 30", "count = 40", 1), ConfigStateChecks: []statecheck.StateCheck{policyHas("id", text(nightlyID))}},
		},
	})
}

// Ctrl-C while a change is on its way to the VMs of a policy: the state has the policy as it was, and the next plan finds it
// as the service has made it. What the service says is logged once, not at every look.
func TestAccVMPolicy_interruptedUpdate(t *testing.T) {
	needSignals(t)
	t.Parallel()
	config := func(embedded, days string) string {
		return strings.Replace(policyWorkspace(policyBlock("test", "nightly", daily, `retention_daily = { count = `+days+` }`)),
			`environment = "embedded"`, "\n  environment = \"embedded\"\n  embedded = { "+embedded+" }\n", 1)
	}
	w := acctest.NewWorkspace(t, config(``, "30"))
	w.MustRun("apply", "-auto-approve")
	newServiceClient(t, databaseOf(w)).protectBy("nightly", "vm-a")
	w.Write("main.tf", config(`operation_time = "1h"`, "31"))
	p := w.Start("apply", "-auto-approve")
	p.WaitForLog(`waiting for backup policy: .*status=InProgress`)
	p.Interrupt()
	wantOutput(t, wantEnded(t, p), "Unable to update backup policy", `Policy "nightly" of vault "contoso": interrupted.`, "The next apply looks at what has come of it")
	if days := fmt.Sprint(w.State()[policyAddress]["retention_daily"]); days != "map[count:30]" {
		t.Errorf("retention_daily is %s in the state", days)
	}
	if lines := strings.Count(w.Log(), "waiting for backup policy: "); lines != 1 {
		t.Errorf("%d lines are logged:\n%s", lines, w.Log())
	}
	w.Write("main.tf", config(`clock_offset = "2h"`, "31"))
	w.MustPlanNothing()
}
