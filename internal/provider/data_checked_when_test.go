package provider_test

import (
	"strings"
	"testing"
)

// withEmbedded is one vault and a service with this setting.
func withEmbedded(setting string) mistake { return mistake{config: protecting(oneVault, setting)} }

// reading is a configuration with a data source.
func reading(kind string, attributes ...string) mistake {
	return mistake{config: protecting("data \"" + kind + "\" \"test\" {\n  " + strings.Join(attributes, "\n  ") + "\n}\n")}
}

// backingUp is a configuration that runs backup_now for vm-00 of the vault contoso.
func backingUp(attributes ...string) mistake {
	return mistake{
		needs:   skipBelowActions,
		prepare: func(c serviceClient) { existing("backup")(c); c.protect(1) },
		config: protecting(`resource "terraform_data" "test" {
  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.backup_now.test]
    }
  }
}
action "backup_now" "test" {
  config {
    ` + strings.Join(attributes, "\n    ") + `
  }
}
`),
	}
}

const (
	ofVM00    = `protected_vm_id = "` + contosoItem + `"`
	ofContoso = `vault_id = "` + contosoID + `"`
)

// nobody is the id of a VM that the vault does not protect.
var nobody = `protected_vm_id = "` + strings.ReplaceAll(contosoItem, "vm-00", "nobody") + `"`

var dataMistakes = map[string]mistake{
	"A subscription of the embedded service has a name":                         withEmbedded(`subscriptions = { "00000000-0000-4000-8000-00000000beef" = null }`),
	"A tag that vaults are chosen by has a value":                               reading("backup_vaults", `tags = { owner = null }`),
	"A length of time is one":                                                   withEmbedded(`operation_time = "soon"`),
	"The service's clock is not behind":                                         withEmbedded(`clock_offset = "-1d"`),
	"A VM of the inventory is named by its id":                                  withEmbedded(`virtual_machines = { db = "eastus" }`),
	"A VM of the inventory has a region":                                        withEmbedded(`virtual_machines = { "` + vmID("db") + `" = null }`),
	"The region of a VM of the inventory exists":                                withEmbedded(`virtual_machines = { "` + vmID("db") + `" = "Chnia East" }`),
	"A VM is in the inventory once":                                             withEmbedded(`virtual_machines = { "` + vmID("db") + `" = "eastus", "` + vmID("DB") + `" = "eastus" }`),
	"A VM whose backups fail is named by its id":                                withEmbedded(`failed_backups = [{ vm_id = "db" }]`),
	"The time in which backups fail is one":                                     withEmbedded(`failed_backups = [{ vm_id = "` + vmID("db") + `", start_time = "2026-02-01T00:00:00Z", end_time = "2026-01-31T00:00:00Z" }]`),
	"A VM with a threat is named by its id":                                     withEmbedded(`threats = [{ vm_id = "db" }]`),
	"The severity of a threat is one":                                           withEmbedded(`threats = [{ vm_id = "` + vmID("db") + `", severity = "high" }]`),
	"A recovery point that is asked for clean is there":                         {prepare: func(c serviceClient) { existing("backup")(c); backedUp(c) }, config: reading("backup_recovery_points", ofVM00, `clean_only = true`).config},
	"Recovery points are read of a protected VM's id":                           reading("backup_recovery_points", `protected_vm_id = "`+vmID("db")+`"`),
	"A time is as in RFC 3339":                                                  reading("backup_recovery_points", ofVM00, `start_time = "yesterday"`),
	"A window of time does not end before it starts":                            reading("backup_recovery_points", ofVM00, `start_time = "2026-02-01T00:00:00Z"`, `end_time = "2026-01-31T00:00:00Z"`),
	"The VM whose recovery points are read is protected":                        reading("backup_recovery_points", nobody),
	"The status of jobs is one":                                                 reading("backup_jobs", ofContoso, `status = "Done"`),
	"The operation of jobs is one":                                              reading("backup_jobs", ofContoso, `operation = "Dance"`),
	"The jobs of a VM are those of its vault":                                   reading("backup_jobs", ofContoso, strings.ReplaceAll(ofVM00, "contoso", "fabrikam")),
	"The vault whose jobs are read exists":                                      reading("backup_jobs", ofContoso),
	"The vault whose policy is read exists":                                     reading("backup_policy_vm", ofContoso, `name = "nightly"`),
	"The policy that is read exists":                                            {prepare: existing("backup"), config: reading("backup_policy_vm", ofContoso, `name = "nightly"`).config},
	"A data source that needs the provider's subscription finds it known":       {config: lateBlock("environment = \"embedded\"\n subscription_id = "+late) + "data \"backup_vaults\" \"test\" {}\n"},
	"A data source that shows backups and jobs finds the service's clock known": {config: protecting(lateValue(`"1d"`)+"data \"backup_jobs\" \"test\" {\n "+ofContoso+"\n}\n", "clock_offset = "+late)},
	"Resources are read with the service's clock known":                         {config: protecting(lateValue(`"1d"`)+oneVault, "clock_offset = "+late)},
	"A setting without which there is no service is known":                      {config: lateBlock("environment = "+late) + oneVault},
	"A VM that gets a vault for its region has one":                             {needs: needsFunctions, config: protecting("output \"x\" {\n  value = provider::backup::vaults_by_region({ db = { region = null } })\n}\n")},
	"The region of a VM that gets a vault for it exists":                        {needs: needsFunctions, config: protecting("output \"x\" {\n  value = provider::backup::vaults_by_region({ db = { region = \"Chnia East\" } })\n}\n")},
	"A backup on demand is of a protected VM's id":                              backingUp(`protected_vm_id = "` + vmID("db") + `"`),
	"The retention of a backup on demand is set once":                           backingUp(ofVM00, `retain_days = 30`, `retain_until = "2099-12-31T00:00:00Z"`),
	"A backup on demand is kept for 1 to 36135 days":                            backingUp(ofVM00, `retain_days = 0`),
	"A backup on demand is kept until a time to come":                           backingUp(ofVM00, `retain_until = "2026-01-01T00:00:00Z"`),
	"A backup on demand is kept for at most 99 years":                           backingUp(ofVM00, `retain_until = "2200-01-01T00:00:00Z"`),
	"The VM of a backup on demand is protected":                                 backingUp(nobody),
}

// lateBlock is a provider block with a setting that is known only after an apply.
func lateBlock(settings string) string {
	return requiredProvider + lateValue(`"x"`) + "provider \"backup\" {\n " + settings + "\n}\n"
}

func needsFunctions(t *testing.T) {
	t.Helper()
	skipBelow(t, 8, "provider functions")
}
