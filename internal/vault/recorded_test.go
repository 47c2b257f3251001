package vault_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// A vault as Azure described one in October 2025 (Azure CLI's recordings; ids changed), with two settings that newer API
// versions added: it is read as it is, and what is written over it keeps what is not modelled here.
func TestRecordedVault(t *testing.T) {
	raw, err := os.ReadFile("testdata/fresh_vault.json")
	if err != nil {
		t.Fatal(err)
	}
	c, f := newFake(t)
	f.put(id("contoso").String(), string(raw))
	v, err := c.Get(t.Context(), id("contoso"))
	if err != nil {
		t.Fatal(err)
	}
	on := true
	want := vault.Settings{
		SKU: new("Standard"), Redundancy: new(catalog.GeoRedundant), CrossRegionRestoreEnabled: new(bool),
		SoftDelete:                 &vault.SoftDelete{State: "AlwaysOn", RetentionDays: 14},
		PublicNetworkAccessEnabled: &on, CrossSubscriptionRestore: new("Enabled"), RegionOfChoice: new("Disabled"), CostGranularity: new("VaultLevel"),
		SourceScan: &vault.SourceScanSettings{State: "Disabled"},
		Monitoring: &vault.Monitoring{JobFailures: new(true), ReplicationIssues: new(true), FailoverIssues: new(true), CriticalOperations: new(true), SiteRecoveryEmails: new(true)},
		Tags:       &map[string]string{},
	}
	if d := cmp.Diff(want, v.Settings); d != "" || v.State != vault.Active || v.Region != "eastasia" || v.RedundancyLocked {
		t.Errorf("%s %+v", d, v)
	}
	var sent string
	f.odd = func(_ http.ResponseWriter, r *http.Request, body string) bool {
		if r.Method == http.MethodPut {
			sent = body
		}
		return false
	}
	if _, err := c.BeginRepair(t.Context(), id("contoso"), vault.Settings{Redundancy: new(catalog.LocallyRedundant)}); err != nil {
		t.Fatal(err)
	}
	expected := strings.Replace(string(raw), `"standardTierStorageRedundancy": "GeoRedundant"`, `"standardTierStorageRedundancy": "LocallyRedundant"`, 1)
	if d := cmp.Diff(decoded(t, expected), decoded(t, sent)); d != "" {
		t.Errorf("what was written differs in more than what was asked for: %s", d)
	}
}
