package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func numberedTags(n int) map[string]string {
	tags := map[string]string{}
	for i := range n {
		tags[fmt.Sprintf("tag%02d", i)] = "x"
	}
	return tags
}

func TestCheckTags(t *testing.T) {
	t.Parallel()
	const none = `; a tag name has none of < > % & \ ? /`
	tests := map[string]struct {
		tags map[string]string
		want string
	}{
		"nil":                    {nil, ""},
		"ordinary":               {map[string]string{"env": "production", "成本中心": "", "a b": "<>%&\\?/"}, ""},
		"fifty":                  {numberedTags(50), ""},
		"fifty-one":              {numberedTags(51), "there are 51 tags; a resource has at most 50"},
		"longest":                {map[string]string{strings.Repeat("é", 512): strings.Repeat("é", 256)}, ""},
		"empty name":             {map[string]string{"": "x"}, "a tag has an empty name; a tag name has 1 to 512 characters"},
		"long name":              {map[string]string{strings.Repeat("é", 513): ""}, `the tag name "` + strings.Repeat("é", 60) + `…" has 513 characters; a tag name has 1 to 512`},
		"long value":             {map[string]string{"env": strings.Repeat("é", 257)}, `the value of the tag "env" has 257 characters; a tag value has at most 256`},
		"position in characters": {map[string]string{"é/x": ""}, `the tag name "é/x" has "/" at position 2` + none},
		"same but for case": {
			map[string]string{"env": "a", "ENV": "b"},
			`the tag names "ENV" and "env" differ only in letter case; Azure reads them as one name`,
		},
		"first in order": {
			map[string]string{"z<": "", "b%": "", "a": strings.Repeat("x", 256), "y": strings.Repeat("x", 257)},
			`the tag name "b%" has "%" at position 2` + none,
		},
	}
	for _, char := range `<>%&\?/` {
		tests["forbidden "+string(char)] = struct {
			tags map[string]string
			want string
		}{map[string]string{"a" + string(char): ""}, fmt.Sprintf(`the tag name "a%c" has "%c" at position 2%s`, char, char, none)}
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			for range 3 {
				checkMessage(t, catalog.CheckTags(tt.tags), tt.want)
			}
		})
	}
}

func TestCheckRedundancy(t *testing.T) {
	t.Parallel()
	const all = " It is one of GeoRedundant, LocallyRedundant and ZoneRedundant"
	tests := map[string]struct{ value, want string }{
		"geo":               {"GeoRedundant", ""},
		"local":             {"LocallyRedundant", ""},
		"zone":              {"ZoneRedundant", ""},
		"letter case":       {"georedundant", `"georedundant" is not a storage redundancy; did you mean "GeoRedundant"?` + all},
		"short name":        {"LRS", `"LRS" is not a storage redundancy; did you mean "LocallyRedundant"?` + all},
		"short zone":        {"zrs", `"zrs" is not a storage redundancy; did you mean "ZoneRedundant"?` + all},
		"not for a vault":   {"ReadAccessGeoZoneRedundant", `"ReadAccessGeoZoneRedundant" is not a storage redundancy.` + all},
		"empty":             {"", `"" is not a storage redundancy.` + all},
		"white space added": {"GeoRedundant ", `"GeoRedundant " is not a storage redundancy.` + all},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckRedundancy(tt.value), tt.want)
		})
	}
	want := []catalog.Redundancy{"GeoRedundant", "LocallyRedundant", "ZoneRedundant"}
	if diff := cmp.Diff(want, catalog.Redundancies()); diff != "" {
		t.Errorf("redundancies (-want +got):\n%s", diff)
	}
}

func TestCheckCrossRegionRestore(t *testing.T) {
	t.Parallel()
	const needs = "cross-region restore needs the storage redundancy GeoRedundant; the storage redundancy is "
	tests := map[string]struct {
		redundancy catalog.Redundancy
		enabled    bool
		want       string
	}{
		"geo, on":    {catalog.GeoRedundant, true, ""},
		"geo, off":   {catalog.GeoRedundant, false, ""},
		"local, off": {catalog.LocallyRedundant, false, ""},
		"zone, off":  {catalog.ZoneRedundant, false, ""},
		"local, on":  {catalog.LocallyRedundant, true, needs + `"LocallyRedundant"`},
		"zone, on":   {catalog.ZoneRedundant, true, needs + `"ZoneRedundant"`},
		"none, on":   {"", true, needs + `""`},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckCrossRegionRestore(tt.redundancy, tt.enabled), tt.want)
		})
	}
}

// The versions are on the wire and in recorded tests; a change is a decision, not a slip.
func TestVersions(t *testing.T) {
	t.Parallel()
	got := []string{
		catalog.VaultNamespace, catalog.VaultType, catalog.VaultAPIVersion, catalog.SubscriptionAPIVersion,
		catalog.ProviderAPIVersion, catalog.ResourceGroupAPIVersion, catalog.BackupAPIVersion, catalog.VMType, catalog.VMAPIVersion,
	}
	want := []string{
		"Microsoft.RecoveryServices", "Microsoft.RecoveryServices/vaults", "2026-07-01", "2022-12-01", "2021-04-01",
		"2021-04-01", "2025-02-01", "Microsoft.Compute/virtualMachines", "2024-07-01",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}
