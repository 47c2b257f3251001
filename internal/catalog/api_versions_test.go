package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// What takes the place of a version is older, and is tried newest first.
func TestKnownAPIVersions(t *testing.T) {
	for _, version := range []string{
		catalog.VaultAPIVersion, catalog.BackupAPIVersion, catalog.VMAPIVersion, catalog.SubscriptionAPIVersion, catalog.ProviderAPIVersion,
	} {
		known := catalog.KnownAPIVersions("microsoft.recoveryservices/vaults", version)
		if len(known) == 0 {
			t.Errorf("%s: nothing takes its place", version)
		}
		all := append([]string{version}, known...)
		if !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("%s: %v are not in order", version, known)
		}
		for _, v := range known {
			if _, err := time.Parse(time.DateOnly, v); err != nil || v == version {
				t.Errorf("%s: %q", version, v)
			}
		}
	}
	// Storage redundancy cannot be set before.
	for _, v := range catalog.KnownAPIVersions("microsoft.recoveryservices/vaults", catalog.VaultAPIVersion) {
		if v < "2023-08-01" {
			t.Errorf("vaults at %s", v)
		}
	}
	// A setting comes with a version that is sent or takes the place of one.
	for _, attribute := range []string{"source_scan_configuration", "cost_granularity_level", "immutability_configuration", "region_of_choice"} {
		since := catalog.VaultSettingSince(attribute)
		if since != catalog.VaultAPIVersion && !slices.Contains(catalog.KnownAPIVersions("", catalog.VaultAPIVersion), since) {
			t.Errorf("%s since %q", attribute, since)
		}
	}
	if known := catalog.KnownAPIVersions("microsoft.recoveryservices/vaults", "2001-01-01"); len(known) > 0 {
		t.Errorf("a version that is never sent: %v", known)
	}
}
