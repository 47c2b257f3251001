package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

func policyData(label, name string) string {
	return "data \"backup_policy_vm\" \"" + label + "\" {\n  name = \"" + name + "\"\n  vault_id = backup_vault.test.id\n}\n"
}

// The policies that a vault has from birth are read in the apply that makes it.
func TestAccVMPolicyDataSource(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	is := func(label, name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.backup_policy_vm."+label, attribute(name), value)
	}
	config := acctest.Config(database, removableVault+policyData("default", "defaultpolicy")+policyData("enhanced", "EnhancedPolicy"))
	everything := policyBlock("test", "nightly", `policy_type = "V2"`, `timezone = "Asia/Shanghai"`, daily, thirtyDays,
		`retention_weekly = { count = 2, weekdays = ["Friday"] }`, `retention_monthly = { count = 9, days = [3], include_last_days = true }`,
		`retention_yearly = { count = 2, months = ["May"], weeks = ["Last"], weekdays = ["Friday"] }`,
		`instant_restore_resource_group = { prefix = "a", suffix = "b" }`, `snapshot_consistency_type = "OnlyCrashConsistent"`,
		`tiering_policy = { archived_restore_point = { mode = "TierAfter", duration = 4, duration_type = "Months" } }`)
	steps := []resource.TestStep{
		{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				is("default", "id", text(contosoID+"/backupPolicies/DefaultPolicy")), is("default", "name", text("defaultpolicy")),
				is("default", "policy_type", text("V1")), is("default", "timezone", text("UTC")), is("default", "protected_vm_count", number(0)),
				is("default", "instant_restore_retention_days", number(2)), is("default", "retention_daily", object(map[string]knownvalue.Check{"count": number(30)})),
				is("default", "retention_weekly", knownvalue.Null()), is("default", "backup", object(map[string]knownvalue.Check{"frequency": text("Daily")})),
				is("enhanced", "policy_type", text("V2")), is("enhanced", "id", text(contosoID+"/backupPolicies/EnhancedPolicy")),
			},
		},
		{
			PreConfig: func() { newServiceClient(t, database).protectBy("DefaultPolicy", "vm-a") },
			Config: config + everything + strings.Replace(policyData("nightly", "NIGHTLY"), "backup_vault.test.id",
				"lower(backup_policy_vm.test.vault_id)\n  depends_on = [backup_policy_vm.test]", 1),
			ConfigStateChecks: []statecheck.StateCheck{
				is("default", "protected_vm_count", number(1)), is("nightly", "vault_id", text(strings.ToLower(contosoID))), is("nightly", "name", text("NIGHTLY")),
				is("nightly", "timezone", text("China Standard Time")),
			},
		},
	}
	last := &steps[len(steps)-1]
	for _, name := range []string{
		"id", "policy_type", "backup", "instant_restore_retention_days", "instant_restore_resource_group", "snapshot_consistency_type",
		"retention_daily", "retention_weekly", "retention_monthly", "retention_yearly", "tiering_policy", "protected_vm_count",
	} {
		last.ConfigStateChecks = append(last.ConfigStateChecks, statecheck.CompareValuePairs(
			policyAddress, attribute(name), "data.backup_policy_vm.nightly", attribute(name), compare.ValuesSame()))
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func TestAccVMPolicyDataSource_notFound(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config:      acctest.Config(database, strings.Replace(policyData("x", "nightly"), "backup_vault.test.id", `"`+contosoID+`"`, 1)),
				ExpectError: message("There is no vault " + contosoID + ` (environment "embedded").`),
			},
			{
				Config:      acctest.Config(database, strings.Replace(policyData("x", "nightly"), "backup_vault.test.id", `"contoso"`, 1)),
				ExpectError: message(`"contoso" is not an Azure resource id`),
			},
			{
				Config:      acctest.Config(database, aVaultBlock+policyData("x", "nightly")),
				ExpectError: message(`The vault "contoso" has no policy named "nightly" (environment "embedded").`),
			},
			{Config: acctest.Config(database, aVaultBlock)},
		},
	})
}
