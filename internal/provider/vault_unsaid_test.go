package provider_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// quietService answers like the embedded service, but for what keep takes out of the properties of its vaults.
func quietService(t *testing.T, keep func(vault map[string]any)) *servedService {
	t.Helper()
	loud := newServedService(t, "", embedded.Config{})
	quiet := &servedService{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorded := httptest.NewRecorder()
		loud.Config.Handler.ServeHTTP(recorded, r)
		for name, values := range recorded.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorded.Code)
		var body map[string]any
		if json.Unmarshal(recorded.Body.Bytes(), &body) != nil {
			_, _ = w.Write(recorded.Body.Bytes())
			return
		}
		page, _ := body["value"].([]any)
		for _, one := range append(page, body) {
			if o, ok := one.(map[string]any); ok && o["type"] == "Microsoft.RecoveryServices/vaults" {
				keep(o)
			}
		}
		_ = json.NewEncoder(w).Encode(body)
	}))}
	t.Cleanup(quiet.Close)
	return quiet
}

// silentOn takes members out of a document, by their paths.
func silentOn(paths ...string) func(map[string]any) {
	return func(o map[string]any) {
		for _, path := range paths {
			names := strings.Split(path, ".")
			under := o
			for _, name := range names[:len(names)-1] {
				under, _ = under[name].(map[string]any)
			}
			delete(under, names[len(names)-1])
		}
	}
}

// everySetting are the members of a vault that hold settings.
var everySetting = []string{
	"sku", "properties.publicNetworkAccess", "properties.redundancySettings", "properties.securitySettings", "properties.monitoringSettings",
	"properties.restoreSettings",
}

// daysZero is how Microsoft's samples have a soft delete whose days nobody chose.
func daysZero(vault map[string]any) {
	properties, _ := vault["properties"].(map[string]any)
	properties["securitySettings"] = map[string]any{"softDeleteSettings": map[string]any{"softDeleteState": "Disabled", "softDeleteRetentionPeriodInDays": 0}}
	properties["monitoringSettings"] = map[string]any{"classicAlertSettings": map[string]any{"alertsForCriticalOperations": "Enabled"}}
}

// The configuration that Terraform writes for a vault of which the service says little is valid, has nothing in it that
// nobody said, and leaves nothing to do; data sources and lists say the same.
func TestAccVault_unsaidIsNull(t *testing.T) {
	allNull := map[string]any{
		"sku": nil, "storage_redundancy": nil, "cross_region_restore_enabled": nil, "soft_delete": nil, "immutability": nil,
		"public_network_access_enabled": nil, "cross_subscription_restore": nil, "monitoring": nil,
	}
	some := map[string]any{
		"sku": "RS0", "storage_redundancy": "GeoRedundant", "cross_region_restore_enabled": false, "immutability": nil,
		"soft_delete":                   map[string]any{"state": "Disabled", "retention_days": nil},
		"public_network_access_enabled": true, "cross_subscription_restore": "Enabled",
		"monitoring": map[string]any{
			"alerts_for_all_job_failures_enabled": nil, "alerts_for_all_replication_issues_enabled": nil, "alerts_for_all_failover_issues_enabled": nil,
			"alerts_for_critical_operation_failures_enabled": true, "email_notifications_for_site_recovery_enabled": nil,
		},
	}
	for name, test := range map[string]struct {
		keep func(map[string]any)
		want map[string]any
	}{"nothing": {silentOn(everySetting...), allNull}, "days of 0, and a part of the monitoring": {daysZero, some}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := quietService(t, test.keep)
			s.putVault(t, `{"location":"eastus","sku":{"name":"RS0"}}`)
			shown := func(attributes any) map[string]any {
				all, _ := attributes.(map[string]any)
				found := map[string]any{}
				for name := range test.want {
					found[name] = all[name]
				}
				return found
			}

			w := acctest.NewWorkspace(t, "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"+s.block()+
				"data \"backup_vault\" \"one\" {\n  name = \"contoso\"\n}\ndata \"backup_vaults\" \"all\" {}\n"+
				"output \"one\" {\n  value = data.backup_vault.one\n}\noutput \"all\" {\n  value = data.backup_vaults.all.vaults[0]\n}\n")
			w.Write("import.tf", "import {\n  provider = backup\n  to = backup_vault.test\n  id = \""+contosoID+"\"\n}\n")
			plan := w.Plan("-generate-config-out=generated.tf")
			wantActions(t, plan, map[string]string{})
			w.MustRun("apply", plan.File)
			w.Write("import.tf", "")
			w.MustRun("validate")
			w.MustPlanNothing()
			if diff := cmp.Diff(test.want, shown(w.State()["backup_vault.test"])); diff != "" {
				t.Errorf("the resource:\n%s", diff)
			}
			var outputs map[string]struct{ Value any }
			w.JSON(&outputs, "output", "-json")
			for name, output := range outputs {
				if diff := cmp.Diff(test.want, shown(output.Value)); diff != "" {
					t.Errorf("the data source, %s:\n%s", name, diff)
				}
			}

			// A change of something else does not touch them, nor does an empty object of the configuration.
			w.Write("generated.tf", "resource \"backup_vault\" \"test\" {\n  name = \"contoso\"\n  region = \"eastus\"\n  tags = { a = \"b\" }\n"+
				"  soft_delete = {}\n  monitoring = {}\n}\n")
			w.MustRun("apply", "-auto-approve")
			wantActions(t, w.Plan(), map[string]string{})
		})
	}
}

// putVault makes the vault contoso.
func (s *servedService) putVault(t *testing.T, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL+contosoID+"?api-version=2025-08-01", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatal(response.Status)
	}
}

// A service that says nothing of what it was asked for has ignored it.
func TestAccVault_askedForAndLeftOut(t *testing.T) {
	for name, test := range map[string]struct{ path, attribute string }{
		"monitoring":     {"properties.monitoringSettings", `monitoring = { alerts_for_all_job_failures_enabled = true }`},
		"one alert":      {"properties.monitoringSettings.azureMonitorAlertSettings", `monitoring = { alerts_for_all_job_failures_enabled = false }`},
		"soft delete":    {"properties.securitySettings.softDeleteSettings", `soft_delete = { state = "AlwaysOn" }`},
		"retention":      {"properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays", `soft_delete = { retention_days = 14 }`},
		"immutability":   {"properties.securitySettings.immutabilitySettings", `immutability = "Disabled"`},
		"restore":        {"properties.restoreSettings", `cross_subscription_restore = "Enabled"`},
		"public network": {"properties.publicNetworkAccess", `public_network_access_enabled = true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := quietService(t, silentOn(test.path))
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{{
					Config:      s.block() + strings.Replace(oneVault, "}\n", "  "+test.attribute+"\n}\n", 1),
					ExpectError: message("The service ignored a setting"),
				}},
			})
		})
	}
}

// Of a vault that was made without alerts the service says nothing; those that are configured come with the others, which
// the plan leaves open, and stay when they are not configured any more.
func TestAccVault_monitoringOfAFreshVault(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	alerts := func(critical bool) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"alerts_for_all_job_failures_enabled": knownvalue.Bool(true), "alerts_for_all_replication_issues_enabled": knownvalue.Bool(true),
			"alerts_for_all_failover_issues_enabled": knownvalue.Bool(true), "alerts_for_critical_operation_failures_enabled": knownvalue.Bool(critical),
			"email_notifications_for_site_recovery_enabled": knownvalue.Bool(true),
		})
	}
	step := func(attributes string, action plancheck.ResourceActionType, want knownvalue.Check) resource.TestStep {
		return resource.TestStep{
			Config: vaultConfig(database, `region = "eastus"`, attributes), ConfigPlanChecks: plans(action),
			ConfigStateChecks: []statecheck.StateCheck{has("monitoring", want)},
		}
	}
	open := step(`monitoring = { alerts_for_critical_operation_failures_enabled = false }`, plancheck.ResourceActionUpdate, alerts(false))
	open.ConfigPlanChecks.PreApply = append(open.ConfigPlanChecks.PreApply,
		plancheck.ExpectUnknownValue(vaultAddress, attribute("monitoring").AtMapKey("alerts_for_all_job_failures_enabled")))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			step(``, plancheck.ResourceActionCreate, knownvalue.Null()),
			step(`tags = { a = "b" }`, plancheck.ResourceActionUpdate, knownvalue.Null()),
			open,
			step(``, plancheck.ResourceActionNoop, alerts(false)),
			step(`monitoring = { alerts_for_critical_operation_failures_enabled = true }`, plancheck.ResourceActionUpdate, alerts(true)),
		},
	})
}

// What the service said nothing of may be said after a change of what is beside it.
func TestAccVault_unsaidIsSaidAfterAChange(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	service.do(http.MethodPut, contosoID, `{"location":"eastus","sku":{"name":"Standard"}}`)
	service.edit(contosoID, `"softDeleteRetentionPeriodInDays":14,`, ``)
	service.edit(contosoID, `"softDeleteState":"AlwaysON"`, `"softDeleteState":"Enabled"`)
	imported := "import {\n  to = backup_vault.test\n  id = \"" + contosoID + "\"\n}\n"
	soft := func(state string, days knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{has("soft_delete", knownvalue.ObjectExact(map[string]knownvalue.Check{"state": text(state), "retention_days": days}))}
	}
	change := plans(plancheck.ResourceActionUpdate)
	change.PreApply = append(change.PreApply, plancheck.ExpectUnknownValue(vaultAddress, attribute("soft_delete").AtMapKey("retention_days")))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(softDeleteChosen),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`) + imported, ConfigStateChecks: soft("Enabled", knownvalue.Null())},
			{Config: vaultConfig(database, `region = "eastus"`, `soft_delete = { state = "Disabled" }`), ConfigPlanChecks: change, ConfigStateChecks: soft("Disabled", knownvalue.Int64Exact(14))},
		},
	})
}

// A vault without immutabilitySettings is not immutable: what the plan refuses of immutable vaults it does not refuse of it.
func TestAccVault_unsaidImmutabilityIsNone(t *testing.T) {
	t.Parallel()
	s := quietService(t, silentOn("properties.securitySettings"))
	s.putVault(t, `{"location":"eastus","sku":{"name":"Standard"}}`)
	w := acctest.NewWorkspace(t, "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"+s.block())
	vm := "/subscriptions/" + defaultSubscription + "/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/vm-00"
	w.Write("vm.tf", "resource \"backup_protected_vm\" \"test\" {\n  vault_id = \""+contosoID+"\"\n  source_vm_id = \""+vm+"\"\n  backup_policy_id = \""+
		contosoID+"/backupPolicies/DefaultPolicy\"\n  deletion_policy = \"delete\"\n}\n")
	w.MustRun("apply", "-auto-approve")
	if err := os.Remove(filepath.Join(w.Folder, "vm.tf")); err != nil {
		t.Fatal(err)
	}
	if got := w.Plan(); strings.Contains(got.Output, "for good") || strings.Contains(got.Output, "immutab") || !strings.Contains(got.Output, "kept soft-deleted for a while") {
		t.Errorf("got:\n%s", got.Output)
	}
}
