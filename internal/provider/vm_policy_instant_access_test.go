package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// policyVersions notes the API versions of the requests about the policy nightly.
type policyVersions struct {
	acctest.Recorder
	mu   sync.Mutex
	sent []string
}

func newPolicyVersions() *policyVersions {
	v := &policyVersions{}
	v.Answer = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/nightly") {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.sent = append(v.sent, r.Method+" "+r.URL.Query().Get("api-version"))
		}
		return nil
	}
	return v
}

// take returns each of those since the last take once, sorted.
func (v *policyVersions) take() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	sent := slices.Compact(slices.Sorted(slices.Values(v.sent)))
	v.sent = nil
	return sent
}

// Instant access is set, changed, switched off and taken out in place; the API version that knows of it is sent by what says
// something about it, and by nothing else.
func TestAccPolicy_instantAccess(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	versions := newPolicyVersions()
	sent := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, versions.take()); diff != "" {
			t.Error(diff)
		}
	}
	read := "data \"backup_policy_vm\" \"read\" {\n  vault_id = backup_policy_vm.test.vault_id\n  name = backup_policy_vm.test.name\n}\n"
	config := func(attributes ...string) string {
		return policyConfig(database, append([]string{daily, thirtyDays}, attributes...)...)
	}
	has := func(enabled, minutes knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{policyHas("instant_access_snapshot_enabled", enabled), policyHas("instant_access_duration_minutes", minutes)}
	}
	none := knownvalue.Null()
	const (
		older  = catalog.BackupAPIVersion
		newest = catalog.NewBackupAPIVersion
	)
	on, off := `instant_access_snapshot_enabled = true`, `instant_access_snapshot_enabled = false`
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(versions.Option()),
		Steps: []resource.TestStep{
			{Config: config(), ConfigStateChecks: has(none, none)},
			{PreConfig: func() { sent("GET "+older, "PUT "+older) }, Config: config(), ConfigPlanChecks: policyPlans(plancheck.ResourceActionNoop)},
			{PreConfig: func() { sent("GET " + older) }, Config: config(on), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate), ConfigStateChecks: has(knownvalue.Bool(true), none)},
			{PreConfig: func() { sent("GET "+older, "GET "+newest, "PUT "+newest) }, Config: config(on), ConfigPlanChecks: policyPlans(plancheck.ResourceActionNoop)},
			{
				Config: config(on, `instant_access_duration_minutes = 90`) + read, ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: append(has(knownvalue.Bool(true), number(90)),
					statecheck.ExpectKnownValue("data.backup_policy_vm.read", attribute("instant_access_snapshot_enabled"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue("data.backup_policy_vm.read", attribute("instant_access_duration_minutes"), number(90))),
			},
			{ResourceName: policyAddress, ImportState: true, ImportStateVerify: true},
			{Config: config(off), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate), ConfigStateChecks: has(knownvalue.Bool(false), none)},
			{Config: config(on), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate)},
			{Config: config(), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate), ConfigStateChecks: has(none, none)},
			{PreConfig: func() {
				if instant := newServiceClient(t, database).properties(nightlyID)["instantAccessSnapshotEnabled"]; instant != false {
					t.Errorf("taken out of the configuration, it is %v", instant)
				}
				versions.take()
			}, Config: config(), ConfigPlanChecks: policyPlans(plancheck.ResourceActionNoop)},
			{PreConfig: func() { sent("GET " + older) }, Config: config(`timezone = "China Standard Time"`), ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate)},
			{PreConfig: func() { sent("GET "+older, "PUT "+older) }, Config: config(`timezone = "China Standard Time"`), ConfigPlanChecks: policyPlans(plancheck.ResourceActionNoop)},
		},
	})
}
