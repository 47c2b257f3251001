package provider_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// A cloud that has no newer API than some years old is spoken to in that one, and told so once.
func TestAccAzure_olderAPIVersions(t *testing.T) {
	t.Parallel()
	const older = "2024-04-01"
	a := newAzureCloud(t, catalog.China)
	var mu sync.Mutex
	refused := map[string]int{}
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		version := r.URL.Query().Get("api-version")
		if !strings.Contains(r.URL.Path, "/vaults/") || version <= older {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		refused[version]++
		return azureRefusal(w, http.StatusBadRequest, "NoRegisteredProviderFound", "No registered resource provider found for location 'chinaeast2' and API version '"+
			version+"' for type 'vaults'. The supported api-versions are '2016-06-01, 2020-10-01, 2023-04-01, 2024-02-01, 2024-04-01'. The supported locations are 'chinaeast2'.")
	})
	// Without a protected VM: the older versions delete no vault that holds soft-deleted backups.
	vaultAndPolicy, _, _ := strings.Cut(azureStack("chinaeast2"), "resource \"backup_protected_vm\"")
	w := newAzureWorkspace(t, a, azureBlock(catalog.China)+vaultAndPolicy)
	w.Setenv("TF_LOG_PROVIDER", "WARN")
	w.MustRun("apply", "-auto-approve")
	log := w.Log()
	for _, version := range []string{catalog.VaultAPIVersion, catalog.BackupAPIVersion} {
		// The plan and the apply are two runs.
		if n := strings.Count(log, "asked="+version); n == 0 || n > 2 || !strings.Contains(log, "used="+older) {
			t.Errorf("that %s is not there is logged %d times:\n%s", version, n, log)
		}
	}
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
	if len(refused) != 2 {
		t.Errorf("refused: %v", refused)
	}
}
