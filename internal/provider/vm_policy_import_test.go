package provider_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

func TestAccVMPolicyImport(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	steps := []resource.TestStep{{Config: policyConfig(database, daily, thirtyDays, `retention_monthly = { count = 3, days = [1], include_last_days = true }`)}}
	for _, id := range []string{
		nightlyID, strings.ToLower(nightlyID), strings.ToUpper(nightlyID), " " + nightlyID + "\n", "BACKUP/Contoso/Nightly",
		"https://portal.azure.cn/#view/Microsoft_Azure_RecoveryServices/PolicyBlade/policyId/" + url.PathEscape(url.PathEscape(nightlyID)) + "/kind/VM",
	} {
		steps = append(steps, resource.TestStep{ResourceName: policyAddress, ImportState: true, ImportStateId: id, ImportStateVerify: true})
	}
	const forms = "<resource group>/<vault>/<name>, in the provider's subscription"
	for id, want := range map[string]string{
		nightlyID + "-missing":    "There is no policy " + nightlyID + `-missing in the environment "embedded"`,
		"backup/fabrikam/nightly": "There is no policy ",
		contosoID:                 forms,
		"https://portal.azure.com/#@contoso.com/resource" + contosoID: "holds no id of a backup policy",
		"nightly":                      forms,
		"contoso/nightly":              forms,
		"backup//nightly":              forms,
		"backup/contoso/1st":           `"backup/contoso/1st" is not a resource group, the name of a vault and that of a policy`,
		contosoID + "/backupPolicies/": forms,
	} {
		steps = append(steps, resource.TestStep{ResourceName: policyAddress, ImportState: true, ImportStateId: id, ExpectError: message(want)})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func TestAccVMPolicyImport_identity(t *testing.T) {
	t.Parallel()
	skipBelowIdentity(t)
	for name, identity := range map[string]map[string]string{
		"whole":      {"subscription_id": defaultSubscription, "resource_group_name": "backup", "vault_name": "contoso", "name": "nightly"},
		"odd casing": {"subscription_id": defaultSubscription, "resource_group_name": "BackUp", "vault_name": "CONTOSO", "name": "Nightly"},
		"defaults":   {"vault_name": "contoso", "name": "nightly"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			putForeignVault(t, database)
			newServiceClient(t, database).do(http.MethodPut, nightlyID, dailyDocument)
			block := "import {\n  to = backup_policy_vm.test\n  identity = {\n"
			want := map[string]knownvalue.Check{"subscription_id": text(defaultSubscription), "resource_group_name": text("backup")}
			for name, value := range identity {
				block += name + " = \"" + value + "\"\n"
				want[name] = text(value)
			}
			config := acctest.Config(database, strings.Replace(policyBlock("test", "nightly", daily, thirtyDays), "backup_vault.test.id", `"`+contosoID+`"`, 1)+block+"}\n}\n")
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{
					{Config: config, ConfigStateChecks: []statecheck.StateCheck{policyHas("id", text(nightlyID)), statecheck.ExpectIdentity(policyAddress, want)}},
				},
			})
		})
	}
}

// A vault can hold policies of other kinds, which another service makes.
func TestAccVMPolicy_ofAnotherKind(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	recorder.Answer = func(req *http.Request) *http.Response {
		if req.Method != http.MethodGet || !strings.Contains(req.URL.Path, "/backupPolicies/sql") {
			return nil
		}
		return acctest.JSON(200, `{"id":"`+contosoID+`/backupPolicies/sql","name":"sql","type":"Microsoft.RecoveryServices/vaults/backupPolicies",`+
			`"properties":{"backupManagementType":"AzureWorkload","workLoadType":"SQLDataBase","subProtectionPolicy":[],"protectedItemsCount":0}}`)
	}
	const want = `Policy "sql" of vault "contoso" is for AzureWorkload, not for virtual machines`
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			{Config: policyConfig(database, daily, thirtyDays)},
			{ResourceName: policyAddress, ImportState: true, ImportStateId: "backup/contoso/sql", ExpectError: message(want)},
			{
				Config:      policyConfig(database, daily, thirtyDays) + "data \"backup_policy_vm\" \"sql\" {\n  name = \"sql\"\n  vault_id = backup_vault.test.id\n}\n",
				ExpectError: message(want),
			},
		},
	})
}
