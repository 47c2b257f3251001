package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// refused runs a plan that has to fail with a message, and shows that nothing was created by it.
func refused(t *testing.T, config, want string) {
	t.Helper()
	recorder := &acctest.Recorder{}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps:                    []resource.TestStep{{Config: config, PlanOnly: true, ExpectError: message(want)}},
	})
	for _, call := range recorder.Take() {
		if !strings.HasPrefix(call, "GET ") {
			t.Errorf("a plan that fails sent %s", call)
		}
	}
}

func TestAccVault_validation(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ config, want string }{
		"name too short": {`name = "c"` + "\n" + `region = "eastus"`, `The name has 1 character; a vault name has 2 to 50.`},
		"name too long":  {`name = "` + strings.Repeat("c", 51) + `"` + "\n" + `region = "eastus"`, `The name has 51 characters; a vault name has 2 to 50.`},
		"name starts":    {`name = "1contoso"` + "\n" + `region = "eastus"`, `The name starts with "1"`},
		"name character": {`name = "con_toso"` + "\n" + `region = "eastus"`, `The name has "_" at position 4`},
		"region typo":    {`name = "contoso"` + "\n" + `region = "China Eats"`, `did you mean "China East" (chinaeast)?`},
		"region unknown": {`name = "contoso"` + "\n" + `region = "atlantis"`, `"atlantis" is not an Azure region that this provider knows`},
		"group":          {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `resource_group_name = "a/b"`, `The name has "/" at position 2`},
		"subscription":   {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `subscription_id = "production"`, `"production" is not a subscription ID`},
		"redundancy":     {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `storage_redundancy = "LRS"`, `"LRS" is not a storage redundancy; did you mean "LocallyRedundant"? It is one of GeoRedundant, LocallyRedundant and ZoneRedundant.`},
		"cross-region":   {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `storage_redundancy = "ZoneRedundant"` + "\n" + `cross_region_restore_enabled = true`, `Cross-region restore needs geo-redundant storage`},
		"tag casing":     {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `tags = { a = "1", A = "2" }`, `The tag names "A" and "a" differ only in letter case`},
		"tag null":       {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `tags = { owner = null }`, `The tag "owner" has no value`},
		"sku":            {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `sku = "Premium"`, `The sku is "Premium"; it is one of Standard, RS0.`},
		"immutability":   {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `immutability = "locked"`, `Immutability is "locked"; did you mean "Locked"?`},
		"timeout":        {`name = "contoso"` + "\n" + `region = "eastus"` + "\n" + `timeouts = { create = "soon" }`, `"soon" must be a string containing a sequence of decimal numbers`},
		"region missing": {`name = "contoso"`, `The argument "region" is required`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, acctest.Config(acctest.Database(t), "resource \"backup_vault\" \"test\" {\n"+test.config+"\n}\n"), test.want)
		})
	}
}

// A value that is not known yet is no reason to complain; the apply checks it.
func TestAccVault_unknownValuesAreCheckedAtApply(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ attributes, want string }{
		"name":       {"name = terraform_data.late.output\nregion = \"eastus\"", `The name has "_" at position 4 and "_" at position 9`},
		"region":     {"name = \"contoso\"\nregion = terraform_data.late.output", `"not_here_1" is not an Azure region`},
		"redundancy": {"name = \"contoso\"\nregion = \"eastus\"\nstorage_redundancy = terraform_data.late.output", `"not_here_1" is not a storage redundancy`},
		"tags":       {"name = \"contoso\"\nregion = \"eastus\"\ntags = { (terraform_data.late.output) = \"x\", \"NOT_HERE_1\" = \"y\" }", `differ only in letter case`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := acctest.Config(acctest.Database(t), "resource \"terraform_data\" \"late\" {\n  input = \"not_here_1\"\n}\n"+
				"resource \"backup_vault\" \"test\" {\n"+test.attributes+"\n}\n")
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{
					{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true},
					{Config: config, ExpectError: message(test.want)},
				},
			})
		})
	}
}

func TestAccVault_nameIsTakenInTheSameGroup(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	refused(t, vaultConfig(database, `region = "China East"`),
		`import { to = backup_vault.example id = "`+contosoID+`" }`)
	refused(t, acctest.Config(database, "resource \"backup_vault\" \"test\" {\n name = \"CONTOSO\"\n region = \"China East\"\n}"),
		`A vault named "contoso" exists already in this subscription: resource group "backup", region "chinaeast", state Active.`)
}

func TestAccVault_nameIsTakenInAnotherGroup(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, strings.Replace(contosoID, "/backup/", "/other/", 1),
		`{"location":"eastus","sku":{"name":"Standard"},"properties":{}}`)
	refused(t, vaultConfig(database, `region = "China East"`),
		`A vault named "contoso" exists already in this subscription: resource group "other", region "eastus", state Active.`)
}

func TestAccVault_nameIsFreeInAnotherSubscription(t *testing.T) {
	t.Parallel()
	const other = "00000000-0000-4000-8000-000000000002"
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{{
			Config: acctest.Config(database, "resource \"backup_vault\" \"test\" {\n name = \"contoso\"\n region = \"eastus\"\n subscription_id = \""+other+"\"\n}\n",
				`subscriptions = { "`+other+`" = "Other" }`),
			ConfigStateChecks: []statecheck.StateCheck{has("id", text(strings.Replace(contosoID, defaultSubscription, other, 1)))},
		}},
	})
}

// Terraform plans an object several times in one run now and then, so that no plan can tell a second resource from a second
// plan. The apply can, before it writes.
func TestAccUsedTwiceInOneConfiguration(t *testing.T) {
	t.Parallel()
	const policy = "  name = \"nightly\"\n  vault_id = backup_vault.test.id\n  backup = { frequency = \"Daily\", time = \"23:00\" }\n  retention_daily = { count = 10 }\n"
	for name, test := range map[string]struct{ config, want string }{
		"vaults": {contoso() + strings.Replace(contoso(), `"test" {`, `"again" {`, 1), "Backup vault name used twice"},
		"vaults of two groups": {
			contoso() + strings.Replace(contoso(`resource_group_name = "other"`), `"test" {`, `"again" {`, 1), "Backup vault name used twice",
		},
		"policies": {
			contoso() + "resource \"backup_policy_vm\" \"one\" {\n" + policy + "}\nresource \"backup_policy_vm\" \"two\" {\n" + policy + "}\n", "Backup policy name used twice",
		},
		"protected VMs": {contoso() + web() + strings.Replace(web(), `"web"`, `"again"`, 1), "VM is protected twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, lifecycleConfig("", test.config))
			w.MustRun("plan")
			r := w.Run("apply", "-auto-approve")
			if r.ExitCode != 1 || !strings.Contains(r.Output, "Error: "+test.want) {
				t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
			}
			if strings.Count(r.Output, "Error: ") != 1 {
				t.Errorf("more than one is refused:\n%s", r.Output)
			}
		})
	}
}

// What was free while planning may be taken when it is applied; the vault there is not written over.
func TestAccVault_nameTakenBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for name, group := range map[string]string{"same group": "backup", "other group": "other"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			client := newServiceClient(t, database)
			recorder := &acctest.Recorder{}
			taken := false
			recorder.Answer = func(req *http.Request) *http.Response {
				if req.Method == http.MethodPut && !taken {
					taken = true
					client.do(http.MethodPut, strings.Replace(contosoID, "/backup/", "/"+group+"/", 1),
						`{"location":"westus","sku":{"name":"Standard"},"tags":{"whose":"theirs"},"properties":{}}`)
				}
				return nil
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
				Steps: []resource.TestStep{{
					Config:      vaultConfig(database, `region = "eastus"`, `tags = { whose = "ours" }`),
					ExpectError: message(fmt.Sprintf(`A vault named "contoso" exists already in this subscription: resource group %q, region "westus"`, group)),
				}},
			})
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{{
					Config: acctest.Config(database, `data "backup_vault" "test" { name = "contoso" }`),
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue("data.backup_vault.test", attribute("tags"), knownvalue.MapExact(map[string]knownvalue.Check{"whose": text("theirs")})),
					},
				}},
			})
		})
	}
}

func TestAccVault_unknownSubscription(t *testing.T) {
	t.Parallel()
	refused(t, acctest.Config(acctest.Database(t),
		"resource \"backup_vault\" \"test\" {\n name = \"contoso\"\n region = \"eastus\"\n subscription_id = \"00000000-0000-4000-8000-00000000beef\"\n}\n"),
		"These subscriptions can be used: "+defaultSubscription)
}

// The catalogue knows the region, the environment in use does not offer it.
func TestAccVault_regionIsNotOffered(t *testing.T) {
	t.Parallel()
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
		if strings.HasSuffix(req.URL.Path, "/providers/Microsoft.RecoveryServices") {
			return acctest.JSON(200, `{"resourceTypes":[{"resourceType":"vaults","locations":["China East","China North"]}]}`)
		}
		return nil
	}}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{{
			Config:      vaultConfig(acctest.Database(t), `region = "West Europe"`),
			PlanOnly:    true,
			ExpectError: message(`does not offer backup vaults in "West Europe" to subscription ` + defaultSubscription + `. It offers them in: China East, China North.`),
		}},
	})
}

func TestAccVault_extraRegion(t *testing.T) {
	t.Setenv("BACKUP_EXTRA_REGIONS", "atlantis, El Dorado")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{{
			Config:            vaultConfig(acctest.Database(t), `region = "El Dorado"`),
			ConfigStateChecks: []statecheck.StateCheck{has("region", text("El Dorado")), has("state", text("Active"))},
		}},
	})
}
