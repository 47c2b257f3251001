package embedded_test

import (
	"net/http"
	"net/url"
	"testing"
)

// A filter that is not understood is refused, and none is an error of the service.
func FuzzFilters(f *testing.F) {
	for _, filter := range []string{
		"backupManagementType eq 'AzureIaasVM'", "itemType eq 'VM' and policyName eq 'O''Brien'", "status eq 'Failed' and startTime eq '2026-01-31 10:30:00 PM'",
		"startDate eq '2026-05-01 12:00:00 AM' and endDate eq '2026-05-02 00:00:00 AM'", "friendlyName eq '", "and", "x eq 'y' and ", "operation eq 'Backup' and status eq 'InProgress'",
		"resourceType eq 'Microsoft.RecoveryServices/vaults'", "tagName eq 'a' and tagValue eq 'b'", "name eq null", "'", "\x00", "properties/name eq 'x'",
		"startTime eq '9999-12-31 11:59:59 PM'", "startDate eq '0001-01-01 00:00:00 AM'",
	} {
		f.Add(filter, "")
		f.Add(filter, "x")
	}
	s := start(f)
	vault := vaultPath("g", "seeded")
	s.put(vault, minimal).want(http.StatusCreated)
	item := itemPath(vault, "web")
	s.put(item, protectBody(vault, "web"))
	paths := []string{
		vault + "/backupProtectedItems", vault + "/backupPolicies", vault + "/backupJobs", vault + "/backupProtectionContainers", vault + "/backupProtectableItems",
		item + "/recoveryPoints", sub + "/resources", sub + "/resourceGroups", sub + "/resourceGroups/g/resources",
	}
	f.Fuzz(func(t *testing.T, filter, skipToken string) {
		s := &service{tb: t, store: s.store, clock: s.clock, transport: s.transport}
		for _, path := range paths {
			query := url.Values{"api-version": {version}, "$filter": {filter}}
			if skipToken != "" {
				query.Set("$skipToken", skipToken)
			}
			if r := s.get(path + "?" + query.Encode()); r.status >= 500 && r.status != http.StatusNotImplemented {
				t.Errorf("%s, $filter %q, $skipToken %q: %d %s", path, filter, skipToken, r.status, r.raw)
			}
		}
	})
}
