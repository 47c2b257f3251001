package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const threeVaults = `
resource "backup_vault" "a" {
  name   = "contoso-a"
  region = "China East"
  tags   = { env = "prod", owner = "x" }
}
resource "backup_vault" "b" {
  name                = "contoso-B"
  region              = "China North"
  resource_group_name = "Other"
  tags                = { env = "prod" }
  storage_redundancy  = "LocallyRedundant"
}
resource "backup_vault" "c" {
  name   = "fabrikam"
  region = "eastus"
}
`

func TestAccVaultDataSource(t *testing.T) {
	t.Parallel()
	of := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.backup_vault.test", attribute(name), value)
	}
	database := acctest.Database(t)
	config := func(data string) string {
		return acctest.Config(database, threeVaults+"data \"backup_vault\" \"test\" {\n"+data+
			"\n depends_on = [backup_vault.a, backup_vault.b, backup_vault.c]\n}\n")
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				// Made in the same apply: nothing that was read before may answer.
				Config: config(`name = "CONTOSO-b"`),
				ConfigStateChecks: []statecheck.StateCheck{
					of("name", text("CONTOSO-b")), of("region", text("chinanorth")), of("resource_group_name", text("Other")),
					of("subscription_id", text(defaultSubscription)), of("storage_redundancy", text("LocallyRedundant")),
					of("storage_redundancy_locked", knownvalue.Bool(false)), of("cross_region_restore_enabled", knownvalue.Bool(false)),
					of("tags", knownvalue.MapExact(map[string]knownvalue.Check{"env": text("prod")})), of("state", text("Active")),
				},
			},
			{Config: config("name = \"fabrikam\"\nresource_group_name = \"BACKUP\""), ConfigStateChecks: []statecheck.StateCheck{
				of("tags", knownvalue.MapExact(map[string]knownvalue.Check{})), of("resource_group_name", text("BACKUP")),
			}},
			{
				Config:      config("name = \"fabrikam\"\nresource_group_name = \"Other\""),
				ExpectError: message(`There is no vault named "fabrikam" in resource group "Other" of subscription ` + defaultSubscription),
			},
			{Config: config(`name = "nobody"`), ExpectError: message(`There is no vault named "nobody" in subscription ` + defaultSubscription)},
			{Config: config(`name = "no body"`), ExpectError: message(`The name has " " at position 3`)},
			{
				Config:      config("name = \"fabrikam\"\nsubscription_id = \"00000000-0000-4000-8000-00000000beef\""),
				ExpectError: message(`SubscriptionNotFound`),
			},
			{Config: acctest.Config(database, threeVaults)},
		},
	})
}

func TestAccVaultsDataSource(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	var filtered strings.Builder
	var checks []statecheck.StateCheck
	for i, test := range []struct {
		filters string
		want    []string
	}{
		{``, []string{"contoso-a", "contoso-B", "fabrikam"}},
		{`region = "CHINA EAST"`, []string{"contoso-a"}},
		{`resource_group_name = "OTHER"`, []string{"contoso-B"}},
		{`tags = { env = "prod" }`, []string{"contoso-a", "contoso-B"}},
		{`tags = { env = "prod", owner = "x" }`, []string{"contoso-a"}},
		{`tags = { env = "test" }`, nil},
		{`tags = { ENV = "prod", Owner = "x" }`, []string{"contoso-a"}},
		{`tags = { env = "Prod" }`, nil},
		{`state = "Active"`, []string{"contoso-a", "contoso-B", "fabrikam"}},
		{`state = "Creating"`, nil},
		{`name_pattern = "CONTOSO-*"`, []string{"contoso-a", "contoso-B"}},
		{`name_pattern = "contoso-[ab]"`, []string{"contoso-a", "contoso-B"}},
		{`name_pattern = "contoso"`, nil},
		{"name_pattern = \"c*\"\n region = \"chinanorth\"\n tags = { env = \"prod\" }", []string{"contoso-B"}},
	} {
		want := []knownvalue.Check{}
		for _, name := range test.want {
			want = append(want, knownvalue.ObjectPartial(map[string]knownvalue.Check{"name": text(name)}))
		}
		fmt.Fprintf(&filtered, "data \"backup_vaults\" \"test%d\" {\n%s\n}\n", i, test.filters)
		checks = append(checks, statecheck.ExpectKnownValue(fmt.Sprintf("data.backup_vaults.test%d", i), attribute("vaults"), knownvalue.ListExact(want)))
	}
	steps := []resource.TestStep{
		{Config: acctest.Config(database, threeVaults)},
		{Config: acctest.Config(database, threeVaults+filtered.String()), ConfigStateChecks: checks},
	}
	for filter, want := range map[string]string{
		`name_pattern = "["`:       `The pattern "[" has a bracket that is not closed`,
		`state = "Sleeping"`:       `Attribute state value must be one of`,
		`region = "Chnia East"`:    `did you mean "China East"`,
		`subscription_id = "mine"`: `"mine" is not a subscription ID`,
	} {
		steps = append(steps, resource.TestStep{
			Config:      acctest.Config(database, threeVaults+"data \"backup_vaults\" \"test\" {\n"+filter+"\n}\n"),
			ExpectError: message(want),
		})
	}
	steps = append(steps, resource.TestStep{Config: acctest.Config(database, threeVaults)})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func TestAccRegionsDataSource(t *testing.T) {
	t.Parallel()
	all := map[catalog.Cloud]int{}
	for _, cloud := range catalog.Clouds() {
		all[cloud] = len(catalog.Regions(cloud))
	}
	region := func(display, name, pair string, zones bool) knownvalue.Check {
		pairCheck := text(pair)
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"name": text(name), "display_name": text(display), "cloud": text("china"), "geography": text("China"), "pair": pairCheck, "zones": knownvalue.Bool(zones),
		})
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: acctest.Config(acctest.Database(t), `
data "backup_regions" "china" { cloud = "china" }
data "backup_regions" "all" {}
`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.backup_regions.all", attribute("regions"), knownvalue.ListSizeExact(len(catalog.Regions()))),
					statecheck.ExpectKnownValue("data.backup_regions.china", attribute("regions"), knownvalue.ListExact([]knownvalue.Check{
						region("China East", "chinaeast", "chinanorth", false), region("China East 2", "chinaeast2", "chinanorth2", false),
						region("China East 3", "chinaeast3", "chinanorth3", false), region("China North", "chinanorth", "chinaeast", false),
						region("China North 2", "chinanorth2", "chinaeast2", false), region("China North 3", "chinanorth3", "chinaeast3", true),
					})),
				},
			},
			{
				Config:      acctest.Config(acctest.Database(t), `data "backup_regions" "x" { cloud = "mars" }`),
				ExpectError: message("Attribute cloud value must be one of"),
			},
			{Config: acctest.Config(acctest.Database(t), "")},
		},
	})
	if all[catalog.China] != 6 {
		t.Errorf("%d regions in China", all[catalog.China])
	}
}

func TestAccSubscriptionsDataSource(t *testing.T) {
	t.Parallel()
	const second = "00000000-0000-4000-8000-000000000002"
	subscription := func(id, name string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"id": text(id), "display_name": text(name), "state": text("Enabled")})
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{{
			Config: acctest.Config(acctest.Database(t), `data "backup_subscriptions" "test" {}`, fmt.Sprintf(`subscriptions = { %q = "Another" }`, second)),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.backup_subscriptions.test", attribute("default_subscription_id"), text(defaultSubscription)),
				statecheck.ExpectKnownValue("data.backup_subscriptions.test", attribute("subscriptions"), knownvalue.ListExact([]knownvalue.Check{
					subscription(second, "Another"), subscription(defaultSubscription, "Embedded subscription"),
				})),
			},
		}},
	})
}

func TestAccFunctions(t *testing.T) {
	t.Parallel()
	output := func(expression string) string {
		return acctest.Config(acctest.Database(t), "terraform {\n required_providers {\n  backup = { source = \"hashicorp/backup\" }\n }\n}\noutput \"test\" {\n  value = "+expression+"\n}\n")
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		Steps: []resource.TestStep{
			{
				Config:            output(`provider::backup::normalize_region(" CHINA East ")`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("test", text("chinaeast"))},
			},
			{
				Config: output(`provider::backup::parse_vault_id(upper("` + contosoID + `"))`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("test", knownvalue.ObjectExact(map[string]knownvalue.Check{
					"subscription_id": text(defaultSubscription), "resource_group_name": text("BACKUP"), "name": text("CONTOSO"),
					"id": text("/subscriptions/" + defaultSubscription + "/resourceGroups/BACKUP/providers/Microsoft.RecoveryServices/vaults/CONTOSO"),
				}))},
			},
			{
				Config:            output(`provider::backup::normalize_region("(US) East US")`),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("test", text("eastus"))},
			},
			{Config: output(`provider::backup::normalize_region("Chnia East")`), ExpectError: message(`did you mean "China East"`)},
			{Config: output(`provider::backup::parse_vault_id("contoso")`), ExpectError: message(`"contoso" is not an Azure resource id`)},
			{Config: output(`provider::backup::parse_vault_id("` + contosoID + `/backupPolicies/p")`), ExpectError: message(`is not the id of a resource in a resource group`)},
		},
	})
}
