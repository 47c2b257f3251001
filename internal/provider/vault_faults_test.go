package provider_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// withFaults puts faults into the provider's service; tests add the rules as they go.
func withFaults() (*embedded.Faults, backend.Option) {
	faults := embedded.NewFaults()
	return faults, backend.WithEmbedded(func(c *embedded.Config) { c.Faults = faults })
}

// These attributes take two steps: a PUT and a PATCH at birth, since only a PATCH brings a user-assigned identity with
// its key, and the lock; two PATCHes for a vault that exists, which has to become Unlocked before it is Locked.
const manySteps = `immutability = "Locked"
  identity = { type = "UserAssigned", identity_ids = ["` + identityA + `"] }
  encryption = {
    key_id                            = "` + keyURL + `"
    infrastructure_encryption_enabled = true
    use_system_assigned_identity      = false
    user_assigned_identity_id         = "` + identityA + `"
  }`

var allSteps = []statecheck.StateCheck{
	has("immutability", text("Locked")), has("state", text("Active")),
	has("identity", object(map[string]knownvalue.Check{"type": text("UserAssigned")})),
	has("encryption", object(map[string]knownvalue.Check{"key_id": text(keyURL)})),
}

var broken = embedded.FaultRule{Kind: embedded.KindVault, Status: 409, Code: "Broken", Message: "It broke."}

// refuse is a fault at the nth request of a method for a vault.
func refuse(method string, n int) embedded.FaultRule {
	rule := broken
	rule.Method, rule.From = method, n
	return rule
}

// Each step of a create fails in turn. The vault is in the state whatever was reached, and the next apply ends with
// everything as configured.
func TestAccVault_createFailsAtEachStep(t *testing.T) {
	for name, rule := range map[string]embedded.FaultRule{
		"create":   refuse(http.MethodPut, 1),
		"the rest": refuse(http.MethodPatch, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults, option := withFaults()
			config := vaultConfig(acctest.Database(t), `region = "eastus"`, manySteps)
			next := plancheck.ResourceActionDestroyBeforeCreate // Terraform taints what a create leaves with an error
			if name == "create" {
				next = plancheck.ResourceActionCreate
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(option),
				Steps: []resource.TestStep{
					{PreConfig: func() { faults.Add(rule) }, Config: config, ExpectError: message("Broken: It broke.")},
					{PreConfig: faults.Clear, Config: config, ConfigPlanChecks: plans(next), ConfigStateChecks: allSteps},
				},
			})
		})
	}
}

// Each step of an update fails in turn. State has what was reached, and the next apply makes only the rest.
func TestAccVault_updateFailsAtEachStep(t *testing.T) {
	for name, test := range map[string]struct {
		rule embedded.FaultRule
		rest int
	}{
		"first step":  {refuse(http.MethodPatch, 1), 2},
		"second step": {refuse(http.MethodPatch, 2), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults, option := withFaults()
			database := acctest.Database(t)
			config := vaultConfig(database, `region = "eastus"`, `tags = { a = "b" }`, manySteps)
			recorder := &acctest.Recorder{}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(option, recorder.Option()),
				Steps: []resource.TestStep{
					{Config: vaultConfig(database, `region = "eastus"`)},
					{PreConfig: func() { faults.Add(test.rule) }, Config: config, ExpectError: message("Broken: It broke.")},
					{
						PreConfig:         func() { faults.Clear(); recorder.Take() },
						Config:            config,
						ConfigPlanChecks:  plans(plancheck.ResourceActionUpdate),
						ConfigStateChecks: append(allSteps, patches{recorder, test.rest}),
					},
				},
			})
		})
	}
}

// Answers that are lost, late or throttled are no failure: the request is repeated, and has its effect once.
func TestAccVault_faultsThatAreSurvived(t *testing.T) {
	for name, rule := range map[string]embedded.FaultRule{
		"answer to the create lost": {Kind: embedded.KindVault, Method: http.MethodPut, Act: true, Drop: true},
		"answer to a step lost":     {Kind: embedded.KindVault, Method: http.MethodPatch, Act: true, Drop: true},
		"connection lost":           {Kind: embedded.KindVault, Method: http.MethodPut, Drop: true},
		"throttled":                 {Kind: embedded.KindVault, Status: 429, RetryAfter: 10 * time.Millisecond, Times: 2},
		"service away":              {Kind: embedded.KindVault, Method: http.MethodPut, Act: true, Status: 503, RetryAfter: 10 * time.Millisecond},
		"a look refused":            refuse(http.MethodGet, 1),
		"late":                      {Kind: embedded.KindVault, Delay: 50 * time.Millisecond, Times: embedded.Always},
		"answer to the delete lost": {Kind: embedded.KindVault, Method: http.MethodDelete, Act: true, Drop: true},
		"operation of the delete":   {Kind: embedded.KindVaultOperation, Status: 503, RetryAfter: 10 * time.Millisecond},
		"regions cannot be listed":  {Kind: embedded.KindResourceProvider, Status: 403, Code: "AuthorizationFailed", Times: embedded.Always},
		"deleted ones not either":   {Kind: embedded.KindDeletedVaultList, Status: 403, Code: "AuthorizationFailed", Times: embedded.Always},
		"vaults cannot be listed":   {Kind: embedded.KindVaultList, Status: 403, Code: "AuthorizationFailed", Times: embedded.Always},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults, option := withFaults()
			faults.Add(rule)
			config := vaultConfig(acctest.Database(t), `region = "eastus"`, manySteps)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(option),
				Steps: []resource.TestStep{
					{Config: config, ConfigStateChecks: allSteps},
				},
			})
			if len(faults.Matches()) == 0 {
				t.Error("the fault never happened")
			}
		})
	}
}

// What the service accepts and does not make is named, with what was asked for and what is there.
func TestAccVault_ignoredSettingsAreNamed(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
		if req.Method != http.MethodPatch {
			return nil
		}
		_, document := service.send(http.MethodGet, contosoID, "")
		raw, err := json.Marshal(document)
		if err != nil {
			t.Error(err)
		}
		return acctest.JSON(http.StatusOK, string(raw))
	}}
	const identity = `identity = { type = "UserAssigned", identity_ids = ["` + identityA + `"] }`
	change := func(want string, attributes ...string) resource.TestStep {
		return resource.TestStep{Config: vaultConfig(database, append(attributes, `region = "eastus"`)...), ExpectError: message(want)}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`)},
			change(`Vault "contoso": the service accepted the change, but did not make it: storage_redundancy was to be "LocallyRedundant", and is "GeoRedundant".`,
				`storage_redundancy = "LocallyRedundant"`),
			change(`soft_delete.retention_days was to be 30, and is 14.`, `soft_delete = { retention_days = 30 }`),
			change(`tags was to be { owner = "me" }, and is not set.`, `tags = { owner = "me" }`),
			change(`public_network_access_enabled was to be false, and is true.`, `public_network_access_enabled = false`),
			change(`identity was to be { identity_ids = ["`+identityA+`"], type = "UserAssigned" }, and is not set.`, identity),
			change(`monitoring was to be { alerts_for_all_job_failures_enabled = false }, and is not set.`, `monitoring = { alerts_for_all_job_failures_enabled = false }`),
		},
	})
}
