package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	p := serve(t, &http.Client{Timeout: time.Minute}, "--database", t.TempDir()+"/v.db", "--provisioning-time", "1h",
		"--faults", writeFile(t, `{"failed_vaults":[{"name":"bad"}],"rules":[{"kind":"vaults","times":"always","status":500}]}`))
	for _, name := range []string{"one", "two", "bad"} {
		p.do(http.MethodPut, vaultPath(name), minimal).want(http.StatusCreated, "")
	}
	p.get(vaultPath("missing")).want(http.StatusNotFound, "ResourceNotFound")
	p.do("BREW", "/any/path/at/all", "").want(http.StatusMethodNotAllowed, "HttpMethodNotAllowed")
	metrics := p.get("/metrics").want(http.StatusOK, "").body
	for _, want := range []string{
		// Not even a fault for lists keeps the vaults from being counted.
		`backup_vaults{state="Creating"} 3`,
		`backup_vaults{state="Active"} 0`,
		`backup_requests_total{code="201",method="PUT",route="vault"} 3`,
		`backup_requests_total{code="404",method="GET",route="vault"} 1`,
		`backup_requests_total{code="405",method="other",route="page"} 1`,
		`backup_operations_total{method="PUT",route="vault"} 3`,
		`backup_request_duration_seconds_count{route="vault"} 4`,
		`backup_build_info{version="test"} 1`,
		"go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for _, path := range []string{"missing", "any", "group"} {
		if strings.Contains(metrics, `"`+path) || strings.Contains(metrics, "/"+path) {
			t.Errorf("the metrics hold the path %s", path)
		}
	}
	if t.Failed() {
		t.Log(metrics)
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	t.Parallel()
	for _, name := range server.FlagNames() {
		if !strings.Contains(server.HelpText, "--"+name+" ") && !strings.Contains(server.HelpText, "--"+name+"=") {
			t.Errorf("the help lacks --%s", name)
		}
	}
}
