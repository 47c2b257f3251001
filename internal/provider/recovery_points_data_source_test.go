package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// protectedVMs are two VMs under the policy that every vault has: a backup each day, kept for 30 days.
var protectedVMs = oneVault + protectedVM("db") + protectedVM("web")

func protectedVM(name string) string {
	return `
resource "backup_protected_vm" "` + name + `" {
  vault_id         = backup_vault.test.id
  backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"
  source_vm_id     = "` + vmID(name) + `"
}
`
}

// failBackup asks for a backup of a VM of the vault contoso, behind Terraform's back, which fails.
func (c serviceClient) failBackup(vm string) {
	c.t.Helper()
	c.transport = embedded.NewTransport(embedded.New(embedded.Config{
		Store: c.store,
		FailBackup: func(string) *embedded.Fault {
			return &embedded.Fault{Code: "UserErrorVmNotFound", Message: "There is no VM."}
		},
	}))
	c.do(http.MethodPost, strings.ReplaceAll(contosoItem, "vm-00", vm)+"/backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`)
}

// Two VMs are protected, one backup is asked for and fails, and three days go by.
func TestAccRecoveryPointsAndJobs(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	const day = 24 * time.Hour
	start := time.Now()
	later := func(body string) string {
		return acctest.Config(database, protectedVMs+body, `clock_offset = "3d"`)
	}
	points := func(filters ...string) string {
		return "data \"backup_recovery_points\" \"test\" {\n  protected_vm_id = backup_protected_vm.db.id\n  " + strings.Join(filters, "\n  ") + "\n}\n"
	}
	jobs := func(filters ...string) string {
		return "data \"backup_jobs\" \"test\" {\n  vault_id = upper(backup_vault.test.id)\n  " + strings.Join(filters, "\n  ") + "\n}\n"
	}
	bound := func(name string, after time.Duration) string {
		return fmt.Sprintf("%s = %q", name, start.Add(after).Format(time.RFC3339))
	}
	wantList := func(address, name string, want ...knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(address, attribute(name), knownvalue.ListExact(want))}
	}
	point := knownvalue.ObjectExact(map[string]knownvalue.Check{
		"id": matches("(?i)^/subscriptions/.*;db/recoveryPoints/"), "name": knownvalue.NotNull(), "time": matches(`^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$`),
		"consistency": text("AppConsistent"), "tiers": knownvalue.ListPartial(map[int]knownvalue.Check{}),
		"expiry_time": matches(`^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$`), "rule": text("Daily"),
		"immutable": knownvalue.Bool(false), "immutable_until": knownvalue.Null(), "threat_status": text("NotAvailable"), "threats": knownvalue.ListExact([]knownvalue.Check{}),
	})
	job := func(vm, operation, status string, user knownvalue.Check, errors ...knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": matches("(?i)^/subscriptions/.*/vaults/contoso/backupJobs/"), "name": knownvalue.NotNull(), "operation": text(operation), "status": text(status),
			"vm_name": text(vm), "start_time": matches(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`), "end_time": matches(`^\d{4}-\d\d-\d\dT`),
			"duration": matches(`^[0-9].*s$`), "user_triggered": user, "errors": knownvalue.ListExact(append([]knownvalue.Check{}, errors...)),
		})
	}
	failure := knownvalue.ObjectExact(map[string]knownvalue.Check{
		"code": knownvalue.Int64Exact(0), "title": text("UserErrorVmNotFound"), "message": text("There is no VM."), "recommendations": knownvalue.ListExact([]knownvalue.Check{}),
	})
	scheduled := job("db", "Backup", "Completed", knownvalue.Bool(false))
	failed := job("db", "Backup", "Failed", knownvalue.Bool(true), failure)

	steps := []resource.TestStep{{
		// No backup has been taken yet, and none is not an error.
		Config:            acctest.Config(database, protectedVMs+points()),
		ConfigStateChecks: wantList("data.backup_recovery_points.test", "recovery_points"),
	}}
	for i, test := range []struct {
		data string
		want []statecheck.StateCheck
	}{
		{points(), wantList("data.backup_recovery_points.test", "recovery_points", point, point, point)},
		{points(bound("start_time", day)), wantList("data.backup_recovery_points.test", "recovery_points", point, point)},
		{points(bound("end_time", day)), wantList("data.backup_recovery_points.test", "recovery_points", point)},
		{points(bound("start_time", day), bound("end_time", 2*day)), wantList("data.backup_recovery_points.test", "recovery_points", point)},
		{points(bound("end_time", -day)), wantList("data.backup_recovery_points.test", "recovery_points")},
		{jobs(`operation = "Backup"`, `status = "Failed"`), wantList("data.backup_jobs.test", "jobs", failed)},
		{
			jobs(`protected_vm_id = lower(backup_protected_vm.db.id)`),
			wantList("data.backup_jobs.test", "jobs", scheduled, scheduled, scheduled, failed, job("db", "ConfigureBackup", "Completed", knownvalue.Null())),
		},
		{jobs(`operation = "Backup"`, bound("start_time", 2*day)), []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.backup_jobs.test", attribute("jobs"), knownvalue.ListSizeExact(2)),
		}},
		{jobs(`status = "InProgress"`), wantList("data.backup_jobs.test", "jobs")},
	} {
		step := resource.TestStep{Config: later(test.data), ConfigStateChecks: test.want}
		if i == 0 {
			step.PreConfig = func() { newServiceClient(t, database).failBackup("db") }
		}
		steps = append(steps, step)
	}
	// Scheduled backups that fail, also in hindsight.
	noNetwork := knownvalue.ObjectExact(map[string]knownvalue.Check{
		"code": knownvalue.Int64Exact(0), "title": text("ExtensionSnapshotFailedNoNetwork"), "message": matches("no network connectivity"),
		"recommendations": knownvalue.ListExact([]knownvalue.Check{}),
	})
	broken := job("web", "Backup", "Failed", knownvalue.Bool(false), noNetwork)
	steps = append(steps, resource.TestStep{
		Config: acctest.Config(database, protectedVMs+jobs(`status = "Failed"`, `protected_vm_id = backup_protected_vm.web.id`), `clock_offset = "3d"`,
			fmt.Sprintf(`failed_backups = [{ vm_id = %q, %s }]`, strings.ToUpper(vmID("web")), bound("start_time", day))),
		ConfigStateChecks: append(wantList("data.backup_jobs.test", "jobs", broken, broken),
			statecheck.ExpectKnownValue("backup_protected_vm.web", attribute("last_backup_status"), text("Failed")),
			statecheck.ExpectKnownValue("backup_protected_vm.web", attribute("health"), text("ActionRequired")),
			statecheck.ExpectKnownValue("backup_protected_vm.db", attribute("last_backup_status"), text("Completed"))),
	})
	for _, mistake := range []struct{ data, want string }{
		{"data \"backup_recovery_points\" \"test\" {\n protected_vm_id = \"" + strings.ReplaceAll(contosoItem, "vm-00", "nobody") + "\"\n}\n", `VM is not protected`},
		{"data \"backup_recovery_points\" \"test\" {\n protected_vm_id = \"" + vmID("db") + "\"\n}\n", `Invalid protected VM id`},
		{points(`start_time = "yesterday"`), `"yesterday" is not a time; write date, time and zone as in RFC 3339, such as 2026-01-31T02:00:00Z`},
		{points(`start_time = "2026-02-01T00:00:00Z"`, `end_time = "2026-01-31T00:00:00Z"`), `The end time 2026-01-31T00:00:00Z is before the start time 2026-02-01T00:00:00Z`},
		{jobs(`start_time = "2026-02-01T00:00:00Z"`, `end_time = "2026-01-31T00:00:00Z"`), `The end time 2026-01-31T00:00:00Z is before the start time 2026-02-01T00:00:00Z`},
		{jobs(`status = "Done"`), `Attribute status value must be one of`},
		{jobs(`operation = "Dance"`), `Attribute operation value must be one of`},
		{jobs(`protected_vm_id = "` + strings.ReplaceAll(contosoItem, "contoso", "fabrikam") + `"`), `Protected VM of another vault`},
		{"data \"backup_jobs\" \"test\" {\n vault_id = \"" + strings.ReplaceAll(contosoID, "contoso", "nobody") + "\"\n}\n", `There is no such vault`},
	} {
		steps = append(steps, resource.TestStep{Config: later(mistake.data), ExpectError: message(mistake.want)})
	}
	steps = append(steps, resource.TestStep{Config: later("")})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func matches(pattern string) knownvalue.Check {
	return knownvalue.StringRegexp(regexp.MustCompile(pattern))
}
