package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// perGroup is a configuration where names are unique in a resource group.
func perGroup(database, body string) string {
	return strings.Replace(acctest.Config(database, body), "{\n", "{\n  vault_names_unique_per = \"resource_group\"\n", 1)
}

// namesake is a resource for a vault named contoso.
func namesake(label, group, region string) string {
	return fmt.Sprintf("resource \"backup_vault\" %q {\n  name = \"contoso\"\n  resource_group_name = %q\n  region = %q\n}\n", label, group, region)
}

// hasNamesakes makes vaults behind Terraform's back, as Azure lets people make them.
func hasNamesakes(t *testing.T, database string, groups ...string) {
	t.Helper()
	client := newServiceClient(t, database, func(c *embedded.Config) { c.NamesPerGroup = true })
	for _, group := range groups {
		client.do(http.MethodPut, strings.Replace(contosoID, "/backup/", "/"+group+"/", 1), `{"location":"eastus","sku":{"name":"Standard"},"properties":{}}`)
	}
}

// Where names are unique in a resource group, every check goes by that.
func TestAccVault_namesUniquePerResourceGroup(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	both := namesake("one", "one", "eastus") + namesake("two", "two", "westus")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: perGroup(database, namesake("one", "one", "eastus")+strings.Replace(namesake("again", "ONE", "eastus"), "}", "  depends_on = [backup_vault.one]\n}", 1)), ExpectError: message(
				`Another resource of this configuration makes a vault named "contoso" in the same resource group, in this apply. Names are unique within a resource group`)},
			{Config: perGroup(database, both), ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("backup_vault.one", attribute("state"), text("Active")), statecheck.ExpectKnownValue("backup_vault.two", attribute("state"), text("Active")),
			}},
			{Config: perGroup(database, both+strings.Replace(namesake("three", "Two", "westus"), "}", "  depends_on = [backup_vault.two]\n}", 1)), PlanOnly: true, ExpectError: message(
				`resource group "two", region "westus", state Active. Names are unique within a resource group`)},
			{Config: perGroup(database, both+`data "backup_vault" "any" { name = "contoso" }`), ExpectError: message(`2 vaults of the subscription are named "contoso": in the resource groups one, two`)},
			// One is replaced under its name; the other is none of its business.
			{Config: perGroup(database, strings.Replace(both, "westus", "westeurope", 1)), ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("backup_vault.two", attribute("region"), text("westeurope")),
			}},
		},
	})
}

// Who has namesakes finds it out at an import. Whatever needs the name to be free is refused by the classic rule, with the way out.
func TestAccVault_importOfANamesake(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	hasNamesakes(t, database, "one", "two")
	id := func(*terraform.State) (string, error) { return strings.Replace(contosoID, "/backup/", "/one/", 1), nil }
	advice := message(`resource group "two", region "eastus", state Active. Names are unique within a subscription, whatever the resource group. ` +
		`Choose another name, or set resource_group_name to that group and import the vault. Azure itself holds names unique within a resource group only: ` +
		`if vaults of this subscription are to share a name, set vault_names_unique_per = "resource_group" in the provider block.`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: acctest.Config(database, namesake("one", "one", "eastus")), ResourceName: "backup_vault.one", ImportState: true, ImportStatePersist: true, ImportStateIdFunc: id},
			{Config: acctest.Config(database, namesake("one", "one", "eastus")), PlanOnly: true},
			{Config: acctest.Config(database, namesake("one", "one", "westus")), PlanOnly: true, ExpectError: advice},
			{Config: perGroup(database, namesake("one", "one", "westus"))},
		},
	})
}

// Until it is known where names are unique, no plan refuses a namesake.
func TestAccVault_nameScopeThatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	hasNamesakes(t, database, "one")
	config := strings.Replace(perGroup(database, "resource \"terraform_data\" \"late\" {\n  input = \"resource_group\"\n}\n"+namesake("two", "two", "eastus")),
		`"resource_group"`, "terraform_data.late.output", 1)
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: []resource.TestStep{
		{Config: config, ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue("backup_vault.two", attribute("state"), text("Active"))}},
	}})
}

// A served service has a rule of its own: when it refuses what the provider lets pass, the error says how it is started.
func TestAccVault_servedServiceWithTheClassicRule(t *testing.T) {
	t.Parallel()
	for _, free := range []bool{false, true} {
		served := newServedService(t, "", embedded.Config{NamesPerGroup: free})
		step := resource.TestStep{Config: served.block(`vault_names_unique_per = "resource_group"`) + namesake("one", "one", "eastus") +
			strings.Replace(namesake("two", "two", "eastus"), "}", "  depends_on = [backup_vault.one]\n}", 1)}
		if !free {
			step.ExpectError = message("Start it with --vault-names-unique-per=resource_group, as the provider's vault_names_unique_per says.")
		}
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: []resource.TestStep{step}})
	}
}
