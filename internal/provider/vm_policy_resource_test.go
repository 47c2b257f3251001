package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	policyAddress = "backup_policy_vm.test"
	nightlyID     = contosoID + "/backupPolicies/nightly"
)

// aVaultBlock is the vault contoso; policies refer to it.
const aVaultBlock = `resource "backup_vault" "test" {
  name   = "contoso"
  region = "eastus"
}
`

// removableVault is aVaultBlock in a test that protects VMs, which have to go in the end.
var removableVault = strings.Replace(aVaultBlock, "}", "  force_destroy = true\n}", 1)

// policyBlock is a backup_policy_vm of the vault contoso.
func policyBlock(label, name string, attributes ...string) string {
	return fmt.Sprintf("resource \"backup_policy_vm\" %q {\n  name = %q\n  vault_id = backup_vault.test.id\n  %s\n}\n", label, name, strings.Join(attributes, "\n  "))
}

// policyConfig is the vault contoso with the policy nightly.
func policyConfig(database string, attributes ...string) string {
	return acctest.Config(database, aVaultBlock+policyBlock("test", "nightly", attributes...))
}

const (
	daily      = `backup = { frequency = "Daily", time = "23:00" }`
	thirtyDays = `retention_daily = { count = 30 }`
)

func policyHas(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(policyAddress, tfjsonpath.New(name), value)
}

func policyPlans(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(policyAddress, action)}}
}

func number(n int64) knownvalue.Check { return knownvalue.Int64Exact(n) }

func words(all ...string) knownvalue.Check {
	var checks []knownvalue.Check
	for _, word := range all {
		checks = append(checks, text(word))
	}
	return knownvalue.SetExact(checks)
}

// properties are those of a document, as the service keeps it.
func (c serviceClient) properties(id string) map[string]any {
	c.t.Helper()
	var body struct{ Properties map[string]any }
	err := c.store.View(context.Background(), time.Now(), func(tx *store.Tx) error {
		document, err := tx.Document(id)
		if err != nil || document == nil {
			return fmt.Errorf("no document %s: %w", id, err)
		}
		return json.Unmarshal(document.Body, &body)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return body.Properties
}

// protectBy makes the vault contoso protect VMs by a policy.
func (c serviceClient) protectBy(policy string, vms ...string) {
	c.t.Helper()
	for _, vm := range vms {
		name := "iaasvmcontainerv2;machines;" + vm
		c.do(http.MethodPut, contosoID+"/backupFabrics/Azure/protectionContainers/iaasvmcontainer;"+name+"/protectedItems/vm;"+name,
			`{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","policyId":"`+contosoID+`/backupPolicies/`+policy+`",`+
				`"sourceResourceId":"/subscriptions/`+defaultSubscription+`/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/`+vm+`"}}`)
	}
}

func TestAccVMPolicy_basic(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := policyConfig(database, daily, thirtyDays)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(policyAddress, plancheck.ResourceActionCreate),
					plancheck.ExpectKnownValue(policyAddress, attribute("policy_type"), text("V1")),
					plancheck.ExpectKnownValue(policyAddress, attribute("timezone"), text("UTC")),
					plancheck.ExpectUnknownValue(policyAddress, attribute("instant_restore_retention_days")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					policyHas("id", text(nightlyID)), policyHas("name", text("nightly")), policyHas("vault_id", text(contosoID)),
					policyHas("policy_type", text("V1")), policyHas("timezone", text("UTC")),
					policyHas("backup", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"frequency": text("Daily"), "time": text("23:00"), "weekdays": knownvalue.Null(), "hour_interval": knownvalue.Null(), "hour_duration": knownvalue.Null(),
					})),
					policyHas("instant_restore_retention_days", number(2)), policyHas("instant_restore_resource_group", knownvalue.Null()),
					policyHas("snapshot_consistency_type", knownvalue.Null()), policyHas("retention_daily", object(map[string]knownvalue.Check{"count": number(30)})),
					policyHas("retention_weekly", knownvalue.Null()), policyHas("retention_monthly", knownvalue.Null()), policyHas("retention_yearly", knownvalue.Null()),
					policyHas("tiering_policy", knownvalue.Null()), policyHas("protected_vm_count", number(0)), policyHas("timeouts", knownvalue.Null()),
				},
			},
		},
	})
}

// everyKind has each type, frequency and format of a policy; sets are in one order or in the other.
func everyKind(database string, reversed bool) string {
	set := func(elements ...string) string {
		if reversed {
			for i, j := 0, len(elements)-1; i < j; i, j = i+1, j-1 {
				elements[i], elements[j] = elements[j], elements[i]
			}
		}
		return "[" + strings.Join(elements, ", ") + "]"
	}
	wednesdays := set(`"Wednesday"`, `"Saturday"`)
	return acctest.Config(database, aVaultBlock+
		policyBlock("v1_daily", "v1-daily", daily, thirtyDays, `retention_weekly = { count = 5163, weekdays = `+set(`"Sunday"`, `"Monday"`)+` }`,
			`retention_monthly = { count = 1188, days = `+set("31", "1", "15")+`, include_last_days = true }`,
			`retention_yearly = { count = 99, months = `+set(`"December"`, `"January"`)+`, include_last_days = true }`)+
		policyBlock("v1_weekly", "v1-weekly", `backup = { frequency = "Weekly", time = "00:30", weekdays = `+wednesdays+` }`,
			`retention_weekly = { count = 1, weekdays = `+wednesdays+` }`,
			`retention_monthly = { count = 1, weeks = `+set(`"First"`, `"Last"`)+`, weekdays = `+wednesdays+` }`)+
		policyBlock("v2_hourly", "v2-hourly", `policy_type = "V2"`, `timezone = "America/New_York"`,
			`backup = { frequency = "Hourly", time = "08:00", hour_interval = 4, hour_duration = 12 }`,
			`instant_restore_retention_days = 30`, `instant_restore_resource_group = { prefix = "snapshots-", suffix = "-rg" }`,
			`snapshot_consistency_type = "OnlyCrashConsistent"`, `retention_daily = { count = 180 }`,
			`retention_monthly = { count = 12, weeks = `+set(`"Second"`, `"Third"`, `"Fourth"`)+`, weekdays = ["Friday"] }`,
			`retention_yearly = { count = 7, months = ["July"], days = `+set("1", "2")+` }`,
			`tiering_policy = { archived_restore_point = { mode = "TierAfter", duration = 6, duration_type = "Months" } }`)+
		policyBlock("v2_daily", "v2-daily", `policy_type = "V2"`, daily, `retention_daily = { count = 7 }`, `retention_monthly = { count = 9, days = [1] }`,
			`instant_restore_resource_group = { prefix = "snapshots-" }`, `tiering_policy = { archived_restore_point = { mode = "TierRecommended" } }`)+
		policyBlock("v2_weekly", "v2-weekly", `policy_type = "V2"`, `backup = { frequency = "Weekly", time = "23:30", weekdays = ["Sunday"] }`,
			`retention_weekly = { count = 4, weekdays = ["Sunday"] }`))
}

func TestAccVMPolicy_everyKind(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	client := newServiceClient(t, database)
	kind := func(label string) string { return "backup_policy_vm." + label }
	is := func(label, name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(kind(label), attribute(name), value)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: everyKind(database, false),
				ConfigStateChecks: []statecheck.StateCheck{
					is("v1_daily", "instant_restore_retention_days", number(2)), is("v1_weekly", "instant_restore_retention_days", number(5)),
					is("v2_daily", "instant_restore_retention_days", number(7)), is("v2_weekly", "instant_restore_retention_days", number(7)),
					is("v1_daily", "retention_yearly", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"count": number(99), "months": words("January", "December"), "days": knownvalue.Null(), "include_last_days": knownvalue.Bool(true),
						"weeks": knownvalue.Null(), "weekdays": knownvalue.Null(),
					})),
					is("v1_weekly", "retention_monthly", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"count": number(1), "days": knownvalue.Null(), "include_last_days": knownvalue.Bool(false),
						"weeks": words("First", "Last"), "weekdays": words("Wednesday", "Saturday"),
					})),
					is("v2_hourly", "timezone", text("America/New_York")),
				},
			},
			{Config: everyKind(database, false), ConfigPlanChecks: nothing},
			{Config: everyKind(database, true), ConfigPlanChecks: nothing},
			{
				// What the service was told, which reading it back could get wrong in the same way.
				PreConfig: func() {
					got := client.properties(contosoID + "/backupPolicies/v2-hourly")
					for path, want := range map[string]string{
						"timeZone": `"Eastern Standard Time"`, "policyType": `"V2"`, "snapshotConsistencyType": `"OnlyCrashConsistent"`,
						"instantRpRetentionRangeInDays": `30`, "instantRPDetails": `{"azureBackupRGNamePrefix":"snapshots-","azureBackupRGNameSuffix":"-rg"}`,
						"schedulePolicy.scheduleRunFrequency":                         `"Hourly"`,
						"schedulePolicy.hourlySchedule.interval":                      `4`,
						"schedulePolicy.hourlySchedule.scheduleWindowDuration":        `12`,
						"retentionPolicy.dailySchedule.retentionDuration":             `{"count":180,"durationType":"Days"}`,
						"retentionPolicy.monthlySchedule.retentionDuration":           `{"count":12,"durationType":"Months"}`,
						"retentionPolicy.monthlySchedule.retentionScheduleFormatType": `"Weekly"`,
						"retentionPolicy.monthlySchedule.retentionScheduleWeekly":     `{"daysOfTheWeek":["Friday"],"weeksOfTheMonth":["Second","Third","Fourth"]}`,
						"retentionPolicy.yearlySchedule.monthsOfYear":                 `["July"]`,
						"retentionPolicy.yearlySchedule.retentionScheduleDaily":       `{"daysOfTheMonth":[{"date":1,"isLast":false},{"date":2,"isLast":false}]}`,
						"tieringPolicy.ArchivedRP":                                    `{"duration":6,"durationType":"Months","tieringMode":"TierAfter"}`,
					} {
						var value any = got
						for name := range strings.SplitSeq(path, ".") {
							of, _ := value.(map[string]any)
							value = of[name]
						}
						if is, err := json.Marshal(value); err != nil || string(is) != want {
							t.Errorf("%s is %s, want %s (%v)", path, is, want, err)
						}
					}
				},
				Config: everyKind(database, true), ConfigPlanChecks: nothing,
			},
		},
	})
}

func TestAccVMPolicy_updateInPlace(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	client := newServiceClient(t, database)
	v2 := `policy_type = "V2"`
	monthly := `retention_monthly = { count = 12, days = [1] }`
	tiering := `tiering_policy = { archived_restore_point = { mode = "TierAfter", duration = 3, duration_type = "Months" } }`
	step := func(action plancheck.ResourceActionType, want []statecheck.StateCheck, attributes ...string) []resource.TestStep {
		config := policyConfig(database, attributes...)
		return []resource.TestStep{
			{Config: config, ConfigPlanChecks: policyPlans(action), ConfigStateChecks: append(want, policyHas("id", text(nightlyID)))},
		}
	}
	var steps []resource.TestStep
	for _, more := range [][]resource.TestStep{
		step(plancheck.ResourceActionCreate, nil, daily, thirtyDays, monthly, `instant_restore_retention_days = 3`),
		// Left out, it stays; a block that is left out goes.
		step(plancheck.ResourceActionUpdate, []statecheck.StateCheck{policyHas("instant_restore_retention_days", number(3)), policyHas("retention_monthly", knownvalue.Null())},
			daily, `retention_daily = { count = 31 }`),
		// It fitted daily backups; for weekly ones the service chooses again.
		step(plancheck.ResourceActionUpdate, []statecheck.StateCheck{policyHas("instant_restore_retention_days", number(5)), policyHas("retention_daily", knownvalue.Null())},
			`backup = { frequency = "Weekly", time = "22:30", weekdays = ["Monday"] }`, `retention_weekly = { count = 8, weekdays = ["Monday"] }`),
		step(plancheck.ResourceActionDestroyBeforeCreate, []statecheck.StateCheck{policyHas("policy_type", text("V2")), policyHas("instant_restore_retention_days", number(7))},
			v2, daily, thirtyDays, monthly, tiering),
		step(plancheck.ResourceActionUpdate, []statecheck.StateCheck{policyHas("tiering_policy", knownvalue.Null())}, v2, daily, thirtyDays, monthly),
		step(plancheck.ResourceActionUpdate, []statecheck.StateCheck{policyHas("timezone", text("Asia/Tokyo"))},
			v2, daily, thirtyDays, `timezone = "Asia/Tokyo"`, `snapshot_consistency_type = "OnlyCrashConsistent"`),
		// A setting of Terraform's alone is not sent.
		{{
			PreConfig: func() {
				recorder.Take()
				want := map[string]any{"ArchivedRP": map[string]any{"tieringMode": "DoNotTier", "duration": 0.0, "durationType": "Invalid"}}
				if diff := cmp.Diff(any(want), client.properties(nightlyID)["tieringPolicy"]); diff != "" {
					t.Errorf("tieringPolicy (-want +got):\n%s", diff)
				}
			},
			Config: policyConfig(database, v2, daily, thirtyDays, `timezone = "Asia/Tokyo"`, `snapshot_consistency_type = "OnlyCrashConsistent"`,
				`timeouts = { update = "1m" }`),
			ConfigPlanChecks:  policyPlans(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{puts{recorder, 0}, policyHas("protected_vm_count", number(0))},
		}},
	} {
		steps = append(steps, more...)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(recorder.Option()), Steps: steps})
}

// puts checks how many PUTs were sent.
type puts struct {
	recorder *acctest.Recorder
	want     int
}

func (c puts) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	if got := count(c.recorder.Take(), http.MethodPut); got != c.want {
		resp.Error = fmt.Errorf("%d PUTs, want %d", got, c.want)
	}
}

// Another name of the same zone is no change, and neither is another letter case of an id or a name.
func TestAccVMPolicy_respellingIsNoChange(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := func(name, vaultID, zone string, days int) string {
		return acctest.Config(database, aVaultBlock+fmt.Sprintf(`resource "backup_policy_vm" "test" {
  name       = %q
  vault_id   = %q
  timezone   = %q
  depends_on = [backup_vault.test]
  %s
  retention_daily = { count = %d }
}
`, name, vaultID, zone, daily, days))
	}
	kept := []statecheck.StateCheck{policyHas("name", text("nightly")), policyHas("timezone", text("Asia/Shanghai"))}
	steps := []resource.TestStep{{Config: config("nightly", contosoID, "Asia/Shanghai", 30)}}
	for _, zone := range []string{"China Standard Time", "china standard time", "asia/shanghai", "Asia/Chongqing"} {
		steps = append(steps, resource.TestStep{Config: config("NIGHTLY", strings.ToLower(contosoID), zone, 30), ConfigPlanChecks: nothing, ConfigStateChecks: kept})
	}
	steps = append(steps, resource.TestStep{
		// With a real change beside it, the new spelling is still none.
		Config:           config("Nightly", contosoID, "China Standard Time", 31),
		ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate), ConfigStateChecks: kept,
	}, resource.TestStep{
		Config:            config("nightly", contosoID, "Tokyo Standard Time", 31),
		ConfigPlanChecks:  policyPlans(plancheck.ResourceActionUpdate),
		ConfigStateChecks: []statecheck.StateCheck{policyHas("timezone", text("Tokyo Standard Time"))},
	})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

// clock is a service's clock, and how long its operations take.
type clock struct {
	ahead         time.Duration
	operationTime time.Duration
}

func (c *clock) option() backend.Option {
	return backend.WithEmbedded(func(config *embedded.Config) {
		ahead := c.ahead
		config.Now = func() time.Time { return time.Now().Add(ahead) }
		config.OperationTime = c.operationTime
	})
}

// A change of a policy in use reaches its VMs by an operation, which the apply waits for. One that is given up leaves
// the state as it was; the next refresh finds what the service has made of it.
func TestAccVMPolicy_updateInUse(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	client := newServiceClient(t, database)
	recorder := &acctest.Recorder{}
	service := &clock{}
	config := func(days int, attributes ...string) string {
		attributes = append(attributes, daily, fmt.Sprintf("retention_daily = { count = %d }", days))
		return acctest.Config(database, removableVault+policyBlock("test", "nightly", attributes...))
	}
	polled := statecheckFunc(func() error {
		polls := 0
		for _, call := range recorder.Take() {
			if strings.Contains(call, "/backupPolicies/nightly/operation") {
				polls++
			}
		}
		if polls < 2 {
			return fmt.Errorf("%d looks at the operation: it was not waited for", polls)
		}
		return nil
	})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option(), service.option()),
		Steps: []resource.TestStep{
			{Config: config(30)},
			{
				PreConfig: func() {
					client.protectBy("nightly", "vm-a", "vm-b")
					service.operationTime = 300 * time.Millisecond
					recorder.Take()
				},
				Config:           config(31),
				ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					policyHas("protected_vm_count", number(2)), policyHas("retention_daily", object(map[string]knownvalue.Check{"count": number(31)})), polled,
				},
			},
			{
				PreConfig:   func() { service.operationTime = time.Hour },
				Config:      config(32, `timeouts = { update = "300ms" }`),
				ExpectError: message(`Policy "nightly" of vault "contoso": the time ran out (timeouts.update = "300ms").`),
			},
			{
				PreConfig:         func() { service.operationTime, service.ahead = 0, 2*time.Hour },
				Config:            config(32),
				ConfigPlanChecks:  nothing,
				ConfigStateChecks: []statecheck.StateCheck{policyHas("retention_daily", object(map[string]knownvalue.Check{"count": number(32)}))},
			},
			{
				// Only without VMs can it be destroyed in the end.
				PreConfig: func() { client.protectBy("DefaultPolicy", "vm-a", "vm-b") },
				Config:    config(32),
			},
		},
	})
}

// statecheckFunc is a function as a check.
type statecheckFunc func() error

func (f statecheckFunc) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = f()
}

func TestAccVMPolicy_disappears(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := policyConfig(database, daily, thirtyDays)
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: func() { client.delete(nightlyID) }, Config: config, ConfigPlanChecks: policyPlans(plancheck.ResourceActionCreate)},
			{PreConfig: func() { client.delete(contosoID) }, Config: config, ConfigPlanChecks: policyPlans(plancheck.ResourceActionCreate)},
			{PreConfig: func() { client.delete(nightlyID) }, Config: config, Destroy: true},
		},
	})
}

func TestAccVMPolicy_changedBehindTerraform(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := policyConfig(database, daily, thirtyDays)
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					client.do(http.MethodPut, nightlyID, `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"Tokyo Standard Time",
						"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["2026-01-01T10:00:00Z"]},
						"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{"retentionTimes":["2026-01-01T10:00:00Z"],
						"retentionDuration":{"count":8,"durationType":"Days"}}}}}`)
				},
				Config:           config,
				ConfigPlanChecks: policyPlans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					policyHas("timezone", text("UTC")), policyHas("retention_daily", object(map[string]knownvalue.Check{"count": number(30)})),
					policyHas("backup", object(map[string]knownvalue.Check{"time": text("23:00")})),
				},
			},
		},
	})
}

// A vault that is replaced takes its policies with it, whichever way they name it.
func TestAccVMPolicy_vaultReplaced(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := policyConfig(database, daily, thirtyDays)
	again := strings.Replace(config, `"eastus"`, `"westus"`, 1)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{Config: again, ConfigPlanChecks: policyPlans(plancheck.ResourceActionDestroyBeforeCreate)},
			{Config: again, ConfigPlanChecks: nothing},
		},
	})
}
