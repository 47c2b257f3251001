package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// vmID is the id of a virtual machine.
func vmID(name string) string {
	return "/subscriptions/" + defaultSubscription + "/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/" + name
}

func TestAccProvider_embeddedSettings(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		`clock_offset = "tomorrow"`:                                  `"tomorrow" is not a duration; write a number and a unit, such as 12h, 40d or 40d12h`,
		`clock_offset = "-1d"`:                                       `The clock offset "-1d" is not between 0s and 36500d`,
		`operation_time = "25h"`:                                     `The operation time "25h" is not between 0s and 24h`,
		`backup_time = "2"`:                                          `"2" is not a duration; write a number and a unit, such as 500ms, 30s or 2m`,
		`virtual_machines = { db = "eastus" }`:                       `"db" is not`,
		`virtual_machines = { "` + contosoID + `" = "x" }`:           `is the id of a`,
		`virtual_machines = { "` + vmID("db") + `" = "Chnia East" }`: `The virtual machine "` + vmID("db") + `": "Chnia East" is not an Azure region`,
		`virtual_machines = { "` + vmID("db") + `" = null }`:         `The virtual machine "` + vmID("db") + `" has no region`,
		`virtual_machines = { "` + vmID("db") + `" = "eastus", "` + vmID("DB") + `" = "eastus" }`:                    `are one virtual machine's: letter case makes no difference`,
		`failed_backups = [{ vm_id = "` + vmID("db") + `" }, { vm_id = "` + vmID("db") + `", start_time = "noon" }]`: `failed_backups[1].start_time: "noon" is not a time`,
	} {
		refused(t, acctest.Config(acctest.Database(t), oneVault, setting), want)
	}
}

func TestAccProvider_embeddedVariables(t *testing.T) {
	for variable, want := range map[string]string{
		"BACKUP_OPERATION_TIME": "The operation time",
		"BACKUP_BACKUP_TIME":    "The backup time",
		"BACKUP_CLOCK_OFFSET":   "The clock offset",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, "-1s")
			refused(t, acctest.Config(acctest.Database(t), oneVault), want+` "-1s" is not between 0s and`)
			refused(t, acctest.Config(acctest.Database(t), oneVault), "It comes from the environment variable "+variable)
		})
	}
}

// The variables count, and the attribute comes before its variable.
func TestAccProvider_operationTime(t *testing.T) {
	t.Setenv("BACKUP_OPERATION_TIME", "24h")
	t.Setenv("BACKUP_CLOCK_OFFSET", "1d")
	database := acctest.Database(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: acctest.Config(database, oneVault)},
			{
				Config: acctest.Config(database, `
resource "backup_vault" "test" {
  name     = "contoso"
  region   = "eastus"
  tags     = { a = "b" }
  timeouts = { update = "1s" }
}`),
				ExpectError: message(`the time ran out (timeouts.update = "1s")`),
			},
			{Config: acctest.Config(database, oneVault, `operation_time = "0s"`, `clock_offset = "2d"`)},
		},
	})
}
