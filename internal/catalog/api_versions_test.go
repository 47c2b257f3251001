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
	if known := catalog.KnownAPIVersions("microsoft.recoveryservices/vaults", "2001-01-01"); len(known) > 0 {
		t.Errorf("a version that is never sent: %v", known)
	}
}

// A cloud that is known to lag gets another version, and only that cloud.
func TestCloudAPIVersion(t *testing.T) {
	for cloud, versions := range catalog.CloudAPIVersions {
		if !slices.Contains(catalog.Clouds(), cloud) {
			t.Errorf("there is no cloud %q", cloud)
		}
		for version, other := range versions {
			if !slices.Contains(catalog.KnownAPIVersions("", version), other) {
				t.Errorf("%s gets %s in place of %s, which is none that does", cloud, other, version)
			}
		}
	}
	catalog.CloudAPIVersions[catalog.Cloud("lagging")] = map[string]string{catalog.VaultAPIVersion: "2024-04-01"}
	t.Cleanup(func() { delete(catalog.CloudAPIVersions, "lagging") })
	for _, test := range []struct {
		cloud         catalog.Cloud
		version, want string
	}{
		{"lagging", catalog.VaultAPIVersion, "2024-04-01"},
		{"lagging", catalog.BackupAPIVersion, catalog.BackupAPIVersion},
		{catalog.Public, catalog.VaultAPIVersion, catalog.VaultAPIVersion},
		{"", catalog.VaultAPIVersion, catalog.VaultAPIVersion}, // that of a metadata host
	} {
		if got := test.cloud.APIVersion(test.version); got != test.want {
			t.Errorf("%q: %s in place of %s, want %s", test.cloud, got, test.version, test.want)
		}
	}
}
