package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

const azurerm5Policy = "azurerm_5_policy_vm.json"

// policyIdentityType is the type of backup_policy_vm's identity.
var policyIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"subscription_id": tftypes.String, "resource_group_name": tftypes.String, "vault_name": tftypes.String, "name": tftypes.String,
}}

func (c *protocolClient) movePolicy(changes map[string]any, change func(*tfprotov6.MoveResourceStateRequest)) *tfprotov6.MoveResourceStateResponse {
	c.t.Helper()
	req := readForeign(c.t, azurerm5Policy).request(c.t, changes)
	req.TargetTypeName = "backup_policy_vm"
	if change != nil {
		change(req)
	}
	resp, err := c.server.MoveResourceState(c.t.Context(), req)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp
}

func TestVMPolicyMoveState(t *testing.T) {
	for name, test := range map[string]struct {
		changes  map[string]any
		change   func(*tfprotov6.MoveResourceStateRequest)
		want     map[string]string // that differ
		timeouts map[string]string
	}{
		"azurerm 5": {timeouts: map[string]string{"update": "45m"}},
		"from OpenTofu's registry": {change: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "registry.opentofu.org/hashicorp/azurerm"
		}, timeouts: map[string]string{"update": "45m"}},
		"as OpenTofu before 1.12.4 named the provider": {change: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "azurerm"
		}, timeouts: map[string]string{"update": "45m"}},
		"written before there were types": {
			changes: map[string]any{"policy_type": nil, "timezone": "", "timeouts": nil}, want: map[string]string{"policy_type": "V1", "timezone": "UTC"},
		},
		"odd casing": {
			changes: map[string]any{"id": strings.ToLower(nightlyID), "timeouts": nil}, want: map[string]string{"id": strings.ToLower(nightlyID)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := newProtocolClient(t, "")
			resp := client.movePolicy(test.changes, test.change)
			client.succeed(resp.Diagnostics)
			kind := client.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
			want := map[string]string{
				"id": nightlyID, "name": "nightly", "vault_id": contosoID, "policy_type": "V2", "timezone": "China Standard Time",
			}
			maps.Copy(want, test.want)
			got := client.decodeTexts(resp.TargetState, kind)
			if !strings.EqualFold(got["vault_id"], want["vault_id"]) {
				t.Errorf("vault_id %q", got["vault_id"])
			}
			want["vault_id"] = got["vault_id"]
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
			attributes := client.decode(resp.TargetState, kind)
			if diff := cmp.Diff(test.timeouts, textsOf(t, attributes["timeouts"])); diff != "" {
				t.Errorf("timeouts (-want +got):\n%s", diff)
			}
			identity := client.decodeTexts(resp.TargetIdentity.IdentityData, policyIdentityType)
			if len(identity) != 4 || identity["name"] != "nightly" || identity["vault_name"] != "contoso" || identity["subscription_id"] != defaultSubscription {
				t.Errorf("identity: %v", identity)
			}
		})
	}
}

// Every attribute comes along, so that not even a plan without refresh finds a difference.
func TestVMPolicyMoveState_everyAttribute(t *testing.T) {
	block := func(attributes map[string]any) []any { return []any{attributes} }
	client := newProtocolClient(t, "")
	resp := client.movePolicy(map[string]any{
		"timezone":                       "Asia/Shanghai",
		"backup":                         block(map[string]any{"frequency": "Hourly", "time": "08:00", "hour_interval": 4, "hour_duration": 12, "weekdays": []any{}}),
		"instant_restore_retention_days": 7,
		"instant_restore_resource_group": block(map[string]any{"prefix": "snap-", "suffix": "-rg"}),
		"consistency_type":               "OnlyCrashConsistent",
		"retention_daily":                block(map[string]any{"count": 30}),
		"retention_weekly":               block(map[string]any{"count": 13, "weekdays": []any{"Monday", "Sunday"}}),
		"retention_monthly":              block(map[string]any{"count": 12, "weeks": []any{"First", "Last"}, "weekdays": []any{"Monday"}, "days": []any{}, "include_last_days": false}),
		"retention_yearly":               block(map[string]any{"count": 3, "months": []any{"January"}, "days": []any{1, 31}, "include_last_days": true, "weeks": []any{}, "weekdays": []any{}}),
		"tiering_policy":                 block(map[string]any{"archived_restore_point": block(map[string]any{"mode": "TierAfter", "duration": 6, "duration_type": "Months"})}),
		"timeouts":                       nil,
	}, nil)
	client.succeed(resp.Diagnostics)
	kind := client.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
	config := setsEverything()
	config["id"] = nightlyID
	monthly, _ := config["retention_monthly"].(map[string]any)
	monthly["include_last_days"] = false
	want := valueOf(t, kind, config)
	if got, err := resp.TargetState.Unmarshal(kind); err != nil || !got.Equal(want) {
		t.Errorf("%v\ngot  %v\nwant %v", err, got, want)
	}
}

func TestVMPolicyMoveState_refused(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string]any
		change  func(*tfprotov6.MoveResourceStateRequest)
		want    string
	}{
		"no id":         {changes: map[string]any{"id": nil}, want: "names no id"},
		"id of a vault": {changes: map[string]any{"id": contosoID}, want: "is not"},
		"another resource of azurerm": {
			change: func(r *tfprotov6.MoveResourceStateRequest) { r.SourceTypeName = "azurerm_backup_policy_file_share" },
			want:   "A azurerm_backup_policy_file_share of the provider registry.terraform.io/hashicorp/azurerm cannot become a backup_policy_vm.",
		},
		"another azurerm": {
			change: func(r *tfprotov6.MoveResourceStateRequest) {
				r.SourceProviderAddress = "registry.terraform.io/contoso/azurerm"
			},
			want: "cannot become a backup_policy_vm",
		},
		"broken JSON": {change: func(r *tfprotov6.MoveResourceStateRequest) { r.SourceState.JSON = []byte(`{"id": "/subsc`) }, want: "is not the JSON that its provider writes"},
	} {
		t.Run(name, func(t *testing.T) {
			client := newProtocolClient(t, "")
			resp := client.movePolicy(test.changes, test.change)
			if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(resp.Diagnostics[0].Detail, test.want) {
				for _, d := range resp.Diagnostics {
					t.Logf("%s: %s", d.Summary, d.Detail)
				}
				t.Errorf("%d diagnostics, want one that says %q", len(resp.Diagnostics), test.want)
			}
		})
	}
}

// The policy of the fixture, in the service and in a configuration of this provider.
const (
	foreignPolicyDocument = `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","timeZone":"China Standard Time",
		"instantRpRetentionRangeInDays":10,"instantRPDetails":{"azureBackupRGNamePrefix":"snapshots-"},"snapshotConsistencyType":"",
		"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"Weekly",
			"weeklySchedule":{"scheduleRunDays":["Sunday","Wednesday"],"scheduleRunTimes":["2026-01-01T23:00:00Z"]}},
		"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierRecommended","duration":0,"durationType":"Invalid"}},
		"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
			"weeklySchedule":{"daysOfTheWeek":["Sunday","Wednesday"],"retentionTimes":["2026-01-01T23:00:00Z"],"retentionDuration":{"count":42,"durationType":"Weeks"}},
			"monthlySchedule":{"retentionScheduleFormatType":"Weekly","retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First","Last"]},
				"retentionTimes":["2026-01-01T23:00:00Z"],"retentionDuration":{"count":12,"durationType":"Months"}}}}}`
	foreignPolicyConfig = `
resource "backup_policy_vm" "p" {
  name                           = "nightly"
  vault_id                       = "` + contosoID + `"
  policy_type                    = "V2"
  timezone                       = "Asia/Shanghai"
  backup                         = { frequency = "Weekly", time = "23:00", weekdays = ["Wednesday", "Sunday"] }
  instant_restore_retention_days = 10
  instant_restore_resource_group = { prefix = "snapshots-" }
  retention_weekly               = { count = 42, weekdays = ["Sunday", "Wednesday"] }
  retention_monthly              = { count = 12, weeks = ["First", "Last"], weekdays = ["Sunday"] }
  tiering_policy                 = { archived_restore_point = { mode = "TierRecommended" } }
  timeouts                       = { update = "45m" }
}

moved {
  from = azurerm_backup_policy_vm.p
  to   = backup_policy_vm.p
}
`
)

func TestAccVMPolicyMoveState(t *testing.T) {
	skipBelow(t, 8, "moves between providers")
	standIns := buildStandIns(t)
	for name, test := range map[string]struct {
		args []string
		want map[string]string
	}{
		"with refresh":    {nil, map[string]string{}},
		"without refresh": {[]string{"-refresh=false"}, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			database := acctest.Database(t)
			putForeignVault(t, database)
			newServiceClient(t, database).do(http.MethodPut, nightlyID, foreignPolicyDocument)
			w := foreignWorkspace(t, standIns, database, readForeign(t, azurerm5Policy), foreignPolicyConfig)
			plan := w.Plan(test.args...)
			wantActions(t, plan, test.want)
			wantOutput(t, plan.Result, "azurerm_backup_policy_vm.p has moved to backup_policy_vm.p")
			w.MustRun("apply", plan.File)
			if p := w.State()["backup_policy_vm.p"]; p["id"] != nightlyID || !strings.EqualFold(fmt.Sprint(p["vault_id"]), contosoID) || p["policy_type"] != "V2" {
				t.Errorf("%v", p)
			}
			forget(t, w)
			w.MustPlanNothing()
		})
	}
}
