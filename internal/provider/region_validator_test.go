package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// A region that is newer than the provider took an environment variable, also where the cloud itself says that it is there.
func TestAccVault_regionNewerThanTheProvider(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public, catalog.Region{Name: "greececentral", DisplayName: "Greece Central", Cloud: catalog.Public})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps: []resource.TestStep{
			{Config: azureBlock(catalog.Public) + oneAzureVault("France Centrall"), PlanOnly: true, ExpectError: message(
				`does not offer backup vaults in "France Centrall" to subscription ` + azureAccount + `; did you mean "France Central" (francecentral)?`)},
			{Config: azureBlock(catalog.Public) + oneAzureVault("saudiarabiaeast"), PlanOnly: true, ExpectError: message("the cloud's own list does not have it yet. It offers them in:")},
			// What no region can be called is refused as before.
			{Config: azureBlock(catalog.Public) + oneAzureVault("greece-central"), PlanOnly: true, ExpectError: message("Unknown region")},
			{
				Config:            azureBlock(catalog.Public) + strings.ReplaceAll(azureStack("Greece Central"), "vault\" \"test\" {", "vault\" \"test\" {\n  storage_redundancy = \"ZoneRedundant\""),
				ConfigStateChecks: []statecheck.StateCheck{has("region", text("Greece Central")), has("state", text("Active"))},
			},
		},
	})
}

// An announced region was refused, and had no zones.
func TestAccVault_announcedRegion(t *testing.T) {
	t.Parallel()
	const warning, vault = "Region may not be open yet", `
resource "backup_vault" "test" {
  name               = "contoso"
  region             = "Saudi Arabia East"
  storage_redundancy = "ZoneRedundant"
}
`
	w := acctest.NewWorkspace(t, lifecycleConfig("", vault))
	wantOutput(t, w.MustRun("apply", "-auto-approve"), warning)
	w.MustPlanNothing()
	w.Setenv("BACKUP_EXTRA_REGIONS", "Saudi Arabia East")
	if r := w.MustRun("validate"); strings.Contains(r.Output, warning) {
		t.Errorf("it is said of a listed region: %s", r.Output)
	}
}

// While the environment is not known, a region may be one of a cloud that knows better; the plan tells.
func TestAccVault_unknownRegionBeforeTheEnvironmentIsKnown(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, requiredProviders("azurebackup/backup")+"variable \"environment\" {}\nprovider \"backup\" {\n  environment = var.environment\n}\n"+oneAzureVault("China Eats"))
	wantOutput(t, w.MustRun("validate"), "Region is not known to this version of the provider", `did you mean "China East" (chinaeast)?`)
	wantOutput(t, w.Run("plan", "-var", "environment=embedded"), "Error: Unknown region")
}
