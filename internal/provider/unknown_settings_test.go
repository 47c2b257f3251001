package provider_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// lateValue is a resource whose output is known only after an apply.
func lateValue(value string) string {
	return "resource \"terraform_data\" \"late\" {\n  input = " + value + "\n}\n"
}

const (
	requiredProvider = "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"
	late             = "terraform_data.late.output"
)

// lateProvider is a provider block of the embedded service with settings of the block and of its attribute embedded.
func lateProvider(database, settings, embedded string) string {
	return fmt.Sprintf("provider \"backup\" {\n  environment = \"embedded\"\n  %s\n  embedded = {\n    database = %q\n    %s\n  }\n}\n",
		settings, filepath.ToSlash(database), embedded)
}

// protectedWeb is a vault with a policy and a VM.
const protectedWeb = `
resource "backup_vault" "test" {
  name          = "contoso"
  region        = "eastus"
  force_destroy = true
}
resource "backup_policy_vm" "test" {
  name            = "nightly"
  vault_id        = backup_vault.test.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 7 }
}
resource "backup_protected_vm" "test" {
  vault_id         = backup_vault.test.id
  source_vm_id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web"
  backup_policy_id = backup_policy_vm.test.id
}
`

// A setting that the service can be reached without is no reason to refuse a plan: neither before there is anything, nor
// when it becomes unknown again later. What it turns out to be counts in the apply.
func TestAccProvider_unknownSettingsWait(t *testing.T) {
	t.Parallel()
	const web = `"/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web"`
	for name, test := range map[string]struct {
		value              string
		settings, embedded string
		attribute, want    string // of the vault, after the apply
	}{
		"subscription_id":            {`"00000000-0000-4000-8000-0000000000aa"`, "subscription_id = " + late, "", "subscription_id", "00000000-0000-4000-8000-0000000000aa"},
		"resource_group_name":        {`"late-group"`, "resource_group_name = " + late, "", "resource_group_name", "late-group"},
		"register_resource_provider": {"true", "register_resource_provider = " + late, "", "", ""},
		"metadata_host":              {`"x"`, "metadata_host = " + late, "", "", ""},
		"tenant_id":                  {`"x"`, "tenant_id = " + late, "", "", ""},
		"auxiliary_tenant_ids":       {`["x"]`, "auxiliary_tenant_ids = " + late, "", "", ""},
		"provisioning_time":          {`"1ms"`, "", "provisioning_time = " + late, "", ""},
		"operation_time":             {`"1ms"`, "", "operation_time = " + late, "", ""},
		"backup_time":                {`"1h"`, "", "backup_time = " + late, "", ""},
		"clock_offset":               {`"40d"`, "", "clock_offset = " + late, "", ""},
		"subscriptions":              {`{ "00000000-0000-4000-8000-000000000001" = "x" }`, "", "subscriptions = " + late, "", ""},
		"subscriptions, a name":      {`"x"`, "", `subscriptions = { "00000000-0000-4000-8000-000000000001" = ` + late + " }", "", ""},
		"virtual_machines":           {"{ " + web + ` = "eastus" }`, "", "virtual_machines = " + late, "", ""},
		"virtual_machines, a region": {`"eastus"`, "", "virtual_machines = { " + web + " = " + late + " }", "", ""},
		"soft_delete_forced":         {"false", "", "soft_delete_forced = " + late, "", ""},
		"failed_backups":             {"[{ vm_id = " + web + " }]", "", "failed_backups = " + late, "", ""},
		"failed_backups, an id":      {web, "", "failed_backups = [{ vm_id = " + late + " }]", "", ""},
		"threats":                    {"[{ vm_id = " + web + " }]", "", "threats = " + late, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, requiredProvider+lateValue(test.value)+lateProvider(acctest.Database(t), test.settings, test.embedded)+protectedWeb)
			all := map[string]string{
				"terraform_data.late": "create", "backup_vault.test": "create", "backup_policy_vm.test": "create", "backup_protected_vm.test": "create",
			}
			first := w.Plan()
			wantActions(t, first, all)
			w.MustRun("apply", first.File)
			if got := fmt.Sprint(w.State()["backup_vault.test"][test.attribute]); test.attribute != "" && got != test.want {
				t.Errorf("%s = %s, want %s", test.attribute, got, test.want)
			}
			w.MustPlanNothing()
			before := w.State()["backup_protected_vm.test"]
			again := w.Plan("-replace=terraform_data.late")
			wantActions(t, again, map[string]string{"terraform_data.late": "delete, create"})
			w.MustRun("apply", again.File)
			if after := w.State()["backup_protected_vm.test"]; fmt.Sprint(before) != fmt.Sprint(after) {
				t.Errorf("the plan without the setting changed what the state has:\n%v\n%v", before, after)
			}
			w.MustPlanNothing()
		})
	}
}

// Without these settings there is no service to ask, or it would be another. The message names the setting, and what it
// advises works.
func TestAccProvider_unknownSettingsNeeded(t *testing.T) {
	t.Parallel()
	for setting, test := range map[string]struct{ value, block string }{
		"environment":       {`"embedded"`, "environment = " + late},
		"endpoint":          {`"http://127.0.0.1:1"`, "environment = \"embedded\"\n endpoint = " + late},
		"embedded":          {"{ database = \"late.db\" }", "environment = \"embedded\"\n embedded = " + late},
		"embedded.database": {`"late.db"`, "environment = \"embedded\"\n embedded = { database = " + late + " }"},
		"tenant_id":         {`"x"`, "environment = \"public\"\n tenant_id = " + late},
		"use_cli":           {"true", "environment = \"public\"\n use_cli = " + late},
		"metadata_host":     {`"x"`, "environment = \"public\"\n metadata_host = " + late},
		"client_secret":     {`"x"`, "environment = \"embedded\"\n endpoint = \"http://127.0.0.1:1\"\n client_secret = " + late},
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, requiredProvider+lateValue(test.value)+"provider \"backup\" {\n "+test.block+"\n}\n"+protectedWeb)
			r := w.Run("plan")
			wantOutput(t, r, "Provider setting not known yet", "The provider's "+setting+" depends on something that is only known after an apply", "-target")
			if n := strings.Count(r.Output, "Error:"); n != 1 {
				t.Errorf("%d errors\n%s", n, r.Output)
			}
			w.MustRun("apply", "-auto-approve", "-target=terraform_data.late")
			if r := w.Run("plan"); strings.Contains(r.Output, "Provider setting not known yet") {
				t.Errorf("the advice does not help\n%s", r.Output)
			} else if strings.HasPrefix(setting, "em") && r.ExitCode != 0 {
				t.Error(r.Output)
			}
		})
	}
}

// In Azure the defaults wait as well; the account of another subscription is not taken in the meantime.
func TestAccAzure_unknownSettingsWait(t *testing.T) {
	t.Setenv("ARM_SUBSCRIPTION_ID", "00000000-0000-4000-8000-00000000dead")
	cloud := newAzureCloud(t, catalog.China)
	for setting, value := range map[string]string{"subscription_id": azureAccount, "resource_group_name": "backup", "register_resource_provider": "false"} {
		block := regexp.MustCompile(setting+" .*\n").ReplaceAllString(azureBlock(catalog.China), "") // without the setting
		block = strings.Replace(block, "{\n", "{\n  "+setting+" = "+late+"\n", 1)
		resource.UnitTest(t, resource.TestCase{
			ProtoV6ProviderFactories: cloud.factories(),
			Steps: []resource.TestStep{{
				Config:            lateValue(`"`+value+`"`) + block + strings.Replace(oneVault, "eastus", "chinaeast2", 1),
				ConfigStateChecks: []statecheck.StateCheck{has("subscription_id", text(azureAccount)), has("resource_group_name", text("backup"))},
			}},
		})
	}
}

// What the inventory says is checked when it is known, before anything is written.
func TestAccProvider_unknownInventoryIsCheckedByTheApply(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, requiredProvider+lateValue(`"westeurope"`)+
		lateProvider(acctest.Database(t), "", `virtual_machines = { "`+vmID("web")+`" = `+late+" }")+protectedWeb)
	plan := w.Plan()
	r := w.Run("apply", plan.File)
	if r.ExitCode == 0 {
		t.Fatal("a VM in another region than its vault's is protected")
	}
	wantOutput(t, r, "VM and vault are in different regions")
	if _, found := w.State()["backup_protected_vm.test"]; found {
		t.Error("it is protected all the same")
	}
}

// readers are the blocks that read, and whether they need the provider's subscription, or show what the service cannot
// know yet.
var readers = map[string]struct {
	block              string
	subscription, past bool
}{
	"backup_subscriptions": {"", true, false},
	"backup_regions":       {"", false, false},
	"backup_vault":         {`name = "contoso"`, true, true},
	"backup_vaults":        {"", true, true},
	"backup_protected_vms": {"", true, true},
	"backup_policy_vm":     {"name = \"DefaultPolicy\"\n vault_id = \"" + contosoID + `"`, false, true},
	"backup_jobs":          {`vault_id = "` + contosoID + `"`, false, true},
	"backup_recovery_points": {
		`protected_vm_id = "` + contosoID + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;machines;web" +
			"/protectedItems/vm;iaasvmcontainerv2;machines;web\"", false, true,
	},
}

// forEachReader tries something with each data source, beside a database in which a VM is protected.
func forEachReader(t *testing.T, try func(t *testing.T, database, name string)) {
	t.Helper()
	t.Parallel()
	database := acctest.Database(t)
	w := acctest.NewWorkspace(t, requiredProvider+lateProvider(database, "", "")+protectedWeb)
	w.MustRun("apply", "-auto-approve")
	for name := range readers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try(t, database, name)
		})
	}
}

// Data sources that need the subscription say so, send no request with an empty one, and work with their own or after
// the advice; the others work. Case 14: "Provider produced invalid object".
func TestAccDataSources_unknownSubscription(t *testing.T) {
	forEachReader(t, func(t *testing.T, database, name string) {
		test := readers[name]
		for settings, wanted := range map[string]bool{"subscription_id = " + late: test.subscription, "resource_group_name = " + late: false} {
			value := `"` + defaultSubscription + `"`
			head := requiredProvider + lateValue(value) + lateProvider(database, settings, "")
			w := acctest.NewWorkspace(t, head+fmt.Sprintf("data %q \"test\" {\n %s\n}\n", name, test.block))
			r := w.Run("plan")
			if !wanted {
				if r.ExitCode != 0 {
					t.Error(r.Output)
				}
				continue
			}
			if r.ExitCode == 0 {
				t.Fatalf("planned without a subscription\n%s", r.Output)
			}
			wantOutput(t, r, "Provider setting not known yet", "The provider's subscription_id depends on something that is only known after an apply")
			w.MustRun("apply", "-auto-approve", "-target=terraform_data.late")
			w.MustRun("plan")
			if name == "backup_subscriptions" {
				continue
			}
			w = acctest.NewWorkspace(t, head+fmt.Sprintf("data %q \"test\" {\n %s\n subscription_id = %s\n}\n", name, test.block, value))
			w.MustRun("plan")
		}
	})
}

// A data source that shows backups and jobs waits for what they follow from.
func TestAccDataSources_unknownClock(t *testing.T) {
	forEachReader(t, func(t *testing.T, database, name string) {
		test := readers[name]
		block := fmt.Sprintf("data %q \"test\" {\n %s\n", name, test.block)
		w := acctest.NewWorkspace(t, requiredProvider+lateValue(`"0s"`)+lateProvider(database, "", "clock_offset = "+late)+block+"}\n")
		r := w.Run("plan")
		if !test.past {
			if r.ExitCode != 0 {
				t.Error(r.Output)
			}
			return
		}
		wantOutput(t, r, "Provider setting not known yet", "The provider's embedded.clock_offset depends on something that is only known after an apply")
		w.MustRun("apply", "-auto-approve", "-target=terraform_data.late")
		w.MustRun("plan")
	})
}

// deferringClient is a provider whose subscription_id, or another setting, is not known, and a plan that may wait.
func deferringClient(t *testing.T, settings map[string]any) (*protocolClient, *acctest.Recorder) {
	t.Helper()
	recorder := new(acctest.Recorder)
	c := newProtocolClient(t, "", recorder.Option())
	block := c.schemas.Provider.ValueType()
	values := map[string]any{
		"environment": "embedded", "embedded": objectOf(t, attributeType(t, block, "embedded"), map[string]any{"database": filepath.ToSlash(acctest.Database(t))}),
	}
	for name, value := range settings {
		values[name] = value
	}
	resp, err := c.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0", Config: c.encode(objectOf(t, block, values)),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.succeed(resp.Diagnostics)
	return c, recorder
}

func (c *protocolClient) read(name string, values map[string]any, deferral bool) *tfprotov6.ReadDataSourceResponse {
	c.t.Helper()
	resp, err := c.server.ReadDataSource(c.t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: name, Config: c.encode(objectOf(c.t, c.schemas.DataSourceSchemas[name].ValueType(), values)),
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: deferral},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return resp
}

// Where the plan may wait, data sources do, without a request; where it may not, the error is on the attribute that helps.
func TestDataSources_deferUnknownSubscription(t *testing.T) {
	t.Parallel()
	c, recorder := deferringClient(t, map[string]any{"subscription_id": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	c.succeed(c.read("backup_regions", nil, true).Diagnostics) // which waits for nothing
	for name, values := range map[string]map[string]any{
		"backup_subscriptions": nil, "backup_vault": {"name": "contoso"}, "backup_vaults": nil, "backup_protected_vms": nil,
	} {
		resp := c.read(name, values, true)
		c.succeed(resp.Diagnostics)
		if resp.Deferred == nil || resp.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
			t.Errorf("%s: deferred %v", name, resp.Deferred)
		}
		resp = c.read(name, values, false)
		if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Summary != "Provider setting not known yet" {
			t.Fatalf("%s: %+v", name, resp.Diagnostics)
		}
		at := tftypes.NewAttributePath().WithAttributeName("subscription_id")
		if name != "backup_subscriptions" && !resp.Diagnostics[0].Attribute.Equal(at) {
			t.Errorf("%s: the error is on %v", name, resp.Diagnostics[0].Attribute)
		}
	}
	if calls := recorder.Take(); len(calls) > 0 {
		t.Errorf("requests: %v", calls)
	}
}

// Where the plan may wait, so does everything for a setting that the service cannot be reached without.
func TestProvider_defersWithoutAService(t *testing.T) {
	t.Parallel()
	c, _ := deferringClient(t, map[string]any{"endpoint": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	if read := c.read("backup_vaults", nil, true); read.Deferred == nil || len(read.Diagnostics) > 0 {
		t.Errorf("%+v", read)
	}
}

// List blocks cannot wait; they say what to set.
func TestListResources_unknownSubscription(t *testing.T) {
	t.Parallel()
	c, recorder := deferringClient(t, map[string]any{"subscription_id": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	for name, at := range map[string]string{"backup_vault": "subscription_id", "backup_policy_vm": "vault_id", "backup_protected_vm": "subscription_id"} {
		stream, err := c.lists.ListResource(t.Context(), &tfprotov6.ListResourceRequest{
			TypeName: name, Config: c.encode(objectOf(t, c.schemas.ListResourceSchemas[name].ValueType(), nil)), Limit: 10,
		})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for result := range stream.Results {
			for _, d := range result.Diagnostics {
				n++
				if d.Summary != "Provider setting not known yet" || !d.Attribute.Equal(tftypes.NewAttributePath().WithAttributeName(at)) || !strings.Contains(d.Detail, "Set "+at) {
					t.Errorf("%s: %s on %v: %s", name, d.Summary, d.Attribute, d.Detail)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s: %d diagnostics", name, n)
		}
	}
	if calls := recorder.Take(); len(calls) > 0 {
		t.Errorf("requests: %v", calls)
	}
}

// An import by a short id rests on the defaults, and says so while they are not known; one by the whole id does not.
func TestAccImport_unknownDefaults(t *testing.T) {
	skipBelow(t, 5, "import blocks")
	t.Parallel()
	database := acctest.Database(t)
	w := acctest.NewWorkspace(t, requiredProvider+lateProvider(database, "", "")+protectedWeb)
	w.MustRun("apply", "-auto-approve")
	parts := strings.SplitAfterN(protectedWeb, "resource", 4)
	vaultBlock, policyBlock := "resource"+strings.TrimSuffix(parts[1], "resource"), "resource"+strings.TrimSuffix(parts[2], "resource")
	for name, test := range map[string]struct{ block, to, short, whole string }{
		"vault":  {strings.Replace(vaultBlock, "force_destroy = true", "", 1), "backup_vault.test", "backup/contoso", contosoID},
		"policy": {strings.Replace(policyBlock, "backup_vault.test.id", `"`+contosoID+`"`, 1), "backup_policy_vm.test", "backup/contoso/nightly", contosoID + "/backupPolicies/nightly"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := func(id string) string {
				return requiredProvider + lateValue(`"`+defaultSubscription+`"`) + lateProvider(database, "subscription_id = "+late, "") + test.block +
					fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", test.to, id)
			}
			w := acctest.NewWorkspace(t, config(test.short))
			wantOutput(t, w.Run("plan"), "Provider setting not known yet", "The provider's subscription_id depends on", "Write an id or an identity that names it")
			w.Write("main.tf", config(test.whole))
			wantActions(t, w.Plan(), map[string]string{"terraform_data.late": "create"})
		})
	}
}
