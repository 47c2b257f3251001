package provider_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

const portalLink = "https://portal.azure.cn/#@contoso.partner.onmschina.cn/resource" + contosoID + "/overview"

// importForms are ids of the vault contoso that an import takes.
var importForms = map[string]string{
	"ARM id":                       contosoID,
	"ARM id in lower case":         strings.ToLower(contosoID),
	"ARM id in capitals":           strings.ToUpper(contosoID),
	"ARM id with blanks around it": "  " + contosoID + "\n",
	"link":                         portalLink,
	"link, encoded":                "https://portal.azure.com/#view/Microsoft_Azure_RecoveryServices/VaultBlade/id/" + url.QueryEscape(contosoID),
	"link to a page of the vault":  "https://portal.azure.com/#@contoso.com/resource" + contosoID + "/backupItems",
	"group and name":               "backup/contoso",
	"group and name, other case":   "BACKUP/Contoso",
}

func (c *protocolClient) importVault(req *tfprotov6.ImportResourceStateRequest) *tfprotov6.ImportResourceStateResponse {
	c.t.Helper()
	req.TypeName = "backup_vault"
	resp, err := c.server.ImportResourceState(c.t.Context(), req)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp
}

func TestVaultImport(t *testing.T) {
	database := acctest.Database(t)
	putForeignVault(t, database)
	client := newProtocolClient(t, database)
	kind := client.schemas.ResourceSchemas["backup_vault"].ValueType()
	check := func(t *testing.T, req *tfprotov6.ImportResourceStateRequest, wantGroup, wantName string) {
		t.Helper()
		resp := client.importVault(req)
		client.succeed(resp.Diagnostics)
		if len(resp.ImportedResources) != 1 {
			t.Fatalf("%d resources", len(resp.ImportedResources))
		}
		got := client.decodeTexts(resp.ImportedResources[0].State, kind)
		for name, want := range map[string]string{
			"id": contosoID, "name": wantName, "resource_group_name": wantGroup, "subscription_id": defaultSubscription, "region": "chinaeast",
			"storage_redundancy": "LocallyRedundant", "state": "Active",
		} {
			if got[name] != want {
				t.Errorf("%s = %q, want %q", name, got[name], want)
			}
		}
		want := map[string]string{"subscription_id": defaultSubscription, "resource_group_name": wantGroup, "name": wantName}
		if diff := cmp.Diff(want, client.decodeTexts(resp.ImportedResources[0].Identity.IdentityData, identityType)); diff != "" {
			t.Errorf("identity (-want +got):\n%s", diff)
		}
	}
	for name, id := range importForms {
		t.Run(name, func(t *testing.T) { check(t, &tfprotov6.ImportResourceStateRequest{ID: id}, "backup", "contoso") })
	}
	for name, identity := range map[string]map[string]any{
		"identity":                          {"subscription_id": defaultSubscription, "resource_group_name": "backup", "name": "contoso"},
		"identity with the name alone":      {"name": "contoso"},
		"identity in the user's own casing": {"resource_group_name": "BackUp", "name": "CONTOSO"},
	} {
		t.Run(name, func(t *testing.T) {
			// An identity is Terraform's to compare, and stays as it was asked for.
			group, _ := identity["resource_group_name"].(string)
			if group == "" {
				group = "backup"
			}
			wantName, _ := identity["name"].(string)
			check(t, &tfprotov6.ImportResourceStateRequest{
				Identity: &tfprotov6.ResourceIdentityData{IdentityData: client.encode(objectOf(t, identityType, identity))},
			}, group, wantName)
		})
	}
}

func TestVaultImport_refused(t *testing.T) {
	client := newProtocolClient(t, acctest.Database(t))
	const forms = "<resource group>/<name>, in the provider's subscription"
	for id, want := range map[string][]string{
		"contoso":                        {`"contoso" is not an Azure resource id`, forms},
		"/":                              {"is not an Azure resource id", forms},
		"backup/":                        {"is not an Azure resource id", forms},
		"/contoso":                       {"is not an Azure resource id", forms},
		"a/b/c":                          {"is not an Azure resource id", forms},
		"backup/no_underscore":           {`"backup/no_underscore" is not a resource group and the name of a vault: the name has "_" at position 3`, forms},
		"ends.in.period./contoso":        {"The name ends in a period", forms},
		contosoID + "/backupPolicies/p":  {"is not the id of a resource in a resource group", forms},
		contosoID + "/":                  {"is not", forms},
		"https://portal.azure.com/#home": {"holds no Azure resource id", forms, "the link to the vault in the Azure portal"},
		"https://portal.azure.com/#@x/resource" + strings.Replace(contosoID, "RecoveryServices/vaults", "DataProtection/backupVaults", 1): {"is to a Microsoft.DataProtection/backupVaults, not to a Microsoft.RecoveryServices/vaults", forms},
		strings.Replace(contosoID, "RecoveryServices/vaults", "Compute/virtualMachines", 1):                                               {"is the id of a Microsoft.Compute/virtualMachines, not of a backup vault", forms},
		// Well formed, but not there.
		"other/contoso": {"There is no vault " + strings.Replace(contosoID, "/backup/", "/other/", 1) + ` in the environment "embedded"`},
		contosoID:       {"There is no vault " + contosoID + ` in the environment "embedded"`},
	} {
		resp := client.importVault(&tfprotov6.ImportResourceStateRequest{ID: id})
		if len(resp.Diagnostics) != 1 {
			t.Errorf("%s: %d diagnostics", id, len(resp.Diagnostics))
			continue
		}
		for _, part := range want {
			if detail := resp.Diagnostics[0].Detail; !strings.Contains(strings.ToLower(detail), strings.ToLower(part)) {
				t.Errorf("%s: %q, want %q", id, detail, part)
			}
		}
	}
}

func TestAccVaultImport(t *testing.T) {
	database := acctest.Database(t)
	config := vaultConfig(database, `region = "China East"`, `resource_group_name = "backup"`)
	steps := []resource.TestStep{{Config: config}}
	for _, id := range importForms {
		steps = append(steps, resource.TestStep{
			ResourceName: vaultAddress, ImportState: true, ImportStateId: id, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"region"}, // spelled as the service does
		})
	}
	for id, want := range map[string]string{
		"other/contoso":                 "There is no vault /subscriptions/" + defaultSubscription + "/resourceGroups/other/",
		"contoso":                       `"contoso" is not an Azure resource id`,
		"https://portal.azure.cn/#home": "holds no Azure resource id",
	} {
		steps = append(steps, resource.TestStep{ResourceName: vaultAddress, ImportState: true, ImportStateId: id, ExpectError: message(want)})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

// The group and the name suffice where the provider names a subscription.
func TestAccVaultImport_block(t *testing.T) {
	skipBelow(t, 5, "import blocks")
	const subscription = "00000000-0000-4000-8000-0000000000aa"
	database := acctest.Database(t)
	newServiceClientFor(t, database, subscription).do(http.MethodPut, strings.Replace(contosoID, defaultSubscription, subscription, 1),
		`{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	for _, id := range []string{"backup/contoso", strings.Replace(portalLink, defaultSubscription, subscription, 1)} {
		w := acctest.NewWorkspace(t, requiredProviders("azurebackup/backup")+`
provider "backup" {
  environment     = "embedded"
  subscription_id = "`+subscription+`"
  embedded        = { database = "`+database+`" }
}

resource "backup_vault" "v" {
  name   = "contoso"
  region = "China East"
}

import {
  to = backup_vault.v
  id = "`+id+`"
}
`)
		plan := w.Plan()
		wantActions(t, plan, map[string]string{})
		w.MustRun("apply", plan.File)
		if got := w.State()["backup_vault.v"]["subscription_id"]; got != subscription {
			t.Errorf("%s: subscription %v", id, got)
		}
		w.MustPlanNothing()
	}
}
