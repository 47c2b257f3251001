package provider_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// loggedRequest is a line of the provider's log about a request; its fields come in no order.
type loggedRequest struct {
	line                 string
	method, path, status string
}

func requestsIn(log string) []loggedRequest {
	field := func(line, name string) string {
		found := regexp.MustCompile(`\b` + name + `=(\S+)`).FindStringSubmatch(line)
		if found == nil {
			return ""
		}
		return found[1]
	}
	var requests []loggedRequest
	for line := range strings.Lines(log) {
		if strings.Contains(line, "provider.terraform-provider-backup: ARM request: ") {
			requests = append(requests, loggedRequest{
				line: line, method: field(line, "method"), path: field(line, "path"), status: field(line, "status"),
			})
		}
	}
	return requests
}

func TestAccLogs(t *testing.T) {
	t.Parallel()
	const tag, keyVault = "a-value-for-nobodys-eyes", "a-vault-for-nobodys-eyes"
	w := acctest.NewWorkspace(t, slowVaults("300ms", `resource "backup_vault" "production" {
  name   = "production"
  region = "China East"
  tags   = { note = "`+tag+`" }

  identity   = { type = "SystemAssigned" }
  encryption = { key_id = "https://`+keyVault+`.vault.azure.net/keys/backup", infrastructure_encryption_enabled = false }
}
data "backup_vaults" "all" {
  depends_on = [backup_vault.production]
}
`))
	w.Setenv("TF_LOG", "TRACE")
	w.Setenv("TF_LOG_PROVIDER", "TRACE")
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
	log := w.Log()

	const vaults = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/"
	requests := requestsIn(log)
	for _, want := range []loggedRequest{
		{method: "PUT", path: vaults + "production", status: "201"},
		{method: "GET", path: vaults + "production", status: "200"},
		{method: "DELETE", path: vaults + "production", status: "202"},
		{method: "GET", path: "/subscriptions/00000000-0000-4000-8000-000000000001/providers/Microsoft.RecoveryServices/vaults", status: "200"},
	} {
		if !slices.ContainsFunc(requests, func(got loggedRequest) bool {
			return got.method == want.method && got.path == want.path && got.status == want.status
		}) {
			t.Errorf("no ARM request %s %s %s among %d", want.method, want.path, want.status, len(requests))
		}
	}
	for _, r := range requests {
		if r.method == "" || !strings.HasPrefix(r.path, "/subscriptions/") || r.status == "" || !strings.Contains(r.line, "request_id=") {
			t.Errorf("an ARM request without method, path, status or request id: %s", r.line)
		}
		// Neither queries nor bodies: they may hold secrets.
		for _, secret := range []string{"?", "api-version", tag, "China East", "properties", "{"} {
			if strings.Contains(r.line, secret) {
				t.Errorf("%q is in an ARM request: %s", secret, r.line)
			}
		}
	}

	waiting := regexp.MustCompile(`\[INFO\] +provider\.terraform-provider-backup: waiting for backup vault: .*`).FindAllString(log, -1)
	for _, field := range []string{"vault=production", "state=Creating", "state=Active", "waited_ms="} {
		if !slices.ContainsFunc(waiting, func(line string) bool { return strings.Contains(line, field) }) {
			t.Errorf("no progress with %s in %d lines", field, len(waiting))
		}
	}

	// Nothing at all that is logged holds what the user wrote, at the level that has all others in it.
	for line := range strings.Lines(log) {
		if strings.Contains(line, tag) || strings.Contains(line, keyVault) {
			t.Errorf("a setting of the vault is logged: %s", line)
		}
	}
}

// Progress is seen without being asked for requests.
func TestAccLogs_info(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("300ms", productionVault))
	w.MustRun("apply", "-auto-approve")
	log := w.Log()
	if !strings.Contains(log, "waiting for backup vault") {
		t.Error("no progress is logged")
	}
	if requests := requestsIn(log); len(requests) > 0 {
		t.Errorf("requests are logged at INFO: %v", requests)
	}
}
