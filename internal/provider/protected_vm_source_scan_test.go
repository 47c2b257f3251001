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
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// configureScan switches the scan of the VM web on or off, behind Terraform's back.
func (c serviceClient) configureScan(action string) {
	c.t.Helper()
	c.doIn(catalog.NewBackupAPIVersion, http.MethodPost, webItem+"/configureSourceScan", `{"sourceScanAction":"`+action+`"}`)
}

// The scan of a VM is switched on and off in place, put right when somebody changes it, and left alone where nothing is said.
func TestAccProtectedVM_sourceScan(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	client := newServiceClient(t, database)
	listed := `data "backup_protected_vms" "all" {
  vault_id   = backup_vault.test.id
  depends_on = [backup_protected_vm.web]
}
`
	config := func(attributes ...string) string {
		return acctest.Config(database, contoso()+web(attributes...)+listed)
	}
	status := func(want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.backup_protected_vms.all", attribute("protected_vms").AtSliceIndex(0).AtMapKey("source_scan_status"), text(want))
	}
	on, off := config(`source_scan_enabled = true`), config(`source_scan_enabled = false`)
	calls := &acctest.Recorder{}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(calls.Option()),
		Steps: []resource.TestStep{
			{Config: on, ConfigStateChecks: []statecheck.StateCheck{hasWeb("source_scan_enabled", knownvalue.Bool(true)), status("Configured")}},
			{Config: on, ConfigPlanChecks: nothing},
			{PreConfig: func() { client.configureScan("Disable") }, Config: on, ConfigPlanChecks: plansWeb(plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{status("Configured")}},
			{Config: off, ConfigPlanChecks: plansWeb(plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{hasWeb("source_scan_enabled", knownvalue.Bool(false)), status("NotConfigured")}},
			{Config: on, ConfigPlanChecks: plansWeb(plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{status("Configured")}},
			{
				PreConfig: func() { calls.Take() },
				Config:    config(), ConfigStateChecks: []statecheck.StateCheck{hasWeb("source_scan_enabled", knownvalue.Null()), status("Configured")},
			},
			{
				PreConfig: func() {
					for _, call := range calls.Take() {
						if strings.HasPrefix(call, "POST") {
							t.Errorf("left out, it sent %s", call)
						}
					}
				},
				Config: config(), ConfigPlanChecks: nothing,
			},
			// A new protection whose scan is not to be configured is not asked to.
			{Config: acctest.Config(database, contoso())},
			{Config: off, ConfigStateChecks: []statecheck.StateCheck{hasWeb("source_scan_enabled", knownvalue.Bool(false))}},
		},
	})
}

// A scan that is refused is no reason to mark the protection as tainted: the next apply would delete the backups.
func TestAccProtectedVM_sourceScanRefused(t *testing.T) {
	t.Parallel()
	refuses := true
	calls := &acctest.Recorder{Answer: func(r *http.Request) *http.Response {
		if refuses && strings.HasSuffix(r.URL.Path, "/configureSourceScan") {
			return acctest.JSON(http.StatusBadRequest, `{"error":{"code":"UserErrorScanNotAllowed","message":"The vault does not allow scans."}}`)
		}
		return nil
	}}
	database := acctest.Database(t)
	on := acctest.Config(database, contoso()+web(`source_scan_enabled = true`))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(calls.Option()),
		Steps: []resource.TestStep{
			{Config: on, ExpectNonEmptyPlan: true},
			{Config: on, ExpectError: regexp.MustCompile(`(?s)Unable to change the scan of a VM.*UserErrorScanNotAllowed`)},
			{
				PreConfig: func() { refuses = false }, Config: on, ConfigPlanChecks: plansWeb(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{hasWeb("source_scan_enabled", knownvalue.Bool(true))},
			},
			{Config: on, ConfigPlanChecks: nothing},
		},
	})
}

// Of three backups the last two have a threat: the newest clean one is the first.
func TestAccRecoveryPoints_clean(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	start := time.Now()
	threats := func(from time.Duration) string {
		return fmt.Sprintf(`threats = [{ vm_id = %q, start_time = %q, title = "Ransomware", description = "Files are being encrypted.", severity = "Critical" }]`,
			strings.ToUpper(webID), start.Add(from).Format(time.RFC3339))
	}
	points := func(filters string) string {
		return "data \"backup_recovery_points\" \"test\" {\n  protected_vm_id = backup_protected_vm.web.id\n  " + filters + "\n}\n"
	}
	vm := contoso(`immutability = "Unlocked"`) + web(`source_scan_enabled = true`, `deletion_policy = "retain_data"`)
	const day = 24 * time.Hour
	config := func(filters string, settings ...string) string {
		return acctest.Config(database, vm+points(filters), append(settings, `clock_offset = "3d"`)...)
	}
	list := func(checks ...knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue("data.backup_recovery_points.test", attribute("recovery_points"), knownvalue.ListExact(checks))}
	}
	point := func(status string, threats ...knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"threat_status": text(status), "threats": knownvalue.ListExact(append([]knownvalue.Check{}, threats...)),
			"immutable": knownvalue.Bool(true), "immutable_until": knownvalue.Null(),
		})
	}
	ransomware := knownvalue.ObjectExact(map[string]knownvalue.Check{
		"title": text("Ransomware"), "description": text("Files are being encrypted."), "severity": text("Critical"), "state": text("Active"),
		"start_time": text(start.Add(day).UTC().Format(time.RFC3339)), "end_time": knownvalue.Null(), "update_time": knownvalue.NotNull(), "url": knownvalue.Null(),
	})
	clean := point("Healthy")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: acctest.Config(database, vm)},
			{Config: config("", threats(day)), ConfigStateChecks: list(point("UnHealthy", ransomware), point("UnHealthy", ransomware), clean)},
			{Config: config("clean_only = true", threats(day)), ConfigStateChecks: list(clean)},
			{Config: config("clean_only = false"), ConfigStateChecks: list(clean, clean, clean)},
			{Config: config("clean_only = true", threats(0)), ConfigStateChecks: list()},
			// The vault has to be left: it keeps what it is to keep.
			{Config: acctest.Config(database, contoso(`immutability = "Disabled"`)+web(`deletion_policy = "delete"`))},
		},
	})
}
