package acctest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// policyBlock is the policy of a test, in its vault.
func policyBlock(lines ...string) string {
	return fmt.Sprintf("resource \"backup_policy_vm\" \"test\" {\n  name     = \"nightly\"\n  vault_id = backup_vault.test.id\n  %s\n}\n", strings.Join(lines, "\n  "))
}

const (
	daily    = `backup = { frequency = "Daily", time = "23:00" }`
	keepWeek = `retention_daily = { count = 7 }`
)

// A policy goes through every schedule and kind of retention, each of which a second plan finds as it was written.
func TestAccSuite_policy(t *testing.T) {
	t.Parallel()
	vault := vaultBlock(newName())
	long := []string{
		`retention_daily = { count = 30 }`, `retention_weekly = { count = 12, weekdays = ["Sunday"] }`,
		`retention_monthly = { count = 12, weekdays = ["Sunday"], weeks = ["First"] }`, `retention_yearly = { count = 3, months = ["January"], days = [1], include_last_days = true }`,
	}
	run(
		t,
		refused(config(vault, policyBlock(`backup = { frequency = "Daily", time = "23:15" }`, keepWeek)), "the half hour"),
		step(config(vault, policyBlock(daily, keepWeek)), thePolicy, plancheck.ResourceActionCreate,
			has(thePolicy, "timezone", text("UTC")), has(thePolicy, "backup.time", text("23:00")), has(thePolicy, "retention_daily.count", knownvalue.Int64Exact(7))),
		step(config(vault, policyBlock(append(long, `timezone = "Asia/Shanghai"`, daily)...)), thePolicy, plancheck.ResourceActionUpdate,
			has(thePolicy, "timezone", text("Asia/Shanghai")), has(thePolicy, "retention_weekly.count", knownvalue.Int64Exact(12)),
			has(thePolicy, "retention_yearly.include_last_days", knownvalue.Bool(true))),
		imported(thePolicy, "timezone"),
		step(config(vault, policyBlock(`backup = { frequency = "Weekly", time = "02:30", weekdays = ["Monday", "Friday"] }`, `retention_weekly = { count = 4, weekdays = ["Monday", "Friday"] }`)),
			thePolicy, plancheck.ResourceActionUpdate, has(thePolicy, "backup.frequency", text("Weekly")), has(thePolicy, "retention_daily", knownvalue.Null())),
	)
}

// An enhanced policy backs up several times a day.
func TestAccSuite_policyEnhanced(t *testing.T) {
	t.Parallel()
	run(t, step(config(vaultBlock(newName()), policyBlock(`policy_type = "V2"`, `backup = { frequency = "Hourly", time = "08:00", hour_interval = 4, hour_duration = 12 }`,
		`retention_daily = { count = 10 }`, `instant_restore_retention_days = 3`)), thePolicy, plancheck.ResourceActionCreate,
		has(thePolicy, "policy_type", text("V2")), has(thePolicy, "backup.hour_interval", knownvalue.Int64Exact(4)),
		has(thePolicy, "instant_restore_retention_days", knownvalue.Int64Exact(3))))
}
